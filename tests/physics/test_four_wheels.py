"""The ego car on four wheels against closed forms and against the sprung body of the others."""

import numpy as np
import pytest

from synthgen.physics.four_wheels import STIFF, Measures, brush, car_of, follow
from synthgen.physics.suspension import SUSPENSIONS, ride
from synthgen.physics.travel import GRAVITY, Travel

SIZE = Measures(4.77, 1.82, 1.35, -1.36, 1.55)
SPRINGS = SUSPENSIONS["ego"]
CAR = car_of(SPRINGS, SIZE)


def way(speed, rate, seconds=5.0):
    """Return the way of a car at `speed(t)` [m/s] and yaw rate `rate(t)` [rad/s]."""
    time = np.round(np.arange(0, seconds, 0.1), 6)
    fine = np.arange(0, seconds, 0.001)
    pace = np.array([speed(t) for t in fine])
    yaw = np.concatenate([[0], np.cumsum([rate(t) for t in fine])[:-1]]) * 0.001
    x, y = (np.concatenate([[0], np.cumsum(pace * f(yaw))[:-1]]) * 0.001 for f in (np.cos, np.sin))
    run = np.concatenate([[0], np.cumsum(pace)[:-1]]) * 0.001
    # The rear axle rolls along the heading; the middle of the body is ahead of it.
    x, y = x - SIZE.rear * np.cos(yaw), y - SIZE.rear * np.sin(yaw)
    pick = [np.interp(time, fine, column) for column in (pace, yaw, run, x, y)]
    return Travel(time, *pick[:3]), np.stack(pick[3:], axis=1)


def test_a_car_that_rolls_straight_stays_level_and_on_its_way():
    travel, place = way(lambda t: 12.0, lambda t: 0.0)
    driven = follow(CAR, travel, place, 0.85)
    assert np.abs(driven.ride).max() < 1e-3
    assert np.abs(driven.aside).max() < 1e-6


def test_steady_roll_on_a_circle_is_the_gradient():
    travel, place = way(lambda t: 10.0, lambda t: 0.3)
    driven = follow(CAR, travel, place, 0.85)
    want = SPRINGS.roll_gradient * 10.0 * 0.3 / GRAVITY
    assert driven.ride[-10:, 2].mean() == pytest.approx(want, rel=0.06)


def test_steady_braking_pitches_the_nose_down_by_the_gradient():
    travel, place = way(lambda t: 25.0 - 4.0 * t, lambda t: 0.0)
    driven = follow(CAR, travel, place, 0.85)
    want = SPRINGS.pitch_gradient * 4.0 / GRAVITY
    assert driven.ride[-10:, 1].mean() == pytest.approx(want, rel=0.06)


def test_through_a_junction_it_keeps_within_20_cm_of_its_path():
    turn = lambda t: 0.55 * np.exp(-(((t - 2.5) / 0.8) ** 2))  # noqa: E731
    pace = lambda t: 7.0 - 2.0 * np.exp(-(((t - 2.0) / 1.0) ** 2))  # noqa: E731
    travel, place = way(pace, turn)
    driven = follow(CAR, travel, place, 0.55)
    assert np.abs(driven.aside).max() < 0.2
    assert np.abs(driven.behind).max() < 0.2


def test_it_sways_as_the_sprung_body_of_the_others_does():
    turn = lambda t: 0.4 * np.sin(1.3 * t) ** 2  # noqa: E731
    travel, place = way(lambda t: 8.0 + np.sin(t), turn)
    one = follow(CAR, travel, place, 0.85).ride
    two = ride(SPRINGS, travel, (SIZE.front, SIZE.rear), np.zeros(len(travel.time)))
    assert np.corrcoef(one[:, 2], two[:, 2])[0, 1] > 0.9
    assert np.abs(one[:, 1:] - two[:, 1:]).max() < np.radians(0.6)


@pytest.mark.parametrize("friction", [0.2, 0.45, 0.85])
def test_full_braking_takes_v_squared_over_2_mu_g(friction):
    speed = 12.0
    wish = lambda t: max(speed - 30.0 * t, 0.0)  # noqa: E731
    travel, place = way(wish, lambda t: 0.0, 1.5 * speed / (friction * GRAVITY))
    driven = follow(CAR, travel, place, friction)
    stop = place[-1, 0] - place[0, 0] - driven.behind
    # The driver wants to go back to his place: the farthest point is where the car stopped.
    assert stop.max() == pytest.approx(speed**2 / (2 * friction * GRAVITY), rel=0.03)


def test_a_tyre_slides_at_friction_times_load_and_begins_with_its_stiffness():
    assert brush(0.5, 4000.0, 0.6) == pytest.approx(-0.6 * 4000)
    assert brush(-0.5, 4000.0, 0.6) == pytest.approx(0.6 * 4000)
    assert brush(1e-5, 4000.0, 0.6) / 1e-5 == pytest.approx(-STIFF * 4000, rel=1e-3)


def test_springs_too_stiff_for_their_gradients_are_refused():
    with pytest.raises(ValueError, match="too stiff"):
        car_of(SPRINGS, Measures(4.77, 1.82, 1.35, -1.36, 1.55, 0.2))
