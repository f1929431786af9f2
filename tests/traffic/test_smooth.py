import numpy as np
import pytest

from synthgen.traffic.record import Run
from synthgen.traffic.smooth import behind, blur, even, vehicle_motion, walker_motion


def straight(speed: float, yaw: float, steps: int = 60) -> Run:
    way = speed * 0.1 * np.arange(steps)
    front = np.stack([10 + way * np.cos(yaw), -5 + way * np.sin(yaw)], axis=-1)
    return Run(np.arange(steps), front, np.full(steps, yaw), np.zeros(steps, int))


@pytest.mark.parametrize("yaw", [0.0, 0.7, 3.0, -2.2])
def test_the_origin_is_half_a_length_behind_the_front_bumper(yaw):
    run = straight(9.0, yaw)
    motion = vehicle_motion(run, 4.4)
    ahead = np.array([np.cos(yaw), np.sin(yaw)])
    np.testing.assert_allclose(motion.position, run.front - 2.2 * ahead, atol=1e-9)


@pytest.mark.parametrize("move", [lambda run: vehicle_motion(run, 4.0), walker_motion])
def test_speed_heading_and_way_of_a_straight_line_are_exact(move):
    motion = move(straight(1.4, 0.9))
    np.testing.assert_allclose(motion.speed, 1.4, atol=1e-9)
    np.testing.assert_allclose(motion.yaw, 0.9, atol=1e-9)
    np.testing.assert_allclose(motion.gait, 0.14 * np.arange(60), atol=1e-9)


def test_blur_keeps_straight_lines_and_its_step_response_is_the_normal_distribution():
    line = np.linspace(3, 9, 50)
    np.testing.assert_allclose(blur(line), line, atol=1e-12)
    step = blur(np.where(np.arange(61) < 30, 0.0, 1.0))
    half = (step[29] + step[30]) / 2
    np.testing.assert_allclose(half, 0.5, atol=1e-12)
    # One standard deviation, 2.5 samples, after the edge between samples 29 and 30.
    np.testing.assert_allclose(step[32], 0.8413, atol=0.01)


def test_a_car_on_a_circle_heads_along_the_tangent_at_its_rear_axle():
    radius, speed, length = 15.0, 6.0, 5.0
    angle = speed * 0.1 * np.arange(200) / radius
    front = radius * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    run = Run(np.arange(200), front, angle + np.pi / 2, np.zeros(200, int))
    motion = vehicle_motion(run, length)
    rear = motion.position - (0.8 - 0.5) * length * np.stack(
        [np.cos(motion.yaw), np.sin(motion.yaw)], axis=-1
    )
    tangent = np.arctan2(rear[:, 1], rear[:, 0]) + np.pi / 2
    turn = (motion.yaw - tangent + np.pi) % (2 * np.pi) - np.pi
    assert np.abs(turn[100:-10]).max() < 0.003


@pytest.mark.parametrize("radius", [6.0, 15.0])
def test_in_a_bend_the_front_swings_out_as_far_as_the_rear_axle_cuts_in(radius):
    """In squares: the led point is on the circle, bumper and rear axle at right angles to it."""
    angle = 0.3 * np.arange(400) / radius
    front = radius * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    motion = vehicle_motion(Run(np.arange(400), front, angle + np.pi / 2, np.zeros(400, int)), 4.5)
    ahead = np.stack([np.cos(motion.yaw), np.sin(motion.yaw)], axis=-1)
    bumper, rear = motion.position + 2.25 * ahead, motion.position - 0.3 * 4.5 * ahead
    held, out, cut = ((end**2).sum(axis=1)[250:-10] for end in (blur(front), bumper, rear))
    np.testing.assert_allclose(out - held, held - cut, atol=0.2)
    np.testing.assert_allclose(held - cut, (0.8 * 4.5) ** 2 / 2, atol=0.2)


def test_what_goes_behind_keeps_its_distance_and_starts_straight():
    line = np.stack([np.arange(0, 8, 0.5), np.zeros(16)], axis=-1)
    follows = behind(line, 0.0, 1.25)
    np.testing.assert_allclose(follows, line - [1.25, 0], atol=1e-12)
    corner = np.vstack(
        [line, line[-1] + np.stack([np.zeros(16), np.arange(0.5, 8.5, 0.5)], axis=1)]
    )
    follows = behind(corner, 0.0, 1.25)[16:18]
    np.testing.assert_allclose(follows, [[6.75, 0], [7.25, 0]], atol=1e-9)


def test_standing_keeps_the_heading():
    run = straight(0.0, 1.1)
    np.testing.assert_allclose(vehicle_motion(run, 4.0).yaw, 1.1, atol=1e-12)
    np.testing.assert_allclose(walker_motion(run).yaw, 1.1, atol=1e-12)


def test_a_sideways_leap_turns_nobody_by_more_than_twelve_degrees_per_step():
    run = straight(5.0, 0.0)
    run.front[30:, 1] += 3.2
    for motion in (vehicle_motion(run, 1.8), walker_motion(run)):
        assert np.abs(np.diff(motion.yaw)).max() < np.deg2rad(12)


def test_a_car_that_sumo_turns_round_on_the_spot_does_not_roll():
    angle = np.pi / 2 * np.clip((np.arange(80) - 30) / 6, -1, 1)
    step = 0.4 * np.stack([np.sin(-angle), np.cos(angle)], axis=-1)
    front = np.cumsum(step, axis=0)
    run = Run(np.arange(80), front, np.zeros(80), np.zeros(80, int))
    motion = vehicle_motion(run, 5.0)
    assert not motion.rolls[25:45].all()
    assert motion.rolls[:15].all()


def test_a_car_whose_front_is_led_about_its_rear_axle_does_not_roll():
    """A rear axle that stands still rolls without slip, but no steered wheel turns so far."""
    turn = np.clip(0.12 * (np.arange(60) - 30), 0, np.pi)
    front = 0.8 * 5.0 * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    front[:30, 0] += 0.4 * np.arange(-29, 1)
    run = Run(np.arange(60), front, 0 * turn, np.zeros(60, int))
    motion = vehicle_motion(run, 5.0)
    assert not motion.rolls[36:50].any()
    assert motion.rolls[:20].all()
    assert vehicle_motion(run, 5.0, locked=False).rolls[36:50].all()


@pytest.mark.parametrize("radius", [6.0, 12.0, 200.0])
def test_a_car_in_a_bend_rolls(radius):
    turn = 0.6 / radius * np.arange(60)
    front = radius * np.stack([np.sin(turn), 1 - np.cos(turn)], axis=-1)
    assert vehicle_motion(Run(np.arange(60), front, turn, np.zeros(60, int)), 4.4).rolls.all()


def test_an_even_drive_keeps_its_way_in_space_and_loses_its_jerks():
    speed = np.concatenate([np.full(40, 10.0), np.arange(10, 0, -0.3), np.zeros(30)])
    way = np.cumsum(speed * 0.1)
    line = np.stack([20 * np.sin(way / 20), 20 - 20 * np.cos(way / 20)], axis=-1)
    smooth = even(line, 0.35)
    radius = np.hypot(smooth[:, 0], smooth[:, 1] - 20)
    assert np.abs(radius - 20).max() < 0.01
    np.testing.assert_allclose(smooth[[0, -1]], line[[0, -1]], atol=0.02)
    arc = np.unwrap(np.arctan2(smooth[:, 0], 20 - smooth[:, 1])) * 20
    jerk = np.diff(arc, 3) / 1e-3
    rough = np.diff(way, 3) / 1e-3
    assert np.abs(rough).max() > 25
    assert np.abs(jerk).max() < 5
    assert (np.diff(arc) > -1e-9).all()
