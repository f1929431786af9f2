"""Articulated buses: two sections with bellows between them."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from synthgen.articulation import Coupling
from synthgen.assets import finishes as coat
from synthgen.assets.assembly import Section
from synthgen.assets.buses import FLOOR, bus_wheels, coachwork, roof_unit
from synthgen.assets.carving import below, beyond, both, carved, painted
from synthgen.assets.shells import (
    FLANKS,
    Finish,
    Shell,
    Side,
    block,
    joined,
    shifted,
    smooth_normals,
)
from synthgen.geometry import Array
from synthgen.road_user import RoadUser

PLEATS = 6
"""Pleats of each half of the bellows, some 0.1 m each."""
DEEP = 0.07
"""[m] of a pleat."""
HOOP = 0.05
"""[m] width, in each half, of the frame in the middle."""


def bendy_bus(
    user: RoadUser, joint: Coupling, rng: np.random.Generator
) -> tuple[tuple[Section, Section], str]:
    """Return both sections of a low-floor bus, in line, and the colour word."""
    nose, half = user.length / 2, user.width / 2
    pivot = nose - joint.pivot
    axles = (nose - 2.7, nose - joint.drive, pivot - joint.towed)
    walls = (pivot + joint.bellows, pivot - joint.bellows)
    doors = ((nose + 0.1 + axles[0]) / 2, sum(axles[:2]) / 2, (walls[1] + axles[2]) / 2)
    hull, parts, word = coachwork(user, axles, doors, rng)
    parts += [roof_unit(user), shifted(roof_unit(user), (nose - 0.6, 0.0, 0.0))]
    wheels = bus_wheels(user, axles)
    sections = []
    for towed, wall in enumerate(walls):
        side = below(0, wall) if towed else beyond(0, wall)
        own = [one for one in parts if (one.points[:, 0].mean() < pivot) == bool(towed)]
        rolling = [one for one in wheels if (one.wheels[0].hub[0] < pivot) == bool(towed)]
        span = (-nose, pivot) if towed else (pivot, nose)
        body = [_half(hull, side, wall), _bulkhead(wall, half, user.height - 0.14)]
        folds = bellows((wall, pivot), half, user.height - 0.14)
        sections.append(Section("bus", user.subtype, span, [*rolling, *body, *own], folds, wall))
    return (sections[0], sections[1]), word


def _half(hull: Shell, side: Array, wall: float) -> Shell:
    """Return what of `hull` lies on one `side` of a wall, with a pillar beside it."""
    pillar = both(beyond(0, wall - 0.16), below(0, wall + 0.16), beyond(2, 1.0))
    hull = painted(hull, pillar, coat.trim(), FLANKS)
    hull, kept = carved(hull, side)
    used, finish = np.unique(hull.finish[kept], return_inverse=True)
    finishes = tuple(hull.finishes[number] for number in used)
    triangles, side = hull.triangles[kept], hull.side[kept]
    return replace(hull, triangles=triangles, side=side, finish=finish, finishes=finishes)


def _bulkhead(wall: float, half: float, high: float) -> Shell:
    """Return the dark end of a section, behind which the bellows begin."""
    size = (0.02, 2 * half - 0.06, high - FLOOR - 0.06)
    return block((wall, 0.0, (high + FLOOR) / 2), size, coat.rubber())


def bellows(span: tuple[float, float], half: float, high: float) -> Shell:
    """Return half of the bellows, from the wall to the joint as `span` [m] says.

    Pleats have flat sides. The frame in the middle closes the half, so that nothing shows through
    when springs move both halves by a centimetre.
    """
    wall, pivot = span
    flat = abs(pivot - wall) - HOOP
    way = np.linspace(0.0, flat, 2 * PLEATS + 1)
    depth = np.where(np.arange(len(way)) % 2, 0.0, DEEP)
    towards = np.sign(pivot - wall)
    rings = [_ring(wall + towards * x, half - 0.05 - d, high - 0.05 - d, FLOOR + 0.1 + d)
             for x, d in zip(way, depth, strict=True)]  # fmt: skip
    rim = (half - 0.035, high - 0.035, FLOOR + 0.085)
    frame = [_ring(x, *rim) for x in (wall + towards * flat, pivot)]
    grey = coat.plastic()
    skins = [_skin(a, b, coat.rubber(), towards) for a, b in pairwise(rings)]
    hoop = _skin(frame[0], frame[1], grey, towards)
    lips = [_skin(rings[-1], frame[0], grey, towards), _lid(frame[1], towards)]
    return joined([*skins, *lips, hoop])


def _ring(x: float, half: float, top: float, low: float) -> Array:
    """Return the corners (10, 3) [m] of a section of the bellows, anticlockwise from ahead."""
    cut = 0.18
    corners = [(half, low + cut), (half, top - cut), (half - 0.3 * cut, top - 0.3 * cut),
               (half - cut, top), (-half + cut, top), (-half + 0.3 * cut, top - 0.3 * cut),
               (-half, top - cut), (-half, low + cut), (-half + cut, low),
               (half - cut, low)]  # fmt: skip
    return np.array([(x, y, z) for y, z in corners])


def _skin(first: Array, second: Array, finish: Finish, towards: float) -> Shell:
    """Return the flat-sided surface between two rings, `second` lying `towards` (+1 or -1) x."""
    following = np.roll(np.arange(len(first)), -1)
    quads = np.stack([first, first[following], second[following], second], axis=1)
    if towards < 0:
        quads = quads[:, ::-1]
    return _flat(quads, finish)


def _lid(ring: Array, towards: float) -> Shell:
    """Return the flat end of a half, facing the other one."""
    middle = ring.mean(axis=0)
    following = np.roll(ring, -1, axis=0)
    fan = np.stack([np.tile(middle, (len(ring), 1)), ring, following, following], axis=1)
    return _flat(fan if towards > 0 else fan[:, [0, 2, 1, 1]], coat.rubber())


def _flat(quads: Array, finish: Finish) -> Shell:
    """Return `quads` (n, 4, 3) [m] with corners of their own, so that each is shaded flat."""
    points = quads.reshape(-1, 3)
    first = 4 * np.arange(len(quads))[:, None]
    triangles = (first[:, None] + np.array([[0, 1, 2], [0, 2, 3]])).reshape(-1, 3)
    zeros = np.zeros(len(triangles), np.int64)
    normals = smooth_normals(points, triangles)
    return Shell(points, normals, triangles, zeros + Side.TOP, zeros, (finish,))
