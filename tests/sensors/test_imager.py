"""The sensor against EMVA 1288's linear model."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.stats

from synthgen.electronics import Setting
from synthgen.rng import stream
from synthgen.sensors.exposure import responsivity
from synthgen.sensors.imager import (
    counted,
    expected,
    mosaic,
    noise,
    pattern,
    raw,
    steps_per_electron,
    temporal_variance,
)

EXPOSURES = [0.0005, 0.001, 0.002, 0.004, 0.006, 0.008, 0.011, 0.014]
"""[s] Of the grey card."""


@pytest.fixture
def model(rig):
    """A small hot camera whose every kind of noise shows."""
    return replace(
        rig.camera("image_2").model, width=320, height=240, read_noise=12.0, row_noise=2.0,
        column_noise=1.5, dark_nonuniformity=6.0, column_pattern=3.0, dark_current=2000.0,
        nonuniformity=0.012,
    )  # fmt: skip


def card(model, exposure, share=0.9):
    """Green pixels that fill `share` of the well at 14 ms of a grey card."""
    level = share * model.full_well / (responsivity(model)[1] * 0.014)
    return np.full((model.height, model.width), level * responsivity(model)[1] * exposure.time)


def pair(model, exposure, electrons):
    """Two images of the same."""
    fixed = pattern(model, "test")
    return [
        raw(electrons, model, exposure, fixed, stream(1, "pair", str(exposure.time), n)).astype(
            float
        )
        for n in (0, 1)
    ]


@pytest.mark.parametrize("gain", [1.0, 4.0])
def test_a_grey_card_lies_on_the_photon_transfer_line_at_eight_exposures(model, gain):
    """EMVA 1288, 4.0, eqs. 15 and 16: var - var_dark = K (mean - mean_dark); variances from the
    difference of two images, which is free of the fixed pattern.
    """
    model = replace(model, row_noise=0.0, column_noise=0.0)
    step = steps_per_electron(model, gain)
    for time in EXPOSURES:
        exposure = Setting(time, gain)
        lit = pair(model, exposure, card(model, exposure, 0.9 / gain))
        dark = pair(model, exposure, np.zeros((model.height, model.width)))
        mean = [np.mean(images) for images in (lit, dark)]
        variance = [np.var(a - b) / 2 for a, b in (lit, dark)]
        slope = (variance[0] - variance[1]) / (mean[0] - mean[1])
        assert slope == pytest.approx(step, rel=0.03)
        floor = step**2 * (model.read_noise**2 + model.dark(time)) + 1 / 12
        assert variance[1] == pytest.approx(floor, rel=0.02)
        assert mean[1] == pytest.approx(model.black, abs=0.2 * step)


def test_the_best_signal_to_noise_ratio_is_the_root_of_the_full_well(model):
    model = replace(model, row_noise=0.0, column_noise=0.0, dark_current=0.0, read_noise=0.0)
    exposure = Setting(0.01, 1.0)
    one, two = pair(model, exposure, np.full((240, 320), 0.95 * model.full_well))
    ratio = (one.mean() - model.black) / np.sqrt(np.var(one - two) / 2)
    assert ratio == pytest.approx(np.sqrt(0.95 * model.full_well), rel=0.01)


@pytest.mark.parametrize(("gain", "electrons"), [(1.0, 8000.0), (1.0, 300.0), (6.0, 20.0)])
def test_predicted_noise_is_measured_over_64_draws(model, gain, electrons):
    exposure = Setting(0.01, gain)
    mean, fixed = np.full((240, 320), electrons), pattern(model, "test")
    draws = np.stack([
        raw(mean, model, exposure, fixed, stream(2, "draw", n)) for n in range(64)
    ]).astype(np.float32) / np.float32(steps_per_electron(model, gain))  # fmt: skip
    within = np.sqrt(draws.var(axis=0, ddof=1).mean())
    predicted = float(np.sqrt(temporal_variance(mean, model, exposure)[0, 0]))
    assert within == pytest.approx(predicted, rel=0.01)
    assert draws.std() == pytest.approx(float(noise(mean, model, exposure)[0, 0]), rel=0.02)


def test_the_fixed_pattern_stays_and_belongs_to_one_camera(model):
    dark, exposure = np.zeros((240, 320)), Setting(0.001, 4.0)
    fixed = pattern(model, "left")
    stacks = [
        np.mean(
            [raw(dark, model, exposure, fixed, stream(3, "f", s, n)) for n in range(24)], axis=0
        )
        for s in (0, 1)
    ]
    other = pattern(replace(model, serial=2), "left")
    assert np.corrcoef(stacks[0].ravel(), stacks[1].ravel())[0, 1] > 0.8
    for one in (other, pattern(model, "right")):
        assert abs(np.corrcoef(fixed.offset.ravel(), one.offset.ravel())[0, 1]) < 0.1
    step = steps_per_electron(model, 4.0)
    np.testing.assert_allclose(fixed.offset.std(), np.hypot(6.0, 3.0), rtol=0.05)
    np.testing.assert_allclose(stacks[0] - model.black, fixed.offset * step, atol=25 * step)


def test_rows_shift_together_and_anew_in_each_image(model):
    model = replace(model, row_noise=20.0, dark_nonuniformity=0.0)
    dark, fixed = np.zeros((240, 320)), pattern(model, "test")
    one, two = (
        raw(dark, model, Setting(1e-4, 4.0), fixed, stream(4, "r", n)).astype(float) for n in (0, 1)
    )
    step = steps_per_electron(model, 4.0)
    assert one.mean(axis=1).std() / step == pytest.approx(20.0, rel=0.15)
    assert abs(np.corrcoef(one.mean(axis=1), two.mean(axis=1))[0, 1]) < 0.2


def test_dark_current_doubles_over_its_temperature_step(model):
    warmer = replace(model, temperature=model.temperature + model.dark_doubling)
    assert warmer.dark(0.01) == pytest.approx(2 * model.dark(0.01))
    assert replace(model, temperature=25.0).dark(0.5) == pytest.approx(1000.0)


@pytest.mark.parametrize("mean", [0.3, 5.0, 12.5, 60.0, 9000.0])
def test_shot_noise_is_poissons(mean):
    found = counted(np.full((400, 500), mean, np.float32), stream(5, "n", str(mean)))
    exact = scipy.stats.poisson(mean)
    assert found.mean() == pytest.approx(mean, rel=0.01)
    assert found.var() == pytest.approx(mean, rel=0.02)
    assert scipy.stats.skew(found, axis=None) == pytest.approx(exact.stats("s"), abs=0.03)


def test_full_wells_and_full_converters_clip(model):
    model = replace(model, dark_current=0.0)
    bright = np.full((model.height, model.width), 3.0 * model.full_well)
    values = raw(bright, model, Setting(0.01, 1.0), pattern(model, "test"), stream(6, "c"))
    assert values.max() == 2**model.bits - 1
    luma = expected(np.repeat(bright[..., None], 3, axis=2), model, 4.0)
    np.testing.assert_allclose(luma, model.full_well / 4)


def test_the_filter_keeps_one_colour_of_each_pixel():
    planes = np.stack([np.full((4, 6), value) for value in (1.0, 2.0, 3.0)], axis=-1)
    np.testing.assert_array_equal(mosaic(planes)[:2, :2], [[1.0, 2.0], [2.0, 3.0]])
