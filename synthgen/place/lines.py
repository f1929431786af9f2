"""Lines painted along lanes: data first, from which paint and map are both made.

Source: FHWA, Manual on Uniform Traffic Control Devices, 11th edition, 2023, sections 3A.05 (width
10 to 15 cm), 3B.01 to 3B.06 (yellow between directions, white between lanes), 3B.07 (edge lines).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.network import Lane, PaintedLine
from synthgen.place.planar import clean, cut, dash_starts, dashes, lengths, offset, ribbon

WIDTH = 0.12
DASH, GAP = 3.0, 6.0
APART = 0.12
"""[m] from the middle of a double line to the middle of each of its stripes."""
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
class Stripe:
    """One stripe of paint.

    Attributes:
        line: its middle.
        dashed: whether it is broken.
        width: [m].
        dash: [m] painted, of a broken one.
        gap: [m] free, of a broken one.
    """

    line: Float[Array, "k 2"]
    dashed: bool
    width: float = WIDTH
    dash: float = DASH
    gap: float = GAP

    @property
    def quads(self) -> Float[Array, "n 4 2"]:
        """What is painted."""
        if self.dashed:
            return dashes(self.line, self.width, self.dash, self.gap)
        return ribbon(self.line, self.width)

    @property
    def painted(self) -> Float[Array, "n 2"]:
        """Way [m] from, to of each piece of paint."""
        total = lengths(self.line)[-1]
        if not self.dashed:
            return np.array([[0.0, total]])
        start = dash_starts(total, self.dash, self.gap)
        return np.column_stack([start, start + self.dash])


@dataclass(frozen=True, eq=False)
class Marking:
    """The paint of one border of a lane.

    Attributes:
        name: unique in the network.
        border: number of the border of its edge, 0 right of the rightmost lane.
        kind: solid, dashed or double_solid.
        color: white or yellow.
        middle: middle of the paint.
        stripes: what it consists of; empty where the lane is too short for paint.
    """

    name: str
    border: int
    kind: str
    color: str
    middle: Float[Array, "k 2"]
    stripes: tuple[Stripe, ...]

    @property
    def painted(self) -> Float[Array, "n 2"]:
        """Way [m] along `middle` from, to of each piece of paint."""
        if not self.stripes:
            return np.zeros((0, 2))
        return replace(self.stripes[0], line=self.middle).painted

    @property
    def width(self) -> float:
        """[m] of a stripe."""
        return self.stripes[0].width if self.stripes else WIDTH


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


def white_lines(edge: Edge, kind: str) -> list[Marking]:
    """Return the white lines of `edge`: dividers, bicycle lanes and the right edge."""
    found = []
    for number, (right, left) in enumerate(pairwise(edge.lanes), start=1):
        line = offset(clean(right.shape), right.width / 2)
        border = _Border(f"{right.name}/left", number, "white", line)
        if right.kind != left.kind:
            found.append(border.solid(_end(right)))
        else:
            found.extend(_divider(border, _end(right)))
    outer = edge.lanes[0]
    if edge.major and kind in EDGED and outer.kind == "drive":
        line = offset(clean(outer.shape), 0.2 - outer.width / 2)
        found.append(_Border(f"{outer.name}/right", 0, "white", line).solid(_end(outer)))
    return found


def mapped(lines: Sequence[PaintedLine]) -> list[Marking]:
    """Return the lines that a map has, which lie where they do, not along borders by number."""
    found = []
    for number, line in enumerate(lines):
        shape, (painted, free) = clean(line.shape), line.dash
        if len(shape) < 2:
            continue
        broken = painted > 0 and free > 0
        stripe = Stripe(shape, broken, line.width, painted, free)
        kind = "dashed" if broken else "solid"
        found.append(Marking(f"map/{number}", -1, kind, line.color, shape, (stripe,)))
    return found


def yellow_lines(edge: Edge, kind: str = "") -> list[Marking]:
    """Return the yellow lines of `edge`; of two partners one alone paints the centre.

    In the country narrow roads have none, and one may overtake where the road is straight.
    """
    inner, end = edge.lanes[-1], _end(edge.lanes[-1])
    border = _Border(f"{inner.name}/left", len(edge.lanes), "yellow", edge.left)
    if edge.partner:
        if edge.name > edge.partner or (kind == "rural" and not edge.major):
            return []
        if edge.major and (kind != "rural" or _turning(edge.left) > OVERTAKING):
            return [border.double(end)]
        return [border.dashed(1.0, max(lengths(edge.left)[-1] - end, 1.1))]
    if edge.major:
        return [replace(border, line=offset(edge.left, -0.2)).solid(end)]
    return []


def _turning(line: Float[Array, "k 2"]) -> float:
    """Return the mean curvature [1/m] of `line`."""
    step = np.diff(line, axis=0)
    angle = np.unwrap(np.arctan2(step[:, 1], step[:, 0]))
    return float(np.abs(np.diff(angle)).sum() / lengths(line)[-1])


def _end(lane: Lane) -> float:
    """Way [m] before the end of `lane` at which its lines stop."""
    return _CLEAR if lane.yields in ("signal", "stop", "yield") else 0.3


@dataclass(frozen=True, eq=False)
class _Border:
    """Where to paint and in which colour; see `Marking`."""

    name: str
    border: int
    color: str
    line: Float[Array, "k 2"]

    def solid(self, end: float) -> Marking:
        """Return an unbroken line that stops `end` [m] before the border does."""
        stripe = _solid(self.line, end)
        middle = stripe[0].line if stripe else self.line
        return Marking(self.name, self.border, "solid", self.color, middle, stripe)

    def double(self, end: float) -> Marking:
        """Return two unbroken lines side by side."""
        stripes = [_solid(offset(self.line, side), end, 1.0) for side in (-APART, APART)]
        middle = _solid(self.line, end, 1.0)
        return Marking(
            self.name, self.border, "double_solid", self.color,
            middle[0].line if middle else self.line, stripes[0] + stripes[1],
        )  # fmt: skip

    def dashed(self, start: float, end: float) -> Marking:
        """Return a broken line between the ways `start` and `end` [m]."""
        line = cut(self.line, start, end)
        return Marking(self.name, self.border, "dashed", self.color, line, (Stripe(line, True),))


def _solid(line: Array, end: float, start: float = 0.3) -> tuple[Stripe, ...]:
    total = lengths(line)[-1]
    if total < start + end + 1.0:
        return ()
    return (Stripe(cut(line, start, total - end), False),)


def _divider(border: _Border, end: float) -> list[Marking]:
    """Broken line, solid before a junction where traffic must choose its lane."""
    line, total = border.line, lengths(border.line)[-1]
    if end < _CLEAR or total < 2 * SOLID_BEFORE_JUNCTION:
        whole = (Stripe(line, True),)
        return [Marking(border.name, border.border, "dashed", border.color, line, whole)]
    turn = total - SOLID_BEFORE_JUNCTION
    last = Stripe(cut(line, turn, total - end), False)
    name = f"{border.name}/2"
    return [
        border.dashed(0.3, turn),
        Marking(name, border.border, "solid", border.color, last.line, (last,)),
    ]
