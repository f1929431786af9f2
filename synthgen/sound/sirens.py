"""Sirens and horns: how their pitch goes, how loud they are, and which a vehicle has."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.sound.spectrum import a_weighting, power
from synthgen.sound.tones import Timbre, rows, summed

_EDGE = 0.006
"""[s] In which a horn starts and stops: no click."""
_GLIDE = 0.012
"""[s] From one of two tones to the other: a driver's cone does not jump (estimate)."""
_BAND = 300.0, 4000.0
"""[Hz] Pass band of compression drivers and horns: 12 dB an octave outside (estimate)."""


@dataclass(frozen=True)
class Siren:
    """A tone that repeats.

    Attributes:
        name: type, e.g. wail or two_tone.
        pieces: (duration [s], pitch at its start, at its end [Hz]) one after the other; pitch goes
            evenly on a musical scale; 0 Hz is a pause.
        level: [dB(A)] mean over a cycle's sounding part, ahead of it at `distance`.
        distance: [m].
        fall: [dB] of harmonics an octave.
    """

    name: str
    pieces: tuple[tuple[float, float, float], ...]
    level: float
    distance: float
    fall: float = 8.0

    @property
    def cycle(self) -> float:
        """[s] from one repeat to the next."""
        return sum(length for length, _, _ in self.pieces)

    @property
    def at_one_metre(self) -> float:
        """[dB(A)] ahead of it, at 1 m by spherical spreading."""
        return self.level + 20 * float(np.log10(self.distance))

    def pitch(self, time: Float[Array, "n"]) -> Float[Array, "n"]:
        """Return the frequency [Hz] at `time` [s], 0 in pauses."""
        return self._course(time)[0]

    def signal(self, time: Float[Array, "n"], rate: float) -> Float[Array, "n"]:
        """Return the pressure [Pa at 1 m] ahead of it at `time` [s], `rate` [Hz] apart."""
        frequency, phase, gate = self._course(time)
        return summed(frequency, phase, self.timbre(), rate) * gate.astype(np.float32)

    def _course(self, time: Float[Array, "n"]) -> tuple[Array, Array, Array]:
        """Frequency [Hz], phase [cycles] and loudness (0 to 1) at `time` [s].

        The phase is the integral of f over the cycle: f0 r^(t/T) has f0 T / ln r (r^(t/T) - 1).
        """
        turns = np.floor(time / self.cycle)
        inside = np.clip(time - turns * self.cycle, 0.0, np.nextafter(self.cycle, 0))
        frequency, phase = np.zeros(len(time)), np.zeros(len(time))
        gate, begun, run = np.zeros(len(time)), 0.0, 0.0
        for length, first, last in self.pieces:
            here = (inside >= begun) & (inside < begun + length)
            x = (inside[here] - begun) / length
            if first > 0:
                frequency[here], phase[here] = _sweep(x, length, first, last, run)
                gate[here] = self._gate(x * length, length)
                run += float(_sweep(np.ones(1), length, first, last, 0.0)[1][0])
            begun += length
        return frequency, phase + turns * run, gate

    def _gate(self, since: Array, length: float) -> Array:
        """Rise after and fall before a pause; steady where there is none."""
        if all(first > 0 for _, first, _ in self.pieces):
            return np.ones(len(since))
        edge = np.minimum(since, length - since) / _EDGE
        return np.sin(np.pi / 2 * np.clip(edge, 0, 1)) ** 2

    def timbre(self) -> Timbre:
        """Return the harmonics by pitch, scaled to the level at 1 m."""
        tones = [tone for _, *pair in self.pieces for tone in pair if tone > 0]
        base = rows(0.9 * min(tones), 1.1 * max(tones))
        number = np.arange(1, 25)
        pure = number ** (-self.fall / 6.02)
        amplitude = pure * _horn(base[:, None] * number)
        loud = power(a_weighting(base[:, None] * number)) / power(0.0)
        weighted = (amplitude**2 / 2 * loud).sum(axis=1, keepdims=True)
        scale = np.sqrt(power(self.at_one_metre) / weighted)
        return Timbre(float(base[0]), np.asarray(amplitude * scale))


def _sweep(x: Array, length: float, first: float, last: float, run: float) -> tuple[Array, Array]:
    ratio = np.log(last / first)
    if abs(ratio) < 1e-9:
        return np.full(len(x), first), run + first * length * x
    return first * np.exp(ratio * x), run + first * length / ratio * np.expm1(ratio * x)


def _horn(frequency: Array) -> Array:
    """Gain of a horn driver, second order at both ends of its band."""
    low, high = (frequency / _BAND[0]) ** 2, (frequency / _BAND[1]) ** 2
    return low / np.sqrt(1 + low**2) / np.sqrt(1 + high**2)


def directivity(ahead: Float[Array, "n"]) -> Float[Array, "n"]:
    """Return the gain of a siren's horn at the cosine `ahead` of the angle off its axis.

    1 ahead, -3 dB at 30 degrees, -12 dB behind: an estimate between what makers of 100 W speakers
    print. The same at all frequencies.
    """
    return 0.25 + 0.75 * ((1 + ahead) / 2) ** 7


def _turns(low: float, high: float, each: float) -> tuple[tuple[float, float, float], ...]:
    """Two tones of `each` [s] in turn; from one to the other in `_GLIDE`."""
    long = each - _GLIDE
    return ((long, low, low), (_GLIDE, low, high), (long, high, high), (_GLIDE, high, low))


def _two_tone(low: float, high: float, each: float, loud: float, at: float) -> Siren:
    return Siren("two_tone", _turns(low, high, each), loud, at)


_WAIL = Siren("wail", ((2.0, 600.0, 1500.0), (2.4, 1500.0, 600.0)), 120.0, 3.0)
_YELP = Siren("yelp", ((0.16, 600.0, 1500.0), (0.16, 1500.0, 600.0)), 120.0, 3.0)
_HI_LO = Siren("hi_lo", _turns(680.0, 950.0, 0.5), 120.0, 3.0)

SIRENS: Mapping[str, Mapping[str, tuple[Siren, ...]]] = {
    # SAE J1849 and California's Title 13: wail 10 to 18, yelp 150 to 250 cycles a minute within 500
    # to 2000 Hz; at least 120 dB(A) at 3 m (10 ft) on the axis (class A).
    "us": {"": (_WAIL, _YELP, _HI_LO)},
    # No law fixes Britain's: the same three tones, 116 dB(A) at 3 m is an estimate.
    "uk": {"": tuple(
        Siren(one.name, one.pieces, 116.0, 3.0) for one in (_WAIL, _YELP, _HI_LO)
    )},
    # DIN 14610: a fourth (1:1.333) between 360 and 630 Hz, at least 110 dB(A) at 3.5 m ahead. Town
    # horn 410/547 Hz, country horn 362/483 Hz (as makers print them), 0.75 s a tone (estimate).
    "germany": {"": (
        _two_tone(410.0, 547.0, 0.75, 110.0, 3.5), _two_tone(362.0, 483.0, 0.75, 110.0, 3.5)
    )},
    # Orders of 30 October to 3 November 1987: 435 Hz with 580 (police), 488 (fire), 651 Hz (medical
    # service), 2 % each; 50 to 60 cycles a minute, fire 25 to 30; 110 dB by day, at a distance that
    # is an estimate here (2 m).
    "france": {
        "police_car": (_two_tone(435.0, 580.0, 0.55, 110.0, 2.0),),
        "fire_engine": (_two_tone(435.0, 488.0, 1.1, 110.0, 2.0),),
        "ambulance": (_two_tone(435.0, 651.0, 0.55, 110.0, 2.0),),
    },
    # Decree of 17 October 1980: 392 and 660 Hz (level as Germany's: an estimate).
    "italy": {"": (
        _two_tone(392.0, 660.0, 0.5, 110.0, 3.5),
    )},
    # Safety standards for road vehicles: 90 to 120 dB at 20 m ahead. Ambulances 960 and 770 Hz in
    # 1.3 s; police cars wail to 870 Hz and back within 8 s (both from descriptions).
    "japan": {
        "ambulance": (_two_tone(960.0, 770.0, 0.65, 95.0, 20.0),),
        "": (Siren("wail", ((4.0, 400.0, 870.0), (4.0, 870.0, 400.0)), 95.0, 20.0),),
    },
}  # fmt: skip
"""Sirens by country and kind of vehicle; what has no entry of its own takes those under ''."""

HORN = Siren("horn", ((1e6, 420.0, 420.0),), 105.0, 7.0, 5.0)
"""The lower of a car's two tones. Source: UN R28, 6.2.7: 87 to 112 dB(A) at 7 m ahead; 105 is what
is fitted (estimate)."""


def sirens_of(country: str, kind: str) -> tuple[Siren, ...]:
    """Return the sirens that a vehicle of class `kind` may have in `country`.

    Raises KeyError for a country that is not in the table.
    """
    known = SIRENS[country]
    return known.get(kind) or known.get("") or next(iter(known.values()))
