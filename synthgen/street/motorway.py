"""What stands along a motorway: guard rails, barriers, delineators, noise walls, gantries."""

from dataclasses import replace

import numpy as np
import shapely
from jaxtyping import Float
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from synthgen.geometry import Array, yaw_quaternion
from synthgen.mesh import Mesh, merge
from synthgen.network import Lane, Network
from synthgen.street.barriers import concrete_barrier, delineator, guard_rail, noise_wall
from synthgen.street.fixture import Fixture, Roadside
from synthgen.street.gantries import CLEARANCE, NAMES, destination, frame
from synthgen.street.linear import (
    Height,
    Piece,
    fixtures,
    inner_lanes,
    obstacles,
    off_road,
    pieces,
    stretches,
)  # fmt: skip
from synthgen.street.signals import at
from synthgen.street.verge import Station, clear, length, outer_lanes, stations
from synthgen.world import Body

LONGEST = 24.0
"""[m] of a piece of rail: one thing to label."""
RAIL = 1.0
"""[m] from the outermost lane's border to a rail: half a metre of asphalt and half of bank."""
MEDIAN = 9.0
"""[m] Carriageways closer than this share one barrier between them."""
LEG, INNER_LEG = 2.2, 1.55
"""[m] from the outermost lanes' borders to the legs of a gantry, behind the rails."""
POSTS = 50.0
"""[m] between delineators (FGSV, HLB 2007)."""


def motorway_roadside(
    network: Network, blocked: BaseGeometry, height: Height, rng: np.random.Generator
) -> Roadside:
    """Return what stands along the carriageways; `blocked` is the carriageway with a margin."""
    outer = outer_lanes(network)
    concrete = rng.random() < 0.5
    median = _median(network) if concrete else []
    rails = _rails(network, outer, blocked, concrete, rng)
    walls = _walls(outer, blocked, rng)
    legs, signs, feet = _gantries(network, blocked, rng)
    shared = off_road(median, blocked)
    stuff = [
        *_posts(outer, blocked, height),
        *_wall_bodies(walls, height, rng),
        *([Body("street/gantries", "pole", "gantry", merge(legs))] if legs else []),
    ]
    things = [
        *fixtures(shared, concrete_barrier, height, "barrier/median"),
        *fixtures(rails, guard_rail, height, "barrier/rail"),
        *signs,
    ]
    standing = [obstacles(shared, 0.7), obstacles(rails, 0.3), obstacles(walls, 0.3), feet]
    return Roadside(tuple(stuff), tuple(things), np.concatenate(standing))


def _median(network: Network) -> list[Piece]:
    """Return the pieces of a barrier half way between carriageways that run side by side."""
    lanes = [lane for lane in inner_lanes(network) if lane.road == "motorway"]
    borders = {lane.name: LineString(lane.shape[:, :2]) for lane in lanes}
    found = []
    for lane in lanes:
        others = [borders[o.name] for o in lanes if _against(lane, o) and lane.name < o.name]
        if not others:
            continue
        far = shapely.union_all(others)
        gap = shapely.distance(shapely.points(lane.shape[len(lane.shape) // 2, :2]), far)
        if gap - lane.width < MEDIAN:
            middle = (float(gap) - lane.width) / 2
            found += pieces(lane, middle, (0.0, length(lane)), LONGEST, left=True)
    return found


def _against(one: Lane, other: Lane) -> bool:
    """Return whether two lanes run in opposite directions."""
    ways = [lane.shape[-1, :2] - lane.shape[0, :2] for lane in (one, other)]
    return bool(ways[0] @ ways[1] < 0)


def _rails(
    network: Network, outer: list[Lane], blocked: BaseGeometry, concrete: bool,
    rng: np.random.Generator,
) -> list[Piece]:  # fmt: skip
    """Return guard rails: right of both carriageways here and there, left of them throughout.

    Where the median is `concrete` there are none beside it.
    """
    found = []
    for lane in inner_lanes(network):
        if lane.road == "motorway_link" or (lane.road == "motorway" and not concrete):
            found += pieces(lane, RAIL, (0.0, length(lane)), LONGEST, left=True)
    for lane in outer:
        always = lane.road == "motorway_link"
        spans = stretches(length(lane), (120, 420), (50, 220), rng)
        for span in [(0.0, length(lane))] if always else spans:
            found += pieces(lane, RAIL, span, LONGEST)
    return off_road(found, blocked)


def _walls(outer: list[Lane], blocked: BaseGeometry, rng: np.random.Generator) -> list[Piece]:
    """Return pieces of noise walls beside some stretches."""
    found = []
    for lane in outer:
        if lane.road == "motorway" and length(lane) > 250:
            for span in stretches(length(lane), (150, 320), (250, 900), rng):
                found += pieces(lane, 4.2, span, LONGEST)
    return off_road(found, blocked)


def _wall_bodies(walls: list[Piece], height: Height, rng: np.random.Generator) -> list[Body]:
    style = ("timber", "green", "concrete")[int(rng.integers(3))]
    tall = float(rng.choice([3.0, 3.5, 4.5]))
    shapes = {one.length: noise_wall(one.length, tall, style) for one in walls}
    return [
        Body(f"street/noise_wall/{number}", "fence", "noise_wall",
             at(shapes[one.length], (one.station.x, one.station.y, 0.1), one.station.yaw))
        for number, one in enumerate(walls)
    ]  # fmt: skip


def _posts(outer: list[Lane], blocked: BaseGeometry, height: Height) -> list[Body]:
    """Return delineators right of the carriageways."""
    spots = [
        spot
        for lane in outer
        for spot in stations(lane, np.arange(12.0, length(lane), POSTS).tolist(), 0.85)
    ]
    return post_bodies(clear(spots, blocked, np.zeros((0, 2)), 8.0), height)


def post_bodies(spots: list[Station], height: Height) -> list[Body]:
    """Return delineators at `spots`, some forty to a body."""
    model = delineator()
    ground = height(np.array([(s.x, s.y) for s in spots]).reshape(-1, 2))
    placed = [at(model, (s.x, s.y, float(z)), s.yaw) for s, z in zip(spots, ground, strict=True)]
    return [
        Body(f"street/delineators/{start // 40}", "pole", "delineator",
             merge(placed[start : start + 40]))
        for start in range(0, len(placed), 40)
    ]  # fmt: skip


def _gantries(
    network: Network, blocked: BaseGeometry, rng: np.random.Generator
) -> tuple[list[Mesh], list[Fixture], Float[Array, "n 5"]]:
    """Return legs and lattices, panels, and where the legs stand: over long sections."""
    width: dict[str, float] = {}
    for lane in network.lanes:
        width[lane.edge] = width.get(lane.edge, 0.0) + lane.width
    color = "blue" if rng.random() < 0.6 else "green"
    legs: list[Mesh] = []
    signs: list[Fixture] = []
    feet: list[tuple[float, ...]] = []
    for lane in outer_lanes(network):
        if lane.road != "motorway" or length(lane) < 180:
            continue
        leaving = lane.kind == "drive"
        every = [60.0] if leaving else np.arange(320.0, length(lane) - 60, 700.0).tolist()
        for spot in clear(stations(lane, every, LEG), blocked, np.zeros((0, 2)), 3.0):
            wide = width[lane.edge] + LEG + INNER_LEG
            base = (spot.x, spot.y, 0.1)
            legs.append(at(frame(wide, CLEARANCE + 1.2), base, spot.yaw))
            signs += _panels(spot, wide, color, leaving, rng)
            left = wide * np.array([-np.sin(spot.yaw), np.cos(spot.yaw)])
            for x, y in ((spot.x, spot.y), (spot.x + left[0], spot.y + left[1])):
                feet.append((x, y, spot.yaw, 0.4, 0.4))
    return legs, signs, np.array(feet, float).reshape(-1, 5)


def _panels(
    spot: Station, wide: float, color: str, leaving: bool, rng: np.random.Generator
) -> list[Fixture]:
    """Return two panels on a gantry; the right one leads to the services where one may leave."""
    left = np.array([-np.sin(spot.yaw), np.cos(spot.yaw)])
    back = -0.42 * np.array([np.cos(spot.yaw), np.sin(spot.yaw)])
    words = [str(NAMES[i]) for i in rng.permutation(len(NAMES))[:4]]
    found = []
    for number, (share, lines) in enumerate(((0.3, words[:2]), (0.74, words[2:]))):
        body = destination(color, lines, 3.9, leaving and number == 0)
        x, y = np.array([spot.x, spot.y]) + left * share * wide + back
        place = (float(x), float(y), 0.1 + CLEARANCE + 1.35)
        name = f"sign/destination/{spot.lane}/{round(spot.x)}/{number}"
        turn = tuple(yaw_quaternion(spot.yaw + np.pi).tolist())
        found.append(Fixture(replace(body, name=name), place, turn))
    return found
