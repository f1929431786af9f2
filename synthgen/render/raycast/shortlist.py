"""Short lists of the lamps that can matter to runs of neighbouring points."""

from typing import NamedTuple

import numba
import numpy as np

from synthgen.render.raycast.lantern import bound, vector

_BLOCK = 512
_RUN = 24
_KEPT = 16


class Lists(NamedTuple):
    """Lamps by runs of spots.

    Attributes:
        start: first spot of each run, and the number of spots at the end.
        lamps: lamp numbers of each run, strongest bound first.
        kept: how many of them there are.
    """

    start: np.ndarray
    lamps: np.ndarray
    kept: np.ndarray


@numba.njit(cache=True)
def runs(distance, body):  # type: ignore[no-untyped-def]
    """Return the starts of runs of up to 24 spots of one body at much the same distance."""
    count = len(body)
    out = np.empty(count + 1, np.int64)
    found, first = 0, 0
    for n in range(count):
        fresh = n == 0 or n - first >= _RUN or n % _BLOCK == 0
        if not fresh:
            ratio = distance[n] / max(distance[first], 1e-3)
            fresh = body[n] != body[first] or ratio > 1.25 or ratio < 0.8
        if fresh:
            out[found] = n
            found += 1
            first = n
    out[found] = count
    return out[: found + 1].copy()


@numba.njit(cache=True)
def _sphere(position, first, last):  # type: ignore[no-untyped-def]
    """Return the middle of a box around spots, and its half diagonal."""
    lx, ly, lz = vector(position, first)
    hx, hy, hz = lx, ly, lz
    for n in range(first + 1, last):
        x, y, z = vector(position, n)
        lx, ly, lz = min(lx, x), min(ly, y), min(lz, z)
        hx, hy, hz = max(hx, x), max(hy, y), max(hz, z)
    radius = np.sqrt((hx - lx) ** 2 + (hy - ly) ** 2 + (hz - lz) ** 2) / 2
    return ((lx + hx) / 2, (ly + hy) / 2, (lz + hz) / 2), radius


@numba.njit(cache=True)
def shortlists(position, distance, body, rows, floor):  # type: ignore[no-untyped-def]
    """Return the lamps whose bound exceeds the `floor` [lx], at most 16 per run of spots."""
    start = runs(distance, body)
    count = len(start) - 1
    lists = Lists(start, np.zeros((count, _KEPT), np.int32), np.zeros(count, np.int32))
    near, best = np.empty(len(rows), np.int64), np.empty(_KEPT)
    found, block = 0, -1
    for run in range(count):
        first, last = start[run], start[run + 1]
        if first // _BLOCK != block:
            block = first // _BLOCK
            found = _block(position, rows, floor, block, near)
        center, radius = _sphere(position, first, last)
        kept = 0
        for place in range(found):
            level = bound(rows, floor, near[place], center, radius)
            if level > floor and (kept < _KEPT or level > best[_KEPT - 1]):
                kept = _sort_in(lists.lamps[run], best, kept, near[place], level)
        lists.kept[run] = kept
    return lists


@numba.njit(cache=True)
def _block(position, rows, floor, block, near):  # type: ignore[no-untyped-def]
    """Fill `near` with the lamps that can reach a block of spots and return their number."""
    last = min((block + 1) * _BLOCK, len(position))
    center, radius = _sphere(position, block * _BLOCK, last)
    found = 0
    for n in range(len(rows)):
        if bound(rows, floor, n, center, radius) > floor:
            near[found] = n
            found += 1
    return found


@numba.njit(cache=True)
def _sort_in(row, best, kept, lamp, level):  # type: ignore[no-untyped-def]
    place = min(kept, _KEPT - 1)
    while place > 0 and best[place - 1] < level:
        best[place] = best[place - 1]
        row[place] = row[place - 1]
        place -= 1
    best[place] = level
    row[place] = lamp
    return min(kept + 1, _KEPT)
