"""What is painted across or in the middle of lanes: stop lines, triangles, arrows, bicycles.

Source: FHWA, Manual on Uniform Traffic Control Devices, 11th edition, 2023, sections 3B.19 (stop
and yield lines) and 3B.23 (arrows); shapes are our own, sized alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from jaxtyping import Float

from synthgen.geometry import Array, wrap
from synthgen.network import Lane, Network
from synthgen.place.lines import STOP_AT, STOP_WIDTH, Edge
from synthgen.place.planar import along, clean, lengths, triangulate

TOOTH, TOOTH_BASE = 0.65, 0.44
"""[m] height and base of a yield triangle."""
_SHAFT = 0.08
_TURN = np.radians(35)


@dataclass(frozen=True, eq=False)
class Crossbar:
    """Paint across the end of a lane.

    Attributes:
        lane: whose end it is.
        kind: stop_line or yield_line.
        triangles: what is painted.
        line: middle, from right to left.
        width: [m] across the line.
        painted: way [m] along `line` from, to of each piece that has paint.
    """

    lane: str
    kind: str
    triangles: Float[Array, "t 3 2"]
    line: Float[Array, "2 2"]
    width: float
    painted: Float[Array, "n 2"]


def crossbars(lanes: Sequence[Lane]) -> list[Crossbar]:
    """Return the stop lines and yield triangles at the ends of `lanes`."""
    found = []
    for lane in lanes:
        if lane.kind == "walk" or lengths(clean(lane.shape))[-1] < 4:
            continue
        if lane.yields in ("signal", "stop"):
            found.append(_stop_line(lane))
        elif lane.yields == "yield":
            found.append(_yield_line(lane))
    return found


def stop_lines(lanes: Sequence[Lane]) -> Float[Array, "t 3 2"]:
    """Return the triangles of the stop lines and yield triangles at the ends of `lanes`."""
    return np.concatenate([np.zeros((0, 3, 2)), *(bar.triangles for bar in crossbars(lanes))])


def _stop_line(lane: Lane) -> Crossbar:
    half = lane.width / 2 - 0.12
    middle = np.array([[-STOP_WIDTH / 2, -half], [-STOP_WIDTH / 2, half]])
    return Crossbar(
        lane.name, "stop_line", _on_lane(_bar(lane.width), lane, STOP_AT),
        _on_lane(middle, lane, STOP_AT), STOP_WIDTH, np.array([[0.0, 2 * half]]),
    )  # fmt: skip


def _yield_line(lane: Lane) -> Crossbar:
    """Triangles are painted where their row's middle crosses them: half their base."""
    teeth = _teeth(lane.width)
    half = lane.width / 2 - 0.12
    middle = np.array([[-TOOTH / 2, -half], [-TOOTH / 2, half]])
    across = teeth[:, 0, 1] + half
    painted = np.column_stack([across - TOOTH_BASE / 4, across + TOOTH_BASE / 4])
    return Crossbar(
        lane.name, "yield_line", _on_lane(teeth, lane, STOP_AT),
        _on_lane(middle, lane, STOP_AT), TOOTH, painted,
    )  # fmt: skip


def arrows(network: Network, edges: Sequence[Edge]) -> Float[Array, "t 3 2"]:
    """Return the triangles of turn arrows on approaches with two or more lanes."""
    starts = np.array([line[0, :2] for line in network.connectors]).reshape(-1, 2)
    found = [np.zeros((0, 3, 2))]
    for edge in edges:
        driven = [lane for lane in edge.lanes if lane.kind == "drive"]
        signed = driven[0].yields in ("signal", "stop", "yield") if driven else False
        for lane in driven if len(driven) > 1 and signed else ():
            way = lengths(clean(lane.shape))[-1]
            shape = _arrow(_turns(lane, network, starts))
            found.extend(_on_lane(shape, lane, back) for back in (6.0, 26.0) if way > back + 8)
    return np.concatenate(found)


def bicycles(lanes: Sequence[Lane]) -> Float[Array, "t 3 2"]:
    """Return the triangles of bicycle symbols, every 40 m of bicycle lane."""
    found = [np.zeros((0, 3, 2))]
    shape = _bicycle()
    for lane in lanes:
        if lane.kind == "bicycle":
            way = lengths(clean(lane.shape))[-1]
            found.extend(_on_lane(shape, lane, back) for back in np.arange(4.0, way - 3, 40.0))
    return np.concatenate(found)


def _on_lane(shape: Array, lane: Lane, back: float) -> Float[Array, "t 3 2"]:
    """Local triangles (x forward, y left, x = 0 at the front) `back` [m] before the end."""
    line = clean(lane.shape)
    way = lengths(line)[-1] - back
    a, b = along(line, np.array([way - 0.5, way]))
    forward = (b - a) / max(float(np.linalg.norm(b - a)), 1e-9)
    left = np.array([-forward[1], forward[0]])
    return b + shape[..., :1] * forward + shape[..., 1:] * left


def _turns(lane: Lane, network: Network, starts: Array) -> tuple[bool, bool, bool]:
    """Whether `lane` leads left, straight on, right."""
    tip = clean(lane.shape)
    heading = np.arctan2(*(tip[-1] - tip[-2])[::-1])
    left = straight = right = False
    for index in np.flatnonzero(np.linalg.norm(starts - tip[-1], axis=1) < 0.4):
        line = clean(network.connectors[index])
        step = line[-1] - line[max(len(line) - 2, 0)]
        chord = line[-1] - line[0]
        turn = wrap(np.arctan2(step[1], step[0]) - heading)
        bend = wrap(np.arctan2(chord[1], chord[0]) - heading)
        angle = turn if abs(turn) < np.radians(150) else 2 * bend
        left, right = left or angle > _TURN, right or angle < -_TURN
        straight = straight or abs(angle) <= _TURN
    return left, straight, right


def _rectangle(x0: float, x1: float, y0: float, y1: float) -> shapely.Polygon:
    return shapely.box(x0, y0, x1, y1)


def _bar(width: float) -> Float[Array, "t 3 2"]:
    half = width / 2 - 0.12
    return triangulate(_rectangle(-STOP_WIDTH, 0, -half, half))


def _teeth(width: float) -> Float[Array, "t 3 2"]:
    count = max(int((width - 0.3) // 0.65), 1)
    middle = (np.arange(count) - (count - 1) / 2) * 0.65
    side = TOOTH_BASE / 2
    base = np.array([[-TOOTH, 0.0], [0.0, -side], [0.0, side]])
    return base + np.stack([np.zeros(count), middle], axis=1)[:, None]


@cache
def _arrow(turns: tuple[bool, bool, bool]) -> Float[Array, "t 3 2"]:
    """Arrow whose tip lies at x = 0, 3.4 m long."""
    left, straight, right = turns
    parts = [_rectangle(-3.4, -1.9, -_SHAFT, _SHAFT)]
    if straight or not (left or right):
        parts.append(_rectangle(-2.0, -1.1, -_SHAFT, _SHAFT))
        parts.append(shapely.Polygon([(-1.2, -0.3), (0.0, 0.0), (-1.2, 0.3)]))
    for side, wanted in ((1, left), (-1, right)):
        if wanted:
            arm = [(-2.4, 0), (-1.72, side * 0.5), (-1.42, side * 0.42), (-2.2, -side * _SHAFT)]
            head = [(-2.1, side * 0.42), (-1.1, side * 0.42), (-1.35, side * 1.05)]
            parts.extend([shapely.Polygon(arm), shapely.Polygon(head)])
    whole = shapely.union_all([part.buffer(0) for part in parts])
    return np.concatenate([triangulate(part) for part in shapely.get_parts(whole)])


def _bicycle() -> Float[Array, "t 3 2"]:
    """A bicycle seen from the side, wheels across the lane, 1.1 m wide and 1.5 m long."""
    wheels = [shapely.Point(-1.1, y).buffer(0.27, quad_segs=4) for y in (-0.38, 0.38)]
    hubs = [shapely.Point(-1.1, y).buffer(0.19, quad_segs=4) for y in (-0.38, 0.38)]
    nodes = {
        "rear": (-1.1, 0.38), "front": (-1.1, -0.38), "crank": (-1.1, 0.05),
        "seat": (-0.55, 0.18), "bar": (-0.5, -0.28), "saddle": (-0.45, 0.22),
    }  # fmt: skip
    struts = ("rear crank", "crank bar", "bar seat", "seat rear", "bar front", "crank saddle")
    frame = [
        shapely.LineString([nodes[name] for name in strut.split()]).buffer(0.035, cap_style="flat")
        for strut in struts
    ]
    rings = shapely.union_all(wheels).difference(shapely.union_all(hubs))
    whole = shapely.union_all([rings, *frame])
    return np.concatenate([triangulate(part) for part in shapely.get_parts(whole)])
