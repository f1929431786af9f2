"""Who sounds in a scene: vehicles that drive, sirens of those that respond, horns of who brakes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from jaxtyping import Float

from synthgen.classes import EMERGENCY
from synthgen.geometry import Array
from synthgen.motion import Track
from synthgen.rng import stream
from synthgen.scene import Scene
from synthgen.sound.engines import ENGINES, TONAL, avas_level, avas_pitch, avas_timbre
from synthgen.sound.road_noise import HEIGHT, LIGHT, category_of, engine_levels, tyre_levels
from synthgen.sound.sirens import HORN, SIRENS, Siren, sirens_of
from synthgen.sound.source import Source
from synthgen.sound.spectrum import a_level, level, power
from synthgen.sound.tones import Timbre, summed
from synthgen.sound.trajectory import Trajectory, facing, followed, knots, through
from synthgen.world import Body

_STEP = 0.02
"""[s] At which speeds are worked out."""
_MOVED = 1.0
"""[m] Who responds and comes less far than this has arrived, and the siren is off."""
_HARD, _HONKS, _REACTION = 4.0, 0.5, 0.3
"""[m/s2] From which braking is an emergency's; share of those who use the horn then, and [s] after
how long (estimates)."""
_EUROPE = ("uk", "germany", "france", "italy")


@dataclass(frozen=True)
class Casting:
    """What of the sounding things is not in the scene.

    Attributes:
        seed: of draws.
        country: of the sirens; auto: that of the vehicle's lamps.
        electric: share of light vehicles that are electric.
        ego_electric: whether the ego car is.
    """

    seed: int
    country: str = "auto"
    electric: float = 0.15
    ego_electric: bool = False


def cast(
    scene: Scene, span: tuple[float, float], casting: Casting, reach: float
) -> tuple[Source, ...]:
    """Return what sounds at some time of `span` [s] within `reach` [m] of the ego car.

    In the order of `World.things`.
    """
    found: list[Source] = []
    eye = scene.ego.position_at(sum(span) / 2)
    for thing, track in enumerate(scene.motion.tracks):
        window = window_of(track, span)
        if window is not None and np.linalg.norm(track.position_at(span[1]) - eye) < reach:
            found += _sources(scene, thing, window, casting)
    return tuple(found)


def window_of(track: Track, span: tuple[float, float]) -> tuple[float, float] | None:
    """Return the window of `track` that overlaps `span` [s] most, None when it is away."""
    best, most = None, 0.05
    for low, high in track.windows:
        shared = min(high, span[1]) - max(low, span[0])
        if shared > most:
            best, most = (low, high), shared
    return best


def _sources(
    scene: Scene, thing: int, window: tuple[float, float], casting: Casting
) -> Iterator[Source]:
    body, track = scene.world.things[thing], scene.motion.tracks[thing]
    category = "" if body.part_of else category_of(body.kind, body.subtype)
    if category and len(track.time) > 1:
        drive = _vehicle(scene, thing, window, casting)
        yield drive
        yield from _horn(scene, drive, casting.seed)
    if sounding(body, track, window):
        siren = siren_of(body, casting)
        yield _siren(scene, thing, window, siren, casting.seed)


def sounding(body: Body, track: Track, window: tuple[float, float]) -> bool:
    """Return whether the siren of `body` is on: its beacons are, and it is on its way."""
    known = body.circuit_index("beacon_a")
    responds = body.kind in EMERGENCY or body.subtype == "police_motorcycle"
    if known < 0 or not responds or body.part_of or track.stands:
        return False
    steps = knots(track, window)
    lit = float(track.level[steps, known].max())
    return lit > 0.5 and float(np.ptp(track.position[steps, :2], axis=0).max()) > _MOVED


def siren_of(body: Body, casting: Casting) -> Siren:
    """Return the siren of an emergency vehicle; one country's in a clip.

    Blue lamps alone are Europe's, red or white beside them America's.
    """
    country = casting.country
    if country == "auto":
        colors = [one.color for one in body.circuits if one.name.startswith("beacon")]
        european = all(color[2] > 3 * color[0] for color in colors)
        draw = stream(casting.seed, "sound", "country").integers(len(_EUROPE))
        country = _EUROPE[int(draw)] if european else "us"
    known = sirens_of(country, body.kind)
    return known[int(stream(casting.seed, "sound", body.name, "siren").integers(len(known)))]


def countries() -> tuple[str, ...]:
    """Return the countries whose sirens are known."""
    return tuple(SIRENS)


def _siren(
    scene: Scene, thing: int, window: tuple[float, float], siren: Siren, seed: int
) -> Source:
    body, track = scene.world.things[thing], scene.motion.tracks[thing]
    length, height = (body.extent.size[0], body.extent.size[2]) if body.extent else (5.0, 2.0)
    place = (0.30 * length, 0.0, height + 0.02)
    late = float(stream(seed, "sound", body.name, "late").uniform(0, siren.cycle))
    path = followed(track, window, place)
    return Source(
        name=f"{body.name}/siren", kind="siren", variety=siren.name, thing=thing, window=window,
        path=path, image=_image(track, window, path), low=False, facing=facing(track, window),
        loud=siren.at_one_metre, tone=partial(_blown, siren, late),
    )  # fmt: skip


def _blown(siren: Siren, late: float, time: Array, rate: float) -> Array:
    return siren.signal(time + late, rate)


def _image(track: Track, window: tuple[float, float], path: Trajectory) -> Trajectory:
    """The mirror image of `path` in the level ground on which the body stands."""
    times = track.time[knots(track, window)]
    place = path.at(times)
    foot = followed(track, window, (0.0, 0.0, 0.0)).at(times)
    return through(times, np.column_stack([place[:, :2], 2 * foot[:, 2] - place[:, 2]]))


def _vehicle(scene: Scene, thing: int, window: tuple[float, float], casting: Casting) -> Source:
    body, track = scene.world.things[thing], scene.motion.tracks[thing]
    own = thing == scene.world.ego
    length = body.extent.size[0] if body.extent else 4.5
    ahead = length / 2 + 0.05 if own else 0.2 * length
    path = followed(track, window, (ahead, 0.0, HEIGHT))
    draw = stream(casting.seed, "sound", body.name, "drive").random(2)
    category = category_of(body.kind, body.subtype)
    electric = casting.ego_electric if own else draw[0] < casting.electric
    electric = bool(electric) and category == LIGHT and body.kind in ("car", "van", "ego")
    drive = Drive(category, electric, _speed(path, window), float(draw[1]),
                  scene.world.environment.wetness)  # fmt: skip
    return Source(
        name=f"{body.name}/drive", kind="own_car" if own else "vehicle",
        variety=f"electric {body.kind}" if electric else body.kind, thing=thing, window=window,
        path=path, image=_image(track, window, path), low=True, facing=None,
        loud=drive.loudest, tone=drive.tone, noise=drive.noise,
    )  # fmt: skip


def _horn(scene: Scene, drive: Source, seed: int) -> Iterator[Source]:
    """The horn of who brakes hard, as drivers do who did not see it coming."""
    body, track = scene.world.things[drive.thing], scene.motion.tracks[drive.thing]
    time, pace = _speed(drive.path, drive.window)
    if drive.kind != "vehicle" or body.extent is None or len(time) < 3:
        return
    hard = np.gradient(pace, _STEP) < -_HARD
    draw = stream(seed, "sound", body.name, "horn").random(2)
    if not hard.any() or draw[0] > _HONKS:
        return
    begin = float(time[np.argmax(hard)]) + _REACTION
    end = min(begin + 0.3 + 0.9 * float(draw[1]), drive.window[1])
    window = max(begin, drive.window[0]), end
    if window[1] - window[0] < 0.1:
        return
    length, height = body.extent.size[0], 0.6
    path = followed(track, drive.window, (length / 2, 0.0, height))
    yield Source(
        name=f"{body.name}/horn", kind="horn", variety="horn", thing=drive.thing, window=window,
        path=path, image=_image(track, drive.window, path), low=False,
        facing=facing(track, drive.window), loud=HORN.at_one_metre, tone=HORN.signal,
    )  # fmt: skip


def _speed(path: Trajectory, window: tuple[float, float]) -> tuple[Array, Array]:
    """Times [s] and speeds [m/s] along the way."""
    start, end = max(window[0], path.time[0]), min(window[1], path.time[-1])
    time = np.arange(start, max(end, start + _STEP) + _STEP, _STEP)
    return time, np.linalg.norm(path.velocity(np.clip(time, start, end))[:, :2], axis=1)


@dataclass(frozen=True, eq=False)
class Drive:
    """How one vehicle sounds as it drives.

    Attributes:
        category: of CNOSSOS-EU.
        electric: whether it has no engine, but warning tones.
        speed: times [s] and speeds [m/s].
        phase: [cycles] of the crankshaft at time 0.
        wetness: of the road, 0 to 1.
    """

    category: str
    electric: bool
    speed: tuple[Float[Array, "k"], Float[Array, "k"]]
    phase: float
    wetness: float

    @property
    def loudest(self) -> float:
        """[dB(A) at 1 m]."""
        rows = self.noise(self.speed[0])
        engine = np.zeros(len(rows)) if self.electric else a_level(self._engine(self.speed[1]))
        return float(level(power(a_level(rows)) + power(engine)).max())

    def noise(self, time: Float[Array, "n"]) -> Float[Array, "n 8"]:
        """Return the octave levels [dB at 1 m] of what has no pitch."""
        pace = np.interp(time, *self.speed)
        tyres = power(tyre_levels(self.category, pace, self.wetness))
        if self.electric:
            return level(tyres)
        engine = power(self._engine(pace))
        engine[:, :4] *= 1 - TONAL
        return level(tyres + engine)

    def tone(self, time: Float[Array, "n"], rate: float) -> Float[Array, "n"]:
        """Return what has pitch [Pa at 1 m]: the engine's orders, or warning tones."""
        coarse = self.speed[0]
        base, timbre, square = self._warning() if self.electric else self._orders()
        run = np.concatenate([[0.0], np.cumsum((base[1:] + base[:-1]) / 2 * _STEP)])
        turned = self.phase + np.interp(time, coarse, run)
        signal = summed(np.interp(time, coarse, base), turned, timbre, rate)
        return (signal * np.sqrt(np.interp(time, coarse, square))).astype(np.float32)

    def _warning(self) -> tuple[Array, Timbre, Array]:
        pace = self.speed[1]
        return avas_pitch(pace), avas_timbre(), power(avas_level(pace)) / power(0.0)

    def _orders(self) -> tuple[Array, Timbre, Array]:
        engine, pace = ENGINES[self.category], self.speed[1]
        square = TONAL * power(self._engine(pace))[:, :4].sum(axis=1)
        return engine.turns(pace, _STEP) / 2, engine.timbre(), square

    def _engine(self, pace: Array) -> Array:
        return engine_levels(self.category, pace)
