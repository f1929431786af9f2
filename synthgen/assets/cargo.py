"""What trucks carry and stand on: cargo boxes, decks, frames, tail lamps, wheels."""

import numpy as np

from synthgen.assets import finishes as coat
from synthgen.assets.car_details import indicators, welled
from synthgen.assets.carving import below, beyond, painted
from synthgen.assets.draping import Stroke, seams
from synthgen.assets.shells import (
    FLANKS,
    Finish,
    Shell,
    Side,
    block,
    lattice,
    lines,
    mirrored,
    rounded,
)  # fmt: skip
from synthgen.assets.wheels import WheelFinish, WheelStyle, axle, wheel

ENDS = (Side.FRONT, Side.REAR)
RECESS = 0.03
"""[m] How far behind the lenses of `tail` a body stands that reaches down to them."""


def cargo_box(
    span: tuple[float, float], half: float, rise: tuple[float, float], skin: Finish,
    wells: tuple[float, ...] = (),
) -> Shell:  # fmt: skip
    """Return a box body over `span` (rear, front) and `rise` [m], edged with aluminium.

    `wells` [m] are the places of axles whose wheels reach up into the box.
    """
    rear, front = span
    low, high = rise
    radii = (0.03, 0.03, 0.03)
    cells = max(int((front - rear) / 0.7), 2) if wells else 2
    xs, zs = lines(rear, front, 0.03, cells, 1), lines(low, high, 0.03, 5 if wells else 2, 1)
    shell = rounded(lattice(xs, lines(-half, half, 0.03, 2, 1), zs, skin), radii)
    if wells:
        shell = welled(shell, wells, 0.56, half - 0.5)
    rail = coat.aluminium()
    for band in (
        below(2, low + 0.12),
        beyond(2, high - 0.07),
        below(0, rear + 0.06),
        beyond(0, front - 0.06),
    ):
        shell = painted(shell, band, rail, FLANKS)
    shell = painted(shell, beyond(2, high - 0.1), rail, ENDS)
    return painted(shell, beyond(1, half - 0.07), rail, (Side.REAR,))


def panel_seams(shell: Shell, span: tuple[float, float], rise: tuple[float, float]) -> list[Shell]:
    """Return the joints between the side panels of a cargo box."""
    (rear, front), (low, high) = span, rise
    places = np.linspace(rear, front, max(int((front - rear) / 1.2), 2) + 1)[1:-1]
    courses = [[(float(x), low + 0.12), (float(x), high - 0.07)] for x in places]
    left = seams(shell, courses, Side.LEFT, coat.aluminium(), Stroke(0.015, 9.0))
    return [left, mirrored(left)]


def doors(shell: Shell, half: float, rise: tuple[float, float], style: str) -> list[Shell]:
    """Return the rear doors of a cargo box: `roller` or `leaf`."""
    low, high = rise
    edge = half - 0.08
    if style == "roller":
        slats = [
            [(-edge, float(z)), (edge, float(z))] for z in np.arange(low + 0.2, high - 0.12, 0.3)
        ]
        return [seams(shell, slats, Side.REAR, coat.gap(), Stroke(0.014, 9.0))]
    gap = [[(0.0, low + 0.05), (0.0, high - 0.08)]]
    rods = [
        [(y, low + 0.05), (y, high - 0.05)]
        for y in (-0.55 * half, -0.2 * half, 0.2 * half, 0.55 * half)
    ]
    return [
        seams(shell, gap, Side.REAR, coat.gap(), Stroke(0.02, 9.0)),
        seams(shell, rods, Side.REAR, coat.chrome(), Stroke(0.03, 9.0)),
    ]


def chassis(rear: float, front: float, half: float, top: float) -> list[Shell]:
    """Return frame rails, tanks, side guards and mudflaps under a body that begins at `top` [m]."""
    middle, length = (rear + front) / 2, front - rear
    dark = coat.chassis()
    tank = front - 0.26 * length
    parts = [
        block((middle, 0.0, top - 0.14), (length, 0.9, 0.28), dark),
        block((tank, half - 0.36, top - 0.32), (0.9, 0.5, 0.46), coat.aluminium()),
        block((tank + 0.1, -half + 0.36, top - 0.32), (0.7, 0.5, 0.46), dark),
    ]
    guard = block(
        (tank - 0.30 * length * 0.5 - 0.3, half - 0.06, 0.62),
        (0.24 * length, 0.03, 0.10),
        coat.aluminium(),
    )
    return [*parts, guard, mirrored(guard)]


def tail(rear: float, half: float, height: float) -> list[Shell]:
    """Return underrun bar, lamp clusters, plate and reflective marks at `rear` [m]."""
    bar = block((rear + 0.05, 0.0, height - 0.16), (0.1, 2 * half - 0.1, 0.12), coat.chassis())
    plate = block((rear + 0.02, 0.0, height), (0.03, 0.44, 0.11), coat.plate())
    parts = [bar, plate]
    amber = indicators()
    for sign, lens in ((1, amber[0]), (-1, amber[1])):
        edge = sign * (half - 0.05)
        cells = (
            (0.00, 0.13, lens),
            (0.13, 0.15, coat.lens("red", (118, 8, 10), "tail")),
            (0.28, 0.14, coat.lens("red", (140, 10, 12), "brake")),
            (0.42, 0.10, coat.lens("clear", (196, 190, 188), "reverse")),
        )
        for start, size, finish in cells:
            y = edge - sign * (start + size / 2)
            parts.append(block((rear + 0.03, y, height), (0.05, size - 0.008, 0.13), finish))
        y = edge - sign * 0.26
        parts.append(block((rear + 0.045, y, height), (0.06, 0.56, 0.16), coat.plastic()))
    return parts


def truck_wheels(
    places: tuple[float, ...], half: float, radius: float, twin: tuple[bool, ...], rim: Finish
) -> list[Shell]:
    """Return the wheels of the axles at `places` [m], some of them with twin tyres."""
    finish = WheelFinish(coat.rubber(), rim, coat.gap())
    shells = []
    for x, pair in zip(places, twin, strict=True):
        style = WheelStyle(
            radius, 0.62 * radius, rim=0.6, spokes=0, dish=0.10 if pair else 0.02, twin=pair
        )
        shells += axle(wheel(style, finish), x, half, radius)
    return shells


def fenders(places: tuple[float, ...], half: float, radius: float) -> list[Shell]:
    """Return mudguards over the axles at `places` [m]: a flat top and a flap behind each."""
    parts = []
    for x in places:
        top = block(
            (x, half - 0.3, 2 * radius + 0.07), (2 * radius + 0.1, 0.55, 0.03), coat.plastic()
        )
        flap = block(
            (x - radius - 0.09, half - 0.3, radius + 0.1), (0.02, 0.55, 1.1 * radius), coat.rubber()
        )
        parts += [top, flap, mirrored(top), mirrored(flap)]
    return parts
