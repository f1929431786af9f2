import pickle
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from synthgen.assets.body.bones import Bone
from synthgen.assets.body.stances import Push, Sit
from synthgen.assets.gait import ANKLE, KNEE, THIGH, Style, Walk, angle, running_stride, stride
from synthgen.assets.people import person
from synthgen.assets.skeleton import joints_of, posed, reach
from synthgen.mesh import Mesh
from synthgen.road_user import RoadUser

PEOPLE = [
    ("adult", 1.78, 0), ("adult", 1.62, 5), ("elder", 1.66, 2), ("worker", 1.8, 3),
    ("child", 1.15, 4), ("child", 1.45, 9), ("police", 1.8, 2), ("runner", 1.7, 1),
]  # fmt: skip
SITTING = [("wheelchair", 1.7, 1), ("pram", 1.66, 2), ("crouching", 1.75, 3)]


def user(subtype: str, height: float, seed: int) -> RoadUser:
    return RoadUser("pedestrian", subtype, 0.73, 0.67, height, seed)


@cache
def make(subtype: str, height: float, seed: int):
    return person(user(subtype, height, seed), "walker/1")


def figure_of(subtype: str, height: float, seed: int):
    return make(subtype, height, seed).pose.figure


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


@pytest.mark.parametrize(("subtype", "height", "seed"), PEOPLE[:7])
def test_people_are_as_tall_as_asked_and_no_wider_than_people(subtype, height, seed):
    body = make(subtype, height, seed)
    for phase in np.arange(0, 1, 0.2):
        _, extent = body.pose(phase)
        assert 0.92 * height < extent.size[2] < height + 0.02
        assert extent.size[0] < 0.64 * height
        assert 0.22 * height < extent.size[1] < 0.45 * height


@pytest.mark.parametrize("seed", range(4))
def test_someone_who_stands_straight_is_exactly_as_tall_as_asked(seed):
    body = make("standing", 1.7, seed)
    straight = body.pose.figure
    from_hang = straight.stance(np.zeros(3), np.tile(np.eye(3), (len(Bone), 1, 1)))
    _, extent = posed(straight.skin, from_hang, grounded=True)
    assert extent.size[2] == pytest.approx(1.7, abs=1e-9)


@pytest.mark.parametrize(("subtype", "height", "seed"), PEOPLE[:4] + SITTING)
def test_the_lowest_point_is_on_the_ground_all_the_time(subtype, height, seed):
    body = make(subtype, height, seed)
    for phase in np.arange(0, 1, 0.1):
        mesh, extent = body.pose(phase)
        assert -0.012 < mesh.vertices[:, 2].min() <= 4e-3
        assert extent.center[2] - extent.size[2] / 2 == pytest.approx(0.0, abs=5e-3)


@pytest.mark.parametrize(("subtype", "way"), [("adult", stride), ("runner", running_stride)])
def test_the_gait_repeats_after_one_stride_of_its_own_and_never_jumps(subtype, way):
    body = make(subtype, 1.75, 1)
    cycle = way(1.75) / stride(1.75)
    one, again = (body.pose(phase)[0].vertices for phase in (0.37, 0.37 + 3 * cycle))
    np.testing.assert_allclose(one, again, atol=1e-9)
    steps = [body.pose(phase)[0].vertices for phase in np.arange(0, 1.001, 0.02)]
    assert max(np.abs(b - a).max() for a, b in pairwise(steps)) < 0.2


@pytest.mark.parametrize("manner", [Walk(Style())])
def test_half_a_cycle_later_left_and_right_have_changed_places(manner):
    who = figure_of("adult", 1.75, 1)
    swap = [0, 1, 2, 3, 4, *(bone + 1 - 2 * ((bone - 5) % 2) for bone in range(5, 27))]
    for phase in (0.0, 0.13, 0.4, 0.77):
        one, two = (joints_of(who.skin.skeleton, manner(who, p)) for p in (phase, phase + 0.5))
        np.testing.assert_allclose(one[:27] * [1, -1, 1], two[swap], atol=4e-3)


@pytest.mark.parametrize(("height", "seed"), [(1.75, 1), (1.6, 3)])
def test_the_standing_foot_hardly_slips_when_the_phase_is_way_over_stride(height, seed):
    who, walk = figure_of("adult", height, seed), Walk(Style(stoop=0.0))
    phases = np.arange(0.10, 0.42, 0.02)
    ankle = [joints_of(who.skin.skeleton, walk(who, phase))[Bone.FOOT_LEFT, 0] for phase in phases]
    assert np.ptp(np.array(ankle) + phases * stride(height)) < 0.12 * stride(height)


def test_arms_swing_against_legs():
    who = figure_of("adult", 1.75, 1)
    joints = joints_of(who.skin.skeleton, Walk(Style())(who, 0.0))
    assert joints[Bone.FOOT_LEFT, 0] > 0.2 > -0.2 > joints[Bone.FOOT_RIGHT, 0]
    assert joints[Bone.HAND_LEFT, 0] < joints[Bone.HAND_RIGHT, 0]


@pytest.mark.parametrize(("subtype", "height", "seed"), PEOPLE + SITTING)
def test_surfaces_are_sound(subtype, height, seed):
    body = make(subtype, height, seed)
    for phase in (0.0, 0.6):
        mesh, _ = body.pose(phase)
        assert 2500 < len(mesh.triangles) < 6500
        assert np.isfinite(mesh.vertices).all()
        np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=2), 1.0, atol=1e-6)
        assert mesh.classes == ("pedestrian",)


@pytest.mark.parametrize(("subtype", "height", "seed"), PEOPLE)
def test_corner_normals_look_the_way_their_faces_do(subtype, height, seed):
    mesh, _ = make(subtype, height, seed).pose(0.1)
    a, b, c = (mesh.vertices[mesh.triangles[:, i]] for i in range(3))
    turned = np.einsum("ti,tki->tk", np.cross(b - a, c - a), mesh.normals) < 0
    assert turned.mean() < 0.03


def test_a_pose_outlives_pickling():
    body = make("adult", 1.75, 1)
    again = pickle.loads(pickle.dumps(body))
    assert again.pose(0.3)[0].vertices.tobytes() == body.pose(0.3)[0].vertices.tobytes()
    assert again.keypoints(0.3).tobytes() == body.keypoints(0.3).tobytes()


@pytest.mark.parametrize("subtype", ["adult", "pram"])
def test_one_seed_makes_one_person_and_another_makes_another(subtype):
    one, same, other = (make.__wrapped__(subtype, 1.75, seed) for seed in (7, 7, 8))
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


def test_a_wheelchair_and_a_pram_are_in_the_box():
    for subtype, least in (("wheelchair", 0.9), ("pram", 1.1)):
        mesh, extent = make(subtype, 1.7, 4).pose(0.2)
        assert least < extent.size[0] < 1.9
        assert extent.center[0] + extent.size[0] / 2 == pytest.approx(mesh.vertices[:, 0].max())


@pytest.mark.parametrize(("subtype", "kind"), [("wheelchair", Sit), ("pram", Push)])
def test_wheels_roll_without_slip(subtype, kind):
    body = make(subtype, 1.7, 4)
    who, manner = body.pose.figure, body.pose.manner
    assert isinstance(manner, kind)
    rim = np.flatnonzero(who.skin.weights[:, Bone.WHEELS] > 0)
    far = rim[np.argmax(who.skin.mesh.vertices[rim, 0])]
    axle = who.skin.skeleton.joints[Bone.WHEELS]
    step = 1e-3
    one, two = (body.pose(phase)[0].vertices[far] - axle for phase in (0.0, step))
    radius = np.hypot(one[0], one[2])
    turned = np.arctan2(one[2], one[0]) - np.arctan2(two[2], two[0])
    assert turned * radius == pytest.approx(step * stride(1.7), rel=0.02)


@pytest.mark.parametrize("seed", [2, 6])
def test_hands_hold_the_bar_of_the_pram(seed):
    body = make("pram", 1.66, seed)
    grip = np.array(body.pose.manner.grip)
    for phase in (0.0, 0.3, 0.8):
        wrist = body.keypoints(phase)[9]
        assert np.linalg.norm(wrist - grip) < 0.12


def test_workers_wear_retroreflective_bands():
    mesh = make("worker", 1.8, 3).mesh
    shining = [i for i, material in enumerate(mesh.materials) if material.retroreflection > 300]
    assert len(shining) == 1
    area = face_areas(mesh)[np.isin(mesh.material, shining)].sum()
    assert 0.13 < area < 0.5  # EN ISO 20471 class 2: at least 0.13 m2


def test_postures_tell_what_people_do():
    postures = {subtype: make(subtype, 1.7, 1).posture for subtype in
                ("adult", "runner", "standing", "crouching", "wheelchair", "pram")}  # fmt: skip
    assert postures == {
        "adult": "walking", "runner": "running", "standing": "standing",
        "crouching": "crouching", "wheelchair": "sitting", "pram": "walking",
    }  # fmt: skip


def test_a_two_bone_limb_reaches_what_is_within_its_length():
    start, end = np.array([0.1, 0.2, 1.0]), np.array([0.35, 0.1, 0.5])
    upper, lower = reach(start, end, (0.4, 0.38), np.array([1.0, 0, 0]))
    found = start + upper @ [0, 0, -0.4] + lower @ [0, 0, -0.38]
    np.testing.assert_allclose(found, end, atol=1e-9)
