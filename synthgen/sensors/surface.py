"""What rays hit, asked of the meshes: class, material, normal and texture place of every hit."""

from collections.abc import Iterator
from dataclasses import dataclass

import numba
import numpy as np
from jaxtyping import Float, Int, UInt8

from synthgen.classes import CLASSES
from synthgen.geometry import Array
from synthgen.materials import OPTICS
from synthgen.mesh import Mesh
from synthgen.rays import Hits
from synthgen.scene import Moment
from synthgen.spectra import relative

_PITCH = OPTICS.index("window_pitch")


@dataclass(frozen=True, eq=False)
class Surfaces:
    """Surfaces under hits; rows of rays that hit nothing are zero.

    Attributes:
        semantic: class id.
        normal: unit face normal, world frame, at the moment's time.
        kind: row of `table` that is the material of each, 0 where nothing was hit.
        table: columns as in `OPTICS`, reflectances at the laser's wavelength; row 0 is zero.
        uv: [m] texture coordinate, of hits with a facade texture only.
    """

    semantic: UInt8[Array, "n"]
    normal: Float[Array, "n 3"]
    kind: Int[Array, "n"]
    table: Float[Array, "m k"]
    uv: Float[Array, "n 2"]

    def __getitem__(self, name: str) -> Float[Array, "n"]:
        return self.table[self.kind, OPTICS.index(name)]


def semantics(moment: Moment, hits: Hits) -> UInt8[Array, "n"]:
    """Return the class id under each hit, that of the sky where nothing was hit."""
    found = np.full(len(hits), CLASSES["sky"].semantic, np.uint8)
    for mesh, rows, _ in _bodies(moment, hits):
        found[rows] = mesh.class_ids[mesh.part[hits.primitive[rows]]]
    return found


def surfaces(moment: Moment, hits: Hits, wavelength: float = 905e-9) -> Surfaces:
    """Return what every ray hit, as a laser of `wavelength` [m] sees it."""
    count = len(hits)
    out = (
        np.zeros(count, np.uint8), np.zeros((count, 3)), np.zeros(count, np.int32),
        np.zeros((count, 2)),
    )  # fmt: skip
    tables, first = [np.zeros((1, len(OPTICS)))], 1
    met = hits.primitive, hits.barycentric
    for mesh, rows, pose in _bodies(moment, hits):
        shape = mesh.vertices, mesh.triangles, mesh.material, mesh.part, mesh.uv
        turn = np.ascontiguousarray(pose[:3, :3], np.float64)
        _fill(out, rows, met, shape, (mesh.class_ids, mesh.optics, turn), first)
        tables.append(mesh.optics)
        first += len(mesh.optics)
    table = np.concatenate(tables)
    if wavelength != 905e-9:
        first = OPTICS.index("at_850")
        pairs = table[:, first : first + 2]
        table[:, 0] *= [relative(float(a), float(b), wavelength) for a, b in pairs]
    return Surfaces(out[0], out[1], out[2], table, out[3])


def _bodies(moment: Moment, hits: Hits) -> Iterator[tuple[Mesh, Int[Array, "k"], Array]]:
    """Each body that was hit: its mesh, the rows of the hits on it, its pose in the world."""
    if not len(hits):
        return
    # numpy sorts numbers of 16 bits by their digits: ten times as fast as longer ones.
    short = len(moment.scene.world.bodies) < np.iinfo(np.int16).max
    order = np.argsort(hits.body.astype(np.int16) if short else hits.body, kind="stable")
    sorted_ = hits.body[order]
    starts = np.flatnonzero(np.diff(sorted_, prepend=-2))
    for body, rows in zip(sorted_[starts], np.split(order, starts[1:]), strict=True):
        if body < 0:
            continue
        moving = int(body) >= len(moment.scene.world.stuff)
        pose = moment.pose_of[int(body)] if moving else np.eye(4)
        yield moment.mesh(int(body)), rows, pose


@numba.njit(cache=True)
def _fill(out, rows, met, shape, kinds, first):  # type: ignore[no-untyped-def]
    """Fill in class, normal, material and texture place of the `rows` that hit one body."""
    semantic, normal, kind, uv = out
    primitive, barycentric = met
    vertices, triangles, material, part, places = shape
    ids, optics, turn = kinds
    for n in rows:
        face = primitive[n]
        made = material[face]
        semantic[n], kind[n] = ids[part[face]], first + made
        a, b, c = triangles[face, 0], triangles[face, 1], triangles[face, 2]
        _face_normal(normal[n], vertices[a], vertices[b], vertices[c], turn)
        if optics[made, _PITCH] > 0:
            second, third = barycentric[n, 0], barycentric[n, 1]
            for k in range(2):
                corner = places[face, 0, k] * (1.0 - second - third)
                uv[n, k] = corner + places[face, 1, k] * second + places[face, 2, k] * third


@numba.njit(cache=True)
def _face_normal(normal, a, b, c, turn):  # type: ignore[no-untyped-def]
    """Fill in the unit `normal` of a face, turned into the world."""
    e, f, g = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    i, j, k = c[0] - a[0], c[1] - a[1], c[2] - a[2]
    x, y, z = f * k - g * j, g * i - e * k, e * j - f * i
    length = max(np.sqrt(x * x + y * y + z * z), 1e-12)
    for axis in range(3):
        way = turn[axis, 0] * x + turn[axis, 1] * y + turn[axis, 2] * z
        normal[axis] = way / length
