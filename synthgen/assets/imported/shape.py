"""Pieces become one surface in the body's frame, of the size that the manifest promises."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.assets.imported.manifest import Asset
from synthgen.assets.imported.reading import Piece
from synthgen.geometry import Array
from synthgen.pieces import boxes, clusters, parts
from synthgen.spec.wording import nearest

TOLERANCE = 0.02
"""Share by which the mesh may miss its declared size."""
MOST_PARTS = 500
"""Loose parts of a lens or of the wheels."""
MOST_BEYOND = 2.0
"""[m] that mirrors and riders may reach out of the box."""
_LEAST_AREA = 1e-8
"""[m2] smaller triangles are dropped: no ray tells them from nothing."""
_WELD = 1e-5
"""[m] vertices this near are one."""
_MOST_AROUND = 2_000
"""Triangles that may share a corner: smoothing takes the square of it."""
_UNITS = {0.001: "millimetres", 0.01: "centimetres", 0.0254: "inches", 0.3048: "feet"}


@dataclass(frozen=True, eq=False)
class Shape:
    """A surface.

    Attributes:
        vertices: [m] body frame.
        triangles: vertex indices.
        piece: index into the pieces per triangle.
        origin: triangle within its piece, per triangle.
    """

    vertices: Float[Array, "v 3"]
    triangles: Int[Array, "t 3"]
    piece: Int[Array, "t"]
    origin: Int[Array, "t"]

    @property
    def corners(self) -> Float[Array, "t 3 3"]:
        """Corners of each triangle [m]."""
        return self.vertices[self.triangles]

    @property
    def areas(self) -> Float[Array, "t"]:
        """Area of each triangle [m2]."""
        return np.linalg.norm(cross(self.corners), axis=1) / 2


def cross(corners: Float[Array, "t 3 3"]) -> Float[Array, "t 3"]:
    """Return the normals of triangles, twice their area long."""
    return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def groups(
    what: str, vertices: Float[Array, "v 3"], triangles: Int[Array, "t 3"], near: float
) -> Int[Array, "t"]:
    """Return the group of each triangle: parts whose boxes are within `near` [m] are one.

    Raises ValueError, which says `what` it is, for more than `MOST_PARTS` parts.
    """
    part = parts(triangles)
    count = int(part.max()) + 1
    if count > MOST_PARTS:
        raise ValueError(f"{what} has {count} loose parts, at most {MOST_PARTS}")
    found: Array = clusters(*boxes(vertices, triangles, part), near)[part]
    return found


def axes(forward: str, up: str) -> Float[Array, "3 3"]:
    """Return the rotation from a file's frame to the body's: rows are forward, left, up."""
    ahead, above = (_axis(word) for word in (forward, up))
    return np.stack([ahead, np.cross(above, ahead), above])


def _axis(word: str) -> Float[Array, "3"]:
    row = np.zeros(3)
    row["xyz".index(word[1])] = -1.0 if word[0] == "-" else 1.0
    return row


def shaped(asset: Asset, pieces: Sequence[Piece]) -> Shape:
    """Return the surface of `pieces` on the ground under its middle, x forward.

    Raises ValueError when its size is not the declared one, with what would mend it.
    """
    whole = _joined(pieces)
    turned = whole.vertices @ axes(asset.forward, asset.up).T * asset.scale
    found = replace(whole, vertices=turned)
    named_all = [*asset.mirrors, *asset.rider]
    for name in named_all:
        check_named(name, pieces)
    counted = ~named(whole, pieces, named_all)
    points = found.corners[counted].reshape(-1, 3)
    if not len(points):
        raise ValueError("has nothing but mirrors and rider")
    low, high = points.min(axis=0), points.max(axis=0)
    check_length(asset, high - low)
    middle = (low + high) / 2
    used = np.abs(found.corners - middle).max(axis=(0, 1)) - (high - low) / 2
    if used.max() > MOST_BEYOND:
        raise ValueError(
            f"mirrors or rider reach {used.max():.3g} m out of it, at most {MOST_BEYOND:g}"
        )
    return _welded(replace(found, vertices=turned - [middle[0], middle[1], low[2]]))


def _joined(pieces: Sequence[Piece]) -> Shape:
    starts = np.cumsum([0, *(len(piece.vertices) for piece in pieces)])
    counts = [len(piece.triangles) for piece in pieces]
    return Shape(
        np.concatenate([piece.vertices for piece in pieces]),
        np.concatenate(
            [piece.triangles + start for piece, start in zip(pieces, starts, strict=False)]
        ),
        np.repeat(np.arange(len(pieces)), counts),
        np.concatenate([np.arange(count) for count in counts]),
    )


def named(shape: Shape, pieces: Sequence[Piece], names: Sequence[str]) -> Bool[Array, "t"]:
    """Return which triangles belong to a mesh or material in `names`."""
    those = np.array([bool(piece.names & set(names)) for piece in pieces])
    return those[shape.piece]


def check_named(name: str, pieces: Sequence[Piece]) -> None:
    """Raise ValueError unless a mesh or material is called `name`."""
    known = sorted(frozenset().union(*(piece.names for piece in pieces)))
    if name not in known:
        close = nearest(name, known) or f"; it has {', '.join(known[:8])}"
        raise ValueError(f"has no mesh or material {name}{close}")


def _welded(shape: Shape) -> Shape:
    """Return `shape` with neighbours sharing vertices and without empty triangles."""
    keys = np.rint(shape.vertices / _WELD).astype(np.int64)
    _, first, index = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    triangles = index.reshape(-1)[shape.triangles]
    merged = replace(shape, vertices=shape.vertices[first], triangles=triangles)
    kept = merged.areas > _LEAST_AREA
    if not kept.any():
        raise ValueError("has no triangle that is larger than 0.01 mm2")
    used, compact = np.unique(triangles[kept], return_inverse=True)
    around = int(np.bincount(compact.reshape(-1)).max())
    if around > _MOST_AROUND:
        raise ValueError(f"has {around} triangles around one corner, at most {_MOST_AROUND}")
    return Shape(
        merged.vertices[used], compact.reshape(-1, 3), shape.piece[kept], shape.origin[kept]
    )


# Size -------------------------------------------------------------------------------------------


def check_length(asset: Asset, size: Float[Array, "3"]) -> None:
    """Raise ValueError unless `size` [m] along forward, left and up is the declared one."""
    declared = np.array([asset.length, asset.width, asset.height])
    if _fits(size, declared):
        return
    says = " x ".join(f"{value:.3g}" for value in declared)
    text = f"measures {' x '.join(f'{value:.3g}' for value in size)} m, not {says} m"
    raise ValueError(f"{text}{_advice(asset, size, declared)}")


def _fits(size: Float[Array, "3"], declared: Float[Array, "3"]) -> bool:
    return bool((np.abs(size - declared) <= TOLERANCE * declared).all())


def _advice(asset: Asset, size: Float[Array, "3"], declared: Float[Array, "3"]) -> str:
    """Return what other scale or axes would make it fit, or the tolerance."""
    if not (size > 0).all():
        return ": it is flat"
    for order in permutations(range(3)):
        ratios = declared / size[list(order)]
        factor = float(np.exp(np.log(ratios).mean()))
        if (np.abs(ratios / factor - 1) > TOLERANCE).any():
            continue
        advice = [] if order == (0, 1, 2) else [_other_axes(asset, order)]
        if abs(factor - 1) > TOLERANCE:
            advice.append(_other_scale(asset.scale * factor))
        if advice:
            return f": looks like {' and '.join(advice)}"
    return f", by more than {TOLERANCE:.0%}"


def _other_scale(scale: float) -> str:
    for value, unit in _UNITS.items():
        if abs(scale / value - 1) <= TOLERANCE:
            return f"{unit}: scale: {value:g}"
    return f"scale: {scale:.4g}"


def _other_axes(asset: Asset, order: Sequence[int]) -> str:
    """Return the axes of the file that lie where the declared length and height would fit."""
    rows = axes(asset.forward, asset.up)
    words = ["xyz"[int(np.abs(rows[order[number]]).argmax())] for number in (0, 2)]
    return f'forward: "+{words[0]}" (or "-{words[0]}") up: "+{words[1]}"'
