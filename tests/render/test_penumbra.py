import numpy as np
import pytest

from synthgen.geometry import unit
from synthgen.render.raycast.penumbra import RADIUS, REACH, disc, soften
from synthgen.render.raycast.spots import Spots

WIDTH, HEIGHT = 60, 40
ROW, COLUMN = np.divmod(np.arange(WIDTH * HEIGHT), WIDTH)


def ground(body=None) -> Spots:
    count = WIDTH * HEIGHT
    vectors = [np.tile(np.float32([0, 0, 1]), (count, 1)) for _ in range(6)]
    body = np.zeros(count, np.int32) if body is None else body
    return Spots(
        np.arange(count), *vectors, np.zeros((count, 2), np.float32), np.zeros(count, np.int32),
        np.zeros(count, np.int32), body, np.full(count, 10, np.float32), np.ones(count, np.float32),
    )  # fmt: skip


def softened(truth, facing=None, body=None):
    """Return the light that `soften` finds where `truth` would be told, and how many it asked."""
    asked, lit = [], (truth > 0.5).astype(np.float32)

    def ask(spot):
        asked.append(len(spot))
        return truth[spot]

    facing = np.ones(len(truth), bool) if facing is None else facing
    soften(lit, ground(body), facing, WIDTH, ask)
    return lit, sum(asked)


@pytest.mark.parametrize("toward", [(0, 0, 1.0), (0.3, -0.8, 0.2), (1, 0, 0.02)])
def test_the_disc_is_as_wide_as_the_sun_and_evenly_filled(toward):
    ways = disc(unit(np.array(toward)), 4000)
    away = np.arccos(np.clip(ways @ unit(np.array(toward)), -1, 1))
    assert away.max() == pytest.approx(RADIUS, rel=1e-3)
    # Of an even disc half lies within 0.707 of its radius.
    assert np.median(away) == pytest.approx(RADIUS / 2**0.5, rel=0.01)
    assert np.linalg.norm(ways.mean(axis=0) - unit(np.array(toward))) < 2e-5


@pytest.mark.parametrize("edge", [-0.7, 0.0, 0.4])
def test_a_straight_edge_hides_the_segment_of_the_disc_that_geometry_says(edge):
    toward = np.array([0.0, 0.0, 1.0])
    over = (disc(toward, 6000)[:, 0] / RADIUS > edge).mean()
    segment = (np.arccos(edge) - edge * np.sqrt(1 - edge**2)) / np.pi
    assert over == pytest.approx(segment, abs=0.01)


@pytest.mark.parametrize("wide", [1.0, 6.0, 2.0 * REACH - 8])
def test_half_light_is_found_to_its_ends_without_asking_elsewhere(wide):
    truth = np.clip((COLUMN - 30.2) / wide + 0.5, 0, 1)
    lit, asked = softened(truth)
    np.testing.assert_allclose(lit, truth, atol=1e-6)
    assert asked <= (wide + 5) * HEIGHT


def test_even_light_and_what_faces_away_are_not_asked():
    assert softened(np.ones(WIDTH * HEIGHT))[1] == 0
    facing = COLUMN < 30
    truth = np.where(facing, 1.0, 0.0)
    lit, asked = softened(truth, facing)
    assert asked == 0
    np.testing.assert_array_equal(lit, truth)


def test_the_border_of_a_body_is_no_border_of_a_shadow():
    body = (COLUMN >= 30).astype(np.int32)
    assert softened(np.where(body, 1.0, 0.0), body=body)[1] == 0
