"""City buses: all windows above the waist, doors on the right."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from synthgen.assets import finishes as coat
from synthgen.assets.car_details import NOSE, TAIL, indicators, welled
from synthgen.assets.carving import (
    below,
    beyond,
    both,
    end_view,
    painted,
    painted_pair,
    side_view,
)
from synthgen.assets.draping import decal
from synthgen.assets.occupants import Cabin, occupants
from synthgen.assets.shells import (
    FLANKS,
    Finish,
    Shell,
    Side,
    block,
    joined,
    lattice,
    lines,
    mirrored,
    rounded,
    rounded_box,
    warped,
)
from synthgen.assets.wheels import WheelFinish, WheelStyle, axle, wheel
from synthgen.geometry import Array
from synthgen.lettering import strokes
from synthgen.road_user import RoadUser

_LIVERIES = (
    ("white", (232, 233, 230), (28, 82, 160)),
    ("red", (200, 30, 34), (240, 240, 236)),
    ("yellow", (238, 196, 40), (40, 40, 44)),
    ("green", (30, 116, 74), (236, 236, 230)),
    ("silver", (214, 218, 222), (196, 40, 44)),
    ("blue", (32, 92, 168), (240, 208, 60)),
)
_SILL, _HEAD = 1.12, 0.42
FLOOR, WHEEL = 0.26, 0.48
"""[m] underside of the body and radius of its tyres, 275/70 R 22.5."""


def city_bus(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    """Return the shells and the colour word of a low-floor bus of one piece."""
    front = user.length / 2
    axles = (front - min(2.7, 0.225 * user.length), -front + min(3.3, 0.275 * user.length))
    doors = ((front + 0.1 + axles[0]) / 2, sum(axles) / 2)
    shell, parts, word = coachwork(user, axles, doors, rng)
    return [shell, roof_unit(user), *bus_wheels(user, axles), *parts], word


def coachwork(
    user: RoadUser, axles: tuple[float, ...], doors: tuple[float, ...], rng: np.random.Generator
) -> tuple[Shell, list[Shell], str]:
    """Return the hull of a bus, what is fixed to it at its ends, and the colour word.

    Args:
        user: the design; its height holds a roof unit.
        axles: [m] x of each.
        doors: [m] x of the middle of each.
        rng: draws livery, route and crew.
    """
    user = replace(user, height=user.height - 0.14)
    word, base, mark = _LIVERIES[int(rng.integers(len(_LIVERIES)))]
    half = user.width / 2
    shell = _loft(user, coat.aged(coat.solid("bus", base), rng))
    shell = welled(shell, axles, WHEEL + 0.06, half - 0.42)
    pattern = int(rng.integers(3))
    shell = _striped(shell, user, coat.aged(coat.solid("mark", mark), rng), pattern)
    shell = _side_windows(shell, user, doors)
    shell = _lamps(_ends(shell, user), user)
    sign = _route(shell, user, int(rng.integers(1, 100)))
    crew = occupants(shell, Cabin(1.06, 1.66, 0.55 * half, None), rng)
    return shell, [*_parts(user), sign, *crew], word


def bus_wheels(user: RoadUser, axles: tuple[float, ...]) -> list[Shell]:
    """Return the wheels of the axles at `axles` [m]."""
    style = WheelStyle(WHEEL, 0.29, rim=0.58, spokes=0, dish=0.03)
    finish = WheelFinish(coat.rubber(), coat.steel(), coat.gap())
    one = wheel(style, finish)
    return [w for x in axles for w in axle(one, x, user.width / 2 - 0.03, WHEEL)]


def _loft(user: RoadUser, paint: Finish) -> Shell:
    half, front = user.width / 2, user.length / 2
    top = user.height
    radii = (0.22, 0.16, 0.2)
    xs, ys = lines(-front, front, radii[0], 18), lines(-half, half, radii[1], 6)
    shell = rounded(lattice(xs, ys, lines(FLOOR, top, radii[2], 6), paint), radii)

    def warp(points: Array) -> Array:
        x, y, z = points.T
        ahead = np.clip((x - front + 0.9) / 0.9, 0, 1)
        bow = 0.22 * np.abs(y / half) ** 2.6 + 0.16 * np.clip((z - 1.0) / (top - 1.0), 0, 1) ** 1.6
        lean = np.clip((z - 1.3) / (top - 1.3), 0, 1) * 0.02
        crown = 0.0 * z
        return np.column_stack([x - ahead * bow, y * (1 - lean), z + crown])

    return warped(shell, warp)


def _striped(shell: Shell, user: RoadUser, mark: Finish, pattern: int) -> Shell:
    front = user.length / 2
    outlines = (
        [(-front, FLOOR), (front, FLOOR), (front, 0.62), (-front, 0.62)],
        [(-front, 0.0), (-front + 4.2, 0.0), (-front + 2.2, user.height), (-front, user.height)],
        [(-front, 0.92), (front, 0.92), (front, 1.08), (-front, 1.08)],
    )
    return painted(shell, side_view(outlines[pattern]), mark)


def _side_windows(shell: Shell, user: RoadUser, doors: tuple[float, ...]) -> Shell:
    front, head = user.length / 2, user.height - _HEAD
    rear = -front + 0.75
    band = [(rear, _SILL), (front - 0.5, _SILL), (front - 0.62, head), (rear, head)]
    shell = painted(shell, side_view(band), coat.trim(), FLANKS)
    edges = np.linspace(rear, front - 0.55, max(int(user.length / 1.45), 4))
    for start, end in pairwise(edges):
        pane = side_view(_box(start + 0.04, end - 0.04, _SILL + 0.05, head - 0.05))
        shell = painted(shell, pane, coat.tinted(), FLANKS)
    for x in doors:
        shell = _door(shell, x, head)
    return shell


def _door(shell: Shell, x: float, head: float) -> Shell:
    """Two glass leaves, on the right side only."""
    shell = painted(
        shell, side_view(_box(x - 0.66, x + 0.66, FLOOR + 0.06, head)), coat.trim(), (Side.RIGHT,)
    )
    for start in (x - 0.6, x + 0.03):
        pane = side_view(_box(start, start + 0.57, FLOOR + 0.16, head - 0.08))
        shell = painted(shell, pane, coat.glass(), (Side.RIGHT,))
    return shell


def _ends(shell: Shell, user: RoadUser) -> Shell:
    half, top, front = user.width / 2, user.height, user.length / 2
    ahead, behind = beyond(0, front - 1.0), below(0, -front + 0.6)
    face = [(-0.1, 0.98), (half * 1.1, 1.02), (half * 1.1, top - 0.12), (-0.1, top - 0.1)]
    shell = painted(shell, both(end_view(face), ahead), coat.trim(), (Side.FRONT, Side.TOP))
    screen = [(-0.1, 1.04), (half * 0.95, 1.08), (half * 0.93, top - 0.5), (-0.1, top - 0.5)]
    shell = painted(shell, both(end_view(screen), ahead), coat.glass(), (Side.FRONT,))
    back = [(-0.1, 1.7), (half * 0.8, 1.7), (half * 0.76, top - 0.35), (-0.1, top - 0.35)]
    shell = painted(shell, both(end_view(back), behind), coat.tinted(), (Side.REAR,))
    for z in (0.62, 0.74, 0.86, 0.98, 1.10):
        slot = end_view(_box(-0.1, half * 0.62, z, z + 0.06))
        shell = painted(shell, both(slot, behind), coat.gap(), (Side.REAR,))
    low = both(below(2, FLOOR + 0.2))
    shell = painted(shell, both(low, ahead), coat.plastic(), NOSE)
    return painted(shell, both(low, behind), coat.plastic(), TAIL)


def _lamps(shell: Shell, user: RoadUser) -> Shell:
    half, front = user.width / 2, user.length / 2
    ahead, behind = beyond(0, front - 0.7), below(0, -front + 0.4)
    rows = (
        (0.60, 0.97, 0.60, 0.84, coat.reflector(), ahead, NOSE),
        (0.76, 0.86, 0.66, 0.80, coat.lens("clear", (205, 210, 214), "low_beam"), ahead, NOSE),
        (0.63, 0.73, 0.66, 0.80, coat.lens("clear", (205, 210, 214), "high_beam"), ahead, NOSE),
        (0.62, 0.88, 0.61, 0.64, coat.lens("clear", (215, 218, 220), "daytime"), ahead, NOSE),
        (0.80, 0.95, 0.72, 0.92, coat.lens("red", (118, 8, 10), "tail"), behind, TAIL),
        (0.80, 0.95, 0.94, 1.14, coat.lens("red", (140, 10, 12), "brake"), behind, TAIL),
        (0.80, 0.95, 0.54, 0.68, coat.lens("clear", (196, 190, 188), "reverse"), behind, TAIL),
    )
    for start, end, low, high, finish, where, sides in rows:
        box = end_view(_box(start * half, end * half, low, high))
        shell = painted(shell, both(box, where), finish, sides)
    front_box, rear_box = _box(0.88, 0.99, 0.66, 0.80), _box(0.80, 0.95, 1.16, 1.34)
    for outline, where, sides in ((front_box, ahead, NOSE), (rear_box, behind, TAIL)):
        box = end_view([(y * half, z) for y, z in outline])
        shell = painted_pair(shell, both(box, where), *indicators(), sides)
    return shell


def _route(shell: Shell, user: RoadUser, number: int) -> Shell:
    """The lit destination sign over the windscreen."""
    words = ("DOWNTOWN", "HARBOUR", "STATION", "AIRPORT", "MARKET")
    digits = "".join("0123404123"[int(digit)] for digit in str(number))
    text = f"{digits} {words[number % len(words)]}"
    quads = strokes(text, 0.2) + np.array([0.0, user.height - 0.3])
    lens = coat.lens("sign", (60, 40, 12), "sign")
    return decal(shell, quads, Side.FRONT, lens)


def roof_unit(user: RoadUser) -> Shell:
    """Return the air conditioning on the rear of the roof, the highest part of a bus."""
    half, front, top = user.width / 2, user.length / 2, user.height
    return rounded_box(
        (-front + 1.2, -half * 0.6, top - 0.2),
        (-front + 3.6, half * 0.6, top),
        (0.2, 0.2, 0.08),
        (1, 2, 1),
        coat.solid("roof", (210, 212, 212)),
        arcs=1,
    )


def _parts(user: RoadUser) -> list[Shell]:
    half, front = user.width / 2, user.length / 2
    plates = [
        block((front - 0.02, 0.0, 0.42), (0.03, 0.46, 0.11), coat.plate()),
        block((-front + 0.02, 0.0, 0.46), (0.03, 0.46, 0.11), coat.plate()),
    ]
    x = front - 0.12
    cover = rounded_box(
        (x - 0.02, half + 0.02, 1.75),
        (x + 0.12, half + 0.24, 2.25),
        (0.05, 0.05, 0.05),
        (1, 2, 1),
        coat.mirror_housing(coat.plastic()),
        arcs=1,
    )
    arm = block(
        (x + 0.02, half - 0.03, 2.28), (0.05, 0.3, 0.04), coat.mirror_housing(coat.plastic())
    )
    left = joined([cover, arm])
    return [*plates, left, mirrored(left)]


def _box(start: float, end: float, low: float, high: float) -> list[tuple[float, float]]:
    return [(start, low), (end, low), (end, high), (start, high)]
