from dataclasses import replace

import numpy as np

from synthgen.geometry import yaw_quaternion
from synthgen.motion import Track, standing


def straight(speed: float, rate: float) -> Track:
    time = np.arange(0, 1.01, 0.05)
    position = np.stack([speed * time, 0 * time, 0 * time], 1)
    return Track(
        time,
        position,
        yaw_quaternion(rate * time),
        2 * time,
        np.zeros((len(time), 1)),
        ((0.0, 1.0),),
    )


def test_velocity_and_turn_of_an_even_track():
    track = straight(8.0, 0.4)
    np.testing.assert_allclose(track.velocity_at(0.512), [8, 0, 0], atol=1e-9)
    assert abs(track.yaw_rate_at(0.512) - 0.4) < 1e-5


def test_a_track_that_speeds_up_and_turns_knows_it_in_its_own_frames():
    """x = 3 t^2 / 2 while yaw = 0.4 t: 3 m/s2 along world x, 0.4 rad/s about body z."""
    time = np.arange(0, 1.01, 0.05)
    track = replace(straight(0.0, 0.4), position=np.stack([1.5 * time**2, 0 * time, 0 * time], 1))
    np.testing.assert_allclose(track.acceleration_at(0.5), [3, 0, 0], atol=1e-9)
    np.testing.assert_allclose(track.turn_rate_at(0.5), [0, 0, 0.4], atol=1e-5)


def test_positions_between_steps_lie_on_the_line():
    np.testing.assert_allclose(straight(8.0, 0).world_from_body(0.333)[:3, 3], [2.664, 0, 0])


def test_phase_grows_evenly():
    assert abs(straight(1.0, 0).phase_at(0.26) - 0.52) < 1e-12


def test_a_track_is_absent_outside_its_window():
    track = straight(1.0, 0)
    assert track.present(0.2, 0.9)
    assert not track.present(0.9, 1.1)


def test_levels_hold_until_the_next_step():
    track = Track(
        np.array([0.0, 1.0]), np.zeros((2, 3)), np.tile([0, 0, 0, 1.0], (2, 1)), np.zeros(2),
        np.array([[0.0], [1.0]]), ((0.0, 1.0),),
    )  # fmt: skip
    assert track.level_at(0.99) == 0
    assert track.level_at(1.0) == 1


def test_a_standing_track_is_always_there():
    track = standing((1, 2, 3), (0, 0, 0, 1), (1.0,))
    assert track.present(-1e6, 1e6)
    np.testing.assert_array_equal(track.velocity_at(5.0), [0, 0, 0])


def test_a_thing_stands_when_its_pose_never_changes_whatever_its_lamps_do():
    level = np.array([[0.0], [1.0]])
    still = Track(
        np.array([0.0, 1]), np.ones((2, 3)), np.tile([0, 0, 0, 1.0], (2, 1)), np.zeros(2), level,
        ((-1.0, 2.0),),
    )  # fmt: skip
    assert still.stands
    assert standing((1, 2, 3), (0, 0, 0, 1)).stands
    turned = np.array([[0, 0, 0, 1.0], [0, 0, 0.1, 0.995]])
    assert not replace(still, quaternion=turned).stands
    assert not replace(still, position=np.array([[0.0, 0, 0], [0, 0, 1e-9]])).stands
