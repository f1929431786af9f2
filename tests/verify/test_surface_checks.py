import numpy as np
import pytest

from synthgen.articulation import coupling
from synthgen.road_user import RoadUser
from synthgen.verify.faults import Tally
from synthgen.verify.surface_checks import bends, check_heading, check_surface

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


@pytest.mark.parametrize(
    ("tyres", "below", "good"),
    [(2, 0.09, True), (3, 0.09, False), (1, 0.11, False), (1, -3.09, False)],
)
def test_two_pixels_of_tyres_may_stand_below_a_box_that_leans_with_its_chassis(tyres, below, good):
    """Of 21 pixels one is more than the share that edges may have; below -3 m: above the top."""
    one = {**row("car", "saloon", 4.5, 1.35), "center": [0.0, 0.0, 0.0]}
    one |= {"size": [4.5, 1.8, 3.0], "quaternion": [0, 0, 0, 1]}
    heights = np.where(np.arange(21) < tyres, -1.5 - below, np.linspace(-1.4, 1.4, 21))
    points = np.stack([np.full(21, 1.35), np.full(21, 0.8), heights], axis=-1)
    tally = Tally()
    check_surface(0, one, points, tally)
    assert ([fault.kind for fault in tally.violations] == []) == good


@pytest.mark.parametrize("side", [1, -1])
def test_bellows_stretch_on_the_outside_of_a_bend_by_half_its_angle_and_no_more(side):
    """12 degrees at 1.2 m from the middle: 1.2 tan 6 degrees = 0.126 m, at the joint alone."""
    bend = side * np.deg2rad(12.0)
    lead = row("bus", "articulated_bus", 10.0, 2.0)
    turned = [0.0, 0.0, np.sin(bend / 2), np.cos(bend / 2)]
    towed = {**row("bus", "articulated_bus", 7.6, 2.0, part_of=5), "track": 6}
    found = bends([{**lead, "quaternion": turned}, towed])
    np.testing.assert_allclose([found[5], found[6]], bend)

    def told(one, out, across):
        height = np.linspace(-1.0, 1.0, 25)
        end = 1 if one["part_of"] else -1
        length = end * (one["size"][0] / 2 + out)
        points = np.stack([np.full(25, length), np.full(25, across), height], axis=-1)
        tally = Tally()
        box = {**one, "center": [0.0, 0.0, 0.0], "quaternion": [0, 0, 0, 1]}
        check_surface(0, box, points, tally, found[one["track"]])
        return [fault.kind for fault in tally.violations]

    for one in (lead, towed):
        assert told(one, 0.12, -side * 1.2) == []
        assert told(one, 0.15, -side * 1.2) == ["box reaches out"]
        assert told(one, 0.12, side * 1.2) == ["box reaches out"]


def test_a_section_whose_other_half_is_not_told_of_may_be_bent_to_any_angle_that_joints_have():
    low, high = bends([row("bus", "articulated_bus", 10.0, 2.0)])[5]
    assert -low == high == pytest.approx(np.deg2rad(54))
    assert bends([row("car", "saloon", 4.5, 1.35)]) == {}
