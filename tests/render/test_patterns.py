import numpy as np
import pytest

from synthgen.materials import Texture
from synthgen.render.raycast.patterns.facade import facade, pane, window_light
from synthgen.render.raycast.patterns.loops import evaluate
from synthgen.render.raycast.patterns.spot import (
    Looks,
    Spot,
    Where,
    finest,
    gathered,
    spot_of,
)
from synthgen.render.raycast.water import darkened, driven
from synthgen.standing_water import puddle, puddles


def evaluated(texture, local, uv, size, parameters, color=(0.5, 0.4, 0.3)):
    count = len(local)
    where = Where(
        np.asarray(local, np.float32), *np.tile(np.float32([0, 0, 1]), (2, count, 1)),
        np.asarray(uv, np.float32), np.full(count, size, np.float32), np.full(count, 3, np.int32),
        np.zeros(count, np.int32),
    )  # fmt: skip
    looks = Looks(np.array([color], float), np.array([parameters], float))
    return evaluate(where, looks, np.full(count, int(texture)))


def sample(texture, parameters, size=0.01, count=400, color=(0.5, 0.4, 0.3)):
    rng = np.random.default_rng(int(texture))
    local, uv = rng.uniform(-20, 20, (count, 3)), rng.uniform(0, 1, (count, 2))
    return evaluated(texture, local, uv, size, parameters, color)[0]


@pytest.mark.parametrize("texture", list(Texture))
@pytest.mark.parametrize("size", [1e-4, 0.01, 0.3, 30.0])
def test_reflectance_stays_between_0_and_1(texture, size):
    rng = np.random.default_rng(5)
    local, uv = rng.uniform(-500, 500, (300, 3)), rng.uniform(-50, 50, (300, 2))
    uv[:150] = rng.uniform(0, 1, (150, 2))
    for parameters in ((0, 0, 0, 0), (1.0, 3.0, 0.5, 0.3), (3.0, 3.2, 0.5, 0.3)):
        color, extra = evaluated(texture, local, uv, size, parameters, (0.9, 0.5, 0.1))
        assert np.isfinite(color).all()
        assert (color >= 0).all()
        assert (color <= 1).all()
        assert (np.abs(extra) <= 1).all()


def test_plain_keeps_its_colour():
    np.testing.assert_allclose(
        sample(Texture.PLAIN, (0, 0, 0, 0)), [[0.5, 0.4, 0.3]] * 400, rtol=1e-6
    )


GROUND = (Texture.ASPHALT, Texture.CONCRETE, Texture.GRASS, Texture.SOIL, Texture.PLASTER)


@pytest.mark.parametrize("texture", GROUND[:4])
def test_near_patterns_vary_and_far_ones_fade(texture):
    near, far = (sample(texture, (0, 0, 0, 0), size).std(axis=0).max() for size in (0.001, 100.0))
    assert near > 0.02
    assert far < 0.5 * near


@pytest.mark.parametrize("texture", GROUND)
def test_patterns_keep_the_mean_reflectance(texture):
    assert sample(texture, (0, 0, 0, 0))[:, 1].mean() == pytest.approx(0.4, rel=0.25)


def test_a_worn_marking_is_darker_than_a_new_one():
    new, worn = (sample(Texture.MARKING, (w, 0, 0, 0), color=(0.8,) * 3).mean() for w in (0.0, 0.9))
    assert worn < 0.7 * new


def test_sign_faces_differ():
    faces = [sample(Texture.SIGN, (f, 0, 0, 0)).tobytes() for f in range(9)]
    assert len(set(faces)) == 9


def test_stop_sign_is_red_with_white_in_the_middle():
    def color(u, v):
        return evaluated(Texture.SIGN, np.zeros((1, 3)), [[u, v]], 1e-3, (1, 0, 0, 0))[0][0]

    assert color(0.5, 0.8)[0] > 5 * color(0.5, 0.8)[1]
    row = np.array([color(u, 0.5 + 0.05) for u in np.linspace(0.15, 0.85, 80)])
    assert (row[:, 1] > 0.5).any()
    assert (row[:, 1] < 0.1).any()


def test_lit_windows_keep_their_share():
    grid = np.array([3.0, 3.0, 0.5, 0.3])
    lit = 0
    for column in range(40):
        for row in range(1, 26):
            here = Spot(0.0, 0.0, 0.0, 0.0, 0.0, column * 3 + 1.2, row * 3 + 1.5, 0.0, 0.0, 0.01, 7)
            lit += window_light(here, pane(here, grid), 0.3, np.array([1.0, 1.0, 0.0]))[0] > 0
    assert lit / 1000 == pytest.approx(0.3, abs=0.05)


def test_wall_coordinates_run_along_the_wall():
    where = Where(
        *(np.array([row], np.float32) for row in ((1, 2, 3), (0, -1, 0), (0.6, -0.8, 0), (0, 0))),
        np.ones(1, np.float32), np.zeros(1, np.int32), np.zeros(1, np.int32),
    )  # fmt: skip
    looks = Looks(np.zeros((1, 3)), np.zeros((1, 4)))
    here = spot_of(gathered(np.zeros(1, np.int64), where, looks), 0)
    assert (here.a, here.b) == (pytest.approx(1.0), pytest.approx(3.0))
    assert here.right == pytest.approx(-0.6 / 0.8)
    assert here.rise == pytest.approx(0.0)


def _glass_along(right, share=0.5):
    """Return where [m] the glass of an opening from 0.75 to 2.25 m begins and ends."""
    grid, wall = np.array([3.0, 3.0, share, 0.3]), np.array([0.5, 0.5, 0.5])
    at = np.arange(0.6, 2.4, 0.002)
    row = [
        facade(Spot(0.0, 0.0, 5.0, 0.0, 5.0, u, 4.9, right, 0.0, 0.002, 7), wall, grid)[1]
        for u in at
    ]
    there = at[np.array(row) > 0.5]
    return there.min(), there.max()


def test_windows_lie_17_cm_behind_their_wall():
    """A line of sight that goes right by a metre per metre meets the near jamb for 0.17 m."""
    left, right = _glass_along(0.0)
    for slope in (0.5, 1.0, -0.8):
        low, high = _glass_along(slope)
        aside = slope * 0.17
        assert low == pytest.approx(max(left - aside, 0.75), abs=0.01)
        assert high == pytest.approx(min(right - aside, 2.25), abs=0.01)


def test_lap_siding_has_a_shadow_under_every_board():
    height = np.arange(0.0, 3.2, 0.004)
    local = np.column_stack([np.zeros_like(height), np.zeros_like(height), height])
    count = len(height)
    where = Where(
        local.astype(np.float32), *np.tile(np.float32([0, -1, 0]), (2, count, 1)),
        np.zeros((count, 2), np.float32), np.full(count, 0.004, np.float32),
        np.zeros(count, np.int32), np.zeros(count, np.int32),
    )  # fmt: skip
    looks = Looks(np.full((1, 3), 0.5), np.array([[0.0, 0.16, 0.0, 0.0]]))
    level = evaluate(where, looks, np.full(count, int(Texture.PLASTER)))[0][:, 1]
    dark = level < 0.75 * np.median(level)
    assert np.diff(dark.astype(int)).clip(0).sum() == pytest.approx(3.2 / 0.16, abs=1)


def test_wet_surfaces_are_darker_but_black_and_white_stay():
    assert darkened(0.0) == 0.0
    for dry in (0.1, 0.3, 0.6):
        assert 0.4 * dry < darkened(dry) < 0.9 * dry


def test_what_is_wet_is_as_dark_as_lekner_and_dorf_have_it_by_the_sum_of_all_bounces():
    for dry in (0.05, 0.2, 0.5, 0.8):
        # In through the face, then to and fro: each time 0.53 leaves, 0.47 is turned back.
        rays = [0.934 * dry * (0.47 * dry) ** n * 0.53 for n in range(200)]
        assert darkened(dry) == pytest.approx(sum(rays), rel=1e-12)


def test_walls_get_the_rain_that_the_wind_drives_at_them_and_their_lee_none():
    assert driven((0.0, 0.0, 1.0), (12.0, 5.0)) == 1.0
    west, east, south = (-1.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, -1.0, 0.0)
    assert driven(west, (13.0, 0.0)) == pytest.approx(2.0)
    assert driven(east, (13.0, 0.0)) == driven(south, (13.0, 0.0)) == 0.0
    # A face square to the drops' way gets speed / fall speed as much as the ground.
    slant = np.array([-3.0, 0.0, 6.5])
    square = tuple(slant / np.linalg.norm(slant))
    assert driven(square, (3.0, 0.0)) == pytest.approx(np.linalg.norm(slant) / 6.5)


def test_puddles_grow_with_wetness():
    place = np.random.default_rng(2).uniform(-100, 100, (800, 2))
    cover = [np.mean([puddle(a, b, wetness) for a, b in place]) for wetness in (0.1, 0.5, 1.0)]
    assert cover[0] < 0.05
    assert cover[0] <= cover[1] < cover[2] < 0.6


def test_puddles_of_many_places_are_those_of_each():
    a, b = np.random.default_rng(2).uniform(-100, 100, (2, 800))
    each = [puddle(one, other, 0.9) for one, other in zip(a, b, strict=True)]
    np.testing.assert_array_equal(puddles(a, b, 0.9), each)
    assert 0.05 < np.mean(each) < 0.6


def fine(size, count=4000, step=3.0):
    a = np.arange(count) * step * size
    return np.array([finest(x, 0.3 * x + 7.1, size, 201) for x in a])


@pytest.mark.parametrize("size", [0.004, 0.02, 0.13, 0.8])
def test_the_finest_noise_is_as_strong_at_every_distance(size):
    found = fine(size)
    assert abs(found.mean()) < 0.015
    assert 0.12 < found.std() < 0.24
    assert np.abs(found).max() <= 0.5


def test_neighbouring_pixels_differ_and_halves_of_one_hardly():
    near, far = fine(0.05, step=0.25), fine(0.05, step=4.0)
    assert np.abs(np.diff(near)).mean() < 0.35 * np.abs(np.diff(far)).mean()


def test_the_finest_noise_changes_smoothly_as_one_comes_nearer():
    found = np.array([finest(3.3, 1.7, size, 201) for size in np.geomspace(0.01, 1.0, 4000)])
    assert np.abs(np.diff(found)).max() < 0.01
