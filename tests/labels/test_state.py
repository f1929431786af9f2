from dataclasses import replace

import numpy as np
import pytest

from synthgen.street.signs import sign
from synthgen.streets import Control, Streets
from synthgen.world import Circuit, Door, Flash

BLINK = Flash(1.0, ((0.5, 0.5),))
"""Dark at the time 0 at which toys are looked at."""


def lamp(name, flash=None):
    return Circuit(name, 100.0, (1.0, 1.0, 1.0), flash)


def state(toys, body, level, **changes):
    look = toys.look([(body, (15, 0, 2), 3.1, level)], **changes)
    return look.of(body.name).state


@pytest.mark.parametrize(
    ("level", "shows"),
    [((1, 0, 0), "red"), ((0, 1, 0), "amber"), ((0, 0, 1), "green"), ((1, 1, 0), "red_amber"),
     ((0, 0, 0), "off")],
)  # fmt: skip
def test_a_signal_shows_what_its_lenses_do(toys, level, shows):
    found = state(toys, toys.signal("head"), level)
    assert (found.shows, found.shows_lit) == (shows, shows != "off")


def test_a_signal_without_power_is_off(toys):
    assert state(toys, toys.signal("head"), (1, 0, 0), power=False).shows == "off"


@pytest.mark.parametrize("phase", [0.0, 0.5])
def test_a_signal_that_blinks_is_flashing_amber_and_says_whether_it_is_bright(toys, phase):
    blink = Flash(1.0, BLINK.pulses, phase)
    body = toys.box("head", (0.3, 0.6, 1.4), "traffic_light", circuits=(lamp("amber", blink),))
    found = state(toys, body, (1,))
    assert (found.shows, found.shows_lit) == ("flashing_amber", phase == 0.5)


def test_red_and_green_together_are_refused(toys):
    with pytest.raises(ValueError, match="head shows green, red together"):
        state(toys, toys.signal("head"), (1, 0, 1))


def test_a_signal_names_its_program_and_lanes(toys):
    streets = Streets(controls={"head": Control("crossing", 4, ("in_0", "in_1"))})
    found = state(toys, toys.signal("head"), (1, 0, 0), streets=streets)
    assert (found.signal, found.link, found.lanes) == ("crossing", 4, ("in_0", "in_1"))
    assert state(toys, toys.signal("other"), (1, 0, 0), streets=streets).lanes == ()


@pytest.mark.parametrize(
    ("on", "indicator", "headlamps"),
    [
        ((), "off", "off"),
        (("indicator_left", "daytime"), "left", "daytime"),
        (("indicator_right", "low_beam"), "right", "low"),
        (("indicator_right", "indicator_left", "low_beam", "high_beam"), "hazard", "high"),
    ],
)
def test_lamps_of_a_car(toys, on, indicator, headlamps):
    names = ("brake", "indicator_left", "indicator_right", "low_beam", "high_beam", "daytime")
    circuits = tuple(lamp(name, BLINK if "indicator" in name else None) for name in names)
    body = toys.box("car", (4, 1.8, 1.5), circuits=circuits)
    found = state(toys, body, tuple(float(name in on) for name in names))
    assert (found.indicator, found.headlamps, found.brake) == (indicator, headlamps, False)
    assert found.indicator_lit is False
    assert (found.reverse, found.beacon, found.tail) == (None, None, None)


def test_a_beacon_is_on_while_its_flash_is_dark(toys):
    for flash, lit in ((BLINK, False), (Flash(1.0, ((0.0, 0.5),)), True)):
        body = toys.box("van", (5, 2, 2.4), "ambulance", circuits=(lamp("beacon_a", flash),))
        found = state(toys, body, (1.0,))
        assert (found.beacon, found.beacon_lit, found.indicator) == (True, lit, "")
    assert state(toys, body, (0.0,)).beacon is False


@pytest.mark.parametrize(
    ("face", "text"), [("stop", "STOP"), ("speed_limit", "50"), ("parking", "P"), ("yield", "")]
)
def test_a_sign_says_what_is_written_on_it(toys, face, text):
    found = state(toys, sign("plate", face), ())
    assert (found.sign, found.text, found.shows, found.brake) == (face, text, "", None)


def test_people_have_a_posture(toys):
    assert state(toys, toys.figure("walker"), ()).posture == "standing"


def test_an_open_door_is_told_of_where_it_is_in_the_world(toys):
    door = Door("front_left", 0.9, (0.7, 0.9, 0.3), (0.0, 1.7, 0.3))
    car = replace(toys.box("car", (4.4, 1.8, 1.5), "car"), door=door)
    look = toys.look([(car, (15, 2, 1), np.pi / 2, ())])
    found = look.of("car").state
    assert (found.door, found.door_angle) == ("front_left", 0.9)
    assert found.door_hinge == pytest.approx((15 - 0.9, 2 + 0.7, 1.3))
    assert found.door_edge == pytest.approx((15 - 1.7, 2.0, 1.3))


def test_shut_doors_leave_nothing_to_tell(toys):
    found = state(toys, toys.box("car", (4.4, 1.8, 1.5), "car"), ())
    assert (found.door, found.door_angle, found.door_hinge, found.door_edge) == ("", None, (), ())
