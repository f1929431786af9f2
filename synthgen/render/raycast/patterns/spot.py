"""Where a pattern is evaluated."""

import math
from typing import NamedTuple

import numba
import numpy as np

from synthgen.light.noise import faded, fbm2, noise2

COLUMNS = 18
"""Of a table of points: `Spot`, colour (3), parameters (4)."""


class Spot(NamedTuple):
    """One surface point.

    Attributes:
        x: [m] body frame; also `y`, `z`.
        a: [m] in the surface: x on level ground, along the wall otherwise.
        b: [m] in the surface: y on level ground, height otherwise.
        u: texture coordinate; also `v`.
        right: [m] that the line of sight goes to the right in a metre into a wall.
        rise: [m] that it rises in a metre into a wall.
        size: [m] width of the pixel's footprint.
        seed: number of the body.
    """

    x: float
    y: float
    z: float
    a: float
    b: float
    u: float
    v: float
    right: float
    rise: float
    size: float
    seed: int


class Where(NamedTuple):
    """Surface points side by side: columns of `spots.Spots` that patterns read."""

    local: np.ndarray
    flat: np.ndarray
    eye: np.ndarray
    uv: np.ndarray
    size: np.ndarray
    body: np.ndarray
    material: np.ndarray


class Looks(NamedTuple):
    """Colours and parameters of all materials, one row each."""

    color: np.ndarray
    parameters: np.ndarray


@numba.njit(cache=True)
def gathered(which, where, looks):  # type: ignore[no-untyped-def]
    """Return a table with a row for each point numbered in `which`, for `point`.

    Patterns read rows instead of columns: tuples of arrays, and single rows of arrays, would have
    their references counted at each point, which costs more than most patterns.
    """
    table = np.empty((len(which), COLUMNS))
    gather(table, which, where, looks)
    return table


@numba.njit(cache=True)
def gather(table, which, where, looks):  # type: ignore[no-untyped-def]
    """Fill the `table` that `gathered` returns."""
    local, flat, eye, uv, size, body, material = where
    color, parameters = looks
    for i in range(len(which)):
        n, m = which[i], material[which[i]]
        x, y, z = np.float64(local[n, 0]), np.float64(local[n, 1]), np.float64(local[n, 2])
        nx, ny = np.float64(flat[n, 0]), np.float64(flat[n, 1])
        across = np.sqrt(nx * nx + ny * ny)
        a, b, right, rise = x, y, 0.0, 0.0
        if across >= 0.5:
            a, b = (y * nx - x * ny) / across, z
            away = np.float64(eye[n, 0]), np.float64(eye[n, 1]), np.float64(eye[n, 2])
            right, rise = _slant(away, nx / across, ny / across)
        table[i, 0], table[i, 1], table[i, 2], table[i, 3], table[i, 4] = x, y, z, a, b
        table[i, 5], table[i, 6], table[i, 7], table[i, 8] = uv[n, 0], uv[n, 1], right, rise
        table[i, 9], table[i, 10] = size[n], body[n]
        for k in range(3):
            table[i, 11 + k] = color[m, k]
        for k in range(4):
            table[i, 14 + k] = parameters[m, k]


@numba.njit(cache=True)
def spot_of(table, i):  # type: ignore[no-untyped-def]
    """Return the point of row `i`."""
    return Spot(
        table[i, 0], table[i, 1], table[i, 2], table[i, 3], table[i, 4], table[i, 5], table[i, 6],
        table[i, 7], table[i, 8], table[i, 9], int(table[i, 10]),
    )  # fmt: skip


@numba.njit(cache=True)
def parameters_of(table, i):  # type: ignore[no-untyped-def]
    """Return the parameters of the material at row `i`."""
    return table[i, 14], table[i, 15], table[i, 16], table[i, 17]


@numba.njit(cache=True)
def point(table, i):  # type: ignore[no-untyped-def]
    """Return the point of row `i`, its material's colour and its parameters."""
    color = table[i, 11], table[i, 12], table[i, 13]
    return spot_of(table, i), color, parameters_of(table, i)


@numba.njit(cache=True)
def _slant(eye, nx, ny):  # type: ignore[no-untyped-def]
    """Return `right` and `rise` of a line of sight onto an upright wall that faces (nx, ny)."""
    into = max(eye[0] * nx + eye[1] * ny, 0.1)
    return (eye[0] * ny - eye[1] * nx) / into, -eye[2] / into


@numba.njit(cache=True)
def put(out, extra, n, result):  # type: ignore[no-untyped-def]
    """Store a pattern's result: colour, kept in [0, 1], and its second number."""
    color, second = result
    for k in range(3):
        out[n, k] = min(max(color[k], 0.0), 1.0)
    extra[n] = second


# Inlined, so that a literal seed does not compile the body anew; see `synthgen.light.noise`.
@numba.njit(cache=True, inline="always")
def speckle(a, b, cell, size, seed):  # type: ignore[no-untyped-def]
    """Return noise about 0 (-0.5 to 0.5) with features of `cell` [m], faded below the pixel."""
    return _speckle(a, b, cell, size, np.int64(seed))


@numba.njit(cache=True)
def _speckle(a, b, cell, size, seed):  # type: ignore[no-untyped-def]
    if size >= cell:
        return 0.0
    return faded(noise2(a / cell, b / cell, seed), 0.5, cell, size) - 0.5


@numba.njit(cache=True, inline="always")
def finest(a, b, size, seed):  # type: ignore[no-untyped-def]
    """Return noise about 0 (-0.5 to 0.5) with features two to four pixels wide, 8 mm at least.

    Dirt, wear and growth differ from place to place at any scale: however far off a surface is,
    neighbouring pixels of it are not quite alike. Two octaves of a fixed ladder are blended, so
    that features stay where they are as one comes nearer.
    """
    return _finest(a, b, size, np.int64(seed))


@numba.njit(cache=True)
def _finest(a, b, size, seed):  # type: ignore[no-untyped-def]
    level = np.log2(max(2.0 * size, 0.008))
    rung = np.floor(level)
    cell, share, key = math.ldexp(1.0, int(rung)), level - rung, seed + (int(rung) & 15)
    low = noise2(a / cell, b / cell, key)
    high = noise2(a / (2.0 * cell), b / (2.0 * cell), seed + (int(rung + 1.0) & 15))
    return low * (1.0 - share) + high * share - 0.5


@numba.njit(cache=True, inline="always")
def cloudy(a, b, cell, octaves, size, seed):  # type: ignore[no-untyped-def]
    """Return fractal noise about 0 whose coarsest features are `cell` [m] wide."""
    return _cloudy(a, b, cell, np.int64(octaves), size, np.int64(seed))


@numba.njit(cache=True)
def _cloudy(a, b, cell, octaves, size, seed):  # type: ignore[no-untyped-def]
    if size >= 2.0 * cell:
        return 0.0
    # Octaves finer than the pixel would only be noise.
    seen = min(octaves, 1 + int(np.log2(max(2.0 * cell / max(size, 1e-4), 1.0))))
    return faded(fbm2(a / cell, b / cell, seen, seed), 0.5, 2.0 * cell, size) - 0.5


@numba.njit(cache=True)
def inside(x, half, size):  # type: ignore[no-untyped-def]
    """Return the share of a pixel of width `size` at `x` that lies within +-`half`."""
    low, high = max(x - size / 2, -half), min(x + size / 2, half)
    return min(max((high - low) / max(size, 1e-6), 0.0), 1.0)


@numba.njit(cache=True)
def mix3(one, other, share):  # type: ignore[no-untyped-def]
    """Return colour `one` with `share` of colour `other`."""
    keep = 1.0 - share
    return (
        one[0] * keep + other[0] * share,
        one[1] * keep + other[1] * share,
        one[2] * keep + other[2] * share,
    )


@numba.njit(cache=True)
def times(color, factor):  # type: ignore[no-untyped-def]
    """Return `color` scaled by `factor`."""
    return color[0] * factor, color[1] * factor, color[2] * factor
