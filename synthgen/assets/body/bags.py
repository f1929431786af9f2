"""Bags and what hands hold: drawn with who carries them, never part of the labelled box."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from synthgen.assets.body.bones import Bone, hanging_turns
from synthgen.assets.body.loosening import ARM, Z
from synthgen.assets.body.surface import Surface
from synthgen.assets.body.wearer import Wearer
from synthgen.assets.skeleton import Piece
from synthgen.assets.sweeping import loft, ring, tube
from synthgen.assets.wardrobe import Outfit
from synthgen.geometry import Array
from synthgen.materials import Material, srgb
from synthgen.mesh import Mesh, merge

KIND = "pedestrian"


def bag(wearer: Wearer, outfit: Outfit, garment: Surface) -> list[Piece]:
    """Return the outfit's bag outside the upper `garment`, nothing when there is none."""
    return BAGS[outfit.bag](wearer, outfit, garment)


def _none(wearer: Wearer, outfit: Outfit, garment: Surface) -> list[Piece]:
    return []


def _trunk(garment: Surface, low: float, high: float) -> Array:
    """Return the points [m] of the trunk between two `home` heights."""
    near = (garment.home[:, Z] > low) & (garment.home[:, Z] < high) & (garment.home[:, ARM] < 0.05)
    return garment.points[near]


def _backpack(wearer: Wearer, outfit: Outfit, garment: Surface) -> list[Piece]:
    size = max(wearer.scale, 0.62)
    shoulders = float(wearer.mark("l-shoulder")[2])
    back = float(np.quantile(_trunk(garment, 0.25, 0.55)[:, 0], 0.02))
    rows = ((-0.40, 0.05, 0.10), (-0.37, 0.075, 0.14), (-0.20, 0.085, 0.15), (-0.05, 0.075, 0.14),
            (0.02, 0.05, 0.11), (0.045, 0.02, 0.06))  # fmt: skip
    rings = [
        ring((back - (depth - 0.03) * size, 0, shoulders + z * size), (depth * size, half * size),
             12, 3.2)
        for z, depth, half in rows
    ]  # fmt: skip
    pocket = [
        ring((back - 0.115 * size, 0, shoulders + z * size), (depth * size, half * size), 10, 3.2)
        for z, depth, half in ((-0.38, 0.03, 0.08), (-0.36, 0.045, 0.10), (-0.20, 0.04, 0.10),
                               (-0.18, 0.02, 0.09))
    ]  # fmt: skip
    whole = merge([loft(rings, outfit.accent, KIND), loft(pocket, outfit.accent, KIND)])
    return [Piece(whole, _on(whole, Bone.CHEST), counted=False)]


def _shoulder(wearer: Wearer, outfit: Outfit, garment: Surface) -> list[Piece]:
    hips = _trunk(garment, 0.0, 0.14)
    side, height = float(hips[:, 1].min()), float(wearer.mark("l-upper-leg")[2])
    rows = ((-0.10, 0.11, 0.035), (-0.07, 0.13, 0.045), (0.07, 0.13, 0.04), (0.10, 0.11, 0.025))
    rings = [
        ring((0.0, side - 0.028 * wearer.scale, height + z * wearer.scale),
             (x * wearer.scale, y * wearer.scale), 10, 3.5)
        for z, x, y in rows
    ]  # fmt: skip
    whole = loft(rings, outfit.accent, KIND)
    return [Piece(whole, _on(whole, Bone.PELVIS), counted=False)]


def _shopping(wearer: Wearer, outfit: Outfit, garment: Surface) -> list[Piece]:
    rows = ((-0.40, 0.13, 0.06), (-0.39, 0.15, 0.075), (-0.20, 0.16, 0.07), (-0.09, 0.16, 0.04))
    return _held(wearer, outfit, rows, 0.09)


def _handbag(wearer: Wearer, outfit: Outfit, garment: Surface) -> list[Piece]:
    rows = ((-0.30, 0.13, 0.05), (-0.29, 0.15, 0.06), (-0.15, 0.13, 0.045), (-0.12, 0.10, 0.02))
    return _held(wearer, outfit, rows, 0.11)


def _held(
    wearer: Wearer, outfit: Outfit, rows: tuple[tuple[float, float, float], ...], reach: float
) -> list[Piece]:
    """Return a bag of sections (height below the grip, half depth, half width) in the left hand."""
    scale = wearer.scale
    rings = [ring((0, 0, z * scale), (x * scale, y * scale), 10, 3.5) for z, x, y in rows]
    line = np.array([(0.10, 0, -reach - 0.02), (0.04, 0, 0), (-0.04, 0, 0),
                     (-0.10, 0, -reach - 0.02)])  # fmt: skip
    whole = merge([loft(rings, outfit.accent, KIND),
                   tube(line * scale, 0.007 * scale, outfit.accent, KIND, 4)])  # fmt: skip
    return [in_hand(wearer, whole, 0)]


def in_hand(wearer: Wearer, thing: Mesh, first: int) -> Piece:
    """Return `thing`, made about the grip of a hanging hand, in the left (0) or right (1) hand."""
    side = "lr"[first]
    grip = 0.35 * wearer.mark(f"{side}-hand") + 0.65 * wearer.mark(f"{side}-finger-3-2")
    turn = hanging_turns(wearer.points, wearer.data)[Bone.HAND_LEFT + first]
    moved = replace(thing, vertices=thing.vertices @ turn + grip, normals=thing.normals @ turn)
    return Piece(moved, _on(moved, Bone(Bone.HAND_LEFT + first)), counted=False)


def phone(wearer: Wearer) -> Piece:
    """Return a phone in the right hand."""
    black = Material("phone", srgb(18, 18, 20), roughness=0.1, reflectance=0.1, porosity=0.0)
    rings = [ring((0.0, 0.025, z), (0.036, 0.005), 8, 4.0) for z in (-0.12, 0.03)]
    return in_hand(wearer, loft(rings, black, KIND), 1)


def _on(thing: Mesh, bone: Bone) -> Array:
    weights = np.zeros((len(thing.vertices), len(Bone)))
    weights[:, bone] = 1.0
    return weights


BAGS: dict[str, Callable[[Wearer, Outfit, Surface], list[Piece]]] = {
    "none": _none, "backpack": _backpack, "shoulder": _shoulder, "shopping": _shopping,
    "handbag": _handbag,
}  # fmt: skip
"""What is carried."""
