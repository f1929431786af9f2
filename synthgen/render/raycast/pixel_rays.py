"""Rays through the pixels of a view, and the grids of pixels that are asked instead of all."""

import numpy as np

from synthgen.geometry import Array
from synthgen.sample import CameraView

_STEPS = 9
"""Poses of a moving thing through the readout: matrices between them are interpolated."""


def origins(view: CameraView, row: Array) -> Array:
    """Return where rays of pixel rows start [m]."""
    return view.origins(row).astype(np.float32)


def offsets(view: CameraView, row: Array) -> Array | None:
    """Return when rows are exposed [s] after the view's time, None where all are at once."""
    return None if view.readout is None else view.readout.offsets(row)


def directions(view: CameraView, pixel: Array) -> Array:
    """Return directions through pixel centres, counted row by row."""
    row, column = np.divmod(pixel, view.width)
    return through(view, column, row)


def through(view: CameraView, column: Array, row: Array) -> Array:
    """Return directions through pixel coordinates, straight ahead where there is no ray."""
    direction = view.directions(column, row)
    if not view.lens.flat:
        direction[np.isnan(direction[:, 0])] = view.world_from_camera[:3, 2]
    return direction.astype(np.float32)


def coarse(view: CameraView, step: int) -> tuple[Array, int]:
    """Return the pixels of a grid of every `step` px, row by row, and its number of columns."""
    rows, columns = (
        np.minimum(np.arange(step // 2, n + step // 2, step), n - 1)
        for n in (view.height, view.width)
    )
    return (rows[:, None] * view.width + columns).ravel(), len(columns)


def pose_times(view: CameraView) -> Array:
    """Return when poses of moving things are asked for [s]: through all of the readout."""
    if view.readout is None:
        return np.array([view.time])
    return view.time + np.linspace(view.readout.time[0], view.readout.time[-1], _STEPS)


def dark(view: CameraView, smoothed: Array) -> Array:
    """Return which pixels stay black: those without a ray that were not `smoothed`."""
    black = view.void.ravel().copy()
    black[smoothed] = False
    return black
