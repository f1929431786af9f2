"""What grows on fields: standing crops, rows, ploughed land, bales."""

from dataclasses import dataclass

import numpy as np
import shapely
from jaxtyping import Float
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from synthgen.geometry import Array, unit
from synthgen.materials import Material, Texture, srgb
from synthgen.place import palette
from synthgen.place.facets import Patch, quads
from synthgen.place.planar import along, lengths, polygons_of, surface, tiles

TILE = 60.0


def _leafy(name: str, color: tuple[int, int, int], texture: Texture = Texture.GRASS) -> Material:
    contrast = (0.35 if texture is Texture.FOLIAGE else 0.0, 0.0, 0.0, 0.0)
    return Material(name, srgb(*color), 0.95, 0, texture, contrast, reflectance=0.5, porosity=0.4)


@dataclass(frozen=True)
class Crop:
    """What a field bears.

    Attributes:
        name: of the crop.
        weight: how often it is met.
        ground: soil or sward between the plants.
        plants: the plants; None for bare land.
        height: [m] of the plants, least and most.
        spacing: [m] between rows; 0 for a closed stand.
    """

    name: str
    weight: float
    ground: Material
    plants: Material | None
    height: tuple[float, float] = (0.0, 0.0)
    spacing: float = 0.0


_EARTH = Material("ploughed soil", srgb(104, 82, 62), 0.95, 0, Texture.SOIL, reflectance=0.3,
                  porosity=0.8)  # fmt: skip
CROPS = (
    Crop("wheat", 0.22, _EARTH, _leafy("wheat", (172, 148, 92), Texture.FOLIAGE), (0.7, 0.95)),
    Crop("barley", 0.1, _EARTH, _leafy("barley", (146, 150, 86), Texture.FOLIAGE), (0.6, 0.9)),
    Crop("rape", 0.1, _EARTH, _leafy("rape", (164, 158, 62), Texture.FOLIAGE), (1.1, 1.4)),
    Crop("maize", 0.14, _EARTH, _leafy("maize", (72, 104, 42), Texture.FOLIAGE), (1.8, 2.4)),
    Crop("beet", 0.12, _EARTH, _leafy("beet", (70, 112, 50), Texture.FOLIAGE), (0.3, 0.45), 0.5),
    Crop("potatoes", 0.08, _EARTH, _leafy("potatoes", (58, 88, 44), Texture.FOLIAGE), (0.45, 0.6),
         0.75),
    Crop("ploughed", 0.12, _EARTH, _EARTH, (0.14, 0.22), 0.7),
    Crop("meadow", 0.2, _leafy("meadow", (98, 118, 58)), None),
    Crop("stubble", 0.08, _leafy("stubble", (186, 164, 112)), None),
)  # fmt: skip
"""Heights at their fullest; spacings of rows as sown (Kuratorium für Technik und Bauwesen in der
Landwirtschaft, "Betriebsplanung Landwirtschaft": maize and potatoes 0.75 m, beet 0.45 to 0.5 m)."""


def draw_crop(rng: np.random.Generator) -> Crop:
    """Return a crop, by weight."""
    weights = np.array([crop.weight for crop in CROPS])
    return CROPS[int(rng.choice(len(CROPS), p=weights / weights.sum()))]


def stand(
    area: Polygon, crop: Crop, near: BaseGeometry, angle: float, base: float,
    rng: np.random.Generator,
) -> list[Patch]:  # fmt: skip
    """Return the plants on `area`; rows only within `near`, along `angle` [rad]."""
    if crop.plants is None:
        return []
    height = float(rng.uniform(*crop.height))
    if crop.spacing:
        return [_rows(area.intersection(near), crop, angle, base, height)]
    inner = tiles(area, TILE)
    return [
        surface(inner, base + height, crop.plants), _rim(area, crop.plants, base, height, rng),
        _blades(area.boundary.intersection(near), crop.plants, base, height, rng),
    ]  # fmt: skip


_DENSE, _MOST = 9.0, 3000
"""Blades on a metre of the edge of a stand, and the most of one stand."""


def _blades(
    edge: BaseGeometry, plants: Material, base: float, height: float, rng: np.random.Generator
) -> Patch:
    """Return the outermost plants of a stand: upright blades that lean about its `edge`."""
    parts = shapely.get_parts(edge)
    parts = parts[shapely.length(parts) > 0.5]
    count = int(min(_DENSE * shapely.length(parts).sum(), _MOST))
    ends = np.concatenate([[0.0], np.cumsum(shapely.length(parts))])
    at = np.sort(rng.uniform(0, ends[-1], count))
    which = np.clip(np.searchsorted(ends, at, side="right") - 1, 0, max(len(parts) - 1, 0))
    spots = shapely.get_coordinates(
        shapely.line_interpolate_point(parts[which], at - ends[which])
    ) + rng.normal(0, 0.2, (count, 2))  # fmt: skip
    turn, size = rng.uniform(0, 2 * np.pi, count), rng.uniform(0.7, 1.3, count)
    half = 0.15 * size[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
    foot = base + height * rng.uniform(0.0, 0.75, count)
    top = np.minimum(foot + 0.7 * size * min(height, 1.0), base + 1.12 * height)
    lean = spots + rng.normal(0, 0.1, spots.shape)
    corners = np.stack(
        [np.column_stack([spots - half, foot]), np.column_stack([spots + half, foot]),
         np.column_stack([lean, top])], axis=1
    )  # fmt: skip
    face = unit(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]))
    normals = np.repeat(unit(face + np.array([0.0, 0.0, 0.5]))[:, None], 3, axis=1)
    return Patch(corners, plants, corners[..., :2], -1, normals)


def _rim(
    area: Polygon, plants: Material, base: float, height: float, rng: np.random.Generator
) -> Patch:
    """Return the ragged outer face of a stand: it leans out at the foot and ends in tufts."""
    faces = []
    for ring in (area.exterior, *area.interiors):
        line = shapely.get_coordinates(ring)
        total = float(lengths(line)[-1])
        at = np.linspace(0, total, max(int(total / 1.1), 4) + 1)
        points = along(line, at)
        points[-1] = points[0]
        top = base + height + rng.normal(0.06, 0.12 * min(height, 1.2), len(points))
        top[-1] = top[0]
        low = np.column_stack([points, np.full(len(points), base)])
        high = np.column_stack([points, top])
        outer = np.stack([low[1:], low[:-1], high[:-1], high[1:]], axis=1)
        faces.append(outer if ring.is_ccw is False else outer[:, ::-1])
        faces.append(faces[-1][:, ::-1])
    corners = np.concatenate(faces)
    uv = np.stack([corners[..., 0] + corners[..., 1], corners[..., 2]], axis=2)
    return quads(corners, plants, uv)


def _rows(area: BaseGeometry, crop: Crop, angle: float, base: float, height: float) -> Patch:
    """Return ridges of plants over `area`: roofs of two faces that slope down at their ends."""
    assert crop.plants is not None
    lines = _furrows(area, crop.spacing, angle)
    side = 0.36 * crop.spacing * np.array([-np.sin(angle), np.cos(angle)])
    a, b = lines[:, 0], lines[:, 1]
    inward = 0.6 * height * np.array([np.cos(angle), np.sin(angle)])

    def at(points: Array, z: float) -> Array:
        return np.column_stack([points, np.full(len(points), z)])

    low = at(a - side, base), at(a + side, base), at(b - side, base), at(b + side, base)
    tops = at(a + inward, base + height), at(b - inward, base + height)
    right = np.stack([low[0], low[2], tops[1], tops[0]], axis=1)
    left = np.stack([low[3], low[1], tops[0], tops[1]], axis=1)
    front = np.stack([low[1], low[0], tops[0], tops[0]], axis=1)
    back = np.stack([low[2], low[3], tops[1], tops[1]], axis=1)
    return quads(np.concatenate([right, left, front, back]), crop.plants)


def _furrows(area: BaseGeometry, spacing: float, angle: float) -> Float[Array, "n 2 2"]:
    """Return parallel segments `spacing` [m] apart along `angle` [rad] that cover `area`."""
    if area.is_empty:
        return np.zeros((0, 2, 2))
    ahead = np.array([np.cos(angle), np.sin(angle)])
    left = np.array([-ahead[1], ahead[0]])
    corners = shapely.get_coordinates(area)
    across, forth = corners @ left, corners @ ahead
    at = np.arange(across.min() + spacing / 2, across.max(), spacing)
    start = at[:, None] * left + (forth.min() - 1) * ahead
    end = at[:, None] * left + (forth.max() + 1) * ahead
    cut = shapely.intersection(shapely.linestrings(np.stack([start, end], axis=1)), area)
    parts = shapely.get_parts(cut)
    parts = parts[(shapely.get_num_coordinates(parts) == 2) & (shapely.length(parts) > 2.0)]
    ends = shapely.get_coordinates(parts).reshape(-1, 2, 2)
    turned = (ends[:, 1] - ends[:, 0]) @ ahead < 0
    ends[turned] = ends[turned][:, ::-1]
    return ends


def bales(area: Polygon, base: float, rng: np.random.Generator) -> list[Patch]:
    """Return round bales lying about on a field that has been cut."""
    low_x, low_y, high_x, high_y = area.bounds
    spots = rng.uniform([low_x, low_y], [high_x, high_y], (int(rng.integers(4, 14)), 2))
    spots = spots[shapely.contains_xy(area.buffer(-3), spots)]
    straw = palette.wall(srgb(196, 172, 112))
    return [_bale(spot, float(rng.uniform(0, np.pi)), base, straw) for spot in spots]


def _bale(spot: Array, yaw: float, base: float, straw: Material) -> Patch:
    """Return a drum of 1.25 m lying on its side, 1.2 m wide."""
    turn = np.linspace(0, 2 * np.pi, 15)
    ring = np.column_stack([np.cos(turn), np.sin(turn) + 0.97]) * 0.64
    axis, across = np.array([np.cos(yaw), np.sin(yaw)]), np.array([-np.sin(yaw), np.cos(yaw)])

    def end(shift: float) -> Array:
        flat = spot + shift * axis + ring[:, :1] * across
        return np.column_stack([flat, base + ring[:, 1]])

    one, two = end(-0.6), end(0.6)
    skin = np.stack([two[:-1], two[1:], one[1:], one[:-1]], axis=1)
    lids = []
    for rim, order in ((one, 1), (two, -1)):
        middle = np.broadcast_to(rim[:-1].mean(axis=0), (14, 3))
        fan = np.stack([rim[:-1], middle, middle, rim[1:]][::order], axis=1)
        lids.append(fan)
    return quads(np.concatenate([skin[:, ::-1], *lids]), straw)


def fields_of(area: BaseGeometry, smallest: float) -> list[Polygon]:
    """Return the polygons of `area` larger than `smallest` [m2], without small dents."""
    opened = area.buffer(-2.0, quad_segs=2).buffer(2.0, quad_segs=2).simplify(0.3)
    return polygons_of(opened.intersection(area), smallest)
