"""A place from a street network: the page that says in which order things are built."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely

from synthgen.network import Network
from synthgen.place import palette
from synthgen.place.blocks import building, design
from synthgen.place.chart import chart
from synthgen.place.countryside import countryside
from synthgen.place.facets import Patch, mesh_of
from synthgen.place.ground import Pavement, kerb_lines, road_body, sidewalk_bodies, terrain_body
from synthgen.place.halls import barn, hall, warehouse
from synthgen.place.horizon import horizon_bodies
from synthgen.place.houses import house, house_design
from synthgen.place.layout import COUNTRY, Layout, layout
from synthgen.place.look import Look, look
from synthgen.place.markings import crosswalk_body, marking_body, plan_paint
from synthgen.place.place import Frontage, Kerb, Place
from synthgen.place.planar import polygons_of
from synthgen.place.plots import Plot, Run, frontages, plots
from synthgen.place.relief import STEP, Ramps, ramps
from synthgen.place.retail import parking_lot, retail, stall_lines
from synthgen.place.shopfront import circuits
from synthgen.place.sites import PROFILES, Site, map_sites, roles, sites
from synthgen.place.vegetation import grove
from synthgen.place.works import farmyard, yard_of
from synthgen.place.yards import Yard, frame_of, pavement, yard
from synthgen.world import Body

_REACH = {"block": 3.0, "low": 3.0, "office": 12.0, "map": 9.0}
_FREE = 12.0


def build_place(network: Network, rng: np.random.Generator, left: float = 1.0) -> Place:
    """Return the place around `network`: ground, markings, buildings, gardens, horizon.

    That share of the leaves of its trees and bushes is `left`.
    """
    plan, style, paint = layout(network), look(network.kind, rng, left), plan_paint(network)
    lowered = ramps(plan)
    existing = map_sites(network.footprints, plan, rng)
    runs = frontages(plan)
    profiles = PROFILES.get(network.kind, PROFILES["osm"])
    land = plots(plan, runs, profiles, [site.area for site in existing], rng)
    built = existing + sites(land, rng)
    buildings = _buildings(built, plan, rng)
    made = _yards(built, land, style, rng)
    if network.kind in COUNTRY:
        farms = [one.plot.area for one in built if one.plot is not None]
        made.extend(countryside(plan, farms, rng, left))
    else:
        made.crowns.extend(_backland(plan, land, style, rng))
    ground = [
        road_body(plan, style, rng),
        *sidewalk_bodies(plan, style, lowered),
        terrain_body(plan, style, lowered, made.pavements, made.paint),
        *marking_body(plan, paint, style, rng),
        *crosswalk_body(plan, style),
    ]
    stuff = (*ground, *buildings, *_gardens(made), *horizon_bodies(plan, style, rng))
    areas = [site.area for site in built]
    found = _place(plan, lowered, stuff, areas, made.pavements, runs)
    return replace(found, streets=chart(plan, paint))


def _buildings(built: Sequence[Site], plan: Layout, rng: np.random.Generator) -> list[Body]:
    """One body per site, numbered."""
    sides: dict[int, tuple[str, ...]] = {}
    for use in dict.fromkeys(site.use for site in built):
        if use in _REACH:
            mine = [index for index, site in enumerate(built) if site.use == use]
            every = roles([site.area for site in built], plan, _REACH[use])
            sides.update({index: every[index] for index in mine})
    found = []
    for number, site in enumerate(built):
        patches = _patches(site, sides.get(number, ()), rng)
        mesh = mesh_of(patches, "building")
        found.append(Body(f"building/{number}", "building", site.use, mesh, circuits=circuits(rng)))
    return found


def _patches(site: Site, sides: tuple[str, ...], rng: np.random.Generator) -> list[Patch]:
    if site.use in ("hall", "barn") and site.plan is not None and site.plot is not None:
        made = warehouse(rng) if site.use == "hall" else barn(rng)
        return hall(frame_of(site.plot, STEP), site.plan.main, made, rng)
    if site.plan is not None and site.plot is not None:
        return house(frame_of(site.plot, STEP), site.plan, house_design(rng), rng)
    if site.use == "retail":
        return retail(site.area, STEP, rng)
    shops = site.use in ("block", "low") and bool(rng.uniform() < 0.72)
    return building(site.area, sides, STEP, design(site.floors, shops, rng), rng)


def _yards(
    built: Sequence[Site], land: Sequence[Plot], style: Look, rng: np.random.Generator
) -> Yard:
    """Everything around the buildings."""
    whole = Yard()
    for site in built:
        if site.plot is None:
            continue
        if site.use == "house" and site.plan is not None:
            whole.extend(yard(site.plot, site.plan, STEP, style, rng))
        elif site.use == "retail":
            far = float(site.plot.run.inward @ (_first(site.area) - site.plot.run.start)) - 1.6
            whole.pavements.extend(parking_lot(site.plot, far, palette.asphalt(94, "lot")))
            whole.paint.extend(stall_lines(site.plot, frame_of(site.plot, STEP), far))
        elif site.use in ("block", "low"):
            whole.pavements.extend(pavement(site.plot, (0, site.plot.width, 0, 0.4), style.walk))
    for plot in land:
        if plot.use in ("hall", "depot", "works"):
            whole.extend(yard_of(plot.use, plot, frame_of(plot, STEP), rng))
        elif plot.use == "farm":
            whole.pavements.extend(farmyard(plot, [s.area for s in built if s.plot is plot]))
        elif plot.use == "open" and rng.uniform() < 0.6:
            size = (0.0, plot.width, 0.0, plot.depth)
            whole.pavements.extend(pavement(plot, size, palette.asphalt(100, "lot")))
    return whole


def _backland(
    plan: Layout, land: Sequence[Plot], style: Look, rng: np.random.Generator
) -> list[Patch]:
    """Trees behind the plots and, thickly, behind dead ends."""
    taken = shapely.union_all([plot.area for plot in land]).buffer(2.5, quad_segs=1)
    open_land = plan.region.difference(taken)
    far = plan.street.buffer(9, quad_segs=1)
    wild = open_land.difference(far)
    parts = grove(wild, style.grove, STEP, plan.street, rng, style.left)
    ends = [one.position for one in plan.network.junctions if one.kind == "dead_end"]
    near = plan.street.buffer(3.5, quad_segs=1)
    for circle in shapely.buffer(shapely.points(np.array(ends).reshape(-1, 2)), 20.0):
        wild = circle.intersection(open_land).difference(near)
        parts.extend(grove(wild, 16, STEP, plan.street, rng, style.left))
    return parts


def _first(area: shapely.Polygon) -> np.ndarray:
    return shapely.get_coordinates(area)[0]


def _gardens(made: Yard) -> list[Body]:
    kinds = (
        ("fence", made.fences),
        ("vegetation", made.greens),
        ("tree", made.crowns),
        ("building", made.structures),
    )
    return [
        Body(f"garden/{kind}", kind, "garden", mesh_of(parts, kind))
        for kind, parts in kinds
        if parts
    ]


def _place(
    plan: Layout,
    lowered: Ramps,
    stuff: tuple[Body, ...],
    areas: list[shapely.Polygon],
    pavements: Sequence[Pavement],
    runs: Sequence[Sequence[Run]],
) -> Place:
    """Everything known about the place in one value."""
    built = shapely.union_all(areas)
    paved = shapely.union_all([one.area for one in pavements])
    band = plan.street.buffer(_FREE).difference(plan.street)
    free = band.intersection(plan.region).difference(built.buffer(0.5)).difference(paved)
    facts: dict[str, str | int | float] = {
        "city": plan.network.name,
        "kind": plan.network.kind,
        "attribution": plan.network.attribution,
        "buildings": len(areas),
        "triangles": sum(len(body.mesh.triangles) for body in stuff),
    }
    kerbs = tuple(Kerb(line, outward) for line, outward in kerb_lines(plan))
    tree = shapely.STRtree(areas)
    edges = tuple(_frontage(run, areas, tree) for run in _flat(runs) if run.exact)
    parts = shapely.multipolygons(polygons_of(free, 0.5))
    return Place(
        stuff, plan.road, plan.walks, parts, tuple(areas), kerbs, edges, lowered, plan, facts
    )


def _flat(runs: Sequence[Sequence[Run]]) -> list[Run]:
    return [run for group in runs for run in group]


def _frontage(run: Run, areas: Sequence[shapely.Polygon], tree: shapely.STRtree) -> Frontage:
    strip = run.rectangle(0, run.length, 0, _FREE)
    line = shapely.LineString([run.start, run.at(run.length, 0)])
    near = tree.query(strip, predicate="intersects")
    depth = min((line.distance(areas[i]) for i in near), default=_FREE)
    return Frontage(run.start, run.along, run.length, run.inward, float(depth), run.road)
