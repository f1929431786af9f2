"""Closed surfaces made from warped, rounded lattice boxes: the clay of every vehicle."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numba
import numpy as np
from jaxtyping import Float, Int

from synthgen.assets.doorway import Doorway
from synthgen.geometry import Array, unit
from synthgen.materials import Material


class Side(IntEnum):
    """Face of the lattice box that a triangle came from."""

    FRONT = 0
    REAR = 1
    LEFT = 2
    RIGHT = 3
    TOP = 4
    BOTTOM = 5


FLANKS = (Side.LEFT, Side.RIGHT)
Planes = Sequence[float] | np.ndarray


@dataclass(frozen=True)
class Finish:
    """What covers a triangle: a material and the circuit that lights it up (empty for none)."""

    material: Material
    circuit: str = ""


@dataclass(frozen=True)
class Turning:
    """A run of triangles that turns about an axle along y: a wheel.

    Attributes:
        first: triangle.
        last: triangle after the run.
        hub: [m] middle of the axle.
        radius: [m] of the tyre.
    """

    first: int
    last: int
    hub: tuple[float, float, float]
    radius: float


@dataclass(frozen=True, eq=False)
class Shell:
    """A surface under construction.

    Attributes:
        points: [m].
        normals: shading normal per vertex, not necessarily of length one.
        triangles: vertex indices, anticlockwise seen from outside.
        side: `Side` per triangle.
        finish: index into `finishes` per triangle.
        finishes: what covers the triangles.
        wheels: which triangles turn; kept by what moves, mirrors and joins shells.
        doorways: doors that can be opened in a finished body, on either side.
    """

    points: Float[Array, "v 3"]
    normals: Float[Array, "v 3"]
    triangles: Int[Array, "t 3"]
    side: Int[Array, "t"]
    finish: Int[Array, "t"]
    finishes: tuple[Finish, ...]
    wheels: tuple[Turning, ...] = ()
    doorways: tuple[Doorway, ...] = ()


def smooth_normals(
    points: Float[Array, "v 3"], triangles: Int[Array, "t 3"]
) -> Float[Array, "v 3"]:
    """Return the area-weighted mean normal at each vertex."""
    return unit(_sums(np.ascontiguousarray(points), np.ascontiguousarray(triangles, np.int64)))


@numba.njit(cache=True)
def _sums(points, triangles):  # type: ignore[no-untyped-def]
    """Return the sum of the normals, as long as twice the area, of the triangles at each vertex."""
    total = np.zeros((len(points), 3))
    for a, b, c in triangles:
        one, two = points[b] - points[a], points[c] - points[a]
        for i in range(3):
            j, k = (i + 1) % 3, (i + 2) % 3
            area = one[j] * two[k] - one[k] * two[j]
            total[a, i] += area
            total[b, i] += area
            total[c, i] += area
    return total


def lattice(xs: Planes, ys: Planes, zs: Planes, finish: Finish) -> Shell:
    """Return the surface of a box cut along the planes `xs`, `ys` and `zs` [m]."""
    axes = [np.asarray(lines, float) for lines in (xs, ys, zs)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    surface = np.zeros(grid.shape[:3], bool)
    for axis in range(3):
        np.moveaxis(surface, axis, 0)[[0, -1]] = True
    ids = np.cumsum(surface.ravel()).reshape(surface.shape) - 1
    # Nobody looks at undersides: three columns of vertices are enough there.
    under = ids[:, [0, len(axes[1]) // 2, -1], 0] if len(axes[1]) > 3 else ids[:, :, 0]
    sheets = (ids[-1], ids[0].T, ids[:, -1].T, ids[:, 0], ids[:, :, -1], under.T)
    faces = [_quads(sheet) for sheet in sheets]
    triangles = np.concatenate(faces)
    points = grid[surface]
    return Shell(
        points=points,
        normals=smooth_normals(points, triangles),
        triangles=triangles,
        side=np.repeat(np.arange(6), [len(face) for face in faces]),
        finish=np.zeros(len(triangles), np.int64),
        finishes=(finish,),
    )


def _quads(sheet: Int[Array, "p q"]) -> Int[Array, "t 3"]:
    """Two triangles per cell of `sheet`, facing rows cross columns."""
    a, b, c, d = sheet[:-1, :-1], sheet[1:, :-1], sheet[1:, 1:], sheet[:-1, 1:]
    split = np.stack([np.stack([a, b, c], -1), np.stack([a, c, d], -1)], axis=-2)
    return split.reshape(-1, 3)


def lines(low: float, high: float, radius: float, inner: int, arcs: int = 2) -> Float[Array, "k"]:
    """Return planes [m] from `low` to `high`: `arcs` per rounded edge, `inner` cells between.

    `inner` must be even where the result is to have a plane in the middle.
    """
    bend = radius * (1 - np.tan(np.linspace(np.pi / 4, 0, arcs + 1)[:-1]))
    flat = np.linspace(low + radius, high - radius, inner + 1)
    return np.concatenate([low + bend, flat, (high - bend)[::-1]])


def rounded(shell: Shell, radii: tuple[float, float, float]) -> Shell:
    """Return `shell`, a box, with its edges rounded to an ellipsoid of `radii` [m]."""
    size = np.asarray(radii, float)
    low, high = shell.points.min(axis=0), shell.points.max(axis=0)
    core = np.clip(shell.points, low + size, high - size)
    away = (shell.points - core) / size
    length = np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9)
    return placed(shell, core + size * away / length)


def rounded_box(
    low: Sequence[float],
    high: Sequence[float],
    radii: tuple[float, float, float],
    cells: tuple[int, int, int],
    finish: Finish,
    arcs: int = 2,
) -> Shell:
    """Return a box from `low` to `high` [m] with rounded edges and `cells` inner cells."""
    xs, ys, zs = (lines(low[i], high[i], radii[i], cells[i], arcs) for i in range(3))
    return rounded(lattice(xs, ys, zs, finish), radii)


def placed(shell: Shell, points: Float[Array, "v 3"]) -> Shell:
    """Return `shell` with its vertices at `points` [m] and fresh normals."""
    return replace(shell, points=points, normals=smooth_normals(points, shell.triangles))


def warped(shell: Shell, warp: Callable[[Array], Array]) -> Shell:
    """Return `shell` with every vertex taken through `warp`."""
    return placed(shell, warp(shell.points))


def block(center: Planes, size: Planes, finish: Finish) -> Shell:
    """Return a sharp-edged box of `size` [m] about `center` [m]."""
    axis, sign = np.repeat([0, 1, 2], 2), np.tile([1.0, -1.0], 3)
    normals = np.zeros((6, 3))
    normals[np.arange(6), axis] = sign
    along = np.roll(np.abs(normals), 1, axis=1)
    across = np.roll(np.abs(normals), 2, axis=1) * sign[:, None]
    rim = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    corners = np.stack([normals + s * along + t * across for s, t in rim], axis=1)
    first = 4 * np.arange(6)[:, None]
    triangles = (first[:, None] + np.array([[0, 1, 2], [0, 2, 3]])).reshape(-1, 3)
    return Shell(
        points=np.asarray(center, float) + corners.reshape(-1, 3) * np.asarray(size, float) / 2,
        normals=np.repeat(normals, 4, axis=0),
        triangles=triangles,
        side=np.repeat(np.arange(6), 2),
        finish=np.zeros(12, np.int64),
        finishes=(finish,),
    )


def shifted(shell: Shell, offset: Sequence[float]) -> Shell:
    """Return `shell` moved by `offset` [m]."""
    x, y, z = (float(way) for way in offset)
    wheels = tuple(
        replace(wheel, hub=(wheel.hub[0] + x, wheel.hub[1] + y, wheel.hub[2] + z))
        for wheel in shell.wheels
    )
    return replace(shell, points=shell.points + np.asarray(offset, float), wheels=wheels)


def mirrored(shell: Shell) -> Shell:
    """Return `shell` reflected to the other side of the body (y negated)."""
    flip = np.array([1.0, -1.0, 1.0])
    swap = np.array([0, 1, 3, 2, 4, 5])
    return replace(
        shell,
        points=shell.points * flip,
        normals=shell.normals * flip,
        triangles=np.ascontiguousarray(shell.triangles[:, ::-1]),
        side=swap[shell.side],
        wheels=tuple(
            replace(wheel, hub=(wheel.hub[0], -wheel.hub[1], wheel.hub[2]))
            for wheel in shell.wheels
        ),
    )


def joined(shells: Sequence[Shell]) -> Shell:
    """Return all `shells` as one; equal finishes are shared."""
    finishes = tuple(dict.fromkeys(f for shell in shells for f in shell.finishes))
    number = {finish: index for index, finish in enumerate(finishes)}
    starts = np.cumsum([0, *(len(shell.points) for shell in shells)])
    firsts = np.cumsum([0, *(len(shell.triangles) for shell in shells)])
    return Shell(
        points=np.concatenate([shell.points for shell in shells]),
        normals=np.concatenate([shell.normals for shell in shells]),
        triangles=np.concatenate(
            [shell.triangles + start for shell, start in zip(shells, starts, strict=False)]
        ),
        side=np.concatenate([shell.side for shell in shells]),
        finish=np.concatenate(
            [np.array([number[f] for f in shell.finishes])[shell.finish] for shell in shells]
        ),
        finishes=finishes,
        wheels=tuple(
            replace(wheel, first=wheel.first + int(first), last=wheel.last + int(first))
            for shell, first in zip(shells, firsts, strict=False)
            for wheel in shell.wheels
        ),
    )


def fitted(shell: Shell, low: Sequence[float], high: Sequence[float]) -> Shell:
    """Return `shell` stretched to fill the box from `low` to `high` [m] exactly."""
    bottom, top = shell.points.min(axis=0), shell.points.max(axis=0)
    scale = (np.asarray(high, float) - low) / (top - bottom)
    normals = unit(shell.normals / scale)
    return replace(shell, points=low + (shell.points - bottom) * scale, normals=normals)
