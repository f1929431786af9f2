"""Cargo bicycles: a box between the rider and a small wheel far ahead."""

# ruff: noqa: RUF005 (a list added to an array is a sum, not a longer list)

from dataclasses import replace

import numpy as np

from synthgen.assets.bicycles import (
    KIND,
    PAINTS,
    Cycle,
    Rolling,
    cockpit,
    cycle_lenses,
    draw_cycle,
    frame_materials,
    mudguard,
    rolling,
    saddle,
    steering,
)
from synthgen.assets.lenses import lens_meshes, reflector
from synthgen.assets.sweeping import flipped, loft, plate, tube
from synthgen.materials import Material, Texture, srgb
from synthgen.mesh import Mesh
from synthgen.road_user import RoadUser

_BOXES = (("wood", (150, 112, 70)), ("black", (36, 36, 38)), ("white", (214, 214, 208)),
          ("green", (58, 92, 70)))  # fmt: skip
_RADIUS = 0.265


def draw_cargo_bike(user: RoadUser, stature: float, rng: np.random.Generator) -> Cycle:
    """Return the measures of `user`'s cargo bicycle for a rider `stature` [m] tall.

    The saddle stands as on any bicycle; the handlebar half a metre before it.
    """
    cycle = draw_cycle(user, stature, rng)
    saddle_height = 0.83 * _RADIUS + 0.88 * 0.47 * stature - 0.05
    cycle = replace(cycle, style="cargo", radius=_RADIUS, tyre=0.026, saddle=saddle_height)
    return replace(
        cycle, width=user.width, grip=(float(cycle.seat[0]) + 0.52, saddle_height + 0.17)
    )


def build_cargo_bike(cycle: Cycle, rng: np.random.Generator) -> tuple[Rolling, str]:
    """Return the cargo bicycle with its bones, and the colour word of its frame."""
    color, paint = PAINTS[int(rng.integers(len(PAINTS)))]
    body, steel, rubber = frame_materials(color, paint)
    word, tone = _BOXES[int(rng.integers(len(_BOXES)))]
    wall = Material(f"box {word}", srgb(*tone), roughness=0.8, texture=Texture.CLOTH,
                    reflectance=0.4, porosity=0.2)  # fmt: skip
    narrow = replace(cycle, width=min(cycle.width, 0.62))
    fixed = [*_frame(cycle, body, steel), *cockpit(narrow, steel, rubber)]
    fixed += [*_box(cycle, wall), *_guards(cycle, body, steel)]
    if rng.random() < 0.35:
        fixed.append(_cover(cycle, rng))
    fixed += lens_meshes(cycle_lenses(cycle), KIND)
    return rolling(cycle, fixed, steel, rubber), color


def _span(cycle: Cycle) -> tuple[float, float]:
    """Rear and front wall of the box [m]."""
    return float(steering(cycle)[0][0]) + 0.07, float(cycle.front[0]) - cycle.radius - 0.07


def _frame(cycle: Cycle, body: Material, steel: Material) -> list[Mesh]:
    """Return the low frame: under the box to a second head tube and the fork ahead of it."""
    low, high = steering(cycle)
    bracket, seat, rear, front = cycle.bracket, cycle.seat, cycle.rear, cycle.front
    post = bracket + 0.72 * (seat - bracket)
    keel = np.array([_span(cycle)[0], 0.0, 0.27])
    neck = front + [-0.16, 0.0, 0.40]
    parts = [
        tube([bracket, post], 0.017, body, KIND, 8),
        tube([post, seat - [0, 0, 0.03]], 0.013, steel, KIND),
        tube([bracket + [0, 0, 0.03], low], 0.022, body, KIND, 8),
        tube([bracket + 0.4 * (seat - bracket), low + [0, 0, 0.1]], 0.017, body, KIND, 8),
        tube([low, high], 0.022, body, KIND, 8),
        tube([low + [0, 0, 0.04], keel, [_span(cycle)[1], 0, 0.27], neck + [-0.03, 0, 0]], 0.024,
             body, KIND, 8),
        tube([neck + [0.035, 0, -0.08], neck + [-0.02, 0, 0.06]], 0.022, body, KIND, 8),
        saddle(seat),
    ]  # fmt: skip
    for side in (1, -1):
        drop = rear + [0, side * 0.066, 0]
        parts.append(tube([bracket + [-0.02, side * 0.03, 0], drop], 0.011, body, KIND))
        parts.append(tube([post + [0, side * 0.016, 0], drop], 0.009, body, KIND))
        crown = neck + [0.04, side * 0.05, -0.09]
        parts.append(tube([crown, front + [0, side * 0.055, 0]], (0.015, 0.009), body, KIND))
    bridge = neck + [0.04, 0.0, -0.09]
    parts.append(tube([bridge + [0, 0.055, 0], bridge - [0, 0.055, 0]], 0.016, body, KIND))
    return parts


def _box(cycle: Cycle, wall: Material) -> list[Mesh]:
    """Return the open box: floor and four walls that flare a little."""
    (rear, front), half = _span(cycle), cycle.width / 2
    low, high, thick = 0.30, 0.74, 0.014
    foot = 0.84 * half
    back, fore = rear + 0.05, front - 0.05
    floor = np.array([(back, -foot, low), (fore, -foot, low), (fore, foot, low), (back, foot, low)])
    side = np.array([(back, foot, low), (fore, foot, low), (front, half - thick, high),
                     (rear, half - thick, high)])  # fmt: skip
    ends = []
    for x, inner, out in ((front, fore, 1.0), (rear, back, -1.0)):
        face = np.array([(inner, -foot, low), (inner, foot, low), (x, half - thick, high),
                         (x, thick - half, high)])  # fmt: skip
        ends.append(plate(face, (-thick * out, 0, 0), wall, KIND))
    flank = plate(side, (0, thick, 0), wall, KIND)
    red = reflector("side reflector", (236, 150, 30), 90.0)
    spot = np.array([(-0.04, 0, -0.015), (0.04, 0, -0.015), (0.04, 0, 0.015), (-0.04, 0, 0.015)])
    mark = plate(spot + [(rear + front) / 2, 0.93 * half, 0.52], (0, 0.012, 0), red, KIND)
    return [
        plate(floor, (0, 0, thick), wall, KIND),
        *ends,
        flank,
        flipped(flank),
        mark,
        flipped(mark),
    ]


def _cover(cycle: Cycle, rng: np.random.Generator) -> Mesh:
    """Return the tarpaulin over the load."""
    (rear, front), half = _span(cycle), cycle.width / 2 - 0.02
    rise = float(rng.uniform(0.05, 0.22))
    tones = ((52, 60, 76), (90, 36, 34), (44, 80, 58))
    cloth = Material("tarpaulin", srgb(*tones[int(rng.integers(3))]), roughness=0.8,
                     texture=Texture.CLOTH, reflectance=0.4, porosity=0.1)  # fmt: skip
    rings = []
    for x, share in ((rear, 0.35), ((rear + front) / 2, 1.0), (front, 0.5)):
        z = 0.735 + rise * share
        rings.append(np.array([(x, half, 0.735), (x, 0.55 * half, z), (x, -0.55 * half, z),
                               (x, -half, 0.735), (x, -half, 0.70), (x, half, 0.70)]))  # fmt: skip
    return loft(rings, cloth, KIND, crease=0.9)


def _guards(cycle: Cycle, body: Material, steel: Material) -> list[Mesh]:
    """Return mudguards, rack, lamp housings and the stand."""
    black = Material("plastic", srgb(28, 28, 30), roughness=0.6, reflectance=0.08)
    front, rear = (np.array(one.center) for one in cycle_lenses(cycle))
    guard, top = cycle.radius + 0.012, cycle.rear + [0, 0, cycle.radius + 0.07]
    parts = [
        mudguard(cycle.front, guard, (0.5, 2.6), 0.03, body),
        mudguard(cycle.rear, guard, (0.9, 3.7), 0.03, body),
        tube([front - [0.06, 0, 0], front - [0.02, 0, 0], front], (0.016, 0.03, 0.031), black,
             KIND, 8),
        tube([rear + [0.03, 0, 0], rear], (0.020, 0.027), black, KIND, 8),
    ]  # fmt: skip
    for side in (0.06, -0.06):
        parts.append(tube([top + [0.20, side, 0], top + [-0.17, side, 0]], 0.007, steel, KIND, 4))
        stay = [top + [-0.09, side, 0], cycle.rear + [0, side * 1.2, 0]]
        parts.append(tube(stay, 0.006, steel, KIND, 4))
    return parts
