"""Merged exposures against their definition."""

from dataclasses import replace

import numpy as np
import pytest

from synthgen.electronics import Hdr, Processing, Setting
from synthgen.rng import stream
from synthgen.sensors.development import developed
from synthgen.sensors.exposure import responsivity, settled
from synthgen.sensors.hdr import captured, companded, deviation, exposures, knees, widened
from synthgen.sensors.image import collected
from synthgen.sensors.imager import expected, mosaic, pattern

SETTING = Setting(0.012, 1.0)


@pytest.fixture(scope="module")
def model(rig):
    return replace(
        rig.camera("image_2").model, width=160, height=120, read_noise=3.0, row_noise=0.0,
        dark_nonuniformity=0.5, nonuniformity=0.004, full_well=11000.0, bits=12, black=168,
        blur=0.0, vignetting=0.0, hdr=Hdr(exposures=3, ratio=16.0),
    )  # fmt: skip


def seen(model, level, seed=0, setting=SETTING):
    """The signal [electrons of the most sensitive exposure] that pixels of `level` come out as."""
    mean = np.full((model.height, model.width), float(level))
    values = captured(mean, model, setting, pattern(model, "t"), stream(1, "h", str(level), seed))
    electron = setting.gain * (2**model.bits - 1 - model.black) / model.full_well
    return (widened(values, model) - model.black) / electron


def test_squeezing_to_12_bits_and_back_errs_by_half_a_step(model):
    assert knees(model)[0][-1] == 2**20
    signal = np.geomspace(1, 2**20 - 1, 5000).reshape(50, 100)
    back = widened(companded(signal, model), model)
    np.testing.assert_array_less(np.abs(back / signal - 1)[signal > 2**9], 0.0025)
    assert np.abs(back - signal)[signal < 2**9].max() <= 0.51


@pytest.mark.parametrize("level", [50.0, 3000.0, 9500.0, 20_000.0, 150_000.0, 1_500_000.0])
def test_the_merged_signal_is_the_light_over_more_than_four_decades(model, level):
    assert seen(model, level).mean() == pytest.approx(level, rel=0.01)


@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("level", [50.0, 8000.0, 13_000.0, 100_000.0, 400_000.0])
def test_predicted_noise_is_that_of_the_merged_signal(model, level, split):
    model = replace(model, hdr=Hdr(exposures=3, ratio=16.0, split=split))
    values = np.stack([seen(model, level, n) for n in range(64)])
    predicted = float(deviation(np.full((1, 1), level), model, SETTING)[0, 0])
    assert values.std() == pytest.approx(predicted, rel=0.03)


def test_the_signal_to_noise_ratio_dips_at_the_knee_by_the_root_of_the_ratio(model):
    below, above = (seen(model, level) for level in (9000.0, 12_500.0))
    ratio = [20 * np.log10(one.mean() / one.std()) for one in (below, above)]
    assert 36 < ratio[0] < 40
    assert 25 < ratio[1] < 30


def test_a_sun_beside_a_shadow_keeps_both(model):
    full = model.full_well / (responsivity(model)[1] * SETTING.time)
    radiance = np.full((120, 160, 3), 0.2 * full)
    radiance[:, 80:] = 5.0 * full
    one = replace(model, hdr=None)
    pictures = []
    for each in (model, one):
        electrons = mosaic(collected(radiance * texture(), each, SETTING))
        values = captured(electrons, each, SETTING, pattern(each, "t"), stream(2, "s"))
        pictures.append(developed(values, each, SETTING).astype(float))
    kept = [min(stripes(half) for half in (one[:, 8:72], one[:, 88:152])) for one in pictures]
    assert kept[0] > 2.0
    assert kept[1] < 0.5


def stripes(half):
    """The difference [DN] that fine stripes make in a part of the image."""
    columns = half.mean(axis=(0, 2))
    phase = np.arange(len(columns)) % 8
    return abs(
        columns[(phase > 0) & (phase < 3)].mean() - columns[(phase > 4) & (phase < 7)].mean()
    )


def texture():
    """Fine stripes of 20 %."""
    return np.where(np.arange(160) % 8 < 4, 0.8, 1.0)[None, :, None]


def test_split_pixels_are_all_open_as_long(model):
    split = replace(model, hdr=Hdr(split=True))
    assert [each.time for _, each in exposures(split, SETTING)] == [0.012] * 3
    assert [each.time for _, each in exposures(model, SETTING)] == [0.012, 0.012 / 16, 0.012 / 256]


def test_a_flicker_free_sensor_never_opens_for_less_than_11_ms(model):
    held = replace(model, hdr=Hdr(flicker_free=True))
    bright = np.full((120, 160, 3), 8000.0)
    assert settled(bright, held).time == pytest.approx(0.011, rel=1e-6)
    assert settled(bright, model).time < 0.005
    with pytest.raises(ValueError, match="flicker_free needs longest_exposure"):
        replace(held, longest_exposure=0.005)


def test_the_signal_ends_where_the_last_exposure_ends(model):
    luma = expected(np.full((2, 2, 3), 1e9), model, 2.0)
    np.testing.assert_allclose(luma, 256 * model.full_well / 2)
    assert seen(model, 1e8).max() <= 256 * model.full_well * 1.05


def test_white_light_comes_out_white_beyond_the_first_exposure(model):
    model = replace(model, processing=Processing(sharpening=0.0))
    radiance = np.full((120, 160, 3), 30_000.0)
    electrons = mosaic(collected(radiance, model, SETTING))
    values = captured(electrons, model, SETTING, pattern(model, "t"), stream(3, "w"))
    red, green, blue = developed(values, model, SETTING).reshape(-1, 3).mean(axis=0)
    assert abs(red - green) < 2
    assert abs(blue - green) < 2


@pytest.mark.parametrize("keys", [{"exposures": 1}, {"exposures": 5}, {"ratio": 1.0}])
def test_impossible_merging_is_refused(keys):
    with pytest.raises(ValueError, match="camera hdr"):
        Hdr(**keys)
