import numpy as np
import pytest

from synthgen.build.slopes import footing, settled
from synthgen.geometry import transform, yaw_quaternion
from synthgen.land import HeightField
from synthgen.motion import standing
from synthgen.world import Body, Extent


def plane(east, north):
    x, y = np.meshgrid(np.arange(60) * 2.0 - 60, np.arange(60) * 2.0 - 60)
    return HeightField(np.array([-60.0, -60.0]), 2.0, east * x + north * y)


def body(kind, size=(4.4, 1.8, 1.5)):
    return Body(kind, kind, "", None, Extent((0, 0, size[2] / 2), size))


@pytest.mark.parametrize("yaw", [0.0, 0.7, 2.5, -1.9])
@pytest.mark.parametrize(("east", "north"), [(0.08, 0.0), (0.0, 0.04), (-0.06, 0.05)])
def test_wheels_stand_on_the_plane(yaw, east, north):
    track = standing(np.array([3.0, 8.0, 0.0]), yaw_quaternion(yaw))
    pose = settled(track, body("car"), plane(east, north)).world_from_body(0.0)
    wheels = np.array([[x, y, 0.0] for x in (-1.4, 1.4) for y in (-0.8, 0.8)])
    world = transform(pose, wheels)
    np.testing.assert_allclose(world[:, 2], world[:, :2] @ [east, north], atol=1e-9)
    assert np.arctan2(pose[1, 0], pose[0, 0]) == pytest.approx(yaw)


def test_a_grade_of_eight_percent_pitches_by_its_angle_and_four_percent_of_tilt_rolls():
    up = settled(standing(np.zeros(3), yaw_quaternion(0.0)), body("car"), plane(0.08, 0.0))
    assert np.arcsin(up.world_from_body(0)[2, 0]) == pytest.approx(np.arctan(0.08))
    aside = settled(standing(np.zeros(3), yaw_quaternion(0.0)), body("car"), plane(0.0, 0.04))
    assert np.arcsin(aside.world_from_body(0)[2, 1]) == pytest.approx(np.arctan(0.04))


def test_people_and_signs_stay_upright():
    field = plane(0.08, 0.02)
    for kind in ("pedestrian", "traffic_sign", "dog"):
        pose = settled(
            standing(np.array([10.0, 5.0, 0.12]), yaw_quaternion(1.0)), body(kind), field
        ).world_from_body(0)
        assert pose[2, 2] == 1.0
        assert pose[2, 3] == pytest.approx(0.12 + 0.8 + 0.1)


def test_a_car_that_leans_on_its_springs_still_leans_on_a_slope():
    leaning = np.array([np.sin(0.01), 0.0, 0.0, np.cos(0.01)])
    found = settled(standing(np.zeros(3), leaning), body("car"), plane(0.08, 0.0))
    pose = found.world_from_body(0)
    assert pose[:3, 1] @ [-np.sin(np.arctan(0.08)), 0, np.cos(np.arctan(0.08))] == pytest.approx(
        np.sin(0.02)
    )


def test_four_wheels_on_a_bump_take_its_mean():
    z = np.zeros((21, 21))
    z[10, 10] = 0.4
    field = HeightField(np.zeros(2), 2.0, z)
    height, tilt = footing(field, np.array([[20.0, 20.0]]), np.array([[1.0, 0.0]]), (2.0, 2.0))
    corners = field.height(np.array([[19, 19], [19, 21], [21, 19], [21, 21]], float))
    assert height[0] == pytest.approx(corners.mean())
    assert np.abs(tilt.as_rotvec()).max() < 0.2


@pytest.mark.parametrize("turn", [(0, 0, 0, 1), (0, np.sqrt(0.5), 0, np.sqrt(0.5))])
def test_what_lies_takes_the_slope_whichever_way_it_is_turned(turn):
    track = standing(np.array([4.0, 0.0, 0.0]), np.array(turn, float))
    level = track.world_from_body(0)
    pose = settled(track, body("debris"), plane(0.08, 0.0)).world_from_body(0)
    tilt = pose[:3, :3] @ level[:3, :3].T
    normal = np.array([-0.08, 0, 1]) / np.hypot(1, 0.08)
    np.testing.assert_allclose(tilt @ [0, 0, 1], normal, atol=1e-9)
    assert pose[2, 3] == pytest.approx(0.32)
