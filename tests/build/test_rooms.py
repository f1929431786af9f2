from dataclasses import replace

import numpy as np
import pytest

from synthgen.assets.fleet import MODELS, draw_member
from synthgen.build.city import make_bodies
from synthgen.build.rooms import laid, measured
from synthgen.geometry import pose, yaw_quaternion
from synthgen.rng import stream
from synthgen.road_user import RoadUser
from synthgen.running_gear import turned
from synthgen.traffic.plan import WALKERS

WHEELED = {("truck", "box_truck"): 4, ("bus", "city_bus"): 4, ("car", "saloon"): 4}
"""Wheels."""


def built(kind: str, subtype: str, seed: int) -> tuple[RoadUser, tuple]:
    rng = stream(seed, "rooms", kind, subtype)
    while True:
        try:
            user = draw_member(kind, subtype, rng)
            bodies = make_bodies(user)
        except ValueError:
            continue
        return measured(user, bodies), bodies


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("kind", ["pedestrian", "bicycle", "dog", "cat", "deer"])
def test_the_room_holds_the_body_at_any_phase_of_its_gait(kind, seed):
    rng = stream(seed, "phases", kind)
    for subtype in MODELS[kind]:
        user, bodies = built(kind, subtype, seed)
        low, high = np.array(user.takes.low) - 0.02, np.array(user.takes.high) + 0.02
        for body in bodies:
            for phase in rng.uniform(0, 50, 4):
                points = body.at_phase(float(phase))[0].vertices[:, :2]
                assert (points >= low).all(), (subtype, phase, points.min(axis=0), low)
                assert (points <= high).all(), (subtype, phase, points.max(axis=0), high)
        assert (user.takes.tyres == ()) == (kind in WALKERS)


@pytest.mark.parametrize(("kind", "subtype"), sorted(WHEELED))
def test_tyres_are_where_the_wheels_of_the_finished_vehicle_touch_the_ground(kind, subtype):
    user, (body,) = built(kind, subtype, 0)
    tyres = np.array(user.takes.tyres)
    assert len(tyres) == 4 * WHEELED[kind, subtype]
    rng = stream(0, "turns", subtype)
    for _ in range(5):
        angles = rng.uniform(0, 2 * np.pi, len(body.wheels))
        points = turned(body, (angles, float(rng.uniform(-0.6, 0.6)), np.zeros(3))).vertices
        for own, wheel in zip(tyres.reshape(-1, 4, 2), body.wheels, strict=True):
            sole = points[slice(*wheel.vertices)]
            sole = sole[sole[:, 2] < sole[:, 2].min() + 0.003, :2]
            assert (sole > own.min(axis=0) - 0.02).all()
            assert (sole < own.max(axis=0) + 0.02).all()
    for own, wheel in zip(tyres.reshape(-1, 4, 2), body.wheels, strict=True):
        sole = body.mesh.vertices[slice(*wheel.vertices)]
        outside = np.abs(sole[sole[:, 2] < 0.003, 1]).max()
        assert outside - 1e-6 <= np.abs(own[:, 1]).max() < outside + 0.1
        assert np.ptp(own[:, 0]) < 0.45
    half = np.array([user.length, user.width]) / 2
    assert (np.abs(tyres) < half).all()
    assert user.takes.high[0] == pytest.approx(user.length / 2, abs=0.1)
    assert 0.05 < user.takes.high[1] - half[1] < 0.35, "mirrors stick out"


@pytest.mark.parametrize("key", [("truck", "articulated_truck"), ("bus", "articulated_bus")])
def test_a_vehicle_of_two_sections_has_a_room_of_each_with_its_own_tyres(key):
    user, bodies = built(*key, 0)
    for room, body in zip((user.takes, user.towed), bodies, strict=True):
        assert len(room.tyres) == 4 * len(body.wheels) > 0
        low, high = (np.array(end) for end in (room.low, room.high))
        points = body.mesh.vertices[:, :2]
        assert (points >= low - 1e-9).all()
        assert (points <= high + 1e-9).all()
        assert (np.array(room.tyres) > low).all()
        assert (np.array(room.tyres) < high).all()
    assert user.takes.high[1] > user.towed.high[1] + 0.1, "mirrors stick out of the leading one"


def test_a_bicycle_stands_on_two_tyres_in_a_line():
    user, _ = built("bicycle", "bicycle", 0)
    x, y = np.array(user.takes.tyres).T
    assert np.abs(y).max() < 0.05
    assert x.max() - x.min() == pytest.approx(0.6 * user.length, abs=0.2)


def test_what_lies_turned_has_its_room_and_tyres_turned():
    user, (body,) = built("car", "saloon", 0)
    quarter = pose(np.array([1.0, 2.0, 0.0]), yaw_quaternion(np.pi / 2))
    room, own = laid(body, quarter), user.takes
    np.testing.assert_allclose(room.low, [1 - own.high[1], 2 + own.low[0]], atol=1e-6)
    np.testing.assert_allclose(room.high, [1 - own.low[1], 2 + own.high[0]], atol=1e-6)
    turned_tyres = np.array([(1 - y, 2 + x) for x, y in own.tyres])
    np.testing.assert_allclose(room.tyres, turned_tyres, atol=1e-6)
    assert laid(replace(body, wheels=()), quarter).tyres == ()
