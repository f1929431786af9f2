"""The meshes of a world as Mitsuba scenes, and rays cast into them."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import drjit as dr
import mitsuba as mi
import numpy as np

from synthgen.geometry import Array, transform
from synthgen.mesh import Mesh
from synthgen.rays import Hits, no_hits
from synthgen.render.path.arrays import indices, numbers, rows, vectors
from synthgen.sample import CameraView
from synthgen.scene import Moment, Present
from synthgen.world import World

_NEAR = 60.0
"""[m] How far from the ego car a moving thing outside the view may shade or be mirrored."""


class Way(NamedTuple):
    """Rays that ask whether anything lies between two points.

    Attributes:
        direction: unit.
        reach: [m] as far as anything counts.
        wanted: which rays are asked for.
    """

    direction: Any
    reach: Any
    wanted: Any


class Found(NamedTuple):
    """`rays.Hits` in Dr.Jit; distances beyond 1e9 m and body -1 where nothing is met."""

    distance: Any
    body: Any
    primitive: Any
    barycentric: Any


def nothing() -> Found:
    """Return what a ray finds that meets nothing."""
    made: Any = mi.Point2f
    return Found(mi.Float(1e10), mi.Int32(-1), mi.UInt32(0), made(0.0))


def nearer(one: Found, other: Found) -> Found:
    """Return the nearer of two finds, of each ray."""
    near = other.distance < one.distance
    return Found(*(dr.select(near, b, a) for a, b in zip(one, other, strict=True)))


class Soup:
    """One Mitsuba scene of one mesh made of many, telling which of them a ray hit."""

    def __init__(self, meshes: Sequence[Mesh], numbers: Sequence[int], poses: Sequence[Array]):
        placed = [transform(p, m.vertices) for p, m in zip(poses, meshes, strict=True)]
        offsets = np.cumsum([0, *(len(vertices) for vertices in placed)])
        faces = [m.triangles + start for m, start in zip(meshes, offsets, strict=False)]
        counts = [len(m.triangles) for m in meshes]
        self._first = np.cumsum([0, *counts[:-1]])
        self._owner = np.repeat(np.arange(len(meshes), dtype=np.int32), counts)
        self._numbers = np.asarray(numbers, np.int32)
        self.scene = _scene(np.concatenate(placed), np.concatenate(faces))

    @cached_property
    def _names(self) -> tuple[Any, Any, Any]:
        """In Dr.Jit: which mesh each triangle is of, and number and first triangle of each."""
        return indices(self._owner), indices(self._numbers), indices(self._first)

    def find(self, ray: Any) -> Found:
        """Return, in Dr.Jit, the first hits of `ray`s."""
        met = self.scene.ray_intersect_preliminary(ray, coherent=False)
        hit, (owners, numbers_, first) = met.t < 1e9, self._names
        owner = dr.gather(mi.UInt32, owners, met.prim_index, hit)
        body = mi.Int32(dr.gather(mi.UInt32, numbers_, owner, hit))
        primitive = met.prim_index - dr.gather(mi.UInt32, first, owner, hit)
        far = dr.select(hit, met.t, 1e10)
        return Found(far, dr.select(hit, body, -1), primitive, met.prim_uv)

    def cast(self, ray: Any) -> Hits:
        """Return the first hits of `ray`s."""
        found = self.scene.ray_intersect_preliminary(ray, coherent=False)
        dr.eval(found.t, found.prim_index, found.prim_uv)
        distance = found.t.numpy()
        hits = no_hits(len(distance))
        hit = np.flatnonzero(distance < 1e9)
        met = found.prim_index.numpy()[hit].astype(np.int64)
        owner = self._owner[met]
        hits.distance[hit] = distance[hit]
        hits.body[hit] = self._numbers[owner]
        hits.primitive[hit] = met - self._first[owner]
        hits.barycentric[hit] = rows(found.prim_uv)[hit]
        return hits


class Trees:
    """What stands, kept for the clip, and what moves, made anew for each frame."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._standing: tuple[tuple[int, ...], Soup | None] = ((-1,), None)
        self._seen: tuple[Moment | None, str] = (None, "")
        self._soups: list[Soup] = []

    def enter(self, moment: Moment, view: CameraView) -> None:
        """Place every thing of `moment` where it is; what moves far outside `view` is left out."""
        if self._seen[0] is moment and self._seen[1] == view.name:
            return
        still = tuple(thing for thing in moment.things if thing.stands)
        names = tuple(thing.number for thing in still)
        if self._standing[0] != names:
            self._standing = names, self._fixed(still, moment.time)
        moving = list(_moving(moment, view))
        soups = [self._standing[1], _placed(moving, moment.time)]
        self._soups = [soup for soup in soups if soup is not None]
        self._seen = moment, view.name

    def _fixed(self, still: Sequence[Present], time: float) -> Soup | None:
        stuff = self._world.stuff
        meshes = [*(body.mesh for body in stuff), *(thing.mesh for thing in still)]
        numbers = [*range(len(stuff)), *(thing.number for thing in still)]
        poses = [np.eye(4)] * len(stuff) + [t.track.world_from_body(time) for t in still]
        return Soup(meshes, numbers, poses) if meshes else None

    def cast(self, origin: Array, direction: Array) -> Hits:
        """Return the first hits of rays (n, 3), things held still at the moment's time."""
        ray = mi.Ray3f(vectors(mi.Point3f, origin), vectors(mi.Vector3f, direction))
        hits = no_hits(len(origin))
        for soup in self._soups:
            found = soup.cast(ray)
            near = np.flatnonzero(found.distance < hits.distance)
            for name in ("distance", "body", "primitive", "barycentric"):
                getattr(hits, name)[near] = getattr(found, name)[near]
        return hits

    def find(self, origin: Any, direction: Any) -> Found:
        """Return, in Dr.Jit, what `cast` returns."""
        made: Any = mi.Ray3f
        ray, found = made(origin, direction), nothing()
        for soup in self._soups:
            found = nearer(found, soup.find(ray))
            dr.eval(*found)  # on cards a kernel must not ask two scenes, see `free`
        return found

    def free(self, origin: Any, ways: Sequence[Way], kept: Any = ()) -> list[Any]:
        """Return, in Dr.Jit, which of the wanted rays along `ways` from `origin` meet nothing.

        On cards a kernel must not ask two scenes: rays into the second would miss everything. So
        what is known, and what else is to be `kept`, is stored before the next one is asked.
        """
        made: Any = mi.Ray3f
        rays = [made(origin, way.direction, way.reach, mi.Float(0.0), []) for way in ways]
        found = [mi.Bool(way.wanted) for way in ways]
        for number, soup in enumerate(self._soups):
            if number and dr.backend_v(mi.Float) == dr.JitBackend.CUDA:
                dr.eval(rays, found, kept)
            found = [
                one & ~soup.scene.ray_test(ray, coherent=False, active=one)
                for ray, one in zip(rays, found, strict=True)
            ]
        return found


def _moving(moment: Moment, view: CameraView) -> Iterator[Present]:
    eye, forward = view.world_from_camera[:3, 3], view.world_from_camera[:3, 2]
    half = np.hypot(view.width / view.matrix[0, 0], view.height / view.matrix[1, 1]) / 2
    for thing, (x, y, z, radius) in zip(moment.things, moment.balls, strict=True):
        gap = np.array([x, y, z]) - eye
        ahead = gap @ forward
        aside = np.sqrt(max(gap @ gap - ahead**2, 0.0))
        visible = ahead > -radius and aside - radius < half * max(ahead, 0.0) + radius
        visible |= not view.lens.flat  # a bent lens may see far to the side
        if not thing.stands and (np.linalg.norm(gap) < _NEAR or visible):
            yield thing


def _placed(things: Sequence[Present], time: float) -> Soup | None:
    poses = [thing.track.world_from_body(time) for thing in things]
    numbers = [thing.number for thing in things]
    return Soup([thing.mesh for thing in things], numbers, poses) if things else None


def _scene(vertices: Array, faces: Array) -> Any:
    mesh = mi.Mesh("soup", len(vertices), len(faces))
    content = mi.traverse(mesh)
    content["vertex_positions"] = numbers(vertices.ravel())
    content["faces"] = indices(faces.ravel())
    content.update()
    return mi.load_dict({"type": "scene", "soup": mesh}, parallel=False, optimize=False)
