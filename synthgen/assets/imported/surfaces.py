"""Materials of an imported mesh: the file's, textures as a few colours, mended by the user."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float, Int

from synthgen.assets.imported.images import quantised, sampled
from synthgen.assets.imported.manifest import Asset, MaterialEntry
from synthgen.assets.imported.reading import Look, Piece
from synthgen.assets.imported.shape import Shape
from synthgen.geometry import Array
from synthgen.materials import Material
from synthgen.spec.wording import nearest

MOST_COLORS = 32
"""Colours that a textured material becomes."""


def materials_of(
    asset: Asset, pieces: Sequence[Piece], shape: Shape
) -> tuple[tuple[Material, ...], Int[Array, "t"]]:
    """Return the materials and which of them each triangle of `shape` has.

    Raises ValueError when the manifest changes a material that the file lacks.
    """
    _check_changes(asset, pieces)
    index = np.zeros(len(shape.triangles), np.int64)
    found: list[Material] = []
    areas = shape.areas
    for number, piece in enumerate(pieces):
        own = np.flatnonzero(shape.piece == number)
        if not len(own):
            continue
        change = asset.materials.get(piece.look.name, MaterialEntry())
        colors, which = _colors(piece, shape.origin[own], areas[own])
        look = _averaged(piece, shape.origin[own])
        index[own] = len(found) + which
        found += [_material(look, color, change) for color in colors]
    unique = tuple(dict.fromkeys(found))
    rows = {material: row for row, material in enumerate(unique)}
    return unique, np.array([rows[material] for material in found])[index]


def _check_changes(asset: Asset, pieces: Sequence[Piece]) -> None:
    known = sorted({piece.look.name for piece in pieces} - {""})
    for name in asset.materials:
        if name not in known:
            close = nearest(name, known) or f"; it has {', '.join(known[:8])}"
            raise ValueError(f"has no material {name}{close}")


def _colors(
    piece: Piece, origin: Int[Array, "t"], area: Float[Array, "t"]
) -> tuple[Float[Array, "c 3"], Int[Array, "t"]]:
    """Return the linear colours of a piece and which one each of its triangles has."""
    base = np.array(piece.look.color[:3])
    corners = piece.triangles[origin]
    if piece.tint is None and (piece.look.image is None or piece.uv is None):
        return base[None], np.zeros(len(origin), np.int64)
    colors = np.tile(base, (len(origin), 1))
    if piece.tint is not None:
        colors = colors * piece.tint[corners].mean(axis=1)
    if piece.look.image is not None and piece.uv is not None:
        colors = colors * sampled(piece.look.image, piece.uv[corners])
    return quantised(colors, area, MOST_COLORS)


def _averaged(piece: Piece, origin: Int[Array, "t"]) -> Look:
    """Return the look with the mean of its roughness and metal texture in its numbers."""
    look = piece.look
    if look.rough_image is None or piece.uv is None:
        return look
    codes = np.asarray(look.rough_image.convert("RGB"), float) / 255
    high, wide = codes.shape[:2]
    place = piece.uv[piece.triangles[origin]].mean(axis=1) % 1.0
    column = np.minimum((place[:, 0] * wide).astype(int), wide - 1)
    row = np.minimum(((1 - place[:, 1]) * high).astype(int), high - 1)
    _, rough, metal = codes[row, column].mean(axis=0)
    return replace(look, roughness=look.roughness * rough, metallic=look.metallic * metal)


def _material(look: Look, color: Float[Array, "3"], change: MaterialEntry) -> Material:
    """Return the material; at 905 nm it reflects what it does in the middle of the visible.

    That holds for grey and white paint, metal and rubber; who knows better says so in the
    manifest.
    """
    if not np.isfinite(color).all():
        raise ValueError(f"material {look.name} has a colour that is no number")
    said = {name: getattr(change, name) for name in MaterialEntry.__dataclass_fields__}
    red, green, blue = (round(float(value), 5) for value in np.clip(color, 0, 1))
    bright = float(np.clip(color @ (0.2126, 0.7152, 0.0722), 0.03, 0.9))
    plain = Material(
        look.name or "imported",
        (red, green, blue),
        roughness=round(look.roughness, 4),
        metallic=round(look.metallic, 4),
        reflectance=round(bright, 4),
        transmission=round(1.0 - look.color[3], 4),
        porosity=0.0,
    )
    return replace(plain, **{name: value for name, value in said.items() if value is not None})
