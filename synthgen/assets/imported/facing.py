"""Which way surfaces face: asked of rays from all around, not of the file.

A surface is closed enough when hardly any ray from where a sensor can stand meets the inside of
it. Triangles whose back is what is mostly seen are turned round.
"""

from dataclasses import replace

import numba
import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.assets.imported.shape import Shape
from synthgen.geometry import Array
from synthgen.pieces import parts

MOST_INSIDE = 0.05
"""Share of rays that may see an inside, e.g. the seats' side of a door through a window."""
GRID = 128
"""Rays across a view each way."""
_AZIMUTHS = 12
_ELEVATIONS = (0.03, 0.35)
"""[rad] of the views: from the height of a car's sensors far and near; nobody looks from below."""


def outward(shape: Shape) -> tuple[Shape, int]:
    """Return `shape` with every triangle facing outwards, and how many were turned round.

    Raises ValueError when more than `MOST_INSIDE` of the rays that meet it see an inside,
    whichever way its triangles are turned.
    """
    front, back = seen(shape.vertices, shape.triangles)
    inside = float(np.minimum(front, back).sum() / max((front + back).sum(), 1))
    if inside > MOST_INSIDE:
        raise ValueError(
            f"is not closed enough for rays: {inside:.0%} of them see the inside of a surface, "
            f"at most {MOST_INSIDE:.0%}: close holes, give thin sheets a thickness"
        )
    part = parts(shape.triangles)
    votes = np.bincount(part, back - front)
    wrong = np.where(front + back > 0, back > front, votes[part] > 0)
    triangles = np.where(wrong[:, None], shape.triangles[:, ::-1], shape.triangles)
    return replace(shape, triangles=triangles), int(wrong.sum())


def seen(
    vertices: Float[Array, "v 3"], triangles: Int[Array, "t 3"]
) -> tuple[Float[Array, "t"], Float[Array, "t"]]:
    """Return how many rays from around first meet the front and the back of each triangle."""
    front, back = np.zeros(len(triangles)), np.zeros(len(triangles))
    for elevation in _ELEVATIONS:
        for number in range(_AZIMUTHS):
            hit, faces = look(vertices, triangles, 2 * np.pi * number / _AZIMUTHS, elevation)
            front += np.bincount(hit[faces], minlength=len(triangles))
            back += np.bincount(hit[~faces], minlength=len(triangles))
    return front, back


def look(
    vertices: Float[Array, "v 3"], triangles: Int[Array, "t 3"], azimuth: float, elevation: float
) -> tuple[Int[Array, "h"], Bool[Array, "h"]]:
    """Return which triangles parallel rays hit, and whether on their front.

    The rays come from `azimuth` and `elevation` [rad] of the body's frame.
    """
    c, s = np.cos(azimuth), np.sin(azimuth)
    toward = np.array([c * np.cos(elevation), s * np.cos(elevation), np.sin(elevation)])
    across = np.array([-s, c, 0.0])
    points = vertices @ np.stack([across, np.cross(toward, across), toward]).T
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    points[:, :2] = (points[:, :2] - low) / np.maximum(high - low, 1e-9) * GRID
    owner, faces = _cast(points, np.ascontiguousarray(triangles), GRID)
    hit = owner >= 0
    return owner[hit], faces[hit]


@numba.njit(cache=True)
def _cast(points, triangles, size):  # type: ignore[no-untyped-def]
    """Return nearest triangle of each ray of a grid, -1 for none, and whether it faces the eye.

    `points` are across, up [cells] and towards the eye. Rays go through the middles of cells.
    """
    owner = np.full((size, size), -1, np.int64)
    faces = np.zeros((size, size), np.bool_)
    depth = np.full((size, size), -np.inf)
    for t in range(len(triangles)):
        a, b, c = points[triangles[t, 0]], points[triangles[t, 1]], points[triangles[t, 2]]
        area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
        if area == 0.0:
            continue
        left = max(int(np.ceil(min(a[0], b[0], c[0]) - 0.5)), 0)
        right = min(int(np.floor(max(a[0], b[0], c[0]) - 0.5)), size - 1)
        bottom = max(int(np.ceil(min(a[1], b[1], c[1]) - 0.5)), 0)
        top = min(int(np.floor(max(a[1], b[1], c[1]) - 0.5)), size - 1)
        for i in range(left, right + 1):
            for j in range(bottom, top + 1):
                x, y = i + 0.5, j + 0.5
                u = ((x - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (y - a[1])) / area
                v = ((b[0] - a[0]) * (y - a[1]) - (x - a[0]) * (b[1] - a[1])) / area
                if u < 0.0 or v < 0.0 or u + v > 1.0:
                    continue
                near = a[2] + u * (b[2] - a[2]) + v * (c[2] - a[2])
                if near > depth[i, j]:
                    depth[i, j], owner[i, j], faces[i, j] = near, t, area > 0.0
    return owner, faces
