"""What makes a vehicle an emergency vehicle: light bars, battenburg, stripes, chevrons."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from synthgen.assets import finishes as coat
from synthgen.assets.cars import Car
from synthgen.assets.carving import Outline, end_view, painted, side_view
from synthgen.assets.draping import surface_at
from synthgen.assets.shells import FLANKS, Finish, Shell, Side, block, mirrored, rounded_box

_LENSES = {
    "red": (150, 10, 14),
    "blue": (14, 36, 170),
    "white": (214, 218, 222),
    "amber": (214, 120, 14),
}
BAR = 0.105
"""[m] height of a light bar on the roof of a car."""
REFLECTIVE = 250.0
"""[cd/lx/m2] high intensity film."""


def beacon_lens(color: str, half: str) -> Finish:
    """Return the lens of beacon circuit `half` (a or b) in `color`."""
    return coat.lens(color, _LENSES[color], f"beacon_{half}/{color}")


def light_bar(
    x: float, z: float, width: float, colors: tuple[str, str], tall: float = 0.1
) -> list[Shell]:
    """Return a light bar whose feet stand at (`x`, `z`) [m]; `colors` of left and right half."""
    low, high = z + 0.025, z + tall
    base = rounded_box(
        (x - 0.15, -width / 2, low),
        (x + 0.15, width / 2, low + 0.03),
        (0.05, 0.06, 0.012),
        (1, 2, 1),
        coat.trim(),
        arcs=1,
    )
    middle = block((x, 0.0, (low + high) / 2 + 0.008), (0.2, 0.16, high - low - 0.03), coat.trim())
    foot = block((x, width * 0.36, z + 0.005), (0.12, 0.05, 0.06), coat.trim())
    shells = [base, middle, foot, mirrored(foot)]
    for sign, color, half in ((1, colors[0], "a"), (-1, colors[1], "b")):
        shells += _domes(x, (low + 0.028, high), sign * width / 2, beacon_lens(color, half))
    return shells


def _domes(x: float, rise: tuple[float, float], end: float, lens: Finish) -> list[Shell]:
    """Three lenses from the middle of a light bar to its `end` [m]."""
    edges = np.linspace(0.07, abs(end), 4)
    shells = []
    for index, (start, stop) in enumerate(pairwise(edges)):
        reach = 0.10 if index == 2 else 0.14
        low, high = sorted(float(np.copysign(y, end)) for y in (start + 0.008, stop - 0.008))
        shells.append(
            rounded_box(
                (x - reach, low, rise[0]),
                (x + reach, high, rise[1]),
                (0.04, 0.04, 0.03),
                (1, 2, 1),
                lens,
                arcs=1,
            )
        )
    return shells


def flashers(x: float, y: float, z: float, colors: tuple[str, str]) -> list[Shell]:
    """Return a pair of small flashers at (`x`, +-`y`, `z`) [m]."""
    pair = []
    for sign, color, half in ((1, colors[0], "a"), (-1, colors[1], "b")):
        pair.append(block((x, sign * y, z), (0.03, 0.13, 0.045), beacon_lens(color, half)))
    return pair


def corner_beacons(
    x: float, y: float, z: float, colors: tuple[str, str], size: float = 0.16
) -> list[Shell]:
    """Return two upright lamps on the upper corners at (`x`, +-`y`, `z`) [m]."""
    return [
        block((x, sign * y, z), (0.05, size * 1.3, size * 0.75), beacon_lens(color, half))
        for sign, color, half in ((1, colors[0], "a"), (-1, colors[1], "b"))
    ]


def side_beacons(xs: Sequence[float], y: float, z: float, colors: tuple[str, str]) -> list[Shell]:
    """Return lamps along the upper edges of both flanks at |y| = `y` [m]."""
    lamps = []
    for x in xs:
        lamps += [
            block((x, y, z), (0.22, 0.03, 0.10), beacon_lens(colors[0], "a")),
            block((x, -y, z), (0.22, 0.03, 0.10), beacon_lens(colors[1], "b")),
        ]
    return lamps


def scene_lamps(xs: Sequence[float], y: float, z: float) -> list[Shell]:
    """Return flood lamps high on both flanks, standing out by 5 mm from |y| = `y` [m]."""
    lens = coat.lens("white", _LENSES["white"], "scene")
    lamps = [block((x, y - 0.015, z), (0.36, 0.04, 0.14), lens) for x in xs]
    return [one for lamp in lamps for one in (lamp, mirrored(lamp))]


def battenburg(
    shell: Shell,
    span: tuple[float, float],
    rise: tuple[float, float],
    colors: tuple[Finish, Finish],
    pitch: float = 0.5,
) -> Shell:
    """Return `shell` with two rows of checks on its flanks, over `span` (x) and `rise` (z) [m]."""
    start, end = span
    low, high = rise
    shell = painted(shell, side_view(_box(start, end, low, high)), colors[0], FLANKS)
    middle, count = (low + high) / 2, max(round((end - start) / pitch), 2)
    edges = np.linspace(start, end, count + 1)
    for index in range(count):
        z0, z1 = (low, middle) if index % 2 else (middle, high)
        cell = side_view(_box(float(edges[index]), float(edges[index + 1]), z0, z1))
        shell = painted(shell, cell, colors[1], FLANKS)
    return shell


def banded(
    shell: Shell,
    span: tuple[float, float],
    rise: tuple[float, float],
    finish: Finish,
    slope: float = 0.0,
    sides: Sequence[Side] = FLANKS,
) -> Shell:
    """Return `shell` with a stripe along its flanks; `slope` [m] lifts its rear end."""
    (start, end), (low, high) = span, rise
    outline = [(start, low + slope), (end, low), (end, high), (start, high + slope)]
    return painted(shell, side_view(outline), finish, sides)


def chevrons(
    shell: Shell,
    half: float,
    rise: tuple[float, float],
    colors: tuple[Finish, Finish],
    pitch: float = 0.3,
) -> Shell:
    """Return `shell` with stripes on its rear that point up to the middle, |y| up to `half` [m]."""
    low, high = rise
    shell = painted(shell, end_view(_box(-0.1, half, low, high)), colors[0], (Side.REAR,))
    count = int(np.ceil((half + high - low) / pitch / 2)) + 1
    box = end_view(_box(0.0, half, low, high))
    for index in range(count):
        z = low + (2 * index) * pitch
        stripe: Outline = [(0.0, z), (half, z - half), (half, z - half + pitch), (0.0, z + pitch)]
        region = np.concatenate([end_view(stripe), box])
        shell = painted(shell, region, colors[1], (Side.REAR,))
    return shell


def _box(start: float, end: float, low: float, high: float) -> Outline:
    return [(start, low), (end, low), (end, high), (start, high)]


def reflective(word: str, code: tuple[int, int, int]) -> Finish:
    """Return high intensity film of sRGB `code`."""
    return coat.film(word, code, REFLECTIVE)


def rear_pair() -> tuple[Finish, Finish]:
    """Return the yellow and the red film of chevrons behind.

    Source: NFPA 1901, 2009, section 15.9.3.2: at least half of the rear bears retroreflective
    stripes in chevrons of red and yellow.
    """
    return reflective("yellow", (232, 214, 40)), reflective("red", (190, 16, 20))


def spinner(x: float, y: float, z: float) -> list[Shell]:
    """Return an amber beacon lamp with its dark foot at (`x`, `y`, `z`) [m]."""
    lens = rounded_box(
        (x - 0.08, y - 0.08, z + 0.02),
        (x + 0.08, y + 0.08, z + 0.15),
        (0.06, 0.06, 0.04),
        (1, 2, 1),
        beacon_lens("amber", "a"),
        arcs=1,
    )
    foot = block((x, y, z + 0.01), (0.18, 0.18, 0.03), coat.trim())
    return [foot, lens]


def both_sides(shells: Sequence[Shell]) -> list[Shell]:
    """Return `shells` and their mirror images."""
    return [*shells, *(mirrored(shell) for shell in shells)]


def roof_bar(body: Car, colors: tuple[str, str]) -> list[Shell]:
    """Return a light bar over the B pillar, its top exactly `BAR` above the bare body."""
    frame = body.frame
    x = frame.x(frame.style.header) - 0.42
    roof = surface_at(body.shell, (x, 0.0), Side.TOP)
    width = 2 * frame.half * frame.style.roof_width * 0.95
    foot = roof - 0.02
    return light_bar(x, foot, width, colors, frame.height + BAR - foot)


def grille_flashers(body: Car, colors: tuple[str, str]) -> list[Shell]:
    """Return a pair of flashers in the grille of `body`."""
    frame = body.frame
    z = float(frame.sill(frame.length / 2 - 0.12)) - 0.1
    x = surface_at(body.shell, (0.16, z), Side.FRONT)
    return flashers(min(x - 0.004, frame.length / 2 - 0.016), 0.16, z, colors)
