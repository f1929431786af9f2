"""Bags: drawn with who carries them, never part of the labelled box."""

# ruff: noqa: RUF005 (a list added to an array is a sum, not a longer list)

from collections.abc import Callable

import numpy as np

from synthgen.assets.anatomy import THICKNESS, trunk_section
from synthgen.assets.physique import Bone, Physique, weights
from synthgen.assets.skeleton import Piece
from synthgen.assets.sweeping import flipped, loft, ring, tube
from synthgen.assets.wardrobe import Outfit
from synthgen.mesh import merge

KIND = "pedestrian"


def bag(body: Physique, outfit: Outfit) -> list[Piece]:
    """Return the outfit's bag, nothing when there is none."""
    return _BAGS[outfit.bag](body, outfit)


def _none(body: Physique, outfit: Outfit) -> list[Piece]:
    return []


def _backpack(body: Physique, outfit: Outfit) -> list[Piece]:
    size = max(body.height, 1.35)
    rows = ((0.26, 0.030, 0.060), (0.28, 0.045, 0.075), (0.55, 0.052, 0.080), (0.85, 0.042, 0.074),
            (0.96, 0.030, 0.060), (1.0, 0.014, 0.040))  # fmt: skip
    rings = []
    for way, depth, width in rows:
        back = float(trunk_section(body, way, THICKNESS[outfit.upper])[:, 0].min())
        height = (body.hip + way * body.trunk) * body.height
        rings.append(
            ring((back - depth * size * 0.9, 0, height), (depth * size, width * size), 12, 3.2)
        )
    pack = loft(rings, outfit.accent, KIND)
    ways = (0.95, 1.07, 1.09, 1.02, 0.85, 0.66)
    strap = []
    for way, ahead in zip(ways, (-1, -0.45, 0.0, 0.7, 0.93, 0.97), strict=True):
        section = trunk_section(body, min(way, 1.0), THICKNESS[outfit.upper] + 0.010)
        edge = section[:, 0].max() if ahead > 0 else -section[:, 0].min()
        height = (body.hip + way * body.trunk + 0.02) * body.height
        strap.append((ahead * edge, 0.062 * body.shoulders * body.height, height))
    line = tube(strap, 0.011 * body.height, outfit.accent, KIND, 5)
    whole = merge([pack, line, flipped(line)])
    return [Piece(whole, weights(len(whole.vertices), {Bone.CHEST: 1.0}), counted=False)]


def _shoulder(body: Physique, outfit: Outfit) -> list[Piece]:
    scale = body.height
    side = -(0.10 * body.girth * body.hips + 0.032)
    rows = ((-0.02, 0.070, 0.020), (0.0, 0.080, 0.026), (0.09, 0.078, 0.024), (0.12, 0.060, 0.016))
    rings = [ring((-0.01, side, body.hip - 0.03 + z), (x, y), 10, 3.5) for z, x, y in rows]
    pouch = loft(np.array(rings) * scale, outfit.accent, KIND)
    top = body.shoulder + 0.022
    section = trunk_section(body, 0.7, THICKNESS[outfit.upper] + 0.012) / scale
    edge, back = float(section[:, 0].max()), float(section[:, 0].min())
    line = np.array([(0.03, side + 0.01, body.hip + 0.08),
                     (edge, -0.02, body.hip + 0.62 * body.trunk),
                     (0.03, 0.060, top), (-0.03, 0.060, top + 0.003),
                     (back, -0.01, body.hip + 0.7 * body.trunk),
                     (-0.05, side + 0.01, body.hip + 0.08)])  # fmt: skip
    whole = merge([pouch, tube(line * scale, 0.007 * scale, outfit.accent, KIND, 4)])
    height = whole.vertices[:, 2] / scale
    chest = np.clip((height - body.hip) / body.trunk / 0.55 - 0.15, 0, 1)
    shares = {Bone.PELVIS: 1 - chest, Bone.CHEST: chest}
    return [Piece(whole, weights(len(height), dict(shares)), counted=False)]


def _tote(body: Physique, outfit: Outfit) -> list[Piece]:
    """Return a shopping bag hanging from the left hand."""
    scale = body.height
    hand = body.shoulder - sum(body.arm) - 0.065
    start = np.array([0.0, body.shoulder_side - 0.004, hand])
    rows = (
        (-0.235, 0.075, 0.040),
        (-0.23, 0.085, 0.045),
        (-0.13, 0.090, 0.040),
        (-0.06, 0.095, 0.022),
    )
    rings = [ring(start + [0, 0, z], (x, y), 10, 3.5) for z, x, y in rows]
    sack = loft(np.array(rings) * scale, outfit.accent, KIND)
    line = start + np.array(
        [(0.07, 0, -0.065), (0.02, 0, 0.0), (-0.02, 0, 0.0), (-0.07, 0, -0.065)]
    )
    whole = merge([sack, tube(line * scale, 0.004 * scale, outfit.accent, KIND, 4)])
    share = {Bone.FOREARM_LEFT: 0.5, Bone.PELVIS: 0.5}
    return [Piece(whole, weights(len(whole.vertices), dict(share)), counted=False)]


_BAGS: dict[str, Callable[[Physique, Outfit], list[Piece]]] = {
    "none": _none, "backpack": _backpack, "shoulder": _shoulder, "tote": _tote,
}  # fmt: skip
