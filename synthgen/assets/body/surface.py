"""Surfaces that know where on the body they lie, and can be cut along any line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.assets.skeleton import Loose, Piece
from synthgen.geometry import Array, unit
from synthgen.materials import Material
from synthgen.mesh import Mesh, corner_normals


@dataclass(frozen=True, eq=False)
class Surface:
    """Triangles over the body in the rest pose.

    Attributes:
        points: [m] of this person.
        home: per vertex x, y, z [m] on the neutral body, way along the arm (0 shoulder, 1 elbow,
            2 wrist) and along the leg (0 hip, 1 knee, 2 ankle); below 0 elsewhere.
        weights: share of each bone.
        triangles: vertex numbers, anticlockwise from outside.
        finish: number of each triangle's material.
    """

    points: Float[Array, "v 3"]
    home: Float[Array, "v 5"]
    weights: Float[Array, "v b"]
    triangles: Int[Array, "t 3"]
    finish: Int[Array, "t"]

    @property
    def middle(self) -> Float[Array, "t 5"]:
        """`home` of the middle of each triangle."""
        return self.home[self.triangles].mean(axis=1)


def cut(
    surface: Surface, field: Float[Array, "v"], near: Bool[Array, "t"] | None = None
) -> tuple[Surface, Bool[Array, "t"]]:
    """Return the surface with triangles divided where `field` is zero, and which are above zero.

    New vertices lie on the zero line, linearly between their neighbours. Only the triangles `near`
    are divided.
    """
    above = field > 0
    count = above[surface.triangles].sum(axis=1)
    if near is not None:
        count = np.where(near, count, 0)
    mixed = (count == 1) | (count == 2)
    inside = count[mixed] == 1
    lone = above[surface.triangles[mixed]] == inside[:, None]
    order = (np.argmax(lone, axis=1)[:, None] + np.arange(3)) % 3
    a, b, c = np.take_along_axis(surface.triangles[mixed], order, 1).T
    pairs, ab, ac = _crossed(a, b, c, len(field))
    parts = [np.stack(corners, 1) for corners in ((a, ab, ac), (ab, b, c), (ab, c, ac))]
    points, home, weights = _between((surface.points, surface.home, surface.weights), field, pairs)
    divided = Surface(
        points,
        home,
        weights,
        np.concatenate([surface.triangles[~mixed], *parts]),
        np.concatenate([surface.finish[~mixed], *[surface.finish[mixed]] * 3]),
    )
    return divided, np.concatenate([count[~mixed] == 3, inside, ~inside, ~inside])


def _crossed(a: Array, b: Array, c: Array, count: int) -> tuple[Array, Array, Array]:
    """Return the distinct edges a-b and a-c, and the number of the new vertex on each."""
    ends = np.sort(np.concatenate([np.stack([a, b], 1), np.stack([a, c], 1)]), axis=1)
    keys, number = np.unique(ends @ np.array([count, 1]), return_inverse=True)
    ab, ac = (number + count).reshape(2, -1)
    return np.stack([keys // count, keys % count], 1), ab, ac


def _between(tables: tuple[Array, ...], field: Array, pairs: Array) -> list[Array]:
    """Return each table with a row more for each of `pairs`, where `field` is zero."""
    low, high = field[pairs[:, 0]], field[pairs[:, 1]]
    share = (low / np.where(low == high, 1.0, low - high))[:, None]
    return [
        np.concatenate([table, table[pairs[:, 0]] * (1 - share) + table[pairs[:, 1]] * share])
        for table in tables
    ]


def kept(surface: Surface, field: Float[Array, "v"]) -> Surface:
    """Return the part where `field` is above zero."""
    divided, above = cut(surface, field)
    return chosen(divided, above)


def chosen(surface: Surface, which: Bool[Array, "t"]) -> Surface:
    """Return the triangles `which`, without vertices that none of them uses."""
    used, triangles = np.unique(surface.triangles[which], return_inverse=True)
    return Surface(
        surface.points[used], surface.home[used], surface.weights[used],
        triangles.reshape(-1, 3), surface.finish[which],
    )  # fmt: skip


def coated(surface: Surface, field: Float[Array, "v"], finish: int) -> Surface:
    """Return the surface with the part where `field` is above zero in material `finish`.

    The part must be wider than triangles; see `banded` for what is not.
    """
    divided, above = cut(surface, field)
    return replace(divided, finish=np.where(above, finish, divided.finish))


Limit = tuple[Callable[[Array], Array], float, float]
"""A value of `home` with its least and greatest allowed."""


def banded(
    surface: Surface, limits: Sequence[Limit], finish: int, near: Callable[[Array], Array]
) -> Surface:
    """Return the surface with the part within all `limits` in `finish`, with exact edges.

    Only triangles whose middle is `near` are cut or painted, so that edges elsewhere stay whole;
    the part must end inside what is near.
    """
    for value, low, high in limits:
        for sign, limit in ((1.0, low), (-1.0, high)):
            field = sign * (value(surface.home) - limit)
            surface, _ = cut(surface, field, near(surface.middle))
    middle = surface.middle
    inside = near(middle)
    for value, low, high in limits:
        inside = inside & (value(middle) > low) & (value(middle) < high)
    return replace(surface, finish=np.where(inside, finish, surface.finish))


def vertex_normals(points: Float[Array, "v 3"], triangles: Int[Array, "t 3"]) -> Array:
    """Return the outward unit normal of every vertex, weighted by area."""
    a, b, c = (points[triangles[:, i]] for i in range(3))
    face = np.cross(b - a, c - a)
    total = np.zeros_like(points)
    for corner in range(3):
        np.add.at(total, triangles[:, corner], face)
    return unit(total)


def smoothed(points: Float[Array, "v 3"], triangles: Int[Array, "t 3"], rounds: int) -> Array:
    """Return the points after `rounds` of moving half way to the mean of their neighbours.

    They move along the normal alone, so that lines on the surface stay where they are.
    """
    edges = triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    count = np.maximum(np.bincount(edges.ravel(), minlength=len(points)), 1)[:, None]
    normals = vertex_normals(points, triangles)
    for _ in range(rounds):
        total = np.zeros_like(points)
        np.add.at(total, edges[:, 0], points[edges[:, 1]])
        np.add.at(total, edges[:, 1], points[edges[:, 0]])
        way = ((total / count - points) * normals).sum(axis=1, keepdims=True)
        points = points + 0.5 * way * normals
    return points


def border(surface: Surface) -> Int[Array, "e 2"]:
    """Return the edges that one triangle alone has, in that triangle's order."""
    edges = surface.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    size = len(surface.points)
    there, back = edges @ [size, 1], edges @ [1, size]
    return edges[~np.isin(there, back)]


def extruded(
    surface: Surface,
    edges: Int[Array, "e 2"],
    shift: Float[Array, "v 3"],
    weights: Float[Array, "v b"] | None = None,
) -> tuple[Surface, Int[Array, "e 2"]]:
    """Return the surface with a strip from the border `edges` to the same moved, and that border.

    `shift` [m] and `weights` (else the border's own) are given for every vertex of the surface.
    """
    rim = np.unique(edges)
    number = np.full(len(surface.points), -1)
    number[rim] = len(surface.points) + np.arange(len(rim))
    (a, b), finish = edges.T, _finish_at(surface, edges)
    strip = np.concatenate([np.stack([b, a, number[a]], 1), np.stack([b, number[a], number[b]], 1)])
    longer = Surface(
        np.concatenate([surface.points, surface.points[rim] + shift[rim]]),
        np.concatenate([surface.home, surface.home[rim]]),
        np.concatenate([surface.weights, (surface.weights if weights is None else weights)[rim]]),
        np.concatenate([surface.triangles, strip]),
        np.concatenate([surface.finish, finish, finish]),
    )
    return longer, number[edges]


def _finish_at(surface: Surface, edges: Int[Array, "e 2"]) -> Int[Array, "e"]:
    """Return the material beside each border edge."""
    finish = np.zeros(len(surface.points), np.int64)
    finish[surface.triangles.ravel()] = np.repeat(surface.finish, 3)
    return finish[edges[:, 0]]


def piece(
    surface: Surface, materials: tuple[Material, ...], kind: str, loose: Loose | None = None
) -> Piece:
    """Return the surface as a piece of a skin, empty triangles left out."""
    a, b, c = (surface.points[surface.triangles[:, i]] for i in range(3))
    solid = np.linalg.norm(np.cross(b - a, c - a), axis=1) > 2e-8
    if loose is not None:
        solid[loose.triangles] = True
        names = np.searchsorted(np.unique(surface.triangles[solid]), np.arange(len(surface.points)))
        loose = loose.numbered(names, int(solid[: loose.triangles[0]].sum()) - loose.triangles[0])
    whole = chosen(surface, solid)
    triangles = whole.triangles.astype(np.int32)
    count = len(triangles)
    mesh = Mesh(
        vertices=whole.points, triangles=triangles, material=whole.finish.astype(np.int32),
        materials=materials, normals=corner_normals(whole.points, triangles, 1.2),
        uv=np.zeros((count, 3, 2)), circuit=np.full(count, -1, np.int32),
        part=np.zeros(count, np.int32), classes=(kind,),
    )  # fmt: skip
    return Piece(mesh, whole.weights, loose=loose)
