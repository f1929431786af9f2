"""Levels by octave, spectra made of them, and the weighting of the ear."""

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array

OCTAVES = np.array([63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0])
"""[Hz] Middles of the bands in which noise is tabulated."""
REFERENCE = 20e-6
"""[Pa] Pressure of 0 dB."""
_WIDTH = 2**0.5 - 2**-0.5
"""Width of an octave over its middle."""
_BELOW, _ABOVE = 2.0, -4.0
"""Slopes of power beyond the outer bands, as exponents of frequency: 6 and -12 dB an octave."""


def a_weighting(frequency: Float[Array, "*n"]) -> Float[Array, "*n"]:
    """Return the A-weighting [dB] at `frequency` [Hz], 0 at 1 kHz.

    Source: IEC 61672-1:2013, annex E, equation E.1 with the pole frequencies of E.4.1.
    """
    square = np.maximum(np.asarray(frequency, float), 1e-3) ** 2
    poles = 20.598997**2, 107.65265**2, 737.86223**2, 12194.217**2
    bend = np.sqrt((square + poles[1]) * (square + poles[2]))
    gain = poles[3] * square**2 / ((square + poles[0]) * bend * (square + poles[3]))
    weight: Float[Array, "*n"] = 20 * np.log10(gain) + 2.0
    return weight


def power(level: Float[Array, "*n"] | float) -> Float[Array, "*n"]:
    """Return the mean square pressure [Pa2] of `level` [dB]."""
    square: Float[Array, "*n"] = REFERENCE**2 * 10 ** (np.asarray(level, float) / 10)
    return square


def level(square: Float[Array, "*n"] | float) -> Float[Array, "*n"]:
    """Return the level [dB] of a mean `square` pressure [Pa2], -200 dB at the lowest."""
    ratio = np.asarray(square, float) / REFERENCE**2
    decibels: Float[Array, "*n"] = 10 * np.log10(np.maximum(ratio, 1e-20))
    return decibels


def a_level(bands: Float[Array, "*n 8"]) -> Float[Array, "*n"]:
    """Return the A-weighted level [dB] of the levels of `OCTAVES` [dB]."""
    return level(power(np.asarray(bands) + a_weighting(OCTAVES)).sum(axis=-1))


def density(bands: Float[Array, "*n 8"], frequency: Float[Array, "f"]) -> Float[Array, "*n f"]:
    """Return the spectral density [Pa2/Hz] whose octaves have the levels `bands` [dB].

    Power laws between the middles of the bands; octaves come out within half a decibel where
    neighbours differ by less than 10 dB.
    """
    inside = np.log(power(bands) / (_WIDTH * OCTAVES))
    place = (np.log2(np.maximum(frequency, 1e-3)) - np.log2(OCTAVES[0])) / (
        np.log2(OCTAVES[-1] / OCTAVES[0]) / (len(OCTAVES) - 1)
    )
    low = np.clip(np.floor(place).astype(int), 0, len(OCTAVES) - 2)
    share = np.clip(place - low, 0.0, 1.0)
    rows = inside[..., low] * (1 - share) + inside[..., low + 1] * share
    octave = np.log(2.0)
    rows = rows + octave * (_BELOW * np.minimum(place, 0.0))
    rows = rows + octave * (_ABOVE * np.maximum(place - (len(OCTAVES) - 1), 0.0))
    found: Float[Array, "*n f"] = np.exp(rows)
    return found


def octave_levels(signal: Float[Array, "n"], rate: float) -> Float[Array, "8"]:
    """Return the levels [dB] of the `OCTAVES` of `signal` [Pa] taken `rate` [Hz] times a second."""
    square = np.abs(np.fft.rfft(signal)) ** 2 * 2 / len(signal) ** 2
    frequency = np.fft.rfftfreq(len(signal), 1 / rate)
    edges = OCTAVES[:, None] * np.array([2**-0.5, 2**0.5])
    sums = [square[(frequency >= low) & (frequency < high)].sum() for low, high in edges]
    return level(np.array(sums))
