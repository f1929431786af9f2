"""Engines as they sound: speed of the crankshaft by gear, its orders, and electric cars' tones."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.ndimage import gaussian_filter1d

from synthgen.geometry import Array
from synthgen.sound.road_noise import HEAVY, LIGHT, MEDIUM, MOPED, MOTORCYCLE
from synthgen.sound.spectrum import a_weighting, power
from synthgen.sound.tones import Timbre, rows

_SHIFT = 0.25
"""[s] Standard deviation over which a change of gear is spread (estimate)."""
TONAL = 0.5
"""Share of an engine's power in the octaves 63 to 500 Hz that is in its orders (estimate)."""


@dataclass(frozen=True)
class Engine:
    """A four-stroke engine and its gears. Estimates, of the middle of each category.

    Attributes:
        cylinders: that fire in two turns.
        idle: [1/s] turns of the crankshaft.
        gears: [m/s] of road for each turn a second, first gear first.
        change: [1/s] at which it changes up.
    """

    cylinders: int
    idle: float
    gears: tuple[float, ...]
    change: float

    def turns(self, speed: Float[Array, "n"], step: float) -> Float[Array, "n"]:
        """Return turns a second at `speed` [m/s] each `step` [s]: the lowest gear that is quiet."""
        gears = np.array(self.gears)
        revolutions = np.abs(speed)[:, None] / gears
        fits = revolutions <= self.change
        gear = np.where(fits.any(axis=1), fits.argmax(axis=1), len(gears) - 1)
        chosen = np.maximum(revolutions[np.arange(len(speed)), gear], self.idle)
        found: Float[Array, "n"] = gaussian_filter1d(chosen, _SHIFT / step, mode="nearest")
        return found

    def timbre(self) -> Timbre:
        """Return the orders, half a turn's first, that sum up to a mean square of 1 Pa2.

        Multiples of the firing order fall by 6 dB an octave, the others are 14 dB weaker: what
        uneven cylinders leave.
        """
        base = rows(self.idle / 2, self.change)
        number = np.arange(1, 12 * self.cylinders + 1)
        fires = number % self.cylinders == 0
        strength = np.where(fires, self.cylinders / number, 0.2 * self.cylinders / (number + 3))
        strength = strength / np.sqrt((strength**2 / 2).sum())
        return Timbre(float(base[0]), np.tile(strength, (len(base), 1)))


ENGINES: Mapping[str, Engine] = {
    LIGHT: Engine(4, 13.3, (0.133, 0.233, 0.35, 0.48, 0.62, 0.78), 38.0),
    MEDIUM: Engine(6, 10.0, (0.10, 0.17, 0.27, 0.40, 0.58, 0.80), 28.0),
    HEAVY: Engine(6, 9.2, (0.09, 0.15, 0.25, 0.38, 0.56, 0.80, 1.05), 26.0),
    MOTORCYCLE: Engine(2, 18.0, (0.09, 0.13, 0.17, 0.21, 0.25, 0.29), 75.0),
    MOPED: Engine(1, 28.0, (0.12, 0.16, 0.20, 0.25), 110.0),
}

AVAS_TOP = 20 / 3.6
"""[m/s] Above it electric cars may be silent."""
_AVAS_BASE, _AVAS_AT, _AVAS_SHIFT = 105.0, 10 / 3.6, 0.01 * 3.6
"""[Hz] Base of the tones at 10 km/h, [m/s], and share by which they rise for each m/s.

Source of the shift: UN R138, 6.2.3: at least 0.8 % for each km/h."""
_AVAS_ORDERS = {3: 1.0, 4: 0.8, 6: 0.6, 9: 0.35, 12: 0.2}
"""Tones at 315, 420, 630, 945 and 1260 Hz and their amplitudes: our own."""
_AVAS_POINTS = np.array([0.0, 10.0, 20.0]) / 3.6, np.array([44.0, 53.0, 59.0])
"""[m/s], [dB(A)] at 2 m. Source: UN R138, table 2: 50 dB(A) at 10 and 56 dB(A) at 20 km/h at least,
75 at most; cars are made 3 dB louder than the least (estimate)."""


def avas_pitch(speed: Float[Array, "n"]) -> Float[Array, "n"]:
    """Return the base [Hz] of an electric car's tones at `speed` [m/s]."""
    found: Float[Array, "n"] = _AVAS_BASE * (1 + _AVAS_SHIFT * (np.abs(speed) - _AVAS_AT))
    return found


def avas_level(speed: Float[Array, "n"]) -> Float[Array, "n"]:
    """Return the level [dB(A)] of its warning sound at 1 m; it fades out above 20 km/h."""
    pace = np.abs(speed)
    loud = np.interp(pace, *_AVAS_POINTS) + 20 * np.log10(2.0)
    fade = np.clip((pace - AVAS_TOP) / 1.5, 0, 1)
    stands = np.clip((0.3 - pace) / 0.3, 0, 1)
    found: Float[Array, "n"] = loud - 60 * np.maximum(fade, stands)
    return found


def avas_timbre() -> Timbre:
    """Return the tones of an electric car, 0 dB(A) together."""
    base = rows(0.5 * _AVAS_BASE, 3 * _AVAS_BASE)
    strength = np.array([_AVAS_ORDERS.get(n, 0.0) for n in range(1, max(_AVAS_ORDERS) + 1)])
    number = np.arange(1, len(strength) + 1)
    loud = power(a_weighting(base[:, None] * number)) / power(0.0)
    weighted = (strength**2 / 2 * loud).sum(axis=1, keepdims=True)
    return Timbre(float(base[0]), strength * np.sqrt(power(0.0) / weighted))
