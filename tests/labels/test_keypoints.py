from dataclasses import replace

import numpy as np
import pytest

from synthgen.state import KEYPOINTS


def state(toys, *placed, name="walker"):
    return toys.look(list(placed)).of(name).state


def test_joints_are_where_the_body_has_them_and_project_with_the_pinhole(toys):
    found = state(toys, (toys.figure("walker"), (12, 2, 0), np.pi))
    local = toys.figure_joints(0.0) * [-1, -1, 1] + [12, 2, 0]
    np.testing.assert_allclose(found.joints, local, atol=1e-9)
    k = toys.matrix
    column = k[0, 2] - k[0, 0] * local[:, 1] / local[:, 0]
    row = k[1, 2] - k[1, 1] * (local[:, 2] - 1.65) / local[:, 0]
    np.testing.assert_allclose(found.keypoints, np.column_stack([column, row]), atol=1e-6)


def test_who_looks_at_the_camera_shows_every_joint(toys):
    assert state(toys, (toys.figure("walker"), (10, 0, 0), np.pi)).visibility == (2,) * 17


def test_from_behind_the_face_is_hidden_by_the_head(toys):
    seen = dict(zip(KEYPOINTS, state(toys, (toys.figure("walker"), (10, 0, 0), 0.0)).visibility,
                    strict=True))  # fmt: skip
    assert {seen[name] for name in ("nose", "left_eye", "right_eye")} == {1}
    assert {seen[name] for name in ("left_shoulder", "right_hip", "left_knee")} == {2}


def test_a_wall_hides_what_is_behind_it_and_nothing_else(toys):
    wall = toys.box("wall", (0.2, 4, 1.0), "barrier")
    seen = state(toys, (toys.figure("walker"), (10, 0, 0), np.pi), (wall, (8, 0, 0), 0.0))
    heights = toys.figure_joints(0.0)[:, 2]
    over = 1.65 + (heights - 1.65) * (7.9 / 10) > 1.0
    assert seen.visibility == tuple(np.where(over, 2, 1).tolist())


def test_joints_outside_the_image_are_not_labelled(toys):
    found = state(toys, (toys.figure("walker"), (6, 5.0, 0), np.pi))
    inside = np.array([0 <= x <= 1241 and 0 <= y <= 374 for x, y in found.keypoints])
    assert 0 < inside.sum() < 17
    np.testing.assert_array_equal(np.array(found.visibility) > 0, inside)


def test_limbs_swing_with_the_gait(toys):
    walker = toys.figure("walker")
    swung = replace(walker, keypoints=lambda phase: walker.keypoints(phase + 0.25))
    still = state(toys, (walker, (10, 0, 0), np.pi)).joints
    moved = state(toys, (swung, (10, 0, 0), np.pi)).joints
    step = np.subtract(moved, still)
    np.testing.assert_allclose(step[9:11, 0], [-0.05, 0.05], atol=1e-9)
    assert not step[:9].any()


def test_bodies_without_joints_have_none(toys):
    assert state(toys, (toys.box("walker", (1, 1, 1)), (9, 0, 0), 0.0)).keypoints == ()


def test_another_number_of_joints_is_refused(toys):
    odd = replace(toys.figure("walker"), keypoints=lambda phase: np.zeros((16, 3)))
    with pytest.raises(ValueError, match="walker: expected 17 keypoints"):
        state(toys, (odd, (9, 0, 0), 0.0))
