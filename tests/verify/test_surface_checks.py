import numpy as np
import pytest

from synthgen.articulation import coupling
from synthgen.road_user import RoadUser
from synthgen.verify.faults import Tally
from synthgen.verify.surface_checks import check_heading, check_surface

SPEED, TURN = 2.1, 0.2


def row(kind, subtype, length, axle, part_of=0):
    """Return a section that turns left about its axle, `axle` [m] behind its middle."""
    return {"track": 5, "class": kind, "subtype": subtype, "part_of": part_of,
            "size": [length, 2.5, 3.0], "quaternion": [0, 0, 0, 1], "yaw_rate": TURN,
            "velocity": [SPEED, TURN * axle, 0.0]}  # fmt: skip


def faults(one):
    tally = Tally()
    check_heading(0, one, tally)
    assert sum(tally.checks.values()) == 1
    return tally.violations


def joined(kind, subtype, length):
    return coupling(RoadUser(kind, subtype, length, width=2.5, height=3.2, seed=0))


def test_a_car_looks_where_its_rear_axle_goes_and_two_degrees_off_are_caught():
    car = row("car", "saloon", 4.5, 1.35)
    assert not faults(car)
    aside = np.deg2rad(2.0) * SPEED
    assert faults({**car, "velocity": [SPEED, car["velocity"][1] + aside, 0.0]})


def test_both_sections_of_a_bus_look_where_their_own_axles_go():
    joint = joined("bus", "articulated_bus", 17.9)
    lead = row("bus", "articulated_bus", joint.front, joint.drive - joint.front / 2)
    towed = row("bus", "articulated_bus", joint.rear, -joint.axle, part_of=4)
    assert not faults(lead)
    assert not faults(towed)
    assert faults({**towed, "part_of": 0})  # with the leading section's axle it would not


def test_a_tractor_looks_where_its_drive_axle_goes():
    joint = joined("truck", "articulated_truck", 16.5)
    tractor = row("truck", "articulated_truck", joint.front, joint.drive - joint.front / 2)
    assert not faults(tractor)
    assert faults({**tractor, "yaw_rate": 2 * TURN})


@pytest.mark.parametrize("speed", [0.5, 1.9])
def test_slow_vehicles_are_not_asked(speed):
    tally = Tally()
    check_heading(0, {**row("car", "saloon", 4.5, 1.35), "velocity": [speed, 0.3, 0.0]}, tally)
    assert not tally.checks


@pytest.mark.parametrize(("out", "wrong"), [(0.0, set()), (0.2, {"box reaches out"})])
def test_a_towed_sections_box_reaches_as_far_as_its_surface(out, wrong):
    """0.2 m out of the box at the rear is less than mirrors may stand off, but is no mirror."""
    across = np.linspace(-1.2, 1.2, 25)
    points = np.stack([np.full(25, -6.5 - out), across, np.zeros(25)], axis=-1)
    one = {**row("trailer", "semitrailer", 13.0, 4.0, part_of=4), "center": [0.0, 0.0, 0.0]}
    tally = Tally()
    check_surface(0, one, points, tally)
    assert {fault.kind for fault in tally.violations} == wrong
