"""Sums of harmonics whose pitch changes: sirens, horns, engines."""

from dataclasses import dataclass

import numba
import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array

STEPS = 24
"""Rows of a table of amplitudes to an octave of the base frequency."""
_TOP = 0.45
"""Harmonics end at this share of the sample rate."""


@dataclass(frozen=True, eq=False)
class Timbre:
    """How strong each harmonic is, by base frequency.

    Attributes:
        lowest: [Hz] base frequency of the first row; there are `STEPS` rows to an octave.
        amplitude: [Pa at 1 m] of each harmonic, the first at once the base frequency.
    """

    lowest: float
    amplitude: Float[Array, "r h"]


def summed(
    frequency: Float[Array, "n"], phase: Float[Array, "n"], timbre: Timbre, rate: float
) -> Float[Array, "n"]:
    """Return the sum of the harmonics of `frequency` [Hz] whose base has run `phase` [cycles]."""
    place = np.log2(np.maximum(frequency, 1e-3) / timbre.lowest) * STEPS
    place = np.clip(place, 0, len(timbre.amplitude) - 1.001)
    return _summed(frequency, np.mod(phase, 1.0), place, timbre.amplitude, _TOP * rate)


@numba.njit(cache=True)
def _summed(frequency, phase, place, amplitude, top):  # type: ignore[no-untyped-def]
    """Sines of multiples by sin(nx) = 2 cos(x) sin((n-1)x) - sin((n-2)x)."""
    out = np.zeros(len(frequency), np.float32)
    for n in range(len(frequency)):
        row = int(place[n])
        share = place[n] - row
        angle = 2 * np.pi * phase[n]
        before, now, twice = 0.0, np.sin(angle), 2 * np.cos(angle)
        total = 0.0
        for harmonic in range(amplitude.shape[1]):
            if (harmonic + 1) * frequency[n] > top:
                break
            strength = amplitude[row, harmonic]
            strength += share * (amplitude[row + 1, harmonic] - strength)
            total += strength * now
            before, now = now, twice * now - before
        out[n] = total
    return out


def rows(lowest: float, highest: float) -> Float[Array, "r"]:
    """Return the base frequencies [Hz] of a table's rows from `lowest` to `highest` [Hz]."""
    count = int(np.ceil(np.log2(highest / lowest) * STEPS)) + 2
    found: Float[Array, "r"] = lowest * 2 ** (np.arange(count) / STEPS)
    return found
