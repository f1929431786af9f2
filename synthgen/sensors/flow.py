"""How far what each pixel shows moves in the image while the shutter is open."""

from functools import lru_cache
from typing import NamedTuple

import numba
import numpy as np
from jaxtyping import Float, Int

from synthgen.geometry import Array, inverse
from synthgen.projection import Projection
from synthgen.scene import Moment
from synthgen.view import CameraView

_FAR = 1e7
"""[m] The distance of the sky: it moves as the camera turns alone."""
_STILL = 1e-6
"""Turns [rad] and ways [m] in an exposure that no pixel shows."""
_STEP = 1e-4
"""Change of a unit direction over which a bent lens is taken to be straight."""


def displacement(
    view: CameraView,
    moment: Moment,
    depth: Float[Array, "h w"],
    body: Int[Array, "h w"],
    span: float,
) -> Float[Array, "h w 2"]:
    """Return by how many pixels (right, down) what each pixel shows moves in `span` [s].

    The way from span / 2 before the pixel's mid-exposure to span / 2 after it, of a point fixed to
    the body there, as a straight line: J (p(+) - p(-)), with p the point in the camera's frame and
    J the Jacobian of the lens. It is 0 where there is no ray.

    Args:
        view: the camera.
        moment: what is there.
        depth: see `CameraReading`; 0 is the sky.
        body: number of the body that a pixel shows, -1 for the sky.
        span: [s].
    """
    row, ways = _ways(view, moment, span)
    out = np.zeros((*depth.shape, 2), np.float32)
    if np.abs(ways).max() < _STILL:
        return out
    if view.lens.flat:
        k = view.matrix
        _straight(out, depth, body, row, ways, (k[0, 0], k[1, 1], k[0, 2], k[1, 2]))
        return out
    matrix = tuple(view.matrix.ravel().tolist())
    bends = (view.projection_model, matrix, view.distortion, view.half)
    lens = _bent(bends, view.width, view.height)
    _curved(out, depth, body, row, ways, lens, view.lens.planar)
    return out


def _ways(view: CameraView, moment: Moment, span: float) -> tuple[Array, Array]:
    """Return which row of the ways each body has, and how points move in the camera's frame.

    A way (3 x 4) times a point [m] of the camera's frame is p(+) - p(-). The first is that of all
    that stands still.
    """
    times = [moment.time + share * span for share in (-0.5, 0.0, 0.5)]
    ego, mount = moment.scene.ego, _mount(view, moment)
    cameras = [inverse(ego.world_from_body(time) @ mount) for time in times]
    row = np.zeros(len(moment.scene.world.bodies) + 1, np.int64)
    ways = [(cameras[2] - cameras[0]) @ view.world_from_camera]
    for thing in moment.things:
        if thing.track.stands:
            continue
        before, now, after = (thing.track.world_from_body(time) for time in times)
        still = inverse(now) @ view.world_from_camera
        row[thing.number] = len(ways)
        ways.append((cameras[2] @ after - cameras[0] @ before) @ still)
    return row, np.array(ways)[:, :3]


def _mount(view: CameraView, moment: Moment) -> Float[Array, "4 4"]:
    """The pose of the camera on the ego car."""
    return inverse(moment.scene.ego.world_from_body(view.time)) @ view.world_from_camera


class _Bent(NamedTuple):
    """Per pixel of a bent lens: the unit ray, and how the image of a point 1 m off moves [px/m]."""

    ray: np.ndarray
    jacobian: np.ndarray


@lru_cache(maxsize=4)
def _bent(bends: tuple, width: int, height: int) -> _Bent:
    kind, matrix, distortion, half = bends
    lens = Projection(kind, np.array(matrix).reshape(3, 3), distortion, half)
    row, column = (grid.ravel().astype(float) for grid in np.mgrid[:height, :width])
    ray = lens.rays(column, row)
    sides = []
    for axis in np.eye(3):
        ends = [lens.pixels(ray + sign * _STEP * axis)[0] for sign in (-1, 1)]
        sides.append((ends[1] - ends[0]) / (2 * _STEP))
    jacobian = np.nan_to_num(np.stack(sides, axis=-1)).astype(np.float32)
    shape = height, width
    return _Bent(np.nan_to_num(ray).astype(np.float32).reshape(*shape, 3),
                 jacobian.reshape(*shape, 2, 3))  # fmt: skip


@numba.njit(cache=True)
def _straight(out, depth, body, rows, ways, lens):  # type: ignore[no-untyped-def]
    fx, fy, cx, cy = lens
    for row in range(depth.shape[0]):
        for column in range(depth.shape[1]):
            a, b = (column - cx) / fx, (row - cy) / fy
            z = depth[row, column] if depth[row, column] > 0.0 else _FAR
            way = ways[rows[body[row, column]]]
            dx = way[0, 0] * a + way[0, 1] * b + way[0, 2] + way[0, 3] / z
            dy = way[1, 0] * a + way[1, 1] * b + way[1, 2] + way[1, 3] / z
            dz = way[2, 0] * a + way[2, 1] * b + way[2, 2] + way[2, 3] / z
            out[row, column, 0] = fx * (dx - a * dz)
            out[row, column, 1] = fy * (dy - b * dz)


@numba.njit(cache=True)
def _curved(out, depth, body, rows, ways, lens, planar):  # type: ignore[no-untyped-def]
    for row in range(depth.shape[0]):
        for column in range(depth.shape[1]):
            ray, jacobian = lens.ray[row, column], lens.jacobian[row, column]
            away = depth[row, column] if depth[row, column] > 0.0 else _FAR
            if planar:
                away /= max(ray[2], 1e-6)
            way = ways[rows[body[row, column]]]
            for k in range(3):
                step = way[k, 3] / away
                for j in range(3):
                    step += way[k, j] * ray[j]
                out[row, column, 0] += jacobian[0, k] * step
                out[row, column, 1] += jacobian[1, k] * step
