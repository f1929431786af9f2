"""Where someone may step onto the road: between parked cars, and where the kerb is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float
from shapely import STRtree
from shapely.geometry import LineString, Point

from synthgen.geometry import Array
from synthgen.network import Lane, Network
from synthgen.street.verge import length, outer_lanes, stations
from synthgen.traffic.plan import Spot
from synthgen.traffic.repair import rectangles

BAY = 2.9
"""[m] From the lane's edge to the far side of a parking bay, and a step more."""
OPEN = {True: 1.2, False: 3.5}
"""[m] From the lane's edge to where someone starts on a sidewalk, or on land beside the road."""
GAP = (0.85, 3.4)
"""[m] Between two parked cars: a child fits through, and is hidden."""
EVERY = 5.0
"""[m] Between open places that are looked at."""
BEYOND = 1.2
"""[m] Gone on after the far edge of the road."""


@dataclass(frozen=True, eq=False)
class Kerbside:
    """The kerb of one lane and what stands along it."""

    lane: Lane
    wide: float
    sidewalk: bool


def kerbsides(network: Network) -> list[Kerbside]:
    """Return the outer lanes with the width [m] of the road to the far side."""
    edges: dict[str, list[Lane]] = {}
    for lane in network.lanes:
        edges.setdefault(lane.edge, []).append(lane)
    ends = {(lanes[0].start, lanes[0].end): edge for edge, lanes in edges.items()}
    found = []
    for lane in outer_lanes(network):
        back = ends.get((lane.end, lane.start), "")
        both = [one for edge in (lane.edge, back) for one in edges.get(edge, [])]
        wide = sum(one.width for one in both if one.kind in ("drive", "bicycle"))
        walk = any(one.kind == "walk" for one in edges[lane.edge])
        found.append(Kerbside(lane, wide, walk))
    return found


def spots(
    network: Network, parked: Float[Array, "n 5"], others: Float[Array, "m 5"]
) -> tuple[Spot, ...]:
    """Return every place from which someone may step onto the road.

    Args:
        network: the streets.
        parked: x, y [m], yaw [rad], length, width [m] of parked cars.
        others: the same of lamps, trees and other furniture.
    """
    sides = kerbsides(network)
    if not sides:
        return ()
    lines = [LineString(side.lane.shape[:, :2]) for side in sides]
    rows: dict[int, list[tuple[float, float]]] = {}
    near = STRtree(lines).nearest([Point(x, y) for x, y in parked[:, :2]]) if len(parked) else []
    for index, car in zip(near, parked, strict=True):
        along = float(lines[index].project(Point(car[0], car[1])))
        rows.setdefault(int(index), []).append((along, float(car[3])))
    wall = STRtree(rectangles(np.concatenate([parked, others]), 0.7))
    found = []
    for number, side in enumerate(sides):
        cars = sorted(rows.get(number, []))
        wanted = [(place, True) for place in _gaps(cars)]
        wanted += [(place, False) for place in np.arange(12.0, length(side.lane) - 6, EVERY)]
        found += [spot for place, hidden in wanted if (spot := _spot(side, place, hidden, wall))]
    return tuple(found)


def _gaps(cars: Sequence[tuple[float, float]]) -> list[float]:
    """Return the middles [m] of gaps between cars (middle, length) [m] in a row."""
    found = []
    for (one, long), (other, longer) in pairwise(cars):
        low, high = one + long / 2, other - longer / 2
        if GAP[0] <= high - low <= GAP[1]:
            found.append((low + high) / 2)
    return found


def _spot(side: Kerbside, place: float, hidden: bool, wall: STRtree) -> Spot | None:
    """Return the spot `place` [m] along a kerb, unless something stands in its way."""
    back = BAY if hidden else OPEN[side.sidewalk]
    stand = stations(side.lane, [place], back)
    if not stand:
        return None
    yaw = stand[0].yaw + np.pi / 2
    start = np.array([stand[0].x, stand[0].y])
    way = LineString([start, start + (back + 0.3) * np.array([np.cos(yaw), np.sin(yaw)])])
    if len(wall.query(way, predicate="intersects")):
        return None
    across = back + side.wide + BEYOND
    x, y = (float(value) for value in start)
    return Spot(side.lane.edge, x, y, float(yaw), float(across), hidden, side.sidewalk)
