"""Triangle meshes with everything a sensor asks of a surface."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int

from synthgen.geometry import Array, rotate, transform, unit
from synthgen.materials import Material


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles of one body.

    Attributes:
        vertices: [m] in the body's frame.
        triangles: vertex indices, anticlockwise seen from outside.
        material: index into `materials` per triangle.
        materials: the materials used.
        normals: unit shading normal per corner.
        uv: texture coordinate per corner, metres unless the texture says otherwise.
        circuit: index into the body's circuits per triangle, -1 where nothing lights up.
        part: small integer per triangle that tells parts of a body apart (lane_marking on a road,
            pole of a sign); index into `classes`.
        classes: class name per part; part 0 is the body's own class.
    """

    vertices: Float[Array, "v 3"]
    triangles: Int[Array, "t 3"]
    material: Int[Array, "t"]
    materials: tuple[Material, ...]
    normals: Float[Array, "t 3 3"]
    uv: Float[Array, "t 3 2"]
    circuit: Int[Array, "t"]
    part: Int[Array, "t"]
    classes: tuple[str, ...]

    @cached_property
    def bounds(self) -> Float[Array, "2 3"]:
        """Smallest and largest vertex coordinates [m]."""
        return np.stack([self.vertices.min(axis=0), self.vertices.max(axis=0)])


def mesh(
    vertices: Float[Array, "v 3"],
    triangles: Int[Array, "t 3"],
    material: Material,
    kind: str,
    *,
    crease: float = 0.6,
    uv: Float[Array, "t 3 2"] | None = None,
    circuit: int = -1,
) -> Mesh:
    """Return a mesh of one material and class, with normals smoothed below `crease` [rad]."""
    vertices = np.asarray(vertices, np.float64).reshape(-1, 3)
    triangles = np.asarray(triangles, np.int32).reshape(-1, 3)
    count = len(triangles)
    return Mesh(
        vertices=vertices,
        triangles=triangles,
        material=np.zeros(count, np.int32),
        materials=(material,),
        normals=corner_normals(vertices, triangles, crease),
        uv=np.zeros((count, 3, 2)) if uv is None else np.asarray(uv, np.float64),
        circuit=np.full(count, circuit, np.int32),
        part=np.zeros(count, np.int32),
        classes=(kind,),
    )


def corner_normals(
    vertices: Float[Array, "v 3"], triangles: Int[Array, "t 3"], crease: float
) -> Float[Array, "t 3 3"]:
    """Return unit normals per corner: angle-weighted over neighbours within `crease` [rad].

    Neighbours are faces that share the vertex index; faces turned away by more than `crease`
    do not count, so that edges stay sharp. Runs in O(sum of valence squared).

    Source: G. Thürmer and C. A. Wüthrich, "Computing vertex normals from polygonal facets",
    Journal of Graphics Tools 3(1), 1998.
    """
    if len(triangles) == 0:
        return np.zeros((0, 3, 3))
    a, b, c = (vertices[triangles[:, i]] for i in range(3))
    face = unit(np.cross(b - a, c - a))
    angle = np.stack([_angle(b - a, c - a), _angle(c - b, a - b), _angle(a - c, b - c)], 1).ravel()
    corners = triangles.ravel()
    order = np.argsort(corners, kind="stable")
    starts = np.searchsorted(corners[order], np.arange(len(vertices) + 1))
    counts = np.diff(starts)
    owner = np.repeat(np.arange(len(triangles)), 3)
    normals = np.repeat(face[:, None], 3, axis=1).reshape(-1, 3)
    limit = np.cos(crease)
    for valence in np.unique(counts[counts > 1]):
        rows = starts[:-1][counts == valence][:, None] + np.arange(valence)
        members = order[rows]
        faces = owner[members]
        near = np.einsum("nik,njk->nij", face[faces], face[faces]) >= limit
        normals[members] = np.einsum("nij,nj,njk->nik", near, angle[members], face[faces])
    return unit(normals).reshape(-1, 3, 3)


def _angle(one: Float[Array, "n 3"], two: Float[Array, "n 3"]) -> Float[Array, "n"]:
    return np.arccos(np.clip((unit(one) * unit(two)).sum(axis=1), -1, 1))


def merge(meshes: Sequence[Mesh]) -> Mesh:
    """Return one mesh of all `meshes`; equal materials and classes are shared.

    The first mesh's class stays part 0. Raises ValueError when there is nothing to merge.
    """
    if not meshes:
        raise ValueError("nothing to merge")
    materials = tuple(dict.fromkeys(m for one in meshes for m in one.materials))
    classes = tuple(dict.fromkeys(c for one in meshes for c in one.classes))
    to_material = {value: index for index, value in enumerate(materials)}
    to_class = {value: index for index, value in enumerate(classes)}
    offsets = np.cumsum([0, *(len(one.vertices) for one in meshes)])
    return Mesh(
        vertices=np.concatenate([one.vertices for one in meshes]),
        triangles=np.concatenate(
            [one.triangles + start for one, start in zip(meshes, offsets, strict=False)]
        ).astype(np.int32),
        material=np.concatenate(
            [
                np.array([to_material[m] for m in one.materials], np.int32)[one.material]
                for one in meshes
            ]
        ),
        materials=materials,
        normals=np.concatenate([one.normals for one in meshes]),
        uv=np.concatenate([one.uv for one in meshes]),
        circuit=np.concatenate([one.circuit for one in meshes]),
        part=np.concatenate(
            [np.array([to_class[c] for c in one.classes], np.int32)[one.part] for one in meshes]
        ),
        classes=classes,
    )


def moved(body: Mesh, a_from_b: Float[Array, "4 4"]) -> Mesh:
    """Return `body` with its vertices and normals taken from frame b into frame a (rigid)."""
    turned = rotate(a_from_b, body.normals.reshape(-1, 3)).reshape(-1, 3, 3)
    return replace(body, vertices=transform(a_from_b, body.vertices), normals=turned)


def with_circuit(body: Mesh, circuit: int) -> Mesh:
    """Return `body` with every triangle lit by circuit number `circuit`."""
    return replace(body, circuit=np.full(len(body.triangles), circuit, np.int32))
