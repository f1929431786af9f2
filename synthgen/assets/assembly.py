"""From shells to a body: one mesh, its circuits and the lamps that its lenses imply."""

import numpy as np

from synthgen.assets.doors import Opened, doors_of
from synthgen.assets.finishes import is_mirror
from synthgen.assets.lamps import circuits_of, lamps_of, lens_names
from synthgen.assets.shells import Shell, joined
from synthgen.geometry import unit
from synthgen.mesh import Mesh
from synthgen.road_user import RoadUser
from synthgen.world import Body, Extent, Wheel

_LEAST_AREA = 1e-8
"""[m2] smaller triangles are dropped: they are left over from cuts through vertices."""


def assembled(
    user: RoadUser, name: str, shells: list[Shell], color: str, made: Opened | None = None
) -> Body:
    """Return the body of `user` made of `shells`, or of these with a door open: `made`.

    Raises ValueError when it misses its size, for which an open door does not count.
    """
    shut = joined(shells)
    shell = shut if made is None else joined([*made.body, made.leaf.shell])
    mesh, kept = _mesh(shell, user.kind, lens_names(shut))
    aside = 0 if made is None else int(kept[-len(made.leaf.shell.triangles) :].sum())
    _check(user, mesh, aside)
    size = (user.length, user.width, user.height)
    return Body(
        name=name,
        kind=user.kind,
        subtype=user.subtype,
        mesh=mesh,
        extent=Extent((0.0, 0.0, user.height / 2), size),
        circuits=circuits_of(shut),
        lamps=lamps_of(shut),
        color=color,
        wheels=_wheels(shell, mesh, kept),
        door=None if made is None else made.leaf.door,
        doors=tuple(doors_of(shells)),
    )


def _wheels(shell: Shell, mesh: Mesh, kept: np.ndarray) -> tuple[Wheel, ...]:
    """Return the wheels of `mesh`, which has the triangles of `shell` that are `kept`.

    The foremost axle steers, as on every vehicle of the fleet.
    """
    before = np.concatenate([[0], np.cumsum(kept)])
    front = max((wheel.hub[0] for wheel in shell.wheels), default=0.0)
    found = []
    for wheel in shell.wheels:
        first, last = int(before[wheel.first]), int(before[wheel.last])
        corners = mesh.triangles[first:last]
        points = int(corners.min()), int(corners.max()) + 1
        steered = wheel.hub[0] > front - 0.05
        found.append(Wheel(wheel.hub, wheel.radius, (first, last), points, steered))
    return tuple(found)


def _mesh(shell: Shell, kind: str, names: tuple[str, ...]) -> tuple[Mesh, np.ndarray]:
    """Return the mesh of `shell` with circuits `names`, and which of its triangles that kept."""
    corner = shell.points[shell.triangles]
    area = np.linalg.norm(
        np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1
    )
    kept = area / 2 > _LEAST_AREA
    triangles, finish = shell.triangles[kept], shell.finish[kept]
    materials = tuple(dict.fromkeys(item.material for item in shell.finishes))
    to_material = np.array([materials.index(item.material) for item in shell.finishes], np.int32)
    to_circuit = np.array(
        [names.index(item.circuit) if item.circuit else -1 for item in shell.finishes], np.int32
    )
    used, compact = np.unique(triangles, return_inverse=True)
    whole = Mesh(
        vertices=shell.points[used],
        triangles=compact.reshape(-1, 3).astype(np.int32),
        material=to_material[finish],
        materials=materials,
        normals=unit(shell.normals)[triangles],
        uv=corner[kept][..., [0, 2]],
        circuit=to_circuit[finish],
        part=np.zeros(len(triangles), np.int32),
        classes=(kind,),
    )
    return whole, kept


def body_bounds(mesh: Mesh, leaf: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return smallest and largest coordinates [m] of `mesh` without its mirrors.

    The last `leaf` triangles, an open door, are left out too.
    """
    aside = np.array([is_mirror(material) for material in mesh.materials])[mesh.material]
    aside[len(aside) - leaf :] = True
    points = mesh.vertices[mesh.triangles[~aside]].reshape(-1, 3)
    return points.min(axis=0), points.max(axis=0)


def _check(user: RoadUser, mesh: Mesh, leaf: int) -> None:
    low, high = body_bounds(mesh, leaf)
    size = np.array([user.length, user.width, user.height])
    want = np.array([-size[0] / 2, -size[1] / 2, 0.0])
    if max(np.abs(low - want).max(), np.abs(high - want - size).max()) > 0.01:
        raise ValueError(f"{user.kind} {user.subtype} must measure {size} m, got {low} to {high}")
