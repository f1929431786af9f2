"""Carriageway, kerbs, sidewalks and land as meshes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from jaxtyping import Float
from shapely.geometry import LinearRing, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from synthgen.geometry import Array
from synthgen.materials import Material
from synthgen.place import palette
from synthgen.place.facets import Patch, mesh_of, quads
from synthgen.place.layout import COUNTRY, Layout
from synthgen.place.look import Look
from synthgen.place.planar import along, lengths, polygons_of, surface, tiles
from synthgen.place.relief import STEP, Ramps, split
from synthgen.world import Body

TILE = 40.0
_ON_ROAD = 0.002


@dataclass(frozen=True, eq=False)
class Pavement:
    """A driveway, path or parking lot: `area` of `material`, level with the land."""

    area: Polygon
    material: Material


def road_body(plan: Layout, look: Look, rng: np.random.Generator) -> Body:
    """Return the carriageway: level, with repaired patches, manhole covers and tar seams."""
    spots = _spots(plan, rng, 5.0)
    patches = [_oblong(spot, rng) for spot in spots[::2]]
    mended = shapely.union_all(patches).intersection(plan.road)
    parts = [
        surface(tiles(plan.road.difference(mended), TILE), 0.0, look.road),
        surface(polygons_of(mended), 0.0, look.patch),
    ]
    sewers = spots[:0] if plan.network.kind in COUNTRY else spots[1::2]
    covers = [shapely.Point(*spot[:2]).buffer(0.31, quad_segs=4) for spot in sewers]
    inside = [cover for cover in covers if plan.road.contains(cover)]
    parts.append(surface(inside, _ON_ROAD, palette.IRON))
    seams = shapely.union_all([patch.boundary.buffer(0.03) for patch in patches[::2]])
    parts.append(surface(polygons_of(seams.intersection(plan.road)), _ON_ROAD, palette.TAR))
    return Body("ground/road", "road", "carriageway", mesh_of(parts, "road"))


def _spots(plan: Layout, rng: np.random.Generator, every: float) -> Float[Array, "n 3"]:
    """Positions [m] and headings [rad] strewn over the lanes, one per ten `every` [m] of lane."""
    found = []
    for lane in plan.network.lanes:
        if lane.kind != "drive":
            continue
        steps = np.linalg.norm(np.diff(lane.shape[:, :2], axis=0), axis=1)
        for _ in range(rng.poisson(steps.sum() / (10 * every))):
            step = int(rng.choice(len(steps), p=steps / steps.sum()))
            share = rng.uniform()
            a, b = lane.shape[step, :2], lane.shape[step + 1, :2]
            middle = a + share * (b - a) + rng.uniform(-0.8, 0.8, 2)
            found.append([*middle, np.arctan2(b[1] - a[1], b[0] - a[0])])
    return np.array(found).reshape(-1, 3)


def _oblong(spot: Float[Array, "3"], rng: np.random.Generator) -> Polygon:
    length, width = rng.uniform(1.2, 9.0), rng.uniform(0.8, 2.4)
    along = np.array([np.cos(spot[2]), np.sin(spot[2])]) * length / 2
    aside = np.array([-np.sin(spot[2]), np.cos(spot[2])]) * width / 2
    return Polygon([spot[:2] + i * along + j * aside for i, j in _SQUARE])


_SQUARE = ((-1, -1), (1, -1), (1, 1), (-1, 1))


def sidewalk_bodies(plan: Layout, look: Look, lowered: Ramps) -> list[Body]:
    """Return kerbs and sidewalks: bevelled stones, lowered at crossings, and slabs.

    In open land the carriageway has banks instead of kerbs, which are part of the land.
    """
    edging = _kerbs(plan, look, lowered)
    slabs = split(tiles(plan.walks, TILE), lowered)
    walks = surface(slabs, lowered.height, look.walk)
    if plan.network.kind not in COUNTRY:
        mesh = mesh_of([*edging, walks], "sidewalk")
        return [Body("ground/sidewalk", "sidewalk", "sidewalk", mesh)]
    found = [Body("ground/bank", "terrain", "bank", mesh_of(edging, "terrain"))]
    if slabs:
        paths = mesh_of([walks], "sidewalk")
        found.append(Body("ground/sidewalk", "sidewalk", "sidewalk", paths))
    return found


def _kerbs(plan: Layout, look: Look, lowered: Ramps) -> list[Patch]:
    """Bevels from the carriageway up, and the tops of the stones."""
    faces: list[Array] = []
    tops: list[Polygon] = []
    bends = [shapely.union_all([p.exterior for p in group]) for group in lowered.creases]
    for road in polygons_of(plan.road):
        outline = orient(road)
        lines = (outline.exterior, *outline.interiors)
        rings = [_noded(line, lowered, bends) for line in lines]
        rims = [_bevel(ring, plan.edging.rise) for ring in rings]
        faces.extend(_rise(a, b, lowered) for a, b in zip(rings, rims, strict=True))
        tops.append(Polygon(rims[0], rims[1:]).buffer(0))
    stones = plan.stones.difference(shapely.union_all(tops))
    corners = np.concatenate(faces)
    uv = np.concatenate([corners[:, :, :1] + corners[:, :, 1:2], corners[:, :, 2:]], axis=2)
    flat = split(tiles(stones, TILE), lowered)
    return [quads(corners, look.kerb, uv), surface(flat, lowered.height, look.kerb)]


def kerb_lines(plan: Layout) -> list[tuple[Float[Array, "k 2"], Float[Array, "j 2"]]]:
    """Return closed kerb lines, road on the left, with unit normals away from it per segment."""
    found = []
    for road in polygons_of(plan.road):
        outline = orient(road)
        for ring in (outline.exterior, *outline.interiors):
            line = shapely.get_coordinates(ring)
            step = np.diff(line, axis=0)
            step = step / np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-9)
            found.append((line, np.column_stack([step[:, 1], -step[:, 0]])))
    return found


def _noded(ring: LinearRing, lowered: Ramps, bends: Sequence[BaseGeometry]) -> Float[Array, "k 2"]:
    """Coordinates of `ring`, closed, with points where the kerb bends down."""
    points = shapely.get_coordinates(ring)
    way = lengths(points)
    extra: list[float] = []
    shapely.prepare(ring)
    near = np.flatnonzero(shapely.dwithin(ring, shapely.points(lowered.origin), 0.01))
    for index in near.tolist():
        local = shapely.clip_by_rect(ring, *bends[index].bounds)
        hits = shapely.get_coordinates(local.intersection(bends[index]))
        extra.extend(shapely.line_locate_point(ring, shapely.points(hits)))
    full = np.unique(np.concatenate([way, extra]).round(6))
    full = full[np.concatenate([[True], np.diff(full) > 2e-3])]
    line = along(points, full)
    line[-1] = line[0]
    return line


def _bevel(ring: Float[Array, "k 2"], rise: float) -> Float[Array, "k 2"]:
    """`ring` moved away from the road by its `rise` [m]; the road lies on its left."""
    step = np.diff(ring, axis=0)
    step = step / np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-9)
    right = np.column_stack([step[:, 1], -step[:, 0]])
    total = right + np.roll(right, 1, axis=0)
    total = total / np.maximum((total**2).sum(axis=1, keepdims=True) / 2, 0.6)
    moved = ring[:-1] + rise * total
    return np.vstack([moved, moved[:1]])


def _rise(low: Array, high: Array, lowered: Ramps) -> Float[Array, "n 4 3"]:
    """Faces from the carriageway at `low` to the stones' rim at `high`, seen from the road."""
    bottom = np.column_stack([low, np.zeros(len(low))])
    top = np.column_stack([high, lowered.height(high)])
    return np.stack([bottom[1:], bottom[:-1], top[:-1], top[1:]], axis=1)


def terrain_body(
    plan: Layout,
    look: Look,
    lowered: Ramps,
    pavements: Sequence[Pavement],
    paint: Sequence[Patch] = (),
) -> Body:
    """Return the land in the blocks with its paved parts, and a floor that closes every seam."""
    tree = shapely.STRtree([one.area for one in pavements])
    land: list[Polygon] = []
    for block in plan.blocks:
        near = tree.query(block, predicate="intersects")
        paved = shapely.union_all([pavements[i].area for i in sorted(near)])
        land.extend(tiles(block.difference(paved), 1.5 * TILE))
    parts = [surface(split(land, lowered), lowered.height, look.ground)]
    for material in dict.fromkeys(one.material for one in pavements):
        areas = [one.area for one in pavements if one.material == material]
        parts.append(surface(split(areas, lowered), lowered.height, material))
    low_x, low_y, high_x, high_y = plan.region.bounds
    floor = [[low_x, low_y], [high_x, low_y], [high_x, high_y], [low_x, high_y]]
    level = np.column_stack([floor, np.full(4, -STEP)])
    parts.append(quads(level, palette.SOIL))
    return Body("ground/terrain", "terrain", "land", mesh_of([*parts, *paint], "terrain"))
