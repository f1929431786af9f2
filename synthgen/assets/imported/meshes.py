"""Meshes and boxes of what has been read; wheels have triangles and vertices of their own."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.assets.imported.shape import Shape
from synthgen.assets.imported.wheels import Turning
from synthgen.geometry import Array
from synthgen.materials import Material
from synthgen.mesh import Mesh, corner_normals
from synthgen.world import Extent, Wheel

CREASE = 0.6
"""[rad] edges sharper than this stay sharp, as on our own meshes."""


@dataclass(frozen=True, eq=False)
class Dress:
    """What covers a shape: its materials, and material and circuit of each triangle."""

    materials: tuple[Material, ...]
    material: Int[Array, "t"]
    circuit: Int[Array, "t"]


def extent_of(shape: Shape, counted: Bool[Array, "t"]) -> Extent:
    """Return the box of the triangles that count: the label follows the mesh exactly."""
    points = shape.corners[counted].reshape(-1, 3)
    low, high = points.min(axis=0), points.max(axis=0)
    middle, size = (low + high) / 2, high - low
    return Extent(
        (float(middle[0]), float(middle[1]), float(middle[2])),
        (float(size[0]), float(size[1]), float(size[2])),
    )


def mesh_of(
    shape: Shape, dress: Dress, kept: Bool[Array, "t"], kind: str, wheels: Sequence[Turning] = ()
) -> tuple[Mesh, tuple[Wheel, ...]]:
    """Return the mesh of the triangles that are `kept`, of class `kind`, wheels at its end."""
    still = kept.copy()
    for wheel in wheels:
        still[wheel.triangles] = False
    parts = [np.flatnonzero(still), *(wheel.triangles for wheel in wheels)]
    vertices, triangles = _stacked(shape, parts)
    order = np.concatenate(parts)
    corners = vertices[triangles]
    whole = Mesh(
        vertices=vertices,
        triangles=triangles,
        material=dress.material[order].astype(np.int32),
        materials=dress.materials,
        normals=corner_normals(vertices, triangles, CREASE),
        uv=corners[..., [0, 2]],
        circuit=dress.circuit[order].astype(np.int32),
        part=np.zeros(len(triangles), np.int32),
        classes=(kind,),
    )
    ends = np.cumsum([len(part) for part in parts])
    turning = []
    for wheel, first, last in zip(wheels, ends[:-1], ends[1:], strict=True):
        own = triangles[first:last]
        points = (int(own.min()), int(own.max()) + 1)
        turning.append(
            Wheel(wheel.hub, wheel.radius, (int(first), int(last)), points, wheel.steered)
        )
    return whole, tuple(turning)


def _stacked(
    shape: Shape, parts: Sequence[Int[Array, "_"]]
) -> tuple[Float[Array, "v 3"], Int[Array, "t 3"]]:
    """Return vertices and triangles of `parts` one after another, none sharing a vertex."""
    vertices, triangles, first = [], [], 0
    for part in parts:
        used, compact = np.unique(shape.triangles[part], return_inverse=True)
        vertices.append(shape.vertices[used])
        triangles.append(compact.reshape(-1, 3) + first)
        first += len(used)
    return np.concatenate(vertices), np.concatenate(triangles).astype(np.int32)
