"""Levels of detail: what stays far from the ego car in a clip has a coarser mesh for all of it."""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool

from synthgen.geometry import Array
from synthgen.mesh import Mesh
from synthgen.motion import Track
from synthgen.rig import Rig
from synthgen.scene import Scene
from synthgen.thinning import thinning
from synthgen.world import Body, Wheel

TOLERANCE = 0.04
"""[m] How far a coarse mesh may be from the planes of the whole one."""
PIXEL = 0.5
"""How many pixels of the sharpest camera `TOLERANCE` may be high."""
NEAREST = 40.0
"""[m] Nobody nearer has a coarse mesh, however blunt the cameras."""
SPARE = 5.0
"""[m] For the place of a sensor on the ego car and for what moves while it looks."""
LEAST = 1000
"""Triangles from which a mesh is worth it."""
OFTEN = 3
"""Things of one design far off from which it is worth it."""
SPAN = 0.06
"""[s] Around a frame during which things must be there, see `scene.moment`."""


@dataclass(frozen=True, eq=False)
class Coarse:
    """A coarse mesh with what belongs to it.

    Attributes:
        mesh: at rest.
        wheels: of the body, where they are in the coarse mesh.
    """

    mesh: Mesh
    wheels: tuple[Wheel, ...]


def detailed(scene: Scene, rig: Rig, known: dict[Mesh, Coarse]) -> Scene:
    """Return `scene` with coarse meshes for what stays far off at all its frames.

    Only rigid things have them, and only designs that are far off several times: for others they
    cost more than they save. What is `known` by its whole mesh is not worked out again; the rest
    is added.
    """
    reach, world = reach_of(rig), scene.world
    far = [
        body.pose is None and len(body.mesh.triangles) >= LEAST
        and farther(scene, track, body, reach)
        for body, track in zip(world.things, scene.motion.tracks, strict=True)
    ]  # fmt: skip
    often = Counter(body.mesh for body, off in zip(world.things, far, strict=True) if off)
    things = [
        _coarser(body, known)
        if off and body.bellows is None and often[body.mesh] >= OFTEN
        else body
        for body, off in zip(world.things, far, strict=True)
    ]
    return replace(scene, world=replace(world, things=tuple(things)))


def reach_of(rig: Rig) -> float:
    """Return the distance [m] from which a coarse mesh will do for every camera of `rig`."""
    focal = [max(rig.camera(name).model.matrix[k][k] for k in (0, 1)) for name in rig.cameras]
    return max([NEAREST, *(TOLERANCE / PIXEL * length for length in focal)])


def farther(scene: Scene, track: Track, body: Body, reach: float) -> bool:
    """Return whether a thing stays farther than `reach` [m] from the ego car at all frames."""
    low, high = body.mesh.bounds
    limit = reach + SPARE + float(np.linalg.norm(np.maximum(-low, high)))
    times = [t for t in scene.motion.times if track.present(t - SPAN, t + SPAN)]
    if not times:
        return True
    eyes = scene.path[np.isin(scene.motion.times, times)]
    places = np.array([track.position_at(time) for time in times])
    return bool(np.linalg.norm(places - eyes, axis=1).min() > limit)


def coarse(body: Body) -> Coarse:
    """Return the coarse mesh of `body`."""
    apart = np.zeros(len(body.mesh.triangles), np.int64)
    for number, wheel in enumerate(body.wheels, 1):
        apart[slice(*wheel.triangles)] = number
    found = thinning(body.mesh, TOLERANCE, _faces(body), apart)
    wheels = tuple(
        replace(
            wheel,
            triangles=found.triangle_run(wheel.triangles),
            vertices=found.vertex_run(wheel.vertices),
        )
        for wheel in body.wheels
    )
    return Coarse(found(body.mesh), wheels)


def _coarser(body: Body, known: dict[Mesh, Coarse]) -> Body:
    if body.mesh not in known:
        known[body.mesh] = coarse(body)
    level = known[body.mesh]
    return replace(body, mesh=level.mesh, wheels=level.wheels)


def _faces(body: Body) -> Bool[Array, "v"]:
    """Return the vertices nearest to the faces of the labelled box: mirrors stick out of it."""
    found = np.zeros(len(body.mesh.vertices), bool)
    if body.extent is None:
        return found
    middle, half = np.array(body.extent.center), np.array(body.extent.size) / 2
    for face in (middle - half, middle + half):
        found[np.abs(body.mesh.vertices - face).argmin(axis=0)] = True
    return found
