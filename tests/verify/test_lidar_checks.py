"""Points of thin things on masks drawn by hand."""

from types import SimpleNamespace

import numpy as np

from synthgen.verify.faults import Tally
from synthgen.verify.frame import CameraFiles
from synthgen.verify.lidar_checks import _check_against_image

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
