"""Levels of detail: what stays far from the ego car in a clip has a coarser mesh for all of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool

from synthgen.geometry import Array
from synthgen.mesh import Mesh
from synthgen.motion import Track
from synthgen.rig import Rig
from synthgen.scene import Scene
from synthgen.thinning import Thinning, extremes, thinning
from synthgen.world import Body, Extent, Wheel

TOLERANCE = 0.04
"""[m] How far a coarse mesh may be from the planes of the whole one."""
PIXEL = 0.5
"""How many pixels of the sharpest camera `TOLERANCE` may be high."""
NEAREST = 40.0
"""[m] Nobody nearer has a coarse mesh, however blunt the cameras."""
SPARE = 5.0
"""[m] For the place of a sensor on the ego car and for what moves while it looks."""
PHASES = (0.0, 0.25, 0.5, 0.75)
"""[cycles] Poses of a gait in which a coarse mesh is fitted to the whole one."""
LEAST = 1000
"""Triangles from which a mesh is worth it."""
SPAN = 0.06
"""[s] Around a frame during which things must be there, see `scene.moment`."""

Pose = Callable[[float], tuple[Mesh, Extent]]


@dataclass(frozen=True, eq=False)
class Coarse:
    """A coarse mesh with what belongs to it.

    Attributes:
        mesh: at rest.
        thinning: what it is of the whole mesh.
        wheels: of the body, where they are in the coarse mesh.
    """

    mesh: Mesh
    thinning: Thinning
    wheels: tuple[Wheel, ...]


@dataclass(frozen=True, eq=False)
class CoarsePose:
    """A gait whose surface is thinned; its box is that of the whole surface."""

    whole: Pose
    thinning: Thinning

    def __call__(self, phase: float) -> tuple[Mesh, Extent]:
        """Return surface and box at `phase` [cycles]."""
        mesh, extent = self.whole(phase)
        return self.thinning(mesh), extent


def detailed(scene: Scene, rig: Rig, known: dict[Mesh, Coarse]) -> Scene:
    """Return `scene` with coarse meshes for all things that stay far off at all its frames.

    What is `known` by its whole mesh is not worked out again; the rest is added.
    """
    reach = reach_of(rig)
    things = [
        _coarser(body, known) if _worth(body) and farther(scene, track, body, reach) else body
        for body, track in zip(scene.world.things, scene.motion.tracks, strict=True)
    ]
    return replace(scene, world=replace(scene.world, things=tuple(things)))


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
    poses = [body.mesh] if body.pose is None else [body.pose(phase)[0] for phase in PHASES]
    apart = np.zeros(len(body.mesh.triangles), np.int64)
    for number, wheel in enumerate(body.wheels, 1):
        apart[slice(*wheel.triangles)] = number
    found = thinning(poses, TOLERANCE, extremes(poses) | _faces(body), apart)
    wheels = tuple(
        replace(
            wheel,
            triangles=found.triangle_run(wheel.triangles),
            vertices=found.vertex_run(wheel.vertices),
        )
        for wheel in body.wheels
    )
    return Coarse(found(body.mesh), found, wheels)


def _worth(body: Body) -> bool:
    return len(body.mesh.triangles) >= LEAST and body.kind != "ego"


def _coarser(body: Body, known: dict[Mesh, Coarse]) -> Body:
    if body.mesh not in known:
        known[body.mesh] = coarse(body)
    level = known[body.mesh]
    pose = None if body.pose is None else CoarsePose(body.pose, level.thinning)
    return replace(body, mesh=level.mesh, pose=pose, wheels=level.wheels)


def _faces(body: Body) -> Bool[Array, "v"]:
    """Return the vertices nearest to the faces of the labelled box: mirrors stick out of it."""
    found = np.zeros(len(body.mesh.vertices), bool)
    if body.extent is None:
        return found
    middle, half = np.array(body.extent.center), np.array(body.extent.size) / 2
    for face in (middle - half, middle + half):
        found[np.abs(body.mesh.vertices - face).argmin(axis=0)] = True
    return found
