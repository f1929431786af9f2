"""What makes a hull a car: wheel wells, lamps, grille, shut lines, plates, handles, mirrors."""

from dataclasses import dataclass

import numpy as np

from synthgen.assets import finishes as coat
from synthgen.assets.car_shells import CarFrame
from synthgen.assets.carving import (
    below,
    beyond,
    both,
    carved,
    coated,
    disc,
    end_view,
    painted,
    painted_pair,
    recessed,
    top_view,
)
from synthgen.assets.draping import Stroke, decal, seams
from synthgen.assets.shells import FLANKS, Finish, Shell, Side
from synthgen.geometry import Array

NOSE = (Side.FRONT, Side.LEFT, Side.RIGHT, Side.TOP)
TAIL = (Side.REAR, Side.LEFT, Side.RIGHT, Side.TOP)
_SWEPT = 0.22
"""[m] how deep half a head lamp's lens may be that follows a swept wing."""


@dataclass(frozen=True)
class Face:
    """Drawn details of a car's two ends.

    Attributes:
        grille: 0 wide bars, 1 tall single frame, 2 slim slot.
        lamp_height: [m] of the head lamps at their outer end.
        lamp_reach: [m] how far the head lamps wrap along the flank.
        chrome: whether grille and window frames shine.
        privacy: whether the rear windows are tinted.
        yellow_plate: whether the rear plate is yellow.
    """

    grille: int
    lamp_height: float
    lamp_reach: float
    chrome: bool
    privacy: bool
    yellow_plate: bool


def drawn_face(rng: np.random.Generator) -> Face:
    """Return the details of one design."""
    return Face(
        grille=int(rng.integers(3)),
        lamp_height=float(rng.uniform(0.11, 0.17)),
        lamp_reach=float(rng.uniform(0.08, 0.3)),
        chrome=bool(rng.random() < 0.4),
        privacy=bool(rng.random() < 0.45),
        yellow_plate=bool(rng.random() < 0.1),
    )


def welled(shell: Shell, places: tuple[float, ...], radius: float, inner: float) -> Shell:
    """Return `shell` with wheel wells of `radius` [m] sunk to |y| = `inner` [m]."""

    def sink(points: Array) -> Array:
        return np.column_stack([points[:, 0], np.sign(points[:, 1]) * inner, points[:, 2]])

    for x in places:
        shell, mask = carved(shell, both(disc(x, radius * 0.92, radius), beyond(1, inner)))
        shell = recessed(coated(shell, mask, coat.gap()), mask, sink, coat.gap())
    return shell


def front_end(shell: Shell, frame: CarFrame, face: Face) -> Shell:
    """Return the hull with grille, intakes, head lamps and fog lamps."""
    edge = float(frame.sill(frame.length / 2 - 0.12))
    ahead = beyond(0, frame.length / 2 - 0.55)
    shell = _grille(shell, frame, face, edge)
    low, half = frame.style.clearance, frame.half
    intake = [
        (-0.1, low + 0.07),
        (0.52 * half, low + 0.07),
        (0.62 * half, low + 0.2),
        (-0.1, low + 0.2),
    ]
    shell = painted(shell, both(end_view(intake), ahead), coat.gap(), NOSE)
    lip = both(below(2, low + 0.035), beyond(0, frame.axles[0] + frame.style.wheel * 1.2))
    shell = painted(shell, lip, coat.plastic(), NOSE)
    pod = [
        (0.68 * half, low + 0.1),
        (0.87 * half, low + 0.12),
        (0.87 * half, low + 0.24),
        (0.72 * half, low + 0.2),
    ]
    shell = painted(shell, both(end_view(pod), ahead), coat.plastic(), NOSE)
    return _head_lamps(shell, frame, face, edge)


def _grille(shell: Shell, frame: CarFrame, face: Face, edge: float) -> Shell:
    half, ahead = frame.half, beyond(0, frame.length / 2 - 0.4)
    top = edge - 0.025
    outlines = (
        [(-0.1, top - 0.15), (0.40 * half, top - 0.15), (0.54 * half, top), (-0.1, top)],
        [
            (-0.1, top - 0.26),
            (0.30 * half, top - 0.26),
            (0.38 * half, top - 0.1),
            (0.34 * half, top + 0.01),
            (-0.1, top + 0.01),
        ],
        [
            (-0.1, top - 0.09),
            (0.5 * half, top - 0.08),
            (0.54 * half, top - 0.015),
            (-0.1, top - 0.015),
        ],
    )
    outline = outlines[face.grille]
    frame_finish = coat.chrome() if face.chrome else coat.trim()
    shell = painted(shell, both(end_view(outline), ahead), frame_finish, NOSE)
    center = np.array([0.0, np.mean([z for _, z in outline])])
    inner = [tuple(center + (np.array(p) - center) * (0.95, 0.82)) for p in outline]
    return painted(shell, both(end_view(inner), ahead), coat.gap(), NOSE)


def _head_lamps(shell: Shell, frame: CarFrame, face: Face, edge: float) -> Shell:
    """Black housings around the corners, bowls in them, indicators at their outer ends."""
    half, tall, style = frame.half, face.lamp_height, frame.style
    top, far = edge + 0.015, 1.1 * half
    back = 0.8 * style.nose_sweep + 0.5 * style.rake + 0.6 * face.lamp_reach + 0.1
    reach = beyond(0, frame.length / 2 - back)
    for inset, finish in ((0.0, coat.trim()), (0.015, coat.reflector())):
        foot = top - tall + inset
        outline = [
            (0.56 * half + inset, top - 0.55 * tall),
            (0.62 * half + inset, foot),
            (far, foot + 0.05 * tall),
            (far, top + 0.03 - inset),
            (0.8 * half, top - inset),
            (0.56 * half + 0.02 + inset, top - 0.03 - inset),
        ]
        shell = painted(shell, both(end_view(outline), reach), finish, NOSE)
    low, high = top - 0.8 * tall, top - 0.25 * tall
    corner = [(0.88 * half, low), (far, low), (far, high), (0.88 * half, high)]
    return painted_pair(shell, both(end_view(corner), reach), *indicators(), NOSE)


def nose_decals(shell: Shell, frame: CarFrame, face: Face) -> list[Shell]:
    """Return lenses, grille bar and daytime strips laid on the finished nose."""
    edge, half = float(frame.sill(frame.length / 2 - 0.12)), frame.half
    top, tall = edge + 0.015, face.lamp_height
    found = []
    for circuit, place, radius in (("low_beam", 0.80, 0.05), ("high_beam", 0.67, 0.04)):
        lens = coat.lens("clear", (205, 210, 214), circuit)
        found += _projector(shell, (place * half, top - 0.5 * tall), radius, lens)
    strip = coat.lens("clear", (215, 218, 220), "daytime")
    z = top - tall + 0.03
    runs = [[(sign * 0.62 * half, z), (sign * 0.87 * half, z)] for sign in (1, -1)]
    found.append(seams(shell, runs, Side.FRONT, strip, Stroke(0.022, 0.04)))
    bar = coat.chrome() if face.chrome else coat.trim()
    z = edge - (0.10, 0.13, 0.075)[face.grille]
    reach = (0.36, 0.26, 0.44)[face.grille] * half
    return [
        *found,
        seams(shell, [[(-reach, z), (reach, z)]], Side.FRONT, bar, Stroke(0.02, 0.05, 0.005)),
    ]


def _projector(shell: Shell, spot: tuple[float, float], radius: float, lens: Finish) -> list[Shell]:
    """Hexagonal lenses of `radius` [m] about (+-y, z) = `spot` [m], further in if they hang over.

    Where the wings fall back steeply, on low long noses, the lens is stretched along them.
    """
    ring = [(radius * np.cos(a), radius * np.sin(a)) for a in np.arange(6) * np.pi / 3]
    hexagon = np.array([ring[:4], [ring[3], ring[4], ring[5], ring[0]]])
    for inward in np.arange(6) * 0.02:
        y, z = spot[0] - inward, spot[1]
        pair = [
            decal(shell, hexagon + np.array([sign * y, z]), Side.FRONT, lens, 0.007, _SWEPT)
            for sign in (1, -1)
        ]
        if all(len(one.triangles) == 4 for one in pair):
            break
    return pair


def tail_decals(shell: Shell, frame: CarFrame) -> list[Shell]:
    """Return brake, reverse and indicator lenses and reflectors laid on the finished tail."""
    half = frame.half
    top, tall, inner = tail_lamp(frame)
    low = frame.style.clearance + 0.19
    left, right = indicators()
    rows = (
        # from, to (shares of the half width); middle (share of the lamp's height), height; finish
        (inner + 0.03, 0.88, 0.46, 0.30, coat.lens("red", (140, 10, 12), "brake")),
        (inner + 0.03, 0.82, 0.15, 0.18, coat.lens("clear", (196, 190, 188), "reverse")),
        (inner + 0.01, 0.89, 0.64, 0.05, coat.lens("red", (118, 8, 10), "tail")),
        (inner + 0.01, 0.89, 0.28, 0.05, coat.lens("red", (118, 8, 10), "tail")),
    )
    found = []
    for start, end, middle, height, finish in rows:
        z = top - tall * (1 - middle)
        runs = [[(sign * start * half, z), (sign * end * half, z)] for sign in (1, -1)]
        found.append(seams(shell, runs, Side.REAR, finish, Stroke(height * tall, 0.036, 0.007)))
    for sign, finish in ((1, left), (-1, right)):
        z = top - 0.2 * tall
        run = [(sign * (inner + 0.03) * half, z), (sign * 0.88 * half, z)]
        found.append(seams(shell, [run], Side.REAR, finish, Stroke(0.26 * tall, 0.036, 0.007)))
    marks = [[(sign * 0.72 * half, low), (sign * 0.86 * half, low)] for sign in (1, -1)]
    return [
        *found,
        seams(shell, marks, Side.REAR, coat.film("red", (120, 6, 8), 15.0), Stroke(0.035, 0.04)),
    ]


def tail_lamp(frame: CarFrame) -> tuple[float, float, float]:
    """Return upper edge [m], height [m] and inner end (share of the half width) of a tail lamp."""
    upright = frame.style.lamps == 1
    top = float(frame.sill(-frame.length / 2 + 0.05)) - (0.0 if upright else 0.035)
    return (top, 0.30, 0.70) if upright else (top, 0.16, 0.46)


def indicators() -> tuple[Finish, Finish]:
    """Return the amber lenses of the left and the right indicator."""
    amber = (196, 96, 12)
    return coat.lens("amber", amber, "indicator_left"), coat.lens("amber", amber, "indicator_right")


def rear_end(shell: Shell, frame: CarFrame, face: Face) -> Shell:
    """Return the hull with tail lamps, boot lid lines and lower bumper."""
    low, half = frame.style.clearance, frame.half
    behind = below(0, -frame.length / 2 + 0.5)
    valance = [(-0.1, low), (0.72 * half, low), (0.62 * half, low + 0.16), (-0.1, low + 0.16)]
    shell = painted(shell, both(end_view(valance), behind), coat.plastic(), TAIL)
    return _tail_lamps(shell, frame)


def rear_seams(frame: CarFrame) -> list[list[tuple[float, float]]]:
    """Return the courses (y, z) [m] of bumper and boot lid gaps behind."""
    seam, half = frame.style.clearance + 0.30, frame.half
    top = float(frame.sill(-frame.length / 2 + 0.05)) - 0.05
    edge = 0.66 * half
    sides = [[(sign * edge, seam), (sign * (edge + 0.02), top)] for sign in (1, -1)]
    return [*sides, [(-0.93 * half, seam + 0.02), (0.0, seam), (0.93 * half, seam + 0.02)]]


def _tail_lamps(shell: Shell, frame: CarFrame) -> Shell:
    """Red housings around the corners; their outer ends are the tail lamps."""
    half = frame.half
    top, tall, inner = tail_lamp(frame)
    reach = below(0, -frame.length / 2 + frame.style.tail_sweep + 0.12)
    for start, circuit in ((inner, ""), (0.89, "tail")):
        box = [
            (start * half, top - tall),
            (1.1 * half, top - tall),
            (1.1 * half, top),
            (start * half, top),
        ]
        lens = coat.lens("red", (118, 8, 10), circuit)
        shell = painted(shell, both(end_view(box), reach), lens, TAIL)
    return shell


def flank(shell: Shell, frame: CarFrame) -> Shell:
    """Return the hull with dark skirts between the wheels."""
    skirt = frame.style.clearance + (0.16 if frame.style.cladding else 0.035)
    front, rear = frame.axles
    between = both(below(2, skirt), below(0, front), beyond(0, rear))
    return painted(shell, between, coat.plastic(), FLANKS)


def flank_seams(frame: CarFrame, marks: list[float]) -> list[list[tuple[float, float]]]:
    """Return the courses (x, z) [m] of the door gaps at the pillars' `marks` [m]."""
    style = frame.style
    low, high = style.clearance + 0.09, frame.z(style.belt_z) + 0.02
    front, rear = frame.axles
    first = front - style.wheel - 0.13
    foot = last = rear + style.wheel + 0.18
    if style.bed:
        foot = last = frame.x(style.rear_base) + 0.05
    elif marks[1] > rear + style.wheel + 0.1:
        foot, last = (
            rear + style.wheel + 0.12,
            max(rear + style.wheel * 0.2, marks[-2] - 0.75) + 0.02,
        )
    courses = [[(first - 0.03, high), (first, 0.6), (first, low), (foot, low), (last, high)]]
    clear = [mark for mark in marks[1:2] if mark > rear + style.wheel + 0.1]
    return courses + [[(mark, low), (mark, high)] for mark in clear]


def bedded(shell: Shell, frame: CarFrame) -> Shell:
    """Return the hull of a pickup with its cargo bed sunk behind the cab."""
    floor = frame.style.wheel * 2 + 0.04
    front, rear = frame.x(frame.style.rear_base) - 0.12, -frame.length / 2 + 0.09
    side = 0.80 * frame.half
    shell, mask = carved(
        shell, top_view([(rear, -0.1), (front, -0.1), (front, side), (rear, side)]), (Side.TOP,)
    )

    def sink(points: Array) -> Array:
        return np.column_stack([points[:, :2], np.full(len(points), floor)])

    return recessed(coated(shell, mask, coat.plastic()), mask, sink, coat.plastic())


def lid_seams(frame: CarFrame) -> list[list[tuple[float, float]]]:
    """Return the courses (x, y) [m] of the left gaps of bonnet and, on saloons, boot lid."""
    half, nose = frame.half, frame.length / 2
    cowl = frame.x(frame.style.cowl) - 0.05
    courses = [
        [
            (cowl, 0.84 * half),
            ((cowl + nose) / 2, 0.8 * half),
            (nose - 0.3 - frame.style.rake - 0.3 * frame.style.nose_sweep, 0.73 * half),
        ]
    ]
    if frame.style.rear_base < 0.93 and not frame.style.bed:
        base = frame.x(frame.style.rear_base) - 0.04
        courses.append(
            [(base, 0.76 * half), (-nose + 0.12 + 0.3 * frame.style.tail_sweep, 0.72 * half)]
        )
    return courses
