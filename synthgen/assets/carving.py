"""Knife work on shells: windows, lamps, gaps and wheel wells cut along exact outlines.

A region is a convex set `n . (x, |y|, z) + q (x^2 + z^2) <= c`, one row (nx, ny, nz, c, q) for each
border, so that every cut falls on both sides of a body at once; q is not zero for circles alone.
Shells have vertices along y = 0, which no triangle crosses.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.assets.knife import reached, split
from synthgen.assets.shells import Finish, Shell, Side, joined, smooth_normals
from synthgen.geometry import Array

_SNAP = 4e-4
"""[m] vertices this near to a cut are on it: hides nothing and spares slivers."""

Region = np.ndarray
Outline = Sequence[tuple[float, float]]


def side_view(outline: Outline) -> Region:
    """Return the region whose points (x, z) [m] lie in the convex `outline`."""
    return _prism(outline, 0, 2)


def end_view(outline: Outline) -> Region:
    """Return the region whose points (|y|, z) [m] lie in the convex `outline`."""
    return _prism(outline, 1, 2)


def top_view(outline: Outline) -> Region:
    """Return the region whose points (x, |y|) [m] lie in the convex `outline`."""
    return _prism(outline, 0, 1)


def _prism(outline: Outline, first: int, second: int) -> Region:
    start = np.asarray(outline, float)
    edge = np.roll(start, -1, axis=0) - start
    area = np.sum(start[:, 0] * np.roll(start[:, 1], -1) - np.roll(start[:, 0], -1) * start[:, 1])
    turn = np.sign(area)
    normal = turn * np.stack([edge[:, 1], -edge[:, 0]], axis=1)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    rows = np.zeros((len(start), 5))
    rows[:, first], rows[:, second] = normal[:, 0], normal[:, 1]
    rows[:, 3] = np.sum(normal * start, axis=1)
    return rows


def disc(x: float, z: float, radius: float) -> Region:
    """Return the cylinder of `radius` [m] across the body about (`x`, `z`) [m].

    The row is scaled so that its value is the distance from the border [m], near the border.
    """
    row = np.array([[-2 * x, 0.0, -2 * z, radius**2 - x**2 - z**2, 1.0]])
    return row / (2 * radius)


def beyond(axis: int, value: float) -> Region:
    """Return the half-space where coordinate `axis` of (x, |y|, z) is at least `value` [m]."""
    row = np.zeros((1, 5))
    row[0, axis], row[0, 3] = -1.0, -value
    return row


def below(axis: int, value: float) -> Region:
    """Return the half-space where coordinate `axis` of (x, |y|, z) is at most `value` [m]."""
    return -beyond(axis, value)


def both(*regions: Region) -> Region:
    """Return what all `regions` share."""
    return np.concatenate(regions)


def carved(
    shell: Shell, region: Region, sides: Sequence[Side] = tuple(Side)
) -> tuple[Shell, Bool[Array, "t"]]:
    """Return `shell` cut along the border of `region` on `sides`, and which triangles are in."""
    region = np.ascontiguousarray(region)
    allowed = np.zeros(6, bool)
    allowed[list(sides)] = True
    touched = reached(shell.points, shell.triangles, shell.side, allowed, region, _SNAP)
    if not touched.any():
        return shell, touched
    which = np.flatnonzero(touched)
    used, local = np.unique(shell.triangles[which], return_inverse=True)
    table = shell.points[used], shell.normals[used], local.reshape(-1, 3)
    points, normals, pieces, owner, inside = split(*table, region, _SNAP)
    # New vertices follow the old ones; old ones keep their numbers.
    fresh = len(shell.points) + np.arange(len(points) - len(used))
    number = np.concatenate([used, fresh])
    origin = np.concatenate([np.flatnonzero(~touched), which[owner]])
    result = Shell(
        np.concatenate([shell.points, points[len(used) :]]),
        np.concatenate([shell.normals, normals[len(used) :]]),
        np.concatenate([shell.triangles[~touched], number[pieces]]),
        shell.side[origin],
        shell.finish[origin],
        shell.finishes,
    )
    return result, np.concatenate([np.zeros(len(origin) - len(inside), bool), inside])


def coated(shell: Shell, mask: Bool[Array, "t"], finish: Finish) -> Shell:
    """Return `shell` with `finish` on the triangles of `mask`."""
    finishes = shell.finishes if finish in shell.finishes else (*shell.finishes, finish)
    return replace(
        shell, finishes=finishes, finish=np.where(mask, finishes.index(finish), shell.finish)
    )


def painted(
    shell: Shell, region: Region, finish: Finish, sides: Sequence[Side] = tuple(Side)
) -> Shell:
    """Return `shell` with `finish` inside `region` on `sides`."""
    shell, mask = carved(shell, region, sides)
    return coated(shell, mask, finish)


def painted_pair(
    shell: Shell, region: Region, left: Finish, right: Finish, sides: Sequence[Side] = tuple(Side)
) -> Shell:
    """Return `shell` with `left` inside `region` where y > 0 and `right` where y < 0."""
    shell, mask = carved(shell, region, sides)
    is_left = shell.points[shell.triangles, 1].sum(axis=1) > 0
    return coated(coated(shell, mask & is_left, left), mask & ~is_left, right)


def recessed(
    shell: Shell, mask: Bool[Array, "t"], sink: Callable[[Array], Array], wall: Finish
) -> Shell:
    """Return `shell` with the triangles of `mask` moved by `sink` and walled in with `wall`.

    Sink before painting: neighbours must meet edge to edge. What is sunk counts as underside, so
    that no later paint for a visible side falls on it.
    """
    if not mask.any():
        return shell
    points, local = _welded(shell, mask)
    sunk, start = sink(points), len(shell.points)
    triangles = shell.triangles.copy()
    triangles[mask] = local + start
    floor = replace(
        shell,
        points=np.concatenate([shell.points, sunk]),
        normals=np.concatenate([shell.normals, smooth_normals(sunk, local)]),
        triangles=triangles,
        side=np.where(mask, Side.BOTTOM, shell.side),
    )
    edges = _border(local)
    return joined([floor, _walls(points[edges], sunk[edges], wall)])


def _welded(shell: Shell, mask: Bool[Array, "t"]) -> tuple[Array, Array]:
    """Vertices of the triangles of `mask`, and these triangles in terms of them.

    Pieces do not share the vertices that a cut made: what lies within a hundredth of a
    millimetre is one vertex.
    """
    inside = shell.points[shell.triangles[mask]].reshape(-1, 3)
    _, first, local = np.unique(
        np.round(inside * 1e5).astype(np.int64), axis=0, return_index=True, return_inverse=True
    )
    return inside[first], local.reshape(-1, 3)


def _walls(rim: Float[Array, "e 2 3"], foot: Float[Array, "e 2 3"], finish: Finish) -> Shell:
    """One wall from each edge of a rim to the same edge at its foot."""
    points = np.concatenate([rim, foot[:, ::-1]], axis=1).reshape(-1, 3)
    quads = np.arange(len(points)).reshape(-1, 4)
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    zeros = np.zeros(len(triangles), np.int64)
    normals = smooth_normals(points, triangles)
    return Shell(points, normals, triangles, zeros + Side.BOTTOM, zeros, (finish,))


def _border(triangles: Int[Array, "t 3"]) -> Int[Array, "e 2"]:
    """Directed edges that only one of `triangles` has."""
    edges = triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    count = int(triangles.max()) + 1
    forth = edges[:, 0] * count + edges[:, 1]
    back = edges[:, 1] * count + edges[:, 0]
    return edges[~np.isin(forth, back)]
