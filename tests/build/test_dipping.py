import numpy as np

from synthgen.build.dipping import AHEAD, HELD, LIT, high_beams
from synthgen.traffic.plan import Agent

TIME = np.arange(0, 3.05, 0.1)
NOBODY = np.zeros((0, 2))


def car(name, x, yaw=0.0, speed=15.0, y=0.0):
    """Return a car that starts at `x`, `y` and drives where it looks."""
    way = speed * TIME
    place = np.column_stack([x + way * np.cos(yaw), y + way * np.sin(yaw), 0 * TIME])
    same = np.full(len(TIME), yaw)
    return Agent(name, "car", 0, TIME, place, same, np.full(len(TIME), speed),
                 np.zeros(len(TIME), int), way, ((0.0, 3.0),))  # fmt: skip


def high(others=(), lamps=NOBODY, uses=True, **mine):
    me = car("me", 0.0, **mine)
    found = high_beams([me, *others], np.array(lamps, float), {"me": uses})
    return found.get("me", np.zeros(len(TIME), bool))


def test_on_an_empty_dark_road_high_beams_come_on():
    on = high()
    assert not on[: HELD - 1].any()
    assert on[HELD - 1 :].all()


def test_they_are_dipped_for_who_comes_or_drives_ahead_and_not_for_who_follows():
    for other, free in ((car("b", 150.0, np.pi, y=3.5), False), (car("b", 60.0), False),
                        (car("b", -40.0), True)):  # fmt: skip
        assert high([other])[-1] == free
    assert high([car("b", AHEAD + 100.0)])[-1]


def test_they_are_not_used_in_lit_streets_nor_slowly_nor_by_all():
    assert not high(lamps=[[30.0, 5.0]]).any()
    assert high(lamps=[[0.0, LIT + 5.0]]).any()
    assert not high(speed=4.0).any()
    assert not high(uses=False).any()


def test_they_come_on_again_once_the_other_has_passed():
    on = high([car("b", 40.0, np.pi, y=3.5)])
    assert not on[:10].any()
    assert on[-1]
