"""Textured pieces get triangles as fine as their picture, for each has one colour."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float, Int

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
    """Return `pieces` with triangles cut in four until their textures show, or `MOST`.

    A corner in the middle of an uncut neighbour's edge lies on that edge, to rounding. `scale`
    [m] is the length of one unit of their vertices.
    """
    found = list(pieces)
    while True:
        coarse = [_coarse(piece, scale) for piece in found]
        cuts = sum(int(which.sum()) for which in coarse)
        if not cuts or sum(len(piece.triangles) for piece in found) + 3 * cuts > MOST:
            return found
        found = [
            quartered(piece, which) if which.any() else piece
            for piece, which in zip(found, coarse, strict=True)
        ]


def _coarse(piece: Piece, scale: float) -> Bool[Array, "t"]:
    """Return which triangles have a texture of more colours than they can show."""
    which = np.zeros(len(piece.triangles), bool)
    if piece.look.image is None or piece.uv is None:
        return which
    corners = piece.vertices[piece.triangles]
    edges = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1) * scale
    long = np.flatnonzero(edges > 2 * FINEST)
    if len(long):
        which[long] = contrast(piece.look.image, piece.uv[piece.triangles[long]]) > PLAIN
    return which


def quartered(piece: Piece, which: Bool[Array, "t"]) -> Piece:
    """Return `piece` with the triangles in `which` cut in four at the middles of their edges."""
    own = piece.triangles[which]
    a, b, c = own.T
    count, first = len(a), len(piece.vertices)
    ab, bc, ca = (first + number * count + np.arange(count) for number in range(3))
    rows = [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
    cut = [np.stack(row, axis=1) for row in rows]
    return replace(
        piece,
        triangles=np.concatenate([piece.triangles[~which], *cut]),
        vertices=_with_middles(piece.vertices, own),
        uv=None if piece.uv is None else _with_middles(piece.uv, own),
        tint=None if piece.tint is None else _with_middles(piece.tint, own),
    )


def _with_middles(values: Float[Array, "v n"], triangles: Int[Array, "t 3"]) -> Float[Array, "w n"]:
    """Return `values` per vertex with those of the middles of all edges behind them."""
    ends = [(0, 1), (1, 2), (2, 0)]
    middles = [(values[triangles[:, i]] + values[triangles[:, j]]) / 2 for i, j in ends]
    return np.concatenate([values, *middles])
