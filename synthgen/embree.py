"""Ray casting with Embree: the only place that imports Open3D.

Stuff is one tree built once per world. Every thing has its own small tree in its own frame, so
that each ray can meet it where it is at the ray's own time. Secondary rays (shadows, mirrors) use
one joint tree frozen at the moment's time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numba
import numpy as np
import open3d as o3d
from jaxtyping import Bool, Float, Int

from synthgen.geometry import Array, transform
from synthgen.mesh import Mesh
from synthgen.motion import Track
from synthgen.rays import NOTHING, Hits, Rays
from synthgen.scene import Moment, Present
from synthgen.world import World

_MISS = o3d.t.geometry.RaycastingScene.INVALID_ID
_FAR = np.float32(3e38)


@dataclass(frozen=True, eq=False)
class Layer:
    """Where rays meet one thing, whatever may stand before it.

    Attributes:
        thing: the thing.
        index: which rays meet it, increasing.
        distance: [m] along each of these rays.
        primitive: triangle of the thing's mesh.
        barycentric: weights of the second and third corner.
    """

    thing: Present
    index: Int[Array, "k"]
    distance: Float[Array, "k"]
    primitive: Int[Array, "k"]
    barycentric: Float[Array, "k 2"]


class Tracer:
    """Casts rays into one world. Open it with `tracer(world)`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._stuff = _Soup([body.mesh for body in world.stuff], np.arange(len(world.stuff)))
        self._rigid: dict[int, _Tree] = {}
        self._moment: Moment | None = None
        self._posed: dict[int, _Tree] = {}
        self._joint: _Soup | None = None

    def stuff_hits(self, rays: Rays) -> Hits:
        """Return the first hits of `rays` on stuff alone."""
        return self._stuff.hits(rays.origin, rays.direction)

    def layers(self, moment: Moment, rays: Rays) -> list[Layer]:
        """Return where `rays`, each at its own time, meet each thing of `moment` taken alone."""
        self._enter(moment)
        if not len(rays):
            return []
        cone = _cone(rays)
        span = _span(rays)
        found = []
        for thing in moment.things:
            if not _in_cone(thing, moment.time, cone):
                continue
            index, origin, direction = _candidates(thing, rays, span)
            if len(index):
                layer = self._cast_thing(thing, index, origin, direction)
                if len(layer.index):
                    found.append(layer)
        return found

    def first_hits(self, moment: Moment, rays: Rays, layers: list[Layer] | None = None) -> Hits:
        """Return the first hits of `rays`, each at its own time, on everything in `moment`.

        `layers` spares casting the things again when the caller has them already.
        """
        hits = self.stuff_hits(rays)
        for layer in self.layers(moment, rays) if layers is None else layers:
            nearer = layer.distance < hits.distance[layer.index]
            where = layer.index[nearer]
            hits.distance[where] = layer.distance[nearer]
            hits.body[where] = layer.thing.number
            hits.primitive[where] = layer.primitive[nearer]
            hits.barycentric[where] = layer.barycentric[nearer]
        return hits

    def silhouette(self, moment: Moment, thing: Present, rays: Rays) -> Bool[Array, "n"]:
        """Return which `rays` meet `thing` taken alone."""
        self._enter(moment)
        index, origin, direction = _candidates(thing, rays, _span(rays))
        mask = np.zeros(len(rays), bool)
        if len(index):
            mask[self._cast_thing(thing, index, origin, direction).index] = True
        return mask

    def frozen_hits(
        self, moment: Moment, origin: Float[Array, "n 3"], direction: Float[Array, "n 3"]
    ) -> Hits:
        """Return first hits with every thing held at the moment's time (mirror rays)."""
        return self._frozen(moment).hits(origin, direction)

    def occluded(
        self,
        moment: Moment,
        origin: Float[Array, "n 3"],
        direction: Float[Array, "n 3"],
        distance: Float[Array, "n"] | float,
    ) -> Bool[Array, "n"]:
        """Return whether anything blocks each ray before `distance` [m], things held still."""
        return self._frozen(moment).occluded(origin, direction, distance)

    def _enter(self, moment: Moment) -> None:
        if self._moment is not moment:
            self._moment, self._posed, self._joint = moment, {}, None

    def _tree(self, thing: Present) -> "_Tree":
        kept = self._rigid if thing.body.pose is None else self._posed
        if thing.thing not in kept:
            kept[thing.thing] = _Tree(thing.mesh)
        return kept[thing.thing]

    def _cast_thing(self, thing: Present, index: Array, origin: Array, direction: Array) -> Layer:
        distance, primitive, barycentric = self._tree(thing).cast(origin, direction)
        hit = distance < _FAR
        return Layer(thing, index[hit], distance[hit], primitive[hit], barycentric[hit])

    def _frozen(self, moment: Moment) -> "_Joint":
        self._enter(moment)
        if self._joint is None:
            meshes = [
                (thing.track.world_from_body(moment.time), thing.mesh) for thing in moment.things
            ]
            self._joint = _Soup(
                [mesh for _, mesh in meshes],
                np.array([thing.number for thing in moment.things], np.int64),
                [pose for pose, _ in meshes],
            )
        return _Joint(self._stuff, self._joint)


@contextmanager
def tracer(world: World) -> Iterator[Tracer]:
    """Open a tracer on `world`; its trees are dropped when the block ends."""
    yield Tracer(world)


class _Tree:
    """One Embree tree over one mesh."""

    def __init__(self, mesh: Mesh) -> None:
        self._scene = _scene(mesh.vertices, mesh.triangles)

    def cast(self, origin: Array, direction: Array) -> tuple[Array, Array, Array]:
        answer = self._scene.cast_rays(_pack(origin, direction), nthreads=1)
        return (
            answer["t_hit"].numpy(),
            answer["primitive_ids"].numpy().astype(np.int32),
            answer["primitive_uvs"].numpy(),
        )


class _Soup:
    """One tree over many meshes, telling which of them was hit."""

    def __init__(
        self, meshes: list[Mesh], numbers: Array, poses: list[Array] | None = None
    ) -> None:
        self._empty = not meshes
        if self._empty:
            return
        placed = (
            [m.vertices for m in meshes]
            if poses is None
            else [transform(pose, m.vertices) for pose, m in zip(poses, meshes, strict=True)]
        )
        offsets = np.cumsum([0, *(len(v) for v in placed)])
        triangles = np.concatenate([m.triangles + o for m, o in zip(meshes, offsets, strict=False)])
        self._scene = _scene(np.concatenate(placed), triangles)
        self._starts = np.cumsum([0, *(len(m.triangles) for m in meshes)])
        self._numbers = np.asarray(numbers, np.int32)

    def hits(self, origin: Array, direction: Array) -> Hits:
        count = len(origin)
        if self._empty or not count:
            return Hits(
                np.full(count, np.inf, np.float32),
                np.full(count, NOTHING, np.int32),
                np.full(count, -1, np.int32),
                np.zeros((count, 2), np.float32),
            )
        answer = self._scene.cast_rays(_pack(origin, direction), nthreads=1)
        primitive = answer["primitive_ids"].numpy()
        miss = primitive == _MISS
        flat = np.where(miss, 0, primitive).astype(np.int64)
        owner = np.searchsorted(self._starts, flat, side="right") - 1
        return Hits(
            answer["t_hit"].numpy(),
            np.where(miss, NOTHING, self._numbers[owner]).astype(np.int32),
            np.where(miss, -1, flat - self._starts[owner]).astype(np.int32),
            answer["primitive_uvs"].numpy(),
        )

    def occluded(self, origin: Array, direction: Array, distance: Array | float) -> Array:
        if self._empty or not len(origin):
            return np.zeros(len(origin), bool)
        reach = np.broadcast_to(np.asarray(distance, np.float32), len(origin))
        scaled = np.asarray(direction, np.float32) * reach[:, None]
        return self._scene.test_occlusions(_pack(origin, scaled), 0.0, 1.0, nthreads=1).numpy()


@dataclass(frozen=True, eq=False)
class _Joint:
    """Stuff and frozen things together."""

    stuff: _Soup
    things: _Soup

    def hits(self, origin: Array, direction: Array) -> Hits:
        still, moving = self.stuff.hits(origin, direction), self.things.hits(origin, direction)
        near = moving.distance < still.distance
        return Hits(
            np.where(near, moving.distance, still.distance),
            np.where(near, moving.body, still.body),
            np.where(near, moving.primitive, still.primitive),
            np.where(near[:, None], moving.barycentric, still.barycentric),
        )

    def occluded(self, origin: Array, direction: Array, distance: Array | float) -> Array:
        blocked = self.stuff.occluded(origin, direction, distance)
        free = np.flatnonzero(~blocked)
        reach = np.broadcast_to(np.asarray(distance, np.float32), len(origin))
        blocked[free] = self.things.occluded(origin[free], direction[free], reach[free])
        return blocked


def _scene(vertices: Array, triangles: Array) -> o3d.t.geometry.RaycastingScene:
    scene = o3d.t.geometry.RaycastingScene(nthreads=1)
    scene.add_triangles(
        o3d.core.Tensor.from_numpy(np.ascontiguousarray(vertices, np.float32)),
        o3d.core.Tensor.from_numpy(np.ascontiguousarray(triangles, np.uint32)),
    )
    return scene


def _pack(origin: Array, direction: Array) -> o3d.core.Tensor:
    packed = np.empty((len(origin), 6), np.float32)
    packed[:, :3] = origin
    packed[:, 3:] = direction
    return o3d.core.Tensor.from_numpy(packed)


def _cone(rays: Rays) -> tuple[Array, Array, float]:
    """Mean origin, mean direction and cosine of the widest angle of `rays`; -1 for all around."""
    axis = rays.direction.mean(axis=0, dtype=np.float64)
    length = np.linalg.norm(axis)
    origin = rays.origin.mean(axis=0, dtype=np.float64)
    if length < 0.3:
        return origin, np.array([1.0, 0.0, 0.0]), -1.0
    axis = axis / length
    return origin, axis, float((rays.direction @ axis.astype(rays.direction.dtype)).min())


def _in_cone(thing: Present, time: float, cone: tuple[Array, Array, float]) -> bool:
    """Whether the sphere around `thing`, grown by 3 m for its motion, may meet the cone."""
    origin, axis, cosine = cone
    if cosine <= 0:
        return True
    center, radius = thing.sphere
    way = transform(thing.track.world_from_body(time), center[None])[0] - origin
    gap = np.linalg.norm(way)
    radius = radius + 3.0
    if gap <= radius:
        return True
    angle = np.arccos(np.clip(way @ axis / gap, -1, 1)) - np.arcsin(radius / gap)
    return bool(angle <= np.arccos(cosine))


def _span(rays: Rays) -> tuple[float, float]:
    """First and last time [s] of `rays`."""
    return float(rays.time.min()), float(rays.time.max())


def _candidates(
    thing: Present, rays: Rays, span: tuple[float, float]
) -> tuple[Array, Array, Array]:
    """Indices of the rays that enter the box of `thing`, and these rays in its frame."""
    key = _keys(thing.track, *span)
    low, high = thing.bounds
    grow = 1e-3
    box = np.stack([low - grow, high + grow])
    return _enter_box(rays.origin, rays.direction, rays.time, *key, box, *_reach(key[1], box))


def _reach(positions: Array, box: Array) -> tuple[Array, float]:
    """Centre and radius [m] of a sphere that the box stays in wherever it is and turns."""
    center = (positions.min(axis=0) + positions.max(axis=0)) / 2
    way = np.sqrt(((positions - center) ** 2).sum(axis=1)).max()
    return center, float(way + np.linalg.norm(np.abs(box).max(axis=0)))


def _keys(track: Track, first: float, last: float) -> tuple[Array, Array, Array]:
    """Times, positions and quaternions of the steps that matter between `first` and `last`."""
    low = max(int(np.searchsorted(track.time, first, side="right")) - 1, 0)
    high = min(int(np.searchsorted(track.time, last, side="right")) + 1, len(track.time))
    return track.time[low:high], track.position[low:high], track.quaternion[low:high]


@numba.njit(cache=True)
def _pose_at(time, times, positions, quaternions, place, turn):  # type: ignore[no-untyped-def]
    count = len(times)
    low = 0
    while low + 1 < count and times[low + 1] <= time:
        low += 1
    high = min(low + 1, count - 1)
    span = times[high] - times[low]
    share = (time - times[low]) / span if span > 0 else 0.0
    for i in range(3):
        place[i] = (1 - share) * positions[low, i] + share * positions[high, i]
    norm = 0.0
    quat = np.empty(4)
    for i in range(4):
        quat[i] = (1 - share) * quaternions[low, i] + share * quaternions[high, i]
        norm += quat[i] * quat[i]
    x, y, z, w = quat / np.sqrt(norm)
    turn[0, 0], turn[0, 1], turn[0, 2] = (
        1 - 2 * (y * y + z * z),
        2 * (x * y - w * z),
        2 * (x * z + w * y),
    )
    turn[1, 0], turn[1, 1], turn[1, 2] = (
        2 * (x * y + w * z),
        1 - 2 * (x * x + z * z),
        2 * (y * z - w * x),
    )
    turn[2, 0], turn[2, 1], turn[2, 2] = (
        2 * (x * z - w * y),
        2 * (y * z + w * x),
        1 - 2 * (x * x + y * y),
    )


@numba.njit(cache=True)
def _enter_box(origin, direction, time, times, positions, quaternions, box, center, radius):  # type: ignore[no-untyped-def]
    """Rays that cross the `box` of a moving body, in the body's frame.

    Most rays are ruled out by the sphere at `center` that the body never leaves.
    """
    count = len(origin)
    low, high = box[0], box[1]
    index = np.empty(count, np.int64)
    out_origin = np.empty((count, 3), np.float32)
    out_direction = np.empty((count, 3), np.float32)
    place, turn = np.empty(3), np.empty((3, 3))
    o, d = np.empty(3), np.empty(3)
    last = np.nan
    found = 0
    for i in range(count):
        along, square = 0.0, 0.0
        for k in range(3):
            gap = center[k] - origin[i, k]
            along += gap * direction[i, k]
            square += gap * gap
        if square > radius * radius and (along < 0 or square - along * along > radius * radius):
            continue
        if time[i] != last:
            last = time[i]
            _pose_at(last, times, positions, quaternions, place, turn)
        for k in range(3):
            o[k] = 0.0
            d[k] = 0.0
            for j in range(3):
                o[k] += turn[j, k] * (origin[i, j] - place[j])
                d[k] += turn[j, k] * direction[i, j]
        near, far = 0.0, 1e30
        for k in range(3):
            if abs(d[k]) < 1e-12:
                if o[k] < low[k] or o[k] > high[k]:
                    near, far = 1.0, 0.0
            else:
                a, b = (low[k] - o[k]) / d[k], (high[k] - o[k]) / d[k]
                near = max(near, min(a, b))
                far = min(far, max(a, b))
        if near <= far:
            index[found] = i
            for k in range(3):
                out_origin[found, k] = o[k]
                out_direction[found, k] = d[k]
            found += 1
    return index[:found].copy(), out_origin[:found].copy(), out_direction[:found].copy()
