"""A signal read at moments between its samples: what makes delay, spreading and Doppler."""

from functools import cache

import numba
import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array

OVER = 2
"""Signals that are read between samples are sampled this many times as often as the output."""
_TAPS, _PHASES = 12, 4096
_BETA = 7.0
"""Shape of the Kaiser window: side lobes of -70 dB."""
GRID = 256
"""Samples from one solved retarded time to the next; cubic between them."""


@cache
def taps() -> Float[Array, "p t"]:
    """Return windowed sincs by phase, rows sum to 1; cut off at 0.375 of the doubled rate.

    The nearest of so many phases is off by at most 1/8192 sample: -85 dB at an eighth of the rate.

    Source: J. O. Smith, "Digital Audio Resampling", 1984.
    """
    phase = np.arange(_PHASES + 1)[:, None] / _PHASES
    place = np.arange(_TAPS)[None, :] - (_TAPS // 2 - 1) - phase
    window = np.i0(_BETA * np.sqrt(np.maximum(1 - (place / (_TAPS / 2)) ** 2, 0)))
    rows = np.sinc(0.75 * place) * window
    found: Float[Array, "p t"] = (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)
    return found


def read(
    out: Float[Array, "n"],
    signal: tuple[Float[Array, "m"], float, float],
    clock: tuple[float, float],
    solved: tuple[Float[Array, "g"], Float[Array, "g"]],
    speed: float,
) -> None:
    """Add to `out` the `signal` of a point source as it arrives, spread spherically.

    Args:
        out: [Pa] one channel.
        signal: samples [Pa at 1 m], time of the first [s] and rate [Hz].
        clock: [s] of the first sample of `out`, and its rate [Hz].
        solved: retarded time [s] and its derivative at every `GRID`th sample of `out`.
        speed: [m/s] of sound; 0 for what comes from so far that it arrives as it is.
    """
    _read(out, signal, clock, solved, (speed, taps()))


@numba.njit(cache=True)
def _read(out, signal, clock, solved, law):  # type: ignore[no-untyped-def]
    samples, first, rate = signal
    speed, table = law
    step, last = GRID / clock[1], len(samples) - _TAPS
    for n in range(len(out)):
        piece = n // GRID
        x = n / GRID - piece
        a, b = solved[0][piece], solved[0][piece + 1]
        p, q = solved[1][piece] * step, solved[1][piece + 1] * step
        emitted = a + x * (p + x * ((3 * (b - a) - 2 * p - q) + x * (2 * (a - b) + p + q)))
        place = (emitted - first) * rate
        whole = int(np.floor(place))
        start = whole - (_TAPS // 2 - 1)
        if start < 0 or start > last:
            continue
        row = int((place - whole) * _PHASES + 0.5)
        one, two, three, four = 0.0, 0.0, 0.0, 0.0  # four sums: none waits for another
        for k in range(0, _TAPS, 4):
            one += samples[start + k] * table[row, k]
            two += samples[start + k + 1] * table[row, k + 1]
            three += samples[start + k + 2] * table[row, k + 2]
            four += samples[start + k + 3] * table[row, k + 3]
        total = (one + two) + (three + four)
        if speed > 0:
            total /= max(speed * (clock[0] + n / clock[1] - emitted), 0.1)
        out[n] += total
