"""A made-up motorway: two carriageways in gentle curves, services beside them, a loop at each end.

The loops stand for the interchanges at which the motorway is left and joined: SUMO's journeys go
on for ever on a network that is a circle.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array

SPEEDS = (100 / 3.6, 120 / 3.6, 130 / 3.6)
"""[m/s] limits on European motorways."""
TIGHTEST = 950.0
"""[m] Least radius of the axis. Source: FGSV, RAA 2008, table 13: 900 m for class EKA 1 A."""
LOOP = 52.0
"""[m] Radius of the loops. Source: FGSV, RAA 2008, table 22: 50 m for a loop ramp at 50 km/h."""
SPREADING = 130.0
"""[m] Radius in which the carriageways swing apart before a loop."""
LANE, RAMP, SHOULDER = 3.75, 4.5, 2.5
"""[m] Widths. Source: FGSV, RAA 2008, figure 4, cross section RQ 36: lanes of 3.75 m and hard
shoulders of 2.5 m; one-lane ramps of cross section Q 1."""
STAND = 3.4
"""[m] Width of the strip beside a lay-by where lorries stand."""
CHANGE = 230.0
"""[m] Length of the lanes in which traffic leaves and joins (RAA 2008: 250 m with the taper)."""
SERVICES = 320.0
"""[m] Length of a lay-by between leaving and joining."""
SET_BACK = 21.0
"""[m] From the carriageway's border to the lay-by's."""


@dataclass(frozen=True)
class Section:
    """An edge to be.

    Attributes:
        name: of the edge.
        ends: names of its nodes.
        line: [m] its left border in driving direction.
        lanes: for wheels, from right to left; one more on the right where there is a shoulder.
        shoulder: whether there is a hard shoulder.
        speed: [m/s].
        road: class.
    """

    name: str
    ends: tuple[str, str]
    line: Float[Array, "k 2"]
    lanes: int
    shoulder: bool
    speed: float
    road: str


def plan_motorway(kind: str, rng: np.random.Generator, folder: Path) -> list[str]:
    """Write nodes, edges and connections of a motorway; return netconvert's options.

    Args:
        kind: name of the kind of place.
        rng: draws the alignment, lanes, speed and where the services lie.
        folder: existing folder.
    """
    axis = _axis(rng)
    lanes, speed = int(rng.choice([2, 3, 4], p=[0.4, 0.45, 0.15])), float(rng.choice(SPEEDS))
    half = float(rng.uniform(1.9, 2.8))
    sections: list[Section] = []
    for side, line in (("east", axis), ("west", axis[::-1])):
        border = _offset(line, -half)
        sections += _carriageway(side, border, lanes, speed, float(rng.uniform(0.35, 0.55)))
    for name, line in (("east", axis), ("west", axis[::-1])):
        nodes = (f"{name}3", f"{name}loop", "west0" if name == "east" else "east0")
        loop = _loop(line, half)
        cut = len(loop) // 2
        sections += [
            Section(f"{name}loop_{i}", (nodes[i], nodes[i + 1]), half_loop, lanes, True, 60 / 3.6,
                    "motorway_link")
            for i, half_loop in enumerate((loop[: cut + 1], loop[cut:]))
        ]  # fmt: skip
    _write(folder, kind, sections)
    files = ["-n", "city.nod.xml", "-e", "city.edg.xml", "-x", "city.con.xml", "-t", "city.typ.xml"]
    return [*files, "--no-turnarounds", "true", "--junctions.corner-detail", "8"]


def _axis(rng: np.random.Generator) -> Float[Array, "k 2"]:
    """Return the middle line: two waves whose curvatures add up to less than 1 / `TIGHTEST`."""
    x = np.arange(0.0, float(rng.uniform(2700, 3300)), 20.0)
    y = np.zeros_like(x)
    for share, length in ((0.6, rng.uniform(1700, 2600)), (0.35, rng.uniform(900, 1300))):
        wave = 2 * np.pi / length
        y += share / TIGHTEST / wave**2 * np.sin(wave * x + rng.uniform(0, 2 * np.pi))
    return np.column_stack([x, y])


def _offset(line: Float[Array, "k 2"], left: float) -> Float[Array, "k 2"]:
    """Return a smooth `line` moved to its left [m]."""
    step = np.gradient(line, axis=0)
    step = step / np.linalg.norm(step, axis=1, keepdims=True)
    return line + left * np.column_stack([-step[:, 1], step[:, 0]])


def _carriageway(
    side: str, border: Float[Array, "k 2"], lanes: int, speed: float, share: float
) -> list[Section]:
    """Return the sections of one carriageway whose services begin at `share` of its length."""
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(border, axis=0), axis=1))])
    leave = share * way[-1]
    cuts = [0.0, leave, leave + CHANGE, leave + CHANGE + SERVICES, leave + 2 * CHANGE + SERVICES]
    cuts.append(float(way[-1]))
    pieces = [_part(border, way, a, b) for a, b in pairwise(cuts)]
    names = [f"{side}{i}" for i in ("0", "a", "b", "c", "d", "3")]
    wide = (lanes, lanes + 1, lanes, lanes + 1, lanes)
    found = [
        Section(f"{side}_{i}", (names[i], names[i + 1]), line, count, count == lanes, speed,
                "motorway")
        for i, (line, count) in enumerate(zip(pieces, wide, strict=True))
    ]  # fmt: skip
    aside = lanes * LANE + SHOULDER + SET_BACK
    line = _services(pieces[2], lanes * LANE, aside)
    ramp = Section(f"{side}_rest", (names[2], names[3]), line, 1, True, 50 / 3.6, "services")
    return [*found, ramp]


def _part(line: Array, way: Array, start: float, end: float) -> Float[Array, "m 2"]:
    inner = (way > start + 5) & (way < end - 5)
    at = np.concatenate([[start], way[inner], [end]])
    return np.column_stack([np.interp(at, way, line[:, i]) for i in range(2)])


def _services(line: Float[Array, "k 2"], near: float, aside: float) -> Float[Array, "m 2"]:
    """Return the left border of a lay-by right of `line`: out from `near` to `aside` and back."""
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    at = np.linspace(0, way[-1], 65)
    middle = np.column_stack([np.interp(at, way, line[:, i]) for i in range(2)])
    share = np.clip(np.minimum(at, way[-1] - at) / 110.0, 0, 1)
    ease = share**2 * (3 - 2 * share)
    step = np.gradient(middle, axis=0)
    step = step / np.linalg.norm(step, axis=1, keepdims=True)
    right = np.column_stack([step[:, 1], -step[:, 0]])
    return middle + (near + (aside - near) * ease)[:, None] * right


def _loop(axis: Float[Array, "k 2"], half: float) -> Float[Array, "m 2"]:
    """Return the left border of a loop from the end of one carriageway to the start of the other.

    A right curve of radius `SPREADING` through an angle a, a left one of radius `LOOP` through
    pi + 2 a about a point on the axis, and the first one mirrored: cos a = (half + SPREADING) /
    (LOOP + SPREADING).
    """
    turn = float(np.arccos((half + SPREADING) / (LOOP + SPREADING)))
    swing = np.linspace(0, turn, 25)[:, None]
    first = SPREADING * np.hstack([np.sin(swing), np.cos(swing) - 1]) - [0, half]
    middle = np.array([(LOOP + SPREADING) * np.sin(turn), 0.0])
    angle = np.linspace(-np.pi / 2 - turn, np.pi / 2 + turn, 101)[:, None]
    ring = middle + LOOP * np.hstack([np.cos(angle), np.sin(angle)])
    whole = np.concatenate([first, ring[1:-1], first[::-1] * [1, -1]])
    ahead = axis[-1] - axis[-2]
    x, y = ahead / np.linalg.norm(ahead)
    return axis[-1] + whole @ np.array([[x, y], [-y, x]])


def _write(folder: Path, kind: str, sections: Sequence[Section]) -> None:
    """Write SUMO's plain files."""
    places: dict[str, Array] = {}
    for one in sections:
        if not one.name.endswith("rest"):
            places[one.ends[0]], places[one.ends[1]] = one.line[0], one.line[-1]
    nodes = [
        f'<node id={quoteattr(name)} x="{x:.2f}" y="{y:.2f}" type="priority"/>'
        for name, (x, y) in sorted(places.items())
    ]
    (folder / "city.nod.xml").write_text(_document("nodes", nodes), encoding="utf-8")
    edges = [_edge(one) for one in sections]
    (folder / "city.edg.xml").write_text(_document("edges", edges), encoding="utf-8")
    links = [link for one in sections for link in _links(one, sections)]
    (folder / "city.con.xml").write_text(_document("connections", links), encoding="utf-8")
    slow = '<restriction vClass="truck" speed="24.4"/><restriction vClass="bus" speed="27.8"/>'
    types = [
        f'<type id="highway.{road}" disallow="pedestrian bicycle">{slow}</type>'
        for road in ("motorway", "motorway_link", "services")
    ]
    (folder / "city.typ.xml").write_text(_document("types", types), encoding="utf-8")


def _document(root: str, rows: Sequence[str]) -> str:
    return "\n".join([f"<{root}>", *rows, f"</{root}>", ""])


def _edge(one: Section) -> str:
    width = RAMP if one.road == "services" else LANE
    shape = " ".join(f"{x:.2f},{y:.2f}" for x, y in one.line)
    aside = STAND if one.road == "services" else SHOULDER
    closed = f'<lane index="0" disallow="all" width="{aside}"/>' if one.shoulder else ""
    return (
        f'<edge id="{one.name}" from="{one.ends[0]}" to="{one.ends[1]}" '
        f'numLanes="{one.lanes + one.shoulder}" speed="{one.speed:.2f}" width="{width}" '
        f'type="highway.{one.road}" priority="{2 if one.road == "services" else 9}" '
        f'spreadType="right" shape="{shape}">{closed}</edge>'
    )


def _links(one: Section, sections: Sequence[Section]) -> list[str]:
    """Return the connections that leave a section, left lanes to left lanes.

    The rightmost lane of a wide section leads into the services; the services lead into the
    rightmost lane of the next wide section; no lane leads into two.
    """
    found = []
    for other in sections:
        if other.ends[0] != one.ends[1]:
            continue
        count = min(one.lanes, other.lanes)
        shift_one = one.shoulder + (one.lanes - count)
        shift_other = other.shoulder + (other.lanes - count)
        if "services" in (one.road, other.road):
            shift_one, shift_other = int(one.shoulder), int(other.shoulder)
        elif one.lanes > other.lanes:
            shift_one = one.lanes - other.lanes
        for lane in range(count):
            found.append(
                f'<connection from="{one.name}" to="{other.name}" '
                f'fromLane="{lane + shift_one}" toLane="{lane + shift_other}"/>'
            )
        if other.lanes > one.lanes and one.road != "services" and not _joined(other, sections):
            found.append(
                f'<connection from="{one.name}" to="{other.name}" '
                f'fromLane="{int(one.shoulder)}" toLane="0"/>'
            )
    return found


def _joined(one: Section, sections: Sequence[Section]) -> bool:
    """Return whether the services lead into section `one`."""
    return any(s.road == "services" and s.ends[1] == one.ends[0] for s in sections)
