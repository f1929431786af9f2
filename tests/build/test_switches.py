import numpy as np

from synthgen.build.switches import Doing, lamps_needed, signal_levels, vehicle_levels
from synthgen.world import Body, Circuit


def body(*names):
    lit = tuple(Circuit(name, 1000.0, (1.0, 1.0, 1.0)) for name in names)
    return Body("b", "car", "", None, circuits=lit)


def test_brake_lamps_follow_the_brake_bit(day):
    levels = vehicle_levels(body("brake", "tail"), np.array([0, 8, 9]), day(), False)
    np.testing.assert_array_equal(levels, [[0, 0], [1, 0], [1, 0]])


def test_low_beams_are_on_at_night_and_in_rain_and_fog(day):
    assert not lamps_needed(day())
    assert lamps_needed(day(sun_elevation=-0.2))
    assert lamps_needed(day(rain=4.0))
    assert lamps_needed(day(visibility=120.0))


def test_beacons_are_on_only_while_responding(day):
    two = body("beacon_a", "indicator_left")
    np.testing.assert_array_equal(vehicle_levels(two, np.array([2]), day(), True), [[1, 1]])
    np.testing.assert_array_equal(vehicle_levels(two, np.array([0]), day(), False), [[0, 0]])


def test_a_signal_shows_its_program_and_nothing_without_power():
    head = body("red", "amber", "green")
    np.testing.assert_array_equal(signal_levels(head, "ruyG", True),
                                  [[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1]])  # fmt: skip
    assert signal_levels(head, "rG", False).sum() == 0


def test_a_signal_that_is_off_flashes_amber_or_is_dark():
    """Of SUMO's two letters, o asks to yield and O says nothing."""
    head = body("red", "amber", "green")
    np.testing.assert_array_equal(signal_levels(head, "oO", True), [[0, 1, 0], [0, 0, 0]])


def doing(speed, high=False):
    steps = np.asarray(speed, float)
    return Doing(steps, np.full(len(steps), high))


def test_reversing_lamps_burn_while_the_vehicle_rolls_back(day):
    levels = vehicle_levels(body("reverse"), np.zeros(3, int), day(), False, doing([-1.0, 0, 2.0]))
    np.testing.assert_array_equal(levels[:, 0], [1, 0, 0])


def test_daytime_lamps_and_low_beams_take_turns(day):
    for around, on in ((day(), [1, 0, 0]), (day(sun_elevation=-0.3), [0, 1, 1])):
        names = body("daytime", "low_beam", "tail")
        np.testing.assert_array_equal(vehicle_levels(names, np.zeros(1, int), around, False)[0], on)


def test_who_responds_and_stands_lights_the_scene_in_the_dark(day):
    night = day(sun_elevation=-0.6)
    for around, responding, on in ((night, True, [0, 1]), (night, False, [0, 0]),
                                   (day(), True, [0, 0])):  # fmt: skip
        levels = vehicle_levels(
            body("scene"), np.zeros(2, int), around, responding, doing([9.0, 0.0])
        )
        np.testing.assert_array_equal(levels[:, 0], on)


def test_both_indicators_are_hazard_flashers(day):
    both = body("indicator_left", "indicator_right")
    np.testing.assert_array_equal(vehicle_levels(both, np.array([3]), day(), False), [[1, 1]])
