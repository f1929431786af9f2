"""What each ray found: position, normals, texture coordinates, material."""

from typing import NamedTuple

import numba
import numpy as np

from synthgen.geometry import inverse
from synthgen.rays import Hits
from synthgen.render.raycast.atlas import Atlas
from synthgen.render.raycast.brdf import dot
from synthgen.render.raycast.lantern import vector
from synthgen.scene import Moment

_NEAR = 1e-6
_NO_OFFSET = np.zeros(0)


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
        body_from_world: at each of the `time`s (k rows 4 4).
        time: [s] after that of the view, evenly spaced: rays were cast at or between them.
    """

    row: np.ndarray
    world_from_body: np.ndarray
    body_from_world: np.ndarray
    time: np.ndarray


def poses(moment: Moment, times: np.ndarray) -> Poses:
    """Return the poses that take hits of rays cast at or between `times` [s] to the moment's."""
    bodies = len(moment.scene.world.bodies)
    row = np.zeros(bodies + 1, np.int64)
    row[[thing.number for thing in moment.things]] = np.arange(len(moment.things)) + 1
    frozen = [thing.track.world_from_body(moment.time) for thing in moment.things]
    cast = [
        [np.eye(4), *(inverse(pose) for pose in frozen)]
        if time == moment.time
        else [np.eye(4), *(inverse(thing.track.world_from_body(time)) for thing in moment.things)]
        for time in times.tolist()
    ]
    offset = times - (times[0] + times[-1]) / 2
    return Poses(row, np.stack([np.eye(4), *frozen]), np.array(cast), offset)


def spots(
    origin: np.ndarray, direction: np.ndarray, hits: Hits, atlases: tuple[Atlas, Atlas],
    where: Poses, pixel: float, offset: np.ndarray | None = None,
) -> Spots:  # fmt: skip
    """Return the spots of all `hits`; `pixel` is a ray's angular width [rad].

    `atlases` are that of fixed and that of posed bodies; `offset` [s] is when each ray was cast,
    where `where` has more than one time.
    """
    index = np.flatnonzero(hits.body >= 0)
    out = _empty(len(index))
    out.ray[:] = index
    found = _found(hits, _NO_OFFSET if offset is None else offset)
    # Wheels and limbs of a frame lie over what the whole mesh says of them.
    for atlas in atlases:
        look_up(out, found, atlas)
    place(out, (origin, direction), found, where, pixel, np.empty((1, 4, 4)))
    return out


class Found(NamedTuple):
    """`Hits`, and when each ray was cast [s] where things move meanwhile, else empty."""

    distance: np.ndarray
    body: np.ndarray
    primitive: np.ndarray
    barycentric: np.ndarray
    offset: np.ndarray


def _found(hits: Hits, offset: np.ndarray) -> Found:
    return Found(hits.distance, hits.body, hits.primitive, hits.barycentric, offset)


def _empty(count: int) -> Spots:
    vectors = [np.empty((count, 3), np.float32) for _ in range(6)]
    numbers = [np.empty(count, np.int32) for _ in range(3)]
    lengths = [np.empty(count, np.float32) for _ in range(2)]
    uv = np.empty((count, 2), np.float32)
    return Spots(np.empty(count, np.int64), *vectors, uv, *numbers, *lengths)  # type: ignore[call-arg]


@numba.njit(cache=True)
def _turned(poses, row, v):  # type: ignore[no-untyped-def]
    """Return `v` turned as the pose in that `row` turns it."""
    x, y, z = v
    return (
        poses[row, 0, 0] * x + poses[row, 0, 1] * y + poses[row, 0, 2] * z,
        poses[row, 1, 0] * x + poses[row, 1, 1] * y + poses[row, 1, 2] * z,
        poses[row, 2, 0] * x + poses[row, 2, 1] * y + poses[row, 2, 2] * z,
    )


@numba.njit(cache=True)
def _moved(poses, row, point):  # type: ignore[no-untyped-def]
    """Return `point` where the pose in that `row` puts it."""
    x, y, z = _turned(poses, row, point)
    return x + poses[row, 0, 3], y + poses[row, 1, 3], z + poses[row, 2, 3]


@numba.njit(cache=True)
def _between(where, row, offset, out):  # type: ignore[no-untyped-def]
    """Write the pose of `row` at `offset` [s] to `out`, between the two nearest known ones."""
    last = len(where.time) - 1
    place = (offset - where.time[0]) / (where.time[last] - where.time[0]) * last
    low = min(max(int(place), 0), last - 1)
    share = place - low
    for i in range(4):
        for j in range(4):
            out[i, j] = (1.0 - share) * where.body_from_world[low, row, i, j] + (
                share * where.body_from_world[low + 1, row, i, j]
            )


@numba.njit(cache=True)
def _put(rows, n, v):  # type: ignore[no-untyped-def]
    rows[n, 0], rows[n, 1], rows[n, 2] = v


@numba.njit(cache=True)
def look_up(out, found, atlas):  # type: ignore[no-untyped-def]
    """Set what `atlas` knows of the spots of its bodies; `flat` and `normal` as stored there.

    Here and below fields are taken before the loop: within it each would count references anew,
    which costs more than all the arithmetic.
    """
    ray, uv, flat, normal = out.ray, out.uv, out.flat, out.normal
    material, circuit, of_body, of_primitive = (
        out.material, out.circuit, found.body, found.primitive
    )  # fmt: skip
    weights, first, low, high, wired = (
        found.barycentric, atlas.first, atlas.low, atlas.high, atlas.wired
    )  # fmt: skip
    face, normals, corners, materials, circuits = (
        atlas.face, atlas.normals, atlas.uv, atlas.material, atlas.circuit
    )  # fmt: skip
    for n in range(len(ray)):
        i = ray[n]
        body, primitive = of_body[i], of_primitive[i]
        if not low[body] <= primitive < high[body]:
            continue
        t = first[body] + primitive
        b, c = np.float64(weights[i, 0]), np.float64(weights[i, 1])
        a = 1.0 - b - c
        for k in range(2):
            uv[n, k] = a * corners[t, 0, k] + b * corners[t, 1, k] + c * corners[t, 2, k]
        for k in range(3):
            flat[n, k] = face[t, k]
            normal[n, k] = a * normals[t, 0, k] + b * normals[t, 1, k] + c * normals[t, 2, k]
        material[n] = materials[t]
        circuit[n] = wired[body] + circuits[t] if circuits[t] >= 0 else -1


@numba.njit(cache=True)
def place(out, rays, found, where, pixel, between):  # type: ignore[no-untyped-def]
    """Set where spots are and where they face, from `flat` and `normal` in the body's frame.

    `rays` are origins and directions; `between` (1, 4, 4) is for notes.
    """
    origin, direction = rays
    ray, distance, size = out.ray, out.distance, out.size
    bodies, reach, of_body = out.body, found.distance, found.body
    rows, here, there, offset = (
        where.row, where.world_from_body, where.body_from_world[0], found.offset
    )  # fmt: skip
    timed = len(offset) > 0
    locals_, positions, eyes, flats, faces, normals = (
        out.local, out.position, out.eye, out.flat, out.face, out.normal
    )  # fmt: skip
    for n in range(len(ray)):
        i = ray[n]
        bodies[n], distance[n] = of_body[i], reach[i]
        far, toward = np.float64(reach[i]), vector(direction, i)
        eye = -toward[0], -toward[1], -toward[2]
        x, y, z = vector(origin, i)
        point = x + far * toward[0], y + far * toward[1], z + far * toward[2]
        flat, normal, row = vector(flats, n), vector(normals, n), rows[of_body[i]]
        local, face = point, flat
        if row > 0:
            if timed:
                _between(where, row, offset[i], between[0])
            local = _moved(between, 0, point) if timed else _moved(there, row, point)
            point = _moved(here, row, local)
            face, normal = _turned(here, row, flat), _turned(here, row, normal)
        facing = dot(face, eye)
        side = 1.0 if facing >= 0.0 else -1.0
        _put(locals_, n, local)
        _put(positions, n, point)
        _put(eyes, n, eye)
        _put(flats, n, (flat[0] * side, flat[1] * side, flat[2] * side))
        _put(faces, n, (face[0] * side, face[1] * side, face[2] * side))
        _put(normals, n, _bent(face, normal, eye, side))
        size[n] = pixel * far / np.sqrt(max(abs(facing), 0.02))


@numba.njit(cache=True)
def _bent(face, normal, eye, side):  # type: ignore[no-untyped-def]
    """Return the unit shading normal, turned towards the eye by `side`.

    One that looks away from the eye is bent back to the silhouette.
    """
    x, y, z = normal
    length = dot(normal, normal)
    if length < _NEAR or dot(face, normal) < 0.1:
        x, y, z = face
        length = 1.0
    scale = side / np.sqrt(length)
    x, y, z = x * scale, y * scale, z * scale
    bend = max(0.02 - dot((x, y, z), eye), 0.0)
    x, y, z = x + bend * eye[0], y + bend * eye[1], z + bend * eye[2]
    total = np.sqrt(x * x + y * y + z * z)
    return x / total, y / total, z / total
