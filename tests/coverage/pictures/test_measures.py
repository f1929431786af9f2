import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.coverage.pictures.measures import (
    blur,
    haze,
    measured,
    noise_of,
    sharpness,
    standard,
)
from synthgen.rng import stream


def street(seed=0, height=120, width=240):
    """A picture of many rectangles of many colours: edges, flat parts, dark and bright ones."""
    rng = stream(seed, "street")
    picture = np.full((height, width, 3), 120, np.uint8)
    for _ in range(60):
        left, top = rng.integers(width), rng.integers(height)
        right, bottom = left + rng.integers(5, 60), top + rng.integers(5, 40)
        picture[top:bottom, left:right] = rng.integers(0, 256, 3)
    return picture


def grey(picture):
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float64)


def test_mid_grey_has_the_lightness_and_luminance_of_the_standards():
    found = measured(np.full((60, 90, 3), 119, np.uint8))
    # sRGB 119 is 18.4 % of linear light, which is L* = 50.0
    np.testing.assert_allclose(found.luminance, 0.184, atol=0.001)
    np.testing.assert_allclose((found.dark, found.middle, found.bright), 0.5, atol=0.002)
    np.testing.assert_allclose((found.contrast, found.red, found.colour), 0, atol=0.002)


def test_shares_of_full_and_of_empty_pixels_are_counted():
    picture = np.full((100, 100, 3), 100, np.uint8)
    picture[:10] = (255, 100, 100)
    picture[10:30] = (3, 0, 1)
    picture[30:40] = (0, 0, 4)
    found = measured(picture)
    assert (found.over, found.under) == (0.1, 0.2)


def test_casts_have_the_signs_of_their_colours():
    found = {
        name: measured(np.full((50, 50, 3), value, np.uint8))
        for name, value in {
            "red": (200, 100, 100),
            "green": (100, 200, 100),
            "blue": (100, 100, 200),
        }.items()
    }
    assert found["red"].red > 0.2 > 0 > -0.2 > found["green"].red
    assert found["blue"].yellow < -0.2
    assert found["blue"].sky_yellow < -0.2


def test_upper_and_lower_thirds_are_told_apart():
    picture = np.zeros((90, 60, 3), np.uint8)
    picture[:30] = 255
    found = measured(picture)
    assert found.sky > 0.99
    assert found.lower < 0.01


def test_lamps_are_not_taken_for_the_sky():
    picture = np.full((90, 300, 3), 30, np.uint8)
    picture[4:26:9, 10:290:9] = 255
    assert measured(picture).sky < 0.12
    assert measured(picture).contrast > 0.05


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), gain=st.floats(1.1, 2.0))
def test_a_brightened_picture_is_brighter_and_never_less_exposed(seed, gain):
    picture = street(seed) // 2
    found = measured(picture)
    more = measured(np.minimum(255, picture * gain).astype(np.uint8))
    assert more.luminance > found.luminance
    assert more.middle >= found.middle
    assert more.over >= found.over
    assert more.under <= found.under


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_blurring_lowers_sharpness_and_raises_blur_step_by_step(seed):
    levels = [grey(street(seed))]
    levels += [cv2.GaussianBlur(levels[0], (0, 0), sigma) for sigma in (1, 2, 4)]
    sharp = [sharpness(level, 0) for level in levels]
    soft = [blur(level) for level in levels]
    assert sharp == sorted(sharp, reverse=True)
    assert soft == sorted(soft)
    assert sharp[3] < sharp[0] / 20
    assert soft[0] < 0.4 < soft[3]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_fog_that_is_added_raises_haze_step_by_step(seed):
    clear = street(seed).astype(float)
    clear[::6] = 0  # something dark everywhere, which is what the dark channel supposes
    clear[:40] = 220  # the sky, which tells the air light
    fogged = [(clear * t + 220 * (1 - t)).astype(np.uint8) for t in (1, 0.7, 0.4, 0.1)]
    found = [haze(standard(picture)) for picture in fogged]
    assert found == sorted(found)
    assert found[0] < 0.03
    # Koschmieder: the dark channel of air light 220 is its share 1 - t, of which 95 % are taken
    np.testing.assert_allclose(found[1:], 0.95 * np.array([0.3, 0.6, 0.9]), atol=0.05)


def test_a_view_that_is_drawn_larger_is_as_sharp_and_as_noisy():
    noise = stream(4, "noise").normal(0, 6, (320, 640, 3))
    small = np.clip(street(5, 320, 640) + noise, 0, 255).astype(np.uint8)
    found, large = measured(small), measured(np.repeat(np.repeat(small, 2, axis=0), 2, axis=1))
    assert (large.sharpness, large.noise) == (found.sharpness, found.noise)


@pytest.mark.parametrize("sigma", [2.0, 5.0, 10.0])
def test_white_noise_measures_what_it_is(sigma):
    noisy = 128 + stream(1, "noise").normal(0, sigma, (240, 320))
    assert abs(noise_of(noisy) / sigma - 1) < 0.12


def test_noise_is_not_taken_for_sharpness():
    soft = cv2.GaussianBlur(grey(street(3, 240, 320)), (0, 0), 5)
    noisy = soft + stream(2, "noise").normal(0, 8, soft.shape)
    assert sharpness(noisy, 0) > 20 * sharpness(soft, 0)
    assert sharpness(noisy, noise_of(noisy)) < sharpness(noisy, 0) / 4


def test_a_flat_picture_has_no_sharpness_and_is_all_blurred():
    flat = np.full((64, 64), 90.0)
    assert sharpness(flat, 0) == 0
    assert blur(flat) == 1
