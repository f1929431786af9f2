from dataclasses import replace

import numpy as np
import pytest

from synthgen.geometry import pose, yaw_quaternion
from synthgen.labels.drivable import follow, own_lane
from synthgen.streets import Streets


@pytest.fixture(scope="module")
def road(toys):
    return toys.painted_street()


def place(toys, look):
    """Return x, y [m] on the ground of every pixel below the horizon, by the pinhole alone."""
    row, column = np.mgrid[0:375, 0:1242].astype(float)
    k = toys.matrix
    with np.errstate(divide="ignore"):
        x = 1.65 * k[1, 1] / (row - k[1, 2])
    return x, -(column - k[0, 2]) / k[0, 0] * x


def test_own_lane_is_direct_the_one_beside_alternative_the_opposite_none(toys, road):
    stuff, streets = road
    look = toys.look([], stuff=stuff, streets=streets)
    x, y = place(toys, look)
    near = (x > 0) & (x < 60)
    wanted = np.select([(y > -1.75) & (y < 1.75), (y >= 1.75) & (y < 5.25)], [1, 2], 0)
    clear = near & (np.abs((y + 1.75) % 3.5) > 0.05) & (np.abs((y + 1.75) % 3.5) < 3.45)
    np.testing.assert_array_equal(look.drivable[clear], wanted[clear])
    assert set(np.unique(look.drivable)) == {0, 1, 2}


def test_what_stands_on_the_road_is_not_drivable(toys, road):
    stuff, streets = road
    car = toys.box("car", (4, 1.8, 1.5))
    look = toys.look([(car, (15, 0, 0), 0.0)], stuff=stuff, streets=streets)
    number = next(thing.number for thing in look.moment.things if thing.body.name == "car")
    assert not look.drivable[look.camera.body == number].any()


def test_nothing_is_drivable_for_a_car_that_is_in_no_lane(toys, road):
    stuff, streets = road
    shift = np.array([0.0, 40.0, 0.0])
    away = [replace(one, line=one.line + shift, area=one.area + shift[:2]) for one in streets.lanes]
    look = toys.look([], stuff=stuff, streets=replace(streets, lanes=tuple(away)))
    assert not look.drivable.any()


def test_the_lane_that_runs_the_cars_way_is_its_own(toys):
    there, back = toys.lane("there", 0.0, 1), toys.lane("back", 0.4, -1)
    streets = Streets((there, back))
    for yaw, name in ((0.2, "there"), (np.pi - 0.2, "back")):
        found = own_lane(streets, pose(np.array([10.0, 0.1, 0]), yaw_quaternion(yaw)))
        assert found.name == name
    assert own_lane(streets, pose(np.array([10.0, 3.0, 0]), yaw_quaternion(0.0))) is None


def test_the_way_on_is_straight_where_it_forks(toys):
    def way(name, turn, after):
        end = [20 * np.cos(turn), 20 * np.sin(turn), 0]
        line = np.array([[100, 0, 0], [110, 0, 0], [110 + end[0], end[1], 0]])
        one = toys.lane(name, 0.0, 1, edge="", junction="fork", after=(after,))
        return replace(one, line=line)

    lanes = (
        toys.lane("in", 0.0, 1, after=("left", "straight")),
        way("left", 1.5, "out_left"), way("straight", 0.1, "out"),
        replace(toys.lane("out", 0.0, 1), line=np.array([[130.0, 0, 0], [300, 0, 0]])),
        toys.lane("out_left", 9.0, 1),
    )  # fmt: skip
    streets = Streets(lanes)
    names = [one.name for one in follow(streets, lanes[0], np.array([80.0, 0.0]))]
    assert names == ["in", "straight", "out"]
    names = [one.name for one in follow(streets, lanes[0], np.array([-10.0, 0.0]))]
    assert names == ["in", "straight"]
