"""Laws of the contrast of an object, and the value measured over many noisy images."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.config import read
from synthgen.electronics import Setting
from synthgen.labels.contrast import POOLED, RING, contrast
from synthgen.labels.mask import Cutout
from synthgen.rng import stream
from synthgen.sensors.imager import Pattern, noise, raw, steps_per_electron

DRAWS = 64
SHAPES = st.tuples(st.integers(1, 14), st.integers(1, 14), st.integers(0, 2**16))


def patch(drawn):
    """Return a noise-free picture, its noise and the mask of something in it, from a draw."""
    height, width, seed = drawn
    rng = np.random.default_rng(seed)
    mask = rng.random((height, width)) < 0.7
    mask[0, 0] = True
    return rng.uniform(50, 900, (48, 60)), rng.uniform(2, 40, (48, 60)), Cutout(20, 17, mask)


@settings(max_examples=60, deadline=None)
@given(SHAPES, st.floats(0.01, 1.0), st.floats(0, 2000))
def test_fog_takes_the_share_that_koschmieder_says(drawn, clear, airlight):
    """Signal becomes t signal + (1 - t) airlight; with equal noise the value falls by t exactly."""
    signal, deviation, mask = patch(drawn)
    foggy = clear * signal + (1 - clear) * airlight
    expected = clear * contrast(signal, deviation, mask)
    np.testing.assert_allclose(contrast(foggy, deviation, mask), expected, rtol=1e-6, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(SHAPES, st.floats(0.001, 100))
def test_the_unit_of_the_signal_does_not_matter(drawn, unit):
    signal, deviation, mask = patch(drawn)
    scaled = contrast(unit * signal, unit * deviation, mask)
    np.testing.assert_allclose(scaled, contrast(signal, deviation, mask), rtol=1e-6)


@settings(max_examples=60, deadline=None)
@given(SHAPES, st.floats(1.0, 50.0), st.integers(0, 100))
def test_more_noise_anywhere_never_helps(drawn, factor, seed):
    signal, deviation, mask = patch(drawn)
    worse = deviation * np.where(np.random.default_rng(seed).random(signal.shape) < 0.5, factor, 1)
    assert contrast(signal, worse, mask) <= contrast(signal, deviation, mask) * (1 + 1e-9)


@settings(max_examples=60, deadline=None)
@given(SHAPES, st.integers(-15, 15), st.integers(-25, 20))
def test_it_is_the_same_wherever_it_stands_and_mirrored(drawn, down, right):
    signal, deviation, mask = patch(drawn)
    if min(17 + down, 20 + right) >= RING and 17 + down + 14 + RING <= 48:
        moved = [np.roll(image, (down, right), (0, 1)) for image in (signal, deviation)]
        there = Cutout(20 + right, 17 + down, mask.mask)
        if 20 + right + 14 + RING <= 60:
            assert contrast(*moved, there) == contrast(signal, deviation, mask)
    flipped = Cutout(60 - 20 - mask.mask.shape[1], 17, mask.mask[:, ::-1])
    assert contrast(signal[:, ::-1], deviation[:, ::-1], flipped) == pytest.approx(
        contrast(signal, deviation, mask)
    )


@settings(max_examples=60, deadline=None)
@given(SHAPES, st.integers(0, 100))
def test_what_lies_beyond_the_ring_does_not_matter(drawn, seed):
    signal, deviation, mask = patch(drawn)
    near = np.zeros(signal.shape, bool)
    rows, columns = mask.mask.shape
    near[17 - RING : 17 + rows + RING, 20 - RING : 20 + columns + RING] = True
    other = np.where(near, signal, np.random.default_rng(seed).uniform(0, 1e6, signal.shape))
    assert contrast(other, deviation, mask) == contrast(signal, deviation, mask)


@pytest.mark.parametrize("rows", [1, 4, 10, 14])
def test_an_even_patch_gains_with_the_root_of_its_pixels_up_to_a_hundred(rows):
    signal, deviation = np.full((48, 60), 300.0), np.full((48, 60), 5.0)
    signal[17 : 17 + rows, 20 : 20 + rows] += 8.0
    mask = Cutout(20, 17, np.ones((rows, rows), bool))
    expected = 8 / 5 * np.sqrt(min(rows * rows, POOLED))
    assert contrast(signal, deviation, mask) == pytest.approx(expected)


@pytest.fixture(scope="module")
def model():
    return next(iter(read(["rig=kitti"]).rig.cameras.values())).model


@pytest.mark.parametrize("level", [30.0, 120.0, 900.0])
@pytest.mark.parametrize("step", [0.15, 0.5])
def test_the_value_is_what_64_noisy_images_of_64_sensors_measure(model, level, step):
    """Second route: mean and scatter over images instead of the noise-free signal and its model.

    64 copies of the sensor, so that uneven pixels scatter too. The mean of 64 images is off by
    variance / 64, and 1 / variance is too large by 63 / 61 on average; both are taken out. What is
    left scatters by some 0.1: noise of whole rows and columns does not average out over an object.
    """
    signal = np.full((40, 60), level)
    signal[12:26, 20:40] *= 1 + step * np.linspace(0.5, 1, 20)
    mask, setting = Cutout(20, 12, np.ones((14, 20), bool)), Setting(0.01, 4.0)
    predicted = contrast(signal, noise(signal, model, setting), mask)
    images = np.stack([taken(signal, model, setting, draw) for draw in range(DRAWS)])
    mean, variance = images.mean(0), images.var(0, ddof=1)
    ring = np.median(mean[6:32, 14:46][outside()])
    square = ((mean - ring) ** 2 - variance / DRAWS) / (variance * 63 / 61)
    measured = np.sqrt(max(square[12:26, 20:40].mean(), 0) * POOLED)
    assert measured == pytest.approx(predicted, rel=0.05, abs=0.3)


def outside():
    """Return the ring of `contrast` about the mask, as it lies in its own part of the image."""
    inside = np.zeros((26, 32), bool)
    inside[6:20, 6:26] = True
    return ~inside


def taken(signal, model, setting, draw):
    """Return one image [electrons] of a sensor of its own, all pixels green."""
    rng = stream(draw, "copy")
    shape = signal.shape
    uneven = Pattern(
        1 + model.nonuniformity * rng.standard_normal(shape),
        model.dark_nonuniformity * rng.standard_normal(shape)
        + model.column_pattern * rng.standard_normal(shape[1]),
    )
    values = raw(signal, model, setting, uneven, rng).astype(float) - model.black
    return values / steps_per_electron(model, setting.gain)
