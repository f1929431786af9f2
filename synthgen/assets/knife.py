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
    count, rows = len(triangles), len(region)
    fresh = len(points)
    all_points = np.empty((fresh + count * (2 * rows + 2), 3))
    all_normals = np.empty_like(all_points)
    all_points[:fresh], all_normals[:fresh] = points, normals
    cut = np.empty((count * (rows + 1) * (rows + 3), 3), np.int64)
    parent = np.empty(len(cut), np.int64)
    inside = np.empty(len(cut), np.bool_)
    made = 0
    poly, kept, dropped = np.empty((3, _ROOM), np.int64)
    gap = np.empty(_ROOM)
    for t in range(count):
        corners = 3
        poly[:3] = triangles[t]
        start_made, start_fresh = made, fresh
        for r in range(rows):
            above = below = 0
            for i in range(corners):
                gap[i] = _gap(all_points[poly[i]], region[r])
                if abs(gap[i]) < snap:
                    gap[i] = 0.0
                above += gap[i] > 0
                below += gap[i] < 0
            if above == 0:
                continue
            if below == 0:
                corners = 0
                break
            inner = outer = 0
            for i in range(corners):
                j = (i + 1) % corners
                if gap[i] <= 0:
                    kept[inner] = poly[i]
                    inner += 1
                if gap[i] >= 0:
                    dropped[outer] = poly[i]
                    outer += 1
                if gap[i] * gap[j] < 0:
                    _cross(
                        all_points,
                        all_normals,
                        poly[i],
                        poly[j],
                        gap[i],
                        gap[j],
                        region[r, 4],
                        fresh,
                    )
                    kept[inner] = dropped[outer] = fresh
                    inner, outer, fresh = inner + 1, outer + 1, fresh + 1
            made = _fan(dropped, outer, t, False, cut, parent, inside, made)
            corners = inner
            poly[:inner] = kept[:inner]
        if corners == 0:
            made, fresh = start_made, start_fresh
            poly[:3] = triangles[t]
            made = _fan(poly, 3, t, False, cut, parent, inside, made)
        else:
            made = _fan(poly, corners, t, True, cut, parent, inside, made)
    return (
        all_points[:fresh].copy(),
        all_normals[:fresh].copy(),
        cut[:made].copy(),
        parent[:made].copy(),
        inside[:made].copy(),
    )


@numba.njit(cache=True)
def _gap(point, row):  # type: ignore[no-untyped-def]
    x, y, z = point[0], abs(point[1]), point[2]
    return row[0] * x + row[1] * y + row[2] * z + row[4] * (x * x + z * z) - row[3]


@numba.njit(cache=True)
def _cross(points, normals, a, b, gap_a, gap_b, bend, target):  # type: ignore[no-untyped-def]
    """Put the point where edge a-b meets the border at index `target`.

    The border's value along the edge is A t^2 + (g1 - g0 - A) t + g0 with A = q (dx^2 + dz^2).
    """
    if a > b:
        a, b, gap_a, gap_b = b, a, gap_b, gap_a
    curve = bend * ((points[b, 0] - points[a, 0]) ** 2 + (points[b, 2] - points[a, 2]) ** 2)
    slope = gap_b - gap_a - curve
    root = np.sqrt(max(slope * slope - 4 * curve * gap_a, 0.0))
    share = -2 * gap_a / (slope + (root if gap_b > 0 else -root))
    for i in range(3):
        points[target, i] = points[a, i] + share * (points[b, i] - points[a, i])
        normals[target, i] = normals[a, i] + share * (normals[b, i] - normals[a, i])


@numba.njit(cache=True)
def _fan(polygon, corners, owner, flag, cut, parent, inside, made):  # type: ignore[no-untyped-def]
    """Write a convex polygon as triangles from row `made` on; return the next free row."""
    for i in range(1, corners - 1):
        cut[made, 0], cut[made, 1], cut[made, 2] = polygon[0], polygon[i], polygon[i + 1]
        parent[made] = owner
        inside[made] = flag
        made += 1
    return made
