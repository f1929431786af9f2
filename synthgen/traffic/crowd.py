"""Who sets out where: the orders that fill the streets around the ego car's route."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from synthgen.road_user import STILL, RoadUser, drawn
from synthgen.traffic.graph import RoadGraph, WalkGraph, journey, stroll
from synthgen.traffic.plan import WALKERS, DrivePlan, vehicle_class

PACE = 12.0
"""[m/s] Brisk average of a city drive; routes are made long enough for it."""
FREE = 0.6
"""Share of the highest limit that a drive averages where nothing is in the way."""
WAIT = 30.0
"""[s] that an event may keep its frame waiting, on average."""


@dataclass(frozen=True)
class Order:
    """One road user at the start: `user` of the pool takes `route`."""

    name: str
    user: int
    route: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Streets:
    """Where each SUMO class may go, and where walkers may."""

    road: Mapping[str, RoadGraph]
    walk: WalkGraph


def duration(plan: DrivePlan) -> float:
    """Return about how long [s] a drive with an unhindered ego car takes."""
    return plan.warm_up + plan.frames * max(plan.gap + 1.0, plan.distance / 6.0)


def pace(graph: RoadGraph) -> float:
    """Return the brisk average [m/s] of a drive: that of a city, or more where limits allow."""
    return max(PACE, FREE * graph.limit)


def route_length(plan: DrivePlan, graph: RoadGraph) -> float:
    """Return how long [m] routes must be so that nobody arrives early."""
    return 2 * pace(graph) * duration(plan) + 500.0


def ego_route(graph: RoadGraph, plan: DrivePlan, rng: np.random.Generator) -> tuple[str, ...]:
    """Return a random route for the ego car, with room to wait for events and companions."""
    waits = len(plan.events) + plan.frames * bool(plan.companions)
    way = route_length(plan, graph) + WAIT * waits * pace(graph)
    return journey(graph, [_anywhere(graph.length, rng)], way, rng)


def _anywhere(length: Mapping[str, float], rng: np.random.Generator) -> str:
    names, lengths = list(length), np.array(list(length.values()))
    return names[int(rng.choice(len(names), p=lengths / lengths.sum()))]


def _draw_user(
    users: Sequence[RoadUser], plan: DrivePlan, walking: bool, rng: np.random.Generator
) -> int:
    """Return the index of a design, its kind by share; -1 when no kind has a share."""
    pools: dict[str, list[int]] = {}
    for index, user in enumerate(users):
        if (user.kind in WALKERS) == walking and user.kind != "ego" and user.subtype not in STILL:
            pools.setdefault(user.kind, []).append(index)
    default = 1.0 if walking and not WALKERS & set(plan.shares) else 0.0
    weights = np.array([plan.shares.get(kind, default) for kind in pools])
    if not weights.sum() > 0:
        return -1
    pool = list(pools.values())[int(rng.choice(len(weights), p=weights / weights.sum()))]
    return pool[drawn([users[index] for index in pool], rng)]


def seen_part(route: Sequence[str], graph: RoadGraph, plan: DrivePlan) -> tuple[str, ...]:
    """Return the first part of the ego car's `route`: what it will drive between the frames."""
    way = np.cumsum([graph.length[edge] for edge in route])
    count = int(np.searchsorted(way, 0.7 * pace(graph) * duration(plan))) + 1
    return tuple(route[:count])


def driveable(route: Sequence[str], graph: RoadGraph) -> list[str]:
    """Return the first part of `route` that `graph` allows."""
    kept: list[str] = []
    for edge in route:
        if edge not in graph.next or (kept and edge not in dict(graph.next[kept[-1]])):
            break
        kept.append(edge)
    return kept


def opposite(route: Sequence[str], graph: RoadGraph) -> list[str]:
    """Return the way back along `route`, as far as it has an opposite side."""
    return driveable([graph.opposite.get(edge, "") for edge in reversed(route)], graph)


def _vehicle_route(
    graph: RoadGraph, ego: Sequence[str], plan: DrivePlan, rng: np.random.Generator
) -> tuple[str, ...]:
    """Return a route: with the ego car's, against it, or anywhere."""
    way = int(rng.choice(3, p=[0.25, 0.4, 0.35]))
    cut = int(rng.integers(len(ego)))
    start = [driveable(ego[cut:], graph), opposite(ego[: cut + 1], graph), []][way]
    if not start:
        start = [_anywhere(graph.length, rng)]
    return journey(graph, start, route_length(plan, graph), rng)


def vehicle_orders(
    streets: Streets,
    users: Sequence[RoadUser],
    plan: DrivePlan,
    ego: Sequence[str],
    rng: np.random.Generator,
) -> list[Order]:
    """Return the orders of the vehicles; `ego` is the part of its route that will be seen.

    Whoever may not drive here, like bicycles on a motorway, stays at home.
    """
    orders = []
    for number in range(plan.vehicles):
        user = _draw_user(users, plan, False, rng)
        if user < 0:
            break
        graph = streets.road.get(vehicle_class(users[user]))
        if graph is None:
            continue
        orders.append(Order(f"vehicle/{number}", user, _vehicle_route(graph, ego, plan, rng)))
    return orders


def walker_orders(
    streets: Streets,
    users: Sequence[RoadUser],
    plan: DrivePlan,
    ego: Sequence[str],
    rng: np.random.Generator,
) -> list[Order]:
    """Return the orders of the walkers, three of four along what will be seen."""
    graph, road = streets.walk, streets.road["passenger"]
    both = [*ego, *(road.opposite[edge] for edge in ego if edge in road.opposite)]
    near = {edge: graph.length[edge] for edge in both if edge in graph.length}
    orders = []
    for number in range(plan.pedestrians if graph.length else 0):
        user = _draw_user(users, plan, True, rng)
        if user < 0:
            break
        close = bool(rng.random() < 0.75) and bool(near)
        start = _anywhere(near if close else graph.length, rng)
        length = 1.5 * 2 * duration(plan)
        orders.append(Order(f"person/{number}", user, stroll(graph, start, length, rng)))
    return orders
