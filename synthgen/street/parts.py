"""Parts that furniture is put together from: tubes, lathed shapes, plates, frames."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array, unit
from synthgen.materials import Material
from synthgen.mesh import Mesh, mesh


def tube(
    line: Sequence[Sequence[float]] | Array,
    radius: Sequence[float] | float,
    material: Material,
    kind: str,
    sides: int = 8,
) -> Mesh:
    """Return a closed tube along `line` (k, 3) [m] with `radius` [m] at each of its points."""
    path = np.asarray(line, float)
    radii = np.broadcast_to(np.asarray(radius, float), len(path))
    ahead = unit(np.gradient(path, axis=0))
    side = unit(np.cross(ahead, _across(ahead)))
    up = np.cross(side, ahead)
    angle = np.arange(sides) / sides * 2 * np.pi
    ring = np.cos(angle)[:, None, None] * side + np.sin(angle)[:, None, None] * up
    rings = path + radii[:, None] * ring.transpose(0, 1, 2)
    vertices = np.concatenate([rings.transpose(1, 0, 2).reshape(-1, 3), path[[0, -1]]])
    triangles = np.concatenate([_sleeve(len(path), sides), _caps(len(path), sides)])
    return mesh(vertices, _outward(vertices, triangles), material, kind, crease=0.9)


def lathe(
    profile: Sequence[Sequence[float]], material: Material, kind: str, sides: int = 12
) -> Mesh:
    """Return the solid that `profile` (radius, height) [m], from bottom to top, sweeps about z."""
    outline = np.asarray(profile, float)
    line = np.column_stack([np.zeros((len(outline), 2)), outline[:, 1]])
    angle = np.arange(sides) / sides * 2 * np.pi
    circle = np.stack([np.cos(angle), np.sin(angle), 0 * angle], 1)
    vertices = (line[:, None] + outline[:, 0, None, None] * circle).reshape(-1, 3)
    vertices = np.concatenate([vertices, line[[0, -1]]])
    triangles = np.concatenate([_sleeve(len(line), sides), _caps(len(line), sides)])
    return mesh(vertices, _outward(vertices, triangles), material, kind, crease=0.7)


def block(
    low: Sequence[float], high: Sequence[float], material: Material, kind: str, circuit: int = -1
) -> Mesh:
    """Return a cuboid from `low` to `high` [m]."""
    corner = np.array([low, high], float)
    index = np.array([[i >> 2 & 1, i >> 1 & 1, i & 1] for i in range(8)])
    vertices = np.stack([corner[index[:, axis], axis] for axis in range(3)], 1)
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    triangles = np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))])
    return mesh(vertices, triangles, material, kind, circuit=circuit)


def plate(
    outline: Sequence[Sequence[float]] | Array, thickness: float, face: Material, back: Material,
    kind: str, circuit: int = -1,
) -> list[Mesh]:  # fmt: skip
    """Return a flat plate facing +x: a front in `face`, back and rim in `back`.

    `outline` (k, 2) [m] is convex, in (y, z): to the right and up for someone who reads it,
    anticlockwise. The front's `uv` runs over its bounding square, [0, 1]^2, the reader's right
    and up.
    """
    shape = np.asarray(outline, float)
    count = len(shape)
    front = np.column_stack([np.full(count, thickness / 2), shape])
    rear = front - [thickness, 0, 0]
    fan = np.array([[0, i, i + 1] for i in range(1, count - 1)])
    span = shape.max(axis=0) - shape.min(axis=0)
    flat = (shape - shape.min(axis=0)) / span
    following = (np.arange(count) + 1) % count
    here = np.arange(count)
    rim = np.concatenate(
        [
            np.stack([here, here + count, following + count], 1),
            np.stack([here, following + count, following], 1),
        ]
    )
    return [
        mesh(front, fan, face, kind, uv=flat[fan], circuit=circuit),
        mesh(rear, fan[:, ::-1], back, kind),
        mesh(np.concatenate([front, rear]), rim, back, kind),
    ]


def disc(radius: float, sides: int = 20) -> Float[Array, "k 2"]:
    """Return the outline of a disc."""
    angle = np.arange(sides) / sides * 2 * np.pi
    return radius * np.stack([np.cos(angle), np.sin(angle)], 1)


def polygon(radius: float, sides: int, turn: float = 0.0) -> Float[Array, "k 2"]:
    """Return a regular polygon whose corners lie at `radius` [m]."""
    angle = turn + np.arange(sides) / sides * 2 * np.pi
    return radius * np.stack([np.cos(angle), np.sin(angle)], 1)


def rectangle(width: float, height: float) -> Float[Array, "4 2"]:
    """Return the outline of a rectangle about the origin."""
    return np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [width / 2, height / 2]


def _across(ahead: Array) -> Array:
    """Return vectors that are not along `ahead`."""
    steep = np.abs(ahead[:, [2]]) > 0.9
    return np.where(steep, np.array([1.0, 0, 0]), np.array([0, 0, 1.0]))


def _sleeve(rings: int, sides: int) -> Array:
    here = np.arange(sides)
    following = (here + 1) % sides
    low = np.arange(rings - 1)[:, None] * sides
    a, b = low + here, low + following
    one = np.stack([a, b, b + sides], -1).reshape(-1, 3)
    two = np.stack([a, b + sides, a + sides], -1).reshape(-1, 3)
    return np.concatenate([one, two])


def _caps(rings: int, sides: int) -> Array:
    here = np.arange(sides)
    following = (here + 1) % sides
    bottom, top = rings * sides, rings * sides + 1
    last = (rings - 1) * sides
    lower = np.stack([following, here, np.full(sides, bottom)], 1)
    upper = np.stack([here + last, following + last, np.full(sides, top)], 1)
    return np.concatenate([lower, upper])


def _outward(vertices: Array, triangles: Array) -> Array:
    """Return `triangles` turned so that the solid's volume is positive, empty ones left out."""
    a, b, c = (vertices[triangles[:, i]] for i in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    volume = np.einsum("ni,ni->n", a, np.cross(b, c)).sum()
    kept = triangles[area > 1e-10]
    return kept if volume >= 0 else kept[:, ::-1]
