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


@numba.njit(cache=True, error_model="numpy")
def add_noise2(out, x, y, weight, seed):  # type: ignore[no-untyped-def]
    """Add `weight` times `noise2` at all (`x`, `y`) to `out`, four times as fast as one by one.

    Only the lower 32 bits of a hash tell in `lattice`. So the same is done here with whole numbers
    of 32 bits, without a branch: compilers turn the loop into vector instructions. Places must be
    within 2^31 cells of 0.
    """
    third = np.uint32(seed) * np.uint32(83492791)
    for n in range(len(out)):
        fx, fy = np.floor(x[n]), np.floor(y[n])
        i, j = np.int32(fx), np.int32(fy)
        u, v = ease(x[n] - fx), ease(y[n] - fy)
        low = _short(i, j, third) * (1 - u) + _short(i + 1, j, third) * u
        high = _short(i, j + 1, third) * (1 - u) + _short(i + 1, j + 1, third) * u
        out[n] += weight * (low * (1 - v) + high * v)


@numba.njit(cache=True, inline="always")
def _short(x, y, third):  # type: ignore[no-untyped-def]
    """Return `_lattice` in 32 bits; `third` is the last number times its factor."""
    h = np.uint32(x) * np.uint32(73856093) ^ np.uint32(y) * np.uint32(19349663) ^ third
    h = np.uint32(h)
    h = np.uint32((h ^ (h >> np.uint32(13))) * np.uint32(1274126177))
    h = np.uint32((h ^ (h >> np.uint32(16))) * np.uint32(668265263))
    return np.float64(np.int32(h >> np.uint32(8))) * _SCALE


@numba.njit(cache=True)
def fbm2_all(x, y, octaves, seed):  # type: ignore[no-untyped-def]
    """Return `fbm2` at all (`x`, `y`), which are changed."""
    out, weight, reach = np.zeros(len(x)), 0.5, 0.0
    for octave in range(octaves):
        add_noise2(out, x, y, weight, seed + octave)
        reach += weight
        weight *= 0.5
        for n in range(len(x)):
            x[n], y[n] = 1.6 * x[n] - 1.2 * y[n] + 3.1, 1.2 * x[n] + 1.6 * y[n] + 7.7
    for n in range(len(x)):
        out[n] /= reach
    return out


@numba.njit(cache=True)
def faded(value: float, mean: float, cell: float, footprint: float) -> float:
    """Return `value`, drawn to `mean` as a pixel's `footprint` [m] outgrows the `cell` [m]."""
    keep = 1.0 - smooth(0.25, 1.0, footprint / cell)
    return mean + (value - mean) * keep


@numba.njit(cache=True)
def indicator(condition: bool) -> float:
    """Return 1 where `condition` holds, else 0."""
    return 1.0 if condition else 0.0
