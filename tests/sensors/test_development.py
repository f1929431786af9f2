"""From raw values to the image."""

from dataclasses import replace

import numpy as np
import pytest

from synthgen.electronics import Processing, Setting
from synthgen.rng import stream
from synthgen.sensors.development import (
    color_matrix,
    corrected,
    developed,
    resampled,
)
from synthgen.sensors.image import collected, filtered
from synthgen.sensors.imager import mosaic, pattern, raw

MIX = ((0.8, 0.18, 0.02), (0.1, 0.8, 0.1), (0.02, 0.2, 0.78))
COLOURS = np.array([[300.0, 60, 40], [50, 250, 70], [40, 70, 300], [200, 200, 200]])


@pytest.fixture(scope="module")
def model(rig):
    return replace(
        rig.camera("image_2").model, width=320, height=240, blur=0.0, vignetting=0.0,
        processing=Processing(crosstalk=MIX, sharpening=0.0),
    )  # fmt: skip


def chart():
    """Four patches beside one another."""
    return np.repeat(np.repeat(COLOURS[None], 80, axis=1), 240, axis=0)


def patches(image):
    return np.stack([image[40:200, 80 * n + 20 : 80 * n + 60].mean(axis=(0, 1)) for n in range(4)])


def noiseless(radiance, model):
    """The raw values that a perfect sensor would give."""
    still = replace(model, read_noise=0.0, nonuniformity=0.0, dark_nonuniformity=0.0)
    setting = Setting(0.0015, 1.0)
    electrons = mosaic(collected(radiance, still, setting))
    scaled = electrons * (4095 - model.black) / model.full_well + model.black
    return np.rint(scaled).astype(np.uint16), setting


def test_the_matrix_undoes_the_filters_crosstalk(model):
    mixed = filtered(COLOURS.reshape(2, 2, 3) / 500, model).astype(np.float32)
    np.testing.assert_allclose(corrected(mixed, model), COLOURS.reshape(2, 2, 3) / 500, atol=1e-6)


def test_colours_come_out_as_from_a_camera_with_ideal_filters(model):
    ideal = replace(model, processing=Processing(sharpening=0.0))
    one, two = (
        patches(developed(*_with(noiseless(chart(), each), each))) for each in (model, ideal)
    )
    np.testing.assert_allclose(one, two, atol=2.5)


def _with(shot, model):
    values, setting = shot
    return values, model, setting


def test_grey_stays_grey_under_any_crosstalk(model):
    np.testing.assert_allclose(color_matrix(model).sum(axis=1), 1)
    grey = np.full((4, 4, 3), 0.3, np.float32)
    np.testing.assert_allclose(corrected(filtered(grey, model).astype(np.float32), model), grey,
                               atol=1e-6)  # fmt: skip


def test_saturated_white_is_not_tinted(model):
    burnt = np.array([[[1.7, 1.0, 1.4]]], np.float32)
    np.testing.assert_allclose(corrected(burnt, model), 1, atol=1e-6)


def test_the_colour_matrix_amplifies_the_noise_of_colours(model):
    ideal = replace(model, processing=Processing(sharpening=0.0))
    setting, spread = Setting(0.0015, 1.0), []
    for each in (model, ideal):
        electrons = mosaic(collected(np.full((240, 320, 3), 20.0), each, setting))
        values = raw(electrons, each, setting, pattern(each, "t"), stream(1, "n"))
        image = developed(values, each, setting).astype(float)
        spread.append((image[..., 0] - image[..., 1]).std())
    assert spread[0] > 1.2 * spread[1]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"crosstalk": ((0.9, 0.2, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))}, "add up to 1"),
        ({"jpeg": 101}, "jpeg must be in 0 to 100"),
        ({"chroma": 411}, "chroma must be 444, 422 or 420"),
    ],
)
def test_impossible_processing_is_refused(keys, said):
    with pytest.raises(ValueError, match=said):
        Processing(**keys)


@pytest.mark.parametrize("spread", [0.5, 0.6, 0.8])
def test_resampling_makes_neighbours_alike_and_keeps_the_mean(spread):
    """White noise under a Gaussian of s px: neighbours correlate by exp(-1 / (4 s^2)).

    Sums of the sampled kernel instead of its integral: k[n] = exp(-n^2 / (2 s^2)).
    """
    noise = 0.5 + 0.1 * np.random.default_rng(1).normal(size=(200, 300, 3))
    soft = resampled(noise, spread)
    kernel = np.exp(-(np.arange(-6, 7) ** 2) / (2 * spread**2))
    kernel /= kernel.sum()
    apart = soft - soft.mean()
    together = (apart[:, 1:] * apart[:, :-1]).mean() / (apart**2).mean()
    expected = (kernel[1:] @ kernel[:-1]) / (kernel @ kernel)
    assert together == pytest.approx(expected, abs=0.02)
    assert soft.std() / noise.std() == pytest.approx(kernel @ kernel, rel=0.02)
    assert soft.mean() == pytest.approx(noise.mean(), abs=1e-4)


def test_without_resampling_an_image_is_left_alone():
    image = np.random.default_rng(2).random((8, 9, 3))
    assert resampled(image, 0.0) is image


def test_a_resampling_out_of_range_is_refused():
    with pytest.raises(ValueError, match=r"resampling must be in \[0, 3\] px"):
        Processing(resampling=-0.1)
