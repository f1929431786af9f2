"""What is towed follows its joint as the closed forms say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.articulation import coupling, heading, towed_place
from synthgen.road_user import RoadUser
from synthgen.traffic.record import Run
from synthgen.traffic.towing import LED, articulated_motion, past, tractrix, trails

BUS = RoadUser("bus", "articulated_bus", 18.0, 2.55, 3.1, 1)
TRUCK = RoadUser("truck", "articulated_truck", 16.2, 2.55, 3.85, 1)
BOTH = pytest.mark.parametrize("user", [BUS, TRUCK], ids=["bus", "truck"])


def circle(radius, turn, step=0.05):
    """Return points every `step` [m] along `turn` [rad] of a left-hand circle, from the origin."""
    angle = np.arange(0, turn, step / radius)
    return radius * np.stack([np.sin(angle), 1 - np.cos(angle)], axis=1)


def test_on_a_steady_circle_the_angle_to_the_path_is_the_arc_sine_of_reach_over_radius():
    for radius, reach in ((10.0, 6.0), (25.0, 7.5), (8.0, 2.0)):
        path = circle(radius, 12 * np.pi)
        yaw = tractrix(path, 0.0, reach)
        tangent = np.arange(len(path)) * 0.05 / radius
        assert (tangent - yaw)[-1] == pytest.approx(np.arcsin(reach / radius), abs=0.005)


@BOTH
def test_on_a_steady_circle_a_vehicle_bends_by_the_closed_form(user):
    # Last axle of the leading section at R, joint b behind it, towed axle L behind the joint:
    # all roll about one centre, so bend = atan(b / R) + asin(L / hypot(R, b)) to the joint.
    joint = coupling(user)
    led = 16.0
    _, yaw, trail = trails(joint, circle(led, 10 * np.pi), 0.0)
    axle = np.sqrt(led**2 - (LED * joint.drive) ** 2)
    behind = joint.pivot - joint.drive
    bend = np.arctan(behind / axle) + np.arcsin(joint.towed / np.hypot(axle, behind))
    assert (yaw - trail)[-1] == pytest.approx(bend, abs=0.005)
    assert 0.3 < bend < joint.most


@given(st.floats(-3.0, 3.0), st.floats(0.1, 30.0), st.integers(2, 40), st.floats(1.0, 12.0))
def test_on_a_straight_the_half_angle_decays_with_the_reach_whatever_the_steps(
    angle, way, steps, reach
):
    path = np.linspace([0.0, 0.0], [way, 0.0], steps)
    yaw = tractrix(path, angle, reach)
    assert np.tan(yaw[-1] / 2) == pytest.approx(np.tan(angle / 2) * np.exp(-way / reach), rel=1e-9)


def test_who_stands_keeps_the_angle():
    path = np.concatenate([circle(12.0, 2.0), np.tile(circle(12.0, 2.0)[-1], (500, 1))])
    yaw = tractrix(path, 0.0, 6.0)
    np.testing.assert_array_equal(yaw[-500:], yaw[-501])


def test_a_reach_of_nothing_is_refused():
    with pytest.raises(ValueError, match="reach must be > 0 m, got 0"):
        tractrix(np.zeros((3, 2)), 0.0, 0.0)


def run_of(front, chord):
    count = len(front)
    return Run(np.arange(count), front, np.full(count, chord), np.zeros(count, int))


@BOTH
def test_who_appears_in_a_bend_is_bent_as_by_the_way_that_led_there(user):
    radius, length = 16.0, user.length
    whole = circle(radius, 4 * np.pi, 0.8)
    joint = coupling(user)
    _, yaw, trail = trails(joint, whole, 0.0)
    start = len(whole) // 2
    # The chord of the last `length` metres of the circle, as SUMO reports it.
    chord = start * 0.8 / radius - length / (2 * radius)
    _, late, behind = trails(joint, whole[start:], chord)
    # The past before the nose's own length is unknown and taken as straight.
    assert abs(late[0] - yaw[start]) < 0.12
    assert abs((late - behind)[0] - (yaw - trail)[start]) < 0.2
    assert abs((late - behind)[-1] - (yaw - trail)[-1]) < 0.02


@BOTH
def test_who_appears_on_a_straight_and_who_never_moves_is_in_line(user):
    joint = coupling(user)
    for step in (0.8, 0.0):
        front = step * np.arange(20)[:, None] * heading(np.array([0.7]))
        nose, yaw, trail = trails(joint, front, 0.7)
        np.testing.assert_allclose(nose, front, atol=1e-9)
        np.testing.assert_allclose(yaw, 0.7, atol=1e-9)
        np.testing.assert_allclose(trail, 0.7, atol=1e-9)
    assert past(front, 0.7, 18.0)[-1] == pytest.approx(front[0])


def corner():
    """Return a way round a corner of 90 degrees with a radius of 12 m at 6 m/s."""
    ahead = np.stack([np.arange(-40.0, 0.0, 0.6), np.zeros(67)], axis=1)
    turn = circle(12.0, np.pi / 2, 0.6)
    on = turn[-1] + np.stack([np.zeros(60), np.arange(1, 61) * 0.6], axis=1)
    return np.concatenate([ahead, turn, on])


@BOTH
def test_round_a_corner_both_sections_meet_at_the_joint_and_their_axles_roll_on(user):
    joint = coupling(user)
    motion = articulated_motion(run_of(corner(), 0.0), joint)
    towed = towed_place(joint, motion.position, motion.yaw, motion.trail)
    ends = (motion.position + joint.hitch * heading(motion.yaw),
            towed + joint.eye * heading(motion.trail))  # fmt: skip
    np.testing.assert_allclose(*ends, atol=1e-9)
    axle = towed + joint.axle * heading(motion.trail)
    step, ahead = np.diff(axle, axis=0), heading((motion.trail[1:] + motion.trail[:-1]) / 2)
    aside = step[:, 1] * ahead[:, 0] - step[:, 0] * ahead[:, 1]
    assert np.abs(aside).max() < 0.005
    assert (step * ahead).sum(axis=1).min() > 0
    assert motion.rolls.all()
    assert 0.35 < np.abs(motion.yaw - motion.trail).max() < joint.most


@BOTH
def test_who_would_have_to_bend_beyond_the_joint_does_not_roll(user):
    tight = np.concatenate([corner()[:67], circle(5.0, 3 * np.pi, 0.5)])
    assert not articulated_motion(run_of(tight, 0.0), coupling(user)).rolls.all()
    assert coupling(RoadUser("bus", "city_bus", 12.0, 2.55, 3.1, 1)) is None
