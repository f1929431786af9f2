"""Short lists of the lamps that can matter to runs of neighbouring points."""

from typing import NamedTuple

import numba
import numpy as np

from synthgen.render.raycast.lantern import bound, reach, sphere

_BLOCK = 256
_RUN = 32
_KEPT = 10


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
    """Return the starts of runs of up to 32 spots of one body at much the same distance."""
    count = len(body)
    out = np.empty(count + 1, np.int64)
    found, first = 0, 0
    for n in range(count):
        fresh = n == 0 or n - first >= _RUN or n % _BLOCK == 0
        if not fresh:
            ratio = distance[n] / max(distance[first], 1e-3)
            fresh = body[n] != body[first] or ratio > 1.3 or ratio < 0.77
        if fresh:
            out[found] = n
            found += 1
            first = n
    out[found] = count
    return out[: found + 1].copy()


@numba.njit(cache=True)
def shortlists(position, distance, body, every, least):  # type: ignore[no-untyped-def]
    """Return the lamps of each run of spots whose bound exceeds the floor, at most 10.

    Lamps that cannot give a `least` share of what the strongest gives the run's middle are left
    out.
    """
    rows, floor = every.rows, every.floor
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
        center, radius = sphere(position, first, last)
        lists.kept[run] = _pick(lists.lamps[run], best, near[:found], center, radius, every, least)
    return lists


@numba.njit(cache=True)
def _pick(row, best, near, center, radius, every, least):  # type: ignore[no-untyped-def]
    """Fill `row` with the lamps that light a sphere's middle most, and return their number.

    A fiftieth of the bound counts too: the middle may lie just outside a beam.
    """
    kept, strongest = 0, 0.0
    for lamp in near:
        most = bound(every.rows, every.floor, lamp, center, radius)
        if most <= every.floor or most < least * strongest:
            continue
        level, _ = reach(every.rows, every.tables, lamp, center)
        level = max(level * every.rows[lamp, 12], 0.02 * min(most, 100.0 * every.floor))
        if level < least * strongest or (kept == _KEPT and level <= best[_KEPT - 1]):
            continue
        strongest = max(strongest, level)
        kept = _sort_in(row, best, kept, lamp, level)
    while kept > 0 and best[kept - 1] < least * strongest:
        kept -= 1
    return kept


@numba.njit(cache=True)
def _block(position, rows, floor, block, near):  # type: ignore[no-untyped-def]
    """Fill `near` with the lamps that can reach a block of spots and return their number."""
    last = min((block + 1) * _BLOCK, len(position))
    center, radius = sphere(position, block * _BLOCK, last)
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
