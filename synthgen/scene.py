"""A scene is a world and its motion; a moment is what of it is there during one frame."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float

from synthgen.geometry import Array, transform
from synthgen.mesh import Mesh
from synthgen.motion import Motion, Track
from synthgen.running_gear import folded, turned
from synthgen.world import Body, Extent, World

WHEELS = 40.0
"""[m] Within this distance of the ego car wheels are turned; beyond it a wheel is at most twelve
pixels high in a camera with a focal length of 700 px, and stays as it is at rest."""
_NEAR = 60.0
"""[m] How far from the ego car a moving thing may shade or be mirrored."""


@dataclass(frozen=True, eq=False)
class Scene:
    """World and motion of one clip."""

    world: World
    motion: Motion

    @property
    def ego(self) -> Track:
        """The track of the car that carries the sensors."""
        return self.motion.tracks[self.world.ego]

    @cached_property
    def path(self) -> Float[Array, "f 3"]:
        """Where the ego car is at each frame [m]."""
        return np.stack([self.ego.world_from_body(time)[:3, 3] for time in self.motion.times])


@dataclass(frozen=True, eq=False)
class Present:
    """A thing during one frame: limbs and wheels held still, root moving along its track.

    Attributes:
        number: index into `World.bodies`.
        thing: index into `World.things`.
        body: the body.
        mesh: surface at the frame's gait phase, body frame.
        extent: labelled box at the frame's gait phase, body frame.
        track: where the root is at any time.
        rolls: whether its wheels are turned.
    """

    number: int
    thing: int
    body: Body
    mesh: Mesh
    extent: Extent | None
    track: Track
    rolls: bool = False

    @property
    def stands(self) -> bool:
        """Whether the thing is the same at all times."""
        return self.track.stands and self.body.pose is None

    @property
    def posed(self) -> bool:
        """Whether the mesh is made for this frame: limbs moved or wheels turned."""
        return self.mesh is not self.body.mesh

    @cached_property
    def sphere(self) -> tuple[Float[Array, "3"], float]:
        """Centre [m], body frame, and radius [m] of a sphere around the mesh."""
        low, high = self.mesh.bounds
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

    @cached_property
    def balls(self) -> Float[Array, "n 4"]:
        """Centre and radius [m] of a sphere around each thing, 3 m larger for its motion."""
        balls = [_ball(one, pose) for one, pose in zip(self.things, self.poses, strict=True)]
        return np.array(balls).reshape(-1, 4)

    @cached_property
    def poses(self) -> Float[Array, "n 4 4"]:
        """World from body of each thing at the moment's time."""
        poses = [thing.track.world_from_body(self.time) for thing in self.things]
        return np.array(poses).reshape(-1, 4, 4)

    @cached_property
    def pose_of(self) -> dict[int, Float[Array, "4 4"]]:
        """The same by body number."""
        return {one.number: pose for one, pose in zip(self.things, self.poses, strict=True)}

    @cached_property
    def staying(self) -> Bool[Array, "n"]:
        """Which things stand where they are at all frames of the clip."""
        times = self.scene.motion.times
        first, last = min(times), max(times)
        stays = [one.stands and one.track.present(first, last) for one in self.things]
        return np.array(stays, bool)

    @cached_property
    def passing(self) -> tuple[Present, ...]:
        """What does not stay: all that stands for some frames only, and what moves nearby.

        What comes or goes would have the big tree of all standing things built anew.
        """
        eye = self.scene.ego.world_from_body(self.time)[:3, 3]
        near = np.linalg.norm(self.poses[:, :3, 3] - eye, axis=1) < _NEAR
        return tuple(
            one for one, close, stays in zip(self.things, near, self.staying, strict=True)
            if (not stays if one.stands else close)
        )  # fmt: skip

    def shaped_as(self, other: "Moment") -> bool:
        """Return whether both hold the very same shapes at the same places."""
        alike = self.time == other.time and len(self.things) == len(other.things)
        return alike and all(
            one.number == two.number and one.mesh is two.mesh and one.track.along(two.track)
            for one, two in zip(self.things, other.things, strict=True)
        )

    def under(self, scene: Scene) -> "Moment":
        """Return the moment in `scene`: the same shapes on the same ways under other lamps."""
        world, tracks = scene.world, scene.motion.tracks
        things = (
            replace(one, body=world.things[one.thing], track=tracks[one.thing])
            for one in self.things
        )
        return Moment(scene, self.time, tuple(things))

    def mesh(self, number: int) -> Mesh:
        """Return the surface of body `number` as it is during this frame."""
        if number < len(self.scene.world.stuff):
            return self.scene.world.stuff[number].mesh
        return self.by_number[number].mesh


def _ball(thing: Present, world_from_body: Float[Array, "4 4"]) -> Array:
    center, radius = thing.sphere
    return np.append(transform(world_from_body, center[None])[0], radius + 3.0)


def moment(
    scene: Scene, time: float, reach: float = 250.0, span: float = 0.06, like: Moment | None = None
) -> Moment:
    """Return the moment at `time` [s].

    It holds the things that exist within +-`span` [s] of it and whose origin lies within
    `reach` [m] of the ego car: of where it is now or, for standing things, so that these stay the
    same from frame to frame, of where it is at any frame. What stands as it did at the moment
    `like` of the same scene, limbs and all, is taken from there.
    """
    before = {} if like is None else {one.thing: one for one in like.things}
    eye = scene.ego.world_from_body(time)[None, :3, 3]
    first = len(scene.world.stuff)
    found = []
    for index, (body, track) in enumerate(
        zip(scene.world.things, scene.motion.tracks, strict=True)
    ):
        if not track.present(time - span, time + span):
            continue
        gap = track.position_at(time) - (scene.path if track.stands else eye)
        distance = np.linalg.norm(gap, axis=1).min()
        if distance > reach:
            continue
        known = before.get(index)
        if like is not None and known is not None and _held(track, time, like.time):
            found.append(known)
            continue
        rolls = track.joints is not None and distance < WHEELS
        mesh, extent = shape(body, track, time, rolls)
        found.append(Present(first + index, index, body, mesh, extent, track, rolls))
    return Moment(scene, time, tuple(found))


def _held(track: Track, one: float, two: float) -> bool:
    """Return whether a thing stands and holds its limbs alike at two times [s]."""
    limp = track.joints is None and track.phase_at(one) == track.phase_at(two)
    return track.stands and limp


def shape(body: Body, track: Track, time: float, rolls: bool) -> tuple[Mesh, Extent | None]:
    """Return mesh and box of `body`, body frame, at `time` [s]; its wheels turn where it `rolls`.

    Meshes of one body at all times have the same triangles in the same order.
    """
    mesh, extent = body.at_phase(track.phase_at(time))
    if rolls:
        mesh = turned(body, track.joints_at(time))
    return folded(body, mesh, track.bend_at(time)), extent
