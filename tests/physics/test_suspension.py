import numpy as np
import pytest

from synthgen.physics.suspension import LEAN, SUSPENSIONS, lean, ride
from synthgen.physics.travel import GRAVITY, Travel

AXLES = (1.4, -1.3)


def going(speed, rate, seconds=6.0):
    """Return the way of a vehicle at `speed(t)` [m/s] that turns at an even `rate` [rad/s]."""
    time = np.round(np.arange(0, seconds, 0.1), 6)
    pace = np.array([speed(t) for t in time], float)
    way = np.concatenate([[0], np.cumsum((pace[1:] + pace[:-1]) / 2 * 0.1)])
    return Travel(time, pace, rate * time, way)


@pytest.mark.parametrize("kind", sorted(SUSPENSIONS))
def test_steady_roll_is_the_gradient_times_the_lateral_acceleration(kind):
    springs = SUSPENSIONS[kind]
    travel = going(lambda t: 9.0, 0.3)
    roll = ride(springs, travel, AXLES, np.zeros(60))[-1, 2]
    assert roll == pytest.approx(springs.roll_gradient * 9.0 * 0.3 / GRAVITY, rel=1e-6)


@pytest.mark.parametrize("kind", sorted(SUSPENSIONS))
def test_the_nose_dives_by_the_gradient_under_steady_braking(kind):
    springs = SUSPENSIONS[kind]
    travel = going(lambda t: 25.0 - 4.0 * t, 0.0)
    heave, pitch, roll = ride(springs, travel, AXLES, np.zeros(60))[-1]
    assert pitch == pytest.approx(springs.pitch_gradient * 4.0 / GRAVITY, rel=1e-6)
    assert pitch > 0
    assert roll == 0
    # The front axle sinks and the rear one rises.
    assert heave - AXLES[0] * pitch < 0 < heave - AXLES[1] * pitch


def test_a_left_turn_lifts_the_left_side_and_acceleration_the_nose():
    springs = SUSPENSIONS["car"]
    assert ride(springs, going(lambda t: 8.0, 0.2), AXLES, np.zeros(60))[-1, 2] > 0
    assert ride(springs, going(lambda t: 2 + 2 * t, 0.0), AXLES, np.zeros(60))[-1, 1] < 0


def test_gradients_are_those_of_cars():
    for kind in ("car", "ego", "police_car"):
        springs = SUSPENSIONS[kind]
        assert 2 <= np.degrees(springs.roll_gradient) <= 4
        assert 1.5 <= np.degrees(springs.pitch_gradient) <= 2.5
    for kind in ("van", "truck", "bus"):
        assert SUSPENSIONS[kind].roll_gradient > SUSPENSIONS["car"].roll_gradient
        assert SUSPENSIONS[kind].pitch_gradient > SUSPENSIONS["car"].pitch_gradient


def test_a_gap_in_time_begins_a_new_stretch_at_rest():
    one = going(lambda t: 9.0, 0.3, 2.0)
    time = np.concatenate([one.time, one.time + 60])
    both = Travel(
        time, np.tile(one.speed, 2), np.concatenate([one.yaw, one.yaw + 2.0]),
        np.concatenate([one.way, one.way + 500]),
    )  # fmt: skip
    assert len(both.stretches) == 2
    sway = ride(SUSPENSIONS["car"], both, AXLES, np.zeros(40))
    np.testing.assert_allclose(sway[:20], sway[20:], atol=1e-9)


def test_a_rider_leans_into_the_curve_until_it_balances():
    travel = going(lambda t: 6.0, 0.5)
    assert lean(travel)[-1] == pytest.approx(-np.arctan(6.0 * 0.5 / GRAVITY), abs=1e-4)


def test_nobody_leans_further_than_tyres_and_nerves_allow():
    assert np.abs(lean(going(lambda t: 12.0, -1.2))[-1]) == pytest.approx(LEAN, abs=1e-4)


@pytest.mark.parametrize("name", ["roll_gradient", "front", "density"])
def test_springs_without_stiffness_are_refused(name):
    from dataclasses import replace

    with pytest.raises(ValueError, match=f"suspension {name} must be > 0"):
        replace(SUSPENSIONS["car"], **{name: 0.0})
