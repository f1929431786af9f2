"""Drives cut down to some of their frames."""

import numpy as np

from synthgen.traffic.cut import cut, part, without
from synthgen.traffic.plan import Agent, Drive


def agent(name, *windows):
    time = np.concatenate([np.arange(round(a * 10), round(b * 10) + 1) / 10 for a, b in windows])
    position = np.stack([time, 0 * time, 0 * time], axis=1)
    rest = np.zeros(len(time))
    return Agent(name, "car", 0, time, position, rest, rest + 1, rest.astype(int), time,
                 tuple(windows))  # fmt: skip


def drive():
    ego = agent("ego", (8.0, 10.5), (18.0, 20.5), (28.0, 30.5))
    others = agent("vehicle/0", (8.0, 10.5)), agent("vehicle/1", (19.0, 20.5), (28.0, 30.2))
    time = ego.time
    return Drive(time, (10.0, 20.0, 30.0), 1, (others[0], ego, others[1]),
                 {"signal": (time, tuple("G" if one < 15 else "r" for one in time))})  # fmt: skip


def test_only_the_frames_wanted_are_left_and_who_is_there():
    left = cut(drive(), [1])
    assert left.frames == (20.0,)
    assert [one.name for one in left.agents] == ["ego", "vehicle/1"]
    assert left.agents[left.ego].name == "ego"
    assert left.agents[1].windows == ((19.0, 20.5),)
    assert left.time.min() == 18.0
    assert left.time.max() == 20.5
    assert left.agents[0].position[:, 0].tolist() == left.agents[0].time.tolist()


def test_the_lights_go_with_the_time():
    time, states = cut(drive(), [0, 2]).lights["signal"]
    assert len(time) == len(states)
    assert [state for one, state in zip(time, states, strict=True) if one < 15] == ["G"] * 26
    assert set(states) == {"G", "r"}


def test_all_frames_are_the_whole_drive():
    left, whole = cut(drive(), [2, 0, 1]), drive()
    assert left.frames == whole.frames
    for one, other in zip(left.agents, whole.agents, strict=True):
        assert one.windows == other.windows
        np.testing.assert_array_equal(one.time, other.time)


def test_who_is_not_there_has_no_part():
    assert part(drive().agents[0], [20.0]) is None


def test_who_is_taken_out_is_gone_and_the_ego_car_stays():
    left = without(drive(), {"vehicle/0", "ego", "vehicle/9"})
    assert [one.name for one in left.agents] == ["ego", "vehicle/1"]
    assert left.agents[left.ego].name == "ego"
