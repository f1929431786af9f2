"""Coarser meshes: a mesh without the triangles that nobody tells apart from afar.

Points are only ever moved onto neighbouring points, so that what is left is a choice of the mesh's
own triangles and corners, with all that these carry.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Int

from synthgen.collapse import collapsed
from synthgen.geometry import Array
from synthgen.materials import Texture
from synthgen.mesh import Mesh

_DRAWN = (Texture.SIGN, Texture.LIVERY, Texture.FACADE, Texture.MARKING)
"""Patterns laid out in texture coordinates; their triangles stay as they are."""


@dataclass(frozen=True, eq=False)
class Thinning:
    """What is left of a mesh.

    Attributes:
        triangles: which of its triangles are left, increasing.
        vertices: number in the whole mesh of the vertex at each of their corners.
        corners: triangle times three plus corner in the whole mesh that lends each corner its
            normal and texture coordinate.
    """

    triangles: Int[Array, "t"]
    vertices: Int[Array, "t 3"]
    corners: Int[Array, "t 3"]

    @cached_property
    def used(self) -> Int[Array, "v"]:
        """The vertices of the whole mesh that are left, increasing."""
        return np.unique(self.vertices)

    def __call__(self, whole: Mesh) -> Mesh:
        """Return what is left of `whole`."""
        return replace(
            whole,
            vertices=whole.vertices[self.used],
            triangles=np.searchsorted(self.used, self.vertices).astype(np.int32),
            material=whole.material[self.triangles],
            normals=whole.normals.reshape(-1, 3)[self.corners],
            uv=whole.uv.reshape(-1, 2)[self.corners],
            circuit=whole.circuit[self.triangles],
            part=whole.part[self.triangles],
        )

    def triangle_run(self, run: tuple[int, int]) -> tuple[int, int]:
        """Return first, and one after the last, of what is left of a run of triangles."""
        first, last = np.searchsorted(self.triangles, run)
        return int(first), int(last)

    def vertex_run(self, run: tuple[int, int]) -> tuple[int, int]:
        """Return first, and one after the last, of what is left of a run of vertices."""
        first, last = np.searchsorted(self.used, run)
        return int(first), int(last)


def thinning(
    whole: Mesh, tolerance: float, kept: Bool[Array, "v"], apart: Int[Array, "t"]
) -> Thinning:
    """Return how to thin a mesh.

    No point of the thinned mesh is farther than `tolerance` [m] from the planes of the triangles
    that were drawn together in it; borders, and seams between materials, keep their places as well.
    Vertices `kept` stay, and those that touch the mesh's bounds, and so does all that shines,
    throws light back or is drawn in texture coordinates. Triangles with different numbers in
    `apart` share nothing.
    """
    point = _welded(whole, apart)
    first = np.full(point.max() + 1, len(point))
    np.minimum.at(first, point, np.arange(len(point)))
    stays = kept.copy()
    stays[whole.triangles[_drawn(whole)]] = True
    stays[whole.vertices.argmin(axis=0)] = True
    stays[whole.vertices.argmax(axis=0)] = True
    locked = np.zeros(len(first), bool)
    np.logical_or.at(locked, point, stays)
    corner, source = collapsed(
        whole.vertices[first], point[whole.triangles], _groups(whole, apart), locked,
        whole.normals.reshape(-1, 3), tolerance,
    )  # fmt: skip
    left = np.flatnonzero(corner[:, 0] >= 0)
    return Thinning(left, first[corner[left]], source[left])


def _drawn(whole: Mesh) -> Bool[Array, "t"]:
    """Return the triangles that must stay as they are."""
    drawn = [m.retroreflection > 0 or m.texture in _DRAWN for m in whole.materials]
    return np.array(drawn)[whole.material] | (whole.circuit >= 0)


def _groups(whole: Mesh, apart: Int[Array, "t"]) -> Int[Array, "t"]:
    """Return a number per triangle, the same where one surface may go on."""
    numbers = whole.material.astype(np.int64)
    for column in (whole.part, whole.circuit + 1, apart):
        numbers = numbers * (int(column.max(initial=0)) + 1) + column
    return numbers


def _welded(whole: Mesh, apart: Int[Array, "t"]) -> Int[Array, "v"]:
    """Return a number per vertex, the same for those that lie together and are not apart."""
    owner = np.zeros((len(whole.vertices), 1))
    owner[whole.triangles.ravel(), 0] = np.repeat(apart, 3)
    rows = np.concatenate([np.round(whole.vertices, 5), owner], axis=1)
    return np.unique(rows, axis=0, return_inverse=True)[1].ravel()
