from dataclasses import replace

import numpy as np
import pytest

from synthgen import events
from synthgen.road_user import RoadUser
from synthgen.traffic.plan import Agent, Drive, Happening, Staged
from synthgen.traffic.witness import witness

USERS = (RoadUser("ego", "", 4.0, 2.0, 1.5, 0), RoadUser("car", "", 4.0, 2.0, 1.5, 1))
TIME = np.round(np.arange(8.0, 10.55, 0.1), 6)


def agent(name, user, x, y, yaw=0.0, speed=0.0):
    along = (TIME - 10.0)[:, None] * speed * np.array([[np.cos(yaw), np.sin(yaw), 0.0]])
    still = np.zeros(len(TIME))
    return Agent(name, USERS[user].kind, user, TIME, np.array([[x, y, 0.0]]) + along, still + yaw,
                 still + speed, still.astype(int), still, ((8.0, 10.5),))  # fmt: skip


def seen(event, x, y, yaw=0.0, speed=10.0, frame=0):
    happening = Happening(Staged(event, 1), frame, ("event/0.0",))
    agents = (agent("ego", 0, 0.0, 0.0, 0.0, speed), agent("event/0.0", 1, x, y, yaw))
    drive = Drive(TIME, (10.0,), 0, agents, {}, (happening,))
    return witness(drive, USERS, happening)


def test_the_distance_is_from_bumper_to_bumper_and_the_gap_is_that_over_speed():
    found = seen(events.NearMiss(frame=0, how="brake", gap=1.2), 16.0, 0.0)
    assert found.happened
    assert found.distance == pytest.approx(12.0)
    assert found.gap == pytest.approx(1.2)
    assert found.speed == pytest.approx(10.0)
    assert found.braking == pytest.approx(0.0, abs=1e-9)


def test_who_crosses_is_measured_to_the_flank():
    found = seen(events.NearMiss(frame=0, how="cross", gap=1.3), 16.0, 0.0, np.pi / 2)
    assert found.distance == pytest.approx(13.0)


def test_behind_counts_backwards_and_the_side_is_straight():
    behind = events.Emergency(frame=0, who="ambulance", origin="behind", distance=9.0,
                              responding=True)  # fmt: skip
    assert seen(behind, -13.0, 0.0).distance == pytest.approx(9.0)
    side = replace(behind, origin="side", distance=10.0)
    assert seen(side, 10.0, 10.0, np.pi / 2).distance == pytest.approx(np.hypot(7.0, 7.0), abs=0.01)


@pytest.mark.parametrize(
    ("event", "x", "y", "said"),
    [
        (events.CutIn(frame=0, distance=12.0), 20.0, 1.6, "at 16.0 m, not 12.0 m"),
        (events.CutIn(frame=0, distance=12.0), 16.0, 0.2, "0.2 m aside, not half-way across"),
        (events.NearMiss(frame=0, how="brake", gap=2.0), 16.0, 0.0, "a gap of 1.20 s, not 2.00 s"),
        (events.DogCrossing(frame=0, distance=12.0), 16.0, 4.0, "not on the lane"),
        (events.Breakdown(frame=0, distance=30.0), 16.0, 0.0, "at 12.0 m, not 30.0 m"),
    ],
)
def test_what_is_not_as_asked_did_not_happen(event, x, y, said):
    found = seen(event, x, y)
    assert not found.happened
    assert found.frame == -1
    assert found.reason == said


def test_who_was_taken_out_did_not_play():
    happening = Happening(Staged(events.CutIn(frame=0, distance=12.0), 1), 0, ("event/0.0",))
    drive = Drive(TIME, (10.0,), 0, (agent("ego", 0, 0.0, 0.0),), {}, (happening,))
    assert "taken out" in witness(drive, USERS, happening).reason
    assert not seen(events.CutIn(frame=0, distance=12.0), 16.0, 1.6, frame=3).happened
