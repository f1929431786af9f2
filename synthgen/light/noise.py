"""Hashed lattice noise, the same on every machine: clouds and surfaces are made of it.

The public functions are thin and inlined: numba would compile a function anew for every literal
seed that it is called with, and there are dozens.
"""

import numba
import numpy as np

_SCALE = 1.0 / 16777216.0


@numba.njit(cache=True, inline="always")
def lattice(x: int, y: int, z: int) -> float:
    """Return a value in [0, 1) that the three integers alone decide."""
    return _lattice(np.int64(x), np.int64(y), np.int64(z))


@numba.njit(cache=True)
def _lattice(x, y, z):  # type: ignore[no-untyped-def]
    h = (x * 73856093) ^ (y * 19349663) ^ (z * 83492791)
    h = (h ^ ((h >> 13) & 0x7FFFF)) * 1274126177
    h = (h ^ ((h >> 16) & 0xFFFF)) * 668265263
    return ((h >> 8) & 0xFFFFFF) * _SCALE


@numba.njit(cache=True)
def ease(t: float) -> float:
    """Return the quintic 6 t^5 - 15 t^4 + 10 t^3, flat at 0 and 1."""
    return t * t * t * (t * (t * 6.0 - 15.0) + 10.0)


@numba.njit(cache=True)
def smooth(low: float, high: float, value: float) -> float:
    """Return 0 below `low`, 1 above `high` and a cubic between."""
    t = min(max((value - low) / (high - low), 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)


@numba.njit(cache=True, inline="always")
def noise2(x: float, y: float, seed: int) -> float:
    """Return value noise in [0, 1) with unit cells in the plane."""
    return _noise2(x, y, np.int64(seed))


@numba.njit(cache=True)
def _noise2(x, y, seed):  # type: ignore[no-untyped-def]
    fx, fy = np.floor(x), np.floor(y)
    i, j = int(fx), int(fy)
    u, v = ease(x - fx), ease(y - fy)
    low = _lattice(i, j, seed) * (1 - u) + _lattice(i + 1, j, seed) * u
    high = _lattice(i, j + 1, seed) * (1 - u) + _lattice(i + 1, j + 1, seed) * u
    return low * (1 - v) + high * v


@numba.njit(cache=True, inline="always")
def noise3(x: float, y: float, z: float, seed: int) -> float:
    """Return value noise in [0, 1) with unit cells in space."""
    return _noise3(x, y, z, np.int64(seed))


@numba.njit(cache=True)
def _noise3(x, y, z, seed):  # type: ignore[no-untyped-def]
    fz = np.floor(z)
    w = ease(z - fz)
    k = int(fz) * 7919 + seed
    return _noise2(x, y, k) * (1 - w) + _noise2(x, y, k + 7919) * w


@numba.njit(cache=True, inline="always")
def fbm2(x: float, y: float, octaves: int, seed: int) -> float:
    """Return `octaves` of value noise, each half as strong and twice as fine, in [0, 1)."""
    return _fbm2(x, y, np.int64(octaves), np.int64(seed))


@numba.njit(cache=True)
def _fbm2(x, y, octaves, seed):  # type: ignore[no-untyped-def]
    total, weight, reach = 0.0, 0.5, 0.0
    for octave in range(octaves):
        total += weight * _noise2(x, y, seed + octave)
        reach += weight
        weight *= 0.5
        # A turn between octaves hides the lattice.
        x, y = 1.6 * x - 1.2 * y + 3.1, 1.2 * x + 1.6 * y + 7.7
    return total / reach


@numba.njit(cache=True)
def faded(value: float, mean: float, cell: float, footprint: float) -> float:
    """Return `value`, drawn to `mean` as a pixel's `footprint` [m] outgrows the `cell` [m]."""
    keep = 1.0 - smooth(0.25, 1.0, footprint / cell)
    return mean + (value - mean) * keep


@numba.njit(cache=True)
def indicator(condition: bool) -> float:
    """Return 1 where `condition` holds, else 0."""
    return 1.0 if condition else 0.0
