import numpy as np
import pytest

from synthgen.report.figures import figures, summary


def _gray(luma):
    return np.repeat(np.clip(np.round(luma), 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def _noisy(sigma, seed=1, size=(256, 512)):
    return _gray(128 + sigma * np.random.default_rng(seed).normal(size=size))


@pytest.mark.parametrize("sigma", [2.0, 5.0, 12.0])
def test_noise_is_what_was_put_in(sigma):
    found = figures(_noisy(sigma))
    spread = np.hypot(sigma, 1 / np.sqrt(12))
    assert found["noise.immerkaer_sigma"] == pytest.approx(spread, rel=0.03)
    assert found["noise.block_std_p10"] == pytest.approx(spread, rel=0.1)
    assert found["luma.std"] == pytest.approx(spread, rel=0.02)


def test_a_plane_has_no_noise_but_steps_of_eight_bits():
    ramp = _gray(np.add.outer(0.3 * np.arange(128), 0.2 * np.arange(256)) + 20)
    assert figures(ramp)["noise.block_std_p10"] < 0.35


def test_white_noise_has_a_normal_gradient_a_flat_spectrum_and_no_neighbours():
    found = figures(_noisy(20.0))
    assert found["gradient.kurtosis_gx"] == pytest.approx(3.0, abs=0.15)
    assert found["gradient.std_gx"] == pytest.approx(20 * np.sqrt(2), rel=0.02)
    assert found["gradient.laplacian_var"] == pytest.approx(20 * 400, rel=0.05)
    assert found["power_spectrum.slope_0p02_0p25"] == pytest.approx(0.0, abs=0.1)
    assert found["noise.lag1_correlation"] == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("slope", [-1.0, -2.5, -3.3])
def test_the_spectrum_falls_as_it_was_made(slope):
    pitch = np.hypot(np.fft.fftfreq(512)[:, None], np.fft.rfftfreq(512)[None])
    pitch[0, 0] = 1.0
    phase = np.exp(2j * np.pi * np.random.default_rng(3).random(pitch.shape))
    made = np.fft.irfft2(pitch ** (slope / 2) * phase, (512, 512))
    found = figures(_gray(128 + 40 * made / made.std()))
    assert found["power_spectrum.slope_0p02_0p25"] == pytest.approx(slope, abs=0.25)


def test_neighbours_of_blurred_noise_agree():
    noise = np.random.default_rng(5).normal(size=(256, 257))
    found = figures(_gray(128 + 12 * (noise[:, 1:] + noise[:, :-1])))
    assert found["noise.lag1_correlation"] == pytest.approx(0.5, abs=0.1)


def test_light_of_known_grey_levels():
    image = np.zeros((64, 64, 3), np.uint8)
    image[:, 32:] = 255
    image[:16, :16] = (12, 12, 12)
    found = figures(image)
    share = np.array([0.5, 0.4375, 0.0625])
    assert found["luma.entropy_bits"] == pytest.approx(-(share * np.log2(share)).sum())
    assert found["luma.frac_le5"] == pytest.approx(0.4375)
    assert found["luma.frac_le20"] == pytest.approx(0.5)
    assert found["luma.frac_ge250"] == pytest.approx(0.5)
    assert found["bright_blobs.n_ge4px"] == 1
    assert found["noise.block_std_p1"] == 0.0


def test_noise_of_an_overexposed_picture_is_not_known():
    assert np.isnan(figures(np.full((64, 64, 3), 255, np.uint8))["noise.block_std_p1"])


def test_colour_ratios_of_a_flat_picture():
    found = figures(np.full((64, 64, 3), (120, 100, 80), np.uint8))
    assert found["colour.r_over_g"] == pytest.approx(1.2)
    assert found["colour.b_over_g"] == pytest.approx(0.8)
    assert found["haze.dark_channel_mean"] == 80
    assert found["colour.sat_mean"] == pytest.approx(255 / 3, abs=0.5)


def test_the_summary_leaves_out_what_could_not_be_measured():
    rows = [{"a": 1.0, "b": np.nan}, {"a": 3.0, "b": 4.0}, {"a": 2.0, "b": np.nan}]
    assert summary(rows) == {"a": (2.0, 1.0, 3.0), "b": (4.0, 4.0, 4.0)}


def test_a_picture_too_small_for_blocks_is_refused():
    with pytest.raises(ValueError, match="at least 32 x 32"):
        figures(np.zeros((20, 64, 3), np.uint8))
