"""What cameras of one and of several exposures keep of light that spans many decades."""

from dataclasses import replace

import numpy as np
import pytest

from synthgen.config import read
from synthgen.electronics import Setting
from synthgen.rng import stream
from synthgen.sensors.adaptation import adapted, error
from synthgen.sensors.development import developed
from synthgen.sensors.exposure import settled
from synthgen.sensors.hdr import captured, widened
from synthgen.sensors.image import collected
from synthgen.sensors.imager import mosaic, pattern

SHEET = {"flea2": 64.1, "ev76c570": 50.7, "ar0231at": 120.4, "imx490": 144.5}
"""[dB] Dynamic range: Flea2 of 16,000 over 10 electrons, EV76C570 as measured in an mvBlueFOX3-1020
(Matrix Vision), AR0231AT and IMX490 of the 20 and 24 bits that they count in."""
PATCH = 16


@pytest.fixture(scope="module")
def makes():
    def model(make):
        keys = (f"rig.cameras.image_2.model.camera={make}", "n=1")
        found = read(keys).rig.camera("image_2").model
        return replace(found, blur=0.0, vignetting=0.0, row_time=0.0, width=512, height=32)

    return {make: model(make) for make in SHEET}


@pytest.mark.parametrize("make", SHEET)
def test_a_ramp_is_resolved_over_the_decibels_of_the_data_sheet(makes, make):
    """From the temporal noise of darkness to where more light makes no more signal."""
    model, setting = replace(makes[make], temperature=25.0), Setting(0.011, 1.0)
    levels = np.geomspace(0.1, 1e9, 512)
    electrons = np.tile(levels, (32, 1))
    fixed = pattern(model, "ramp")
    draws = [
        widened(captured(electrons, model, setting, fixed, stream(1, "ramp", n)), model)
        for n in range(8)
    ]
    signal = np.stack(draws) - model.black
    per_electron = (2**model.bits - 1 - model.black) / model.full_well
    dark = np.sqrt(signal[:, :, levels < 0.3].var(axis=0, ddof=1).mean()) / per_electron
    mean = signal.mean(axis=(0, 1))
    last = levels[np.flatnonzero(mean < 0.98 * mean.max())[-1]]
    assert 20 * np.log10(last / dark) == pytest.approx(SHEET[make], abs=3.0)


def staircase(least, most):
    """Patches from `least` to `most` [cd/m2], each 1.5 times as bright as the one before."""
    levels = least * 1.5 ** np.arange(int(np.log(most / least) / np.log(1.5)))
    return levels, np.repeat(np.repeat(levels[None, :], PATCH, axis=1), 32, axis=0)


def told_apart(model, radiance, count):
    """How many neighbouring patches the image of a camera that has settled tells apart."""
    scene = np.repeat(radiance[..., None], 3, axis=2)
    model = replace(model, width=scene.shape[1])
    setting = settled(scene, model)
    electrons = mosaic(collected(scene, model, setting))
    values = captured(electrons, model, setting, pattern(model, "stairs"), stream(2, "stairs"))
    luma = developed(values, model, setting).mean(axis=2)
    patch = luma.reshape(32, count, PATCH)[:, :, 3:-3]
    mean, spread = patch.mean(axis=(0, 2)), patch.std(axis=(0, 2))
    # Single pixels of two steps differ by more than their noise.
    return int((np.diff(mean) > np.maximum(1.0, (spread[1:] + spread[:-1]) / 2)).sum())


@pytest.mark.parametrize(("least", "most"), [(2.0, 2e5), (0.01, 1e4)])
def test_several_exposures_keep_12_db_more_of_a_street_than_one(makes, least, most):
    """By day in sun and shade, by night with lamps: 100 and 120 dB."""
    levels, radiance = staircase(least, most)
    decibel = {
        make: 20 * np.log10(1.5) * told_apart(model, radiance, len(levels))
        for make, model in makes.items()
    }
    for several in ("ar0231at", "imx490"):
        for one in ("flea2", "ev76c570"):
            assert decibel[several] > decibel[one] + 12, decibel


def street(model):
    """Grey of 60 to 6000 cd/m2, evenly in decades, with red lamps in a twentieth."""
    grey = 10 ** stream(3, "street").uniform(1.8, 3.8, (64, model.width))
    scene = np.repeat(grey[..., None], 3, axis=2)
    scene[:, ::20] = [60_000.0, 3000.0, 600.0]
    return scene


@pytest.mark.parametrize("make", ["ar0231at", "imx490"])
def test_the_image_has_the_mean_that_is_aimed_at_though_it_opens_for_11_ms(makes, make):
    model = replace(makes[make], height=64)
    scene = street(model)
    setting = settled(scene, model)
    electrons = mosaic(collected(scene, model, setting))
    values = captured(electrons, model, setting, pattern(model, "mean"), stream(4, "mean"))
    assert setting.time >= 0.011
    assert developed(values, model, setting).mean() == pytest.approx(115.0, abs=8.0)


@pytest.mark.parametrize("make", ["ar0231at", "imx490"])
def test_lamps_that_are_not_clipped_do_not_tint_the_street(makes, make):
    one, several = (settled(street(makes[m]), makes[m]).balance for m in ("flea2", make))
    np.testing.assert_allclose(several, one, rtol=0.03)


def test_the_picture_follows_the_light_where_the_shutter_cannot(makes):
    """Held at 11 ms, the digital gain takes the loop gain's share of each error."""
    model, times = makes["imx490"], [0.1 * number for number in range(20)]
    before, after = Setting(0.011, 1.0, digital=0.1), Setting(0.011, 1.0, digital=0.05)
    found = adapted(model, times, lambda time: before if time < 0.45 else after)
    left = np.array([error(after, one) for one in found])
    assert {one.time for one in found} == {0.011}
    np.testing.assert_allclose(left[5:14], -(0.7 ** np.arange(9)), rtol=1e-6)


def test_one_exposure_has_no_digital_gain(makes):
    assert settled(street(makes["flea2"]), makes["flea2"]).digital == 1.0
