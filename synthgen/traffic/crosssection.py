"""From OpenDRIVE roads to what lies where: strips of lanes, painted lines, heights."""

from collections.abc import Iterator, Mapping

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.network import PaintedLine, Ribbon, Strip
from synthgen.traffic.planview import reference
from synthgen.traffic.xodr import Mark, Road, Section, XodrLane, cubic

STEP = 2.0
"""[m] between cross-sections."""
USES: Mapping[str, str] = {
    **dict.fromkeys(
        ("driving", "entry", "exit", "onRamp", "offRamp", "connectingRamp", "slipLane", "mwyEntry",
         "mwyExit", "bidirectional", "special1", "special2", "special3", "bus", "taxi", "HOV"),
        "drive"),
    **dict.fromkeys(
        ("shoulder", "border", "stop", "parking", "restricted", "roadWorks", "tram"), "paved"),
    "biking": "bicycle",
    **dict.fromkeys(("sidewalk", "walking", "curb"), "walk"),
}  # fmt: skip
"""What the lane types of OpenDRIVE are used for here; all others are land.

Source: ASAM e.V., "OpenDRIVE", version 1.8.0, 2023, section 11.5 (lane types).
"""
_SOLID, _BROKEN = True, False
PATTERNS: Mapping[str, tuple[bool, ...]] = {
    "solid": (_SOLID,),
    "broken": (_BROKEN,),
    "solid solid": (_SOLID, _SOLID),
    "solid broken": (_SOLID, _BROKEN),
    "broken solid": (_BROKEN, _SOLID),
    "broken broken": (_BROKEN, _BROKEN),
}
"""Lines of each kind of road mark, from the inside out; other kinds are no paint."""
_APART = 0.12
"""[m] between the two of a double line."""


def stations(road: Road, start: float, end: float) -> Float[Array, "n"]:
    """Return ways [m] from `start` to `end` where the road is looked at, `STEP` apart at most."""
    marks = [piece.start for piece in road.line]
    marks += [*road.offset[:, 0], *road.elevation[:, 0], *road.tilt[:, 0]]
    inner = [mark for mark in marks if start + 0.2 < mark < end - 0.2]
    count = max(int(np.ceil((end - start) / STEP)), 1) + 1
    every = np.unique(np.concatenate([np.linspace(start, end, count), inner]).round(9))
    return every[np.concatenate([[True], np.diff(every) > 0.05])]


def borders(road: Road, section: Section, way: Float[Array, "n"]) -> dict[int, Float[Array, "n"]]:
    """Return the lateral place t [m] of every lane's outer border, that of lane 0 included.

    Raises:
        ValueError: a lane is narrower than nothing.
    """
    found = {0: cubic(road.offset, way)}
    for sign in (1, -1):
        numbers = sorted((n for n in section.lanes if n * sign > 0), key=abs)
        inner = found[0]
        for number in numbers:
            lane, local = section.lanes[number], way - section.start
            if len(lane.width) or not len(lane.border):
                width = cubic(lane.width, local)
            else:
                width = sign * (cubic(lane.border, local) - inner)
            if width.min() < -0.05:
                raise ValueError(
                    f"road {road.name} lane {number} has a negative width, {width.min():.2f} m"
                )
            inner = inner + sign * np.maximum(width, 0.0)
            found[number] = inner
    return found


def place(
    road: Road, way: Float[Array, "n"], aside: Float[Array, "n"]
) -> tuple[Float[Array, "n 2"], Float[Array, "n"]]:
    """Return x, y [m] of points `aside` [m] left of the reference line, and its headings [rad]."""
    line = reference(road.line, way)
    left = np.column_stack([-np.sin(line[:, 2]), np.cos(line[:, 2])])
    return line[:, :2] + aside[:, None] * left, line[:, 2]


def ribbon(road: Road) -> Ribbon:
    """Return the surface of `road` in space; its points stay where they are in plan.

    A road that is tilted by an angle a is, strictly, narrower in plan by 1 - cos a: a thousandth
    at 4 %, which is left out.
    """
    parts = [stations(road, one.start, one.end) for one in road.sections]
    sides = [
        np.array(list(borders(road, one, way).values()))
        for one, way in zip(road.sections, parts, strict=True)
    ]
    keep = [part[1:] if number else part for number, part in enumerate(parts)]
    way = np.concatenate(keep)
    left = np.concatenate([s.max(axis=0)[-len(k) :] for s, k in zip(sides, keep, strict=True)])
    right = np.concatenate([s.min(axis=0)[-len(k) :] for s, k in zip(sides, keep, strict=True)])
    points, _ = place(road, way, np.zeros(len(way)))
    line = np.column_stack([points, cubic(road.elevation, way)])
    return Ribbon(line, np.tan(cubic(road.tilt, way)), left, right)


def strips(road: Road) -> Iterator[Strip]:
    """Yield the ground that each lane of `road` covers."""
    for section in road.sections:
        way = stations(road, section.start, section.end)
        sides = borders(road, section, way)
        for number, lane in section.lanes.items():
            inner = sides.get(number - int(np.sign(number)), sides[0])
            use = USES.get(lane.kind, "")
            if number and use and np.abs(sides[number] - inner).max() > 0.02:
                ring = [place(road, way, inner)[0], place(road, way, sides[number])[0][::-1]]
                yield Strip(use, np.concatenate(ring))


def lines(road: Road) -> Iterator[PaintedLine]:
    """Yield the lines painted on the borders of `road`'s lanes, none inside a junction.

    Roads through a junction lie over each other, and their lines with them.
    """
    for section in () if road.junction else road.sections:
        for lane in section.lanes.values():
            starts = [mark.start for mark in lane.marks]
            ends = [*starts[1:], section.end - section.start]
            for mark, end in zip(lane.marks, ends, strict=False):
                if mark.kind in PATTERNS and end - mark.start > 0.5:
                    yield from _painted(road, section, lane, mark, end)


def _painted(
    road: Road, section: Section, lane: XodrLane, mark: Mark, end: float
) -> Iterator[PaintedLine]:
    stop = min(section.start + end, section.end)
    way = stations(road, section.start + mark.start, stop)
    border = borders(road, section, way)[lane.number]
    pattern = PATTERNS[mark.kind]
    sign = -1 if lane.number < 0 else 1
    for index, solid in enumerate(pattern):
        aside = sign * (index - (len(pattern) - 1) / 2) * (_APART + mark.width)
        color = "yellow" if mark.color == "yellow" else "white"
        dash = (0.0, 0.0) if solid else mark.dash
        yield PaintedLine(place(road, way, border + aside)[0], mark.width, color, dash)
