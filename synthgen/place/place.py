"""A finished place: what it is made of and where things may stand in it."""

from dataclasses import dataclass

import numpy as np
import shapely
from jaxtyping import Float
from shapely.geometry.base import BaseGeometry

from synthgen.geometry import Array
from synthgen.land import HeightField
from synthgen.place.layout import Layout
from synthgen.place.relief import STEP, Ramps, hills
from synthgen.streets import NO_STREETS, Streets
from synthgen.world import Body


@dataclass(frozen=True, eq=False)
class Kerb:
    """A closed kerb line.

    Attributes:
        line: [m] closed, carriageway on the left.
        outward: unit vectors away from the carriageway, one per segment.
    """

    line: Float[Array, "k 2"]
    outward: Float[Array, "j 2"]


@dataclass(frozen=True, eq=False)
class Frontage:
    """A straight edge of the street space: sidewalk (or kerb) on the right, land on the left.

    Attributes:
        start: [m].
        along: unit vector.
        length: [m].
        inward: unit vector away from the street.
        depth: [m] free of buildings behind the edge, at most 12.
        road: class of the road in front.
    """

    start: Float[Array, "2"]
    along: Float[Array, "2"]
    length: float
    inward: Float[Array, "2"]
    depth: float
    road: str


@dataclass(frozen=True, eq=False)
class Place:
    """A place.

    Attributes:
        stuff: everything built, world frame.
        roads: the carriageway with junctions.
        sidewalks: behind the kerb stones.
        free: unpaved, unbuilt land up to 12 m behind the street, for trees, poles and signs.
        buildings: footprints, in the order of the bodies `building/<number>`.
        kerbs: kerb lines.
        frontages: edges of the street space.
        ramps: lowered kerbs.
        plan: partition of the ground.
        facts: counts and names.
        streets: the map: lanes and the lines that were painted.
        field: the lie of the land, None where it is level. `stuff` lies on it already.
    """

    stuff: tuple[Body, ...]
    roads: BaseGeometry
    sidewalks: BaseGeometry
    free: BaseGeometry
    buildings: tuple[shapely.Polygon, ...]
    kerbs: tuple[Kerb, ...]
    frontages: tuple[Frontage, ...]
    ramps: Ramps
    plan: Layout
    facts: dict[str, str | int | float]
    streets: Streets = NO_STREETS
    field: HeightField | None = None


def surface_height(place: Place, points: Float[Array, "n 2"]) -> Float[Array, "n"]:
    """Return the height [m] of road, sidewalk or land at `points`, buildings left away.

    That is above the place's `field`, where it has one: everything is put together on level
    ground and lifted at last.
    """
    points = np.asarray(points, float).reshape(-1, 2)
    shapely.prepare(place.roads)
    on_road = shapely.intersects_xy(place.roads, points)
    height = place.ramps.height(points)
    height += hills(place.plan, points) - STEP
    return np.where(on_road, 0.0, height * _risen(place, points))


def _risen(place: Place, points: Float[Array, "n 2"]) -> Float[Array, "n"]:
    """Return how far a bank has risen at `points`: 0 at the carriageway, 1 on the land."""
    rise = place.plan.edging.rise
    if rise < 0.1:
        return np.ones(len(points))
    away = shapely.distance(place.roads, shapely.points(points))
    return np.clip(away / rise, 0, 1)
