"""What an OpenDRIVE file says, as plain records.

Source: ASAM e.V., "OpenDRIVE", version 1.8.0, 2023, chapters 8 to 14.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.traffic.planview import NUMBERS, Piece

LONGEST = 20_000.0
"""[m] of one road: more is a fault of the file, or no map of a quarter."""
Cubics = Float[Array, "n 5"]
"""Rows of start, a, b, c, d: from `start` on the value is a + b ds + c ds2 + d ds3."""


@dataclass(frozen=True)
class Mark:
    """One `<roadMark>` from `start` [m] in its section; `dash` is painted and free [m]."""

    start: float
    kind: str
    color: str
    width: float
    dash: tuple[float, float]


@dataclass(frozen=True, eq=False)
class XodrLane:
    """One `<lane>`: the farther the number from 0 the farther out, left above 0.

    Attributes:
        number: id.
        kind: OpenDRIVE lane type.
        width: [m] over the way in the section.
        border: [m] outer limit from the reference line, where the lane has no width records.
        marks: on its outer border.
    """

    number: int
    kind: str
    width: Cubics
    border: Cubics
    marks: tuple[Mark, ...]


@dataclass(frozen=True, eq=False)
class Section:
    """One `<laneSection>` from `start` to `end` [m]; the center lane is number 0."""

    start: float
    end: float
    lanes: Mapping[int, XodrLane]


@dataclass(frozen=True)
class Standing:
    """A signal or object beside a road.

    Attributes:
        kind: OpenDRIVE type.
        name: free text.
        s: [m] along the road.
        t: [m] to the left of the reference line.
        turn: [rad] relative to the road.
        forward: whether it is meant for traffic in the direction of `s`.
        dynamic: whether it is a signal that changes.
        size: [m] length, width, height; 0 where the file has none.
        outline: [m] corners: u, v in its own frame; empty for none.
    """

    kind: str
    name: str
    s: float
    t: float
    turn: float
    forward: bool
    dynamic: bool
    size: tuple[float, float, float]
    outline: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, eq=False)
class Road:
    """One `<road>`.

    Attributes:
        name: id.
        junction: id of the junction that it lies in, empty for none.
        length: [m].
        kind: road type, e.g. town, motorway.
        ends: junctions at its start and end, empty for none.
        line: the reference line.
        offset: [m] of the center lane to the left.
        elevation: [m].
        tilt: [rad] superelevation, left side up.
        sections: in order.
        signals: and references to signals of other roads, by id.
        objects: standing things.
    """

    name: str
    junction: str
    length: float
    kind: str
    ends: tuple[str, str]
    line: tuple[Piece, ...]
    offset: Cubics
    elevation: Cubics
    tilt: Cubics
    sections: tuple[Section, ...]
    signals: Mapping[str, Standing]
    objects: tuple[Standing, ...]


def number(element: ElementTree.Element, key: str, default: float | None = None) -> float:
    """Return the finite number in attribute `key`.

    Raises:
        KeyError: it is missing, and there is no default.
        ValueError: it is no finite number.
    """
    text = element.attrib[key] if default is None else element.get(key, str(default))
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise ValueError(f"has <{element.tag} {key}={text[:40]!r}>, expected a number")
    return value


def cubic(rows: Cubics, way: Float[Array, "n"]) -> Float[Array, "n"]:
    """Return the value of piecewise cubics at `way` [m], 0 without any and before the first."""
    if not len(rows):
        return np.zeros(len(way))
    which = np.searchsorted(rows[:, 0], way + 1e-9, side="right") - 1
    start, a, b, c, d = rows[np.maximum(which, 0)].T
    ds = way - start
    return np.where(which < 0, 0.0, a + ds * (b + ds * (c + ds * d)))


def _cubics(parent: ElementTree.Element | None, tag: str, key: str = "s") -> Cubics:
    found = [] if parent is None else list(parent.iterfind(tag))
    rows = [[number(row, key), *(number(row, k, 0.0) for k in "abcd")] for row in found]
    table = np.array(rows, float).reshape(-1, 5)
    return table[np.argsort(table[:, 0], kind="stable")]


def _mark(row: ElementTree.Element) -> Mark:
    line = row.find("type/line")
    dash = (3.0, 6.0)
    if line is not None and number(line, "length", 0.0) > 0:
        dash = (number(line, "length"), max(number(line, "space", 0.0), 0.0))
    width = number(row, "width", 0.12)
    return Mark(
        number(row, "sOffset", 0.0), row.get("type", "none"), row.get("color", "standard"),
        width if 0 < width < 1 else 0.12, dash,
    )  # fmt: skip


def _lane(row: ElementTree.Element) -> XodrLane:
    text = row.attrib["id"]
    if not re.fullmatch(r"-?\d{1,3}", text):
        raise ValueError(f"has <lane id={text[:40]!r}>, expected a whole number")
    return XodrLane(
        number=int(text),
        kind=row.get("type", "none"),
        width=_cubics(row, "width", "sOffset"),
        border=_cubics(row, "border", "sOffset"),
        marks=tuple(_mark(mark) for mark in row.iterfind("roadMark")),
    )


def _sections(lanes: ElementTree.Element, length: float) -> tuple[Section, ...]:
    rows = sorted(lanes.iterfind("laneSection"), key=lambda row: number(row, "s"))
    starts = [number(row, "s") for row in rows]
    found = []
    for row, start, end in zip(rows, starts, [*starts[1:], length], strict=True):
        every = [_lane(lane) for lane in row.iterfind("*/lane")]
        if end > start:
            found.append(Section(start, end, {lane.number: lane for lane in every}))
    return tuple(found)


def _piece(row: ElementTree.Element) -> Piece:
    shape = next((child for child in row if child.tag in NUMBERS), None)
    if shape is None:
        raise ValueError(f"has a <geometry> that is none of {', '.join(NUMBERS)}")
    s, x, y, heading, length = (number(row, key) for key in ("s", "x", "y", "hdg", "length"))
    numbers = tuple(number(shape, key) for key in NUMBERS[shape.tag])
    normalized = shape.tag == "paramPoly3" and shape.get("pRange", "normalized") != "arcLength"
    return Piece(s, x, y, heading, length, shape.tag, numbers, normalized)


def _outline(row: ElementTree.Element) -> tuple[tuple[float, float], ...]:
    corners = row.iterfind(".//cornerLocal")
    return tuple((number(corner, "u"), number(corner, "v")) for corner in corners)


def _standing(row: ElementTree.Element) -> Standing:
    turn = number(row, "hdg" if row.tag == "object" else "hOffset", 0.0)
    size = tuple(number(row, key, 0.0) for key in ("length", "width", "height"))
    return Standing(
        row.get("type", ""), row.get("name", ""), number(row, "s"), number(row, "t"), turn,
        row.get("orientation", "+") != "-", row.get("dynamic", "no") == "yes",
        (size[0], size[1], size[2]), _outline(row),
    )  # fmt: skip


def _ends(row: ElementTree.Element) -> tuple[str, str]:
    links = [row.find(f"link/{side}") for side in ("predecessor", "successor")]
    before, after = (
        link.get("elementId", "") if link is not None and link.get("elementType") == "junction"
        else "" for link in links
    )  # fmt: skip
    return before, after


def _road(row: ElementTree.Element) -> Road:
    length = number(row, "length")
    if not 0 < length <= LONGEST:
        raise ValueError(f"has a length of {length:g} m, expected up to {LONGEST:g}")
    if row.get("rule", "RHT") == "LHT":
        raise ValueError("drives on the left, expected right-hand traffic")
    line = sorted(map(_piece, row.iterfind("planView/geometry")), key=lambda one: one.start)
    lanes, kind = row.find("lanes"), row.find("type")
    if not line or lanes is None:
        raise ValueError("has no plan view or no lanes")
    junction = row.get("junction", "-1")
    signals = [*row.iterfind("signals/signal"), *row.iterfind("signals/signalReference")]
    return Road(
        name=row.attrib["id"],
        junction="" if junction == "-1" else junction,
        length=length,
        kind="town" if kind is None else kind.get("type", "town"),
        ends=_ends(row),
        line=tuple(line),
        offset=_cubics(lanes, "laneOffset"),
        elevation=_cubics(row.find("elevationProfile"), "elevation"),
        tilt=_cubics(row.find("lateralProfile"), "superelevation"),
        sections=_sections(lanes, length),
        signals={one.attrib["id"]: _standing(one) for one in signals},
        objects=tuple(_standing(one) for one in row.iterfind("objects/object")),
    )


def roads(root: ElementTree.Element) -> Iterator[Road]:
    """Yield the roads of an OpenDRIVE document.

    Raises:
        ValueError: with the road and its fault.
        KeyError: with the attribute that an element lacks.
    """
    for row in root.iterfind("road"):
        try:
            yield _road(row)
        except ValueError as error:
            raise ValueError(f"road {row.get('id', '?')} {error}") from None
