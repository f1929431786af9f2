"""The ego car is taken where its events have room, and nobody waits for what cannot be."""

from itertools import pairwise

import numpy as np
import pytest

from synthgen import events
from synthgen.rng import stream
from synthgen.traffic.crowd import Streets
from synthgen.traffic.director import NOWHERE
from synthgen.traffic.engine import simulation
from synthgen.traffic.graph import road_graphs, walk_graph
from synthgen.traffic.netfile import read_net_file
from synthgen.traffic.plan import DrivePlan, Staged
from synthgen.traffic.scout import Scout
from synthgen.traffic.simulate import drive
from synthgen.traffic.stage import EGO, Stage
from tests.traffic.acts.test_acts import ASKED, CHILD, USERS, city, kerbs

PLAN = {"vehicles": 20, "pedestrians": 0, "frames": 2, "shares": {"car": 1.0}, "warm_up": 4.0}


@pytest.fixture
def stage():
    _, network, file = city()
    source = read_net_file(file)
    streets = Streets(road_graphs(source, ("passenger", "delivery", "emergency")),
                      walk_graph(source))  # fmt: skip
    plan = DrivePlan(**PLAN, events=tuple(ASKED.values()), spots=kerbs(network))
    route = [min(streets.road["passenger"].next)]
    for _ in range(12):
        route.append(streets.road["passenger"].next[route[-1]][0][0])
    with simulation(file, 1) as sim:
        sim.route.add(EGO, route)
        sim.vehicle.add(EGO, EGO, departPos="10")
        sim.simulationStep()
        yield Stage(sim, USERS, plan, streets, tuple(route), stream(1, "stage"))


def shortest(stage: Stage, start: str) -> dict[str, float]:
    """Return the way [m] from the end of a street to every other, by relaxation to the end."""
    graph = stage.streets.road["passenger"]
    way = dict.fromkeys(graph.next, np.inf) | {onward: 0.0 for onward, _ in graph.next[start]}
    for _ in graph.next:
        for edge in graph.next:
            for onward, _ in graph.next[edge] if edge != start else ():
                way[onward] = min(way[onward], way[edge] + graph.length[edge])
    return way


@pytest.mark.parametrize("number", range(len(ASKED)))
def test_no_street_with_room_is_nearer_than_the_one_that_is_chosen(stage, number):
    scout, start = Scout(stage), stage.edge
    found = scout._nearest(number, start, 0.0)
    way = shortest(stage, start)
    costs = {edge: way[edge] + scout._room(number, edge)[1] for edge in way
             if edge != start and scout._room(number, edge)[0]}  # fmt: skip
    assert found[0] == start
    assert min(costs.values()) == min(costs[edge] for edge in found[1:] if edge in costs)


def test_the_ego_car_is_routed_to_the_place_along_streets_that_follow_each_other(stage):
    scout = Scout(stage)
    assert scout.lead(0)
    route = stage.sim.vehicle.getRoute(EGO)
    graph = stage.streets.road["passenger"]
    assert route == stage.route
    assert scout.under_way(0)
    assert scout._room(0, route[scout.until])[0]
    for one, other in pairwise(route):
        assert other in dict(graph.next[one])


def test_what_no_street_has_room_for_is_given_up_at_once_and_not_tried_again():
    _, network, file = city()
    child = Staged(events.ChildBehindParkedCar(frame=1, distance=12.0), CHILD)
    plan = DrivePlan(**PLAN, events=(child,))
    driven = drive(file, network, USERS, plan, stream(1, "drive"))
    assert driven.happenings[0].reason == NOWHERE
    assert driven.frames[1] - driven.frames[0] < 30.0
