"""Surfaces swept through rings of points: the clay of people, animals and cycles."""

from collections.abc import Sequence
from dataclasses import replace

import numba
import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array, unit
from synthgen.materials import Material
from synthgen.mesh import Mesh, mesh

Point = Sequence[float] | Float[Array, "3"]


def ring(
    center: Point, half: tuple[float, float], count: int = 12, power: float = 2.0
) -> Float[Array, "n 3"]:
    """Return a level superellipse about `center` [m], anticlockwise from above, from +x.

    `half` are the half axes along x and y [m]; `power` 2 is an ellipse, more is boxier.
    """
    angle = np.arange(count) / count * 2 * np.pi
    wave = np.stack([np.cos(angle), np.sin(angle)], 1)
    flat = np.sign(wave) * np.abs(wave) ** (2 / power) * np.asarray(half)
    return np.column_stack([flat, np.zeros(count)]) + np.asarray(center, float)


def loft(
    rings: Sequence[Array] | Array,
    material: Material,
    kind: str,
    *,
    caps: bool = True,
    crease: float = 1.1,
    circuit: int = -1,
) -> Mesh:
    """Return the surface through `rings` (m, n, 3) [m], faces turned outward, empty ones left out.

    Triangles run ring by ring, the two of a quad one after the other, then the caps.
    """
    stack = np.asarray(rings, float)
    count, sides = stack.shape[:2]
    vertices = stack.reshape(-1, 3)
    triangles = _sleeve(count, sides)
    if caps:
        vertices = np.concatenate([vertices, stack[[0, -1]].mean(axis=1)])
        triangles = np.concatenate([triangles, _caps(count, sides)])
    triangles = _outward(vertices, triangles)
    return mesh(vertices, triangles, material, kind, crease=crease, circuit=circuit)


def tube(
    line: Sequence[Point] | Array,
    radius: Sequence[float] | Array | float,
    material: Material,
    kind: str,
    sides: int = 6,
) -> Mesh:
    """Return a closed tube along `line` (k, 3) [m] with `radius` [m] at each of its points."""
    path = np.asarray(line, float)
    radii = np.broadcast_to(np.asarray(radius, float), len(path))
    return loft(_frames(path, radii, sides), material, kind)


def hoop(
    center: Point, radius: float, section: Array, material: Material, kind: str, sides: int = 24
) -> Mesh:
    """Return the ring that `section` (k, 2) [m] sweeps about the y axis through `center`.

    The section lists (outward, left) offsets from the circle of `radius` [m].
    """
    angle = np.arange(sides + 1) / sides * 2 * np.pi
    out = np.stack([np.cos(angle), 0 * angle, np.sin(angle)], 1)
    flat = np.asarray(section, float)
    rings = (radius + flat[:, 0])[None, :, None] * out[:, None] + np.array([0, 1.0, 0]) * flat[
        None, :, 1, None
    ]
    rings[-1] = rings[0]
    return loft(rings + np.asarray(center, float), material, kind, caps=False)


def plate(outline: Array, offset: Point, material: Material, kind: str, circuit: int = -1) -> Mesh:
    """Return the solid between a convex `outline` (k, 3) [m] and the same moved by `offset`."""
    low = np.asarray(outline, float)
    return loft([low, low + np.asarray(offset, float)], material, kind, crease=0.5, circuit=circuit)


def painted(part: Mesh, material: Material, which: Array) -> Mesh:
    """Return `part` with the triangles in mask `which` covered by `material`."""
    index = np.where(which, len(part.materials), part.material).astype(np.int32)
    return replace(part, materials=(*part.materials, material), material=index)


def centroids(part: Mesh) -> Float[Array, "t 3"]:
    """Return the middle of each triangle [m]."""
    return part.vertices[part.triangles].mean(axis=1)


def quads(part: Mesh) -> Float[Array, "t 3"]:
    """Return the middle of the quad of each triangle of a loft [m]: crisp edges when painting."""
    middle = centroids(part)
    even = len(middle) // 2 * 2
    pairs = middle[:even].reshape(-1, 2, 3).mean(axis=1)
    return np.concatenate([np.repeat(pairs, 2, axis=0), middle[even:]])


def flipped(part: Mesh) -> Mesh:
    """Return the mirror image of `part` across the xz plane (left for right)."""
    mirror = np.array([1.0, -1.0, 1.0])
    return replace(
        part,
        vertices=part.vertices * mirror,
        triangles=part.triangles[:, ::-1],
        normals=part.normals[:, ::-1] * mirror,
        uv=part.uv[:, ::-1],
    )


def _frames(path: Array, radii: Array, sides: int) -> Float[Array, "k n 3"]:
    """Return rings across `path`, turned as little as possible from one to the next."""
    ahead = unit(np.gradient(path, axis=0))
    side = np.cross(ahead[0], [0, 1.0, 0])
    if np.linalg.norm(side) < 0.3:
        side = np.cross(ahead[0], [1.0, 0, 0])
    angle = np.arange(sides) / sides * 2 * np.pi
    rings = []
    for middle, forward, radius in zip(path, ahead, radii, strict=True):
        side = unit(side - forward * (side @ forward))
        other = np.cross(forward, side)
        spokes = np.cos(angle)[:, None] * side + np.sin(angle)[:, None] * other
        rings.append(middle + radius * spokes)
    return np.array(rings)


def _sleeve(rings: int, sides: int) -> Array:
    here = np.arange(sides)
    after = (here + 1) % sides
    low = np.arange(rings - 1)[:, None] * sides
    one = np.stack([low + here, low + after, low + after + sides], -1)
    two = np.stack([low + here, low + after + sides, low + here + sides], -1)
    return np.stack([one, two], 2).reshape(-1, 3)


def _caps(rings: int, sides: int) -> Array:
    here = np.arange(sides)
    after = (here + 1) % sides
    bottom, last = rings * sides, (rings - 1) * sides
    lower = np.stack([after, here, np.full(sides, bottom)], 1)
    upper = np.stack([here + last, after + last, np.full(sides, bottom + 1)], 1)
    return np.concatenate([lower, upper])


def _outward(vertices: Array, triangles: Array) -> Array:
    """Return `triangles` turned so that the solid's volume is positive, empty ones left out."""
    area, first, across = _spans(vertices - vertices.mean(axis=0), triangles)
    kept = triangles[area > 1e-9]
    volume = np.einsum("ni,ni->", first, across)
    return kept if volume >= 0 else kept[:, ::-1]


@numba.njit(cache=True)
def _spans(vertices, triangles):  # type: ignore[no-untyped-def]
    """Return twice the area, the first corner, and second cross third corner of each triangle."""
    count = len(triangles)
    area, first, across = np.empty(count), np.empty((count, 3)), np.empty((count, 3))
    for t in range(count):
        a, b, c = vertices[triangles[t, 0]], vertices[triangles[t, 1]], vertices[triangles[t, 2]]
        for i in range(3):
            j, k = (i + 1) % 3, (i + 2) % 3
            first[t, i] = a[i]
            across[t, i] = b[j] * c[k] - b[k] * c[j]
        x = (b[1] - a[1]) * (c[2] - a[2]) - (b[2] - a[2]) * (c[1] - a[1])
        y = (b[2] - a[2]) * (c[0] - a[0]) - (b[0] - a[0]) * (c[2] - a[2])
        z = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        area[t] = np.sqrt(x * x + y * y + z * z)
    return area, first, across
