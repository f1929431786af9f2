"""Points of thin things on masks drawn by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from synthgen.classes import BY_SEMANTIC
from synthgen.verify.faults import Tally
from synthgen.verify.frame import CameraFiles
from synthgen.verify.lidar_checks import _check_against_image, _check_ground

K = np.array([[720.0, 0, 100.0], [0, 720.0, 60.0], [0, 0, 1]])
VIEW = np.array([[0, 0, 1, 0], [-1, 0, 0, 0], [0, -1, 0, 0], [0, 0, 0, 1.0]])


def found(shift, speed):
    """Check 40 points of a tube 2 px wide, 10 m ahead, that lie `shift` [px] beside it."""
    mask = np.zeros((121, 201), np.uint16)
    mask[10:110, 100:102] = 1
    camera = CameraFiles(np.zeros((121, 201, 3), np.uint8), mask, np.zeros_like(mask, np.uint8),
                         np.where(mask, 10.0, 0.0), K, VIEW)  # fmt: skip
    column, row = np.full(40, 100.5 - shift), np.linspace(15, 105, 40)
    world = np.column_stack([np.full(40, 10.0), -(column - 100) / 72, -(row - 60) / 72])
    lidar = SimpleNamespace(world=world, cause=np.zeros(40, int), of=lambda one: np.arange(40))
    label = {"class": "bicycle", "velocity": (0.0, speed, 0.0), "track": 1}
    tally = Tally()
    _check_against_image(0, (camera, 0.0), lidar, {1: label}, tally)
    assert tally.checks["points on mask"] == 1
    return [one.kind for one in tally.violations]


def test_a_thin_tube_that_moves_is_found_wherever_it_went():
    """5 m/s are 18 px in half a turn of the lidar, here and there of the point."""
    for shift in range(-16, 17):
        assert found(shift, 5.0) == [], shift


def test_points_farther_off_than_the_thing_can_have_gone_are_caught():
    assert found(12, 0.0) == ["points on mask"]
    assert found(-40, 5.0) == ["points on mask"]


def above(metres):
    """Check four rows of points of a sign 20 px high, 26 m ahead, the first as far above it."""
    mask = np.zeros((121, 201), np.uint16)
    mask[50:70, 90:111] = 1
    camera = CameraFiles(np.zeros((121, 201, 3), np.uint8), mask, np.zeros_like(mask, np.uint8),
                         np.where(mask, 26.0, 0.0), K, VIEW)  # fmt: skip
    top = 10.5 * 26 / 720 + metres
    up, left = np.meshgrid(top - np.array([0, 0.14, 0.28, 0.42]), np.linspace(-0.3, 0.3, 8))
    world = np.column_stack([np.full(32, 26.0), left.ravel(), up.ravel()])
    lidar = SimpleNamespace(world=world, cause=np.zeros(32, int), of=lambda one: np.arange(32))
    tally = Tally()
    label = {"class": "traffic_sign", "velocity": (0.0, 0.0, 0.0), "track": 1}
    _check_against_image(0, (camera, 0.0), lidar, {1: label}, tally)
    return [one.kind for one in tally.violations]


def test_the_rim_of_a_beam_may_meet_a_bright_sign_that_its_axis_misses():
    """1 mrad at 26 m are 26 mm, 0.7 px, beside what rounding takes; 0.2 m are wrong."""
    assert above(0.0) == above(0.026) == above(0.06) == []
    assert above(0.2) == ["points on mask"]


@pytest.mark.parametrize(("kind", "farthest"), [("pedestrian", 9.0), ("car", 45.0)])
@pytest.mark.parametrize("beyond", [False, True])
def test_pixels_that_span_more_than_a_leg_or_a_car_body_say_nothing(kind, farthest, beyond):
    """At 90 px focal length a pixel spans 0.1 m at 9 m, 0.5 m at 45 m; the mask is empty."""
    depth = farthest * (1.01 if beyond else 0.99)
    camera = CameraFiles(np.zeros((121, 201, 3), np.uint8), np.zeros((121, 201), np.uint16),
                         np.zeros((121, 201), np.uint8), np.full((121, 201), 80.0),
                         K * [[1 / 8, 0, 1], [0, 1 / 8, 1], [0, 0, 1]], VIEW)  # fmt: skip
    world = np.column_stack([np.full(40, depth), np.zeros(40), np.zeros(40)])
    lidar = SimpleNamespace(world=world, cause=np.zeros(40, int), of=lambda one: np.arange(40))
    tally = Tally()
    label = {"class": kind, "velocity": (0.0, 0.0, 0.0), "track": 1}
    _check_against_image(0, (camera, 0.0), lidar, {1: label}, tally)
    assert tally.checks["points on mask"] == (not beyond) == len(tally.violations)


def level(focal, tilt):
    """Check rings of a lidar on flat ground that the camera, 1.65 m above, sees tilted [rad]."""
    road = next(number for number, info in BY_SEMANTIC.items() if info.name == "road")
    width, height = 16 * focal // 9, 8 * focal // 15
    matrix = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1.0]])
    pose = VIEW.copy()
    pose[2, 3] = 1.65
    slope = (np.arange(height) - height / 2)[:, None] / focal + np.tan(tilt) + np.zeros(width)
    depth = np.where(slope > 0.01, 1.65 / np.maximum(slope, 0.01), 0.0)
    image, none = np.zeros((height, width, 3), np.uint8), np.zeros(depth.shape, np.uint16)
    seen = np.where(depth > 0, road, 0).astype(np.uint8)
    camera = CameraFiles(image, none, seen, depth, matrix, pose)
    down, side = np.meshgrid(np.deg2rad([3, 5, 7, 9, 11, 13]), np.linspace(-0.5, 0.5, 300))
    ahead = 1.65 / np.tan(down.ravel()) * np.cos(side.ravel())
    left = 1.65 / np.tan(down.ravel()) * np.sin(side.ravel())
    world = np.column_stack([ahead, left, np.zeros(ahead.size)])
    same = np.zeros(len(world), int)
    lidar = SimpleNamespace(world=world, semantic=same + road, instance=same, cause=same)
    tally = Tally()
    _check_ground(0, camera, lidar, tally)
    assert tally.checks["ground agrees"] == 2
    return [one.kind for one in tally.violations]


@pytest.mark.parametrize("focal", [90, 720, 2000])
def test_the_ground_of_sweep_and_image_agree_however_coarse_the_pixels(focal):
    """Pixels of 11 mrad, 22 of them high; half of one is 18 times the limit."""
    assert level(focal, 0.0) == []
    assert level(focal, 0.0005) == level(focal, -0.0005) == ["ground agrees"] * 2
