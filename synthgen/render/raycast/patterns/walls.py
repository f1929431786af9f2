"""Patterns of walls and roofs: brick, plaster, roof tiles."""

import numba
import numpy as np

from synthgen.light.noise import faded, lattice, noise2, smooth
from synthgen.render.raycast.patterns.spot import (
    cloudy,
    finest,
    inside,
    mix3,
    point,
    put,
    speckle,
    times,
)


@numba.njit(cache=True)
def brick(spot, color, parameters):  # type: ignore[no-untyped-def]
    """Return stretcher bond, bricks 0.24 x 0.071 m with 10 mm mortar joints."""
    contrast = parameters[0] if parameters[0] > 0 else 0.5
    size, long, high = spot.size, 0.25, 0.081
    row = np.floor(spot.b / high)
    a = spot.a + 0.5 * long * (int(row) & 1)
    column = np.floor(a / long)
    x, y = a - (column + 0.5) * long, spot.b - (row + 0.5) * high
    body = inside(x, long / 2 - 0.005, size) * inside(y, high / 2 - 0.005, size)
    tone = faded(lattice(int(column), int(row), 121), 0.5, 0.16, size) - 0.5
    hue = faded(lattice(int(column), int(row), 122), 0.5, 0.16, size) - 0.5
    level = 1.0 + contrast * (1.0 * tone + 0.4 * cloudy(spot.a, spot.b, 2.5, 4, size, 123))
    level += 0.3 * contrast * speckle(spot.a, spot.b, 0.02, size, 124)
    level += 0.4 * contrast * finest(spot.a, spot.b, size, 297)
    fired = (color[0] * level, color[1] * level * (1 + 0.2 * hue), color[2] * level)
    gray = 0.25 + 0.35 * (color[0] + color[1] + color[2]) / 3
    mortar = (gray, gray * 0.97, gray * 0.92)
    return mix3(mortar, fired, body), 0.0


@numba.njit(cache=True)
def plaster(spot, color, parameters):  # type: ignore[no-untyped-def]
    """Return rendered walls: rain streaks from above, splash dirt at the foot, patches.

    A second parameter is the height of the boards of lap siding [m].
    """
    contrast = parameters[0] if parameters[0] > 0 else 0.4
    a, b, size = spot.a, spot.b, spot.size
    grain = 0.35 * speckle(a, b, 0.008, size, 131) + 0.35 * speckle(a, b, 0.04, size, 136)
    grain += 0.3 * speckle(a, b, 0.17, size, 137) + 0.3 * finest(a, b, size, 281)
    patch = 0.5 * cloudy(a, b, 3.5, 4, size, 132)
    # Noise times nothing is not asked for, here and below.
    streak = smooth(0.55, 0.9, noise2(a / 0.35, b / 4.0, 133))
    if streak > 0.0:
        streak *= noise2(a / 0.09, b / 1.5, 134)
    level = 1.0 + contrast * (grain + patch) - 0.30 * contrast * faded(streak, 0.1, 0.3, size)
    if spot.z < 1.0:
        level *= 1.0 - 0.3 * contrast * smooth(1.0, 0.0, spot.z + 0.5 * noise2(a / 0.5, b, 135))
    if parameters[1] > 0.0:
        level *= _siding(a, b, parameters[1], size)
    return times(color, min(max(level, 0.3), 1.3)), 0.0


@numba.njit(cache=True)
def _siding(a, b, high, size):  # type: ignore[no-untyped-def]
    """Return the light on lapped boards: shade under each edge, butt joints, tones of their own."""
    row = np.floor(b / high)
    up = b - row * high
    shade = inside(up - high + 0.012, 0.012, size)
    long = 3.6
    at = a / long + lattice(int(row), 5, 138)
    joint = inside((at - np.floor(at) - 0.5) * long, 0.003, size)
    tone = faded(lattice(int(row), int(np.floor(at - 0.5)), 139), 0.5, high, size) - 0.5
    lean = faded(1.0 - up / high, 0.5, high, size) - 0.5
    return (1.0 + 0.08 * tone + 0.07 * lean) * (1.0 - 0.5 * shade) * (1.0 - 0.4 * joint)


@numba.njit(cache=True)
def roof(spot, color, parameters):  # type: ignore[no-untyped-def]
    """Return courses of tiles, 0.30 x 0.33 m, with lichen and their own tones."""
    size = spot.size
    a = spot.a if abs(spot.b - spot.z) < 1e-6 else spot.x + 0.37 * spot.y
    along, down = a / 0.30, (spot.z * 1.6 + 0.15 * spot.b) / 0.33
    row = np.floor(down)
    column = np.floor(along + 0.5 * (int(row) & 1))
    tone = faded(lattice(int(column), int(row), 141), 0.5, 0.33, size) - 0.5
    lap = faded(smooth(0.0, 0.22, down - row), 0.85, 0.30, size)
    lichen = 0.5 * cloudy(spot.a, spot.b, 1.5, 4, size, 142)
    lichen += 0.4 * finest(spot.a, spot.b, size, 313)
    level = (1.0 + 0.35 * tone + 0.5 * lichen) * (0.6 + 0.4 * lap)
    return times(color, min(max(level, 0.25), 1.4)), 0.0


@numba.njit(cache=True)
def brick_all(out, extra, which, table):  # type: ignore[no-untyped-def]
    """Evaluate `brick` at the numbered places, of which `table` has a row each."""
    for i in range(len(which)):
        put(out, extra, which[i], brick(*point(table, i)))


@numba.njit(cache=True)
def plaster_all(out, extra, which, table):  # type: ignore[no-untyped-def]
    """Evaluate `plaster` at the numbered places, of which `table` has a row each."""
    for i in range(len(which)):
        put(out, extra, which[i], plaster(*point(table, i)))


@numba.njit(cache=True)
def roof_all(out, extra, which, table):  # type: ignore[no-untyped-def]
    """Evaluate `roof` at the numbered places, of which `table` has a row each."""
    for i in range(len(which)):
        put(out, extra, which[i], roof(*point(table, i)))
