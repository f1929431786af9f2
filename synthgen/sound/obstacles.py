"""What stands between two points: walls by rays, vehicles as boxes, and the way around."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numba
import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.embree import Tracer
from synthgen.geometry import Array, inverse
from synthgen.rays import Rays
from synthgen.scene import Scene

Blocked = Callable[[Float[Array, "n 3"], Float[Array, "n 3"]], Bool[Array, "n"]]
"""(from, to) [m] -> whether something that stands still is in between."""
VEHICLES = frozenset({
    "car", "van", "truck", "bus", "trailer", "ambulance", "fire_engine", "police_car", "ego",
})  # fmt: skip
"""Classes of things that sound does not pass."""
_REACH = 120.0
"""[m] From the ears within which vehicles count as obstacles."""
_ALONG = np.linspace(0.04, 0.96, 13)
_ASIDE = np.geomspace(0.15, 60.0, 16)
"""Shares of the straight way, and [m] off it, at which edges are looked for."""
_FINE = 8
"""Steps in which the nearest free place is refined."""
_EDGE = 0.05
"""[m] Rays end this much before what they lead to."""


@dataclass(frozen=True, eq=False)
class Boxes:
    """Vehicles at one moment.

    Attributes:
        thing: index of each into `World.things`.
        pose: world to box, rows of 3x4.
        half: [m] half length, width, height.
    """

    thing: Int[Array, "b"]
    pose: Float[Array, "b 3 4"]
    half: Float[Array, "b 3"]


@dataclass(frozen=True, eq=False)
class Between:
    """Pairs of points, and which vehicles to leave out.

    Attributes:
        start: [m].
        end: [m].
        skip: indices of two things that are not in the way of each pair, -1 for none.
    """

    start: Float[Array, "n 3"]
    end: Float[Array, "n 3"]
    skip: Int[Array, "n 2"]

    def select(self, which: Int[Array, "k"]) -> "Between":
        """Return the pairs number `which`."""
        return Between(self.start[which], self.end[which], self.skip[which])


@dataclass(frozen=True, eq=False)
class Obstacles:
    """Everything that may be in the way at one moment."""

    still: Blocked
    boxes: Boxes

    def blocked(self, pairs: Between) -> Bool[Array, "n"]:
        """Return whether anything is in the way of each pair."""
        found = self.still(pairs.start, pairs.end)
        if len(self.boxes.half):
            box = self.boxes
            found |= _crossed((pairs.start, pairs.end, pairs.skip), box.thing, box.pose, box.half)
        return found

    def detours(self, pairs: Between) -> Float[Array, "n"]:
        """Return how much longer [m] the way around one edge is: 0 in sight, inf for no way."""
        found = np.zeros(len(pairs.start))
        hidden = np.flatnonzero(self.blocked(pairs))
        if len(hidden):
            found[hidden] = self._around(pairs.select(hidden))
        return found

    def _around(self, pairs: Between) -> Float[Array, "n"]:
        """Detours of `pairs` that something is in between."""
        every = np.arange(len(pairs.start))
        places = _places(pairs.start, pairs.end)
        longer = self._shortest(pairs, places)
        flat = longer.reshape(len(every), -1)
        best = flat.argmin(axis=1)
        line, step = best // len(_ASIDE), best % len(_ASIDE)
        outer = places[every, line, step]
        middle = pairs.start + _ALONG[line // 3, None] * (pairs.end - pairs.start)
        inner = np.where(step[:, None] > 0, places[every, line, np.maximum(step - 1, 0)], middle)
        shares = np.arange(1, _FINE)[:, None] / _FINE
        finer = inner[:, None] + shares * (outer - inner)[:, None]
        better = self._shortest(pairs, finer[:, None]).min(axis=(1, 2))
        return np.maximum(np.minimum(better, flat.min(axis=1)), 1e-4)

    def _shortest(self, pairs: Between, places: Float[Array, "n l s 3"]) -> Array:
        """How much longer the way over each of `places` is, inf where it is cut off."""
        shape = places.shape[:3]
        owner = np.repeat(np.arange(shape[0]), shape[1] * shape[2])
        points = places.reshape(-1, 3)
        free = np.ones(len(points), bool)
        for end in (pairs.start, pairs.end):
            left = np.flatnonzero(free)
            own = owner[left]
            free[left] = ~self.blocked(Between(end[own], points[left], pairs.skip[own]))
        longer = _longer(pairs.start[owner], pairs.end[owner], points)
        return np.where(free, longer, np.inf).reshape(shape)


def _places(start: Array, end: Array) -> Float[Array, "n l s 3"]:
    """Places above and beside each straight way, nearest first."""
    way = end - start
    ahead = way / np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-6)
    side = np.cross(ahead, [0.0, 0.0, 1.0])
    side = side / np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-6)
    ways = np.stack([np.cross(side, ahead), side, -side], axis=1)
    middles = start[:, None] + _ALONG[:, None] * way[:, None]
    aside = ways[:, None, :, None] * _ASIDE[:, None]
    places = middles[:, :, None, None] + aside
    return places.reshape(len(start), len(_ALONG) * 3, len(_ASIDE), 3)


def _longer(start: Array, end: Array, places: Array) -> Float[Array, "n"]:
    """How much longer [m] the way over `places` is than straight on."""
    legs = np.linalg.norm(places - start, axis=1) + np.linalg.norm(places - end, axis=1)
    return legs - np.linalg.norm(end - start, axis=1)


def walls(tracer: Tracer) -> Blocked:
    """Return what tells whether buildings, ground and other stuff are between two points."""

    def blocked(start: Array, end: Array) -> Array:
        way = end - start
        far = np.linalg.norm(way, axis=1)
        if not len(start):
            return np.zeros(0, bool)
        rays = Rays(start, way / np.maximum(far, 1e-9)[:, None], np.zeros(len(start)))
        return np.asarray(tracer.stuff_hits(rays).distance < far - _EDGE)

    return blocked


def boxes_at(scene: Scene, things: Sequence[int], time: float) -> Boxes:
    """Return those of `things` that are there at `time` [s], within reach of the ego car."""
    eye = scene.ego.position_at(time)
    numbers, poses, halves = [], [], []
    for number in things:
        track, extent = scene.motion.tracks[number], scene.world.things[number].extent
        if extent is None or not track.present(time):
            continue
        pose = track.world_from_body(time)
        if np.linalg.norm(pose[:3, 3] - eye) > _REACH:
            continue
        pose[:3, 3] += pose[:3, :3] @ np.array(extent.center)
        numbers.append(number)
        poses.append(inverse(pose)[:3])
        halves.append(np.array(extent.size) / 2)
    return Boxes(
        np.array(numbers, np.int64),
        np.array(poses, float).reshape(-1, 3, 4),
        np.array(halves, float).reshape(-1, 3),
    )


@numba.njit(cache=True)
def _crossed(pairs, thing, pose, half):  # type: ignore[no-untyped-def]
    """Whether each segment passes through a box: slabs, in the box's frame."""
    start, end, skip = pairs
    found = np.zeros(len(start), np.bool_)
    for n in range(len(start)):
        for b in range(len(thing)):
            if thing[b] == skip[n, 0] or thing[b] == skip[n, 1]:
                continue
            if _through(start[n], end[n], pose[b], half[b]):
                found[n] = True
                break
    return found


@numba.njit(cache=True)
def _through(start, end, pose, half):  # type: ignore[no-untyped-def]
    enter, leave = 0.0, 1.0
    for axis in range(3):
        a = pose[axis, 3]
        b = pose[axis, 3]
        for k in range(3):
            a += pose[axis, k] * start[k]
            b += pose[axis, k] * end[k]
        way = b - a
        if abs(way) < 1e-12:
            if abs(a) > half[axis]:
                return False
            continue
        low, high = (-half[axis] - a) / way, (half[axis] - a) / way
        if low > high:
            low, high = high, low
        enter, leave = max(enter, low), min(leave, high)
        if enter >= leave:
            return False
    return True
