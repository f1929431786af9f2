"""From shells to a body: one mesh, its circuits and the lamps that its lenses imply."""

from dataclasses import dataclass, replace

import numpy as np

from synthgen.assets.doors import Opened, doors_of
from synthgen.assets.finishes import is_mirror
from synthgen.assets.lamps import check_lenses, circuits_of, lamps_of, lens_names
from synthgen.assets.shells import Shell, joined, shifted
from synthgen.geometry import unit
from synthgen.mesh import Mesh
from synthgen.road_user import RoadUser
from synthgen.world import Bellows, Body, Extent, Wheel

_LEAST_AREA = 1e-8
"""[m2] smaller triangles are dropped: they are left over from cuts through vertices."""


@dataclass(frozen=True, eq=False)
class Section:
    """One rigid part of a vehicle that bends, in the frame of the whole vehicle in line.

    Attributes:
        kind: class name.
        subtype: of its own.
        span: [m] x of its rear and of its front end.
        shells: what it is made of.
        bellows: half of the bellows, or None.
        wall: [m] x of the rigid end of the bellows.
    """

    kind: str
    subtype: str
    span: tuple[float, float]
    shells: list[Shell]
    bellows: Shell | None = None
    wall: float = 0.0


def assembled(
    user: RoadUser, name: str, shells: list[Shell], color: str, made: Opened | None = None
) -> Body:
    """Return the body of `user` made of `shells`, or of these with a door open: `made`.

    Raises ValueError when it misses its size, for which an open door does not count.
    """
    shut = joined(shells)
    check_lenses(shut)
    shell = shut if made is None else joined([*made.body, made.leaf.shell])
    mesh, kept = _mesh(shell, user.kind, lens_names(shut))
    aside = 0 if made is None else int(kept[-len(made.leaf.shell.triangles) :].sum())
    _check(user, mesh, aside)
    body = _body(user, name, (shut, shell, mesh, kept), color)
    door = None if made is None else made.leaf.door
    return replace(body, door=door, doors=tuple(doors_of(shells)))


def assembled_sections(
    user: RoadUser, name: str, sections: tuple[Section, Section], color: str
) -> tuple[Body, Body]:
    """Return the bodies of a vehicle of two sections, the leading one first.

    Boxes are as long as the sections' spans, and as wide and high as they are. The towed one is
    part of `name`, or while that is empty of the design's kind. Raises ValueError when one misses
    its span or is wider or higher than `user`.
    """
    check_lenses(*(joined(section.shells) for section in sections))
    lead, towed = (_section(user, section, name, color) for section in sections)
    wheels = tuple(replace(wheel, steered=False) for wheel in towed.wheels)
    own = f"{name}/towed" if name else ""
    return lead, replace(towed, name=own, part_of=name or user.kind, wheels=wheels)


def _section(user: RoadUser, section: Section, name: str, color: str) -> Body:
    rear, front = section.span
    offset = (-(rear + front) / 2, 0.0, 0.0)
    fold = [] if section.bellows is None else [section.bellows]
    shell = joined([shifted(one, offset) for one in (*fold, *section.shells)])
    mesh, kept = _mesh(shell, section.kind, lens_names(shell))
    low, high = body_bounds(mesh)
    wide = min(2 * float(max(high[1], -low[1])), user.width)
    size = (front - rear, wide, min(float(high[2]), user.height))
    own = replace(user, kind=section.kind, subtype=section.subtype,
                  length=size[0], width=size[1], height=size[2])  # fmt: skip
    _check(own, mesh, 0)
    body = _body(own, name, (shell, shell, mesh, kept), color)
    if section.bellows is None:
        return body
    last = int(kept[: len(section.bellows.triangles)].sum())
    points = 0, int(mesh.triangles[:last].max()) + 1
    joint = min(section.span, key=lambda end: abs(end - section.wall))
    bellows = Bellows(section.wall + offset[0], joint + offset[0], (0, last), points)
    return replace(body, bellows=bellows)


def _body(
    user: RoadUser, name: str, made: tuple[Shell, Shell, Mesh, np.ndarray], color: str
) -> Body:
    shut, shell, mesh, kept = made
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
