"""Road markings as two bodies: lane markings and crosswalks."""

from dataclasses import dataclass

import numpy as np
import shapely
from jaxtyping import Float
from shapely.geometry.base import BaseGeometry

from synthgen.geometry import Array
from synthgen.materials import Material
from synthgen.network import Network
from synthgen.place import palette
from synthgen.place.crosswalks import painted_area
from synthgen.place.facets import Patch, mesh_of
from synthgen.place.layout import Layout, crossing_area
from synthgen.place.lines import Edge, Marking, edges, mapped, white_lines, yellow_lines
from synthgen.place.look import Look
from synthgen.place.planar import lifted, polygons_of, surface
from synthgen.place.symbols import Crossbar, arrows, bicycles, crossbars
from synthgen.world import Body

LIFT = 0.004
"""[m] paint above the carriageway: enough for single-precision rays 1 km from the origin."""
_INSET = 0.03
_CRUMB = 2e-4
"""[m2] Pieces of the map's lines that are left out. Bends are cut into short quads."""
_COLORS = {"white": palette.WHITE, "yellow": palette.YELLOW}
_WEARS = (-0.1, 0.0, 0.15)


@dataclass(frozen=True, eq=False)
class Paint:
    """What is painted on the road, as data.

    Attributes:
        edges: the wheeled lanes by edge.
        lines: lines along the lanes of each of these; none where the map has lines.
        mapped: lines that the map has.
        crossbars: stop and yield lines.
    """

    edges: tuple[Edge, ...]
    lines: tuple[tuple[Marking, ...], ...]
    mapped: tuple[Marking, ...]
    crossbars: tuple[Crossbar, ...]


def plan_paint(network: Network) -> Paint:
    """Return what is painted on the roads of `network`."""
    found = edges(network.lanes)
    wheeled = [lane for edge in found for lane in edge.lanes]
    return Paint(
        edges=tuple(found),
        lines=tuple(() if network.lines else _lines(edge, network.kind) for edge in found),
        mapped=tuple(mapped(network.lines)),
        crossbars=tuple(crossbars(wheeled)),
    )


def _lines(edge: Edge, kind: str) -> tuple[Marking, ...]:
    return (*white_lines(edge, kind), *yellow_lines(edge, kind))


def marking_body(plan: Layout, paint: Paint, look: Look, rng: np.random.Generator) -> list[Body]:
    """Return the body of all lane markings, none if nothing is painted."""
    wear = rng.choice(_WEARS, len(paint.edges)) + look.wear
    parts: list[Patch] = []
    for lines, worn in zip(paint.lines, wear, strict=True):
        worn = float(np.clip(worn, 0.05, 0.9).round(2))
        for line in lines:
            material = palette.paint(_COLORS[line.color], worn)
            for stripe in line.stripes:
                parts.extend(_laid(stripe.quads, material, plan))
    white = palette.paint(palette.WHITE, round(look.wear, 2))
    wheeled = [lane for edge in paint.edges for lane in edge.lanes]
    bars = [bar.triangles for bar in paint.crossbars]
    across = np.concatenate([np.zeros((0, 3, 2)), *bars])
    parts.extend(_mapped(plan, paint, look))
    for flat in (across, arrows(plan.network, paint.edges), bicycles(wheeled)):
        corners = np.concatenate([flat, np.full((len(flat), 3, 1), LIFT)], axis=2)
        parts.append(Patch(corners, white, flat))
    if not sum(len(part.corners) for part in parts):
        return []
    mesh = mesh_of(parts, "lane_marking")
    return [Body("ground/lane_marking", "lane_marking", "paint", mesh)]


def free_ground(plan: Layout, paint: Paint) -> BaseGeometry:
    """Return where lines of the map may be painted: not where crossings and stop bars are."""
    bars = np.concatenate([np.zeros((0, 3, 2)), *(bar.triangles for bar in paint.crossbars)])
    zebras = [crossing_area(one).buffer(0.5) for one in plan.network.crossings]
    taken = shapely.union_all([*zebras, shapely.union_all(shapely.polygons(bars)).buffer(0.1)])
    return plan.road.difference(taken)


def _mapped(plan: Layout, paint: Paint, look: Look) -> list[Patch]:
    """Return the lines that the map has."""
    if not plan.network.lines:
        return []
    free = free_ground(plan, paint)
    shapely.prepare(free)
    parts = []
    for color, tone in _COLORS.items():
        quads = [line.stripes[0].quads for line in paint.mapped if line.color == color]
        shapes = shapely.polygons(np.concatenate([np.zeros((0, 4, 2)), *quads]))
        inside = shapely.contains(free, shapes)
        cut = shapely.intersection(shapes[~inside], free)
        pieces = [*shapes[inside], *(part for one in cut for part in polygons_of(one, _CRUMB))]
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
