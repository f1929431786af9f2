from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.physics.rolling import HAND, LOCK, axles, spin, steer
from synthgen.physics.travel import Travel


@dataclass(frozen=True)
class Wheel:
    hub: tuple[float, float, float]
    radius: float
    steered: bool


FOUR = tuple(
    Wheel((x, y, 0.32), 0.32, x > 0) for x in (1.35, -1.35) for y in (0.75, -0.75)
)  # fmt: skip


def arc(speed, rate, seconds=2.0):
    time = np.round(np.arange(0, seconds, 0.1), 6)
    return Travel(time, np.full(len(time), speed), rate * time, speed * time)


def test_a_wheel_that_rolls_straight_spins_at_speed_over_radius():
    travel = arc(7.3, 0.0)
    turned = spin(travel, FOUR, np.zeros(20), -1.35)
    np.testing.assert_allclose(np.gradient(turned, travel.time, axis=0), 7.3 / 0.32, rtol=1e-9)


@given(st.floats(1.0, 15.0), st.floats(-0.35, 0.35))
def test_in_a_curve_every_wheel_spins_by_the_speed_of_its_hub(speed, rate):
    travel = arc(speed, rate)
    angle = np.full(20, np.arctan2(2.7 * rate, speed))
    turned = spin(travel, FOUR, angle, -1.35)
    rates = np.diff(turned, axis=0)[0] / 0.1
    for wheel, found in zip(FOUR, rates, strict=True):
        hub = np.array([speed - rate * wheel.hub[1], rate * (wheel.hub[0] + 1.35)])
        # The rear wheels roll along the body; a front wheel along its own heading.
        ahead = np.array([np.cos(angle[0]), np.sin(angle[0])]) if wheel.steered else [1.0, 0.0]
        assert found * wheel.radius == pytest.approx(float(hub @ ahead), rel=1e-6, abs=1e-6)


@given(st.floats(1.0, 15.0), st.floats(-0.3, 0.3))
def test_steer_gives_the_yaw_rate_back(speed, rate):
    angle = steer(arc(speed, rate), 2.7)[-1]
    if abs(np.arctan2(2.7 * rate, speed)) < LOCK:
        assert speed * np.tan(angle) / 2.7 == pytest.approx(rate, abs=1e-9)


def test_steer_stops_at_full_lock():
    assert steer(arc(1.5, 2.0), 2.7).max() == pytest.approx(LOCK)


def test_a_standing_car_keeps_its_wheels_turned():
    time = np.round(np.arange(0, 4, 0.1), 6)
    speed = np.clip(4 - 3 * time, 0, None)
    yaw = np.cumsum(speed * 0.02)
    angle = steer(Travel(time, speed, yaw, np.cumsum(speed) * 0.1), 2.7)
    assert angle[-1] == angle[20] > 0.2
    assert (np.abs(np.diff(angle)) <= HAND * 0.1 + 1e-9).all()


def test_a_car_that_never_rolls_looks_straight_ahead():
    assert (steer(arc(0.0, 0.0), 2.7) == 0).all()


def test_a_vehicle_needs_two_kinds_of_wheels():
    assert axles(FOUR) == (1.35, -1.35)
    with pytest.raises(ValueError, match="needs steered and other wheels"):
        axles(FOUR[:2])
