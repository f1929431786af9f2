"""Sitting on a bench: on the seat, feet on the ground."""

from functools import cache

import numpy as np
import pytest

from synthgen.assets.body.bones import Bone
from synthgen.assets.fleet import draw_member
from synthgen.assets.people import person
from synthgen.geometry import pose, yaw_quaternion
from synthgen.mesh import moved
from synthgen.rng import stream
from synthgen.road_user import SEAT, SEAT_DEPTH, SLACK
from synthgen.street.small import BENCH_BACK, bench_mesh
from synthgen.street.stops import BENCH, shelter


@cache
def make(seed):
    return person(draw_member("pedestrian", "sitting", stream(seed, "sits")), "p")


@pytest.mark.parametrize("seed", range(10))
def test_thighs_lie_on_the_seat_and_feet_stand_on_the_ground(seed):
    body = make(seed)
    assert body.posture == "sitting"
    skin = body.pose.figure.skin
    mesh, extent = body.pose(0.3)
    points = mesh.vertices
    thighs = skin.weights[:, [Bone.PELVIS, Bone.THIGH_LEFT, Bone.THIGH_RIGHT]].sum(axis=1) > 0.6
    over = thighs & skin.counted & (np.abs(points[:, 0]) < 0.18)
    for cloth in skin.loose:
        over[mesh.triangles[cloth.triangles]] = False
    assert abs(points[over, 2].min() - SEAT) < 0.02
    for foot in (Bone.FOOT_LEFT, Bone.FOOT_RIGHT):
        own = skin.weights[:, [foot, foot + 2]].sum(axis=1) > 0.5
        assert abs(points[own, 2].min()) < 0.02
    assert extent.center[2] - extent.size[2] / 2 == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("bench", ["open", "shelter"])
def test_nothing_worn_goes_through_the_seat(seed, bench):
    body = make(seed)
    mesh, _ = body.pose(0.6)
    if bench == "open":
        seat, back = bench_mesh(), BENCH_BACK
    else:
        seat, back = moved(shelter(), pose(np.zeros(3), yaw_quaternion(-np.pi / 2))), BENCH[1]
    seat = seat.vertices[np.abs(seat.vertices[:, 2] - SEAT + 0.025) < 0.03]
    seat = seat[(seat[:, 0] > back) & (seat[:, 0] < back + 0.5)]
    points = mesh.vertices + np.array([back + SLACK - body.mesh.bounds[0][0], 0, 0])
    assert points[:, 0].min() > back
    assert seat[:, 0].max() - back >= SEAT_DEPTH - 1e-9
    within = points[points[:, 0] < seat[:, 0].max() - 0.01]
    within = within[within[:, 2] > seat[:, 2].min()]
    assert within[:, 2].min() > SEAT - 0.01
    own = [mesh.triangles[one.triangles].ravel() for one in body.pose.figure.skin.loose]
    cloth = np.concatenate([*own, np.zeros(0, int)])
    beneath = points[cloth][points[cloth, 0] < seat[:, 0].max() - 0.01]
    assert (beneath[:, 2] > SEAT - 0.01).all()


@pytest.mark.parametrize("seed", range(20))
def test_cloth_hangs_over_the_front_edge_and_stays_above_the_feet(seed):
    body = make(seed)
    mesh, _ = body.pose(0.6)
    for cloth in body.pose.figure.skin.loose:
        hem = mesh.vertices[cloth.rows[-1]]
        assert hem[:, 2].min() > 0.12
        if cloth.deep[-1] > 0.6:
            assert hem[:, 2].min() < SEAT - 0.1


@pytest.mark.parametrize("seed", range(20))
def test_hands_lie_on_the_thighs(seed):
    body = make(seed)
    skin, points = body.pose.figure.skin, body.pose(0.0)[0].vertices
    hand = points[skin.weights[:, [Bone.HAND_LEFT, Bone.FINGERS_LEFT]].sum(axis=1) > 0.9]
    arm = skin.weights[:, Bone.CLAVICLE_LEFT : Bone.THUMB_RIGHT + 1].sum(axis=1) > 0.1
    lap = points[~arm & skin.counted & (points[:, 2] < hand[:, 2].max())]
    apart = np.linalg.norm(lap[:, None] - hand[None], axis=2).min()
    assert apart < 0.05


@pytest.mark.parametrize("seed", range(10))
def test_keypoints_are_those_of_someone_who_sits(seed):
    k = make(seed).keypoints(0.0)
    rows = ([11, 12], [13, 14], [15, 16], [5, 6])
    hips, knees, ankles, shoulders = (k[own].mean(axis=0) for own in rows)
    assert abs(hips[2] - knees[2]) < 0.16
    assert knees[0] - hips[0] > 0.28
    assert ankles[2] < 0.16
    assert abs(ankles[0] - knees[0]) < 0.3
    assert shoulders[2] - hips[2] > 0.35
    assert k[0, 2] > shoulders[2]
