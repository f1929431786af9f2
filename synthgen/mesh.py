"""Triangle meshes with everything a sensor asks of a surface."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numba
import numpy as np
from jaxtyping import Float, Int, UInt8

from synthgen.classes import CLASSES
from synthgen.geometry import Array, rotate, transform
from synthgen.materials import Material, optics


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

    @cached_property
    def optics(self) -> Float[Array, "m k"]:
        """What a laser asks of each material, columns as in `materials.OPTICS`."""
        return np.array([optics(one) for one in self.materials])

    @cached_property
    def class_ids(self) -> UInt8[Array, "p"]:
        """Class id of each part."""
        return np.array([CLASSES[name].semantic for name in self.classes], np.uint8)


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
    indices = np.ascontiguousarray(triangles, np.int32)
    faces, cosines = _faces(np.ascontiguousarray(vertices, np.float64), indices)
    return _smoothed(faces, np.arccos(cosines), indices.ravel(), np.cos(crease))


@numba.njit(cache=True)
def _faces(vertices, triangles):  # type: ignore[no-untyped-def]
    """Return the unit normal of each of `triangles` and the cosines of its three angles."""
    faces = np.empty((len(triangles), 3))
    cosines = np.empty((len(triangles), 3))
    side = np.empty((3, 3))
    for t in range(len(triangles)):
        for k in range(3):
            start, end = triangles[t, k], triangles[t, (k + 1) % 3]
            for i in range(3):
                side[k, i] = vertices[end, i] - vertices[start, i]
        back = vertices[triangles[t, 2]] - vertices[triangles[t, 0]]
        for i in range(3):
            j, k = (i + 1) % 3, (i + 2) % 3
            faces[t, i] = side[0, j] * back[k] - side[0, k] * back[j]
        _normalise(faces[t])
        for k in range(3):
            _normalise(side[k])
        for k in range(3):
            one, two = side[k], side[(k + 2) % 3]
            cosine = one[0] * -two[0] + one[1] * -two[1] + one[2] * -two[2]
            cosines[t, k] = min(max(cosine, -1.0), 1.0)
    return faces, cosines


@numba.njit(cache=True)
def _normalise(vector):  # type: ignore[no-untyped-def]
    """Scale `vector` to length one in place; a zero vector stays zero."""
    length = np.sqrt(vector[0] ** 2 + vector[1] ** 2 + vector[2] ** 2)
    vector /= max(length, 1e-12)


@numba.njit(cache=True)
def _smoothed(faces, angles, corners, limit):  # type: ignore[no-untyped-def]
    """Return a normal per triangle and corner; `corners` are vertex indices, three a triangle."""
    order = np.argsort(corners, kind="mergesort")
    normals = np.zeros((len(faces), 3, 3))
    start = 0
    for end in range(1, len(order) + 1):
        if end < len(order) and corners[order[end]] == corners[order[start]]:
            continue
        members = order[start:end]
        for one in members:
            normal = normals[one // 3, one % 3]
            if len(members) == 1:
                normal[:] = faces[one // 3]
            else:
                _blend(normal, faces[one // 3], members, faces, angles, limit)
            _normalise(normal)
        start = end
    return normals


@numba.njit(cache=True)
def _blend(normal, own, members, faces, angles, limit):  # type: ignore[no-untyped-def]
    """Add to `normal` the faces at corners `members` whose cosine with `own` reaches `limit`."""
    for two in members:
        face, angle = faces[two // 3], angles[two // 3, two % 3]
        if own[0] * face[0] + own[1] * face[1] + own[2] * face[2] >= limit:
            for axis in range(3):
                normal[axis] += angle * face[axis]


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
