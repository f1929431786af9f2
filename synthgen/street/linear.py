"""Where things stand that run along a road: pieces end to end, beside every edge of a network."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from jaxtyping import Float
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from synthgen.geometry import Array, yaw_quaternion
from synthgen.network import Lane, Network
from synthgen.street.fixture import Fixture
from synthgen.street.verge import WHEELS, Station, length, stations
from synthgen.world import Body

Height = Callable[[Float[Array, "n 2"]], Float[Array, "n"]]
SAGITTA = 0.1
"""[m] A straight piece may be this far from a curved road's line."""


@dataclass(frozen=True)
class Piece:
    """A straight piece of `length` [m] whose middle is at `station`."""

    station: Station
    length: float

    @property
    def line(self) -> LineString:
        """Its ground line."""
        ahead = np.array([np.cos(self.station.yaw), np.sin(self.station.yaw)]) * self.length / 2
        here = np.array([self.station.x, self.station.y])
        return LineString([here - ahead, here + ahead])


def inner_lanes(network: Network) -> list[Lane]:
    """Return the leftmost lane for wheels of each edge."""
    best: dict[str, Lane] = {}
    for lane in network.lanes:
        if lane.kind in WHEELS and (lane.edge not in best or lane.index > best[lane.edge].index):
            best[lane.edge] = lane
    return list(best.values())


def sharpest(lane: Lane) -> float:
    """Return the greatest curvature [1/m] of a lane, averaged over some 30 m."""
    step = np.diff(lane.shape[:, :2], axis=0)
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(step, axis=1))])
    yaw = np.unwrap(np.arctan2(step[:, 1], step[:, 0]))
    middle = (way[1:] + way[:-1]) / 2
    if way[-1] < 30 or len(yaw) < 3:
        return 0.0
    at = np.arange(0.0, way[-1], 10.0)
    turn = np.interp(at + 15, middle, yaw) - np.interp(at - 15, middle, yaw)
    return float(np.abs(turn).max() / 30.0)


def piece_length(lane: Lane, longest: float) -> float:
    """Return the length [m] of pieces that follow `lane`: chords within `SAGITTA` of its arc."""
    fits = float(np.sqrt(8 * SAGITTA / max(sharpest(lane), 1e-5)))
    return max(min(fits, longest), 3.0)


def pieces(
    lane: Lane, beyond: float, span: tuple[float, float], longest: float, left: bool = False
) -> list[Piece]:
    """Return pieces end to end beside `lane` over `span` of its way [m].

    Args:
        lane: the rightmost, or for `left` the leftmost lane of an edge.
        beyond: [m] from that lane's border.
        span: [m] start and end.
        longest: [m] of a piece.
        left: whether they stand left of the lane, turned round so that the road is on their left.
    """
    start, end = max(span[0], 0.0), min(span[1], length(lane))
    if end - start < 3.0:
        return []
    count = int(np.ceil((end - start) / piece_length(lane, longest)))
    step = (end - start) / count
    out = -(lane.width + beyond) if left else beyond
    found = stations(lane, [start + (i + 0.5) * step for i in range(count)], out)
    turned = [replace(s, yaw=s.yaw + np.pi) for s in found] if left else found
    stretch = step * _stretch(lane, out)
    return [Piece(station, round(stretch, 2)) for station in turned]


def _stretch(lane: Lane, out: float) -> float:
    """Return how much longer a line beside a curved lane is than the lane, on average."""
    ends = (length(lane) * np.linspace(0.02, 0.98, 25)).tolist()
    spots = stations(lane, ends, out)
    middle = stations(lane, ends, -lane.width / 2)
    ways = [
        float(np.hypot(np.diff([s.x for s in row]), np.diff([s.y for s in row])).sum())
        for row in (spots, middle)
    ]
    return ways[0] / max(ways[1], 1e-6)


def off_road(found: Sequence[Piece], blocked: BaseGeometry) -> list[Piece]:
    """Return the pieces that touch nothing of `blocked`."""
    if not found:
        return []
    shapely.prepare(blocked)
    lines = np.array([one.line for one in found], object)
    return [one for one, bad in zip(found, shapely.intersects(blocked, lines), strict=True)
            if not bad]  # fmt: skip


def fixtures(
    found: Sequence[Piece], make: Callable[[float], Body], height: Height, name: str
) -> list[Fixture]:
    """Return a thing for each piece; pieces of one length share one shape."""
    shapes = {one.length: make(one.length) for one in found}
    ground = height(np.array([(p.station.x, p.station.y) for p in found]).reshape(-1, 2))
    return [
        Fixture(
            replace(shapes[one.length], name=f"{name}/{number}"),
            (one.station.x, one.station.y, float(z)),
            tuple(yaw_quaternion(one.station.yaw).tolist()),
        )
        for number, (one, z) in enumerate(zip(found, ground, strict=True))
    ]


def obstacles(found: Sequence[Piece], width: float) -> Float[Array, "n 5"]:
    """Return what traffic must not run into: x, y [m], yaw [rad], length, width [m]."""
    rows = [(p.station.x, p.station.y, p.station.yaw, p.length, width) for p in found]
    return np.array(rows, float).reshape(-1, 5)


def stretches(
    total: float, on: tuple[float, float], off: tuple[float, float], rng: np.random.Generator
) -> list[tuple[float, float]]:
    """Return parts of the way `total` [m], with lengths drawn from `on` and gaps from `off`."""
    at, found = float(rng.uniform(0, off[1])) - off[0], []
    while at < total:
        end = at + float(rng.uniform(*on))
        found.append((max(at, 0.0), min(end, total)))
        at = end + float(rng.uniform(*off))
    return [(a, b) for a, b in found if b - a > 8.0]
