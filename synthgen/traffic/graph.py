"""Ways through the network: which edge may follow which, and random journeys."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from synthgen.traffic.netfile import Connection, NetFile


@dataclass(frozen=True, eq=False)
class RoadGraph:
    """Edges that one vehicle class may drive, all within reach of each other.

    Attributes:
        length: [m] of each edge.
        next: what may follow each edge, with its weight: straight on is likelier than a turn.
        opposite: the edge on the other side of the same street, where there is one.
        limit: [m/s] the highest speed limit.
    """

    length: Mapping[str, float]
    next: Mapping[str, tuple[tuple[str, float], ...]]
    opposite: Mapping[str, str]
    limit: float


def _open_links(source: NetFile, vehicle_class: str) -> list[Connection]:
    def is_open(edge: str, lane: int) -> bool:
        return vehicle_class in source.edges[edge].lanes[lane].classes

    normal = {name for name, edge in source.edges.items() if edge.function == "normal"}
    return [
        link
        for link in source.connections
        if link.start in normal
        and link.end in normal
        and is_open(link.start, link.start_lane)
        and is_open(link.end, link.end_lane)
    ]


def _reachable(source: NetFile, links: Sequence[Connection]) -> set[str]:
    """Return the largest set of edges, by length, in which each can be reached from each."""
    names = sorted({link.start for link in links} | {link.end for link in links})
    number = {name: index for index, name in enumerate(names)}
    rows = [number[link.start] for link in links]
    columns = [number[link.end] for link in links]
    matrix = coo_array((np.ones(len(links)), (rows, columns)), shape=(len(names), len(names)))
    _, label = connected_components(matrix, directed=True, connection="strong")
    lengths = np.array([source.edges[name].length for name in names])
    best = int(np.bincount(label, weights=lengths).argmax()) if names else -1
    return {name for name, own in zip(names, label, strict=True) if own == best}


def has_round_trip(source: NetFile, vehicle_class: str) -> bool:
    """Return whether a SUMO vehicle class can drive from each of some streets to each other."""
    return len(_reachable(source, _open_links(source, vehicle_class))) >= 2


def road_graph(source: NetFile, vehicle_class: str) -> RoadGraph:
    """Return the driveable streets of `source` for a SUMO vehicle class.

    Turning round at a dead end is allowed only in networks that need it to be left again.

    Raises:
        ValueError: it has no round trip for the class.
    """
    every = _open_links(source, vehicle_class)
    total = sum(edge.length for edge in source.edges.values() if edge.allows(vehicle_class))
    onward = [link for link in every if link.direction != "t"]
    reach = _reachable(source, onward)
    if sum(source.edges[name].length for name in reach) < min(1500.0, 0.5 * total):
        onward, reach = every, _reachable(source, every)
    if len(reach) < 2:
        raise ValueError(f"no round trip for the SUMO class {vehicle_class}")
    after: dict[str, dict[str, float]] = {name: {} for name in sorted(reach)}
    for link in onward:
        if link.start in reach and link.end in reach:
            after[link.start][link.end] = {"s": 2.0, "t": 0.1}.get(link.direction, 1.0)
    ends = {(source.edges[name].start, source.edges[name].end): name for name in sorted(reach)}
    edges = {name: source.edges[name] for name in sorted(reach)}
    return RoadGraph(
        length={name: edge.length for name, edge in edges.items()},
        next={name: tuple(sorted(choices.items())) for name, choices in after.items()},
        opposite={
            name: ends[edge.end, edge.start]
            for name, edge in edges.items()
            if (edge.end, edge.start) in ends
        },
        limit=max(lane.speed for edge in edges.values() for lane in edge.lanes),
    )


def road_graphs(source: NetFile, classes: Iterable[str]) -> dict[str, RoadGraph]:
    """Return the streets of each of `classes` that may drive in `source` at all.

    Bicycles, for instance, have none on a motorway.

    Raises:
        ValueError: there are streets for a class, but no round trip.
    """
    normal = [edge for edge in source.edges.values() if edge.function == "normal"]
    present = [name for name in classes if any(edge.allows(name) for edge in normal)]
    return {name: road_graph(source, name) for name in present}


def journey(
    graph: RoadGraph, start: Sequence[str], length: float, rng: np.random.Generator
) -> tuple[str, ...]:
    """Return `start` continued at random for `length` [m]; new streets are preferred."""
    route, way = list(start), 0.0
    visits: dict[str, int] = defaultdict(int)
    while way < length:
        names, weights = zip(*graph.next[route[-1]], strict=True)
        odds = np.array(weights) * 0.4 ** np.array([visits[name] for name in names])
        chosen = names[int(rng.choice(len(names), p=odds / odds.sum()))]
        visits[chosen] += 1
        route.append(chosen)
        way += graph.length[chosen]
    return tuple(route)


@dataclass(frozen=True, eq=False)
class WalkGraph:
    """Sidewalks: edges that people may walk along in either direction.

    Attributes:
        length: [m] of each edge.
        ends: the two places (corner clusters joined by crossings) that each edge connects.
        meeting: edges that meet at each place.
    """

    length: Mapping[str, float]
    ends: Mapping[str, tuple[str, str]]
    meeting: Mapping[str, tuple[str, ...]]


def _corners(source: NetFile) -> dict[str, str]:
    """Return for each walking area the first of those that crossings join it with."""
    functions = {name: edge.function for name, edge in source.edges.items()}
    first = {name: name for name, function in functions.items() if function == "walkingarea"}
    sides: dict[str, set[str]] = defaultdict(set)
    for link in source.connections:
        for area, other in ((link.start, link.end), (link.end, link.start)):
            if area in first and functions.get(other) == "crossing":
                sides[other].add(area)
    for crossing in sorted(sides):
        joined = {first[area] for area in sides[crossing]}
        first = {area: min(joined) if own in joined else own for area, own in first.items()}
    return first


def walk_graph(source: NetFile) -> WalkGraph:
    """Return the sidewalks of `source`."""
    first = _corners(source)
    start, end = {}, {}
    for link in source.connections:
        if link.end in first and not link.start.startswith(":"):
            end[link.start] = first[link.end]
        if link.start in first and not link.end.startswith(":"):
            start[link.end] = first[link.start]
    meeting: dict[str, list[str]] = defaultdict(list)
    edges = sorted(set(start) & set(end))
    for edge in edges:
        meeting[start[edge]].append(edge)
        meeting[end[edge]].append(edge)
    return WalkGraph(
        length={edge: source.edges[edge].length for edge in edges},
        ends={edge: (start[edge], end[edge]) for edge in edges},
        meeting={place: tuple(names) for place, names in meeting.items()},
    )


def stroll(
    graph: WalkGraph, start: str, length: float, rng: np.random.Generator
) -> tuple[str, ...]:
    """Return a walk of about `length` [m] from `start`, across a junction after each block."""
    route = [start]
    place = graph.ends[start][int(rng.integers(2))]
    way = 0.0
    while way < length:
        others = [edge for edge in graph.meeting[place] if edge != route[-1]]
        if not others:
            break
        chosen = others[int(rng.integers(len(others)))]
        one, other = graph.ends[chosen]
        place = other if place == one else one
        route.append(chosen)
        way += graph.length[chosen]
    return tuple(route)
