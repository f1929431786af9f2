"""Textured pieces get triangles as fine as their picture, for each has one colour."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float, Int

from synthgen.assets.imported.images import contrast
from synthgen.assets.imported.reading import Piece
from synthgen.geometry import Array

MOST = 48_000
"""Triangles after refining: several times our own bodies, so that traffic stays affordable."""
FINEST = 0.04
"""[m] Edges shorter than this are not split: a pixel at 30 m from a KITTI camera."""
PLAIN = 0.05
"""Standard deviation of the sRGB code within a triangle up to which it is one colour."""


def refined(pieces: Sequence[Piece], scale: float) -> list[Piece]:
    """Return `pieces` with every triangle cut in four until their textures show, or `MOST`.

    All pieces are cut alike, so that no edge gets a corner on one side only. `scale` [m] is the
    length of one unit of their vertices.
    """
    found = list(pieces)
    while 4 * sum(len(piece.triangles) for piece in found) <= MOST:
        if not any(_is_coarse(piece, scale) for piece in found):
            break
        found = [quartered(piece) for piece in found]
    return found


def _is_coarse(piece: Piece, scale: float) -> bool:
    """Return whether a triangle's texture has more colours than it can show."""
    if piece.look.image is None or piece.uv is None:
        return False
    corners = piece.vertices[piece.triangles]
    edges = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1) * scale
    long = edges > 2 * FINEST
    if not long.any():
        return False
    spread = contrast(piece.look.image, piece.uv[piece.triangles[long]])
    return bool((spread > PLAIN).any())


def quartered(piece: Piece) -> Piece:
    """Return `piece` with each triangle cut in four at the middles of its edges."""
    a, b, c = piece.triangles.T
    count, first = len(a), len(piece.vertices)
    ab, bc, ca = (first + number * count + np.arange(count) for number in range(3))
    rows = [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
    triangles = np.concatenate([np.stack(row, axis=1) for row in rows])
    return replace(
        piece,
        triangles=triangles,
        vertices=_with_middles(piece.vertices, piece.triangles),
        uv=None if piece.uv is None else _with_middles(piece.uv, piece.triangles),
        tint=None if piece.tint is None else _with_middles(piece.tint, piece.triangles),
    )


def _with_middles(values: Float[Array, "v n"], triangles: Int[Array, "t 3"]) -> Float[Array, "w n"]:
    """Return `values` per vertex with those of the middles of all edges behind them."""
    ends = [(0, 1), (1, 2), (2, 0)]
    middles = [(values[triangles[:, i]] + values[triangles[:, j]]) / 2 for i, j in ends]
    return np.concatenate([values, *middles])
