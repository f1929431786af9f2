"""Who and what is seen through the windows: seats, drivers, passengers, steering wheels.

Rays end at window glass, so what lies behind it is laid on it as one sees it from straight ahead
or straight from the side, darkened by two passes through the pane and by the car's own shade.
It keeps the gloss of the glass, and to a lidar it is glass.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from synthgen.assets.draping import Stroke, decal, seams
from synthgen.assets.finishes import glass
from synthgen.assets.shells import FLANKS, Finish, Shell, Side
from synthgen.assets.wardrobe import COMMON, HAIR, SKIN, TOPS
from synthgen.geometry import Array
from synthgen.materials import srgb
from synthgen.world import Body

PERSON = "person behind glass"
"""Beginning of the names of the materials of people, by which `emptied` finds them."""
_SHADE = 0.45
"""Share of the outdoor light that falls on people behind a windscreen: panes fill some three
quarters of what a face sees above its chin, and each lets 0.6 through."""
Rows = Sequence[tuple[float, float, float]]


@dataclass(frozen=True)
class Cabin:
    """Where the front seats are, as seen through the glass [m].

    Attributes:
        low: lower edge of the windscreen.
        head: middle of the driver's head.
        seat: how far beside the middle the seats are.
        along: x of the driver's head, as seen through the side windows; None where they are dark.
    """

    low: float
    head: float
    seat: float
    along: float | None


def occupants(shell: Shell, cabin: Cabin, rng: np.random.Generator) -> list[Shell]:
    """Return seats, steering wheel, a driver on the left and some passengers, laid on the panes."""
    shell = _panes(shell)
    driver, other = _looks(rng), _looks(rng)
    accompanied = rng.random() < 0.35
    dark = _seen("interior behind glass", (70, 70, 74))
    shells = []
    for side, look in ((1.0, driver), (-1.0, other if accompanied else None)):
        shells += _front_view(shell, cabin, side * cabin.seat, (dark, look))
    ring = np.linspace(-0.5, 3.6, 8)
    wheel = [(cabin.seat + 0.17 * np.cos(a), cabin.low + 0.02 + 0.15 * np.sin(a)) for a in ring]
    rim = [(float(y), float(z)) for y, z in wheel if z > cabin.low + 0.03]
    black = _seen("interior behind glass", (20, 20, 22))
    shells.append(seams(shell, [rim], Side.FRONT, black, Stroke(0.03, 0.1, 0.010)))
    if cabin.along is None:
        return shells
    for flank in FLANKS:
        shells += _side_view(shell, (cabin.along, cabin.head), flank, (dark, driver))
    return shells


def _panes(shell: Shell) -> Shell:
    """The clear glass of `shell`: what hangs over its edges is left out."""
    clear = np.array([finish.material.name == "glass" for finish in shell.finishes], bool)
    kept = clear[shell.finish]
    return replace(
        shell, triangles=shell.triangles[kept], side=shell.side[kept], finish=shell.finish[kept]
    )


def emptied(body: Body) -> Body:
    """Return `body` without the people in it: a parked car."""
    mesh = body.mesh
    names = np.array([material.name.startswith(PERSON) for material in mesh.materials])
    kept = ~names[mesh.material]
    if kept.all():
        return body
    parts = {
        name: getattr(mesh, name)[kept]
        for name in ("triangles", "material", "normals", "uv", "circuit", "part")
    }
    before = np.concatenate([[0], np.cumsum(kept)])
    wheels = tuple(
        replace(one, triangles=(int(before[one.triangles[0]]), int(before[one.triangles[1]])))
        for one in body.wheels
    )
    bellows = body.bellows
    if bellows is not None:
        first, last = (int(before[end]) for end in bellows.triangles)
        bellows = replace(bellows, triangles=(first, last))
    return replace(body, mesh=replace(mesh, **parts), wheels=wheels, bellows=bellows)


def _looks(rng: np.random.Generator) -> tuple[Finish, Finish, Finish]:
    """Skin, hair and clothes of one person."""
    top = TOPS[int(rng.choice(len(TOPS), p=COMMON / COMMON.sum()))][1]
    skin, hair = SKIN[int(rng.integers(len(SKIN)))], HAIR[int(rng.integers(len(HAIR)))]
    return (
        _seen(f"{PERSON}: skin", skin),
        _seen(f"{PERSON}: hair", hair),
        _seen(f"{PERSON}: top", top),
    )


def _seen(name: str, code: tuple[int, int, int]) -> Finish:
    """Window glass with something of sRGB `code` behind it."""
    pane = glass().material
    dim = _SHADE * pane.transmission
    red, green, blue = (
        round(dim * value + base, 5) for value, base in zip(srgb(*code), pane.color, strict=True)
    )
    return Finish(replace(pane, name=name, color=(red, green, blue)))


Look = tuple[Finish, tuple[Finish, Finish, Finish] | None]


def _front_view(shell: Shell, cabin: Cabin, y: float, looks: Look) -> list[Shell]:
    """A seat at `y` and who sits in it, as seen from straight ahead."""
    dark, person = looks
    low, head = cabin.low + 0.035, cabin.head
    seat = ((low, 0.25, 0.25), (head - 0.16, 0.23, 0.23), (head - 0.11, 0.17, 0.17))
    rest = ((head - 0.07, 0.12, 0.12), (head + 0.06, 0.13, 0.13), (head + 0.08, 0.10, 0.10))
    found = [_laid(shell, rows, y, Side.FRONT, (dark, 0.006)) for rows in (seat, rest)]
    if person is None:
        return found
    skin, hair, top = person
    body = ((low, 0.19, 0.19), (head - 0.22, 0.21, 0.21), (head - 0.15, 0.13, 0.13))
    found.append(_laid(shell, body, y, Side.FRONT, (top, 0.009)))
    return found + _head(shell, (y, head), Side.FRONT, (skin, hair))


def _side_view(shell: Shell, place: tuple[float, float], flank: Side, looks: Look) -> list[Shell]:
    """The driver's seat and the driver, head at `place` (x, z) [m], as seen from the side."""
    dark, person = looks
    x, head = place
    low = head - 0.27
    seat = ((low, 0.24, -0.06), (head - 0.05, 0.27, -0.12), (head + 0.06, 0.26, -0.14))
    found = [_laid(shell, seat, x, flank, (dark, 0.006))]
    if person is None:
        return found
    skin, hair, top = person
    body = ((low, 0.14, 0.10), (head - 0.19, 0.13, 0.09), (head - 0.13, 0.08, 0.04))
    found.append(_laid(shell, body, x, flank, (top, 0.009)))
    return found + _head(shell, (x, head), flank, (skin, hair))


def _head(
    shell: Shell, place: tuple[float, float], side: Side, looks: tuple[Finish, Finish]
) -> list[Shell]:
    """Neck, face and hair about `place` [m]."""
    middle, z = place
    skin, hair = looks
    face = ((z - 0.16, 0.045, 0.045), (z - 0.10, 0.05, 0.05), (z - 0.05, 0.075, 0.075),
            (z + 0.04, 0.08, 0.08))  # fmt: skip
    crown = ((z + 0.04, 0.082, 0.082), (z + 0.09, 0.07, 0.07), (z + 0.115, 0.035, 0.035))
    return [
        _laid(shell, face, middle, side, (skin, 0.012)),
        _laid(shell, crown, middle, side, (hair, 0.012)),
    ]


def _laid(shell: Shell, rows: Rows, middle: float, side: Side, coat: tuple[Finish, float]) -> Shell:
    """The shape between `rows` (z, reach back or right, reach forward or left) on the glass."""
    finish, proud = coat
    quads = []
    for (z0, a0, b0), (z1, a1, b1) in pairwise(rows):
        steps = max(int(np.ceil((z1 - z0) / 0.09)), 1)
        for step in range(steps):
            lower, upper = (_row((z0, a0, b0), (z1, a1, b1), (step + k) / steps) for k in (0, 1))
            quads += _strip(lower, upper, middle)
    turned = np.array(quads)
    keeps = side in (Side.FRONT, Side.RIGHT)
    return decal(shell, turned if keeps else turned[:, ::-1], side, finish, proud, 0.3)


def _row(first: Sequence[float], last: Sequence[float], share: float) -> Array:
    return (1 - share) * np.array(first) + share * np.array(last)


def _strip(lower: Array, upper: Array, middle: float) -> list[Array]:
    """Two cells beside each other between two rows."""
    cells = []
    for start, end in ((-1.0, 0.0), (0.0, 1.0)):
        corners = []
        for row, share in ((lower, start), (lower, end), (upper, end), (upper, start)):
            reach = row[1] if share < 0 else row[2]
            corners.append((middle + share * reach, row[0]))
        cells.append(np.array(corners))
    return cells
