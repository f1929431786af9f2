"""What stands in the beams of head lamps: how far each shines through fog."""

from typing import NamedTuple

import numba
import numpy as np

from synthgen.embree import Tracer
from synthgen.geometry import Array
from synthgen.light.beams import table_gain
from synthgen.render.raycast.lantern import Lamps
from synthgen.scene import Moment
from synthgen.world import Beam

_WIDE, _TALL = 0.5, 0.16
"""Greatest tangent to the left and right, and up and down, that is asked: nine tenths of a beam."""
_COLUMNS, _ROWS = 48, 16
_MOST = 12
"""Head lamps that count."""
_START = 0.4
"""[m] How far before a lamp its rays start: housings and lenses do not shade it."""
_ROAD = 0.25
"""[m] Height over ground below which a ray has met the road, not what stands on it."""
_STEP, _STEPS = 3.0, 48
"""[m] Between the distances of `Shades.open`, and their number."""
_HEAD = (int(Beam.LOW_BEAM), int(Beam.HIGH_BEAM))


class Shades(NamedTuple):
    """What stands before some lamps.

    Attributes:
        number: of each lamp in the other two, -1 for lamps that nothing shades.
        depth: [m] how far a lamp shines, row by row upwards, columns to the left.
        open: share of a beam that goes further than so many times 3 m, of what would not
            have ended on the road.
    """

    number: Array
    depth: Array
    open: Array


def unshaded(count: int) -> Shades:
    """Return that nothing stands before `count` lamps."""
    return Shades(
        np.full(count, -1), np.zeros((0, _ROWS, _COLUMNS), np.float32), np.zeros((0, _STEPS))
    )


def shades(tracer: Tracer, moment: Moment, every: Lamps, chosen: Array) -> Shades:
    """Return what stands in the beams of the first head lamps among the `chosen` lamps."""
    out = unshaded(len(chosen))
    head = np.flatnonzero(np.isin(every.rows[chosen, 14], _HEAD))[:_MOST]
    if not len(head):
        return out
    some = every.rows[chosen[head]]
    scale, left, up = _grid()
    way = np.stack([scale, left, up], -1) @ some[:, 3:12].reshape(-1, 1, 3, 3)
    start = np.broadcast_to(some[:, None, None, :3], way.shape) + _START * way
    rays = (part.reshape(-1, 3).astype(np.float32) for part in (start, way))
    far = tracer.frozen_hits(moment, *rays).distance.reshape(way.shape[:3])
    far = np.where(_on_road(moment, start, way, far), np.inf, far + _START).astype(np.float32)
    number = out.number.copy()
    number[head] = np.arange(len(head))
    flux = np.stack([_beam(every.tables, int(row[14]), scale, left, up) for row in some])
    return Shades(number, far, _open(flux, far, _to_road(moment, some[:, 2], start, way)))


def _open(flux: Array, far: Array, road: Array) -> Array:
    """Return `Shades.open`; `road` [m] is where each way would end on level ground."""
    share = []
    for gap in np.arange(_STEPS) * _STEP:
        above = (flux + 1e-9) * (road > gap)
        share.append((above * (far > gap)).sum((1, 2)) / np.maximum(above.sum((1, 2)), 1e-12))
    return np.stack(share, -1)


def _to_road(moment: Moment, height: Array, start: Array, way: Array) -> Array:
    land = moment.scene.world.land
    level = 0.0 if land is None else land.height(start[:, 0, 0, :2])
    over = np.maximum(height - level, 0.0)[:, None, None]
    return over / np.maximum(-way[..., 2], 1e-6)


def _grid() -> tuple[Array, Array, Array]:
    """Return the cosines to the axes forward, left and up of the ways that are asked."""
    a, b = np.meshgrid(np.linspace(-_WIDE, _WIDE, _COLUMNS), np.linspace(-_TALL, _TALL, _ROWS))
    scale = 1.0 / np.sqrt(1.0 + a * a + b * b)
    return scale, a * scale, b * scale


def _on_road(moment: Moment, start: Array, way: Array, far: Array) -> Array:
    """Return which rays end on the ground."""
    land, met = moment.scene.world.land, np.isfinite(far)
    end = start + way * np.where(met, far, 0.0)[..., None]
    level = 0.0 if land is None else land.height(end[..., :2].reshape(-1, 2)).reshape(far.shape)
    return met & (end[..., 2] < level + _ROAD)


@numba.njit(cache=True)
def _beam(tables, beam, scale, left, up):  # type: ignore[no-untyped-def]
    """Return the flux of a beam by the ways of `_grid`."""
    out = np.empty(scale.shape)
    for i in range(scale.shape[0]):
        for j in range(scale.shape[1]):
            gain = table_gain(tables, beam, scale[i, j], left[i, j], up[i, j])
            out[i, j] = gain * scale[i, j] ** 3
    return out


@numba.njit(cache=True)
def shone_on(depth, forward, left, up, gap):  # type: ignore[no-untyped-def]
    """Return which share of a lamp's straight light comes to a point `gap` [m] away.

    `depth` is that of one lamp in `Shades`; the others are cosines to the lamp's axes.
    """
    if abs(left) >= _WIDE * forward or abs(up) >= _TALL * forward:
        return 1.0
    x = (left / (forward * _WIDE) + 1.0) * (0.5 * (_COLUMNS - 1))
    y = (up / (forward * _TALL) + 1.0) * (0.5 * (_ROWS - 1))
    i, j = min(int(y), _ROWS - 2), min(int(x), _COLUMNS - 2)
    u, v, share = x - j, y - i, 0.0
    share += (1.0 - u) * (1.0 - v) * (gap <= depth[i, j]) + u * (1.0 - v) * (gap <= depth[i, j + 1])
    share += (1.0 - u) * v * (gap <= depth[i + 1, j]) + u * v * (gap <= depth[i + 1, j + 1])
    return share


@numba.njit(cache=True)
def open_share(known, gap):  # type: ignore[no-untyped-def]
    """Return the share of a beam that shines further than `gap` [m]; `known` is `Shades.open`'s."""
    place = min(gap / _STEP, _STEPS - 1.001)
    n = int(place)
    return known[n] + (known[n + 1] - known[n]) * (place - n)
