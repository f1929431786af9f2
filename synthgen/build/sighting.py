"""How a road user stands before a camera, by the rays that labels are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from synthgen.bearing import aspect, yaws
from synthgen.embree import Tracer
from synthgen.geometry import Array, transform
from synthgen.labels.mask import Cutout
from synthgen.labels.solid import solids_at
from synthgen.scene import Moment, Present
from synthgen.view import CameraView

FINEST = 64
"""So many rays, in a row and in a column, tell what is hidden of something: it is then known to
1 % or so, and of what is smaller in the image as labels have it, pixel by pixel."""
_CORNERS = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])


@dataclass(frozen=True)
class Sighting:
    """What a camera has of a road user.

    Attributes:
        distance: [m] on the ground from the camera to the middle of its box.
        occlusion: share of what the image holds of it that something hides, 1 - visible / whole.
        more: what else was asked for: truncation, height [px], aspect [deg], ego_speed [m/s].
    """

    distance: float
    occlusion: float
    more: Mapping[str, float] = field(default_factory=dict)


def away(view: CameraView, thing: Present) -> float:
    """Return the distance [m] on the ground from the camera to the middle of a thing's box."""
    if thing.extent is None:
        raise ValueError(f"{thing.body.name} has no box")
    middle = np.array(thing.extent.center)[None]
    there = transform(thing.track.world_from_body(view.time), middle)[0]
    return float(np.hypot(*(there - view.world_from_camera[:3, 3])[:2]))


def facing(view: CameraView, thing: Present) -> float:
    """Return which side of a thing's box the camera sees [rad], as `bearing.aspect` has it."""
    (solid,) = solids_at([thing], view.time)
    offset = (solid.center - view.world_from_camera[:3, 3])[None]
    return float(aspect(offset, yaws(solid.quaternion[None]))[0])


def outline(trace: Tracer, now: Moment, view: CameraView, thing: Present) -> Cutout | None:
    """Return what the image holds of a thing taken alone, every pixel; None where nothing."""
    frame = _frame(view, thing)
    if frame is None:
        return None
    left, top, right, bottom = frame
    grid = np.meshgrid(np.arange(left, right + 1.0), np.arange(top, bottom + 1.0))
    rays = view.rays(*(one.ravel() for one in grid))
    through = np.flatnonzero(np.isfinite(rays.direction[:, 0]))
    mask = np.zeros(len(rays), bool)
    mask[through] = trace.silhouette(now, thing, rays.select(through))
    return Cutout(left, top, mask.reshape(grid[0].shape)) if mask.any() else None


def sighted(trace: Tracer, now: Moment, view: CameraView, thing: Present) -> Sighting | None:
    """Return how `view` has `thing`, one of the things of the moment `now`; None where not at all.

    Raises ValueError for a thing without a box.
    """
    distance, frame = away(view, thing), _frame(view, thing)
    if frame is None:
        return None
    left, top, right, bottom = frame
    column, row = np.meshgrid(_steps(left, right), _steps(top, bottom))
    rays = view.rays(column.ravel(), row.ravel())
    rays = rays.select(np.isfinite(rays.direction[:, 0]))
    layers = trace.layers(now, rays)
    own = next((one for one in layers if one.thing.number == thing.number), None)
    if own is None:
        return None
    first = trace.first_hits(now, rays, layers)
    seen = np.count_nonzero(first.body == thing.number)
    return Sighting(distance, float(1 - seen / len(own.index)))


def in_sight(view: CameraView, place: Float[Array, "3"], radius: float) -> bool:
    """Return whether what lies within `radius` [m] of a `place` [m] can show in the image."""
    return _covered(view, *view.project(place + 2 * radius * _CORNERS)) is not None


def _frame(view: CameraView, thing: Present) -> tuple[int, int, int, int] | None:
    """Return the part of the image [px] in which a thing's surface can show, None where none can:
    the rectangle round the box of its mesh, edges included.
    """
    low, high = thing.mesh.bounds
    corners = (low + high) / 2 + _CORNERS * (high - low)
    return _covered(view, *view.project_moving(thing.track, corners))


def _covered(
    view: CameraView, pixels: Float[Array, "n 2"], depth: Float[Array, "n"]
) -> tuple[int, int, int, int] | None:
    """Return the part of the image [px] that a box with these corners may cover, None for none."""
    if not (depth > 0).any():
        return None
    if not (depth > 0).all():
        return 0, 0, view.width - 1, view.height - 1
    left, top = np.floor(pixels.min(axis=0))
    right, bottom = np.ceil(pixels.max(axis=0))
    if right < 0 or bottom < 0 or left > view.width - 1 or top > view.height - 1:
        return None
    return (int(max(left, 0)), int(max(top, 0)), int(min(right, view.width - 1)),
            int(min(bottom, view.height - 1)))  # fmt: skip


def _steps(first: int, last: int) -> Float[Array, "n"]:
    """Return pixel centres from `first` to `last`, evenly spread where there are too many."""
    count = last - first + 1
    if count <= FINEST:
        return np.arange(first, last + 1, dtype=float)
    return np.rint(np.linspace(first, last, FINEST))
