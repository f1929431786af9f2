"""A car drawn as points: what lies beyond its box may only be the door that its row tells of."""

from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from synthgen.assets.fleet import draw_member
from synthgen.assets.vehicles import vehicle
from synthgen.rng import stream
from synthgen.verify.faults import Tally
from synthgen.verify.frame import CameraFiles
from synthgen.verify.open_doors import check_door, on_door, panel, reach
from synthgen.verify.surface_checks import check_surface

SIZE = np.array([4.4, 1.8, 1.5])
HINGE = np.array([0.7, 0.88, -0.45])
WIDE = 1.1


def row(angle=0.9, said=None, **changes):
    """Return the row of a car 12 m ahead, seen from behind, its left front door open."""
    edge = HINGE + WIDE * np.array([-np.cos(angle), np.sin(angle), 0])
    center = np.array([12.0, -3.0, 0.75])
    found = {
        "class": "car", "track": 1, "part_of": 0,
        "center": center, "size": SIZE, "quaternion": [0, 0, 0, 1.0],
        "door": "front_left", "door_angle": angle if said is None else said,
        "door_hinge": (center + HINGE).tolist(), "door_edge": (center + edge).tolist(),
        "occlusion": 0.0, "truncation": 0.0, "distance": 12.4,
    }  # fmt: skip
    return found | changes


def surface(angle=0.9):
    """Return points of the car's rear and flank and of its open door."""
    y, z = (
        grid.ravel() for grid in np.meshgrid(np.linspace(-0.9, 0.9, 25), np.linspace(-0.7, 0.7, 20))
    )
    rear = np.column_stack([np.full(len(y), -2.2), y, z])
    u, w = (grid.ravel() for grid in np.meshgrid(np.linspace(0, 1, 25), np.linspace(0, 1.1, 20)))
    way = WIDE * np.array([-np.cos(angle), np.sin(angle), 0])
    door = HINGE + u[:, None] * way + w[:, None] * [0, 0, 1]
    return np.concatenate([rear, door]) + row()["center"]


def camera():
    found = SimpleNamespace(
        matrix=np.array([[721.5, 0, 609.6], [0, 721.5, 172.9], [0, 0, 1]]),
        world_from_camera=np.array([[0, 0, 1, 0], [-1, 0, 0, 0], [0, -1, 0, 1.65], [0, 0, 0, 1.0]]),
    )
    found.project = partial(CameraFiles.project, found)
    return found


def kinds(one, points):
    tally = Tally()
    check_surface(0, one, points, tally)
    check_door(0, one, points, camera(), tally)
    return {fault.kind for fault in tally.violations}, tally


def test_a_door_that_is_told_of_may_stand_out_of_the_box():
    found, tally = kinds(row(), surface())
    assert not found
    assert tally.checks["open door"] == tally.checks["open door shows"] == 1


def test_a_door_that_nobody_tells_of_is_caught():
    shut = {"door": "", "door_angle": None, "door_hinge": None, "door_edge": None}
    assert "surface in box" in kinds(row(**shut), surface())[0]


@pytest.mark.parametrize("turned", [0.2, -0.2])
def test_a_door_at_another_angle_than_told_is_caught(turned):
    assert "open door shows" in kinds(row(0.9), surface(0.9 + turned))[0]
    assert "open door" in kinds(row(0.9, said=0.9 + turned), surface())[0]


def test_a_door_told_of_that_is_shut_is_caught():
    assert "open door shows" in kinds(row(0.9), surface(0.05))[0]


@pytest.mark.parametrize("name", ["front_right", "rear_left"])
def test_a_door_of_another_name_is_caught(name):
    assert "open door" in kinds(row(door=name), surface())[0]


def test_the_panel_stands_on_its_foot_as_high_as_the_box():
    found = panel(row())
    assert found[:2].tolist() == [row()["door_hinge"], row()["door_edge"]]
    assert found[2:, 2] == pytest.approx(1.5)
    assert reach(row()) == pytest.approx(WIDE * np.sin(0.9) - 0.02)
    assert reach({"door": ""}) == 0
    assert panel({"door": ""}) is None


def test_points_away_from_the_panel_are_not_of_the_door():
    points = surface()
    own = on_door(row(), points)
    assert own[500:].all()
    assert not own[:500].any()
    assert not on_door(row(), points + np.array([0, 0, 1.6]))[500:].any()


def test_points_known_within_a_range_noise_may_lie_that_far_off_the_door():
    way = np.subtract(row()["door_edge"], row()["door_hinge"])
    outwards = np.array([way[1], -way[0], 0.0]) / np.hypot(*way[:2])
    away = surface()[500:] + 0.34 * outwards
    assert not on_door(row(), away).any()
    assert on_door(row(), away, 0.2).all()


@pytest.mark.parametrize(("kind", "subtype"), [
    ("car", "sports"), ("car", "estate"), ("car", "pickup"), ("van", "delivery_van"),
])  # fmt: skip
@pytest.mark.parametrize("door", ["front_left", "front_right"])
def test_all_that_stands_out_of_a_car_is_mirror_or_door(kind, subtype, door):
    user = draw_member(kind, subtype, stream(3, "out", subtype))
    for angle in (0.44, 1.22):
        body = vehicle(replace(user, door=door, opening=angle), "")
        middle = np.array(body.extent.center)
        told = row(center=middle, size=body.extent.size, door=door, door_angle=angle,
                   door_hinge=body.door.hinge, door_edge=body.door.edge)  # fmt: skip
        points = body.mesh.vertices
        far = (np.abs(points - middle) - np.array(body.extent.size) / 2).max(axis=1) > 0.3
        assert far.sum() > 100
        assert on_door(told, points[far]).all()
