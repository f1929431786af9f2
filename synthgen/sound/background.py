"""Everything that is no single source: rain, wind past the microphones, the town, thunder."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.rng import stream
from synthgen.scene import Scene
from synthgen.sound import weather_noise as weather
from synthgen.sound.blocks import Blocks, added_up, analysed
from synthgen.sound.delay import read
from synthgen.sound.listening import Listener
from synthgen.sound.microphone import MicrophoneModel
from synthgen.sound.source import shaped

_WAVES = 16
"""Plane waves that make up what comes from all around."""
_AHEAD = 0.05
"""[s] More of each plane wave than is heard."""


@dataclass(frozen=True, eq=False)
class Surround:
    """All that no thing of the world sends out.

    Attributes:
        pressure: [Pa] at each microphone, of all but thunder.
        thunder: [Pa] at each microphone.
        floor: [dB(A)] under which sources drown: of the quietest moment, with the microphone's own.
    """

    pressure: Float[Array, "m n"]
    thunder: Float[Array, "m n"]
    floor: float


def background(scene: Scene, ear: Listener, model: MicrophoneModel, seed: int) -> Surround:
    """Return rain, wind, town and thunder at each microphone."""
    around = scene.world.environment
    rain, hum = weather.rain_levels(around.rain), weather.hum_levels(around)
    gusts = weather.wind_levels(_breeze(scene, ear, ear.control), model.screen)
    quiet = weather.weighted_power(np.stack([rain, hum])).sum()
    quiet = quiet + weather.weighted_power(gusts).min() + 10 ** (model.noise / 10)
    out = _town(ear, hum, seed)
    for number in range(len(ear.ears)):
        rng = stream(seed, "sound", "weather", number, round(1e6 * ear.start))
        out[number] += _rushing(scene, ear, model.screen, rng)
        out[number] += _even(ear, rain, rng)
        out[number] += weather.knocks(around.rain, ear.count, ear.rate, rng)
    return Surround(out, _thunder(scene, ear, seed), float(10 * np.log10(quiet)))


def _breeze(scene: Scene, ear: Listener, time: Float[Array, "k"]) -> Float[Array, "k"]:
    """Speed [m/s] of the air past the array."""
    around = scene.world.environment
    blows = around.wind * np.array([np.cos(around.wind_azimuth), np.sin(around.wind_azimuth), 0.0])
    return np.linalg.norm(blows - ear.center.velocity(time), axis=1)


def _rushing(
    scene: Scene, ear: Listener, screen: float, rng: np.random.Generator
) -> Float[Array, "n"]:
    """Pressure [Pa] that the air past one screen makes: no two microphones share it."""
    white = _white(ear, rng)
    levels = weather.wind_levels(_breeze(scene, ear, white.time), screen)
    return _plain(white, shaped(levels, white), ear)


def _even(ear: Listener, levels: Float[Array, "8"], rng: np.random.Generator) -> Array:
    white = _white(ear, rng)
    return _plain(white, shaped(levels[None], white), ear)


def _white(ear: Listener, rng: np.random.Generator) -> Blocks:
    return analysed(rng.standard_normal(ear.count, dtype=np.float32), ear.start, ear.rate)


def _plain(white: Blocks, gain: Float[Array, "b f"], ear: Listener) -> Float[Array, "n"]:
    """Return filtered blocks as the samples that they were."""
    wide, hop = 4 * white.hop, white.hop
    rows = np.fft.irfft(white.spectrum * gain, n=wide, axis=1).reshape(-1, 4, hop)
    out = np.zeros((len(rows) + 3, hop))
    for quarter in range(4):
        out[quarter : quarter + len(rows)] += rows[:, quarter]
    return out.ravel()[2 * hop : 2 * hop + ear.count]


def _town(ear: Listener, levels: Float[Array, "8"], seed: int) -> Float[Array, "m n"]:
    """What hums all around: plane waves from directions spread evenly over the upper half.

    Neighbouring microphones hear low frequencies alike, as in any diffuse field.
    """
    out = np.zeros((len(ear.ears), ear.count))
    grid = ear.grid
    spots = np.stack([one.at(grid) for one in ear.ears]) - ear.center.at(grid)
    start, length = ear.start - _AHEAD, ear.count + int(2 * _AHEAD * ear.rate)
    for number in range(_WAVES):
        rng = stream(seed, "sound", "town", number, round(1e6 * ear.start))
        white = analysed(rng.standard_normal(length, dtype=np.float32), start, ear.rate)
        signal = added_up(white, shaped(levels[None] - 10 * np.log10(_WAVES), white))
        toward = _upper_half(number)
        for channel, spot in zip(out, spots, strict=True):
            arrives = grid + spot @ toward / ear.air.speed
            slope = np.gradient(arrives, grid)
            read(channel, signal, (ear.start, ear.rate), (arrives, slope), 0.0)
    return out


def _upper_half(number: int) -> Float[Array, "3"]:
    """Unit vector number `number` of `_WAVES`, evenly over a half sphere: a Fibonacci lattice."""
    rise = (number + 0.5) / _WAVES
    turn = number * np.pi * (3 - 5**0.5)
    flat = np.sqrt(1 - rise**2)
    return np.array([flat * np.cos(turn), flat * np.sin(turn), rise])


def rumbling(
    scene: Scene, ear: Listener, time: float, seed: int
) -> tuple[Float[Array, "3"], float] | None:
    """Return where [m] the thunder that is heard at `time` [s] comes from, and its delay [s].

    The middle of the pieces of the channel that are heard just then; None where there are none.
    """
    strokes = scene.world.strokes
    if not strokes:
        return None
    eye = scene.ego.position_at(strokes[0].time)
    found = weather.thunder_places(strokes, eye, (time, ear.air.speed), seed % 2**32)
    if not len(found):
        return None
    place = found.mean(axis=0)
    far = np.linalg.norm(place - ear.center.at(np.array([time]))[0])
    return place, float(far / ear.air.speed)


def _thunder(scene: Scene, ear: Listener, seed: int) -> Float[Array, "m n"]:
    strokes = scene.world.strokes
    if not strokes:
        return np.zeros((len(ear.ears), ear.count))
    time = ear.start + np.arange(ear.count) / ear.rate
    eye = scene.ego.position_at(strokes[0].time)
    middle = np.array([ear.start + ear.count / ear.rate / 2])
    spots = np.stack([one.at(middle)[0] for one in ear.ears])
    return weather.thunder(strokes, eye, spots, (time, ear.air.speed), seed % 2**32)
