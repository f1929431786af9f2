"""What is built on each plot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from jaxtyping import Float
from shapely.geometry import Polygon

from synthgen.geometry import Array
from synthgen.network import Footprint
from synthgen.place.houses import HousePlan
from synthgen.place.layout import Layout
from synthgen.place.planar import largest
from synthgen.place.plots import Plot, Profile
from synthgen.place.retail import retail_area
from synthgen.place.roofs import Rectangle
from synthgen.place.walls import BACK, FRONT, PARTY, ring_of

_BLOCK = Profile("block", (14, 30), (13, 21), 0.9)
_LOW = Profile("low", (9, 20), (11, 16), 0.3)
_HOUSE = Profile("house", (15, 21), (25, 33), 0.94)
_NARROW = Profile("house", (10.5, 14), (24, 30), 0.65)
_RETAIL = Profile("retail", (28, 52), (38, 50), 0.5)
_OFFICE = Profile("office", (22, 38), (22, 30), 0.3)
_OPEN = Profile("open", (10, 18), (14, 20), 0.06)
_TOWN = (_LOW, _OPEN, Profile("retail", (24, 40), (32, 42), 0.15), _NARROW)

_LAND = Profile("land", (20, 40), (20, 30), 0.9)
_MAPPED = {
    "residential": (_NARROW, _OPEN, Profile("low", (9, 16), (11, 16), 0.12)),
    "": _TOWN,
}

PROFILES: Mapping[str, Mapping[str, Sequence[Profile]]] = {
    "downtown": {"": (_BLOCK, _OPEN)},
    "suburb": {"": (_HOUSE, _OPEN)},
    "arterial": {
        "primary": (_RETAIL, _OFFICE, _OPEN),
        "": (_LOW, _OFFICE, _HOUSE, _OPEN),
    },
    "industrial": {
        "": (
            Profile("hall", (42, 75), (52, 80), 1.0),
            Profile("depot", (34, 55), (40, 60), 0.25),
            Profile("works", (36, 60), (42, 62), 0.22),
            Profile("office", (24, 36), (22, 30), 0.1),
            _OPEN,
        )
    },
    "rural": {
        "": (
            Profile("farm", (44, 60), (42, 56), 0.07),
            Profile("house", (18, 24), (28, 34), 0.05),
            Profile("field", (60, 120), (14, 16), 0.88),
        )
    },
    "motorway": {"": ()},
    "osm": _MAPPED,
    "opendrive": {
        **_MAPPED,
        "motorway": (_LAND,),
        "rural": (replace(_HOUSE, weight=0.12), _LAND),
    },
}
"""Uses of plots by kind of place and class of the road in front."""

UNBUILT = frozenset({"open", "field", "depot", "land", "works"})
"""Uses of plots without a building of several walls and a roof."""
SETBACK = 0.35
"""[m] between sidewalk and a town building: room for piers, steps and sign boards."""


@dataclass(frozen=True, eq=False)
class Site:
    """A building to be.

    Attributes:
        use: block, low, house, retail, office, hall, barn or map.
        area: footprint.
        plot: its land; None for buildings of the map.
        plan: of a house; of a hall or barn its rectangle.
        floors: above the ground floor.
    """

    use: str
    area: Polygon
    plot: Plot | None = None
    plan: HousePlan | None = None
    floors: int = 0


def sites(plots: Sequence[Plot], rng: np.random.Generator) -> list[Site]:
    """Return what stands on `plots`, where it fits."""
    build = {"house": _house, "retail": _retail, "office": _office, "hall": _hall}
    found: list[Site | None] = []
    for plot in plots:
        if plot.use == "farm":
            found.extend(_farm(plot, rng))
        elif plot.use not in UNBUILT:
            site = build.get(plot.use, _town)(plot, rng)
            found.append(_office(plot, rng) if site is None and plot.use == "retail" else site)
    return [site for site in found if site is not None]


def map_sites(
    footprints: Sequence[Footprint], plan: Layout, rng: np.random.Generator
) -> list[Site]:
    """Return the buildings of a map, without what stands in the street or in another one."""
    found: list[Site] = []
    street = plan.street.buffer(0.05)
    for one in footprints:
        area = largest(Polygon(one.shape).buffer(0).difference(street))
        for other in found:
            if area is not None and area.intersects(other.area):
                area = largest(area.difference(other.area.buffer(0.01)))
        if area is None or area.area < 12 or not plan.region.covers(area):
            continue
        area = largest(Polygon(area.exterior).simplify(0.05))
        if area is None or area.intersects(street):
            continue
        height = one.height or float(rng.uniform(6, 9) if area.area < 260 else rng.uniform(7, 16))
        found.append(Site("map", area, floors=max(round((height - 4.5) / 3.4), 0)))
    return found


def _town(plot: Plot, rng: np.random.Generator) -> Site | None:
    """A building that fills the plot up to the sidewalk."""
    wish = plot.run.rectangle(0, plot.width, SETBACK, plot.depth)
    area = largest(plot.area.intersection(wish))
    if area is None or area.area < 40:
        return None
    tall = plot.use == "block"
    floors = int(rng.integers(3, 9)) if tall else int(rng.integers(1, 3))
    if tall and rng.uniform() < 0.22:
        floors += int(rng.integers(3, 7))
    return Site(plot.use, area, plot, floors=floors)


def _office(plot: Plot, rng: np.random.Generator) -> Site | None:
    wish = plot.run.rectangle(2.5, plot.width - 2.5, float(rng.uniform(4, 8)), plot.depth - 1)
    area = largest(plot.area.buffer(-0.5).intersection(wish))
    if area is None or area.area < 90:
        return None
    return Site("office", area, plot, floors=int(rng.integers(1, 6)))


def _retail(plot: Plot, rng: np.random.Generator) -> Site | None:
    area = retail_area(plot, rng)
    return None if area is None else Site("retail", area, plot)


def _hall(plot: Plot, rng: np.random.Generator) -> Site | None:
    """A hall behind an apron for lorries; smaller until it fits."""
    for shrink in (1.0, 0.8, 0.6):
        near = float(rng.uniform(15.0, 22.0))
        side = float(rng.uniform(3.0, 6.0)) / shrink
        site = _shed("hall", plot, Rectangle(side, plot.width - side, near, plot.depth - 2.5))
        if site is not None and site.area.area > 200:
            return site
    return None


def _shed(use: str, plot: Plot, over: Rectangle) -> Site | None:
    """A hall or barn over a rectangle of the plot, None where that is not on its land."""
    if over.width < 6 or over.depth < 6:
        return None
    area = plot.run.rectangle(over.left, over.right, over.near, over.far)
    return Site(use, area, plot, HousePlan(over, None, 0.0)) if plot.area.covers(area) else None


def _farm(plot: Plot, rng: np.random.Generator) -> list[Site | None]:
    """A farmhouse near the road and barns behind it and beside it."""
    if plot.width < 38 or plot.depth < 36:
        return []
    wide, deep = float(rng.uniform(9.5, 13.0)), float(rng.uniform(8.0, 10.0))
    main = Rectangle(4.0, 4.0 + wide, 7.0, 7.0 + deep)
    area = plot.run.rectangle(main.left, main.right, main.near, main.far)
    if not plot.area.covers(area):
        return []
    plan = HousePlan(main, None, 4.0 + wide * float(rng.choice([0.3, 0.5, 0.7])))
    long = float(rng.uniform(18.0, 26.0))
    back = Rectangle(4.0, 4.0 + long, plot.depth - 15.0, plot.depth - 3.0)
    left = plot.width - float(rng.uniform(10.0, 12.0)) - 2.0
    beside = Rectangle(left, plot.width - 2.0, 12.0, plot.depth - 18.0)
    barns = [_shed("barn", plot, one) for one in (back, beside)]
    return [Site("house", area, plot, plan), *barns]


def _house(plot: Plot, rng: np.random.Generator) -> Site | None:
    """A house with its garage; smaller and further back until it fits."""
    land = plot.area.buffer(-0.3)
    for shrink in (1.0, 0.85, 0.72):
        plan = _house_plan(plot, shrink, rng)
        both = [plan.main] if plan.garage is None else [plan.main, plan.garage]
        areas = [plot.run.rectangle(r.left, r.right, r.near, r.far) for r in both]
        if all(land.covers(area) for area in areas):
            joined = [area.buffer(1e-3, join_style="mitre") for area in areas]
            return Site("house", shapely.union_all(joined), plot, plan)
    return None


def _house_plan(plot: Plot, shrink: float, rng: np.random.Generator) -> HousePlan:
    wide = plot.width - 2.4
    garage = min(float(rng.uniform(3.2, 5.4)), wide * 0.36) if plot.width > 13 else 0.0
    garage *= rng.uniform() < 0.75
    main = min(wide - garage, float(rng.uniform(8.0, 12.5))) * shrink
    depth = float(rng.uniform(7.5, 10.5)) * shrink
    left = (plot.width - main - garage) / 2 + float(rng.uniform(-0.5, 0.5))
    near = float(rng.uniform(4.2, 7.5)) * (1.4 - 0.4 * shrink)
    mirrored = rng.uniform() < 0.5
    start = left if mirrored else left + garage
    body = Rectangle(start, start + main, near, near + depth)
    door = start + main * float(rng.choice([0.3, 0.5, 0.7]))
    if not garage:
        return HousePlan(body, None, door)
    at = start + main if mirrored else left
    back = float(rng.uniform(0.0, 1.5))
    return HousePlan(body, Rectangle(at, at + garage, near + back, near + back + 6.0), door)


def roles(areas: Sequence[Polygon], plan: Layout, reach: float) -> list[tuple[str, ...]]:
    """Return the role of every wall of every footprint, in the order of `ring_of`.

    A wall faces a street that lies within `reach` [m] before it.
    """
    rings = [ring_of(area) for area in areas]
    counts = [len(ring) for ring in rings]
    if not counts:
        return []
    probes = [_probes(ring, 0.3) for ring in rings]
    tree = shapely.STRtree(list(areas))
    party = np.zeros(sum(counts), bool)
    hits = tree.query(shapely.points(np.concatenate(probes)), predicate="within")
    party[hits[0]] = True
    far = np.concatenate([_probes(ring, reach) for ring in rings])
    near = np.concatenate(probes)
    rays = shapely.linestrings(np.stack([near, far], axis=1))
    shapely.prepare(plan.street)
    front = shapely.intersects(plan.street, rays)
    names = np.where(party, PARTY, np.where(front, FRONT, BACK))
    return [tuple(str(n) for n in part) for part in np.split(names, np.cumsum(counts)[:-1])]


def _probes(ring: Float[Array, "k 2"], out: float) -> Float[Array, "k 2"]:
    """Points `out` [m] before the middle of each wall."""
    ends = np.roll(ring, -1, axis=0)
    step = (ends - ring) / np.linalg.norm(ends - ring, axis=1, keepdims=True)
    return (ring + ends) / 2 + out * np.column_stack([step[:, 1], -step[:, 0]])
