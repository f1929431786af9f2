import numpy as np
import pytest

from synthgen.density import depths
from synthgen.geometry import pose, yaw_quaternion
from synthgen.rng import stream
from synthgen.weather.spray import Vehicle, plume, strength

EVEN = np.zeros((0, 4))


def truck(speed=22.0, yaw=0.0, kind="truck"):
    place = pose(np.array([50.0, 20.0, 0.0]), yaw_quaternion(yaw))
    return Vehicle(kind, place, speed, speed * place[:3, 0], -6.0, 2.5, 3.8, (-5.0, -3.6, 3.5))


def along(rows, start, way):
    far, now = np.array([60.0]), np.zeros(1)
    return depths(rows, EVEN, np.ones(1), np.array([start]), np.array([way]), far, now)[0]


@pytest.mark.parametrize("speed", [14.0, 22.0, 30.0])
def test_spray_grows_with_speed_to_the_power_of_two_and_a_half_and_with_the_film(speed):
    one = strength("truck", speed, 1.0)
    np.testing.assert_allclose(one / strength("truck", 22.0, 1.0), (speed / 22.0) ** 2.5)
    np.testing.assert_allclose(strength("truck", speed, 0.5), one / 2)


def test_slow_vehicles_dry_roads_and_those_on_foot_throw_up_none():
    assert strength("truck", 8.0, 1.0) == 0
    assert strength("truck", 25.0, 0.0) == 0
    assert strength("pedestrian", 25.0, 1.0) == 0
    assert len(plume(truck(5.0), 1.0, stream(0, "spray"))) == 0


def test_depth_through_a_truck_s_wake_is_about_strength_times_length():
    """exp(-x / L) with L = 0.36 s x speed holds strength x L along the axis."""
    found = [
        along(plume(truck(), 1.0, stream(k, "spray")), (44.0, 20.0, 0.6), (-1.0, 0, 0))
        for k in range(40)
    ]
    np.testing.assert_allclose(np.mean(found), 0.08 * 0.36 * 22.0, rtol=0.3)


def test_spray_is_behind_the_vehicle_whichever_way_it_drives_and_moves_along():
    rows = plume(truck(yaw=np.pi / 2), 1.0, stream(0, "spray"))
    np.testing.assert_allclose(rows[:, 10:13], np.tile([0, 22.0, 0], (len(rows), 1)), atol=1e-9)
    weight = rows[:, 9] * rows[:, 14] ** 3
    middle = np.average(rows[:, :3], axis=0, weights=weight)
    assert abs(middle[0] - 50.0) < 1.0
    assert middle[1] < 20.0 - 5.0
    assert 0.2 < middle[2] < 2.0


def test_the_same_stream_makes_the_same_spray():
    one, two = (plume(truck(), 1.0, stream(3, "spray")) for _ in range(2))
    assert one.tobytes() == two.tobytes()


def test_cars_throw_up_less_than_trucks():
    axis = ((44.0, 20.0, 0.6), (-1.0, 0.0, 0.0))
    car, lorry = (along(plume(truck(kind=k), 1.0, stream(0, "s")), *axis) for k in ("car", "truck"))
    assert 0 < car < 0.4 * lorry
