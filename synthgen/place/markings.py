"""Road markings as two bodies: lane markings and crosswalks."""

import numpy as np
import shapely
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.materials import Material
from synthgen.place import palette
from synthgen.place.crosswalks import painted_area
from synthgen.place.facets import Patch, mesh_of
from synthgen.place.layout import Layout, crossing_area
from synthgen.place.lines import edges, mapped, white_lines, yellow_lines
from synthgen.place.look import Look
from synthgen.place.planar import lifted, polygons_of, surface
from synthgen.place.symbols import arrows, bicycles, stop_lines
from synthgen.world import Body

LIFT = 0.004
"""[m] paint above the carriageway: enough for single-precision rays 1 km from the origin."""
_INSET = 0.03
_WEARS = (-0.1, 0.0, 0.15)


def marking_body(plan: Layout, look: Look, rng: np.random.Generator) -> list[Body]:
    """Return the body of all lane markings, none if nothing is painted."""
    found = edges(plan.network.lanes)
    wear = rng.choice(_WEARS, len(found)) + look.wear
    parts: list[Patch] = []
    for edge, worn in zip(found, wear, strict=True):
        worn = float(np.clip(worn, 0.05, 0.9).round(2))
        if plan.network.lines:
            continue
        for quad in white_lines(edge, plan.network.kind):
            parts.extend(_laid(quad, palette.paint(palette.WHITE, worn), plan))
        for quad in yellow_lines(edge, plan.network.kind):
            parts.extend(_laid(quad, palette.paint(palette.YELLOW, worn), plan))
    white = palette.paint(palette.WHITE, round(look.wear, 2))
    wheeled = [lane for edge in found for lane in edge.lanes]
    parts.extend(_mapped(plan, look, stop_lines(wheeled)))
    for flat in (stop_lines(wheeled), arrows(plan.network, found), bicycles(wheeled)):
        corners = np.concatenate([flat, np.full((len(flat), 3, 1), LIFT)], axis=2)
        parts.append(Patch(corners, white, flat))
    if not sum(len(part.corners) for part in parts):
        return []
    mesh = mesh_of(parts, "lane_marking")
    return [Body("ground/lane_marking", "lane_marking", "paint", mesh)]


def _mapped(plan: Layout, look: Look, bars: Float[Array, "t 3 2"]) -> list[Patch]:
    """Return the lines that the map has, but for where crossings and stop bars are painted."""
    if not plan.network.lines:
        return []
    zebras = [crossing_area(one).buffer(0.5) for one in plan.network.crossings]
    taken = shapely.union_all([*zebras, shapely.union_all(shapely.polygons(bars)).buffer(0.1)])
    free = plan.road.difference(taken)
    shapely.prepare(free)
    parts = []
    for color, tone in (("white", palette.WHITE), ("yellow", palette.YELLOW)):
        quads = [mapped(one) for one in plan.network.lines if one.color == color]
        shapes = shapely.polygons(np.concatenate([np.zeros((0, 4, 2)), *quads]))
        inside = shapely.contains(free, shapes)
        cut = shapely.intersection(shapes[~inside], free)
        pieces = [*shapes[inside], *(part for one in cut for part in polygons_of(one, 0.01))]
        parts.append(surface(pieces, LIFT, palette.paint(tone, round(look.wear, 2))))
    return parts


def _laid(quad: Float[Array, "n 4 2"], material: Material, plan: Layout) -> list[Patch]:
    """Quads as paint; what sticks out of the carriageway is cut off."""
    if not len(quad):
        return []
    shapes = shapely.polygons(quad)
    shapely.prepare(plan.paintable)
    inside = shapely.contains(plan.paintable, shapes)
    parts = [lifted([quad[inside]], LIFT, material)]
    if not inside.all():
        local = plan.road.intersection(shapely.box(*shapely.total_bounds(shapes[~inside])))
        cut = shapely.intersection(shapes[~inside], local)
        pieces = [part for shape in cut for part in polygons_of(shape, 0.01)]
        parts.append(surface(pieces, LIFT, material))
    return parts


def crosswalk_body(plan: Layout, look: Look) -> list[Body]:
    """Return the body of all crosswalk bars, none if there are no crossings."""
    material = palette.paint(palette.WHITE, round(min(look.wear + 0.1, 0.9), 2))
    inner = plan.road.buffer(-_INSET)
    shapely.prepare(inner)
    shapes = [part for one in plan.network.crossings for part in painted_area(one, inner)]
    if not shapes:
        return []
    mesh = mesh_of([surface(shapes, LIFT, material)], "crosswalk")
    return [Body("ground/crosswalk", "crosswalk", "zebra", mesh)]
