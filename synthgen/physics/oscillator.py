"""Damped oscillators driven by what changes linearly between samples: solved exactly."""

import numba
import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array


def respond(
    time: Float[Array, "k"],
    drive: Float[Array, "k a"],
    frequency: Float[Array, "a"],
    damping: float,
) -> Float[Array, "k a"]:
    """Return the answer y of one oscillator per column to `drive` u.

    y'' + 2 z w y' + w^2 y = w^2 u, so that y settles where a constant u is. It begins at rest
    at u. Between samples u is linear, and the step is exact: with u = a + b t a particular
    solution is p = a + b t - 2 z b / w, and y - p decays freely.

    Args:
        time: [s] of each sample, increasing.
        drive: u.
        frequency: [Hz] undamped natural frequency w / 2 pi of each column.
        damping: z as a share of critical damping, above 0 and below 1.

    Raises:
        ValueError: for a damping outside (0, 1) or a frequency that is not above 0.
    """
    if not 0 < damping < 1:
        raise ValueError(f"damping must be in (0, 1), got {damping}")
    if not (np.asarray(frequency) > 0).all():
        raise ValueError(f"frequencies must be > 0 Hz, got {frequency}")
    omega = 2 * np.pi * np.asarray(frequency, float)
    return _respond(np.asarray(time, float), np.ascontiguousarray(drive, float), omega, damping)


@numba.njit(cache=True)
def _respond(time, drive, omega, damping):  # type: ignore[no-untyped-def]
    out = np.empty_like(drive)
    for axis in range(drive.shape[1]):
        w = omega[axis]
        decay, ring = damping * w, w * np.sqrt(1.0 - damping * damping)
        y, slope = drive[0, axis], 0.0
        out[0, axis] = y
        for k in range(1, len(time)):
            step = time[k] - time[k - 1]
            rise = (drive[k, axis] - drive[k - 1, axis]) / step
            lag = 2.0 * damping * rise / w
            gap, speed = y - (drive[k - 1, axis] - lag), slope - rise
            fade, c, s = np.exp(-decay * step), np.cos(ring * step), np.sin(ring * step) / ring
            y = drive[k, axis] - lag + fade * (gap * c + (speed + decay * gap) * s)
            slope = rise + fade * (speed * c - (w * w * gap + decay * speed) * s)
            out[k, axis] = y
    return out
