"""Stations along the kerb: where things can stand beside a street without standing in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from jaxtyping import Float
from shapely.geometry.base import BaseGeometry

from synthgen.geometry import Array
from synthgen.network import Lane, Network

WHEELS = ("drive", "bicycle", "shoulder", "paved", "parking")
COUNTRY = frozenset({"rural", "motorway"})
"""Kinds of places whose roads lie in open land."""


@dataclass(frozen=True)
class Station:
    """A point beside a street.

    Attributes:
        x: [m].
        y: [m].
        yaw: [rad] direction of the traffic that passes it; the street lies to the left.
        lane: the lane it stands beside.
    """

    x: float
    y: float
    yaw: float
    lane: str


def outer_lanes(network: Network) -> list[Lane]:
    """Return the rightmost lane of each edge of its carriageway, shoulders too."""
    best: dict[str, Lane] = {}
    for lane in network.lanes:
        if lane.kind in WHEELS and (lane.edge not in best or lane.index < best[lane.edge].index):
            best[lane.edge] = lane
    return list(best.values())


def stations(lane: Lane, places: Sequence[float], beyond: float) -> list[Station]:
    """Return stations `places` [m] along `lane`, `beyond` [m] right of its right edge."""
    line = lane.shape[:, :2]
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    along = np.concatenate([[0], np.cumsum(steps)])
    found = []
    for place in places:
        if not 0 <= place <= along[-1]:
            continue
        segment = min(max(int(np.searchsorted(along, place, side="right")) - 1, 0), len(steps) - 1)
        ahead = (line[segment + 1] - line[segment]) / max(steps[segment], 1e-9)
        right = np.array([ahead[1], -ahead[0]])
        spot = line[segment] + ahead * (place - along[segment]) + right * (lane.width / 2 + beyond)
        yaw = float(np.arctan2(ahead[1], ahead[0]))
        found.append(Station(float(spot[0]), float(spot[1]), yaw, lane.name))
    return found


def length(lane: Lane) -> float:
    """Return the length of a lane [m]."""
    return float(np.linalg.norm(np.diff(lane.shape[:, :2], axis=0), axis=1).sum())


def clear(
    spots: Sequence[Station], blocked: BaseGeometry, taken: Float[Array, "n 2"], apart: float
) -> list[Station]:
    """Return stations outside `blocked`, `apart` [m] from `taken` and from each other."""
    if not spots:
        return []
    inside = shapely.contains_xy(blocked, [s.x for s in spots], [s.y for s in spots])
    places = np.array([(s.x, s.y) for s in spots])
    near = np.concatenate([taken, np.empty_like(places)])
    kept: list[Station] = []
    for spot, place, bad in zip(spots, places, inside, strict=True):
        count = len(taken) + len(kept)
        if bad or (((place - near[:count]) ** 2).sum(axis=1) < apart**2).any():
            continue
        near[count] = place
        kept.append(spot)
    return kept
