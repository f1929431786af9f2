"""A scene is a world and its motion; a moment is what of it is there during one frame."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.mesh import Mesh
from synthgen.motion import Motion, Track
from synthgen.world import Body, Extent, World


@dataclass(frozen=True, eq=False)
class Scene:
    """World and motion of one clip."""

    world: World
    motion: Motion

    @property
    def ego(self) -> Track:
        """The track of the car that carries the sensors."""
        return self.motion.tracks[self.world.ego]


@dataclass(frozen=True, eq=False)
class Present:
    """A thing during one frame: limbs held still, root moving along its track.

    Attributes:
        number: index into `World.bodies`.
        thing: index into `World.things`.
        body: the body.
        mesh: surface at the frame's gait phase, body frame.
        extent: labelled box at the frame's gait phase, body frame.
        track: where the root is at any time.
    """

    number: int
    thing: int
    body: Body
    mesh: Mesh
    extent: Extent | None
    track: Track

    @cached_property
    def bounds(self) -> Float[Array, "2 3"]:
        """Smallest and largest vertex coordinates [m], body frame."""
        return np.stack([self.mesh.vertices.min(axis=0), self.mesh.vertices.max(axis=0)])

    @cached_property
    def sphere(self) -> tuple[Float[Array, "3"], float]:
        """Centre [m], body frame, and radius [m] of a sphere around the mesh."""
        low, high = self.bounds
        return (low + high) / 2, float(np.linalg.norm(high - low) / 2)


@dataclass(frozen=True, eq=False)
class Moment:
    """One frame of a scene.

    Attributes:
        scene: the scene.
        time: [s] the frame's nominal time.
        things: what is present, in the order of `World.things`.
    """

    scene: Scene
    time: float
    things: tuple[Present, ...]

    @cached_property
    def by_number(self) -> dict[int, Present]:
        """Present things by body number."""
        return {thing.number: thing for thing in self.things}

    def mesh(self, number: int) -> Mesh:
        """Return the surface of body `number` as it is during this frame."""
        if number < len(self.scene.world.stuff):
            return self.scene.world.stuff[number].mesh
        return self.by_number[number].mesh


def moment(scene: Scene, time: float, reach: float = 250.0, span: float = 0.06) -> Moment:
    """Return the moment at `time` [s].

    It holds the things that exist within +-`span` [s] of it and whose origin lies within
    `reach` [m] of the ego car.
    """
    eye = scene.ego.world_from_body(time)[:3, 3]
    first = len(scene.world.stuff)
    found = []
    for index, (body, track) in enumerate(
        zip(scene.world.things, scene.motion.tracks, strict=True)
    ):
        if not track.present(time - span, time + span):
            continue
        if np.linalg.norm(track.world_from_body(time)[:3, 3] - eye) > reach:
            continue
        mesh, extent = body.at_phase(track.phase_at(time))
        found.append(Present(first + index, index, body, mesh, extent, track))
    return Moment(scene, time, tuple(found))
