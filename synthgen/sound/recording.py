"""A stretch of sound at an array on the ego car: what every microphone hears, and what it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float, Int32

from synthgen.embree import Tracer
from synthgen.geometry import Array
from synthgen.rng import stream
from synthgen.scene import Scene
from synthgen.sound.air import Air, air_of
from synthgen.sound.background import background, rumbling
from synthgen.sound.barrier import barrier_loss
from synthgen.sound.cast import Casting, cast, window_of
from synthgen.sound.facades import Facades, facades
from synthgen.sound.labels import Heard, SoundLabel, labelled, loudness
from synthgen.sound.listening import Listener, emission_span, hear
from synthgen.sound.microphone import MicrophoneModel
from synthgen.sound.obstacles import VEHICLES, Between, Blocked, Obstacles, boxes_at, walls
from synthgen.sound.source import Source
from synthgen.sound.spectrum import OCTAVES, a_level, level, power
from synthgen.sound.trajectory import followed, retarded
from synthgen.sound.ways import GROUND, SNOW, Way, off_walls, ways_of

CONTROL = 0.1
"""[s] From one look at what is in the way to the next."""
REACH = 300.0
"""[m] Sources farther away are not heard; one second of sound."""
_WALLS = 120.0
"""[m] Walls farther away throw back nothing that counts."""
_QUIETER = 10.0
"""[dB] So much below the level in dB(A) of background and own car a source is left out: it would
add 0.4 dB."""
_DEEP = 125.0
"""[Hz] Edges are taken to shade no more than at this frequency when sources are left out."""
_BOUNCES = {"siren": 5, "horn": 5, "vehicle": 2, "own_car": 2}
"""Ways off walls, at most."""


@dataclass(frozen=True, eq=False)
class MicrophoneArray:
    """Microphones on the ego car.

    Attributes:
        places: [m] of each, ego frame.
        model: what they are.
    """

    places: Float[Array, "m 3"]
    model: MicrophoneModel


@dataclass(frozen=True, eq=False)
class Recording:
    """What an array recorded.

    Attributes:
        start: [s] of the first sample.
        samples: as the converter gives them, a row for each microphone.
        stems: [Pa] of each source alone at the first microphone, before the microphone.
        labels: by source and moment.
        levels: [dB] at each moment at the first microphone: of all that is no source (rain, wind,
            town), and of what was recorded.
    """

    start: float
    samples: Int32[Array, "m n"]
    labels: tuple[SoundLabel, ...]
    levels: tuple[tuple[float, float], ...]
    stems: Mapping[str, Float[Array, "n"]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Place:
    """Where sound goes: the scene, its walls and what tells whether they are in the way."""

    scene: Scene
    still: Blocked
    walls: Facades
    air: Air

    def obstacles(self, time: float, things: Sequence[int]) -> Obstacles:
        """Return what is in the way at `time` [s]."""
        return Obstacles(self.still, boxes_at(self.scene, things, time))


def place_of(scene: Scene, tracer: Tracer, time: float) -> Place:
    """Return the place about where the ego car is at `time` [s]."""
    known = facades(scene.world, scene.ego.position_at(time), _WALLS)
    return Place(scene, walls(tracer), known, air_of(scene.world.environment))


def record(
    place: Place, array: MicrophoneArray, span: tuple[float, float], times: Sequence[float],
    casting: Casting, noise: np.random.Generator,
) -> Recording:  # fmt: skip
    """Return what `array` records in `span` [s], labelled at `times` [s].

    `noise` draws that of the microphones themselves.
    """
    scene, ear = place.scene, listener(place, array, span)
    surround = background(scene, ear, array.model, casting.seed)
    pressure, stems, heard = surround.pressure + surround.thunder, {}, []
    for source, ways in _audible(place, ear, span, casting, surround.floor):
        direct, reflected = _added(pressure, ear, source, ways, casting.seed)
        parts = array.model.filtered(np.stack([direct, reflected]))
        stems[source.name] = direct + reflected
        heard.append(Heard(source, ways, parts[0], parts[1]))
    samples = array.model.recorded(pressure, (stream(0, "sound", "make"), noise))
    rest = array.model.filtered(surround.pressure[:1])[0]
    labels = labelled(place, ear, heard, times)
    storm = array.model.filtered(surround.thunder[:1])[0]
    labels += tuple(_thunder(place, ear, storm, times, casting.seed))
    levels = tuple(
        (loudness(ear, rest, time), loudness(ear, samples[0] * array.model.step, time))
        for time in times
    )
    return Recording(span[0], samples, labels, levels, stems)


def listener(place: Place, array: MicrophoneArray, span: tuple[float, float]) -> Listener:
    """Return the array as it moves with the ego car through `span` [s]."""
    track, around = place.scene.ego, place.scene.world.environment
    window = window_of(track, span) or span
    ears = tuple(followed(track, window, tuple(spot)) for spot in array.places.tolist())
    center = followed(track, window, tuple(array.places.mean(axis=0).tolist()))
    steps = int(np.ceil((span[1] - span[0]) / CONTROL)) + 1
    control = span[0] + CONTROL * np.arange(steps + 1)
    count = round((span[1] - span[0]) * array.model.rate)
    ground = SNOW if around.snow_cover > 1 else GROUND
    return Listener(ears, center, span[0], array.model.rate, count, control, place.air, ground)


def _audible(
    place: Place, ear: Listener, span: tuple[float, float], casting: Casting, floor: float
) -> Iterator[tuple[Source, tuple[Way, ...]]]:
    """Yield the sources that may be heard over the background and the own car, with their ways."""
    own = place.scene.world.ego
    sources = cast(place.scene, (span[0] - 1.0, span[1]), casting, REACH)
    first = [one for one in sources if one.thing == own]
    for source, detour in zip(first, _detours(place, ear, first), strict=True):
        ways = _ways(place, ear, source, detour, floor)
        floor = float(level(power(floor) + power(_quietest(ear, source, ways[0]))))
        yield source, ways
    near = [one for one in sources if one.thing != own and _free(ear, one) > floor - _QUIETER]
    for source, detour in zip(near, _detours(place, ear, near), strict=True):
        ways = _ways(place, ear, source, detour, floor)
        if _loudest(ear, source, ways) > floor - _QUIETER:
            yield source, ways


def _quietest(ear: Listener, source: Source, way: Way) -> float:
    """Return a level [dB(A)] under which `source`, which has noise, does not fall on `way`."""
    assert source.noise is not None
    emitted, _ = retarded(way.path, ear.center, ear.control, ear.air.speed)
    far = np.maximum(ear.air.speed * (ear.control - emitted), 1.0)[:, None]
    loss = barrier_loss(way.detour[:, None], OCTAVES, ear.air.speed)
    return float(a_level(source.noise(emitted) - loss - 20 * np.log10(far)).min()) + 3.0


def _free(ear: Listener, source: Source) -> float:
    """Return a level [dB(A)] that `source` never exceeds at `ear`, nothing in between."""
    gap = np.linalg.norm(source.path.at(ear.control) - ear.center.at(ear.control), axis=1)
    nearest = max(float(gap.min()) - 5.0, 1.0)
    return source.loud + 6.0 - 20 * float(np.log10(nearest))


def _loudest(ear: Listener, source: Source, ways: Sequence[Way]) -> float:
    """Return a level [dB(A)] that `source` never exceeds at `ear`, with what is in between."""
    most = [-200.0]
    for way in ways:
        emitted, _ = retarded(way.path, ear.center, ear.control, ear.air.speed)
        far = np.maximum(ear.air.speed * (ear.control - emitted), 1.0)
        loss = barrier_loss(way.detour, np.full(len(far), _DEEP), ear.air.speed)
        loud = source.loud - loss + 20 * np.log10(np.maximum(way.gain, 1e-9) / far)
        most.append(float(loud.max()))
    return max(most) + 6.0


def _detours(place: Place, ear: Listener, sources: Sequence[Source]) -> Float[Array, "s c"]:
    """Return [m] what each source's sound goes around obstacles, at each control time."""
    things = [
        number for number, body in enumerate(place.scene.world.things) if body.kind in VEHICLES
    ]
    out = np.zeros((len(sources), len(ear.control)))
    if not sources:
        return out
    emitted = [retarded(one.path, ear.center, ear.control, ear.air.speed)[0] for one in sources]
    spots = np.stack([one.seen_at(t) for one, t in zip(sources, emitted, strict=True)])
    own = place.scene.world.ego
    skip = np.array([(-1, -1) if one.thing == own else (one.thing, own) for one in sources])
    here = ear.center.at(ear.control)
    for number, time in enumerate(ear.control.tolist()):
        ends = np.repeat(here[number][None], len(sources), axis=0)
        now = place.obstacles(time, things)
        out[:, number] = now.detours(Between(spots[:, number], ends, skip))
    return out


def _ways(
    place: Place, ear: Listener, source: Source, detour: Float[Array, "c"], floor: float
) -> tuple[Way, ...]:
    most = 10 ** ((source.loud + 6.0 - floor + _QUIETER) / 20)
    limit = _BOUNCES[source.kind], min(float(most), REACH)
    bounced = off_walls(source, ear.center, ear.control, (place.walls, place.still), ear.air, limit)
    return ways_of(source, detour, ear.ground, bounced)


def _added(
    pressure: Float[Array, "m n"], ear: Listener, source: Source, ways: Sequence[Way], seed: int
) -> tuple[Float[Array, "n"], Float[Array, "n"]]:
    """Add `source` to the channels; return its direct and its reflected part at the first."""
    parts = {True: np.zeros(ear.count), False: np.zeros(ear.count)}
    rng = stream(seed, "sound", source.name, round(1e6 * ear.start))
    blocks = source.emitted(emission_span(ear, ways), ear.rate, rng)
    if blocks is None:
        return parts[True], parts[False]
    for way in ways:
        own = np.zeros_like(pressure)
        hear(own, ear, source, way, blocks)
        pressure += own
        parts[way.kind == "direct"] += own[0]
    return parts[True], parts[False]


def _thunder(
    place: Place, ear: Listener, heard: Float[Array, "n"], times: Sequence[float], seed: int
) -> Iterator[SoundLabel]:
    """Yield the labels of thunder, at those of `times` [s] at which it is `heard` [Pa]."""
    for moment, time in enumerate(times):
        found = rumbling(place.scene, ear, time, seed)
        if found is None:
            continue
        spot, delay = found
        turn = place.scene.ego.world_from_body(time)[:3, :3]
        way = (spot - ear.center.at(np.array([time]))[0]) @ turn
        far = float(np.linalg.norm(way))
        yield SoundLabel(
            moment, "thunder", "thunder", "thunder", -1, loudness(ear, heard, time),
            float(np.arctan2(way[1], way[0])), float(np.arcsin(way[2] / far)), far, 1.0,
            tuple(spot.tolist()), delay, True, 0.0, 0.0, 0,
        )  # fmt: skip


def spans(
    times: Sequence[float], before: float, after: float
) -> Iterator[tuple[tuple[float, float], list[int]]]:
    """Yield stretches [s] of sound and which of `times` lie in each: close ones share one."""
    group: list[int] = []
    for number, time in enumerate(times):
        if group and time - before > times[group[-1]] + after:
            yield (times[group[0]] - before, times[group[-1]] + after), group
            group = []
        group.append(number)
    if group:
        yield (times[group[0]] - before, times[group[-1]] + after), group
