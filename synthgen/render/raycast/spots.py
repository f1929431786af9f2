"""What each ray found: position, normals, texture coordinates, material."""

from typing import NamedTuple

import numba
import numpy as np

from synthgen.geometry import inverse
from synthgen.rays import Hits
from synthgen.render.raycast.atlas import Atlas
from synthgen.scene import Moment

_NEAR = 1e-6


class Spots(NamedTuple):
    """Surface points, one per row; directions are unit, world frame unless said.

    Attributes:
        ray: index of the ray.
        position: [m] with every thing where it is at the moment's time.
        local: [m] in the body's frame.
        flat: face normal in the body's frame, towards the eye.
        eye: direction towards the eye.
        face: face normal, towards the eye.
        normal: shading normal.
        uv: texture coordinate.
        material: row of the palette.
        circuit: row of the wiring, -1 for none.
        body: body number.
        distance: [m] along the ray.
        size: [m] width of the pixel's footprint on the surface.
    """

    ray: np.ndarray
    position: np.ndarray
    local: np.ndarray
    flat: np.ndarray
    eye: np.ndarray
    face: np.ndarray
    normal: np.ndarray
    uv: np.ndarray
    material: np.ndarray
    circuit: np.ndarray
    body: np.ndarray
    distance: np.ndarray
    size: np.ndarray

    def select(self, which: np.ndarray) -> "Spots":
        """Return the spots that `which` (mask or indices) picks."""
        return Spots(*(column[which] for column in self))


class Poses(NamedTuple):
    """Poses of the bodies of a moment.

    Attributes:
        row: row of each body, 0 (at rest) for stuff.
        world_from_body: at the moment's time.
        body_from_world: at the time the rays were cast.
    """

    row: np.ndarray
    world_from_body: np.ndarray
    body_from_world: np.ndarray


def poses(moment: Moment, time: float) -> Poses:
    """Return the poses that take hits of rays cast at `time` [s] to the moment's time."""
    bodies = len(moment.scene.world.bodies)
    row = np.zeros(bodies + 1, np.int64)
    row[[thing.number for thing in moment.things]] = np.arange(len(moment.things)) + 1
    frozen = [thing.track.world_from_body(moment.time) for thing in moment.things]
    cast = [inverse(thing.track.world_from_body(time)) for thing in moment.things]
    return Poses(row, np.stack([np.eye(4), *frozen]), np.stack([np.eye(4), *cast]))


def spots(
    origin: np.ndarray, direction: np.ndarray, hits: Hits, atlases: tuple[Atlas, Atlas],
    where: Poses, pixel: float,
) -> Spots:  # fmt: skip
    """Return the spots of all `hits`; `pixel` is a ray's angular width [rad].

    `atlases` are that of fixed and that of posed bodies.
    """
    index = np.flatnonzero(hits.body >= 0)
    out = _empty(len(index))
    out.ray[:] = index
    _gather(out, origin, direction, _Found(*_arrays(hits)), atlases[0], atlases[1], where, pixel)
    return out


class _Found(NamedTuple):
    distance: np.ndarray
    body: np.ndarray
    primitive: np.ndarray
    barycentric: np.ndarray


def _arrays(hits: Hits) -> tuple[np.ndarray, ...]:
    return hits.distance, hits.body, hits.primitive, hits.barycentric


def _empty(count: int) -> Spots:
    vectors = [np.empty((count, 3), np.float32) for _ in range(6)]
    numbers = [np.empty(count, np.int32) for _ in range(3)]
    lengths = [np.empty(count, np.float32) for _ in range(2)]
    uv = np.empty((count, 2), np.float32)
    return Spots(np.empty(count, np.int64), *vectors, uv, *numbers, *lengths)  # type: ignore[call-arg]


@numba.njit(cache=True)
def _turn(pose, v):  # type: ignore[no-untyped-def]
    """Turn `v` in place."""
    x, y, z = v[0], v[1], v[2]
    for k in range(3):
        v[k] = pose[k, 0] * x + pose[k, 1] * y + pose[k, 2] * z


@numba.njit(cache=True)
def _move(pose, point):  # type: ignore[no-untyped-def]
    """Take `point` to where `pose` puts it, in place."""
    _turn(pose, point)
    for k in range(3):
        point[k] += pose[k, 3]


@numba.njit(cache=True)
def _corner_mix(corners, u, v, out):  # type: ignore[no-untyped-def]
    for k in range(len(out)):
        out[k] = (1.0 - u - v) * corners[0, k] + u * corners[1, k] + v * corners[2, k]


@numba.njit(cache=True)
def _gather(out, origin, direction, found, fixed, posed, where, pixel):  # type: ignore[no-untyped-def]
    point, local, normal, face = np.empty(3), np.empty(3), np.empty(3), np.empty(3)
    eye, rows = np.empty(3), np.empty((3, 3))
    for n in range(len(out.ray)):
        i = out.ray[n]
        body = found.body[i]
        primitive = found.primitive[i]
        atlas = fixed
        if posed.low[body] <= primitive < posed.high[body]:
            atlas = posed
        triangle = atlas.first[body] + primitive
        for k in range(3):
            eye[k] = -direction[i, k]
            point[k] = origin[i, k] + np.float64(found.distance[i]) * direction[i, k]
            local[k] = point[k]
            face[k] = atlas.face[triangle, k]
        u, v = np.float64(found.barycentric[i, 0]), np.float64(found.barycentric[i, 1])
        _corner_mix(atlas.uv[triangle], u, v, out.uv[n])
        _corner_mix(atlas.normals[triangle], u, v, normal)
        row = where.row[body]
        if row > 0:
            here, there = where.world_from_body[row], where.body_from_world[row]
            _move(there, local)
            point[:] = local
            _move(here, point)
            _turn(here, normal)
            _turn(here, face)
        for k in range(3):
            out.local[n, k] = local[k]
            out.position[n, k] = point[k]
            out.eye[n, k] = eye[k]
        cosine = _orient(eye, atlas.face[triangle], face, normal, rows)
        out.material[n] = atlas.material[triangle]
        circuit = atlas.circuit[triangle]
        out.circuit[n] = atlas.wired[body] + circuit if circuit >= 0 else -1
        out.body[n] = body
        out.distance[n] = found.distance[i]
        for k in range(3):
            out.flat[n, k], out.face[n, k], out.normal[n, k] = rows[0, k], rows[1, k], rows[2, k]
        out.size[n] = pixel * found.distance[i] / np.sqrt(max(cosine, 0.02))


@numba.njit(cache=True)
def _orient(eye, flat, face, normal, rows):  # type: ignore[no-untyped-def]
    """Turn face and shading normal towards the eye and store them in `rows`."""
    facing, agree, length = 0.0, 0.0, 0.0
    for k in range(3):
        facing += face[k] * eye[k]
        agree += face[k] * normal[k]
        length += normal[k] * normal[k]
    side = 1.0 if facing >= 0.0 else -1.0
    if length < _NEAR or agree < 0.1:
        normal[:] = face
        length = 1.0
    scale = side / np.sqrt(length)
    lean = 0.0
    for k in range(3):
        rows[0, k] = flat[k] * side
        rows[1, k] = face[k] * side
        normal[k] *= scale
        lean += normal[k] * eye[k]
    # A shading normal that looks away from the eye is bent back to the silhouette.
    bend = max(0.02 - lean, 0.0)
    total = 0.0
    for k in range(3):
        normal[k] += bend * eye[k]
        total += normal[k] ** 2
    for k in range(3):
        rows[2, k] = normal[k] / np.sqrt(total)
    return abs(facing)
