import numpy as np
import pytest

from synthgen.network import Ribbon
from synthgen.place.heightfield import heightfield

LOW, HIGH = np.array([-100.0, -100.0]), np.array([300.0, 120.0])


def ribbon(rise=0.0, tilt=0.0, heading=0.4, half=6.0, lift=0.0):
    """A straight road of 180 m through the origin."""
    way = np.arange(0.0, 181.0, 2.0)
    ahead = np.array([np.cos(heading), np.sin(heading)])
    line = np.column_stack([np.outer(way, ahead), lift + rise * way])
    every = np.ones(len(way))
    return Ribbon(line, tilt * every, half * every, -half * every)


def on(one, share, aside):
    """Points on a ribbon at a share of its way, `aside` [m] to the left; its height there."""
    ahead = one.line[-1, :2] - one.line[0, :2]
    length = np.linalg.norm(ahead)
    left = np.array([-ahead[1], ahead[0]]) / length
    z = one.line[0, 2] + share * (one.line[-1, 2] - one.line[0, 2]) + aside * one.tilt[0]
    return one.line[0, :2] + share[:, None] * ahead + aside[:, None] * left, z


def test_level_roads_have_no_field():
    assert heightfield([ribbon(lift=7.0)], LOW, HIGH) is None
    assert heightfield([], LOW, HIGH) is None


@pytest.mark.parametrize(("rise", "tilt"), [(0.08, 0.0), (0.0, 0.04), (-0.05, 0.03)])
def test_a_plane_road_is_exact_on_all_its_width(rise, tilt):
    one = ribbon(rise, tilt)
    field = heightfield([one], LOW, HIGH)
    rng = np.random.default_rng(3)
    share, aside = rng.uniform(0, 1, 4000), rng.uniform(-6, 6, 4000)
    points, z = on(one, share, aside)
    np.testing.assert_allclose(field.height(points), z - np.median(one.line[:, 2]), atol=1e-6)


def test_a_round_crest_is_missed_by_millimetres():
    one = ribbon()
    way = np.arange(0.0, 181.0, 2.0)
    one.line[:, 2] = -((way - 90) ** 2) / (2 * 500)
    field = heightfield([one], LOW, HIGH)
    share = np.linspace(0.02, 0.98, 1501)
    points, _ = on(one, share, np.linspace(-6, 6, 1501))
    z = -((share * 180 - 90) ** 2) / 1000 - np.median(one.line[:, 2])
    np.testing.assert_allclose(field.height(points), z, atol=0.003)


def test_land_between_roads_lies_between_their_heights():
    low, high = ribbon(heading=0.0), ribbon(heading=0.0, lift=8.0)
    high.line[:, 1] += 60.0
    field = heightfield([low, high], LOW, HIGH)
    profile = field.height(np.column_stack([np.full(25, 90.0), np.linspace(6, 54, 25)]))
    assert (np.diff(profile) > -1e-6).all()
    np.testing.assert_allclose(np.ptp(profile), 8.0, atol=0.01)
    everywhere = field.height(np.random.default_rng(0).uniform(LOW - 50, HIGH + 50, (5000, 2)))
    assert np.ptp(everywhere) <= 8.0 + 1e-3
