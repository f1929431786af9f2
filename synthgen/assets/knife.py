"""The inner loop of carving: convex polygons split along planes and cylinders, one by one."""

import numba
import numpy as np

_ROOM = 40
"""Corners a piece may have: three, and one more for each border of a region."""


@numba.njit(cache=True)
def reached(points, triangles, side, allowed, region, snap):  # type: ignore[no-untyped-def]
    """Return which triangles on `allowed` sides no border of `region` shuts out wholly."""
    found = np.zeros(len(triangles), np.bool_)
    for t in range(len(triangles)):
        if not allowed[side[t]]:
            continue
        found[t] = True
        for r in range(len(region)):
            if (
                _gap(points[triangles[t, 0]], region[r]) >= -snap
                and _gap(points[triangles[t, 1]], region[r]) >= -snap
                and _gap(points[triangles[t, 2]], region[r]) >= -snap
            ):
                found[t] = False
                break
    return found


@numba.njit(cache=True)
def split(points, normals, triangles, region, snap):  # type: ignore[no-untyped-def]
    """Return `triangles` cut along the borders of `region`.

    A triangle that does not reach into the region stays whole. Returns vertices and normals with
    the new ones appended, triangles, the number of each one's origin, and whether it is inside.
    """
    count, rows, known = len(triangles), len(region), len(points)
    space = np.empty((2, known + count * (2 * rows + 2), 3))
    for n in range(known):
        for k in range(3):
            space[0, n, k], space[1, n, k] = points[n, k], normals[n, k]
    # Columns: three corners, origin, inside or not.
    table = np.empty((count * (rows + 1) * (rows + 3), 5), np.int64)
    work, gap = np.empty((3, _ROOM), np.int64), np.empty(_ROOM)
    filled = np.array([known, 0])
    for t in range(count):
        before = filled[0], filled[1]
        _copy(work[0], triangles[t], 3)
        corners = 3
        for r in range(rows):
            above, below = _measure(space[0], work[0, :corners], region[r], snap, gap)
            if above and not below:
                corners = 0
                break
            if above:
                corners = _part(space, work, corners, gap, region[r, 4], filled)
                _fan(work[2, : work[2, -1]], t, 0, table, filled)
                _copy(work[0], work[1], corners)
        if corners == 0:
            filled[0], filled[1] = before
            _fan(triangles[t], t, 0, table, filled)
        else:
            _fan(work[0, :corners], t, 1, table, filled)
    done = table[: filled[1]]
    made = space[:, : filled[0]]
    return made[0].copy(), made[1].copy(), done[:, :3].copy(), done[:, 3].copy(), done[:, 4] == 1


@numba.njit(cache=True)
def _copy(to, values, count):  # type: ignore[no-untyped-def]
    for i in range(count):
        to[i] = values[i]


@numba.njit(cache=True)
def _measure(points, polygon, row, snap, gap):  # type: ignore[no-untyped-def]
    """Put each corner's distance from the border into `gap`; count those beyond and within."""
    above = below = 0
    for i in range(len(polygon)):
        gap[i] = _gap(points[polygon[i]], row)
        if abs(gap[i]) < snap:
            gap[i] = 0.0
        above += gap[i] > 0
        below += gap[i] < 0
    return above, below


@numba.njit(cache=True)
def _part(space, work, corners, gap, bend, filled):  # type: ignore[no-untyped-def]
    """Split polygon `work[0]` into `work[1]` within and `work[2]` beyond the border.

    Returns the corners within; those beyond are counted in the last cell of `work[2]`.
    """
    inner = outer = 0
    for i in range(corners):
        j = (i + 1) % corners
        if gap[i] <= 0:
            work[1, inner] = work[0, i]
            inner += 1
        if gap[i] >= 0:
            work[2, outer] = work[0, i]
            outer += 1
        if gap[i] * gap[j] < 0:
            _cross(space, (work[0, i], work[0, j]), (gap[i], gap[j]), bend, filled[0])
            work[1, inner] = work[2, outer] = filled[0]
            inner, outer = inner + 1, outer + 1
            filled[0] += 1
    work[2, -1] = outer
    return inner


@numba.njit(cache=True)
def _gap(point, row):  # type: ignore[no-untyped-def]
    x, y, z = point[0], abs(point[1]), point[2]
    return row[0] * x + row[1] * y + row[2] * z + row[4] * (x * x + z * z) - row[3]


@numba.njit(cache=True)
def _cross(space, ends, gaps, bend, target):  # type: ignore[no-untyped-def]
    """Put the point where the edge between `ends` meets the border at index `target`.

    The border's value along the edge is A t^2 + (g1 - g0 - A) t + g0 with A = q (dx^2 + dz^2).
    """
    first = 0 if ends[0] < ends[1] else 1
    a, b = ends[first], ends[1 - first]
    near, far = gaps[first], gaps[1 - first]
    x, z = space[0, b, 0] - space[0, a, 0], space[0, b, 2] - space[0, a, 2]
    curve = bend * (x**2 + z**2)
    slope = far - near - curve
    root = np.sqrt(max(slope * slope - 4 * curve * near, 0.0))
    share = -2 * near / (slope + (root if far > 0 else -root))
    for layer in range(2):
        for k in range(3):
            start = space[layer, a, k]
            space[layer, target, k] = start + share * (space[layer, b, k] - start)


@numba.njit(cache=True)
def _fan(polygon, owner, flag, table, filled):  # type: ignore[no-untyped-def]
    """Append a convex polygon to `table` as triangles."""
    for i in range(1, len(polygon) - 1):
        row = table[filled[1]]
        row[0], row[1], row[2] = polygon[0], polygon[i], polygon[i + 1]
        row[3], row[4] = owner, flag
        filled[1] += 1
