"""From a SUMO network file to the street network that places are built from."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.network import Crossing, Footprint, Junction, Lane, Link, Network, SignalHead
from synthgen.traffic.netfile import Connection, FileEdge, FileLane, NetFile, read_net_file


def lane_kind(classes: frozenset[str], road: str = "") -> str:
    """Return what a lane of a `road` class open to these SUMO `classes` is.

    That is drive, bicycle, walk, shoulder (of a motorway or its services, where nobody drives)
    or other.
    """
    if not classes and (road.startswith("motorway") or road == "services"):
        return "shoulder"
    if {"passenger", "bus", "delivery"} & classes:
        return "drive"
    if "pedestrian" in classes:
        return "walk"
    return "bicycle" if "bicycle" in classes else "other"


def _yields(links: Sequence[Connection]) -> str:
    """Return how a lane meets its junction, from all that leaves it.

    A lane of the major road has at least one link of state M: only its turns have to give way.
    """
    states = {link.state for link in links if not link.end.startswith(":")}
    if any(link.signal for link in links):
        return "signal"
    if "M" in states:
        return "priority"
    if states & {"s", "w"}:
        return "stop"
    return "yield" if "m" in states else "none"


def _lane(edge: FileEdge, lane: FileLane, links: Sequence[Connection]) -> Lane:
    return Lane(
        name=lane.name,
        edge=edge.name,
        index=lane.index,
        kind=lane_kind(lane.classes, edge.road),
        shape=lane.shape,
        width=lane.width,
        speed=lane.speed,
        road=edge.road,
        start=edge.start,
        end=edge.end,
        yields=_yields(links),
    )


def _lanes(source: NetFile) -> tuple[Lane, ...]:
    links: dict[tuple[str, int], list[Connection]] = defaultdict(list)
    for link in source.connections:
        links[link.start, link.start_lane].append(link)
    return tuple(
        _lane(edge, lane, links[edge.name, lane.index])
        for edge in source.edges.values()
        if edge.function == "normal"
        for lane in edge.lanes
    )


def _crossings(source: NetFile) -> tuple[Crossing, ...]:
    signalled = {link.end for link in source.connections if link.signal}
    return tuple(
        Crossing(
            name=edge.name,
            junction=edge.name[1:].rpartition("_c")[0],
            shape=edge.lanes[0].shape[:, :2],
            width=edge.lanes[0].width,
            signalled=edge.name in signalled,
        )
        for edge in source.edges.values()
        if edge.function == "crossing"
    )


def _head(source: NetFile, link: Connection) -> SignalHead:
    lane = source.edges[link.start].lanes[link.start_lane]
    before, at = lane.shape[-2], lane.shape[-1]
    return SignalHead(
        signal=link.signal,
        link=link.link,
        lane=lane.name,
        position=at,
        heading=float(np.arctan2(at[1] - before[1], at[0] - before[0])),
    )


def _heads(source: NetFile) -> tuple[SignalHead, ...]:
    """Return one head per vehicle lane and link, links in order."""
    heads = {
        (link.signal, link.link, link.start, link.start_lane): link
        for link in source.connections
        if link.signal and not link.start.startswith(":")
    }
    return tuple(_head(source, heads[key]) for key in sorted(heads))


def _links(source: NetFile) -> tuple[Link, ...]:
    """Return the ways of wheels through junctions, those of several inner lanes joined."""
    inner = {
        lane.name: lane.shape
        for edge in source.edges.values()
        if edge.function == "internal"
        for lane in edge.lanes
    }
    onward = {(link.start, link.start_lane): link for link in source.connections if link.via}
    found = []
    for link in source.connections:
        if link.start.startswith(":") or link.via not in inner:
            continue
        parts, via = [inner[link.via]], link.via
        while after := onward.get(_place(via)):
            via = after.via
            parts.append(inner[via])
        start = source.edges[link.start].lanes[link.start_lane]
        end = source.edges[link.end].lanes[link.end_lane]
        shape = _bridged(start.shape, np.concatenate(parts), end.shape)
        found.append(Link(start.name, end.name, source.edges[link.start].end, shape))
    return tuple(found)


def _bridged(
    before: Float[Array, "j 3"], way: Float[Array, "k 3"], after: Float[Array, "m 3"]
) -> Float[Array, "n 3"]:
    """Return `way` reaching from the end of `before` to the start of `after`.

    SUMO leaves gaps of up to a metre where a crossing pushes lanes back; where `way` begins or
    ends within these lanes instead, it stays as it is.
    """
    first, last = before[-1], after[0]
    parts = [way]
    if (way[0] - first) @ (first - before[-2]) > 0:
        parts = [first[None], *parts]
    if (last - way[-1]) @ (after[1] - last) > 0:
        parts = [*parts, last[None]]
    return np.concatenate(parts)


def _place(lane: str) -> tuple[str, int]:
    """Return edge and index of the lane called `lane`."""
    edge, _, index = lane.rpartition("_")
    return edge, int(index)


def _shapes(source: NetFile, function: str) -> list[Float[Array, "k 3"]]:
    return [
        lane.shape
        for edge in source.edges.values()
        if edge.function == function
        for lane in edge.lanes
    ]


def read_network(
    file: Path,
    name: str,
    kind: str,
    footprints: Sequence[Footprint] = (),
    trees: Float[Array, "n 2"] | None = None,
    attribution: str = "",
) -> Network:
    """Return the streets of SUMO network `file`.

    Args:
        file: network file, `.net.xml`.
        name: of the city or map.
        kind: downtown, suburb, arterial, industrial, rural, motorway or osm.
        footprints: building outlines, same coordinates.
        trees: [m] positions, same coordinates.
        attribution: licence line.

    Raises:
        ValueError: no lane for cars in it.
    """
    source = read_net_file(file)
    lanes = _lanes(source)
    if not any(lane.kind == "drive" for lane in lanes):
        raise ValueError(f"{name}: no street that cars may drive on")
    every = np.concatenate([lane.shape[:, :2] for lane in lanes])
    return Network(
        name=name,
        kind=kind,
        lanes=lanes,
        connectors=tuple(_shapes(source, "internal")),
        junctions=tuple(
            Junction(row.name, row.kind, row.position, row.shape) for row in source.junctions
        ),
        crossings=_crossings(source),
        walking_areas=tuple(shape[:, :2] for shape in _shapes(source, "walkingarea")),
        heads=_heads(source),
        footprints=tuple(footprints),
        trees=np.zeros((0, 2)) if trees is None else trees,
        low=every.min(axis=0),
        high=every.max(axis=0),
        attribution=attribution,
        links=_links(source),
    )
