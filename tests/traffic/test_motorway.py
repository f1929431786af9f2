from hashlib import sha256

import numpy as np
import pytest

from synthgen.rng import stream
from synthgen.road_user import RoadUser
from synthgen.traffic.city import generate_network
from synthgen.traffic.engine import open_lanes, simulation
from synthgen.traffic.graph import road_graph, road_graphs
from synthgen.traffic.motorway import LOOP, SPREADING, TIGHTEST, _axis, _loop
from synthgen.traffic.netfile import CLASSES, read_net_file
from synthgen.traffic.plan import DrivePlan, Post
from synthgen.traffic.simulate import drive

USERS = (
    RoadUser("ego", "estate", 4.77, 1.82, 1.515, 0),
    RoadUser("car", "saloon", 4.6, 1.8, 1.5, 1),
    RoadUser("truck", "articulated_truck", 16.0, 2.55, 3.85, 2),
    RoadUser("bicycle", "bicycle", 1.75, 0.6, 1.05, 3),
)


def curvature(line):
    step = np.diff(line, axis=0)
    turn = np.diff(np.unwrap(np.arctan2(step[:, 1], step[:, 0])))
    way = np.linalg.norm(step, axis=1)
    return turn / ((way[1:] + way[:-1]) / 2)


@pytest.fixture(scope="module")
def motorway(tmp_path_factory):
    return generate_network("motorway", stream(3, "city"), tmp_path_factory.mktemp("motorway"))


@pytest.mark.parametrize("seed", range(20))
def test_no_bend_of_the_axis_is_tighter_than_the_guideline_allows(seed):
    assert np.abs(curvature(_axis(stream(seed, "axis")))).max() <= 1.001 / TIGHTEST


def test_a_loop_joins_the_carriageways_smoothly_with_its_own_radii():
    axis = np.column_stack([np.linspace(0, 60, 4), np.zeros(4)])
    loop = _loop(axis, 2.0)
    np.testing.assert_allclose(loop[[0, -1]], [[60, -2], [60, 2]], atol=1e-9)
    step = np.diff(loop, axis=0)
    ends = np.arctan2(step[[0, -1], 1], step[[0, -1], 0]) % (2 * np.pi)
    np.testing.assert_allclose(np.cos(ends), [1, -1], atol=1e-3)
    bend = curvature(loop)
    np.testing.assert_allclose(bend.max(), 1 / LOOP, rtol=0.02)
    np.testing.assert_allclose(bend.min(), -1 / SPREADING, rtol=0.02)


def test_every_lane_can_be_reached_from_every_other_by_car_and_none_by_bicycle(motorway):
    network, file = motorway
    source = read_net_file(file)
    edges = {lane.edge for lane in network.lanes if lane.kind == "drive"}
    assert set(road_graph(source, "passenger").length) == edges
    graphs = road_graphs(source, CLASSES)
    assert set(CLASSES) - set(graphs) == {"bicycle"}


def test_it_is_wide_fast_and_has_no_place_for_people(motorway):
    network, _ = motorway
    kinds = {lane.kind for lane in network.lanes}
    assert kinds == {"drive", "shoulder"}
    fast = [lane for lane in network.lanes if lane.road == "motorway" and lane.kind == "drive"]
    assert 2 <= max(lane.index for lane in fast) <= 4
    assert all(99 <= 3.6 * lane.speed <= 131 for lane in fast)
    assert not network.crossings
    assert not network.heads


def test_the_shoulder_lies_right_of_the_lanes_that_carry_traffic(motorway):
    network, _ = motorway
    shoulders = [lane for lane in network.lanes if lane.kind == "shoulder"]
    assert len(shoulders) > 6
    assert all(lane.index == 0 for lane in shoulders)


def test_the_carriageways_of_a_motorway_run_side_by_side_and_keep_right(motorway):
    network, _ = motorway
    inner = {}
    for lane in network.lanes:
        if lane.road == "motorway" and lane.index >= inner.get(lane.edge, lane).index:
            inner[lane.edge] = lane
    west = np.concatenate([lane.shape for name, lane in inner.items() if name.startswith("west")])
    for name, lane in inner.items():
        if name.startswith("east"):
            middle, ahead = lane.shape[len(lane.shape) // 2], np.diff(lane.shape, axis=0)[0]
            nearest = west[np.linalg.norm(west - middle, axis=1).argmin()] - middle
            assert 5 < np.linalg.norm(nearest) < 25
            assert ahead[0] * nearest[1] - ahead[1] * nearest[0] > 0


def test_same_seed_same_bytes_and_other_seed_other_motorway(tmp_path):
    digests = []
    for number, seed in enumerate((7, 7, 8)):
        folder = tmp_path / str(number)
        folder.mkdir()
        _, file = generate_network("motorway", stream(seed, "city"), folder)
        digests.append(sha256(file.read_bytes()).hexdigest())
    assert digests[0] == digests[1] != digests[2]


def test_traffic_is_fast_and_bicycles_stay_away(motorway):
    network, file = motorway
    plan = DrivePlan(
        vehicles=60, pedestrians=5, shares={"car": 1.0, "truck": 0.4, "bicycle": 1.0}, frames=4
    )
    driven = drive(file, network, USERS, plan, stream(0, "drive"))
    assert len(driven.frames) == 4
    kinds = {agent.kind for agent in driven.agents}
    assert {"ego", "car", "truck"} <= kinds <= {"ego", "car", "truck"}
    cars = [agent.speed.mean() for agent in driven.agents if agent.kind == "car"]
    trucks = [agent.speed.mean() for agent in driven.agents if agent.kind == "truck"]
    assert np.median(cars) > 25
    assert max(trucks) < 24.4 * 1.3


def test_a_companion_that_may_not_drive_here_is_refused_in_words(motorway):
    network, file = motorway
    plan = DrivePlan(vehicles=1, pedestrians=0, shares={"car": 1.0}, companions=(Post(3, 20.0),))
    with pytest.raises(ValueError, match="motorway: a bicycle may not drive here"):
        drive(file, network, USERS, plan, stream(0, "drive"))


def test_hard_shoulders_are_for_nobody(motorway):
    network, file = motorway
    with simulation(file, 1) as sim:
        for edge in {lane.edge for lane in network.lanes if lane.kind == "shoulder"}:
            kinds = {lane.index: lane.kind for lane in network.lanes if lane.edge == edge}
            assert {kinds[lane] for lane in open_lanes(sim, edge, "emergency")} == {"drive"}
            assert open_lanes(sim, edge, "bicycle") == []


@pytest.mark.parametrize("seed", range(3))
def test_companions_drive_on_a_motorway(motorway, seed):
    network, file = motorway
    plan = DrivePlan(
        vehicles=10,
        pedestrians=0,
        shares={"car": 1.0},
        companions=(Post(1, 30.0), Post(2, -20.0)),
        frames=3,
    )
    driven = drive(file, network, USERS, plan, stream(seed, "drive"))
    assert any(agent.name.startswith("companion/") for agent in driven.agents)
