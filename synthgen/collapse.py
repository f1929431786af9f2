"""Edge collapse: neighbouring points drawn together where the surface hardly changes.

Source: M. Garland and P. S. Heckbert, "Surface simplification using quadric error metrics",
SIGGRAPH 1997: the error of a place is the sum of its squared distances from the planes of all
triangles drawn together in it (section 4), and upright planes along borders keep these (section
6). Points move onto neighbours only, in sweeps of growing tolerance instead of in order of error:
a third of the time, and as few triangles.
"""

from typing import NamedTuple

import numba
import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.geometry import Array

_TURN = 0.5
"""Cosine of the angle that a triangle may turn by when one of its points moves."""
_SLIM = 1e-3
"""Height over longest side below which a triangle is too slim to be made."""
_MOST = 64
"""Neighbours of a point that are looked at."""
_SWEEPS = 4
"""Times that every point is tried, each time with twice the tolerance of the time before."""


class _Net(NamedTuple):
    """The surface as it is drawn together; arrays change in place.

    Attributes:
        places: [m] of each point.
        corner: point at each corner of each triangle, -1 where the triangle is gone.
        source: corner that lends each corner its normal.
        group: what a triangle is made of.
        normals: unit, of every corner of the whole mesh.
        head: first corner of each point's chain, -1 for none.
        after: next corner of the chain.
        quadrics: of each point: the upper half of a symmetric 4 x 4 matrix.
    """

    places: np.ndarray
    corner: np.ndarray
    source: np.ndarray
    group: np.ndarray
    normals: np.ndarray
    head: np.ndarray
    after: np.ndarray
    quadrics: np.ndarray


def collapsed(
    places: Float[Array, "n 3"],
    triangles: Int[Array, "t 3"],
    group: Int[Array, "t"],
    locked: Bool[Array, "n"],
    normals: Float[Array, "c 3"],
    tolerance: float,
) -> tuple[Int[Array, "t 3"], Int[Array, "t 3"]]:
    """Return the point at each corner afterwards, -1 in triangles that are gone; and its source.

    Points at `places` [m] move onto neighbours unless `locked`, small errors
    before large ones, as long as none is farther than `tolerance` [m] from a plane that it stands
    for.
    A point only moves to where all the groups that meet in it meet as well; a source is the corner
    of the whole mesh, of the same group and place, whose normal fits best.
    """
    corner = np.ascontiguousarray(triangles, np.int64).copy()
    count = len(locked)
    source = np.arange(3 * len(corner)).reshape(-1, 3)
    after = np.full(3 * len(corner), -1)
    net = _Net(
        np.ascontiguousarray(places, np.float64), corner, source, np.asarray(group, np.int64),
        np.ascontiguousarray(normals, np.float64), np.full(count, -1), after,
        np.zeros((count, 10)),
    )  # fmt: skip
    _collapse(net, np.ascontiguousarray(locked), tolerance**2)
    return net.corner, net.source


@numba.njit(cache=True)
def _collapse(net, locked, limit):  # type: ignore[no-untyped-def]
    _link(net)
    for point in range(len(locked)):
        _gather(net, point)
    near = np.empty(2 * _MOST, np.int64)
    for sweep in range(_SWEEPS):
        some = limit * 4.0 ** (sweep + 1 - _SWEEPS)
        for point in range(len(locked)):
            if not locked[point]:
                onto = _cheapest(net, point, some, near)
                if onto >= 0:
                    _move(net, point, onto)


@numba.njit(cache=True)
def _cheapest(net, point, limit, near):  # type: ignore[no-untyped-def]
    """Return the neighbour that a point may move onto with the least error, -1 for none."""
    best, found = limit, -1
    count = _neighbours(net, point, near[:_MOST])
    for n in range(count):
        error = _error(net, point, near[n])
        if error <= best and _may(net, point, near[n], near[:count], near[_MOST:]):
            best, found = error, near[n]
    return found


@numba.njit(cache=True)
def _link(net):  # type: ignore[no-untyped-def]
    """Chain up the corners of each point; triangles that are no triangles are gone."""
    for t in range(len(net.corner)):
        a, b, c = net.corner[t]
        if a == b or b == c or c == a:
            net.corner[t] = -1
            continue
        for k in range(3):
            point = net.corner[t, k]
            net.after[3 * t + k] = net.head[point]
            net.head[point] = 3 * t + k


@numba.njit(cache=True)
def _gather(net, point):  # type: ignore[no-untyped-def]
    """Add up the planes about a point: of its triangles, and upright along borders and seams."""
    c = net.head[point]
    while c >= 0:
        t, k = c // 3, c % 3
        one, two = net.corner[t, (k + 1) % 3], net.corner[t, (k + 2) % 3]
        places, quadric = net.places, net.quadrics[point]
        x, y, z, height = _plane(places, point, one, two)
        if height > 0.0:
            _add(quadric, x, y, z, places, point)
            for other in (one, two):
                if not _within(net, t, point, other):
                    _fence(quadric, x, y, z, places, point, other)
        c = net.after[c]


@numba.njit(cache=True)
def _within(net, triangle, point, other):  # type: ignore[no-untyped-def]
    """Return whether just one triangle, of the same group, lies beyond the edge."""
    same, count = False, 0
    c = net.head[point]
    while c >= 0:
        t = c // 3
        if t != triangle and _has(net, t, other):
            count += 1
            same = net.group[t] == net.group[triangle]
        c = net.after[c]
    return same and count == 1


@numba.njit(cache=True)
def _fence(quadric, x, y, z, places, point, other):  # type: ignore[no-untyped-def]
    """Add a plane through the edge, upright on a triangle with the normal (x, y, z)."""
    a, b, c = _way(places, point, other)
    i, j, k = y * c - z * b, z * a - x * c, x * b - y * a
    length = np.sqrt(i * i + j * j + k * k)
    if length > 0.0:
        _add(quadric, i / length, j / length, k / length, places, point)


@numba.njit(cache=True)
def _plane(places, a, b, c):  # type: ignore[no-untyped-def]
    """Return the unit normal of a triangle of three points, and its height over its longest side.

    Numbers, not arrays: this is called a hundred thousand times a mesh.
    """
    x1, y1, z1 = _way(places, a, b)
    x2, y2, z2 = _way(places, a, c)
    x3, y3, z3 = x2 - x1, y2 - y1, z2 - z1
    x, y, z = y1 * z2 - z1 * y2, z1 * x2 - x1 * z2, x1 * y2 - y1 * x2
    length = np.sqrt(x * x + y * y + z * z)
    if length < 1e-12:
        return 0.0, 0.0, 0.0, 0.0
    sides = x1 * x1 + y1 * y1 + z1 * z1, x2 * x2 + y2 * y2 + z2 * z2, x3 * x3 + y3 * y3 + z3 * z3
    return x / length, y / length, z / length, length / max(sides)


@numba.njit(cache=True)
def _way(places, start, end):  # type: ignore[no-untyped-def]
    x = places[end, 0] - places[start, 0]
    y = places[end, 1] - places[start, 1]
    return x, y, places[end, 2] - places[start, 2]


@numba.njit(cache=True)
def _add(quadric, x, y, z, places, point):  # type: ignore[no-untyped-def]
    """Add the squared distance from the plane through a point, with the normal (x, y, z)."""
    w = -(x * places[point, 0] + y * places[point, 1] + z * places[point, 2])
    plane = x, y, z, w
    n = 0
    for i in range(4):
        for j in range(i, 4):
            quadric[n] += plane[i] * plane[j]
            n += 1


@numba.njit(cache=True)
def _error(net, moved, onto):  # type: ignore[no-untyped-def]
    """Return the squared error [m2] of one point in the place of another."""
    place = net.places[onto, 0], net.places[onto, 1], net.places[onto, 2], 1.0
    error, n = 0.0, 0
    for i in range(4):
        for j in range(i, 4):
            share = net.quadrics[moved, n] + net.quadrics[onto, n]
            error += (1.0 if i == j else 2.0) * share * place[i] * place[j]
            n += 1
    return error


@numba.njit(cache=True)
def _neighbours(net, point, near):  # type: ignore[no-untyped-def]
    """Write the points that share an edge with one to `near` and return how many there are."""
    found = 0
    c = net.head[point]
    while c >= 0:
        t, k = c // 3, c % 3
        for other in (net.corner[t, (k + 1) % 3], net.corner[t, (k + 2) % 3]):
            new = True
            for n in range(found):
                new = new and near[n] != other
            if new and found < len(near):
                near[found] = other
                found += 1
        c = net.after[c]
    return found


@numba.njit(cache=True)
def _has(net, triangle, point):  # type: ignore[no-untyped-def]
    corner = net.corner
    return (
        corner[triangle, 0] == point or corner[triangle, 1] == point or corner[triangle, 2] == point
    )


@numba.njit(cache=True)
def _may(net, moved, onto, about, near):  # type: ignore[no-untyped-def]
    """Return whether a point, neighbours `about` it, may move onto one of these.

    No triangle folds over or turns into a sliver, no point loses its last, and no group is where
    it was not. Neighbours of
    both are the third corners of the triangles that vanish, no others: the surface stays one.
    """
    shared = 0
    c = net.head[moved]
    while c >= 0:
        t = c // 3
        if _has(net, t, onto):
            shared += 1
            third = net.corner[t].sum() - moved - onto
            if net.after[net.head[third]] < 0:
                return False
        elif not _bends(net, t, c % 3, onto):
            return False
        if not _meets(net, onto, net.group[t]):
            return False
        c = net.after[c]
    common = 0
    for n in range(_neighbours(net, onto, near)):
        for other in about:
            common += other == near[n]
    return shared <= 2 and common == shared


@numba.njit(cache=True)
def _bends(net, triangle, k, onto):  # type: ignore[no-untyped-def]
    """Return whether a triangle stays one, turned but little, when its corner `k` moves."""
    a = net.corner[triangle, k]
    b, c = net.corner[triangle, (k + 1) % 3], net.corner[triangle, (k + 2) % 3]
    x, y, z, was = _plane(net.places, a, b, c)
    u, v, w, height = _plane(net.places, onto, b, c)
    if height < min(_SLIM, was):
        return False
    return was == 0.0 or x * u + y * v + z * w >= _TURN


@numba.njit(cache=True)
def _meets(net, point, group):  # type: ignore[no-untyped-def]
    """Return whether a triangle of the group has the point."""
    c = net.head[point]
    while c >= 0:
        if net.group[c // 3] == group:
            return True
        c = net.after[c]
    return False


@numba.njit(cache=True)
def _move(net, moved, onto):  # type: ignore[no-untyped-def]
    """Move a point onto another: triangles with both are gone, the others are the other's."""
    net.quadrics[onto] += net.quadrics[moved]
    c = net.head[moved]
    while c >= 0:
        if not _has(net, c // 3, onto):
            net.source[c // 3, c % 3] = _lender(net, c // 3, c % 3, onto)
        c = net.after[c]
    c = net.head[moved]
    while c >= 0:
        t, following = c // 3, net.after[c]
        if _has(net, t, onto):
            _drop(net, t)
        c = following
    c = net.head[moved]
    while c >= 0:
        following = net.after[c]
        net.corner[c // 3, c % 3] = onto
        net.after[c], net.head[onto] = net.head[onto], c
        c = following
    net.head[moved] = -1


@numba.njit(cache=True)
def _drop(net, triangle):  # type: ignore[no-untyped-def]
    """Take a triangle out of the chains of its points."""
    for k in range(3):
        point, gone = net.corner[triangle, k], 3 * triangle + k
        if net.head[point] == gone:
            net.head[point] = net.after[gone]
            continue
        c = net.head[point]
        while net.after[c] != gone:
            c = net.after[c]
        net.after[c] = net.after[gone]
    net.corner[triangle] = -1


@numba.njit(cache=True)
def _lender(net, triangle, k, onto):  # type: ignore[no-untyped-def]
    """Return the corner at `onto`, of the triangle's group, whose normal suits it best."""
    b, c = net.corner[triangle, (k + 1) % 3], net.corner[triangle, (k + 2) % 3]
    x, y, z, _ = _plane(net.places, onto, b, c)
    best, found = -2.0, net.source[triangle, k]
    c = net.head[onto]
    while c >= 0:
        source = net.source[c // 3, c % 3]
        normal = net.normals[source]
        fit = normal[0] * x + normal[1] * y + normal[2] * z
        if net.group[c // 3] == net.group[triangle] and fit > best:
            best, found = fit, source
        c = net.after[c]
    return found
