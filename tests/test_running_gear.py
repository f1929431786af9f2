"""Wheels stay on the road whatever the chassis does."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.assets.fleet import draw_user
from synthgen.build.city import make_bodies
from synthgen.build.tracks import Gusts, agent_track
from synthgen.geometry import transform
from synthgen.motion import road_from_chassis
from synthgen.rng import stream
from synthgen.running_gear import moving_triangles, turned
from synthgen.traffic.plan import Agent

KINDS = ("car", "van", "truck", "bus", "ambulance", "fire_engine", "police_car", "ego")


@cache
def body(kind, seed=0):
    return make_bodies(draw_user(kind, stream(seed, "gear", kind)))[0]


def way(kind, speed, yaw):
    """Return an agent that goes at `speed` [m/s] and `yaw` [rad] every 0.1 s."""
    time = np.round(np.arange(len(speed)) * 0.1, 6)
    step = np.stack([speed * np.cos(yaw), speed * np.sin(yaw), 0 * speed], 1) * 0.1
    place = np.cumsum(step, axis=0)
    gait = np.cumsum(speed) * 0.1
    signals = np.zeros(len(time), int)
    return Agent("vehicle/1", kind, 0, time, place, yaw, speed, signals, gait, ((0.0, time[-1]),))


def track_of(kind, agent, wind=0.0, seed=0):
    one, count = body(kind, seed), len(agent.time)
    gusts = Gusts(np.full(200, wind), 1.0)
    level = np.zeros((count, len(one.circuits)))
    return agent_track(agent, one, np.full(count, 0.25), level, np.inf, gusts)


@pytest.mark.parametrize("kind", [*KINDS, "motorcycle"])
def test_wheels_are_whole_lumps_of_the_mesh_that_stand_on_the_ground(kind):
    one = body(kind)
    assert len(one.wheels) >= (2 if kind == "motorcycle" else 4)
    for wheel in one.wheels:
        own = one.mesh.triangles[slice(*wheel.triangles)]
        assert own.min() == wheel.vertices[0]
        assert own.max() == wheel.vertices[1] - 1
        others = np.delete(one.mesh.triangles, np.s_[slice(*wheel.triangles)], axis=0)
        assert not ((others >= wheel.vertices[0]) & (others < wheel.vertices[1])).any()
        points = one.mesh.vertices[slice(*wheel.vertices)] - wheel.hub
        assert np.hypot(points[:, 0], points[:, 2]).max() == pytest.approx(wheel.radius, abs=0.01)
        assert wheel.hub[2] == pytest.approx(wheel.radius, abs=0.01)


@pytest.mark.parametrize("kind", KINDS)
def test_the_foremost_axle_steers_and_both_sides_have_wheels(kind):
    one = body(kind)
    steered = [wheel for wheel in one.wheels if wheel.steered]
    assert len(steered) == 2
    assert sum(wheel.hub[1] for wheel in one.wheels) == pytest.approx(0.0, abs=1e-9)
    assert min(w.hub[0] for w in steered) > max(w.hub[0] for w in one.wheels if not w.steered)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(KINDS), st.floats(0, 16), st.floats(-7, 3), st.floats(-0.35, 0.35),
    st.floats(0, 25), st.floats(0, 1),
)  # fmt: skip
def test_every_wheel_touches_the_road_within_3_cm_at_all_times(kind, pace, pull, rate, wind, when):
    time = np.arange(25) * 0.1
    speed = np.clip(pace + pull * np.clip(time - 1, 0, None), 0, 20)
    agent = way(kind, speed, np.cumsum(rate * (speed > 0) * 0.1))
    track = track_of(kind, agent, wind)
    now = when * float(time[-1])
    mesh = body(kind).mesh
    if track.joints is not None:
        mesh = turned(body(kind), track.joints_at(now))
    placed = transform(track.world_from_body(now), mesh.vertices)
    for wheel in body(kind).wheels:
        assert abs(placed[slice(*wheel.vertices), 2].min() - 0.25) < 0.03


def test_at_rest_turning_changes_nothing():
    one = body("car")
    same = turned(one, (np.zeros(len(one.wheels)), 0.0, np.zeros(3)))
    np.testing.assert_allclose(same.vertices, one.mesh.vertices, atol=1e-12)
    np.testing.assert_allclose(same.normals, one.mesh.normals, atol=1e-12)


def test_only_wheels_move_against_the_chassis():
    one = body("van")
    mesh = turned(one, (np.full(len(one.wheels), 1.1), 0.3, np.array([0.01, 0.02, 0.03])))
    moving = {n for wheel in one.wheels for n in range(*wheel.vertices)}
    still = np.setdiff1d(np.arange(len(one.mesh.vertices)), sorted(moving))
    np.testing.assert_array_equal(mesh.vertices[still], one.mesh.vertices[still])
    assert np.abs(mesh.vertices - one.mesh.vertices).max() > 0.2


@pytest.mark.parametrize("kind", [*KINDS, "motorcycle"])
def test_the_run_of_moving_triangles_holds_all_wheels_and_little_else(kind):
    one = body(kind)
    run = moving_triangles(one)
    wheels = sum(last - first for first, last in (wheel.triangles for wheel in one.wheels))
    assert all(run.start <= w.triangles[0] and w.triangles[1] <= run.stop for w in one.wheels)
    assert run.stop - run.start < wheels + 0.1 * len(one.mesh.triangles)


def test_a_wheel_rolls_forwards_and_steers_to_the_left():
    one = body("car")
    front = next(wheel for wheel in one.wheels if wheel.steered)
    quarter = turned(one, (np.full(len(one.wheels), np.pi / 2), 0.0, np.zeros(3)))
    own = slice(*front.vertices)
    top = one.mesh.vertices[own][:, 2].argmax()
    moved = quarter.vertices[own][top] - front.hub
    assert moved[0] == pytest.approx(one.mesh.vertices[own][top, 2] - front.hub[2], abs=1e-9)
    left = turned(one, (np.zeros(len(one.wheels)), 0.5, np.zeros(3)))
    foremost = one.mesh.vertices[own][:, 0].argmax()
    assert left.vertices[own][foremost, 1] > one.mesh.vertices[own][foremost, 1] + 0.1


def test_under_braking_the_nose_of_the_chassis_is_lower_and_the_tail_higher():
    agent = way("car", np.clip(16 - 5 * np.arange(25) * 0.1, 0, None), np.zeros(25))
    track = track_of("car", agent)
    pose = track.world_from_body(2.0)
    nose, tail = transform(pose, np.array([[2.2, 0, 0.5], [-2.2, 0, 0.5]]))
    assert nose[2] < 0.75 - 0.01
    assert tail[2] > 0.75 + 0.01
    np.testing.assert_allclose(track.joints_at(2.0)[2][1], np.arcsin(-pose[2, 0]), atol=1e-9)


def test_a_standing_car_is_rigid_and_still():
    track = track_of("car", way("car", np.zeros(25), np.zeros(25)))
    assert track.stands
    assert track.joints is None


def test_a_rider_leans_with_the_machine():
    agent = way("motorcycle", np.full(25, 8.0), 0.4 * np.arange(25) * 0.1)
    bodies = make_bodies(draw_user("motorcycle", stream(0, "gear", "motorcycle")))
    tracks = [
        agent_track(agent, one, np.zeros(25), np.zeros((25, len(one.circuits))), 1.0,
                    Gusts(np.zeros(9), 0.0))
        for one in bodies
    ]  # fmt: skip
    np.testing.assert_allclose(tracks[0].quaternion, tracks[1].quaternion, atol=1e-12)
    up = tracks[0].world_from_body(2.0)[:3, 2]
    left = np.array([-np.sin(0.8), np.cos(0.8), 0.0])
    assert float(up @ left) == pytest.approx(np.sin(np.arctan(8 * 0.4 / 9.81)), abs=0.01)


def test_ride_is_the_pose_of_the_chassis_on_the_road():
    pose = road_from_chassis(np.array([0.02, 0.1, 0.0]))
    np.testing.assert_allclose(pose[:3, 3], [0, 0, 0.02])
    assert pose[2, 0] == pytest.approx(-np.sin(0.1))
