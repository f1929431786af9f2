from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.culling import Crowd, ways
from synthgen.culling import crossing as crossing_any
from synthgen.geometry import inverse, yaw_quaternion
from synthgen.motion import Track
from synthgen.rays import Rays
from synthgen.rng import stream
from synthgen.scene import moment


def beams(seed: int, count: int, spread: float) -> Rays:
    """Return rays of which neighbours point alike for a small `spread`."""
    rng = stream(seed, "beams")
    turn = np.linspace(-np.pi, np.pi, count)
    direction = np.stack([np.cos(turn), np.sin(turn), np.zeros(count)], 1)
    direction += spread * rng.normal(size=(count, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    origin = np.array([0, 0, 1.0]) + 0.3 * rng.normal(size=(count, 3))
    return Rays(origin, direction, rng.uniform(-0.05, 0.05, count))


def crossing(rays: Rays, thing) -> np.ndarray:
    """Which rays cross the box of `thing`, ray by ray with the pose at the ray's time."""
    low, high = thing.mesh.bounds
    found = []
    for number in range(len(rays)):
        pose = inverse(thing.track.world_from_body(rays.time[number]))
        origin = pose[:3, :3] @ rays.origin[number] + pose[:3, 3]
        direction = pose[:3, :3] @ rays.direction[number]
        one, two = (low - origin) / direction, (high - origin) / direction
        near, far = np.minimum(one, two).max(), np.maximum(one, two).min()
        if near <= far and far > 0:
            found.append(number)
    return np.array(found, int)


@pytest.fixture(scope="module")
def runner(scenes):
    """Return a function that makes a thing which drives and turns."""

    def make(x: float, y: float, speed: float):
        scene = scenes([(x, y)])
        time = np.array([-1.0, 1.0])
        track = Track(
            time, np.array([[x - speed, y, 0.0], [x + speed, y, 0.0]]),
            np.stack([yaw_quaternion(-0.4), yaw_quaternion(0.4)]), np.zeros(2),
            np.zeros((2, 0)), ((-1.0, 1.0),),
        )  # fmt: skip
        motion = replace(scene.motion, tracks=(scene.motion.tracks[0], track))
        return moment(replace(scene, motion=motion), 0.0)

    return make


@settings(max_examples=40, deadline=None)
@given(
    st.floats(-25, 25), st.floats(-25, 25), st.floats(-30, 30), st.integers(0, 99),
    st.sampled_from([0.01, 0.3, 3.0]),
)  # fmt: skip
def test_no_ray_that_crosses_a_moving_box_is_culled(runner, x, y, speed, seed, spread):
    now = runner(x, y, speed)
    rays = beams(seed, 333, spread)
    crowd = Crowd(rays)
    for number, thing in enumerate(now.things):
        index, origin, direction = crowd.near(thing)
        wanted = crossing(rays, thing)
        assert set(wanted) <= set(index)
        assert np.all(np.diff(index) > 0)
        if len(wanted):
            assert number in crowd.meets(now.balls)
            pose = inverse(thing.track.world_from_body(rays.time[index[0]]))
            np.testing.assert_allclose(
                origin[0], pose[:3, :3] @ rays.origin[index[0]] + pose[:3, 3], atol=1e-4
            )
            np.testing.assert_allclose(
                direction[0], pose[:3, :3] @ rays.direction[index[0]], atol=1e-5
            )


def test_nearly_all_rays_that_pass_by_are_culled(runner):
    now = runner(20.0, 5.0, 10.0)
    rays = beams(0, 6400, 0.001)
    index, _, _ = Crowd(rays).near(now.things[1])
    assert 0 < len(index) < 300


def met(rays: Rays, balls: np.ndarray, grow: float = 0.0) -> set[int]:
    """Which balls, each `grow` larger, any ray meets."""
    way = balls[:, None, :3] - rays.origin
    along = np.maximum(np.einsum("bij,ij->bi", way, rays.direction), 0)
    miss = np.linalg.norm(way - along[..., None] * rays.direction, axis=2)
    return set(np.flatnonzero((miss < balls[:, 3:] + grow).any(axis=1)))


def cloud(seed: int) -> np.ndarray:
    rng = stream(seed, "balls")
    return np.column_stack([rng.normal(size=(400, 3)) * [20, 20, 6], rng.uniform(0.01, 9, 400)])


@pytest.mark.parametrize("spread", [0.001, 0.1, 3.0])
def test_every_ball_that_a_ray_meets_is_found(spread):
    rays, balls = beams(1, 640, spread), cloud(2)
    assert met(rays, balls) <= set(Crowd(rays).meets(balls))


@pytest.mark.parametrize("seed", range(20))
def test_one_ray_finds_the_balls_on_its_way_and_no_others(seed):
    rays, balls = beams(seed, 1, 1.0), cloud(seed)
    found = set(Crowd(rays).meets(balls))
    assert met(rays, balls) <= found <= met(rays, balls, 0.1)


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_rays_that_cross_any_of_several_boxes_are_those_of_the_slab_method(seed):
    rng = stream(seed, "boxes")
    origin = rng.uniform(-3, 3, (300, 3)).astype(np.float32)
    direction = rng.normal(size=(300, 3)).astype(np.float32)
    direction[:20, rng.integers(3)] = 0.0
    low = rng.uniform(-2, 1, (4, 3))
    boxes = np.stack([low, low + rng.uniform(0.1, 1.5, (4, 3))], axis=1)
    boxes[:, :, 2] = boxes[0, :, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        one = (boxes[:, 0, None] - origin) / direction
        two = (boxes[:, 1, None] - origin) / direction
    near, far = np.minimum(one, two).max(axis=-1), np.maximum(one, two).min(axis=-1)
    expected = np.flatnonzero(((near <= far) & (far >= 0)).any(axis=0))
    found = crossing_any(origin, direction, boxes)
    assert set(expected) <= set(found)
    assert len(found) <= len(expected) + 4


def test_things_asked_for_together_meet_the_rays_they_meet_alone(runner):
    now = runner(6.0, 3.0, 10.0)
    rays = beams(1, 6400, 0.01)
    crowd, order = Crowd(rays), np.array([1, 0, 1])
    start, index, packed = crowd.entering(ways(now.things, (-0.5, 0.5)), order)
    assert len(index) > len(rays), "room for them has to grow"
    for first, last, number in zip(start[:-1], start[1:], order, strict=True):
        alone, origin, direction = crowd.near(now.things[number])
        np.testing.assert_array_equal(index[first:last], alone)
        np.testing.assert_array_equal(packed[first:last], np.hstack([origin, direction]))


def test_things_are_not_known_beyond_their_steps(runner):
    now, rays = runner(6.0, 3.0, 10.0), beams(0, 64, 0.01)
    with pytest.raises(ValueError, match="known for"):
        Crowd(rays).entering(ways(now.things, (0.0, 0.01)), np.zeros(1, np.int64))
