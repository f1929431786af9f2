"""What stands beside the roads of an OpenDRIVE file: signals, signs, trees, buildings."""

import re
from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.network import Footprint, MapSign
from synthgen.traffic.crosssection import place
from synthgen.traffic.xodr import Road, Standing

APPROACH = 40.0
"""[m] before a junction: a signal this close is that junction's."""
SIGNS = (
    ("stop", r"206|R1-1|stop"),
    ("yield", r"205|R1-2|yield"),
    ("speed_limit", r"274|R2-1|speed"),
    ("no_entry", r"250|267|R5-1|no.?entry"),
    ("parking", r"314|R7|parking"),
    ("crossing", r"350|R1-6|crossing|zebra"),
    ("warning", r"1[0-5]\d|W\d|warning"),
)
"""Faces by type (German number as OpenDRIVE's examples use them, MUTCD code) or name.

Source: StVO, annexes 1 to 3, 2013; FHWA, Manual on Uniform Traffic Control Devices, 2009.
"""


def signalled(every: Sequence[Road]) -> list[str]:
    """Return the junctions that have signals, in order of their ids."""
    known = {name for road in every for name, one in road.signals.items() if one.dynamic}
    found = set()
    for road in every:
        for name, one in road.signals.items():
            if name not in known:
                continue
            near = (one.s < APPROACH, one.s > road.length - APPROACH)
            found |= {road.junction} if road.junction else set()
            found |= {end for end, close in zip(road.ends, near, strict=True) if close}
    return sorted(found - {""})


def _world(road: Road, one: Standing) -> tuple[Float[Array, "2"], float]:
    points, headings = place(road, np.array([one.s]), np.array([one.t]))
    return points[0], float(headings[0])


def signs(every: Sequence[Road]) -> Iterator[MapSign]:
    """Yield the traffic signs, from signals that do not change and from objects named so."""
    for road in every:
        for one in (*road.signals.values(), *road.objects):
            face = "" if one.dynamic else _face(one)
            if face:
                (x, y), heading = _world(road, one)
                yield MapSign(face, float(x), float(y), heading + (0 if one.forward else np.pi))


def _face(one: Standing) -> str:
    for face, pattern in SIGNS:
        if re.match(pattern, one.kind) or re.match(f"(?i)(sign_?)?({pattern})", one.name):
            return face
    return ""


def trees(every: Sequence[Road], offset: Float[Array, "2"]) -> Float[Array, "n 2"]:
    """Return the places [m] of the trees, moved by `offset`."""
    found = [
        _world(road, one)[0] + offset
        for road in every
        for one in road.objects
        if one.kind == "tree" or (one.kind == "vegetation" and "tree" in one.name.lower())
    ]
    return np.array(found, float).reshape(-1, 2)


def footprints(every: Sequence[Road], offset: Float[Array, "2"]) -> Iterator[Footprint]:
    """Yield the buildings, moved by `offset` [m]: their outline, else their length by width."""
    for road in every:
        for number, one in enumerate(road.objects):
            corners = _corners(one)
            if one.kind == "building" and len(corners) > 2:
                middle, heading = _world(road, one)
                cos, sin = np.cos(heading + one.turn), np.sin(heading + one.turn)
                turned = corners @ np.array([[cos, sin], [-sin, cos]])
                name = f"{road.name}/{number}"
                yield Footprint(name, turned + middle + offset, max(one.size[2], 0.0), "yes")


def _corners(one: Standing) -> Float[Array, "k 2"]:
    if one.outline:
        return np.array(one.outline)
    half = np.array(one.size[:2]) / 2
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    return signs * half if half.min() > 0.5 else np.zeros((0, 2))
