"""Open land between the roads: fields with crops, hedgerows, woods and single trees."""

from collections.abc import Sequence

import numpy as np
import shapely
import shapely.affinity
from jaxtyping import Float
from shapely.geometry import Polygon, box
from shapely.geometry.base import BaseGeometry

from synthgen.geometry import Array
from synthgen.materials import Material
from synthgen.place import palette
from synthgen.place.crops import bales, draw_crop, fields_of, stand
from synthgen.place.facets import Patch, boxes, quads
from synthgen.place.ground import Pavement
from synthgen.place.layout import Layout
from synthgen.place.planar import along, lengths, strewn, tiles
from synthgen.place.relief import STEP
from synthgen.place.vegetation import COARSE, FINE, bushes, conifers, trees
from synthgen.place.yards import Yard

VERGE = {"rural": 3.5, "motorway": 13.0}
"""[m] of grass between a road's bank and the first field."""
CELL = (110.0, 230.0)
"""[m] Least and greatest side of a parcel."""
WOODS = {"rural": 0.2, "motorway": 0.3}
"""Share of the parcels that are woods."""
NEAR = 38.0
"""[m] from the road within which rows are drawn one by one."""
FRINGE = 32.0
"""[m] of a wood that is drawn tree by tree, seen from the road."""
BUDGET = 1100
"""Trees of all woods together."""


def countryside(
    plan: Layout, taken: Sequence[Polygon], rng: np.random.Generator, left: float = 1.0
) -> Yard:
    """Return fields, hedges and woods on all land that is not `taken`.

    That share of the leaves of trees and bushes is `left`.
    """
    kind = plan.network.kind
    angle = float(rng.uniform(-0.25, 0.25))
    road = plan.street.buffer(VERGE[kind], quad_segs=2)
    built = shapely.union_all([road, *(one.buffer(2.0) for one in taken)])
    near = plan.street.buffer(NEAR, quad_segs=2)
    made, woods = Yard(), []
    for cell in _cells(plan.region, angle, rng):
        wild = rng.uniform() < WOODS[kind]
        for parcel in fields_of(cell.buffer(-1.5).difference(built), 500.0):
            if wild:
                woods.append(parcel)
            else:
                _field(parcel, near, angle, made, rng)
                _hedgerow(parcel, near, made, rng, left)
    made.crowns.extend(_woods(woods, plan.street, rng, left))
    made.greens.extend(_undergrowth(woods, near, rng, left))
    return made


def _cells(region: Polygon, angle: float, rng: np.random.Generator) -> list[Polygon]:
    """Return rectangles turned by `angle` [rad] that cover `region`."""
    middle = np.array(region.centroid.coords[0])
    reach = float(np.hypot(*(np.array(region.bounds[2:]) - middle))) + 10
    found = []
    x = -reach
    while x < reach:
        wide = float(rng.uniform(*CELL))
        y = -reach + float(rng.uniform(-CELL[0], 0))
        while y < reach:
            deep = float(rng.uniform(*CELL))
            corner, size = middle + np.array([x, y]), np.array([wide, deep])
            cell = shapely.affinity.rotate(
                box(*corner, *(corner + size)), angle,
                origin=tuple(middle), use_radians=True,
            )  # fmt: skip
            part = cell.intersection(region)
            if part.area > 600:
                found.append(part)
            y += deep
        x += wide
    return found


def _field(
    parcel: Polygon, near: BaseGeometry, angle: float, made: Yard, rng: np.random.Generator
) -> None:
    """Add one field with its crop."""
    crop = draw_crop(rng)
    made.pavements.extend(Pavement(part, crop.ground) for part in tiles(parcel, 60.0))
    row = angle + (np.pi / 2 if rng.uniform() < 0.5 else 0.0)
    made.greens.extend(stand(parcel, crop, near, row, STEP, rng))
    if crop.name == "stubble":
        made.greens.extend(bales(parcel, STEP, rng))
    elif crop.name == "meadow":
        made.fences.extend(_wire(parcel, near, rng))


def _wire(parcel: Polygon, near: BaseGeometry, rng: np.random.Generator) -> list[Patch]:
    """Return a pasture's fence: wooden posts with three wires, along what is near the road."""
    if rng.uniform() < 0.4 or not parcel.intersects(near):
        return []
    line = shapely.get_coordinates(parcel.buffer(-0.8, join_style="mitre").exterior)
    total = float(lengths(line)[-1])
    at = along(line, np.linspace(0, total, max(int(total / 3.5), 3) + 1))
    seen = shapely.contains_xy(near, at)
    low = np.column_stack([at - 0.05, np.full(len(at), STEP - 0.1)])[seen]
    high = low + np.array([0.1, 0.1, 1.3])
    if not len(low):
        return []
    parts = [boxes(low, high, palette.WOOD)]
    pairs = np.flatnonzero(seen[:-1] & seen[1:])
    for z in (0.45, 0.75, 1.05):
        parts.append(_wires(at[pairs], at[pairs + 1], STEP + z))
    return parts


def _wires(start: Float[Array, "n 2"], end: Float[Array, "n 2"], z: float) -> Patch:
    """Return wires 8 mm thick between points at height `z` [m]: three-sided rods."""
    way = end - start
    side = np.column_stack([-way[:, 1], way[:, 0]]) / np.linalg.norm(way, axis=1, keepdims=True)

    def at(points: Array, aside: float, up: float) -> Array:
        return np.column_stack([points + aside * side, np.full(len(points), z + up)])

    rim = [(0.004, 0.0), (-0.004, 0.0), (0.0, 0.007)]
    faces = [
        np.stack([at(start, *a), at(end, *a), at(end, *b), at(start, *b)], axis=1)
        for a, b in zip(rim, [*rim[1:], rim[0]], strict=True)
    ]
    return quads(np.concatenate(faces), palette.STEEL)


def _hedgerow(
    parcel: Polygon, near: BaseGeometry, made: Yard, rng: np.random.Generator, left: float
) -> None:
    """Add a hedgerow along a part of the parcel's border, with a tree here and there."""
    draw = rng.uniform()
    line = shapely.get_coordinates(parcel.exterior)
    total = float(lengths(line)[-1])
    if draw < 0.5 or not parcel.intersects(near) or total < 60:
        return
    start, long = float(rng.uniform(0, total)), float(rng.uniform(40, 160))
    at = (start + np.arange(0.0, long, 1.3)) % total
    spots = along(line, at) + rng.normal(0, 0.25, (len(at), 2))
    spots = spots[shapely.contains_xy(near, spots)]
    if len(spots) < 4:
        return
    size = rng.uniform(0.8, 1.5, len(spots))
    feet = np.column_stack([spots, STEP + 0.75 * size])
    radii = np.column_stack([size, size, 1.05 * size])
    made.greens.extend(bushes(feet, radii, _leaf(rng), rng, 110, left))
    tall = spots[rng.uniform(size=len(spots)) < 0.06]
    if len(tall):
        ground = np.column_stack([tall, np.full(len(tall), STEP)])
        heights = rng.uniform(7, 13, len(tall))
        crowns, trunks = trees(ground, heights, _leaf(rng), rng, FINE, left)
        made.crowns.extend([*crowns, *trunks])


def _leaf(rng: np.random.Generator) -> Material:
    return palette.foliage(*palette.LEAVES[int(rng.integers(len(palette.LEAVES)))])


def _woods(
    woods: Sequence[Polygon], street: BaseGeometry, rng: np.random.Generator, left: float
) -> list[Patch]:
    """Return the trees of all woods: densely where they are seen from the road."""
    seen = street.buffer(140.0, quad_segs=2)
    edges = [(wood, wood.difference(wood.buffer(-FRINGE)).intersection(seen)) for wood in woods]
    total = sum(edge.area for _, edge in edges)
    parts: list[Patch] = []
    for _, edge in edges:
        if edge.area < 60:
            continue
        count = int(min(edge.area / 22.0, BUDGET * edge.area / total))
        parts.extend(_stand_of_trees(edge, count, street, rng, left))
    return parts


def _stand_of_trees(
    area: BaseGeometry, count: int, street: BaseGeometry, rng: np.random.Generator, left: float
) -> list[Patch]:
    """Return `count` trees strewn over `area`: conifers, or broad-leaved ones of two kinds."""
    spots = strewn(area, count, rng)
    feet = np.column_stack([spots, np.full(len(spots), STEP)])
    evergreen = rng.uniform() < 0.35
    dark = rng.uniform(size=len(feet)) < (0.85 if evergreen else 0.08)
    parts: list[Patch] = []
    if dark.any():
        parts.extend(conifers(feet[dark], rng.uniform(9, 18, int(dark.sum())), rng))
    broad = feet[~dark]
    close = shapely.dwithin(shapely.points(broad[:, :2]), street, NEAR)
    for kind in (0, 1):
        mine = np.arange(len(broad)) % 2 == kind
        for which, leaves in ((mine & close, FINE), (mine & ~close, COARSE)):
            if which.any():
                heights = rng.uniform(8, 16, int(which.sum()))
                crowns, trunks = trees(broad[which], heights, _leaf(rng), rng, leaves, left)
                parts.extend([*crowns, *trunks])
    return parts


def _undergrowth(
    woods: Sequence[Polygon], near: BaseGeometry, rng: np.random.Generator, left: float
) -> list[Patch]:
    """Return bushes along the edges of the woods."""
    parts = []
    for wood in woods:
        edge = wood.difference(wood.buffer(-3.0)).intersection(near)
        spots = strewn(edge, int(edge.area / 13.0), rng)
        if len(spots):
            size = rng.uniform(0.5, 1.6, len(spots))
            feet = np.column_stack([spots, STEP + 0.6 * size])
            radii = np.column_stack([size, size, 0.95 * size])
            parts.extend(bushes(feet, radii, _leaf(rng), rng, left=left))
    return parts
