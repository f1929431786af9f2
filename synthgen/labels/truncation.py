"""The part of a thing that lies outside the image.

Inside the image every pixel centre has been cast. Outside, further pixel centres of the same
camera are cast where the thing's vertices project to; where that rectangle has no end, because
the thing crosses the camera plane, directions around the thing are cast instead.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from jaxtyping import Bool, Float

from synthgen.geometry import Array, transform, unit
from synthgen.labels.mask import Box, Cutout, box_of, touches, touches_border
from synthgen.rays import Rays
from synthgen.sample import CameraView
from synthgen.scene import Moment, Present

_EXACT = 65_536
"""Virtual pixels up to which every one is cast; above, every second, third or fourth."""
_STRIDE = 4
"""Widest step [px] between virtual pixels; beyond it directions serve better."""
_GRID = 224
"""Directions along each side of the grid around a thing that crosses the camera plane."""


class Caster(Protocol):
    """Who can say which rays meet a thing."""

    def silhouette(self, moment: Moment, thing: Present, rays: Rays) -> Bool[Array, "n"]:
        """Return which `rays` meet `thing` taken alone."""
        ...


@dataclass(frozen=True, eq=False)
class Outside:
    """What shows outside the image.

    Attributes:
        solid_angle: [sr] of the own silhouette there.
        box: [px] (left, top, right, bottom) around the whole own silhouette, inside included;
            None when the thing crosses the camera plane.
    """

    solid_angle: float
    box: tuple[float, float, float, float] | None


def solid_angle(
    view: CameraView, column: Float[Array, "n"], row: Float[Array, "n"]
) -> Float[Array, "n"]:
    """Return the solid angle [sr] of the pixels at (`column`, `row`) [px]."""
    return view.lens.solid_angle(column, row)


def inside(view: CameraView, silhouette: Cutout) -> float:
    """Return the solid angle [sr] of the silhouette inside the image."""
    row, column = silhouette.pixels
    return float(solid_angle(view, column.astype(float), row.astype(float)).sum())


def beyond(
    caster: Caster, moment: Moment, view: CameraView, thing: Present, amodal: Cutout | None
) -> Outside:
    """Return what of `thing` shows outside the image, given its silhouette `amodal` inside it.

    Things wholly inside or outside need no rays.
    """
    box = box_of(amodal)
    if box is None:
        return Outside(0.0, None)
    if not (touches_border(box, view.width, view.height) or touches(box, view.void)):
        left, top, right, bottom = (float(edge) for edge in box)
        return Outside(0.0, (left, top, right, bottom))
    return outside(caster, moment, view, thing, box)


def share_beyond(view: CameraView, amodal: Cutout | None, found: Outside) -> float:
    """Return which share of the silhouette's solid angle lies outside the image; 1 when all does.

    Args:
        view: the camera.
        amodal: the silhouette inside the image.
        found: what of it shows outside.
    """
    if amodal is None or not amodal.mask.any():
        return 1.0
    if found.solid_angle <= 0:
        return 0.0
    return found.solid_angle / (found.solid_angle + inside(view, amodal))


def outside(
    caster: Caster, moment: Moment, view: CameraView, thing: Present, amodal: Box
) -> Outside:
    """Return what of `thing` shows outside the image, given its box `amodal` inside it."""
    used = np.zeros(len(thing.mesh.vertices), bool)
    used[thing.mesh.triangles] = True
    pixel, depth = view.project_moving(thing.track, thing.mesh.vertices[used])
    if depth.min() <= 1e-3:
        return Outside(_by_direction(caster, moment, view, thing)[0], None)
    if not view.lens.flat:
        # Edges are bent: what rays meet between the vertices belongs to the box as well.
        angle, met = _by_direction(caster, moment, view, thing)
        return Outside(angle, _union(amodal, *_limits(np.concatenate([pixel, met]))))
    low, high = np.ceil(pixel.min(axis=0)), np.floor(pixel.max(axis=0))
    area = _area(low, high) - _area(
        np.maximum(low, 0), np.minimum(high, [view.width - 1, view.height - 1])
    )
    stride = int(np.ceil(np.sqrt(area / _EXACT)))
    if stride > _STRIDE:
        return Outside(_by_direction(caster, moment, view, thing)[0], _union(amodal, low, high))
    column, row = _virtual(view, low, high, max(stride, 1))
    hit = _cast(caster, moment, thing, view.rays(column, row))
    column, row = column[hit], row[hit]
    angle = float(solid_angle(view, column, row).sum()) * max(stride, 1) ** 2
    if stride > 1:
        return Outside(angle, _union(amodal, low, high))
    found = np.stack([column, row], axis=-1)
    return Outside(angle, _union(amodal, *(_limits(found) if hit.any() else ())))


def _area(low: Float[Array, "2"], high: Float[Array, "2"]) -> float:
    return float(np.prod(np.maximum(high - low + 1, 0)))


def _limits(points: Float[Array, "n 2"]) -> tuple[Float[Array, "2"], Float[Array, "2"]]:
    return points.min(axis=0), points.max(axis=0)


def _union(box: Box, *corners: Float[Array, "2"]) -> tuple[float, float, float, float]:
    points = np.array([box[:2], box[2:], *corners], float)
    left, top = points.min(axis=0)
    right, bottom = points.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _virtual(
    view: CameraView, low: Float[Array, "2"], high: Float[Array, "2"], stride: int
) -> tuple[Float[Array, "n"], Float[Array, "n"]]:
    """Return pixel centres between `low` and `high` that are not in the image."""
    columns = np.arange(low[0], high[0] + 1, stride)
    rows = np.arange(low[1], high[1] + 1, stride)
    column, row = (grid.ravel() for grid in np.meshgrid(columns, rows))
    out = (column < 0) | (row < 0) | (column > view.width - 1) | (row > view.height - 1)
    return column[out], row[out]


def _cast(caster: Caster, moment: Moment, thing: Present, rays: Rays) -> Bool[Array, "n"]:
    return caster.silhouette(moment, thing, rays) if len(rays) else np.zeros(0, bool)


def _by_direction(
    caster: Caster, moment: Moment, view: CameraView, thing: Present
) -> tuple[float, Float[Array, "n 2"]]:
    """Return the solid angle [sr] outside the image, from directions of equal solid angle.

    And where the directions that meet the thing there would be in an endless image [px].
    """
    direction, weight = _cap(view, thing)
    local = direction @ view.world_from_camera[:3, :3]
    pixel, depth = view.lens.pixels(local)
    limits = np.array([view.width, view.height]) - 0.5
    seen = (depth > 1e-9) & ((pixel >= -0.5) & (pixel < limits)).all(axis=1)
    way, row = direction[~seen], np.where(depth > 1e-9, pixel[:, 1], (view.height - 1) / 2)[~seen]
    if view.readout is not None:
        way = view.outwards(local[~seen], row)
    hit = _cast(caster, moment, thing, Rays(view.origins(row), way, view.times(row)))
    there = pixel[~seen][hit]
    return float(hit.sum() * weight), there[~np.isnan(there[:, 0])]


def _cap(view: CameraView, thing: Present) -> tuple[Float[Array, "n 3"], float]:
    """Return directions that fill the cone around the thing's sphere, and the solid angle of each.

    Equal steps in the cosine from the cone's axis and in the angle about it enclose equal areas
    (Archimedes' hat-box theorem); the whole sphere when the camera is inside.
    """
    center, radius = thing.sphere
    place = transform(thing.track.world_from_body(view.time), center[None])[0]
    radius += _swing(view, thing)
    way = place - view.world_from_camera[:3, 3]
    gap = float(np.linalg.norm(way))
    lowest = float(np.sqrt(1 - (radius / gap) ** 2)) if gap > radius else -1.0
    middle = (np.arange(_GRID) + 0.5) / _GRID
    height, turn = np.meshgrid(lowest + (1 - lowest) * middle, 2 * np.pi * middle)
    axis = unit(way[None])[0] if gap > 1e-9 else np.array([1.0, 0.0, 0.0])
    side = unit(np.cross(axis, np.eye(3)[np.abs(axis).argmin()])[None])[0]
    ground = np.sqrt(np.maximum(1 - height**2, 0))
    direction = (
        height[..., None] * axis
        + (ground * np.cos(turn))[..., None] * side
        + (ground * np.sin(turn))[..., None] * np.cross(axis, side)
    )
    return direction.reshape(-1, 3), 2 * np.pi * (1 - lowest) / _GRID**2


def _swing(view: CameraView, thing: Present) -> float:
    """Return how far [m] a thing's middle goes to either side while the rows are read out.

    It is what it goes in the camera's frame, about where it is at the view's time.
    """
    if view.readout is None:
        return 0.0
    offset = view.readout.time[[0, len(view.readout.time) // 2, -1]]
    center = thing.sphere[0][None]
    poses = [thing.track.world_from_body(view.time + float(time)) for time in (*offset, 0.0)]
    there = np.concatenate([transform(pose, center) for pose in poses])
    local = view.readout.local(there, np.append(offset, 0.0))
    return float(np.linalg.norm(local[:3] - local[3], axis=1).max())
