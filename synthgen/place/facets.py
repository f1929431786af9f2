"""Flat-shaded triangles on their way to becoming meshes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.materials import Material
from synthgen.mesh import Mesh

Rows = Float[Array, "n k"] | Sequence[Sequence[float]]
"""A table of numbers: an array or lists."""

SMALLEST = 1e-7
"""[m2] triangles below this are dropped: they carry no light and no label."""

_FACES = np.array(
    [[2, 3, 7, 6], [0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [0, 2, 6, 4], [1, 5, 7, 3]]
)
_FLAT = np.array([[0, 2], [1, 2], [1, 2], [0, 2], [0, 1], [0, 1]])
TOP = slice(5, 6)
"""The upper face of a box."""
_ALL = slice(None)
_SPLIT = np.array([0, 1, 2, 0, 2, 3])
_CORNERS = np.array([[x, 1 + y, 2 + z] for x in (0, 3) for y in (0, 3) for z in (0, 3)])
_BOUNDS = _CORNERS[_FACES]
"""Face, corner, axis: where that coordinate stands in a box's (low x, y, z, high x, y, z)."""
_FLAT_BOUNDS = np.take_along_axis(_BOUNDS, _FLAT[:, None], axis=2)
"""The same for the texture's two coordinates."""


@dataclass(frozen=True, eq=False)
class Patch:
    """Triangles of one material.

    Attributes:
        corners: [m] anticlockwise seen from outside.
        material: of all of them.
        uv: [m] texture coordinates per corner.
        circuit: index into the circuits of the body, -1 for none.
        normals: unit shading normals per corner; None for flat shading.
    """

    corners: Float[Array, "t 3 3"]
    material: Material
    uv: Float[Array, "t 3 2"]
    circuit: int = -1
    normals: Float[Array, "t 3 3"] | None = None


@dataclass(frozen=True, eq=False)
class Frame:
    """Where local coordinates lie in the world: `origin` [m] and unit `axes` as rows."""

    origin: Float[Array, "3"]
    axes: Float[Array, "3 3"]

    def place(self, points: Float[Array, "*n 3"]) -> Float[Array, "*n 3"]:
        """Return local `points` [m] in the world."""
        return points @ self.axes + self.origin


WORLD = Frame(np.zeros(3), np.eye(3))
"""The world's own frame."""


def quads(
    corners: Float[Array, "n 4 3"],
    material: Material,
    uv: Float[Array, "n 4 2"] | None = None,
    circuit: int = -1,
) -> Patch:
    """Return the patch of anticlockwise four-cornered faces; without `uv`, that of x and y."""
    corners = np.asarray(corners, float).reshape(-1, 4, 3)
    uv = corners[:, :, :2] if uv is None else np.asarray(uv, float).reshape(-1, 4, 2)
    return Patch(
        corners[:, _SPLIT].reshape(-1, 3, 3), material, uv[:, _SPLIT].reshape(-1, 3, 2), circuit
    )


def boxes(
    low: Rows,
    high: Rows,
    material: Material,
    frame: Frame = WORLD,
    circuit: int = -1,
    faces: slice = _ALL,
) -> Patch:
    """Return boxes from `low` to `high` [m] in the coordinates of `frame`.

    `faces` picks sides in the order +y, -x, +x, -y, -z, +z.
    """
    start, end = (np.asarray(a, float).reshape(-1, 3) for a in (low, high))
    bounds = np.concatenate([start, end], axis=1)
    local = bounds[:, _BOUNDS[faces]].reshape(-1, 4, 3)
    uv = bounds[:, _FLAT_BOUNDS[faces]].reshape(-1, 4, 2)
    return quads(frame.place(local), material, uv, circuit)


@numba.njit(cache=True)
def _facing(corners):  # type: ignore[no-untyped-def]
    """Return the unit normal and the area [m2] of each triangle."""
    normals, areas = np.empty((len(corners), 3)), np.empty(len(corners))
    for t in range(len(corners)):
        one, two = corners[t, 1] - corners[t, 0], corners[t, 2] - corners[t, 0]
        for i in range(3):
            j, k = (i + 1) % 3, (i + 2) % 3
            normals[t, i] = one[j] * two[k] - one[k] * two[j]
        x, y, z = normals[t]
        length = np.sqrt(x * x + y * y + z * z)
        normals[t] /= max(length, 1e-12)
        areas[t] = length / 2
    return normals, areas


def mesh_of(patches: Sequence[Patch], kind: str) -> Mesh:
    """Return one mesh of class `kind`; triangles without area are left out."""
    full = [patch for patch in patches if len(patch.corners)]
    corners = np.concatenate([patch.corners for patch in full])
    normals, areas = _facing(corners)
    keep = areas > SMALLEST
    counts = [len(patch.corners) for patch in full]
    materials = tuple(dict.fromkeys(patch.material for patch in full))
    number = {material: index for index, material in enumerate(materials)}
    flat = np.repeat(normals[:, None], 3, axis=1)
    for patch, start in zip(full, np.cumsum([0, *counts]), strict=False):
        if patch.normals is not None:
            flat[start : start + len(patch.corners)] = patch.normals
    count = int(keep.sum())
    return Mesh(
        vertices=corners[keep].reshape(-1, 3),
        triangles=np.arange(3 * count, dtype=np.int32).reshape(-1, 3),
        material=np.repeat([number[p.material] for p in full], counts)[keep].astype(np.int32),
        materials=materials,
        normals=flat[keep],
        uv=np.concatenate([patch.uv for patch in full])[keep],
        circuit=np.repeat([patch.circuit for patch in full], counts)[keep].astype(np.int32),
        part=np.zeros(count, np.int32),
        classes=(kind,),
    )
