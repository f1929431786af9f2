from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from synthgen.geometry import transform, wrap, yaw_quaternion
from synthgen.writers.kitti import (
    _joint_truncation,
    calibration_text,
    groups,
    label_text,
    lines,
)


def parsed(text):
    return [line.split(" ") for line in text.splitlines()]


def written(look, calibration, rules):
    return lines(look.labels, look.camera, look.lidar, calibration, rules)


def matrices(text):
    rows = {line.split(": ")[0]: line.split(": ")[1] for line in text.strip().splitlines()}
    numbers = {name: np.array(row.split(" "), float) for name, row in rows.items()}
    p2 = numbers["P2"].reshape(3, 4)
    rectification, from_lidar = np.eye(4), np.eye(4)
    rectification[:3, :3] = numbers["R0_rect"].reshape(3, 3)
    from_lidar[:3] = numbers["Tr_velo_to_cam"].reshape(3, 4)
    return p2, rectification, from_lidar


def test_calibration_has_seven_lines_in_order_and_an_empty_one(calibration):
    text = calibration_text(calibration)
    names = [line.split(":")[0] for line in text.split("\n")]
    expected = ["P0", "P1", "P2", "P3", "R0_rect", "Tr_velo_to_cam", "Tr_imu_to_velo", "", ""]
    assert names == expected
    assert [len(line.split()) - 1 for line in text.splitlines()[:7]] == [12] * 4 + [9, 12, 12]


def test_every_line_has_fifteen_fields_an_integer_occlusion_and_dont_care_comes_last(
    toys, street, calibration
):
    rows = parsed(label_text(written(street, calibration, toys.rules())))
    assert all(len(row) == 15 for row in rows)
    assert all(row[2] in {"0", "1", "2", "-1"} for row in rows)
    kinds = [row[0] for row in rows]
    assert kinds == sorted(kinds, key=lambda kind: kind == "DontCare")
    assert {"Car", "Van", "Pedestrian", "Cyclist", "DontCare"} == set(kinds)


def test_box_of_an_untilted_cube_projects_around_its_2d_box(toys, calibration):
    look = toys.look([(toys.box("car", (4, 1.8, 1.5)), (17, 2, 0), 0.7)])
    row = parsed(label_text(written(look, calibration, toys.rules())))[0]
    p2, rectification, from_lidar = matrices(calibration_text(calibration))
    height, width, length, x, y, z, turn = (float(value) for value in row[8:])
    signs = np.array([[a, b, c] for a in (-1, 1) for b in (0, 1) for c in (-1, 1)], float)
    local = signs * [length / 2, -height, width / 2]
    about = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    corners = local @ about.T + [x, y, z]
    flat = np.column_stack([corners, np.ones(8)]) @ p2.T
    pixels = flat[:, :2] / flat[:, 2:]
    box = np.array(row[4:8], float)
    np.testing.assert_allclose([*pixels.min(0), *pixels.max(0)], box, atol=2.0)
    center = np.linalg.inv(rectification @ from_lidar) @ [x, y - height / 2, z, 1]
    world = transform(look.lidar.world_from_lidar, center[None, :3])[0]
    np.testing.assert_allclose(world, look.labels[0].center, atol=0.01)


@pytest.mark.parametrize("yaw", np.linspace(-3.1, 3.1, 13))
def test_rotation_and_alpha_follow_the_yaw(toys, street, yaw):
    """In a camera that looks along world x, ry = -yaw - 90 degrees; alpha adds the bearing."""
    ideal = toys.look([(toys.box("car", (4, 1.8, 1.5)), (15, 4, 0), 0.0)])
    label = replace(ideal.labels[0], quaternion=tuple(float(v) for v in yaw_quaternion(yaw)))
    line = lines([label], ideal.camera, ideal.lidar, _aligned(toys, ideal), toys.rules())[0]
    np.testing.assert_allclose(wrap(line.rotation_y + yaw + np.pi / 2), 0, atol=1e-6)
    bearing = np.arctan2(line.location[0], line.location[2])
    np.testing.assert_allclose(wrap(line.alpha - line.rotation_y + bearing), 0, atol=1e-9)
    assert line.location[0] < 0 < line.location[2]


def _aligned(toys, look):
    from_world = np.linalg.inv(look.camera.view.world_from_camera)
    plain = np.hstack([toys.matrix, np.zeros((3, 1))])
    pose = (from_world @ look.lidar.world_from_lidar)[:3]
    kind = type("Plain", (), {})
    made = kind()
    made.p2 = plain
    made.rectified_from_lidar = np.vstack([pose, [0, 0, 0, 1]])
    return made


def test_rider_and_bicycle_are_one_cyclist_around_both(toys, street, calibration):
    bike, rider = street.of("bike"), street.of("rider")
    line = next(x for x in written(street, calibration, toys.rules()) if x.kind == "Cyclist")
    assert line.numbers == (bike.number, rider.number)
    both = np.array([bike.amodal_box, rider.amodal_box])
    np.testing.assert_array_equal(line.box, [*both[:, :2].min(0), *both[:, 2:].max(0)])
    np.testing.assert_allclose(line.size, (1.8, 0.5, 1.8), atol=1e-6)


def test_motorcycle_and_rider_are_one_dont_care(toys, street, calibration):
    numbers = (street.of("machine").number, street.of("pilot").number)
    found = [x for x in written(street, calibration, toys.rules()) if x.numbers == numbers]
    assert [line.kind for line in found] == ["DontCare"]


def test_subtype_goes_before_class(toys, street):
    kinds = {one.members[0].subtype: one.kind for one in groups(street.labels, toys.rules())}
    assert (kinds["taxi"], kinds["saloon"]) == ("Van", "Car")


def test_an_empty_frame_still_has_a_dont_care(toys, calibration):
    look = toys.look([])
    text = label_text(written(look, calibration, toys.rules()))
    assert text.startswith("DontCare -1 -1 -10 0.00 0.00 1.00 1.00 ")
    assert text.count("\n") == 1


@pytest.mark.parametrize(
    "strict",
    [{"min_pixels": 10**6}, {"min_height": 400}, {"min_width": 1300}, {"min_fraction": 1.0}],
)
def test_what_fails_a_threshold_becomes_dont_care_on_its_visible_box(
    toys, street, calibration, strict
):
    hidden = street.of("hidden")
    found = {n: x for x in written(street, calibration, toys.rules(**strict)) for n in x.numbers}
    assert found[hidden.number].kind == "DontCare"
    assert found[hidden.number].box == hidden.visible_box


def test_occlusion_levels_start_at_their_limits(toys):
    rules = toys.rules()
    assert [rules.occluded(v) for v in (0, 0.099, 0.10, 0.49, 0.50, 1)] == [0, 0, 1, 1, 2, 2]


def test_a_group_wholly_outside_is_wholly_truncated():
    outside = SimpleNamespace(amodal_pixels=0, truncation=1.0)
    edge = SimpleNamespace(amodal_pixels=30, truncation=0.5)
    assert _joint_truncation((outside, outside)) == 1.0
    assert _joint_truncation((edge, outside)) == 0.75


@pytest.mark.parametrize(
    ("kind", "name", "bends"),
    [("brown", "D_02", (-0.3, 0.1, 0.001, -0.002, 0.01)), ("fisheye", "F_02", (0.04, -0.01, 0, 0))],
)
def test_a_bent_image_is_told_of_in_a_line_after_kittis_own(calibration, kind, name, bends):
    bent = replace(calibration, projection_model=kind, distortion=bends)
    lines = calibration_text(bent).split("\n")
    assert lines[:7] == calibration_text(calibration).split("\n")[:7]
    assert lines[7].startswith(f"{name}: ")
    np.testing.assert_allclose([float(one) for one in lines[7].split()[1:]], bends)
