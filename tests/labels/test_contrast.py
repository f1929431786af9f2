import numpy as np

from synthgen.labels.contrast import LIMIT, contrast
from synthgen.labels.mask import Cutout


def scene(step, size, noise):
    signal = np.full((60, 80), 500.0)
    signal[20 : 20 + size, 30 : 30 + size] += step
    return signal, np.full(signal.shape, noise), Cutout(30, 20, np.ones((size, size), bool))


def test_contrast_is_step_over_noise_times_root_of_pixels():
    np.testing.assert_allclose(contrast(*scene(12.0, 6, 4.0)), 12 / 4 * 6)


def test_more_than_a_hundred_pixels_do_not_help():
    assert contrast(*scene(12.0, 20, 4.0)) == contrast(*scene(12.0, 10, 4.0))


def test_darker_counts_like_brighter():
    assert contrast(*scene(-12.0, 6, 4.0)) == contrast(*scene(12.0, 6, 4.0))


def test_the_colour_of_the_surroundings_hides():
    assert contrast(*scene(0.0, 20, 4.0)) == 0
    assert contrast(*scene(1.0, 20, 4.0)) < LIMIT


def test_a_patch_that_fills_the_image_is_compared_with_itself():
    signal = np.full((6, 8), 10.0)
    signal[:, ::2] = 14.0
    value = contrast(signal, np.full((6, 8), 1.0), Cutout(0, 0, np.ones((6, 8), bool)))
    np.testing.assert_allclose(value, 2 * np.sqrt(48))


def test_nothing_visible_is_not_a_number():
    assert np.isnan(contrast(np.zeros((2, 2)), np.ones((2, 2)), None))
