"""Each event in a small generated city, measured from the drive."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from shapely import STRtree
from shapely.geometry import LineString, Point

from synthgen import events
from synthgen.network import Network
from synthgen.rng import stream
from synthgen.road_user import RoadUser
from synthgen.traffic.city import generate_network
from synthgen.traffic.plan import WALKERS, Drive, DrivePlan, Part, Spot, Staged
from synthgen.traffic.repair import ground, rectangles, repair
from synthgen.traffic.simulate import drive
from synthgen.traffic.witness import witness

KINDS = ("ego", "car", "car", "van", "ambulance", "pedestrian", "pedestrian", "dog", "prop")
SIZES = {"ego": (4.7, 1.8), "car": (4.4, 1.8), "van": (5.5, 2.0), "ambulance": (6.0, 2.1),
         "pedestrian": (0.5, 0.5), "dog": (0.8, 0.3), "prop": (4.5, 1.8)}  # fmt: skip
USERS = tuple(
    RoadUser(kind, "any", *SIZES[kind], 1.6, number, kind == "ambulance")
    for number, kind in enumerate(KINDS)
)
CAR, AMBULANCE, CHILD, DOG, PROP = 1, 4, 5, 7, 8
WRECK = (Part(PROP, 2.25, 0.0, 0.0, 3),)

ASKED = {
    "cut_in": Staged(events.CutIn(frame=1, distance=12.0), CAR),
    "brake": Staged(events.NearMiss(frame=1, how="brake", gap=1.2), CAR),
    "cross": Staged(events.NearMiss(frame=1, how="cross", gap=1.5), CAR),
    "child": Staged(events.ChildBehindParkedCar(frame=1, distance=12.0), CHILD),
    "dog": Staged(events.DogCrossing(frame=1, distance=14.0), DOG),
    "behind": Staged(
        events.Emergency(frame=1, who="ambulance", origin="behind", distance=15.0, responding=True),
        AMBULANCE,
    ),
    "side": Staged(
        events.Emergency(frame=1, who="ambulance", origin="side", distance=25.0, responding=True),
        AMBULANCE,
    ),
    "oncoming": Staged(
        events.Emergency(
            frame=1, who="ambulance", origin="oncoming", distance=25.0, responding=True
        ),
        AMBULANCE,
    ),
    "breakdown": Staged(events.Breakdown(frame=1, distance=20.0), -1, WRECK),
}


def kerbs(network) -> tuple[Spot, ...]:
    """Return a place to step out every 8 m of every street, hidden or not by turns."""
    found = []
    for lane in (one for one in network.lanes if one.kind == "drive" and one.index <= 1):
        start, end = lane.shape[0, :2], lane.shape[-1, :2]
        ahead = (end - start) / np.linalg.norm(end - start)
        right = np.array([ahead[1], -ahead[0]])
        yaw = float(np.arctan2(ahead[1], ahead[0])) + np.pi / 2
        for number, along in enumerate(np.arange(10, np.linalg.norm(end - start) - 5, 8)):
            x, y = start + along * ahead + (lane.width / 2 + 2.0) * right
            spot = Spot(lane.edge, float(x), float(y), yaw, 14.0, number % 2 == 0, True)
            found.append(spot)
    return tuple(found)


@cache
def city() -> tuple[TemporaryDirectory, Network, Path]:
    folder = TemporaryDirectory()
    return folder, *generate_network("downtown", stream(3, "city"), Path(folder.name))


@cache
def played(name: str, users=USERS, **changes) -> tuple[Drive, object]:
    """Return the repaired drive with one event, and what it shows of it."""
    _, network, file = city()
    values = {"vehicles": 40, "pedestrians": 10, "frames": 2, "events": (ASKED[name],),
              "shares": {"car": 0.9, "van": 0.1}, "spots": kerbs(network)}  # fmt: skip
    plan = DrivePlan(**(values | {"warm_up": 4.0} | changes))
    driven = drive(file, network, users, plan, stream(1, "drive"))
    mended, _ = repair(driven, users, np.zeros((0, 5)))
    return mended, witness(mended, users, mended.happenings[0])


@pytest.mark.parametrize("name", ASKED)
def test_the_event_happens_at_its_frame_at_the_distance_asked_for(name):
    driven, seen = played(name)
    assert seen.happened, seen.reason
    assert seen.frame == 1
    event = ASKED[name].event
    if hasattr(event, "distance"):
        assert abs(seen.distance - event.distance) <= max(1.5, 0.15 * event.distance)
    else:
        assert abs(seen.gap - event.gap) <= max(0.2, 0.15 * event.gap)
    actors = {agent.name for agent in driven.agents if agent.name.startswith("event/")}
    assert set(driven.happenings[0].actors) <= actors


@pytest.mark.parametrize("name", ASKED)
def test_nobody_overlaps_and_the_ego_car_brakes_within_the_grip(name):
    driven, seen = played(name)
    assert seen.braking <= 0.8 * 9.81
    for moment in driven.frames:
        there = [agent for agent in driven.agents if agent.present(moment)]
        shapes = rectangles(
            np.concatenate([ground(one, USERS[one.user], [moment]) for one in there]), 0.0
        )
        first, second = STRtree(shapes).query(shapes, predicate="intersects")
        assert (first == second).all()


@pytest.mark.parametrize("name", ["child", "dog"])
def test_who_steps_out_is_never_touched_by_the_ego_car(name):
    driven, _ = played(name)
    ego, runner = driven.agents[driven.ego], _actor(driven)
    for moment in np.arange(runner.windows[0][0], runner.windows[0][1], 0.05):
        rows = [ground(one, USERS[one.user], [moment])[0] for one in (ego, runner)]
        assert not rectangles(np.array(rows), 0.0)[0].intersects(rectangles(rows[1:], 0.0)[0])


def _actor(driven: Drive):
    names = [agent.name for agent in driven.agents]
    return driven.agents[names.index(driven.happenings[0].actors[0])]


def test_a_vehicle_that_cuts_in_straddles_the_line_between_the_lanes():
    _, seen = played("cut_in")
    assert 0.8 <= abs(seen.aside) <= 2.4


def test_the_car_ahead_brakes_hard():
    driven, _ = played("brake")
    actor = _actor(driven)
    near = np.abs(actor.time - driven.frames[1]) <= 2.0
    assert -np.gradient(actor.speed[near], actor.time[near]).min() > 4.5


def test_who_crosses_is_in_the_ego_cars_way():
    driven, seen = played("cross")
    ego, actor = driven.agents[driven.ego], _actor(driven)
    turn = actor.place(driven.frames[1])[2] - ego.place(driven.frames[1])[2]
    assert abs(seen.aside) < 2.5
    assert abs(np.sin(turn)) > 0.6


def test_a_child_comes_from_beside_the_road_and_stays_on_the_lane():
    driven, seen = played("child")
    child = _actor(driven)
    assert child.kind == "pedestrian"
    assert np.linalg.norm(np.ptp(child.position, axis=0)) > 1.5
    assert child.speed.max() <= 2.6 + 1e-9
    assert abs(seen.aside) < 1.9


def test_what_stands_in_the_way_stands_still_and_flashes():
    driven, _ = played("breakdown")
    wreck = _actor(driven)
    assert (np.ptp(wreck.position, axis=0) == 0).all()
    assert set(wreck.signals.tolist()) == {3}
    assert wreck.windows[0][0] <= driven.frames[1] <= wreck.windows[0][1]


def test_a_sequence_is_built_around_its_event():
    driven, seen = played(
        "child", events=(Staged(events.ChildBehindParkedCar(frame=12, distance=12.0), CHILD),),
        frames=25, gap=0.1, distance=0.0,
    )  # fmt: skip
    np.testing.assert_allclose(np.diff(driven.frames), 0.1, atol=1e-6)
    assert seen.happened, seen.reason
    assert seen.frame == 12
    assert len({agent.name for agent in driven.agents}) == len(driven.agents)


def test_what_cannot_be_staged_is_said():
    driven, seen = played("child", spots=())
    assert not seen.happened
    assert "no place" in driven.happenings[0].reason
    deer = Staged(events.DeerCrossing(frame=0, distance=20.0))
    driven, seen = played("child", events=(deer, ASKED["dog"], ASKED["dog"]))
    assert "no design" in driven.happenings[0].reason
    assert [one.frame for one in driven.happenings[1:]].count(1) == 1
    assert "another event" in driven.happenings[2].reason


def aside(driven: Drive) -> float:
    """Return how far [m] from its lane's middle anyone is whom the ambulance comes up to."""
    _, network, _ = city()
    lanes = [LineString(one.shape[:, :2]) for one in network.lanes if one.kind == "drive"]
    moment, behind, found = driven.frames[1], _actor(driven), [0.0]
    place = behind.place(moment)
    for agent in driven.agents:
        if agent is behind or agent.kind in WALKERS or not agent.present(moment):
            continue
        x, y, yaw = agent.place(moment) - place
        ahead = x * np.cos(place[2]) + y * np.sin(place[2])
        if 0 < ahead < 32 and np.hypot(x, y) < 32 and np.cos(yaw) > 0.95:
            found.append(min(one.distance(Point(*agent.place(moment)[:2])) for one in lanes))
    return max(found)


def test_others_make_way_for_blue_lights_and_not_without():
    event = replace(ASKED["behind"].event, distance=10.0)
    quiet = replace(USERS[AMBULANCE], responding=False)
    calm = (*USERS[:AMBULANCE], quiet, *USERS[AMBULANCE + 1 :])
    blue, seen = played("behind", events=(Staged(event, AMBULANCE),))
    dark, other = played("behind", events=(Staged(event, AMBULANCE),), users=calm)
    assert seen.happened
    assert other.happened
    assert aside(blue) > 0.2
    assert aside(dark) < 0.1
