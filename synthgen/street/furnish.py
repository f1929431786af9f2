"""Where everything stands along the streets of a network."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from jaxtyping import Float
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from synthgen.geometry import Array, pose, rotate, transform, yaw_quaternion
from synthgen.mesh import Mesh, merge, moved
from synthgen.network import Lane, Network
from synthgen.street.controls import control_fixtures
from synthgen.street.fixture import Bench, Fixture, Furniture, Roadside
from synthgen.street.lamps import street_lamp
from synthgen.street.motorway import motorway_roadside
from synthgen.street.parking import (
    bay_body,
    footprint,
    lane_slots,
    lay_by_slots,
    parking_slots,
)
from synthgen.street.rural import rural_roadside
from synthgen.street.small import (
    BENCH_BACK,
    BENCH_DEPTH,
    BENCH_LENGTH,
    BENCH_MIDDLE,
    bench_mesh,
    bin_mesh,
    bollard_mesh,
    cone,
    hydrant_mesh,
    mail_box_mesh,
)
from synthgen.street.stops import street_life
from synthgen.street.trees import SPECIES, tree
from synthgen.street.verge import COUNTRY, Station, clear, length, outer_lanes, stations
from synthgen.world import Body

Maker = Callable[[Network, BaseGeometry, "Height", np.random.Generator], Roadside]
Height = Callable[[Float[Array, "n 2"]], Float[Array, "n"]]
"""Height [m] of the ground at points, world frame."""

LAMPS = {
    "downtown": (8.0, 26.0, 14e3),
    "suburb": (6.5, 34.0, 4e3),
    "arterial": (9.5, 32.0, 18e3),
    "industrial": (9.0, 40.0, 14e3),
    "rural": (8.0, 40.0, 8e3),
    "motorway": (12.0, 45.0, 25e3),
    "osm": (8.0, 30.0, 10e3),
    "opendrive": (8.0, 30.0, 10e3),
}
"""Light point height [m], spacing [m] and flux [lm] by kind of place.

Spacings are 3.5 to 5 heights. Flux by the lumen method, E = 0.4 flux / (spacing x width), for 15 lx
downtown and on arterials, 5 lx in suburbs.
Source: EN 13201-2:2015, classes M3 (1 cd/m2, some 15 lx on asphalt) and P4 (5 lx).
"""
HEADROOM = 4.2
"""[m] What hangs higher is in nobody's way: vehicles are at most 4 m high (4.15 m in the US)."""
CORNER = 4.0
"""[m] Before its stop line every approach has a lamp, so that junctions are lit from all sides."""
TREES = {"downtown": 16.0, "suburb": 12.0, "arterial": 22.0, "osm": 15.0, "opendrive": 15.0,
         "industrial": 60.0, "rural": 85.0, "motorway": 1e9}  # fmt: skip
"""[m] between street trees before gaps."""
ROADSIDES: Mapping[str, Sequence[Maker]] = {
    "motorway": (motorway_roadside,),
    "rural": (rural_roadside,),
}
"""What else stands beside the roads of a kind of place."""
REACH = 3.2
"""[m] beyond the ends of a crossing that people need."""
VARIANTS = 9
"""Different trees per city; each stands turned and scaled by its own amount."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What furniture stands on.

    Attributes:
        road: carriageway with junctions.
        open: sidewalks and unbuilt land beside them.
        height: of the ground.
    """

    road: BaseGeometry
    open: BaseGeometry
    height: Height


def furnish(
    network: Network, ground: Ground, rng: np.random.Generator, left: float = 1.0
) -> Furniture:
    """Return the furniture of a place; nothing stands on the road or before a crossing.

    That share of the leaves of trees is `left`.
    """
    lanes = outer_lanes(network)
    kerbs = [] if network.kind in COUNTRY else lanes
    fronts = shapely.union_all(_crossing_fronts(network))
    around = shapely.union_all([fronts.buffer(4.0), *_junctions(network)])
    slots = parking_slots(kerbs, ground.open.difference(around), ground.height, rng)
    bays = [footprint(slot).buffer(0.25) for slot in slots]
    keep_out = shapely.union_all([ground.road.buffer(0.28), fronts, *bays])
    posted = _posted(network, keep_out, ground.height, rng, left)
    makers = ROADSIDES.get(network.kind, ())
    beside = [make(network, keep_out, ground.height, rng) for make in makers]
    held = [around, *bays, *_discs(posted.obstacles[:, :2])]
    free = ground.open.difference(shapely.union_all(held))
    life, racks = street_life(network.kind, kerbs, free, ground.height, rng)
    parts = [posted, *beside, life]
    return Furniture(
        stuff=(*bay_body(slots), *(body for part in parts for body in part.stuff)),
        fixtures=tuple(one for part in parts for one in part.fixtures),
        slots=(*slots, *racks, *lane_slots(network.lanes), *lay_by_slots(lanes)),
        obstacles=np.concatenate([part.obstacles for part in parts]),
        benches=tuple(one for part in parts for one in part.benches),
        shelters=tuple(one for part in parts for one in part.shelters),
    )


def _posted(
    network: Network,
    keep_out: BaseGeometry,
    height: Height,
    rng: np.random.Generator,
    left: float,
) -> Roadside:
    """Return what stands on a foot of its own: signals, signs, lamps, trees, small things."""
    lanes = outer_lanes(network)
    kerbs = [] if network.kind in COUNTRY else lanes
    masts, fixtures = control_fixtures(network, keep_out, height, rng)
    taken = _places(fixtures)
    lamps = _lamp_spots(network.kind, lanes, keep_out, taken)
    taken = np.concatenate([taken, _points(lamps)])
    trees = _tree_spots(network, lanes, keep_out, taken, rng)
    taken = np.concatenate([taken, _points(trees)])
    small = _small_spots(kerbs, keep_out, taken, rng)
    cones = _cones(kerbs, keep_out, np.concatenate([taken, _points(small)]), height, rng)
    lit, grown = _lamps(lamps, network.kind, height, rng), _trees(trees, height, rng, left)
    things, benches = _small(small, keep_out, height, rng)
    stuff = (*lit, *masts, *grown, *things)
    posts = [(s.x, s.y, s.yaw, 0.4, 0.4) for s in (*lamps, *trees, *small)]
    posts += [_room_of(bench) for bench in benches]
    posts += [(*f.position[:2], 0.0, 0.4, 0.4) for f in (*fixtures, *cones) if not _overhead(f)]
    rows = np.array(posts, float).reshape(-1, 5)
    return Roadside(stuff, (*fixtures, *cones), rows, tuple(benches))


def _room_of(bench: Bench) -> tuple[float, ...]:
    """Return middle [m], yaw [rad], depth and length [m] of the ground that `bench` takes."""
    x, y = np.array(bench.position[:2]) + BENCH_MIDDLE * np.array(
        [np.cos(bench.yaw), np.sin(bench.yaw)]
    )
    return float(x), float(y), bench.yaw, BENCH_DEPTH, bench.length


def _overhead(fixture: Fixture) -> bool:
    """Return whether traffic passes below a fixture."""
    return float(fixture.position[2] + fixture.body.mesh.bounds[0, 2]) > HEADROOM


def _places(fixtures: Sequence[Fixture]) -> Float[Array, "n 2"]:
    return np.array([one.position[:2] for one in fixtures], float).reshape(-1, 2)


def _discs(points: Float[Array, "n 2"]) -> list[BaseGeometry]:
    """Return the ground within 0.7 m of what stands at `points`."""
    return list(shapely.buffer(shapely.points(points), 0.7, quad_segs=2))


def _crossing_fronts(network: Network) -> list[BaseGeometry]:
    """Return the ground over which people reach crossings, `REACH` beyond their ends."""
    fronts = []
    for crossing in network.crossings:
        line = crossing.shape[:, :2].astype(float)
        for end, inner in ((0, 1), (-1, -2)):
            way = line[end] - line[inner]
            line[end] += REACH * way / max(float(np.linalg.norm(way)), 1e-9)
        fronts.append(LineString(line).buffer(crossing.width / 2 + 0.4, cap_style="flat"))
    return fronts


def _junctions(network: Network) -> list[BaseGeometry]:
    return [
        Polygon(one.shape[:, :2]).buffer(9.0) for one in network.junctions if len(one.shape) > 2
    ]


def _points(spots: Sequence[Station]) -> Float[Array, "n 2"]:
    return np.array([(s.x, s.y) for s in spots], float).reshape(-1, 2)


def _lamp_spots(
    kind: str, lanes: list[Lane], keep_out: BaseGeometry, taken: Array
) -> list[Station]:
    spacing = LAMPS[kind][1]
    spots = []
    for lane in (lane for lane in lanes if kind != "motorway" or lane.road != "motorway"):
        phase = 0.25 if lane.edge.startswith("-") else 0.75
        count = max(1, round(length(lane) / spacing / 2))
        step = length(lane) / count
        corner = length(lane) - CORNER
        places = [step * (i + phase) for i in range(count)]
        places = [place for place in places if abs(place - corner) > spacing / 2] + [corner]
        places = places[-1:] if kind == "rural" else places
        spots += [s for beyond in (0.55, 2.75) for s in stations(lane, places, beyond)]
    return clear(spots, keep_out, taken, 2.5)


def _lamps(spots: list[Station], kind: str, height: Height, rng: np.random.Generator) -> list[Body]:
    """Return the lamps: a few models per city, as a street is lit by one batch."""
    tall, _, flux = LAMPS[kind]
    models = [street_lamp("", tall + rng.uniform(-0.3, 0.3), 1.9, flux, rng) for _ in range(4)]
    chosen = rng.integers(len(models), size=len(spots))
    ground = height(_points(spots))
    return [
        replace(
            _placed(models[which], _pose(spot, spot.yaw + np.pi / 2, z)),
            name=f"street_light/{number}",
        )
        for number, (which, spot, z) in enumerate(zip(chosen, spots, ground, strict=True))
    ]


def _pose(spot: Station, yaw: float, z: float) -> Float[Array, "4 4"]:
    """Return where something stands that is turned by `yaw` [rad] at height `z` [m]."""
    return pose(np.array([spot.x, spot.y, z]), yaw_quaternion(yaw))


def _placed(body: Body, there: Float[Array, "4 4"]) -> Body:
    """Return a body of stuff taken into the world frame, its lamps with it."""
    lamps = tuple(
        replace(
            lamp,
            position=tuple(transform(there, np.array([lamp.position]))[0].tolist()),
            direction=tuple(rotate(there, np.array([lamp.direction]))[0].tolist()),
        )
        for lamp in body.lamps
    )
    return replace(body, mesh=moved(body.mesh, there), lamps=lamps)


def _tree_spots(
    network: Network,
    lanes: list[Lane],
    keep_out: BaseGeometry,
    taken: Array,
    rng: np.random.Generator,
) -> list[Station]:
    spots = [Station(float(x), float(y), 0.0, "") for x, y in network.trees]
    gap = TREES[network.kind]
    for lane in lanes:
        count = int(length(lane) / gap)
        kept = [gap * (i + 0.5 + 0.2 * rng.normal()) for i in range(count) if rng.random() < 0.7]
        rows = (4.2,) if network.kind in COUNTRY else (0.85, 2.85)
        spots += [s for beyond in rows for s in stations(lane, kept, beyond)]
    return clear(spots, keep_out, taken, 4.0)


def _trees(
    spots: list[Station], height: Height, rng: np.random.Generator, left: float
) -> list[Body]:
    """Return the trees, some twenty to a body."""
    chosen = rng.permutation(len(SPECIES))[:3]
    models = [tree(SPECIES[chosen[i % 3]], rng, left) for i in range(VARIANTS)]
    placed = []
    for spot, z in zip(spots, height(_points(spots)), strict=True):
        model, scale = models[rng.integers(VARIANTS)], rng.uniform(0.8, 1.15)
        grown = replace(model, vertices=model.vertices * scale)
        placed.append(moved(grown, _pose(spot, rng.uniform(0, 2 * np.pi), z)))
    return _bundles("tree", "tree", placed, 20)


def _bundles(name: str, kind: str, parts: list[Mesh], size: int) -> list[Body]:
    return [
        Body(f"{name}/{start // size}", kind, "", merge(parts[start : start + size]))
        for start in range(0, len(parts), size)
    ]


def _small_spots(
    lanes: list[Lane], keep_out: BaseGeometry, taken: Array, rng: np.random.Generator
) -> list[Station]:
    spots = []
    for lane in lanes:
        count = rng.poisson(length(lane) / 30)
        places = sorted(rng.uniform(6, max(6.1, length(lane) - 6), count))
        spots += [s for beyond in (0.6, 2.7) for s in stations(lane, places, beyond)]
    return clear(spots, keep_out, taken, 1.6)


def _ends(spot: Station) -> Float[Array, "2 2"]:
    """Return the ends [m] of a bench at `spot`, along the street."""
    along = np.array([np.cos(spot.yaw), np.sin(spot.yaw)]) * BENCH_LENGTH / 2
    return np.array([spot.x, spot.y]) + np.array([along, -along])


def _small(
    spots: list[Station], keep_out: BaseGeometry, height: Height, rng: np.random.Generator
) -> tuple[list[Body], list[Bench]]:
    """Return small things, bundled, and those of them that are benches.

    Where a bench would reach into `keep_out`, road or parking bay, a bollard stands.
    """
    makers = (bin_mesh, hydrant_mesh, bollard_mesh, bench_mesh, mail_box_mesh)
    models = [make() for make in makers]
    chosen = rng.choice(len(models), size=len(spots), p=(0.3, 0.2, 0.25, 0.15, 0.1))
    cramped = [LineString(_ends(s)).buffer(0.3).intersects(keep_out) for s in spots]
    chosen[np.array(cramped, bool) & (chosen == makers.index(bench_mesh))] = 2
    poses = [
        _pose(spot, spot.yaw - np.pi / 2, z)
        for spot, z in zip(spots, height(_points(spots)), strict=True)
    ]
    placed = [moved(models[which], there) for which, there in zip(chosen, poses, strict=True)]
    back = np.array([[BENCH_BACK, 0.0, 0.0]])
    benches = [
        Bench(tuple(transform(there, back)[0].tolist()), spot.yaw - np.pi / 2, BENCH_LENGTH)
        for which, spot, there in zip(chosen, spots, poses, strict=True)
        if makers[which] is bench_mesh
    ]
    return _bundles("street/small", "pole", placed, 40), benches


def _cones(
    lanes: list[Lane],
    keep_out: BaseGeometry,
    taken: Array,
    height: Height,
    rng: np.random.Generator,
) -> list[Fixture]:
    """Return rows of cones beside some streets, as around small works on the sidewalk."""
    spots: list[Station] = []
    for lane in lanes:
        if rng.random() < 0.12 and length(lane) > 30:
            start = rng.uniform(10, length(lane) - 15)
            spots += stations(lane, [start + 1.6 * i for i in range(rng.integers(3, 6))], 0.45)
    kept = clear(spots, keep_out, taken, 1.2)
    ground = height(_points(kept))
    return [
        Fixture(
            cone(f"cone/{number}"),
            (spot.x, spot.y, float(z)),
            tuple(yaw_quaternion(spot.yaw).tolist()),
        )
        for number, (spot, z) in enumerate(zip(kept, ground, strict=True))
    ]
