import zipfile
from importlib.resources import files

import numpy as np
import pytest

from synthgen.assets.body.bones import Bone, hanging_turns, shortest, skeleton
from synthgen.assets.body.data import body_data
from synthgen.assets.body.shape import Shape, shaped


def height(**how) -> float:
    data = body_data()
    points = shaped(Shape(**how), data)
    return float(np.ptp(points[np.unique(data.body) + len(data.marks), 2]))


def test_the_data_has_no_pickle_no_time_stamp_and_its_licence_beside_it():
    home = files("synthgen.assets") / "data"
    with zipfile.ZipFile(str(home / "people.npz")) as table:
        assert {info.date_time for info in table.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    with np.load(str(home / "people.npz"), allow_pickle=False) as table:
        assert {array.dtype.kind for array in table.values()} <= set("iufU")
    assert "CC0" in (home / "people.LICENSE.md").read_text()


def test_weights_of_every_vertex_add_up_to_one():
    np.testing.assert_allclose(body_data().weights.sum(axis=1), 1.0)


def test_all_targets_off_by_half_give_the_same_body_left_and_right():
    points, marks = shaped(Shape(age=30.0, male=0.4), body_data()), body_data().marks
    for name in ("shoulder", "knee", "ankle", "hand", "ear"):
        left, right = points[marks[f"l-{name}"]], points[marks[f"r-{name}"]]
        np.testing.assert_allclose(left * [1, -1, 1], right, atol=2e-3)


def test_children_are_smaller_the_younger_and_have_larger_heads():
    heights = [height(age=age, male=0.5) for age in (1, 4, 8, 12, 20)]
    assert (np.diff(heights) > 0.05).all()
    data = body_data()

    def head_share(age: float) -> float:
        points = shaped(Shape(age=age, male=0.5), data)
        head = points[data.marks["head-2"], 2] - points[data.marks["neck"], 2]
        return float(head / np.ptp(points[:, 2]))

    assert head_share(3) > 1.25 * head_share(30)


def test_men_are_taller_and_tall_people_taller_than_short_ones():
    assert height(age=30, male=1.0) > height(age=30, male=0.0) + 0.03
    assert height(age=30, male=0.0, tall=1.0) > height(age=30, male=0.0, tall=-1.0) + 0.1


def test_heavy_people_have_wider_waists():
    data = body_data()
    waist = np.flatnonzero(np.abs(data.points[:, 2] - 0.2) < 0.04)
    girth = [
        np.ptp(shaped(Shape(age=40, male=1.0, weight=weight), data)[waist, 0])
        for weight in (0.2, 0.5, 0.9)
    ]
    assert girth[0] < girth[1] < girth[2]


@pytest.mark.parametrize("age", [0.5, 91.0])
def test_an_age_outside_the_targets_is_refused(age):
    with pytest.raises(ValueError, match="age must be 1 to 90 years"):
        Shape(age=age, male=0.5)


def test_limbs_hang_straight_down_after_the_hanging_turns():
    data = body_data()
    points = shaped(Shape(age=30, male=1.0), data)
    joints, turns = skeleton(points, data).joints, hanging_turns(points, data)
    for bone, child in ((Bone.ARM_LEFT, Bone.FOREARM_LEFT), (Bone.THIGH_RIGHT, Bone.SHANK_RIGHT)):
        way = turns[bone] @ (joints[child] - joints[bone])
        np.testing.assert_allclose(way[:2], 0.0, atol=1e-9)
        assert way[2] < 0


def test_the_shortest_turn_is_a_rotation_that_hits_its_end():
    rng = np.random.default_rng(0)
    for _ in range(20):
        a, b = rng.normal(size=(2, 3))
        turn = shortest(a, b)
        np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-9)
        np.testing.assert_allclose(turn @ (a / np.linalg.norm(a)), b / np.linalg.norm(b), atol=1e-9)
