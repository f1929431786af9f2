"""What the weather and the town do to a microphone: rain, wind, hum from all around, thunder."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from scipy.signal import lfilter

from synthgen.geometry import Array
from synthgen.sound.spectrum import OCTAVES, a_level, a_weighting
from synthgen.world import Environment, Stroke

_RAIN_SHAPE = np.array([-18.0, -14.0, -9.0, -5.0, -4.0, -5.0, -6.0, -8.0])
"""[dB] Octaves of rain on a road and on sheet metal, 500 Hz to 4 kHz most (estimate)."""
_HUM_SHAPE = np.array([6.0, 3.0, 0.0, -3.0, -5.0, -10.0, -17.0, -25.0])
"""[dB] Octaves of a town from afar: what traffic leaves after kilometres of air (estimate)."""
_HUM = 52.0, 43.0, 7.0
"""[dB(A)] of a town by day, by night, and [dB] that a blackout takes (estimates)."""
_DROP_AREA, _DROP_TIME, _DROP_TONES = 0.03, 0.003, (900.0, 3000.0)
"""[m2] of roof about a microphone whose drops are heard one by one; [s] decay and [Hz] of the
knocks (estimates)."""
_KNOCKS = 0.3
"""Share of the rain's power in single knocks (estimate)."""
_STROUHAL = 0.1, 5.0
"""Range of f D / V within which Strasberg's law was measured."""
_CLOUD = 2000.0
"""[m] Half of the height of a thundercloud's charge: the middle of a channel is this high."""
_SEGMENTS = 400
_CRACK = 40.0
"""[Pa] Peak of a channel's piece at 1 km: 120 dB for all together when it strikes so near."""


def rain_level(rate: float) -> float:
    """Return the level [dB(A)] of rain of `rate` [mm/h] on the road and the roof, none: -100.

    45 dB(A) at 1, 60 at 25, 67 at 100 mm/h: an estimate through what is told of wet streets.
    """
    return 45.0 + 11.0 * float(np.log10(rate)) if rate > 0.02 else -100.0


def shaped_to(shape: Float[Array, "8"], loud: float) -> Float[Array, "8"]:
    """Return octave levels of that `shape` [dB] that have `loud` [dB(A)] together."""
    found: Float[Array, "8"] = shape + (loud - float(a_level(shape)))
    return found


def rain_levels(rate: float) -> Float[Array, "8"]:
    """Return the octave levels [dB] of the even part of rain's noise."""
    return shaped_to(_RAIN_SHAPE, rain_level(rate) + 10 * float(np.log10(1 - _KNOCKS)))


def knocks(rate: float, count: int, sampling: float, rng: np.random.Generator) -> Array:
    """Return the pressure [Pa] of single drops on the roof about one microphone.

    Drops of median size 0.9 R^0.21 mm as many as make up the rain (Marshall and Palmer, J.
    Meteorol. 5, 1948); each rings for `_DROP_TIME`. `rate` R in mm/h, `sampling` in Hz.
    """
    out = np.zeros(count)
    if rate <= 0.02:
        return out
    size = 0.9e-3 * rate**0.21
    flux = rate / 3.6e6 / (np.pi / 6 * size**3)
    drops = int(rng.poisson(flux * _DROP_AREA * count / sampling))
    place = rng.integers(0, count, drops)
    np.add.at(out, place, rng.lognormal(0.0, 0.8, drops) * rng.choice([-1.0, 1.0], drops))
    ring = np.zeros(count)
    for tone in _DROP_TONES:
        radius = np.exp(-1 / (_DROP_TIME * sampling))
        turn = 2 * radius * np.cos(2 * np.pi * tone / sampling)
        ring += lfilter([1.0, -1.0], [1.0, -turn, radius**2], out)
    wanted = 20e-6 * 10 ** ((rain_level(rate) + 10 * np.log10(_KNOCKS)) / 20)
    found: Array = ring * wanted / max(float(np.sqrt(np.mean(ring**2))), 1e-12)
    return found


def hum_levels(environment: Environment) -> Float[Array, "8"]:
    """Return the octave levels [dB] of what hums all around."""
    day, night, dark = _HUM
    loud = day if environment.sun_elevation > 0 else night
    return shaped_to(_HUM_SHAPE, loud - (0.0 if environment.power else dark))


def wind_levels(speed: Float[Array, "n"], screen: float) -> Float[Array, "n 8"]:
    """Return the octave levels [dB] that air past a screen of diameter `screen` [m] makes.

    `speed` V [m/s] relative to the microphone. Thirds of an octave have
    40 lg V - 23 lg(f D / V) + 15 dB; an octave 4.8 dB more. Held below f D / V of 0.1, falling
    twice as steeply above 5.

    Source: M. Strasberg, "Dimensional analysis of windscreen noise", J. Acoust. Soc. Am. 83, 1988,
    with SI units as in G. P. van den Berg, "The sounds of high winds", 2006, equation VIII.2:
    6 to 23 m/s, screens of 2.5 to 25 cm in smooth flow. Gusts of the wind itself add more at low
    frequencies, which is left out.
    """
    pace = np.maximum(np.asarray(speed, float), 0.1)[:, None]
    strouhal = OCTAVES * screen / pace
    low, high = np.log10(_STROUHAL[0]), np.log10(_STROUHAL[1])
    place = np.log10(strouhal)
    slope = np.maximum(place, low) + np.maximum(place - high, 0.0)
    found: Float[Array, "n 8"] = 40 * np.log10(pace) - 23 * slope + 15 + 4.8
    return found


def channel(stroke: Stroke, eye: Float[Array, "3"], seed: int) -> Float[Array, "s 3"]:
    """Return places [m] along the channel of `stroke` as seen from `eye`: a crooked column.

    Its middle stands at the stroke's elevation and azimuth, as high as `_CLOUD`.
    """
    far = _CLOUD / np.tan(max(stroke.elevation, 0.05))
    foot = eye + far * np.array([np.cos(stroke.azimuth), np.sin(stroke.azimuth), 0.0])
    rng = np.random.Generator(np.random.Philox(key=seed))
    height = np.linspace(0.0, 2 * _CLOUD, _SEGMENTS)
    aside = np.cumsum(rng.normal(0, 17.0, (_SEGMENTS, 2)), axis=0)
    aside -= aside.mean(axis=0)
    return np.column_stack([foot[0] + aside[:, 0], foot[1] + aside[:, 1], height])


def thunder(
    strokes: Sequence[Stroke],
    eye: Float[Array, "3"],
    ears: Float[Array, "m 3"],
    clock: tuple[Float[Array, "n"], float],
    seed: int,
) -> Float[Array, "m n"]:
    """Return the pressure [Pa] of thunder at `ears` [m].

    Each piece of a channel sends a pulse, the derivative of a Gaussian in the place of the N wave
    that it is near by, which air makes longer with distance: 5 ms at 1 km.

    Source: A. Few, "Power spectrum of thunder", J. Geophys. Res. 74, 1969: peak at about 60 Hz;
    H. Ribner and D. Roy, "Acoustics of thunder: a quasilinear model for tortuous lightning", J.
    Acoust. Soc. Am. 72, 1982: a sum of N waves of the channel's pieces.

    Args:
        strokes: of the clip's flash; strokes of one flash share the channel.
        eye: where the flash is seen from.
        ears: of the microphones.
        clock: times [s] of the samples, and the speed of sound [m/s].
        seed: of how the channel is bent.
    """
    time, speed = clock
    out = np.zeros((len(ears), len(time)))
    for stroke in strokes:
        places = channel(stroke, eye, seed)
        share = np.sqrt(stroke.luminance / max(one.luminance for one in strokes))
        for place in places:
            _pulse(out, (time, speed), stroke.time, np.linalg.norm(ears - place, axis=1), share)
    return out


def _pulse(
    out: Array, clock: tuple[Array, float], emitted: float, far: Array, share: float
) -> None:
    time, speed = clock
    for channel_out, way in zip(out, far.tolist(), strict=True):
        kilometres = way / 1000
        width = 0.0025 * kilometres**0.25
        middle = emitted + way / speed
        low, high = np.searchsorted(time, [middle - 6 * width, middle + 6 * width])
        x = (time[low:high] - middle) / width
        peak = share * _CRACK / np.sqrt(_SEGMENTS) / kilometres
        channel_out[low:high] -= peak * x * np.exp(0.5 - x**2 / 2)


def thunder_places(
    strokes: Sequence[Stroke], eye: Float[Array, "3"], when: tuple[float, float], seed: int
) -> Float[Array, "s 3"]:
    """Return the places [m] of channels that are heard at `eye` within 0.1 s.

    `when` is the time [s] and the speed of sound [m/s].
    """
    found = [np.zeros((0, 3))]
    for stroke in strokes:
        places = channel(stroke, eye, seed)
        arrival = stroke.time + np.linalg.norm(places - eye, axis=1) / when[1]
        found.append(places[np.abs(arrival - when[0]) < 0.1])
    return np.concatenate(found)


def weighted_power(levels: Float[Array, "*n 8"]) -> Float[Array, "*n"]:
    """Return the A-weighted sum of octave `levels` as a ratio to 0 dB."""
    found: Float[Array, "*n"] = (10 ** ((levels + a_weighting(OCTAVES)) / 10)).sum(axis=-1)
    return found
