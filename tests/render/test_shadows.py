import numpy as np
import pytest

from synthgen.render.raycast.shadows import hidden
from synthgen.render.raycast.spots import Spots

WIDTH, HEIGHT = 60, 40
ROW, COLUMN = np.divmod(np.arange(WIDTH * HEIGHT), WIDTH)


def wall(keep=None, body=None) -> Spots:
    """Return the spots of an image that shows a wall, or of the pixels in `keep`."""
    count = WIDTH * HEIGHT
    vectors = [np.tile(np.float32([0, 0, 1]), (count, 1)) for _ in range(6)]
    body = np.zeros(count, np.int32) if body is None else body
    every = Spots(
        np.arange(count), *vectors, np.zeros((count, 2), np.float32), np.zeros(count, np.int32),
        np.zeros(count, np.int32), body, np.full(count, 10, np.float32), np.ones(count, np.float32),
    )  # fmt: skip
    return every if keep is None else every.select(np.flatnonzero(keep))


def answered(spots, dark, width=WIDTH, light=None):
    """Return what `hidden` makes of a picture of shadows, and how many rays it cast."""
    asked = []

    def ask(spot, slot):
        asked.append(len(spot))
        return dark[spots.ray[spot], slot]

    light = np.zeros((len(spots.ray), dark.shape[1]), np.int32) if light is None else light
    found = hidden(spots, light, np.ones(light.shape, bool), width, ask)
    return found, sum(asked)


def disc(radius):
    return (radius**2 > (ROW - 20.3) ** 2 + (COLUMN - 30.6) ** 2)[:, None]


@pytest.mark.parametrize("radius", [3.0, 8.0, 15.0])
def test_a_round_shadow_is_found_to_the_pixel_with_less_than_half_of_the_rays(radius):
    found, rays = answered(wall(), disc(radius))
    np.testing.assert_array_equal(found, disc(radius))
    assert rays < 0.5 * len(found)


@pytest.mark.parametrize("slope", [0.0, 0.3, 0.9, 2.5])
def test_a_stripe_three_pixels_wide_is_found_to_the_pixel(slope):
    across = (COLUMN - 20 - slope * (ROW - 20)) / np.hypot(1, slope)
    stripe = (np.abs(across) < 1.5)[:, None]
    np.testing.assert_array_equal(answered(wall(), stripe)[0], stripe)


def test_another_body_lends_no_answer():
    body = (COLUMN >= 31).astype(np.int32)
    dark = (body == 1)[:, None]
    np.testing.assert_array_equal(answered(wall(body=body), dark)[0], dark)
    alone = wall(keep=(ROW % 2 == 1) & (COLUMN % 2 == 1))
    found, rays = answered(alone, disc(8.0))
    np.testing.assert_array_equal(found[:, 0], disc(8.0)[alone.ray, 0])
    assert rays == len(alone.ray)


def test_answers_of_one_light_say_nothing_of_another_in_the_same_slot():
    light = (COLUMN >= 31).astype(np.int32)[:, None]
    found, _ = answered(wall(), light == 1, light=light)
    np.testing.assert_array_equal(found, light == 1)


def test_without_an_image_every_spot_is_asked():
    found, rays = answered(wall(), disc(8.0), width=0)
    np.testing.assert_array_equal(found, disc(8.0))
    assert rays == len(found)


def test_no_spots_no_rays():
    assert answered(wall(keep=np.zeros(WIDTH * HEIGHT, bool)), disc(8.0))[1] == 0
