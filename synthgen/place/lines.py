"""Lines painted along lanes.

Source: FHWA, Manual on Uniform Traffic Control Devices, 11th edition, 2023, sections 3A.05 (width
10 to 15 cm), 3B.01 to 3B.06 (yellow between directions, white between lanes), 3B.07 (edge lines).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.network import Lane, PaintedLine
from synthgen.place.planar import clean, cut, dashes, lengths, offset, ribbon

WIDTH = 0.12
DASH, GAP = 3.0, 6.0
SOLID_BEFORE_JUNCTION = 22.0
STOP_AT = 0.5
"""[m] from the end of a lane to the near edge of its stop line."""
STOP_WIDTH = 0.4
EDGED = frozenset({"arterial", "industrial", "rural", "motorway", "osm", "opendrive"})
"""Kinds of places whose larger roads have edge lines."""
OVERTAKING = 1 / 700
"""[1/m] Most mean curvature of a country road on which the centre line is broken."""
_CLEAR = STOP_AT + STOP_WIDTH + 0.2


@dataclass(frozen=True, eq=False)
class Edge:
    """The wheeled lanes of one SUMO edge, right to left."""

    name: str
    lanes: tuple[Lane, ...]
    partner: str

    @property
    def road(self) -> str:
        """Road class."""
        return self.lanes[0].road

    @property
    def major(self) -> bool:
        """Whether the road is more than a quiet street."""
        return self.road.split("_")[0] not in ("residential", "living", "service", "unclassified")

    @property
    def left(self) -> Float[Array, "k 2"]:
        """Left border of the leftmost lane."""
        return offset(clean(self.lanes[-1].shape), self.lanes[-1].width / 2)


def edges(lanes: Sequence[Lane]) -> list[Edge]:
    """Return the edges that `lanes` form, each with the edge that runs against it beside it."""
    groups: dict[str, list[Lane]] = {}
    for lane in lanes:
        if lane.kind in ("drive", "bicycle") and len(clean(lane.shape)) > 1:
            groups.setdefault(lane.edge, []).append(lane)
    alone = [
        Edge(name, tuple(sorted(group, key=lambda lane: lane.index)), "")
        for name, group in groups.items()
    ]
    ways: dict[tuple[str, str], list[Edge]] = {}
    for edge in alone:
        ways.setdefault((edge.lanes[0].start, edge.lanes[0].end), []).append(edge)
    found = []
    for edge in alone:
        back = ways.get((edge.lanes[0].end, edge.lanes[0].start), [])
        partner = next((other.name for other in back if _beside(edge, other)), "")
        found.append(Edge(edge.name, edge.lanes, partner))
    return found


def _beside(one: Edge, other: Edge) -> bool:
    gap = np.linalg.norm(one.left[[0, -1]] - other.left[[-1, 0]], axis=1)
    return bool(gap.max() < 1.0)


def white_lines(edge: Edge, kind: str) -> list[Float[Array, "n 4 2"]]:
    """Return the white lines of `edge`: dividers, bicycle lanes and the right edge."""
    found = []
    for right, left in zip(edge.lanes, edge.lanes[1:], strict=False):
        border = offset(clean(right.shape), right.width / 2)
        if right.kind != left.kind:
            found.append(_solid(border, WIDTH, _end(right)))
        else:
            found.extend(_divider(border, _end(right)))
    outer = edge.lanes[0]
    if edge.major and kind in EDGED and outer.kind == "drive":
        border = offset(clean(outer.shape), 0.2 - outer.width / 2)
        found.append(_solid(border, WIDTH, _end(outer)))
    return found


def mapped(line: PaintedLine) -> Float[Array, "n 4 2"]:
    """Return the paint of a line that the map has."""
    shape, (painted, free) = clean(line.shape), line.dash
    if len(shape) < 2:
        return np.zeros((0, 4, 2))
    if painted > 0 and free > 0:
        return dashes(shape, line.width, painted, free)
    return ribbon(shape, line.width)


def yellow_lines(edge: Edge, kind: str = "") -> list[Float[Array, "n 4 2"]]:
    """Return the yellow lines of `edge`; of two partners one alone paints the centre.

    In the country narrow roads have none, and one may overtake where the road is straight.
    """
    border, end = edge.left, _end(edge.lanes[-1])
    if edge.partner:
        if edge.name > edge.partner or (kind == "rural" and not edge.major):
            return []
        if edge.major and (kind != "rural" or _turning(border) > OVERTAKING):
            return [_solid(offset(border, side), WIDTH, end, 1.0) for side in (-0.12, 0.12)]
        return [dashes(cut(border, 1.0, max(lengths(border)[-1] - end, 1.1)), WIDTH, DASH, GAP)]
    if edge.major:
        return [_solid(offset(border, -0.2), WIDTH, end)]
    return []


def _turning(line: Float[Array, "k 2"]) -> float:
    """Return the mean curvature [1/m] of `line`."""
    step = np.diff(line, axis=0)
    angle = np.unwrap(np.arctan2(step[:, 1], step[:, 0]))
    return float(np.abs(np.diff(angle)).sum() / lengths(line)[-1])


def _end(lane: Lane) -> float:
    """Way [m] before the end of `lane` at which its lines stop."""
    return _CLEAR if lane.yields in ("signal", "stop", "yield") else 0.3


def _solid(line: Array, width: float, end: float, start: float = 0.3) -> Float[Array, "n 4 2"]:
    total = lengths(line)[-1]
    if total < start + end + 1.0:
        return np.zeros((0, 4, 2))
    return ribbon(cut(line, start, total - end), width)


def _divider(line: Array, end: float) -> list[Float[Array, "n 4 2"]]:
    """Broken line, solid before a junction where traffic must choose its lane."""
    total = lengths(line)[-1]
    if end < _CLEAR or total < 2 * SOLID_BEFORE_JUNCTION:
        return [dashes(line, WIDTH, DASH, GAP)]
    turn = total - SOLID_BEFORE_JUNCTION
    return [
        dashes(cut(line, 0.3, turn), WIDTH, DASH, GAP),
        ribbon(cut(line, turn, total - end), WIDTH),
    ]
