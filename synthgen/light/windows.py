"""Windows of facades: which opening a point lies in, who is up, whose candle burns where."""

from collections.abc import Iterator
from typing import NamedTuple

import numba
import numpy as np

from synthgen.geometry import Array
from synthgen.light.noise import lattice
from synthgen.mesh import Mesh

BRIGHTEST = 15.0
"""[cd] of a camping lantern or of several candles; one candle gives 1 cd, by definition of the
old unit."""
GLOW = 0.057
"""[cd/m2 per cd] of a wall of reflectance 0.4 that a candle lights from 1.5 m: rho I / (pi r^2)."""
_FLAME = 0.015
"""[m] radius of a flame or a lantern's globe."""
_SEEN = 0.5
"""Rooms whose third number is less have their curtains drawn: no flame shows."""


class Pane(NamedTuple):
    """Where a point lies in its bay: cell numbers, centred place [m], half sizes [m]."""

    column: int
    row: int
    x: float
    y: float
    half: float
    tall: float


@numba.njit(cache=True)
def pane_at(u, v, parameters):  # type: ignore[no-untyped-def]
    """Return the window bay of a point; ground floors get wider and taller openings."""
    pitch, floor = max(parameters[0], 0.5), max(parameters[1], 1.0)
    column, row = np.floor(u / pitch), np.floor(v / floor)
    share = min(max(parameters[2], 0.05), 0.95)
    half, tall, middle = share * pitch / 2, 0.265 * floor, 0.56 * floor
    if row < 0.5:
        half, tall, middle = min(half * 1.25, 0.46 * pitch), 0.32 * floor, 0.47 * floor
    x, y = u - (column + 0.5) * pitch, v - row * floor - middle
    return Pane(int(column), int(row), x, y, half, tall)


@numba.njit(cache=True)
def room(column, row, seed):  # type: ignore[no-untyped-def]
    """Return three numbers in [0, 1) that belong to the room behind a window of body `seed`."""
    key = row * 131 + seed * 17
    return lattice(column, key, 151), lattice(column, key, 152), lattice(column, key, 153)


@numba.njit(cache=True)
def is_lit(column, row, seed, lit, share):  # type: ignore[no-untyped-def]
    """Return whether the room is lit: `lit` is the facade's share, `share` a factor on it."""
    wanted = lit + (0.25 if row == 0 and lit > 0.0 else 0.0)
    return lattice(column, row * 131 + seed * 17, 157) < min(wanted * share, 1.0)


@numba.njit(cache=True)
def candle(two):  # type: ignore[no-untyped-def]
    """Return the intensity [cd] of what lights a room whose second number is `two`: 1 to 15."""
    return BRIGHTEST**two


@numba.njit(cache=True)
def flame_place(bay, one):  # type: ignore[no-untyped-def]
    """Return where in the opening [m] a candle stands: low, on sill or table."""
    return (one - 0.5) * 1.3 * bay.half, -0.62 * bay.tall


@numba.njit(cache=True)
def candle_light(bay, rooms, size):  # type: ignore[no-untyped-def]
    """Return the luminance [cd/m2] of a candle-lit window, linear sRGB; `size` [m] of the pixel.

    The wall behind glows most about the flame, which itself shows where no curtain is drawn.
    """
    one, two, three = rooms
    candela = candle(two)
    x, y = flame_place(bay, one)
    away = (bay.x - x) ** 2 + (bay.y - y) ** 2
    level = GLOW * candela * (0.3 + 1.7 * np.exp(-away / 0.5))
    radius = max(_FLAME, 0.6 * size)
    if three < _SEEN:
        level *= 0.55
    elif away < radius * radius:
        level += candela / (np.pi * radius * radius)
    return level * 1.65, level * 0.90, level * 0.28


class Candle(NamedTuple):
    """A candle-lit window: where it is [m], where it looks (unit), its candle's intensity [cd]."""

    place: Array
    outward: Array
    candela: float


def candles(shell: Mesh, seed: int, share: float, facade: int) -> Iterator[Candle]:
    """Yield the candle-lit windows of a building, as `candle_light` shows them.

    Args:
        shell: the building, world frame.
        seed: its body number.
        share: factor on the share of lit windows, of `sources.window_light`.
        facade: number of the texture that draws windows.
    """
    for index, material in enumerate(shell.materials):
        if int(material.texture) != facade:
            continue
        grid = np.array(material.parameters, float)
        for triangle in np.flatnonzero(shell.material == index):
            yield from _of_triangle(shell, int(triangle), grid, (seed, share))


def _of_triangle(
    shell: Mesh, triangle: int, grid: Array, lit: tuple[int, float]
) -> Iterator[Candle]:
    uv, corner = shell.uv[triangle], shell.vertices[shell.triangles[triangle]]
    base = np.column_stack([uv[1] - uv[0], uv[2] - uv[0]])
    outward = np.cross(corner[1] - corner[0], corner[2] - corner[0])
    if abs(np.linalg.det(base)) < 1e-9 or not np.linalg.norm(outward):
        return
    for column, row in _cells(uv, grid):
        if not is_lit(column, row, lit[0], grid[3], lit[1]):
            continue
        one, two, _ = room(column, row, lit[0])
        middle = (np.array([column, row]) + 0.5) * np.maximum(grid[:2], (0.5, 1.0))
        bay = pane_at(middle[0], middle[1], grid)
        x, y = flame_place(bay, one)
        b, c = np.linalg.solve(base, middle - uv[0] + np.array([x - bay.x, y - bay.y]))
        if min(b, c, 1 - b - c) >= 0:
            place = corner[0] + b * (corner[1] - corner[0]) + c * (corner[2] - corner[0])
            yield Candle(place, outward / np.linalg.norm(outward), float(candle(two)))


def _cells(uv: Array, grid: Array) -> Iterator[tuple[int, int]]:
    """Yield column and row of each bay that the box around a triangle touches."""
    cell = uv / np.maximum(grid[:2], (0.5, 1.0))
    low, high = np.floor(cell.min(axis=0)).astype(int), np.floor(cell.max(axis=0)).astype(int)
    for row in range(low[1], high[1] + 1):
        for column in range(low[0], high[0] + 1):
            yield column, row
