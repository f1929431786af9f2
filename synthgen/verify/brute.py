"""A caster without a tree, in double precision: every triangle against every pixel it may cover.

It shares nothing with the renderer: no Embree, no rays in the world frame, no bodies' own frames.
It is the oracle for masks, silhouettes and depth.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.geometry import Array, transform
from synthgen.mesh import Mesh
from synthgen.sample import CameraView

EDGE = 1e-4
"""Barycentric distance to an edge below which single precision may decide either way."""
GRAIN = 1.5e-7
"""Rounding of single precision, relative to the size of the coordinates."""
TIE = 2e-4
"""Relative difference of two depths below which single precision may decide either way."""


@dataclass(frozen=True, eq=False)
class Picture:
    """What the oracle sees.

    Attributes:
        owner: number of the nearest mesh at each pixel centre, -1 for none.
        depth: [m] along the optical axis, inf for none.
        doubt: where rounding of a single-precision engine may decide otherwise.
    """

    owner: Int[Array, "h w"]
    depth: Float[Array, "h w"]
    doubt: Bool[Array, "h w"]


def see(
    view: CameraView,
    meshes: Sequence[tuple[int, Mesh, Float[Array, "*rows 4 4"]]],
    cameras: Float[Array, "rows 4 4"] | None = None,
) -> Picture:
    """Return what `view` sees of `meshes`, each given as (number, mesh, world_from_mesh).

    Of a rolling shutter `cameras` are the poses (world_from_camera) of each row, and meshes that
    move have a pose for each row as well.
    """
    size = (view.height, view.width)
    owner = np.full(size, -1, np.int64)
    depth, second, edge = (np.full(size, np.inf) for _ in range(3))
    camera_from_world = np.linalg.inv(view.world_from_camera[None] if cameras is None else cameras)
    for number, mesh, world_from_mesh in meshes:
        poses = np.ascontiguousarray(camera_from_world @ world_from_mesh)
        corners = np.ascontiguousarray(mesh.vertices[mesh.triangles], float)
        place = world_from_mesh.reshape(-1, 4, 4)[0]
        grain = GRAIN * float(np.abs(transform(place, mesh.vertices)).max(initial=0.0))
        _draw(corners, poses, number, grain, view.matrix, owner, depth, second, edge)
    doubt = (edge <= depth * (1 + TIE)) | (second <= depth * (1 + TIE))
    return Picture(owner, depth, doubt & np.isfinite(np.minimum(edge, second)))


@numba.njit(cache=True)
def _draw(corners, poses, number, grain, matrix, owner, depth, second, edge):  # type: ignore[no-untyped-def]
    height = depth.shape[0]
    placed, middle = np.empty((3, 3)), len(poses) // 2
    for k in range(len(corners)):
        _place(corners[k], poses[middle], placed)
        _, top, _, bottom = _window(placed, matrix)
        for some in (0, len(poses) - 1):
            _place(corners[k], poses[some], placed)
            _, high, _, low = _window(placed, matrix)
            top, bottom = min(top, high), max(bottom, low)
        spare = 1 if len(poses) == 1 else 4
        first = max(0, int(np.floor(top)) - spare)
        for row in range(first, min(height - 1, int(np.ceil(bottom)) + spare) + 1):
            if len(poses) > 1:
                _place(corners[k], poses[row], placed)
            _draw_row(placed, row, number, grain, matrix, owner, depth, second, edge)


@numba.njit(cache=True)
def _place(corners, pose, out):  # type: ignore[no-untyped-def]
    """Write the three corners, moved by a pose, to `out`."""
    for i in range(3):
        for k in range(3):
            out[i, k] = pose[k, 3]
            for j in range(3):
                out[i, k] += pose[k, j] * corners[i, j]


@numba.njit(cache=True)
def _draw_row(corners, row, number, grain, matrix, owner, depth, second, edge):  # type: ignore[no-untyped-def]
    a, b, c = corners[0], corners[1], corners[2]
    left, _, right, _ = _window(corners, matrix)
    y = (row - matrix[1, 2]) / matrix[1, 1]
    first = max(0, int(np.floor(left)) - 1)
    last = min(depth.shape[1] - 1, int(np.ceil(right)) + 1)
    for column in range(first, last + 1):
        t, margin, spread = _meet((column - matrix[0, 2]) / matrix[0, 0], y, a, b, c)
        near = min(max(EDGE, spread * (grain + GRAIN * t)), 1.0)
        if t <= 0.0 or margin < -near:
            continue
        if margin < near:
            edge[row, column] = min(edge[row, column], t)
        if margin < 0.0:
            continue
        if t < depth[row, column]:
            if owner[row, column] != number:
                second[row, column] = depth[row, column]
            depth[row, column] = t
            owner[row, column] = number
        elif owner[row, column] != number:
            second[row, column] = min(second[row, column], t)


@numba.njit(cache=True)
def _window(triangle, matrix):  # type: ignore[no-untyped-def]
    """Pixel rectangle of the part of a triangle that lies in front of z = 1 cm."""
    near, (fx, fy, cx, cy) = 0.01, (matrix[0, 0], matrix[1, 1], matrix[0, 2], matrix[1, 2])
    left, top, right, bottom = 1e9, 1e9, -1e9, -1e9
    for i in range(3):
        p, q = triangle[i], triangle[(i + 1) % 3]
        for step in range(2):
            x, y, z = p[0], p[1], p[2]
            if step == 1:
                if (p[2] < near) == (q[2] < near):
                    continue
                share = (near - p[2]) / (q[2] - p[2])
                x, y, z = p[0] + share * (q[0] - p[0]), p[1] + share * (q[1] - p[1]), near
            if z < near:
                continue
            column, row = fx * x / z + cx, fy * y / z + cy
            left, right = min(left, column), max(right, column)
            top, bottom = min(top, row), max(bottom, row)
    return max(left, -1e8), max(top, -1e8), min(right, 1e8), min(bottom, 1e8)


@numba.njit(cache=True)
def _meet(x, y, a, b, c):  # type: ignore[no-untyped-def]
    """Depth where the ray (x, y, 1) meets a triangle's plane, and the least barycentric weight.

    The third number tells how fast the weights change [1/m] when the ray is moved sideways: fast
    on small triangles and on those seen edge-on.
    Solved by Cramer's rule on t (x, y, 1) = a + v (b - a) + w (c - a).
    """
    ux, uy, uz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    vx, vy, vz = c[0] - a[0], c[1] - a[1], c[2] - a[2]
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    facing = nx * x + ny * y + nz
    if facing == 0.0:
        return -1.0, -1.0, 0.0
    t = (nx * a[0] + ny * a[1] + nz * a[2]) / facing
    px, py, pz = t * x - a[0], t * y - a[1], t - a[2]
    area = nx * nx + ny * ny + nz * nz
    one = ((py * vz - pz * vy) * nx + (pz * vx - px * vz) * ny + (px * vy - py * vx) * nz) / area
    two = ((uy * pz - uz * py) * nx + (uz * px - ux * pz) * ny + (ux * py - uy * px) * nz) / area
    longest = max(
        ux * ux + uy * uy + uz * uz, vx * vx + vy * vy + vz * vz,
        (vx - ux) ** 2 + (vy - uy) ** 2 + (vz - uz) ** 2,
    )  # fmt: skip
    lean = abs(facing) / np.sqrt(area * (x * x + y * y + 1.0))
    spread = np.sqrt(longest / area) / max(lean, 1e-9)
    return t, min(one, two, 1.0 - one - two), spread
