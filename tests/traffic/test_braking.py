import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.traffic.braking import SHARE, SPARE, braked, fastest, needed, strongest


@given(st.floats(2.0, 60.0), st.floats(0.2, 1.0))
def test_from_the_fastest_speed_a_car_stops_in_time_and_within_the_grip(room, grip):
    speed, drop, gone, hardest = fastest(room, grip), 0.0, 0.0, 0.0
    for _ in range(600):
        after = braked(speed, drop, room - gone, grip, 0.1)
        drop, speed = (speed - after) / 0.1, after
        gone += 0.1 * speed
        hardest = max(hardest, drop)
    assert speed < 0.3
    assert gone < room - 0.3 * SPARE
    assert hardest <= strongest(grip) + 1e-9


def test_constant_deceleration_is_v_squared_over_twice_the_way():
    assert needed(10.0, 12.5 + SPARE) == pytest.approx(4.0)
    assert strongest(0.8) == pytest.approx(7.848)


def test_the_fastest_speed_solves_its_equation():
    speed, b = fastest(20.0, 0.7), SHARE * strongest(0.7)
    assert 0.35 * speed + speed**2 / (2 * b) == pytest.approx(20.0 - SPARE)


def test_brakes_swell():
    first = braked(15.0, 0.0, 10.0, 0.8, 0.1)
    assert 15.0 - first == pytest.approx(12.0 * 0.1 * 0.1)
