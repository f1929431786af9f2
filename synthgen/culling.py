"""Which rays may meet a moving body: nearly all are ruled out before an engine sees them."""

from collections.abc import Sequence
from copy import copy
from typing import NamedTuple

import numba
import numpy as np

from synthgen.geometry import Array
from synthgen.keyframes import pose_at
from synthgen.motion import Track
from synthgen.rays import Rays
from synthgen.scene import Present

_BLOCK = 64
_TURN = 0.99
"""Cosine of the angle to a run's first ray at which a new run starts."""
_GROW = 1e-3


class _Blocks(NamedTuple):
    """Runs of up to 64 neighbouring rays, each inside a narrow cone with a blunt tip.

    Attributes:
        start: first ray of each run, and the number of rays at the end.
        origin: [m] of the cone's tip.
        spread: [m] radius of a sphere at the tip that holds all origins.
        axis: unit.
        cosine: of the widest angle to the axis.
        reach: [m] that its farthest ray goes.
    """

    start: np.ndarray
    origin: np.ndarray
    spread: np.ndarray
    axis: np.ndarray
    cosine: np.ndarray
    reach: np.ndarray


class Ways(NamedTuple):
    """Where things are meanwhile: the steps of all of them one after another.

    Attributes:
        span: [s] first and last time that steps are held for.
        start: first step of each thing, and the number of steps at the end.
        times: [s] of the steps.
        positions: [m] of the things' origins, world frame.
        quaternions: body to world.
        boxes: [m] lowest and highest corner of each mesh, body frame, a little larger.
        balls: centre and radius [m] of a sphere that each stays in.
    """

    span: tuple[float, float]
    start: np.ndarray
    times: np.ndarray
    positions: np.ndarray
    quaternions: np.ndarray
    boxes: np.ndarray
    balls: np.ndarray


def ways(things: Sequence[Present], span: tuple[float, float]) -> Ways:
    """Return where `things` are during `span` [s]."""
    keys = [_keys(thing.track, *span) for thing in things]
    start = np.cumsum([0, *(len(key[0]) for key in keys)])
    times, positions, quaternions = (np.concatenate(column) for column in zip(*keys, strict=True))
    boxes = np.array([thing.mesh.bounds for thing in things], float)
    boxes += np.array([[-_GROW], [_GROW]])
    return Ways(span, start, times, positions, quaternions, boxes, _balls(start, positions, boxes))


class Crowd:
    """Many rays that are to meet many bodies, one body after another.

    Each goes as far as `reach` [m]; what is behind that is ruled out as far as is quickly known.
    """

    def __init__(self, rays: Rays, reach: Array | None = None) -> None:
        self._rays = rays
        self._reach = np.full(len(rays), np.inf, np.float32) if reach is None else reach
        self.span = float(rays.time.min()), float(rays.time.max())
        start = _starts(rays.direction)
        count = len(start) - 1
        self._blocks = _Blocks(
            start, np.zeros((count, 3)), np.zeros(count), np.zeros((count, 3)), np.ones(count),
            _farthest(self._reach, start),
        )  # fmt: skip
        _bound(self._blocks, rays.origin, rays.direction)

    def meets(self, balls: Array) -> Array:
        """Return which `balls` (centre, radius; n 4) [m] any rays may meet at all."""
        return np.flatnonzero(_any_facing(self._blocks, balls))

    def facing(self, balls: Array) -> Array:
        """Return the indices of the rays whose neighbourhood may meet any of the `balls`."""
        return _any_faced(self._blocks, balls)

    def within(self, reach: Array) -> "Crowd":
        """Return the same rays, of which each goes as far as `reach` [m]."""
        nearer = copy(self)
        nearer._reach = reach
        nearer._blocks = self._blocks._replace(reach=_farthest(reach, self._blocks.start))
        return nearer

    def entering(self, things: Ways, among: Array) -> tuple[Array, Array, Array]:
        """Return which rays enter the box of each thing number `among`, one thing after another.

        These are where the rays of each begin, and the number of all at the end; the indices of
        the rays; and the rays in the frame of the thing (origin, direction; float32).
        Raises ValueError where rays are of other times than `things` are known for.
        """
        if self.span[0] < things.span[0] or self.span[1] > things.span[1]:
            raise ValueError(f"rays of {self.span} s, things known for {things.span} s")
        rays = self._rays
        cast = rays.origin, rays.direction, rays.time, self._reach
        return _enter_boxes(cast, self._blocks, things, among)

    def near(self, thing: Present) -> tuple[Array, Array, Array]:
        """Return the indices of the rays that enter the box of `thing`, and these in its frame."""
        _, index, packed = self.entering(ways((thing,), self.span), np.zeros(1, np.int64))
        return index, packed[:, :3], packed[:, 3:]


def crossing(origin: Array, direction: Array, boxes: Array) -> Array:
    """Return the indices of the rays (n 3) that cross any of the upright `boxes` (b 2 3) [m].

    All boxes are taken to be as low and as high as the lowest and the highest of them.
    """
    return _crossing(origin, direction, boxes.reshape(-1, 2, 3) + _GROW * np.array([[-1.0], [1.0]]))


@numba.njit(cache=True)
def _crossing(origin, direction, boxes):  # type: ignore[no-untyped-def]
    found = np.empty(len(origin), np.int64)
    low, high = boxes[:, 0, 2].min(), boxes[:, 1, 2].max()
    count = 0
    for n in range(len(origin)):
        over = 1.0 / _steep(direction[n, 2])
        a, b = (low - origin[n, 2]) * over, (high - origin[n, 2]) * over
        near, far = max(min(a, b), 0.0), max(a, b)
        if near <= far and _crosses_aside(origin[n], direction[n], boxes, near, far):
            found[count] = n
            count += 1
    return found[:count]


@numba.njit(cache=True)
def _crosses_aside(o, d, boxes, near, far):  # type: ignore[no-untyped-def]
    """Return whether a ray is inside any box along x and y between `near` and `far`."""
    over_x, over_y = 1.0 / _steep(d[0]), 1.0 / _steep(d[1])
    for box in boxes:
        a, b = (box[0, 0] - o[0]) * over_x, (box[1, 0] - o[0]) * over_x
        first, last = max(near, min(a, b)), min(far, max(a, b))
        if first <= last:
            a, b = (box[0, 1] - o[1]) * over_y, (box[1, 1] - o[1]) * over_y
            if max(first, min(a, b)) <= min(last, max(a, b)):
                return True
    return False


@numba.njit(cache=True)
def _steep(slope):  # type: ignore[no-untyped-def]
    """Return `slope`, or next to zero a number that can be divided by."""
    return slope if abs(slope) > 1e-12 else 1e-12


@numba.njit(cache=True)
def _starts(direction):  # type: ignore[no-untyped-def]
    """Return where runs start: every 64 rays, and where rays turn away from the run's first."""
    out = np.empty(len(direction) + 1, np.int64)
    found, first = 0, 0
    for n in range(len(direction)):
        lean = 0.0
        for k in range(3):
            lean += direction[n, k] * direction[first, k]
        if n == 0 or n - first == _BLOCK or lean < _TURN:
            out[found] = n
            found += 1
            first = n
    out[found] = len(direction)
    return out[: found + 1].copy()


def _farthest(reach: Array, start: Array) -> Array:
    return np.maximum.reduceat(reach, start[:-1]).astype(float)


@numba.njit(cache=True)
def _bound(blocks, origin, direction):  # type: ignore[no-untyped-def]
    for block in range(len(blocks.spread)):
        first, last = blocks.start[block], blocks.start[block + 1]
        length = 0.0
        for k in range(3):
            for n in range(first, last):
                blocks.origin[block, k] += origin[n, k] / (last - first)
                blocks.axis[block, k] += direction[n, k]
            length += blocks.axis[block, k] ** 2
        length = np.sqrt(length)
        if length < 1e-6:
            blocks.axis[block, 0], length, blocks.cosine[block] = 1.0, 1.0, -1.0
        for k in range(3):
            blocks.axis[block, k] /= length
        for n in range(first, last):
            gap, lean = 0.0, 0.0
            for k in range(3):
                gap += (origin[n, k] - blocks.origin[block, k]) ** 2
                lean += direction[n, k] * blocks.axis[block, k]
            blocks.spread[block] = max(blocks.spread[block], np.sqrt(gap))
            blocks.cosine[block] = min(blocks.cosine[block], lean)


@numba.njit(cache=True)
def _any_facing(blocks, balls):  # type: ignore[no-untyped-def]
    found = np.zeros(len(balls), np.bool_)
    for ball in range(len(balls)):
        for block in range(len(blocks.spread)):
            if _cone_meets(blocks, block, balls[ball, :3], balls[ball, 3]):
                found[ball] = True
                break
    return found


@numba.njit(cache=True)
def _any_faced(blocks, balls):  # type: ignore[no-untyped-def]
    """Return the rays of the blocks whose cone meets any of the balls."""
    found = np.empty(blocks.start[-1], np.int64)
    count = 0
    for block in range(len(blocks.spread)):
        for ball in range(len(balls)):
            if _cone_meets(blocks, block, balls[ball, :3], balls[ball, 3]):
                for n in range(blocks.start[block], blocks.start[block + 1]):
                    found[count] = n
                    count += 1
                break
    return found[:count]


@numba.njit(cache=True)
def _cone_meets(blocks, block, center, radius):  # type: ignore[no-untyped-def]
    """Return whether a block's cone may meet the sphere."""
    gap2, along = 0.0, 0.0
    for k in range(3):
        way = center[k] - blocks.origin[block, k]
        gap2 += way * way
        along += way * blocks.axis[block, k]
    wide = radius + blocks.spread[block] + 1e-6
    if gap2 <= wide * wide:
        return True
    gap = np.sqrt(gap2)
    if gap - wide > blocks.reach[block]:
        return False
    # cos(a + b) of the cone's half angle a and the angle b that the sphere takes up.
    cosine, sine_b = blocks.cosine[block] - 1e-6, wide / gap
    cosine_b = np.sqrt(1.0 - sine_b * sine_b)
    sine = np.sqrt(max(1.0 - cosine * cosine, 0.0))
    if sine * cosine_b + cosine * sine_b <= 0.0:
        return True
    return along >= gap * (cosine * cosine_b - sine * sine_b)


@numba.njit(cache=True)
def _balls(start, positions, boxes):  # type: ignore[no-untyped-def]
    """Centre and radius [m] of a sphere that each box stays in wherever it is and turns."""
    balls = np.zeros((len(boxes), 4))
    for n in range(len(boxes)):
        way, wide = 0.0, 0.0
        for k in range(3):
            steps = positions[start[n] : start[n + 1], k]
            balls[n, k] = (steps.min() + steps.max()) / 2
            wide += max(abs(boxes[n, 0, k]), abs(boxes[n, 1, k])) ** 2
        for step in range(start[n], start[n + 1]):
            gap = 0.0
            for k in range(3):
                gap += (positions[step, k] - balls[n, k]) ** 2
            way = max(way, gap)
        balls[n, 3] = np.sqrt(way) + np.sqrt(wide)
    return balls


def _keys(track: Track, first: float, last: float) -> tuple[Array, Array, Array]:
    """Times, positions and quaternions of the steps that matter between `first` and `last`."""
    low = max(int(np.searchsorted(track.time, first, side="right")) - 1, 0)
    high = min(int(np.searchsorted(track.time, last, side="right")) + 1, len(track.time))
    return track.time[low:high], track.position[low:high], track.quaternion[low:high]


@numba.njit(cache=True)
def _enter_boxes(rays, blocks, things, among):  # type: ignore[no-untyped-def]
    """Rays that cross the boxes of moving things, in their frames; see `Crowd.entering`."""
    start = np.zeros(len(among) + 1, np.int64)
    index, packed = np.empty(len(rays[0]), np.int64), np.empty((len(rays[0]), 6), np.float32)
    found = 0
    for k in range(len(among)):
        ball = things.balls[among[k]]
        center, radius = ball[:3], ball[3]
        for block in range(len(blocks.spread)):
            if not _cone_meets(blocks, block, center, radius):
                continue
            if found + _BLOCK > len(index):
                index, packed = _longer(index, packed)
            ends = blocks.start[block], blocks.start[block + 1]
            found = _enter_box((index, packed, found), rays, ends, things, among[k])
        start[k + 1] = found
    return start, index[:found].copy(), packed[:found].copy()


@numba.njit(cache=True)
def _longer(index, packed):  # type: ignore[no-untyped-def]
    """Return both twice as long and longer."""
    more = 2 * len(index) + _BLOCK
    longer, wider = np.empty(more, np.int64), np.empty((more, 6), np.float32)
    longer[: len(index)] = index
    wider[: len(index)] = packed
    return longer, wider


@numba.njit(cache=True)
def _enter_box(out, rays, ends, things, number):  # type: ignore[no-untyped-def]
    """Add the rays of one run that cross the box of a thing; return how many there are then.

    Most rays are ruled out by the sphere that the thing never leaves.
    """
    index, packed, found = out
    origin, direction, time, reach = rays
    first, last = things.start[number], things.start[number + 1]
    center, radius = things.balls[number, :3], things.balls[number, 3]
    times, positions = things.times[first:last], things.positions[first:last]
    turns, box, known = things.quaternions[first:last], things.boxes[number], np.nan
    place, turn, o, d = np.empty(3), np.empty((3, 3)), np.empty(3), np.empty(3)
    for i in range(ends[0], ends[1]):
        if not _passes(origin[i], direction[i], reach[i], center, radius):
            continue
        if time[i] != known:
            known = time[i]
            pose_at(known, times, positions, turns, place, turn)
        _turned_back(o, d, (origin[i], direction[i]), (place, turn))
        if _crosses(o, d, box):
            index[found] = i
            packed[found, :3], packed[found, 3:] = o, d
            found += 1
    return found


@numba.njit(cache=True)
def _turned_back(o, d, ray, pose):  # type: ignore[no-untyped-def]
    """Fill in origin and direction of a ray in the frame of a thing."""
    origin, direction = ray
    place, turn = pose
    for k in range(3):
        o[k] = 0.0
        d[k] = 0.0
        for j in range(3):
            o[k] += turn[j, k] * (origin[j] - place[j])
            d[k] += turn[j, k] * direction[j]


@numba.njit(cache=True)
def _passes(origin, direction, reach, center, radius):  # type: ignore[no-untyped-def]
    """Return whether a ray may meet the sphere within its `reach`."""
    along, square = 0.0, 0.0
    for k in range(3):
        gap = center[k] - origin[k]
        along += gap * direction[k]
        square += gap * gap
    limit = radius * radius
    ahead = along >= 0 and along - radius <= reach
    return square <= limit or (ahead and square - along * along <= limit)


@numba.njit(cache=True)
def _crosses(o, d, box):  # type: ignore[no-untyped-def]
    """Return whether a ray crosses an upright box (slab test)."""
    near, far = 0.0, 1e30
    for k in range(3):
        if abs(d[k]) < 1e-12:
            if o[k] < box[0, k] or o[k] > box[1, k]:
                return False
        else:
            a, b = (box[0, k] - o[k]) / d[k], (box[1, k] - o[k]) / d[k]
            near = max(near, min(a, b))
            far = min(far, max(a, b))
    return near <= far
