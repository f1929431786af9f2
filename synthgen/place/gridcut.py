"""Triangles cut along the lines of a grid of halved squares."""

import numba
import numpy as np
from jaxtyping import Float, Int

from synthgen.geometry import Array

_MOST = 12
_SLIVER = 1e-9
"""Area in cells below which a piece is left out: it would carry no light."""


def pieces(corners: Float[Array, "t 3 2"]) -> tuple[Int[Array, "n"], Float[Array, "n 3 3"]]:
    """Return the pieces of triangles, each on one half of one cell of the unit grid.

    Cells are cut from their corner of least v and most u to that of least u and most v. A piece
    is the number of the triangle that it comes from, and the share of that triangle's corners in
    each of its own; it is turned as that is.
    """
    count = _cut(corners, np.zeros(0, np.int64), np.zeros((0, 3, 3)), False)
    source, share = np.zeros(count, np.int64), np.zeros((count, 3, 3))
    _cut(corners, source, share, True)
    return source, share


@numba.njit(cache=True)
def _cut(corners, source, share, fill):  # type: ignore[no-untyped-def]
    """Count the pieces of all triangles and, if asked to, `fill` them in."""
    room = np.empty((5, _MOST, 5))
    whole, strip, cell, half, spare = room[0], room[1], room[2], room[3], room[4]
    found = 0
    for t in range(len(corners)):
        for k in range(3):
            whole[k, 0], whole[k, 1] = corners[t, k]
            whole[k, 2:] = 0.0
            whole[k, 2 + k] = 1.0
        low, high = _span(whole, 3, 0)
        for i in range(low, high):
            n = _between(whole, 3, spare, strip, 0, i)
            below, above = _span(strip, n, 1)
            for j in range(below, above if n > 2 else below):
                m = _between(strip, n, spare, cell, 1, j)
                for sign in (1.0, -1.0):
                    size = _keep(cell, m, half, sign, sign, sign * (i + j + 1))
                    found = _fan(half, size, t, found, source, share, fill)
    return found


@numba.njit(cache=True)
def _span(polygon, count, axis):  # type: ignore[no-untyped-def]
    """Return the first cell that `polygon` reaches along `axis`, and the one after the last."""
    low, high = np.inf, -np.inf
    for k in range(count):
        low, high = min(low, polygon[k, axis]), max(high, polygon[k, axis])
    if count < 3:
        return 0, 0
    return int(np.floor(low + 1e-9)), int(np.ceil(high - 1e-9))


@numba.njit(cache=True)
def _between(polygon, count, spare, out, axis, start):  # type: ignore[no-untyped-def]
    """Put what of `polygon` lies between `start` and `start` + 1 along `axis` into `out`."""
    a, b = (1.0, 0.0) if axis == 0 else (0.0, 1.0)
    count = _keep(polygon, count, spare, -a, -b, -float(start))
    return _keep(spare, count, out, a, b, start + 1.0)


@numba.njit(cache=True)
def _keep(polygon, count, out, a, b, limit):  # type: ignore[no-untyped-def]
    """Put the part of a convex polygon with a u + b v <= limit into `out`; return its corners.

    Source: I. E. Sutherland and G. W. Hodgman, "Reentrant polygon clipping", Communications of
    the ACM 17(1), 1974.
    """
    kept = 0
    for k in range(count):
        one, two = polygon[k], polygon[(k + 1) % count]
        start, end = a * one[0] + b * one[1] - limit, a * two[0] + b * two[1] - limit
        if start <= 0.0:
            out[kept] = one
            kept += 1
        if (start < 0.0 and end > 0.0) or (start > 0.0 and end < 0.0):
            out[kept] = one + start / (start - end) * (two - one)
            kept += 1
    return kept


@numba.njit(cache=True)
def _fan(polygon, count, number, found, source, share, fill):  # type: ignore[no-untyped-def]
    """Add the triangles of a convex `polygon`, and return how many there are now."""
    for k in range(1, count - 1):
        x1, y1 = polygon[k, 0] - polygon[0, 0], polygon[k, 1] - polygon[0, 1]
        x2, y2 = polygon[k + 1, 0] - polygon[0, 0], polygon[k + 1, 1] - polygon[0, 1]
        if abs(x1 * y2 - y1 * x2) < 2 * _SLIVER:
            continue
        if fill:
            source[found] = number
            share[found, 0] = polygon[0, 2:]
            share[found, 1] = polygon[k, 2:]
            share[found, 2] = polygon[k + 1, 2:]
        found += 1
    return found
