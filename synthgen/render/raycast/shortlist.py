"""Short lists of the lamps that can matter in cells of space."""

from typing import NamedTuple

import numba
import numpy as np

from synthgen.land import HeightField
from synthgen.render.raycast.brdf import answer, schlick
from synthgen.render.raycast.lantern import bound, reach

_SLOTS = 1 << 16
KEPT = 24
_SIDE = 0.75
_NEAR = 15.0
_HALF = 1 << 19
NO_CELL = -1
_MIX = -49064778989728563
"""Odd 64-bit factor whose upper bits mix all bits of a key (0xff51afd7ed558ccd, as MurmurHash3's
finaliser by A. Appleby, 2011)."""
_FILM, _FILM_ROUGHNESS, _MATT = 0.02, 0.3, 0.05
"""Reflectance and roughness of a wet road's film, and reflectance of the asphalt below it."""


class Cells(NamedTuple):
    """Lamps by cells of space, filled on demand.

    A cell's list depends on the cell and the lamps alone, so that neither the order of questions
    nor a cell that has lost its slot to another changes any answer.

    Attributes:
        key: which cell a slot holds, -1 for none.
        lamps: lamp numbers of each slot, strongest first.
        kept: how many of them there are.
        least: lamps that cannot give this share of what the strongest gives are left out.
        eye: [m] where the cells are seen from.
        wetness: of the ground, 0 to 1.
        low: [m] x, y of the first node of `ground`.
        pitch: [m] between its nodes.
        ground: [m] heights of the ground, row by row along y; its rim goes on.
    """

    key: np.ndarray
    lamps: np.ndarray
    kept: np.ndarray
    least: float
    eye: tuple[float, float, float]
    wetness: float
    low: tuple[float, float]
    pitch: float
    ground: np.ndarray


def cells(least: float, eye: np.ndarray, wetness: float, land: HeightField | None = None) -> Cells:
    """Return empty cells seen from `eye` [m] over `land`, level at 0 if None; see `Cells`."""
    land = land or HeightField(np.zeros(2), 1.0, np.zeros((2, 2)))
    return Cells(
        np.full(_SLOTS, NO_CELL, np.int64), np.zeros((_SLOTS, KEPT), np.int32),
        np.zeros(_SLOTS, np.int32), least, (float(eye[0]), float(eye[1]), float(eye[2])),
        float(wetness), (float(land.low[0]), float(land.low[1])), float(land.cell),
        np.ascontiguousarray(land.z, dtype=np.float64),
    )  # fmt: skip


@numba.njit(cache=True)
def cell_key(x: float, y: float, z: float, distance: float) -> int:
    """Return the cell that holds a point [m] seen from this `distance` [m].

    Cells have sides of 0.75 m up to 15 m away and of twice that for each doubling of the
    distance, up to 6 m.
    """
    level, side = 0, _SIDE
    while level < 3 and distance > _NEAR * (1 << level):
        level += 1
        side *= 2.0
    i = int(np.floor(x / side)) + _HALF
    j = int(np.floor(y / side)) + _HALF
    k = int(np.floor(z / side)) + _HALF // 2
    return (((level << 20) | i) << 20 | j) << 19 | k


@numba.njit(cache=True)
def home(key: int) -> int:
    """Return the only slot that a cell's list may lie in."""
    return mixed(key) & (_SLOTS - 1)


@numba.njit(cache=True)
def mixed(key: int) -> int:
    """Return 24 bits, the lower of which all bits of `key` decide."""
    return (key ^ (key >> 33)) * _MIX >> 40


@numba.njit(cache=True)
def slot_of(known, every, key):  # type: ignore[no-untyped-def]
    """Return the slot that holds a cell's list, made now unless it is known."""
    slot = home(key)
    if known.key[slot] != key:
        known.key[slot] = key
        known.kept[slot] = fill((known.lamps[slot], np.empty(KEPT)), every, key, known)
    return slot


@numba.njit(cache=True)
def fill(notes, every, key, known):  # type: ignore[no-untyped-def]
    """Fill a row with the lamps that brighten a cell's middle most, and return their number.

    `notes` are the row and room for as many levels.

    A fiftieth of the bound counts too: the middle may lie just outside a beam.
    """
    row, best = notes
    least = known.least
    side = _SIDE * (1 << (key >> 59))
    i, j, k = (key >> 39) & 0xFFFFF, (key >> 19) & 0xFFFFF, key & 0x7FFFF
    center = (
        (i - _HALF + 0.5) * side,
        (j - _HALF + 0.5) * side,
        (k - _HALF // 2 + 0.5) * side,
    )
    height, up = _ground(known, center[0], center[1])
    climb = (abs(up[0]) + abs(up[1])) / up[2]
    soaked = known.wetness > 0.0 and center[2] - height < 0.5 * side * (1.0 + climb) + 0.3
    kept, strongest = 0, 0.0
    for lamp in range(len(every.rows)):
        most = bound(every.rows, every.floor, lamp, center, 0.87 * side)
        if most <= every.floor:
            continue
        level, light = reach(every.rows, every.tables, lamp, center)
        level = max(level * every.rows[lamp, 12], 0.02 * min(most, 100.0 * every.floor))
        if soaked:
            level *= 1.0 + known.wetness * _glint(center, known.eye, light, up)
        if level < least * strongest or (kept == KEPT and level <= best[KEPT - 1]):
            continue
        strongest = max(strongest, level)
        kept = _sort_in(row, best, kept, lamp, level)
    while kept > 0 and best[kept - 1] < least * strongest:
        kept -= 1
    return kept


@numba.njit(cache=True)
def _ground(known, x, y):  # type: ignore[no-untyped-def]
    """Return height [m] and normal of the ground at x, y [m], bilinear between its nodes."""
    z = known.ground
    u = min(max((x - known.low[0]) / known.pitch, 0.0), z.shape[1] - 1.0)
    v = min(max((y - known.low[1]) / known.pitch, 0.0), z.shape[0] - 1.0)
    i, j = min(int(u), z.shape[1] - 2), min(int(v), z.shape[0] - 2)
    u, v = u - i, v - j
    a, b, c, d = z[j, i], z[j, i + 1], z[j + 1, i], z[j + 1, i + 1]
    height = (a * (1.0 - u) + b * u) * (1.0 - v) + (c * (1.0 - u) + d * u) * v
    along = ((b - a) * (1.0 - v) + (d - c) * v) / known.pitch
    aside = ((c - a) * (1.0 - u) + (d - b) * u) / known.pitch
    size = np.sqrt(along * along + aside * aside + 1.0)
    return height, (-along / size, -aside / size, 1.0 / size)


@numba.njit(cache=True)
def _glint(center, eye, light, up):  # type: ignore[no-untyped-def]
    """Return how much more than by its matt part a wet road shines towards the eye."""
    x, y, z = eye[0] - center[0], eye[1] - center[1], eye[2] - center[2]
    gap = max(np.sqrt(x * x + y * y + z * z), 1e-3)
    flat, gloss, v_half = answer(up, (x / gap, y / gap, z / gap), light, _FILM_ROUGHNESS, True)
    if flat <= 0.0:
        return 0.0
    return min(schlick(_FILM, v_half) * gloss / (_MATT * flat), 100.0)


@numba.njit(cache=True)
def _sort_in(row, best, kept, lamp, level):  # type: ignore[no-untyped-def]
    place = min(kept, KEPT - 1)
    while place > 0 and best[place - 1] < level:
        best[place] = best[place - 1]
        row[place] = row[place - 1]
        place -= 1
    best[place] = level
    row[place] = lamp
    return min(kept + 1, KEPT)
