"""Where the surface of a shell is, seen straight from one of its six sides; decals laid on it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numba
import numpy as np
from jaxtyping import Bool, Float

from synthgen.assets.shells import Finish, Shell, Side, smooth_normals
from synthgen.geometry import Array

_DEPTH = {Side.FRONT: 0, Side.REAR: 0, Side.LEFT: 1, Side.RIGHT: 1, Side.TOP: 2, Side.BOTTOM: 2}


@dataclass(frozen=True)
class Stroke:
    """How a line is laid on a surface.

    Attributes:
        width: [m].
        step: [m] length of its straight pieces.
        proud: [m] how far it stands above the surface.
    """

    width: float = 0.013
    step: float = 0.06
    proud: float = 0.003


_STEEP = 0.12
"""[m] a decal's piece may not be deeper than this."""


def surfaces_at(
    shell: Shell, spots: Float[Array, "n 2"], side: Side
) -> tuple[Float[Array, "n"], Bool[Array, "n"]]:
    """Return where `spots` [m] meet the surface seen from `side`, and whether they do.

    The first is the coordinate [m] along the view; spots are the other two coordinates in the
    order x, y, z. The outermost triangle wins; beside the surface the nearest vertex counts.
    """
    depth = _DEPTH[side]
    sign = 1.0 if side in (Side.FRONT, Side.LEFT, Side.TOP) else -1.0
    order = [axis for axis in range(3) if axis != depth] + [depth]
    points = shell.points[:, order] * (1, 1, sign)
    value, hit = _highest(
        np.ascontiguousarray(points),
        np.ascontiguousarray(shell.triangles, np.int64),
        np.ascontiguousarray(spots, np.float64),
    )
    return sign * value, hit


@numba.njit(cache=True)
def _highest(points, triangles, spots):  # type: ignore[no-untyped-def]
    """Greatest third coordinate of the surface over each of `spots`, and whether there is any."""
    count = len(spots)
    best = np.full(count, -np.inf)
    if count == 0:
        return best, best > 0
    least, most = spots[:, 0].min(), spots[:, 0].max()
    for t in range(len(triangles)):
        a, b, c = points[triangles[t, 0]], points[triangles[t, 1]], points[triangles[t, 2]]
        if max(a[0], b[0], c[0]) < least or min(a[0], b[0], c[0]) > most:
            continue
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if abs(area) < 1e-12:
            continue
        left, right = min(a[0], b[0], c[0]), max(a[0], b[0], c[0])
        for i in range(count):
            if spots[i, 0] < left or spots[i, 0] > right:
                continue
            x, y = spots[i, 0] - a[0], spots[i, 1] - a[1]
            v = (x * (c[1] - a[1]) - y * (c[0] - a[0])) / area
            w = ((b[0] - a[0]) * y - (b[1] - a[1]) * x) / area
            if v >= -1e-6 and w >= -1e-6 and v + w <= 1 + 1e-6:
                best[i] = max(best[i], a[2] + v * (b[2] - a[2]) + w * (c[2] - a[2]))
    hit = best > -1e30
    for miss in np.flatnonzero(~hit):
        away = (points[:, 0] - spots[miss, 0]) ** 2 + (points[:, 1] - spots[miss, 1]) ** 2
        best[miss] = points[int(np.argmin(away)), 2]
    return best, hit


def surface_at(shell: Shell, spot: tuple[float, float], side: Side) -> float:
    """Return the coordinate [m] of `surfaces_at` for one spot."""
    return float(surfaces_at(shell, np.array([spot]), side)[0][0])


def decal(
    shell: Shell,
    quads: Float[Array, "q 4 2"],
    side: Side,
    finish: Finish,
    proud: float = 0.004,
    steep: float = _STEEP,
) -> Shell:
    """Return `quads` (anticlockwise seen from outside) laid on `shell`, `proud` [m] above it.

    Quads that hang over an edge or into a well are left out: all that are deeper than `steep` [m].
    """
    depth = _DEPTH[side]
    sign = 1.0 if side in (Side.FRONT, Side.LEFT, Side.TOP) else -1.0
    spots = quads.reshape(-1, 2)
    value, hit = surfaces_at(shell, spots, side)
    points = np.insert(spots, depth, value + sign * proud, axis=1)
    step = np.ptp(value.reshape(-1, 4), axis=1)
    laid = hit.reshape(-1, 4).all(axis=1) & (step < steep)
    ids = np.arange(len(points)).reshape(-1, 4)[laid]
    triangles = np.concatenate([ids[:, [0, 1, 2]], ids[:, [0, 2, 3]]])
    zeros = np.zeros(len(triangles), np.int64)
    return replace(
        shell,
        points=points,
        normals=smooth_normals(points, triangles),
        triangles=triangles,
        side=zeros + int(side),
        finish=zeros,
        finishes=(finish,),
    )


def seams(
    shell: Shell,
    courses: Sequence[Sequence[tuple[float, float]]],
    side: Side,
    finish: Finish,
    stroke: Stroke = Stroke(),
) -> Shell:
    """Return lines along `courses` of spots [m] laid on `side`.

    Shut lines are laid on, not cut in: that takes a quarter of the triangles.
    """
    runs = [run for course in courses for run in pairwise(course)]
    quads = np.concatenate([_strip(np.array(a), np.array(b), stroke) for a, b in runs])
    return decal(shell, quads if _keeps_turn(side) else quads[:, ::-1], side, finish, stroke.proud)


def _strip(start: Array, end: Array, stroke: Stroke) -> Float[Array, "q 4 2"]:
    """Pieces of a straight stroke from `start` to `end`."""
    length = float(np.linalg.norm(end - start))
    along = (end - start) / length
    across = np.array([-along[1], along[0]]) * stroke.width / 2
    marks = np.linspace(0, length, max(int(np.ceil(length / stroke.step)), 1) + 1)
    rail = start + marks[:, None] * along
    left, right = rail + across, rail - across
    return np.stack([right[:-1], right[1:], left[1:], left[:-1]], axis=1)


def _keeps_turn(side: Side) -> bool:
    """Whether (first, second) spot coordinates turn anticlockwise as seen from outside `side`."""
    return side in (Side.FRONT, Side.RIGHT, Side.TOP)
