import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from synthgen.density import (
    NO_CLOUDS,
    Matter,
    clouds,
    depths,
    extinction_at,
    layer_density,
    layer_depth,
    puff_density,
    puff_depth,
    puffs,
)

FOG = Matter("fog", (1.0, 1.0, 1.0), (1.0, 1.0, 1.0), 0.86, 1.0, 20.0)
SMOKE = Matter("smoke", (0.9, 1.0, 1.1), (0.3, 0.3, 0.3), 0.7, 0.6, 50.0)
NO_LAYERS = np.zeros((0, 4))


def some_puff(seed=0, peak=0.3, velocity=(0.0, 0.0, 0.0)):
    rng = np.random.default_rng(seed)
    axes = Rotation.random(random_state=seed).as_matrix()[None]
    spread = rng.uniform(0.5, 5.0, (1, 3))
    return puffs(rng.uniform(-3, 3, (1, 3)), axes, spread, np.array([peak]), np.array([velocity]))


def unit(vector):
    return np.asarray(vector, float) / np.linalg.norm(vector)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("length", [2.0, 9.0, 200.0])
def test_depth_and_mean_place_of_a_puff_are_those_of_numerical_integration(seed, length):
    puff = some_puff(seed)[0]
    rng = np.random.default_rng(seed + 100)
    start = rng.uniform(-8, 8, 3)
    way = unit(puff[:3] + rng.uniform(-2, 2, 3) - start)
    t = np.linspace(0, length, 40_001)
    dense = np.array([puff_density(puff, tuple(start + way * s), 0.0) for s in t])
    expected = np.trapezoid(dense, t)
    depth, mean = puff_depth(puff, tuple(start), tuple(way), length, 0.0)
    np.testing.assert_allclose(depth, expected, rtol=2e-3, atol=1e-4)
    if expected > 1e-3:
        np.testing.assert_allclose(mean, np.trapezoid(dense * t, t) / expected, atol=0.02)


@settings(deadline=None)
@given(st.floats(-5, 30), st.floats(-0.9, 0.9), st.floats(0.1, 500), st.floats(0.2, 5))
def test_depth_of_a_layer_is_that_of_numerical_integration(height, climb, length, thick):
    layer = np.array([4.0, thick, 0.05, 0.0])
    t = np.linspace(0, length, 20_001)
    dense = np.array([layer_density(layer, z) for z in height + climb * t])
    expected = np.trapezoid(dense, t)
    np.testing.assert_allclose(
        layer_depth(layer, height, climb, length), expected, rtol=2e-3, atol=1e-7
    )


def test_depths_of_two_pieces_of_a_ray_add_up():
    puff, way = some_puff(3)[0], unit((1, 0.2, 0.1))
    start = puff[:3] - 6 * way
    whole = puff_depth(puff, tuple(start), tuple(way), 12.0, 0.0)[0]
    parts = puff_depth(puff, tuple(start), tuple(way), 5.0, 0.0)[0]
    parts += puff_depth(puff, tuple(start + 5 * way), tuple(way), 7.0, 0.0)[0]
    np.testing.assert_allclose(whole, parts, rtol=1e-9)


def test_a_puff_moves_with_its_velocity():
    still, moving = some_puff(1)[0], some_puff(1, velocity=(20.0, 0, 0))[0]
    point = still[:3] + np.array([1.0, 0.3, 0.2])
    later = tuple(point + np.array([0.8, 0, 0]))
    assert puff_density(still, tuple(point), 0.0) == pytest.approx(
        puff_density(moving, later, 0.04)
    )
    assert puff_density(moving, later, 0.0) != pytest.approx(puff_density(moving, later, 0.04))


def test_matters_weigh_as_they_are_told_and_rays_that_meet_nothing_go_far():
    layers = np.array([[5.0, 1.0, 0.02, 0.0]])
    both = clouds([(FOG, np.zeros((0, 15)), layers), (SMOKE, some_puff(2), NO_LAYERS.copy())])
    assert both.names == ("fog", "smoke")
    origin = np.array([[0.0, 0, 1.5]])
    flat = np.array([[1.0, 0, 0]])
    late = np.zeros(1)
    fog = depths(
        both.puffs, both.layers, np.array([1.0, 0.0]), origin, flat, np.array([100.0]), late
    )
    np.testing.assert_allclose(fog, 2.0 / (1 + np.exp(-3.5)), rtol=1e-6)
    toward = unit(both.puffs[0, :3] - origin[0])[None]
    weights = (np.array([0.0, 1.0]), np.array([0.0, 0.6]))
    one, other = (
        depths(both.puffs, both.layers, w, origin, toward, np.array([np.inf]), late)[0]
        for w in weights
    )
    assert one > 0.1
    np.testing.assert_allclose(other, 0.6 * one)


def test_extinction_somewhere_is_the_sum_of_what_hangs_there():
    row = some_puff(4)
    both = clouds([(FOG, row.copy(), np.array([[5.0, 1.0, 0.02, 0.0]]))])
    point = row[0, :3]
    expected = 0.3 + layer_density(both.layers[0], point[2])
    assert extinction_at(both, point) == pytest.approx(expected)


def test_nothing_is_clear():
    assert NO_CLOUDS.clear
    assert clouds([(FOG, np.zeros((0, 15)), NO_LAYERS)]).clear
