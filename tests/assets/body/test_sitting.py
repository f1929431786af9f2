"""Sitting on a bench: on the seat, feet on the ground."""

from functools import cache

import numpy as np
import pytest

from synthgen.assets.body.bones import Bone
from synthgen.assets.fleet import draw_member
from synthgen.assets.people import person
from synthgen.rng import stream
from synthgen.road_user import SEAT


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
        assert points[cloth.rows, 2][np.abs(points[cloth.rows, 0]) < 0.15].min() > SEAT - 0.05
        over[mesh.triangles[cloth.triangles]] = False
    assert abs(points[over, 2].min() - SEAT) < 0.02
    for foot in (Bone.FOOT_LEFT, Bone.FOOT_RIGHT):
        own = skin.weights[:, [foot, foot + 2]].sum(axis=1) > 0.5
        assert abs(points[own, 2].min()) < 0.02
    assert extent.center[2] - extent.size[2] / 2 == pytest.approx(0.0, abs=0.02)


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
