"""All triangles of a world side by side, for compiled look-up by hit."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from synthgen.geometry import unit
from synthgen.materials import Material
from synthgen.mesh import Mesh
from synthgen.scene import Moment
from synthgen.world import World


class Atlas(NamedTuple):
    """Triangles of several bodies.

    Attributes:
        first: first triangle of each body of the world, -1 for bodies that are not in here.
        face: unit normal per triangle, body frame.
        normals: per corner, body frame.
        uv: per corner.
        material: row in the `Palette` per triangle.
        circuit: row in the wiring per triangle, -1 where nothing lights up.
    """

    first: np.ndarray
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
    return _atlas(len(world.bodies), numbers, meshes, rows, circuits)


def posed_atlas(moment: Moment, rows: dict[Material, int], circuits: np.ndarray) -> Atlas:
    """Return the atlas of the things of `moment` whose shape changes from frame to frame."""
    posed = [thing for thing in moment.things if thing.body.pose is not None]
    numbers, meshes = [thing.number for thing in posed], [thing.mesh for thing in posed]
    return _atlas(len(moment.scene.world.bodies), numbers, meshes, rows, circuits)


def _atlas(
    bodies: int,
    numbers: Sequence[int],
    meshes: Sequence[Mesh],
    rows: dict[Material, int],
    circuits: np.ndarray,
) -> Atlas:
    first = np.full(bodies + 1, -1, np.int64)
    starts = np.cumsum([0, *(len(mesh.triangles) for mesh in meshes)])
    first[np.array(numbers, int)] = starts[:-1]
    parts = [_columns(mesh, rows, circuits[n]) for n, mesh in zip(numbers, meshes, strict=True)]
    parts.append(
        (np.zeros((1, 3)), np.zeros((1, 3, 3)), np.zeros((1, 3, 2)), np.zeros(1), -np.ones(1))
    )
    kinds = (np.float32, np.float32, np.float32, np.int32, np.int32)
    columns = [
        np.concatenate([part[k] for part in parts]).astype(kind) for k, kind in enumerate(kinds)
    ]
    return Atlas(first, *columns)


def _columns(mesh: Mesh, rows: dict[Material, int], circuit: int) -> tuple[np.ndarray, ...]:
    a, b, c = (mesh.vertices[mesh.triangles[:, k]] for k in range(3))
    own = np.array([rows[m] for m in mesh.materials], np.int32)
    return (
        unit(np.cross(b - a, c - a)).astype(np.float32),
        mesh.normals.astype(np.float32),
        mesh.uv.astype(np.float32),
        own[mesh.material],
        np.where(mesh.circuit >= 0, mesh.circuit + circuit, -1).astype(np.int32),
    )
