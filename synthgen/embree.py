"""Ray casting with Embree: the only place that imports Open3D.

Stuff is one tree built once per world. Every thing has its own small tree in its own frame, so
that each ray can meet it where it is at the ray's own time; a vehicle whose wheels turn has two,
one of its chassis for the whole clip and one of its wheels for the frame. Secondary rays (shadows,
mirrors) meet things frozen at the moment's time: one tree of those that stand there for the whole
clip, kept from frame to frame, and one of the others.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

import numba
import numpy as np
import open3d as o3d
from jaxtyping import Bool, Float, Int

from synthgen.culling import Crowd, Ways, crossing, ways
from synthgen.geometry import Array, transform
from synthgen.layer import Layer, take
from synthgen.mesh import Mesh
from synthgen.rays import NOTHING, Hits, Rays, no_hits
from synthgen.running_gear import lumps, moving_triangles
from synthgen.scene import Moment, Present
from synthgen.world import World

_MISS = np.uint32(o3d.t.geometry.RaycastingScene.INVALID_ID)
_FAR = np.float32(3e38)
_MOMENTS, _CLOSE = 8, 0.09
"""So many moments are kept, so close [s]: of a frame's cameras, each with a time of its own."""
_SPAN = 0.06
"""[s] About the moment in which rays are expected."""


_Met = tuple[Array, Array, Array]
"""Distances, triangles and weights of corners."""


class Tracer:
    """Casts rays into one world. Open it with `tracer(world)`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._stuff = _Soup([body.mesh for body in world.stuff], np.arange(len(world.stuff)))
        self._rigid: dict[int, tuple[Mesh, _Tree]] = {}
        self._chassis: dict[int, tuple[Mesh, _Tree]] = {}
        self._kept: list[_Ready] = []
        self._standing: tuple[tuple[int, ...], _Soup] = ((), _Soup([], np.zeros(0)))
        self._carried: dict[tuple[int, int], tuple[_Tree, Rays, Array, _Met]] = {}

    def stuff_hits(self, rays: Rays) -> Hits:
        """Return the first hits of `rays` on stuff alone."""
        return self._stuff.cast(_pack(rays.origin, rays.direction))

    def layers(self, moment: Moment, rays: Rays) -> list[Layer]:
        """Return where `rays`, each at its own time, meet each thing of `moment` taken alone."""
        if not len(rays):
            return []
        return self._layers(moment, Crowd(rays), np.arange(len(moment.things)))

    def _layers(self, moment: Moment, crowd: Crowd, among: Int[Array, "k"]) -> list[Layer]:
        self._enter(moment)
        among = among[crowd.meets(moment.balls[among])]
        if not len(among):
            return []
        start, index, packed = crowd.entering(self._kept[-1].ways(crowd.span), among)
        found = []
        for number, first, last in zip(among, start[:-1], start[1:], strict=True):
            if last > first:
                thing = moment.things[number]
                layer = self._layer(thing, index[first:last], packed[first:last])
                found += [layer] if len(layer.index) else []
        return found

    def first_hits(self, moment: Moment, rays: Rays, layers: list[Layer] | None = None) -> Hits:
        """Return the first hits of `rays`, each at its own time, on everything in `moment`.

        `layers` spares casting the things again when the caller has them already.
        """
        hits = self.stuff_hits(rays)
        for layer in self.layers(moment, rays) if layers is None else layers:
            near = np.flatnonzero(layer.distance < hits.distance[layer.index])
            take(hits, layer.index[near], layer.thing.number, layer, near)
        return hits

    def sweep_hits(
        self, moment: Moment, rays: Rays, farthest: float = np.inf, without: int = NOTHING
    ) -> Hits:
        """Return `first_hits` up to `farthest` [m], with all that stands for the clip at one go.

        Thing number `without`, index into `Moment.things`, is left out unless it stands.

        Ranges to standing things differ by the rounding of their corners to 32 bits in the world
        frame instead of in their own: 0.1 mm within 1 km of its origin, 2 mm where rays graze.
        """
        if not len(rays):
            return no_hits(0)
        self._enter(moment)
        packed = _pack(rays.origin, rays.direction)
        hits = self._stuff.cast(packed)
        stays = moment.staying
        reach = np.minimum(hits.distance, np.float32(farthest))
        crowd = Crowd(rays, reach)
        some = crowd.facing(moment.balls[stays])
        still = self._still(moment).cast(packed[some])
        near = np.flatnonzero(still.distance < hits.distance[some])
        take(hits, some[near], still.body[near], still, near)
        nearer = crowd.within(np.minimum(reach, hits.distance))
        moving = np.flatnonzero(~stays)
        for layer in self._layers(moment, nearer, moving[moving != without]):
            near = np.flatnonzero(layer.distance < hits.distance[layer.index])
            take(hits, layer.index[near], layer.thing.number, layer, near)
        return hits

    def carried_hits(
        self, moment: Moment, rays: Rays, farthest: float, carrier: tuple[int, Rays]
    ) -> Hits:
        """Return `sweep_hits` of rays that thing number `carrier[0]` carries along.

        `carrier[1]` are the rays in its frame, where they meet it in the same places in every
        frame, but for its wheels: kept, as long as the same arrays come.
        """
        number, own = carrier
        thing = moment.things[number]
        hits = self.sweep_hits(moment, rays, farthest, without=number)
        tree = self._tree(thing)
        key = id(tree.firm), id(own)
        if key not in self._carried:
            packed = _pack(own.origin, own.direction)
            self._carried[key] = tree.firm, own, packed, tree.firm.cast(packed)
        distance, primitive, barycentric = tree.over(*self._carried[key][2:])
        near = np.flatnonzero(distance < hits.distance)
        found = Layer(thing, near, distance, primitive, barycentric)
        take(hits, near, thing.number, found, near)
        return hits

    def silhouette(self, moment: Moment, thing: Present, rays: Rays) -> Bool[Array, "n"]:
        """Return which `rays` meet `thing` taken alone."""
        self._enter(moment)
        mask = np.zeros(len(rays), bool)
        if not len(rays):
            return mask
        index, origin, direction = Crowd(rays).near(thing)
        if len(index):
            packed = np.hstack([origin, direction])
            mask[self._layer(thing, index, packed).index] = True
        return mask

    def frozen_hits(
        self, moment: Moment, origin: Float[Array, "n 3"], direction: Float[Array, "n 3"]
    ) -> Hits:
        """Return first hits with every thing held at the moment's time (mirror rays).

        Things that move are left out beyond 60 m of the ego car, here and in `blocked`.
        """
        packed = _pack(origin, direction)
        first, *others = self._frozen(moment)
        hits = first.cast(packed)
        for soup in others:
            found = soup.cast(packed)
            near = np.flatnonzero(found.distance < hits.distance)
            take(hits, near, found.body[near], found, near)
        return hits

    def blocked(self, moment: Moment, packed: Float[Array, "n 6"]) -> Bool[Array, "n"]:
        """Return whether anything blocks each of the rays (origin, whole way; float32) [m].

        Things are held still at the moment's time, as in `frozen_hits`.
        """
        first, *others = self._frozen(moment)
        blocked = first.blocks(packed)
        for soup in others:
            free = np.flatnonzero(~blocked)
            blocked[free] = soup.blocks(packed[free])
        return blocked

    def _enter(self, moment: Moment) -> None:
        """Make ready for `moment`; twins, which differ in light alone, share all trees.

        Moments that are close are kept: cameras with times of their own are asked in turns.
        """
        known = next((one for one in self._kept if one.moment is moment), None)
        known = known or next((one for one in self._kept if one.moment.shaped_as(moment)), None)
        if known is None:
            known = _Ready(moment)
            near = [one for one in self._kept if abs(one.moment.time - moment.time) < _CLOSE]
            self._kept = near[-_MOMENTS + 1 :]
        else:
            self._kept.remove(known)
        self._kept.append(known)

    def _tree(self, thing: Present) -> "_Tree | _Rolling":
        """Return the tree of a thing's mesh; things of one shape share it."""
        key, mesh = id(thing.mesh), thing.mesh
        if not thing.posed:
            if key not in self._rigid:
                self._rigid[key] = (mesh, _Tree(mesh))
            return self._rigid[key][1]
        held = (one.posed[key] for one in self._kept if key in one.posed)
        found = next(held, None)
        if found is None:
            rolls = bool(thing.body.wheels)
            found = (mesh, self._rolling(thing) if rolls else _Tree(mesh))
        self._kept[-1].posed[key] = found
        return found[1]

    def _rolling(self, thing: Present) -> "_Rolling":
        moving, rest = moving_triangles(thing.body), thing.body.mesh
        every = np.arange(len(rest.triangles))
        key = id(rest)
        if key not in self._chassis:
            self._chassis[key] = (rest, _Tree(rest, np.delete(every, moving)))
        parts = [thing.mesh.vertices[slice(*part.vertices)] for part in lumps(thing.body)]
        return _Rolling(self._chassis[key][1], _Tree(thing.mesh, every[moving]), parts)

    def _layer(self, thing: Present, index: Int[Array, "k"], packed: Float[Array, "k 6"]) -> Layer:
        """Return where rays number `index` meet `thing`, in whose frame they are `packed`."""
        distance, primitive, barycentric = self._tree(thing).cast(packed)
        hit = distance < _FAR
        return Layer(thing, index[hit], distance[hit], primitive[hit], barycentric[hit])

    def _frozen(self, moment: Moment) -> "tuple[_Soup, _Soup, _Soup]":
        self._enter(moment)
        ready = self._kept[-1]
        if ready.joint is None:
            still = self._still(moment)
            others = _placed(moment.passing, moment.time)
            ready.joint = self._stuff, still, others
        return ready.joint

    def _still(self, moment: Moment) -> "_Soup":
        """Return the tree of all that stands for the whole clip."""
        ready = self._kept[-1]
        if self._standing[0] != ready.names:
            still = tuple(moment.things[n] for n in np.flatnonzero(moment.staying))
            self._standing = ready.names, _placed(still, moment.time)
        return self._standing[1]


def _placed(things: tuple[Present, ...], time: float) -> "_Soup":
    poses = [thing.track.world_from_body(time) for thing in things]
    numbers = np.array([thing.number for thing in things], np.int64)
    return _Soup([thing.mesh for thing in things], numbers, poses)


@dataclass
class _Ready:
    """Trees of one moment: of what is posed for it, and those that shadows meet."""

    moment: Moment
    posed: "dict[int, tuple[Mesh, _Tree | _Rolling]]" = field(default_factory=dict)
    joint: "tuple[_Soup, _Soup, _Soup] | None" = None
    known: Ways | None = None

    @cached_property
    def names(self) -> tuple[int, ...]:
        """Numbers of the bodies that stand for the whole clip."""
        things, stays = self.moment.things, self.moment.staying
        return tuple(things[n].number for n in np.flatnonzero(stays))

    def ways(self, span: tuple[float, float]) -> Ways:
        """Return where all things are during `span` [s] or longer."""
        if self.known is None or not self.known.span[0] <= span[0] <= span[1] <= self.known.span[1]:
            around = min(span[0], self.moment.time - _SPAN), max(span[1], self.moment.time + _SPAN)
            self.known = ways(self.moment.things, around)
        return self.known


@contextmanager
def tracer(world: World) -> Iterator[Tracer]:
    """Open a tracer on `world`; its trees are dropped when the block ends."""
    yield Tracer(world)


class _Tree:
    """One Embree tree over one mesh, or over its triangles number `which`."""

    def __init__(self, mesh: Mesh, which: Array | None = None) -> None:
        self._which = which
        chosen = mesh.triangles if which is None else mesh.triangles[which]
        self._scene = _scene(mesh.vertices, chosen)

    def cast(self, packed: Array) -> _Met:
        answer = self._scene.cast_rays(o3d.core.Tensor.from_numpy(packed), nthreads=1)
        primitive = answer["primitive_ids"].numpy().astype(np.int32)
        if self._which is not None:
            met = np.flatnonzero(primitive >= 0)
            primitive[met] = self._which[primitive[met]]
        return answer["t_hit"].numpy(), primitive, answer["primitive_uvs"].numpy()

    @property
    def firm(self) -> "_Tree":
        """The part that is the same in every frame."""
        return self

    def over(self, packed: Array, first: _Met) -> _Met:
        """Return where rays meet the whole that meet the firm part at `first`."""
        return first


class _Rolling:
    """A chassis and what moves against it: two trees that answer as one."""

    def __init__(self, chassis: _Tree, wheels: _Tree, lumps: list[Array]) -> None:
        self.firm, self._wheels = chassis, wheels
        self._boxes = np.array([[lump.min(axis=0), lump.max(axis=0)] for lump in lumps])

    def cast(self, packed: Array) -> _Met:
        return self.over(packed, self.firm.cast(packed))

    def over(self, packed: Array, first: _Met) -> _Met:
        some = crossing(packed[:, :3], packed[:, 3:], self._boxes)
        if len(some):
            second = self._wheels.cast(packed[some])
            near = np.flatnonzero(second[0] < first[0][some])
            first = first[0].copy(), first[1].copy(), first[2].copy()
            for one, other in zip(first, second, strict=True):
                one[some[near]] = other[near]
        return first


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
        counts = [len(m.triangles) for m in meshes]
        self._first = np.cumsum([0, *counts[:-1]])
        self._owner = np.repeat(np.arange(len(meshes), dtype=np.int32), counts)
        self._numbers = np.asarray(numbers, np.int32)

    def cast(self, packed: Array) -> Hits:
        """Return the first hits of rays (origin, direction) as float32 rows of six."""
        if self._empty or not len(packed):
            return no_hits(len(packed))
        answer = self._scene.cast_rays(o3d.core.Tensor.from_numpy(packed), nthreads=1)
        hits = no_hits(len(packed))
        hits.distance[:] = answer["t_hit"].numpy()
        found = hits.body, hits.primitive, hits.barycentric
        met = answer["primitive_ids"].numpy(), answer["primitive_uvs"].numpy()
        _name(found, met, self._owner, self._numbers, self._first)
        return hits

    def blocks(self, packed: Array) -> Array:
        """Return which rays (origin, whole way) meet anything on their way."""
        if self._empty or not len(packed):
            return np.zeros(len(packed), bool)
        rays = o3d.core.Tensor.from_numpy(packed)
        return self._scene.test_occlusions(rays, 0.0, 1.0, nthreads=1).numpy()


@numba.njit(cache=True)
def _name(found, met, owner, numbers, first):  # type: ignore[no-untyped-def]
    """Fill bodies, their triangles and weights of corners where rays met a triangle of all."""
    body, primitive, barycentric = found
    triangle, weights = met
    for n in range(len(body)):
        if triangle[n] != _MISS:
            mesh = owner[triangle[n]]
            body[n], primitive[n] = numbers[mesh], triangle[n] - first[mesh]
            barycentric[n, 0], barycentric[n, 1] = weights[n, 0], weights[n, 1]


def _scene(vertices: Array, triangles: Array) -> o3d.t.geometry.RaycastingScene:
    scene = o3d.t.geometry.RaycastingScene(nthreads=1)
    scene.add_triangles(
        o3d.core.Tensor.from_numpy(np.ascontiguousarray(vertices, np.float32)),
        o3d.core.Tensor.from_numpy(np.ascontiguousarray(triangles, np.uint32)),
    )
    return scene


def _pack(origin: Array, direction: Array) -> Array:
    packed = np.empty((len(origin), 6), np.float32)
    packed[:, :3] = origin
    packed[:, 3:] = direction
    return packed
