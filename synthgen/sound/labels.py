"""What is known of every source at a moment: level, direction, distance, sight, reflections."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array, transform
from synthgen.scene import Scene
from synthgen.sound.listening import Listener
from synthgen.sound.obstacles import VEHICLES, Between, Obstacles
from synthgen.sound.source import Source
from synthgen.sound.spectrum import level
from synthgen.sound.trajectory import retarded
from synthgen.sound.ways import Way

FAST = 0.125
"""[s] Over which levels are means: "fast" of sound level meters, IEC 61672-1."""


@dataclass(frozen=True, eq=False)
class Heard:
    """One source as the first microphone of an array hears it.

    Attributes:
        source: what sounds.
        ways: on which it came.
        direct: [Pa] of the straight way as the microphone lets it through; of low sources with
            the ground's.
        reflected: [Pa] of all others.
    """

    source: Source
    ways: tuple[Way, ...]
    direct: Float[Array, "n"]
    reflected: Float[Array, "n"]


@dataclass(frozen=True)
class SoundLabel:
    """One source at one moment.

    Attributes:
        moment: index into the times asked for.
        source: its name, the same all through a clip.
        kind: siren, horn, vehicle, own_car or thunder.
        variety: e.g. wail, two_tone, car, electric car.
        thing: index into `World.things` of what carries it, -1 for the sky.
        level: [dB SPL] at the first microphone as it lets sound through, mean over `FAST` about
            the moment.
        azimuth: [rad] where it comes from by the straight way, ego frame, positive left.
        elevation: [rad] up.
        distance: [m] of the straight way.
        doppler: heard over emitted frequency.
        position: [m] where it was when it emitted what is heard, world frame.
        emitted: [s] before the moment it was emitted.
        in_sight: whether nothing is in between.
        occluded: share of the body that carries it that is hidden from the array.
        reflected: share of its power that came off the ground and walls.
        bounces: walls that threw it back just then.
    """

    moment: int
    source: str
    kind: str
    variety: str
    thing: int
    level: float
    azimuth: float
    elevation: float
    distance: float
    doppler: float
    position: tuple[float, float, float]
    emitted: float
    in_sight: bool
    occluded: float
    reflected: float
    bounces: int


class Surroundings(Protocol):
    """Where sound goes."""

    @property
    def scene(self) -> Scene:
        """World and motion."""
        ...

    def obstacles(self, time: float, things: Sequence[int]) -> Obstacles:
        """Return what is in the way at `time` [s]."""
        ...


def labelled(
    place: Surroundings, ear: Listener, heard: Sequence[Heard], times: Sequence[float]
) -> tuple[SoundLabel, ...]:
    """Return the labels of all sources that are there at each of `times` [s]."""
    return tuple(
        label
        for moment, time in enumerate(times)
        for label in _at(place, ear, heard, (moment, time))
    )


def _at(
    place: Surroundings, ear: Listener, heard: Sequence[Heard], when: tuple[int, float]
) -> Iterator[SoundLabel]:
    scene, (moment, time) = place.scene, when
    things = [n for n, body in enumerate(scene.world.things) if body.kind in VEHICLES]
    now = place.obstacles(time, things)
    eye = ear.center.at(np.array([time]))[0]
    turn = scene.ego.world_from_body(time)[:3, :3]
    for one in heard:
        source = one.source
        emitted, rate = retarded(source.path, ear.center, np.array([time]), ear.air.speed)
        if not source.window[0] <= emitted[0] <= source.window[1]:
            continue
        spot = source.path.at(emitted)[0]
        way = (spot - eye) @ turn
        far = float(np.linalg.norm(way))
        loud, share = _loudness(one, ear, time)
        yield SoundLabel(
            moment, source.name, source.kind, source.variety, source.thing, loud,
            float(np.arctan2(way[1], way[0])), float(np.arcsin(way[2] / far)), far,
            float(rate[0]), tuple(spot.tolist()), float(time - emitted[0]),
            *_sight(scene, now, source, eye, float(emitted[0])),
            share, _bounces(one, ear, time),
        )  # fmt: skip


def loudness(ear: Listener, signal: Float[Array, "n"], time: float) -> float:
    """Return the level [dB] of `signal` [Pa] over `FAST` about `time` [s]."""
    return float(level(np.mean(_about(ear, signal, time) ** 2)))


def _about(ear: Listener, signal: Array, time: float) -> Array:
    middle, half = (time - ear.start) * ear.rate, FAST / 2 * ear.rate
    return signal[max(round(middle - half), 0) : max(round(middle + half), 1)]


def _loudness(one: Heard, ear: Listener, time: float) -> tuple[float, float]:
    """Level [dB] about `time` [s], and the share of power that was reflected."""
    direct, reflected = (_about(ear, part, time) for part in (one.direct, one.reflected))
    parts = float(np.mean(direct**2)), float(np.mean(reflected**2))
    total = float(level(np.mean((direct + reflected) ** 2)))
    return total, parts[1] / max(sum(parts), 1e-30)


def _sight(
    scene: Scene, now: Obstacles, source: Source, eye: Array, emitted: float
) -> tuple[bool, float]:
    """Whether the source is in sight, and the share of its body that is not."""
    own = source.thing == scene.world.ego
    start = np.concatenate([source.seen_at(np.array([emitted])), _spots(scene, source, emitted)])
    skip = (-1, -1) if own else (source.thing, scene.world.ego)
    count = len(start)
    eyes = np.repeat(eye[None], count, axis=0)
    blocked = now.blocked(Between(start, eyes, np.repeat(np.array([skip]), count, axis=0)))
    return bool(not blocked[0]), float(blocked[1:].mean())


def _spots(scene: Scene, source: Source, time: float) -> Float[Array, "27 3"]:
    """Places [m] spread over the box of what carries `source`, inside its faces."""
    body, track = scene.world.things[source.thing], scene.motion.tracks[source.thing]
    spread = np.array(np.meshgrid(*[[-0.4, 0.0, 0.4]] * 3)).reshape(3, -1).T
    if body.extent is None:
        return source.path.at(np.full(len(spread), time))
    local = np.array(body.extent.center) + spread * np.array(body.extent.size)
    return transform(track.world_from_body(time), local)


def _bounces(one: Heard, ear: Listener, time: float) -> int:
    """How many walls throw the source back at `time` [s]."""
    near = int(np.argmin(np.abs(ear.control - time)))
    return sum(bool(way.gain[near] > 0) for way in one.ways if way.kind == "facade")
