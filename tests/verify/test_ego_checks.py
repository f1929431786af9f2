import numpy as np
import pytest

from synthgen.geometry import pose, yaw_quaternion
from synthgen.verify.ego_checks import check_ego
from synthgen.verify.faults import Tally

MOUNT = pose(np.array([1.0, 0.2, 1.5]), np.array([0, 0, 0, 1.0]))


def row(number, speed=10.0, gap=0.1, turn=0.3):
    """Return a frame of a car that drives along x and turns about its origin."""
    time = gap * number
    ego = pose(np.array([speed * time, 0, 0]), yaw_quaternion(turn * time))
    sensor = {"name": "roof", "time": time, "world_from_ego": ego.ravel(),
              "world_from_lidar": (ego @ MOUNT).ravel()}  # fmt: skip
    return {
        "frame": number, "clip": 0, "time": time, "cameras": [], "lidars": [sensor],
        "ego": {"world_from_ego": ego.ravel(), "velocity": [speed, 0, 0]},
        "ego_x": speed * time, "ego_y": 0.0, "ego_z": 0.0, "ego_yaw": turn * time,
        "ego_speed": speed,
    }  # fmt: skip


def wrong(rows):
    tally = Tally()
    check_ego(rows, tally)
    return {one.kind for one in tally.violations}, tally.checks


def test_a_car_that_drives_as_it_says_passes():
    kinds, checks = wrong([row(0), row(1), row(2)])
    assert not kinds
    assert checks == {"ego pose rigid": 3, "ego place": 3, "ego speed": 3,
                      "sensor fixed to car": 3, "sensor's time": 3, "ego way": 2}  # fmt: skip


@pytest.mark.parametrize(
    ("key", "value", "by"),
    [
        ("ego_x", 2.1, "ego place"),
        ("ego_speed", 9.9, "ego speed"),
    ],
)
def test_numbers_that_contradict_the_pose_are_caught(key, value, by):
    assert wrong([row(0), row(1), row(2) | {key: value}])[0] == {by}


def test_a_frame_of_another_time_is_caught_by_the_way_and_by_the_sensors():
    assert wrong([row(0), row(1), row(2) | {"time": 0.25}])[0] == {"ego way", "sensor's time"}


def test_a_sensor_with_a_time_of_its_own_is_where_the_car_drives_to_by_then():
    late, early = row(1), row(1)
    for one, shift, claimed in ((late, 0.04, 0.04), (early, -0.04, -0.03)):
        ego = pose(np.array([1.0 + 10 * shift, 0, 0]), yaw_quaternion(0.3 * (0.1 + shift)))
        one["lidars"][0] |= {"time": 0.1 + claimed, "world_from_ego": ego.ravel(),
                             "world_from_lidar": (ego @ MOUNT).ravel()}  # fmt: skip
    assert not wrong([row(0), late])[0]
    assert wrong([row(0), early])[0] == {"sensor's time"}


def test_a_sensor_that_slips_and_a_pose_that_is_skewed_are_caught():
    slipped = row(1)
    slipped["lidars"][0]["world_from_lidar"] = slipped["lidars"][0]["world_from_lidar"] + 1e-4
    assert wrong([row(0), slipped])[0] == {"sensor fixed to car"}
    skewed = row(0)
    skewed["ego"]["world_from_ego"] = skewed["ego"]["world_from_ego"] * np.array([1.1] + [1] * 15)
    assert "ego pose rigid" in wrong([skewed])[0]


def test_sets_that_do_not_tell_the_pose_have_nothing_to_check():
    assert wrong([{"frame": 0, "ego": None}, {"frame": 1}]) == (set(), {})
