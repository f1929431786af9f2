"""What rays hit, asked of the meshes: class, material, normal and texture place of every hit."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, UInt8

from synthgen.classes import CLASSES
from synthgen.geometry import Array
from synthgen.materials import Material, Texture
from synthgen.mesh import Mesh
from synthgen.rays import Hits
from synthgen.scene import Moment


@dataclass(frozen=True, eq=False)
class Surfaces:
    """Surfaces under hits; rows of rays that hit nothing are zero.

    Attributes:
        semantic: class id.
        normal: unit face normal, world frame, at the moment's time.
        optics: columns as in `OPTICS`.
        uv: [m] texture coordinate, of hits with a facade texture only.
    """

    semantic: UInt8[Array, "n"]
    normal: Float[Array, "n 3"]
    optics: Float[Array, "n k"]
    uv: Float[Array, "n 2"]

    def __getitem__(self, name: str) -> Float[Array, "n"]:
        return self.optics[:, OPTICS.index(name)]


OPTICS = (
    "reflectance",
    "roughness",
    "metallic",
    "clearcoat",
    "transmission",
    "retroreflection",
    "porosity",
    "foliage",
    "window_pitch",
    "window_floor",
    "window_share",
)
"""What `Surfaces.optics` holds; `foliage` is 1 for leaves, windows are zero off facades."""


def semantics(moment: Moment, hits: Hits) -> UInt8[Array, "n"]:
    """Return the class id under each hit, that of the sky where nothing was hit."""
    found = np.full(len(hits), CLASSES["sky"].semantic, np.uint8)
    for mesh, rows, _ in _bodies(moment, hits):
        found[rows] = _class_ids(mesh)[mesh.part[hits.primitive[rows]]]
    return found


def surfaces(moment: Moment, hits: Hits) -> Surfaces:
    """Return what every ray hit."""
    count = len(hits)
    semantic = np.zeros(count, np.uint8)
    normal = np.zeros((count, 3))
    optics = np.zeros((count, len(OPTICS)))
    uv = np.zeros((count, 2))
    for mesh, rows, pose in _bodies(moment, hits):
        primitive = hits.primitive[rows]
        semantic[rows] = _class_ids(mesh)[mesh.part[primitive]]
        table = np.array([_optics(material) for material in mesh.materials])
        optics[rows] = table[mesh.material[primitive]]
        normal[rows] = _face_normals(mesh, primitive) @ pose[:3, :3].T
        facade = rows[optics[rows, OPTICS.index("window_pitch")] > 0]
        uv[facade] = _texture_place(mesh, hits, facade)
    return Surfaces(semantic, normal, optics, uv)


def _bodies(moment: Moment, hits: Hits) -> Iterator[tuple[Mesh, Int[Array, "k"], Array]]:
    """Each body that was hit: its mesh, the rows of the hits on it, its pose in the world."""
    # numpy sorts numbers of 16 bits by their digits: ten times as fast as longer ones.
    short = len(moment.scene.world.bodies) < np.iinfo(np.int16).max
    order = np.argsort(hits.body.astype(np.int16) if short else hits.body, kind="stable")
    sorted_ = hits.body[order]
    starts = np.flatnonzero(np.diff(sorted_, prepend=-2))
    for body, rows in zip(sorted_[starts], np.split(order, starts[1:]), strict=True):
        if body < 0:
            continue
        moving = int(body) >= len(moment.scene.world.stuff)
        pose = (
            moment.by_number[int(body)].track.world_from_body(moment.time) if moving else np.eye(4)
        )
        yield moment.mesh(int(body)), rows, pose


def _class_ids(mesh: Mesh) -> UInt8[Array, "p"]:
    return np.array([CLASSES[name].semantic for name in mesh.classes], np.uint8)


def _optics(material: Material) -> tuple[float, ...]:
    facade = material.texture == Texture.FACADE
    return (
        material.reflectance,
        material.roughness,
        material.metallic,
        material.clearcoat,
        material.transmission,
        material.retroreflection,
        material.porosity,
        float(material.texture == Texture.FOLIAGE),
        *(material.parameters[:3] if facade else (0.0, 0.0, 0.0)),
    )


def _face_normals(mesh: Mesh, primitive: Int[Array, "k"]) -> Float[Array, "k 3"]:
    a, b, c = (mesh.vertices[mesh.triangles[primitive, corner]] for corner in range(3))
    e, f = b - a, c - a
    normal = np.empty_like(e)
    for axis, (i, j) in enumerate(((1, 2), (2, 0), (0, 1))):
        normal[:, axis] = e[:, i] * f[:, j] - e[:, j] * f[:, i]
    return normal / np.maximum(np.sqrt(np.einsum("ij,ij->i", normal, normal)), 1e-12)[:, None]


def _texture_place(mesh: Mesh, hits: Hits, rows: Int[Array, "k"]) -> Float[Array, "k 2"]:
    second, third = hits.barycentric[rows].T
    weight = np.stack([1 - second - third, second, third], axis=-1)
    return np.einsum("nc,ncd->nd", weight, mesh.uv[hits.primitive[rows]])
