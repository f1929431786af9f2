"""The map of a world: lanes, the lines that bound them, and what the signals speak to.

World frame, metres. It is data first: what is painted on the road is made from these very lines.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.geometry import Array

SPACING = 1.0
"""[m] largest way between two samples of a line."""


@dataclass(frozen=True, eq=False)
class Boundary:
    """A line along or across lanes.

    Attributes:
        name: unique in the world.
        kind: solid, dashed, double_solid, stop_line, yield_line; without paint road_edge where
            the carriageway ends and virtual between lanes.
        color: white, yellow, or empty for none.
        line: middle of the line, in the direction of the lane that is named first in `name`.
        width: [m] of a stripe across the line, 0 without paint.
        gap: [m] between the middles of the two stripes of a double line, else 0.
        painted: [m] from, to along `line` of each piece that has paint on it.
    """

    name: str
    kind: str
    color: str
    line: Float[Array, "k 3"]
    width: float
    gap: float
    painted: Float[Array, "n 2"]


@dataclass(frozen=True, eq=False)
class StreetLane:
    """A lane, outside junctions or through one.

    Attributes:
        name: SUMO's lane id; of a way through a junction, from and to joined by ` > `.
        edge: lanes of one road and direction share it; empty inside junctions.
        junction: that it passes through, empty outside.
        kind: drive, bicycle, walk, shoulder, paved or other, see `network.Lane`.
        road: road class, e.g. residential; that of the lane it leaves inside junctions.
        speed: [m/s] limit.
        width: [m].
        line: centre line in driving direction.
        area: outline of the ground it covers, not closed.
        left: names of its left boundaries in driving direction.
        right: names of its right boundaries in driving direction.
        stop: names of the stop or yield lines at its end.
        after: names of the lanes that follow.
    """

    name: str
    edge: str
    junction: str
    kind: str
    road: str
    speed: float
    width: float
    line: Float[Array, "k 3"]
    area: Float[Array, "m 2"]
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Control:
    """What a traffic light shows: `link` of program `signal`, which controls `lanes`."""

    signal: str
    link: int
    lanes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Samples:
    """Points on all boundaries, at most `SPACING` apart, boundary by boundary.

    Attributes:
        owner: index of the boundary.
        point: [m] world frame.
        painted: whether there is paint.
    """

    owner: Int[Array, "n"]
    point: Float[Array, "n 3"]
    painted: Bool[Array, "n"]


@dataclass(frozen=True, eq=False)
class Streets:
    """The map of a world.

    Attributes:
        lanes: all lanes.
        boundaries: all lines.
        junctions: outline of each junction's area by name.
        controls: what traffic lights show, by the name of the body.
    """

    lanes: tuple[StreetLane, ...] = ()
    boundaries: tuple[Boundary, ...] = ()
    junctions: Mapping[str, Float[Array, "k 2"]] = field(default_factory=dict)
    controls: Mapping[str, Control] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> dict[str, StreetLane]:
        """Lanes by name."""
        return {lane.name: lane for lane in self.lanes}

    @cached_property
    def samples(self) -> Samples:
        """Points along every boundary."""
        found = [sample(one) for one in self.boundaries]
        counts = [len(point) for point, _ in found]
        return Samples(
            np.repeat(np.arange(len(found)), counts),
            np.concatenate([np.zeros((0, 3)), *(point for point, _ in found)]),
            np.concatenate([np.zeros(0, bool), *(painted for _, painted in found)]),
        )


def sample(boundary: Boundary) -> tuple[Float[Array, "n 3"], Bool[Array, "n"]]:
    """Return points along `boundary`, its own and some between, and where it has paint."""
    line = boundary.line
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    way = np.concatenate([[0.0], np.cumsum(steps)])
    count = max(int(np.ceil(way[-1] / SPACING)), 1)
    at = np.unique(np.concatenate([way, np.linspace(0.0, way[-1], count + 1)]))
    point = np.column_stack([np.interp(at, way, line[:, axis]) for axis in range(3)])
    start, end = boundary.painted[:, :1], boundary.painted[:, 1:]
    covered: Bool[Array, "p n"] = (at >= start) & (at <= end)
    return point, covered.sum(axis=0) > 0


NO_STREETS = Streets()
"""The map of a world without streets."""
