"""Hair, and the way hair and hats get from the neutral head onto each person's."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from synthgen.assets.body.bones import Bone
from synthgen.assets.body.hats import CHIN, COLUMNS, HATS, HEAD, KIND, place, surface
from synthgen.assets.body.loosening import ARM, X, Y, Z
from synthgen.assets.body.surface import (
    border,
    extruded,
    kept,
    piece,
    smoothed,
    vertex_normals,
)
from synthgen.assets.body.wearer import Wearer, home
from synthgen.assets.skeleton import Piece
from synthgen.assets.sweeping import loft, ring
from synthgen.assets.wardrobe import Outfit
from synthgen.geometry import Array
from synthgen.mesh import Mesh

HAIRLINES = {
    # line of the hair at front, temple, side and back; thickness [m] at crown and at the line
    "short": ((0.86, 0.80, 0.50, 0.18), (0.014, 0.004)),
    "crop": ((0.87, 0.82, 0.55, 0.25), (0.005, 0.002)),
    "long": ((0.86, 0.78, 0.42, 0.14), (0.016, 0.010)),
    "bun": ((0.86, 0.79, 0.48, 0.18), (0.011, 0.004)),
    "ponytail": ((0.86, 0.79, 0.48, 0.18), (0.011, 0.004)),
    "afro": ((0.84, 0.76, 0.46, 0.16), (0.045, 0.030)),
    "receding": ((0.98, 0.93, 0.56, 0.20), (0.006, 0.005)),
}


def head(wearer: Wearer, outfit: Outfit) -> list[Piece]:
    """Return hair and whatever is worn on the head."""
    pieces = []
    if outfit.head not in ("fullface", "headscarf") and outfit.hairstyle in HAIRLINES:
        pieces.append(_hair(wearer, outfit))
    meshes = [*_STYLES.get(outfit.hairstyle, _none)(outfit), *HATS[outfit.head](outfit)]
    return pieces + [_worn(wearer, mesh) for mesh in meshes]


def _hair(wearer: Wearer, outfit: Outfit) -> Piece:
    """Return the scalp moved out by the thickness of the hair."""
    _, (crown, edge) = HAIRLINES[outfit.hairstyle]
    if outfit.head != "none":
        crown, edge = min(crown, 0.004), min(edge, 0.003)
    skin = wearer.skin()
    scalp = kept(skin, above_line(skin.home, outfit.hairstyle))
    full = np.clip(above_line(scalp.home, outfit.hairstyle) / 0.25, 0, 1)
    grown = (edge + (crown - edge) * full) * wearer.scale
    points = smoothed(scalp.points, scalp.triangles, 1 if crown < 0.02 else 3)
    normals = vertex_normals(points, scalp.triangles)
    scalp = replace(scalp, points=points + normals * grown[:, None])
    scalp, _ = extruded(scalp, border(scalp), -normals * (grown + 0.003)[:, None])
    return piece(scalp, (outfit.hair,), KIND)


def above_line(home: Array, style: str) -> Array:
    """Return how far points are above the hairline of `style`, in heads; below 0 on the ears."""
    line, _ = HAIRLINES[style]
    high = (home[:, Z] - CHIN[2]) / HEAD
    start = np.interp(_turn(home), np.radians([0, 50, 90, 135, 180]), [*line, line[-1]])
    ears = (0.074 - np.abs(home[:, Y])) / HEAD
    field = np.minimum(high - start, np.where(high < 0.62, ears, 1.0))
    return np.where(home[:, ARM] > -0.1, -1.0, field)


def _turn(place: Array) -> Array:
    """Return the angle [rad] from straight ahead, seen from above, 0 to pi."""
    return np.abs(np.arctan2(place[:, Y], place[:, X] - CHIN[0]))


def _worn(wearer: Wearer, part: Mesh) -> Piece:
    """Return `part`, made on the neutral head, on the head of `wearer`.

    The head's own affine map, fitted to its vertices, carries it; below the chin it follows the
    chest as hair on shoulders does.
    """
    own = wearer.data.weights[:, Bone.HEAD] > 0.9
    before = np.column_stack([home()[own, :3], np.ones(own.sum())])
    after = wearer.points[len(wearer.data.marks) :][own]
    affine = np.linalg.lstsq(before, after, rcond=None)[0]
    points = np.column_stack([part.vertices, np.ones(len(part.vertices))]) @ affine
    share = np.clip((part.vertices[:, 2] - CHIN[2]) / 0.06 + 1.2, 0.25, 1)
    weights = np.zeros((len(points), len(Bone)))
    weights[:, Bone.HEAD], weights[:, Bone.CHEST] = share, 1 - share
    return Piece(replace(part, vertices=points), weights)


def _none(outfit: Outfit) -> list[Mesh]:
    return []


def _bun(outfit: Outfit) -> list[Mesh]:
    if outfit.head != "none":
        return []
    rows = ((-0.13, 0.05), (-0.09, 0.11), (0.0, 0.14), (0.09, 0.11), (0.13, 0.05))
    knot = [ring((-0.44, 0, 0.70 + z), (r, r * 1.1), 8) for z, r in rows]
    return [loft([place(points) for points in knot], outfit.hair, KIND)]


def _ponytail(outfit: Outfit) -> list[Mesh]:
    rows = ((0.66, -0.40, 0.05), (0.64, -0.52, 0.09), (0.45, -0.58, 0.10), (0.1, -0.55, 0.09),
            (-0.12, -0.52, 0.03))  # fmt: skip
    tail = [ring((x, 0, z), (r, r), 8) for z, x, r in rows]
    return [loft([place(points) for points in tail], outfit.hair, KIND)]


def _long(outfit: Outfit) -> list[Mesh]:
    """Return a curtain of hair round sides and back, down onto the shoulders."""
    angle = np.linspace(np.radians(80), np.radians(280), COLUMNS)
    rings = []
    for height, grow in ((0.80, 0.06), (0.50, 0.085), (0.18, 0.10), (-0.15, 0.09), (-0.34, 0.05)):
        outer = surface(angle, np.full(COLUMNS, max(height, 0.40)), grow)
        inner = surface(angle[::-1], np.full(COLUMNS, max(height, 0.40)), grow - 0.08)
        points = np.concatenate([outer, inner])
        points[:, 0] -= 0.10 * max(0.0, 0.3 - height)
        points[:, 2] = height
        rings.append(points)
    return [loft([place(points) for points in rings], outfit.hair, KIND)]


_STYLES: dict[str, Callable[[Outfit], list[Mesh]]] = {
    "bun": _bun, "long": _long, "ponytail": _ponytail,
}  # fmt: skip
