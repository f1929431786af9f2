import pickle
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from synthgen.rng import stream
from synthgen.road_user import RoadUser
from synthgen.traffic import simulate
from synthgen.traffic.chooser import Chooser
from synthgen.traffic.city import generate_network
from synthgen.traffic.plan import WALKERS, DrivePlan, Post
from synthgen.traffic.repair import ground, rectangles, repair
from synthgen.traffic.simulate import drive, windows_of

SIZES = {
    "ego": (4.6, 1.8, 1),
    "car": (4.4, 1.8, 6),
    "van": (5.5, 2.0, 2),
    "bus": (12.0, 2.55, 1),
    "bicycle": (1.8, 0.6, 3),
    "ambulance": (6.0, 2.1, 1),
    "pedestrian": (0.4, 0.5, 6),
}
USERS = tuple(
    RoadUser(kind, "any", length + 0.1 * number, width, 1.6, number, kind == "ambulance")
    for kind, (length, width, count) in SIZES.items()
    for number in range(count)
)
AMBULANCE = next(i for i, user in enumerate(USERS) if user.kind == "ambulance")
SHARES = {"car": 0.7, "van": 0.1, "bus": 0.05, "bicycle": 0.15}


def plan(**changes: object) -> DrivePlan:
    values: dict = {"vehicles": 30, "pedestrians": 25, "shares": SHARES, "frames": 4}
    return DrivePlan(**(values | changes))


def run(folder: Path, seed: int, **changes: object):
    network, file = generate_network("suburb", stream(1, "city"), folder)
    return drive(file, network, USERS, plan(**changes), stream(seed, "drive"))


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return run(
        tmp_path_factory.mktemp("drive"),
        5,
        companions=(Post(AMBULANCE, 25.0), Post(AMBULANCE, -15.0)),
    )


def test_frames_are_three_seconds_and_twenty_metres_apart(result):
    ego = result.agents[result.ego]
    assert len(result.frames) == 4
    assert min(b - a for a, b in pairwise(result.frames)) >= 3 - 1e-9
    gait = [float(np.interp(frame, ego.time, ego.gait)) for frame in result.frames]
    assert min(b - a for a, b in pairwise(gait)) >= 20
    assert all(ego.present(frame, 0.06) for frame in result.frames)


def test_speed_times_time_is_distance(result):
    for agent in result.agents:
        for start, end in agent.windows:
            inside = (agent.time >= start) & (agent.time <= end)
            time, speed, way = (row[inside] for row in (agent.time, agent.speed, agent.gait))
            np.testing.assert_allclose(np.diff(time), 0.1, atol=1e-6)
            np.testing.assert_allclose(np.ptp(way), np.trapezoid(speed, time), atol=1e-6)
            step = np.linalg.norm(np.diff(agent.position[inside], axis=0), axis=1)
            assert np.abs(step / 0.1 - speed[1:]).max() < 1.5


def test_nobody_leaps_or_spins(result):
    for agent in result.agents:
        for start, end in agent.windows:
            inside = (agent.time >= start) & (agent.time <= end)
            step = np.linalg.norm(np.diff(agent.position[inside], axis=0), axis=1)
            assert step.max(initial=0) < (0.26 if agent.kind in WALKERS else 2.5)
            assert np.abs(np.diff(agent.yaw[inside])).max(initial=0) < np.deg2rad(12)


def test_everyone_is_there_throughout_some_frame(result):
    for agent in result.agents:
        assert any(agent.present(frame, 0.06) for frame in result.frames)
        for start, end in agent.windows:
            assert any(start <= frame <= end for frame in result.frames)


def test_samples_cover_two_seconds_before_and_half_a_second_after(result):
    ego = result.agents[result.ego]
    assert list(ego.windows) == windows_of(result.frames)
    np.testing.assert_array_equal(ego.time, result.time)
    for _, (times, states) in result.lights.items():
        assert len(times) == len(states) == len(result.time)


def test_no_frame_lacks_its_window_when_the_car_stands_or_creeps():
    """Three seconds before and one second after each frame are logged in any case."""
    chooser = Chooser(plan(gap=3.0, distance=20.0), stream(1))
    way, log, frames = 0.0, [], []
    chooser.stood = 10.0
    for step in range(1, 3000):
        way += 0.9 if step % 400 < 30 else 0.0 if step % 400 < 200 else 0.001
        if not chooser.waiting:
            log.append(step)
        chooser.note(round(step * 0.1, 6), (way, 0.0))
        if chooser.take(round(step * 0.1, 6)):
            frames.append(step)
    assert len(frames) > 4
    assert all(set(range(frame - 30, frame + 11)) <= set(log) for frame in frames[:-1])


def test_windows_merge_where_they_overlap():
    assert windows_of([10.0, 12.0, 20.0]) == [(8.0, 12.5), (18.0, 20.5)]


def test_companions_are_close_at_many_frames(result):
    ego = result.agents[result.ego]
    close = 0
    for frame in result.frames:
        others = [a for a in result.agents if a.kind == "ambulance" and a.present(frame, 0.06)]
        offsets = [a.place(frame)[:2] - ego.place(frame)[:2] for a in others]
        close += any(np.linalg.norm(offset) < 60 for offset in offsets)
    assert close >= 2


def test_there_are_vehicles_and_walkers(result):
    kinds = [agent.kind for agent in result.agents]
    assert sum(kind not in WALKERS for kind in kinds) > 15
    assert sum(kind in WALKERS for kind in kinds) > 15


def test_after_repair_nobody_overlaps(result):
    obstacle = np.array([[*result.agents[1].place(result.frames[1]), 4.0, 2.0]])
    fixed, _ = repair(result, USERS, obstacle)
    for moment in [f + offset for f in fixed.frames for offset in (-0.06, 0.0, 0.06)]:
        there = [agent for agent in fixed.agents if agent.present(moment)]
        rows = [ground(agent, USERS[agent.user], [moment])[0] for agent in there]
        rows += [] if repair(result, USERS, obstacle)[1].obstacles else [obstacle[0]]
        shapes = rectangles(np.array(rows))
        for index, shape in enumerate(shapes):
            assert not any(shape.intersects(other) for other in shapes[index + 1 :])


def test_a_drive_at_ten_hertz_has_one_window_and_every_tenth_of_a_second(tmp_path):
    clip = run(tmp_path, 6, frames=15, gap=0.1, distance=0.0)
    np.testing.assert_allclose(np.diff(clip.frames), 0.1, atol=1e-6)
    assert len(clip.agents[clip.ego].windows) == 1


def test_without_power_no_signal_shows_a_colour(tmp_path):
    network, file = generate_network("downtown", stream(1, "city"), tmp_path)
    dark = drive(file, network, USERS, plan(frames=2, signals=False), stream(3, "drive"))
    letters = {letter for _, states in dark.lights.values() for row in states for letter in row}
    assert letters <= set("oO")


def test_impossible_plans_are_refused(tmp_path):
    network, file = generate_network("suburb", stream(1, "city"), tmp_path)
    with pytest.raises(ValueError, match="no number 999"):
        drive(file, network, USERS, plan(ego=999), stream(1))
    with pytest.raises(ValueError, match="frames >= 1"):
        plan(frames=0)


CODE = """
import sys, pickle; from pathlib import Path; from hashlib import sha256
sys.path.insert(0, sys.argv[1])
from test_simulate import run
print(sha256(pickle.dumps(run(Path(sys.argv[2]), 9, frames=2))).hexdigest())
"""


@pytest.mark.long
def test_two_processes_give_equal_bytes(tmp_path):
    digests = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        command = [sys.executable, "-c", CODE, str(Path(__file__).parent), str(tmp_path / name)]
        digests.append(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    own = run(tmp_path, 9, frames=2)
    again = run(tmp_path, 9, frames=2)
    assert digests[0] == digests[1]
    assert sha256(pickle.dumps(own)).digest() == sha256(pickle.dumps(again)).digest()


def test_a_window_in_which_a_vehicle_does_not_roll_goes_without_it(tmp_path, monkeypatch):
    """With a smoothing that finds fault with two windows of everyone but the ego car."""
    whole = run(tmp_path, 5)
    smooth = simulate._smooth

    def faulty(one, user):
        motion = smooth(one, user)
        late = np.isin(one.time, np.arange(whole.frames[1], whole.frames[2], 0.1).round(6))
        bad = late if user.kind == "car" and user != USERS[0] else np.zeros(len(late), bool)
        return replace(motion, rolls=motion.rolls & ~bad)

    monkeypatch.setattr(simulate, "_smooth", faulty)
    less = run(tmp_path, 5)
    assert less.frames == whole.frames
    cars = [agent for agent in less.agents if agent.kind == "car"]
    assert cars
    for frame in whole.frames[1:3]:
        assert any(a.kind == "car" and a.present(frame, 0.0) for a in whole.agents)
        assert not any(car.present(frame, 0.0) for car in cars)
    assert len(less.agents[less.ego].windows) == len(whole.agents[whole.ego].windows)


def test_a_drive_that_is_looked_at_once_shows_the_first_frame_of_the_whole(result, tmp_path):
    one = run(tmp_path, 5, companions=(Post(AMBULANCE, 25.0), Post(AMBULANCE, -15.0)), looks=1)
    assert one.frames == result.frames[:1]
    frame = np.array(one.frames)
    whole = {agent.name: agent for agent in result.agents if agent.present(one.frames[0], 0.0)}
    assert {agent.name for agent in one.agents} == set(whole)
    for agent in one.agents:
        # What a walker does a second and more later is smoothed into where it looks now.
        gap = np.abs(agent.place(frame) - whole[agent.name].place(frame)).ravel()
        assert gap[:2].max() < 1e-3
        assert gap[2] < (0.03 if agent.kind in WALKERS else 1e-6)


def test_the_ego_car_drives_gently(result):
    ego = result.agents[result.ego]
    push, jerk = [], []
    for start, end in ego.windows:
        speed = ego.speed[(ego.time >= start) & (ego.time <= end)]
        push.append(np.gradient(speed, 0.1))
        jerk.append(np.gradient(push[-1], 0.1)[1:-1])
    assert np.abs(np.concatenate(push)).max() < 3.6
    assert np.percentile(np.abs(np.concatenate(jerk)), 95) < 4.0
