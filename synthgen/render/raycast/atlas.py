"""All triangles of a world side by side, for compiled look-up by hit."""

from collections.abc import Sequence
from typing import NamedTuple

import numba
import numpy as np

from synthgen.materials import Material
from synthgen.mesh import Mesh
from synthgen.running_gear import moving_triangles
from synthgen.scene import Moment
from synthgen.world import World


class Atlas(NamedTuple):
    """Triangles of several bodies.

    Attributes:
        first: where triangle 0 of each body of the world is or would be; bodies of one shape
            share theirs.
        low: first triangle of each body that is in here.
        high: one after the last, 0 for bodies that are not in here at all.
        wired: first row in the wiring of each body.
        face: unit normal per triangle, body frame.
        normals: per corner, body frame.
        uv: per corner.
        material: row in the `Palette` per triangle.
        circuit: circuit of the body per triangle, -1 where nothing lights up.
    """

    first: np.ndarray
    low: np.ndarray
    high: np.ndarray
    wired: np.ndarray
    face: np.ndarray
    normals: np.ndarray
    uv: np.ndarray
    material: np.ndarray
    circuit: np.ndarray


class Palette(NamedTuple):
    """Materials, one row each; see `synthgen.materials.Material`."""

    color: np.ndarray
    roughness: np.ndarray
    metallic: np.ndarray
    texture: np.ndarray
    parameters: np.ndarray
    retroreflection: np.ndarray
    transmission: np.ndarray
    porosity: np.ndarray
    clearcoat: np.ndarray


def rows_of(meshes: Sequence[Mesh]) -> dict[Material, int]:
    """Return a row number for every material of `meshes`."""
    found = dict.fromkeys(material for mesh in meshes for material in mesh.materials)
    return {material: row for row, material in enumerate(found)}


def new_materials(moment: Moment, known: dict[Material, int]) -> list[Material]:
    """Return the materials that only a posed mesh of this moment has."""
    posed = [thing.mesh for thing in moment.things if thing.posed]
    return [material for material in rows_of(posed) if material not in known]


def palette(rows: dict[Material, int]) -> Palette:
    """Return the table of the materials in `rows`, in their order."""
    every = list(rows)
    return Palette(
        color=np.array([m.color for m in every], np.float64).reshape(-1, 3),
        roughness=np.array([m.roughness for m in every], np.float64),
        metallic=np.array([m.metallic for m in every], np.float64),
        texture=np.array([int(m.texture) for m in every], np.int64),
        parameters=np.array([m.parameters for m in every], np.float64).reshape(-1, 4),
        retroreflection=np.array([m.retroreflection for m in every], np.float64),
        transmission=np.array([m.transmission for m in every], np.float64),
        porosity=np.array([m.porosity for m in every], np.float64),
        clearcoat=np.array([m.clearcoat for m in every], np.float64),
    )


def fixed_atlas(world: World, rows: dict[Material, int], circuits: np.ndarray) -> Atlas:
    """Return the atlas of every body of `world` whose shape never changes.

    `circuits` holds the first wiring row of each body.
    """
    numbers = [n for n, body in enumerate(world.bodies) if body.pose is None]
    meshes = [world.bodies[n].mesh for n in numbers]
    return _atlas(
        circuits, numbers, [(mesh, slice(0, len(mesh.triangles))) for mesh in meshes], rows
    )


def posed_atlas(moment: Moment, rows: dict[Material, int], circuits: np.ndarray) -> Atlas:
    """Return the atlas of what of the things of `moment` is shaped for this frame only."""
    posed = [thing for thing in moment.things if thing.posed]
    pieces = [(thing.mesh, moving_triangles(thing.body)) for thing in posed]
    return _atlas(circuits, [thing.number for thing in posed], pieces, rows)


def _atlas(
    circuits: np.ndarray, numbers: Sequence[int], pieces: Sequence[tuple[Mesh, slice]],
    rows: dict[Material, int],
) -> Atlas:  # fmt: skip
    shapes = {id(mesh): (mesh, part) for mesh, part in pieces}
    starts = np.cumsum([0, *(part.stop - part.start for _, part in shapes.values())])
    start = dict(zip(shapes, starts, strict=False))
    own = np.array(numbers, int)
    first, low, high = np.zeros((3, len(circuits)), np.int64)
    low[own] = [part.start for _, part in pieces]
    high[own] = [part.stop for _, part in pieces]
    first[own] = [start[id(mesh)] - part.start for mesh, part in pieces]
    parts = [_columns(mesh, part, rows) for mesh, part in shapes.values()]
    # Compiled code wants arrays of one type even where there is nothing to look up.
    parts.append(tuple(np.zeros((1, *shape), kind) for shape, kind in _KINDS))
    columns = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Atlas(first, low, high, circuits, *columns)


_KINDS = (((3,), np.float32), ((3, 3), np.float32), ((3, 2), np.float32), ((), np.int32),
          ((), np.int32))  # fmt: skip


def _columns(mesh: Mesh, part: slice, rows: dict[Material, int]) -> tuple[np.ndarray, ...]:
    a, b, c = (mesh.vertices[mesh.triangles[part, k]] for k in range(3))
    own = np.array([rows[m] for m in mesh.materials], np.int32)
    return (
        _normals(b - a, c - a),
        mesh.normals[part].astype(np.float32),
        mesh.uv[part].astype(np.float32),
        own[mesh.material[part]],
        mesh.circuit[part].astype(np.int32),
    )


@numba.njit(cache=True)
def _normals(one, two):  # type: ignore[no-untyped-def]
    """Return the unit cross products of two arrays of vectors, zero for parallel ones."""
    out = np.zeros((len(one), 3), np.float32)
    for n in range(len(one)):
        x = one[n, 1] * two[n, 2] - one[n, 2] * two[n, 1]
        y = one[n, 2] * two[n, 0] - one[n, 0] * two[n, 2]
        z = one[n, 0] * two[n, 1] - one[n, 1] * two[n, 0]
        length = np.sqrt(x * x + y * y + z * z)
        if length > 0.0:
            out[n, 0], out[n, 1], out[n, 2] = x / length, y / length, z / length
    return out
