"""Polygons and polylines in the horizontal plane."""

from collections.abc import Callable, Iterable, Sequence

import mapbox_earcut
import numpy as np
import shapely
from jaxtyping import Float
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from synthgen.geometry import Array
from synthgen.materials import Material
from synthgen.place.facets import Patch, quads

Height = Callable[[Float[Array, "n 2"]], Float[Array, "n"]]
"""Gives the height [m] of the surface at points of the plane."""


def polygons_of(shape: BaseGeometry, smallest: float = 1e-4) -> list[Polygon]:
    """Return the polygons in `shape` with an area above `smallest` [m2]."""
    if isinstance(shape, Polygon):
        return [shape] if shape.area > smallest else []
    parts = shapely.get_parts(shape) if shape is not None else []
    found: list[Polygon] = []
    for part in parts:
        if isinstance(part, Polygon):
            found.append(part)
        elif isinstance(part, MultiPolygon):
            found.extend(part.geoms)
    return [part for part in found if part.area > smallest]


def largest(shape: BaseGeometry) -> Polygon | None:
    """Return the largest polygon in `shape`, None if it has none."""
    return max(polygons_of(shape), key=lambda part: part.area, default=None)


def triangulate(polygon: Polygon) -> Float[Array, "t 3 2"]:
    """Return the triangles of `polygon`, anticlockwise (ear clipping)."""
    flat = shapely.get_coordinates(polygon)
    ends = np.array([len(flat) - 1], np.uint32)
    if shapely.get_num_interior_rings(polygon):
        counts = shapely.get_num_coordinates(shapely.get_rings(polygon))
        ends = np.cumsum(counts - 1).astype(np.uint32)
        flat = np.delete(flat, np.cumsum(counts) - 1, axis=0)
    flat = flat[: ends[-1]]
    corners = flat[mapbox_earcut.triangulate_float64(flat, ends).reshape(-1, 3)]
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    turned = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0] < 0
    corners[turned] = corners[turned][:, ::-1]
    return corners


def _triangles(shapes: Array) -> Float[Array, "t 3 2"]:
    """Triangles of all `shapes`; convex four-cornered ones are split without ear clipping."""
    simple = (shapely.get_num_coordinates(shapes) == 5) & (
        shapely.get_num_interior_rings(shapes) == 0
    )
    corners = shapely.get_coordinates(shapes[simple]).reshape(-1, 5, 2)[:, :4]
    step = corners[:, [1, 2, 3, 0]] - corners
    after = step[:, [1, 2, 3, 0]]
    turn = step[..., 0] * after[..., 1] - step[..., 1] * after[..., 0]
    corners = np.where((turn.sum(axis=1) < 0)[:, None, None], corners[:, ::-1], corners)
    convex = (turn > 1e-9).all(axis=1) | (turn < -1e-9).all(axis=1)
    halves = corners[convex][:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3, 2)
    rest = [*shapes[~simple], *shapes[simple][~convex]]
    return np.concatenate([halves, *(triangulate(polygon) for polygon in rest)])


def surface(polygons: Iterable[Polygon], height: float | Height, material: Material) -> Patch:
    """Return the upward surface over `polygons` at `height` [m]; uv are x and y."""
    shapes = np.array(list(polygons), object)
    flat = _triangles(shapes) if len(shapes) else np.zeros((0, 3, 2))
    points = flat.reshape(-1, 2)
    z = height(points) if callable(height) else np.full(len(points), height)
    return Patch(np.column_stack([points, z]).reshape(-1, 3, 3), material, flat)


def downward(patch: Patch) -> Patch:
    """Return `patch` seen from its other side."""
    return Patch(patch.corners[:, ::-1], patch.material, patch.uv[:, ::-1], patch.circuit)


def tiles(shape: BaseGeometry, size: float) -> list[Polygon]:
    """Return `shape` cut by a square grid of `size` [m]: compact pieces for fast ray casting."""
    if shape.is_empty:
        return []
    low_x, low_y, high_x, high_y = shape.bounds
    columns = np.arange(np.floor(low_x / size), np.ceil(high_x / size)) * size
    rows = np.arange(np.floor(low_y / size), np.ceil(high_y / size)) * size
    found = []
    for x in columns:
        column = shapely.intersection(shape, box(x, low_y - 1, x + size, high_y + 1))
        cells = shapely.box(x, rows, x + size, rows + size)
        for cell in shapely.intersection(column, cells):
            found.extend(polygons_of(cell))
    return found


def lengths(line: Float[Array, "k 2"]) -> Float[Array, "k"]:
    """Return the way [m] from the start to each point of `line`."""
    steps = np.linalg.norm(np.diff(line[:, :2], axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(steps)])


def left_normals(line: Float[Array, "k 2"]) -> Float[Array, "k 2"]:
    """Return mitre vectors to the left at each point: moving by d times it offsets by d."""
    step = np.diff(line, axis=0)
    step = step / np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-9)
    normal = np.column_stack([-step[:, 1], step[:, 0]])
    before, after = np.vstack([normal[:1], normal]), np.vstack([normal, normal[-1:]])
    total = before + after
    square = np.maximum((total**2).sum(axis=1, keepdims=True) / 2, 0.5)
    return total / square


def offset(line: Float[Array, "k 2"], distance: float) -> Float[Array, "k 2"]:
    """Return `line` moved to its left by `distance` [m]."""
    return line + distance * left_normals(line)


def cut(line: Float[Array, "k 2"], start: float, end: float) -> Float[Array, "m 2"]:
    """Return the part of `line` between the ways `start` and `end` [m]."""
    way = lengths(line)
    inner = (way > start + 1e-6) & (way < end - 1e-6)
    at = np.concatenate([[start], way[inner], [end]])
    return along(line, at)


def along(line: Float[Array, "k 2"], way: Float[Array, "n"]) -> Float[Array, "n 2"]:
    """Return the points of `line` at `way` [m] from its start."""
    steps = lengths(line)
    return np.column_stack([np.interp(way, steps, line[:, i]) for i in range(2)])


def clean(line: Float[Array, "k d"]) -> Float[Array, "m 2"]:
    """Return `line` in the plane without repeated points."""
    flat = np.asarray(line, float)[:, :2]
    keep = np.concatenate([[True], np.linalg.norm(np.diff(flat, axis=0), axis=1) > 1e-3])
    return flat[keep]


def ribbon(line: Float[Array, "k 2"], width: float) -> Float[Array, "n 4 2"]:
    """Return anticlockwise quads of a strip of `width` [m] along `line`."""
    normal = left_normals(line) * width / 2
    left, right = line + normal, line - normal
    return np.stack([right[:-1], right[1:], left[1:], left[:-1]], axis=1)


def dash_starts(total: float, length: float, gap: float) -> Float[Array, "n"]:
    """Return where the dashes of a broken line of `total` [m] begin: `length` on, `gap` off."""
    return np.arange(gap / 2, total - length, length + gap)


def dashes(
    line: Float[Array, "k 2"], width: float, length: float, gap: float
) -> Float[Array, "n 4 2"]:
    """Return quads of a broken line: `length` painted, `gap` free [m], bent as the line is."""
    starts = dash_starts(lengths(line)[-1], length, gap).tolist()
    parts = [ribbon(cut(line, start, start + length), width) for start in starts]
    return np.concatenate([np.zeros((0, 4, 2)), *parts])


def lifted(flat: Sequence[Array] | Array, height: float, material: Material) -> Patch:
    """Return horizontal quads (n, 4, 2) at `height` [m]."""
    joined = (
        np.concatenate([np.asarray(f, float).reshape(-1, 4, 2) for f in flat])
        if len(flat)
        else np.zeros((0, 4, 2))
    )
    z = np.full((*joined.shape[:2], 1), height)
    return quads(np.concatenate([joined, z], axis=2), material, joined)


def strewn(area: BaseGeometry, count: int, rng: np.random.Generator) -> Float[Array, "n 2"]:
    """Return about `count` points spread at random over `area`."""
    if area.is_empty or count < 1:
        return np.zeros((0, 2))
    low_x, low_y, high_x, high_y = area.bounds
    tries = int(np.ceil(count * (high_x - low_x) * (high_y - low_y) / area.area))
    spots = rng.uniform([low_x, low_y], [high_x, high_y], (min(tries, 40 * count + 100), 2))
    shapely.prepare(area)
    return spots[shapely.contains_xy(area, spots)][:count]
