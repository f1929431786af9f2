import pickle
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from synthgen.assets.gait import ANKLE, KNEE, THIGH, Manner, angle, stride, walking_stance
from synthgen.assets.people import person
from synthgen.assets.physique import Bone, draw_physique
from synthgen.assets.skeleton import joints_of, reach
from synthgen.mesh import Mesh
from synthgen.rng import stream
from synthgen.road_user import RoadUser

PEOPLE = [
    ("adult", 1.78, 0), ("adult", 1.62, 5), ("elder", 1.66, 2), ("worker", 1.8, 3),
    ("child", 1.15, 4), ("child", 1.45, 9),
]  # fmt: skip


@cache
def make(subtype: str, height: float, seed: int):
    return person(RoadUser("pedestrian", subtype, 0.73, 0.67, height, seed), "walker/1")


def face_areas(mesh: Mesh) -> np.ndarray:
    a, b, c = (mesh.vertices[mesh.triangles[:, i]] for i in range(3))
    return np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2


@pytest.mark.parametrize(
    ("terms", "phases", "degrees"),
    [
        (THIGH, (0.12, 0.31, 0.5, 0.62, 0.75, 0.87), (20, 0, -20, -10, 15, 25)),
        (KNEE, (0.12, 0.4, 0.5, 0.62, 0.71, 0.96), (18, 5, 10, 40, 60, 3)),
        (ANKLE, (0.07, 0.31, 0.48, 0.62, 0.75), (-5, 5, 10, -15, -5)),
    ],
)
def test_joint_angles_are_those_of_the_textbook_within_a_degree(terms, phases, degrees):
    found = [np.degrees(angle(terms, phase)) for phase in phases]
    np.testing.assert_allclose(found, degrees, atol=1.0)


@pytest.mark.parametrize(("subtype", "height", "seed"), PEOPLE)
def test_people_are_as_tall_as_asked_and_no_wider_than_people(subtype, height, seed):
    body = make(subtype, height, seed)
    for phase in np.arange(0, 1, 0.1):
        _, extent = body.pose(phase)
        assert 0.93 * height < extent.size[2] < height + 0.01
        assert extent.size[0] < 0.62 * height
        assert 0.22 * height < extent.size[1] < 0.42 * height


@pytest.mark.parametrize(("subtype", "height", "seed"), PEOPLE[:4])
def test_the_lower_foot_stands_on_the_ground_all_the_time(subtype, height, seed):
    body = make(subtype, height, seed)
    for phase in np.arange(0, 1, 0.05):
        mesh, extent = body.pose(phase)
        assert -0.01 < mesh.vertices[:, 2].min() <= 1e-9
        assert extent.center[2] - extent.size[2] / 2 == pytest.approx(0.0, abs=1e-9)


def test_the_gait_repeats_after_one_cycle():
    body = make("adult", 1.75, 1)
    np.testing.assert_allclose(body.pose(0.37)[0].vertices, body.pose(5.37)[0].vertices, atol=1e-9)


def test_the_gait_never_jumps():
    body = make("adult", 1.75, 1)
    steps = [body.pose(phase)[0].vertices for phase in np.arange(0, 1.001, 0.01)]
    jumps = [np.abs(b - a).max() for a, b in pairwise(steps)]
    assert max(jumps) < 0.06


def test_half_a_cycle_later_left_and_right_have_changed_places():
    manner = Manner(1.0, 1.0, 0.03, 0.4, 0.1)
    skeleton = draw_physique(1.75, "man", stream(0, "body")).skeleton()
    swap = [0, 1, 2, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 13, 14]
    for phase in (0.0, 0.13, 0.4, 0.77):
        one = joints_of(skeleton, walking_stance(skeleton, manner, phase))
        two = joints_of(skeleton, walking_stance(skeleton, manner, phase + 0.5))
        np.testing.assert_allclose(one * [1, -1, 1], two[swap], atol=1e-9)


@pytest.mark.parametrize(("height", "seed"), [(1.75, 1), (1.6, 3)])
def test_the_standing_foot_hardly_slips_when_the_phase_is_way_over_stride(height, seed):
    skeleton = draw_physique(height, "man", stream(seed, "body")).skeleton()
    manner = Manner(1.0, 1.0, 0.0, 0.4, 0.1)
    phases = np.arange(0.10, 0.42, 0.02)
    ankle = [
        joints_of(skeleton, walking_stance(skeleton, manner, phase))[Bone.FOOT_LEFT, 0]
        for phase in phases
    ]
    ground = np.array(ankle) + phases * stride(height)
    assert np.ptp(ground) < 0.12 * stride(height)


def test_arms_swing_against_legs():
    skeleton = draw_physique(1.75, "man", stream(0, "body")).skeleton()
    stance = walking_stance(skeleton, Manner(1.0, 1.0, 0.0, 0.4, 0.1), 0.0)
    joints = joints_of(skeleton, stance)
    assert joints[Bone.FOOT_LEFT, 0] > 0.2 > -0.2 > joints[Bone.FOOT_RIGHT, 0]
    assert joints[Bone.FOREARM_LEFT, 0] < joints[Bone.FOREARM_RIGHT, 0]


@pytest.mark.parametrize(("subtype", "height", "seed"), PEOPLE)
def test_surfaces_are_sound(subtype, height, seed):
    body = make(subtype, height, seed)
    for phase in (0.0, 0.6):
        mesh, _ = body.pose(phase)
        assert 1500 < len(mesh.triangles) < 3300
        assert np.isfinite(mesh.vertices).all()
        assert face_areas(mesh).min() > 1e-9
        np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=2), 1.0, atol=1e-6)
        assert mesh.classes == ("pedestrian",)


@pytest.mark.parametrize(("subtype", "height", "seed"), PEOPLE)
def test_corner_normals_look_the_way_their_faces_do(subtype, height, seed):
    mesh, _ = make(subtype, height, seed).pose(0.1)
    a, b, c = (mesh.vertices[mesh.triangles[:, i]] for i in range(3))
    turned = np.einsum("ti,tki->tk", np.cross(b - a, c - a), mesh.normals) < 0
    assert turned.mean() < 0.02


def test_a_pose_outlives_pickling():
    body = make("adult", 1.75, 1)
    again = pickle.loads(pickle.dumps(body))
    assert again.pose(0.3)[0].vertices.tobytes() == body.pose(0.3)[0].vertices.tobytes()


def test_one_seed_makes_one_person_and_another_makes_another():
    one, same, other = (make.__wrapped__("adult", 1.75, seed) for seed in (7, 7, 8))
    assert one.mesh.vertices.tobytes() == same.mesh.vertices.tobytes()
    assert one.mesh.materials == same.mesh.materials
    assert one.mesh.materials != other.mesh.materials


def test_bags_are_drawn_but_not_in_the_box():
    bodies = [make("child", 1.3, seed) for seed in range(12)]
    outside = [
        extent.center[0] - extent.size[0] / 2 - mesh.vertices[:, 0].min()
        for mesh, extent in (body.pose(0.25) for body in bodies)
    ]
    assert max(outside) > 0.02
    assert min(outside) < 1e-9


def test_workers_wear_retroreflective_bands():
    mesh = make("worker", 1.8, 3).mesh
    shining = [i for i, material in enumerate(mesh.materials) if material.retroreflection > 300]
    assert len(shining) == 1
    area = face_areas(mesh)[np.isin(mesh.material, shining)].sum()
    assert area > 0.13  # EN ISO 20471 class 2: at least 0.13 m2


def test_a_two_bone_limb_reaches_what_is_within_its_length():
    start, end = np.array([0.1, 0.2, 1.0]), np.array([0.35, 0.1, 0.5])
    upper, lower = reach(start, end, (0.4, 0.38), np.array([1.0, 0, 0]))
    found = start + upper @ [0, 0, -0.4] + lower @ [0, 0, -0.38]
    np.testing.assert_allclose(found, end, atol=1e-9)
