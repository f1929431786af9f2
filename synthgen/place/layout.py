"""What belongs to whom in the plane: carriageway, kerb, sidewalks and the blocks between."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from jaxtyping import Float
from shapely.geometry import LineString, Polygon, box
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from synthgen.geometry import Array
from synthgen.network import Crossing, Lane, Network
from synthgen.place.planar import clean, polygons_of, ribbon

KERB_WIDTH = 0.15
"""[m] of kerb stone, inside the sidewalk."""
MARGIN = 150.0
"""[m] of built-up ground beyond the network."""
VERGE = 1.6
"""[m] between the carriageway and the nearest plot."""
COUNTRY = frozenset({"rural", "motorway"})
"""Kinds of places whose roads lie in open land, without kerbs."""
PAVED = 0.5
"""[m] of asphalt beyond the outermost lane of a road in open land."""
CARRIAGEWAY = ("drive", "bicycle", "shoulder", "paved", "parking")
"""Kinds of lanes and strips that lie below the kerb."""
_CONNECTOR = 2.2
_SLIT = 0.35
_SPUR = 0.25


@dataclass(frozen=True)
class Edging:
    """What lies between carriageway and land: a strip of `width` that rises within `rise` [m]."""

    width: float
    rise: float


STONE = Edging(KERB_WIDTH, 0.03)
BANK = Edging(1.0, 0.8)
"""A kerb stone, and the gravelled bank of a country road (FGSV, RAL 2012: 1.0 m and more)."""


@dataclass(frozen=True, eq=False)
class Layout:
    """The partition of the ground.

    Attributes:
        network: what it was made from.
        road: carriageway, bicycle lanes and junctions included.
        walks: sidewalks and footways behind the kerb.
        region: the flat ground of the place, as a rectangle.
    """

    network: Network
    road: BaseGeometry
    walks: BaseGeometry
    region: Polygon

    @cached_property
    def edging(self) -> Edging:
        """What the carriageway is bordered by."""
        return BANK if self.network.kind in COUNTRY else STONE

    @cached_property
    def kerb(self) -> BaseGeometry:
        """The kerb stones seen from above."""
        return self.stones.difference(self.road)

    @cached_property
    def paintable(self) -> BaseGeometry:
        """The carriageway and 2 cm of its kerbs' foot: lines may touch the edge."""
        return self.road.buffer(0.02, quad_segs=2)

    @cached_property
    def stones(self) -> BaseGeometry:
        """Carriageway and kerb."""
        return _bordered(self.road, self.edging)

    @cached_property
    def street(self) -> BaseGeometry:
        """Everything that belongs to the street: carriageway, kerb and sidewalks."""
        return shapely.union_all([self.stones, self.walks])

    @cached_property
    def lots(self) -> tuple[Polygon, ...]:
        """The ground that may be built on, exteriors anticlockwise.

        Where there is no sidewalk a verge stays free.
        """
        kept = self.region.difference(shapely.union_all([self.street, self.road.buffer(VERGE)]))
        return tuple(orient(part) for part in polygons_of(kept, 0.5))

    @cached_property
    def blocks(self) -> tuple[Polygon, ...]:
        """The ground between the streets, exteriors anticlockwise."""
        return tuple(orient(part) for part in polygons_of(self.region.difference(self.street), 0.5))


def lane_area(lane: Lane) -> Polygon:
    """Return the ground that `lane` covers."""
    return strip(lane.shape, lane.width)


def crossing_area(crossing: Crossing) -> Polygon:
    """Return the ground that `crossing` covers."""
    return strip(crossing.shape, crossing.width)


def layout(network: Network) -> Layout:
    """Return the partition of the ground around `network`."""
    wheels = [lane for lane in network.lanes if lane.kind in CARRIAGEWAY]
    feet = [lane for lane in network.lanes if lane.kind in ("walk", "other")]
    walking = shapely.union_all([_polygon(shape) for shape in network.walking_areas])
    lanes = shapely.union_all([*(lane_area(lane) for lane in wheels), *_strips(network, True)])
    tracks = shapely.union_all([strip(line, _CONNECTOR) for line in network.connectors])
    inside = shapely.union_all([_polygon(one.shape) for one in network.junctions])
    paths = shapely.union_all([*(lane_area(lane) for lane in feet), *_strips(network, False)])
    zebras = shapely.union_all([crossing_area(one) for one in network.crossings])
    core = shapely.union_all([lanes, tracks.intersection(inside.buffer(0.1))])
    corners = walking.difference(core).difference(zebras)
    if network.strips:
        inside = inside.intersection(_filled(core))
    middle = inside.difference(shapely.union_all([corners, paths.difference(core)]))
    road = shapely.union_all([core, middle, zebras.intersection(inside)])
    country = network.kind in COUNTRY
    road = _tidy(road.buffer(PAVED, join_style="mitre", mitre_limit=2.0) if country else road)
    walks = shapely.union_all([paths, walking]).buffer(_SLIT).buffer(-_SLIT)
    low, high = network.low - MARGIN, network.high + MARGIN
    region = box(*np.floor(low), *np.ceil(high))
    stones = _bordered(road, BANK if country else STONE)
    walks = _without_crumbs(walks.difference(stones), 0.3)
    return Layout(network, road, walks, region)


def _bordered(road: BaseGeometry, edging: Edging) -> BaseGeometry:
    """Return the carriageway with its edging."""
    return road.buffer(edging.width, join_style="mitre", mitre_limit=2.0)


def _filled(road: BaseGeometry) -> BaseGeometry:
    """Return `road` without holes and without notches narrower than a lane."""
    closed = road.buffer(1.5, join_style="mitre").buffer(-1.5, join_style="mitre")
    return shapely.union_all([Polygon(part.exterior) for part in polygons_of(closed)])


def _strips(network: Network, road: bool) -> list[BaseGeometry]:
    """The map's own ground, of the carriageway or of what is walked on."""
    rings = [one.ring for one in network.strips if (one.kind in CARRIAGEWAY) == road]
    return [_polygon(ring) for ring in rings]


def _tidy(road: BaseGeometry) -> BaseGeometry:
    """Close slits between lanes, cut off thin spurs; drop crumbs and pinholes."""
    closed = road.buffer(_SLIT, join_style="mitre").buffer(-_SLIT - _SPUR, join_style="mitre")
    opened = closed.buffer(_SPUR, join_style="mitre", mitre_limit=2.0)
    whole = []
    for part in polygons_of(opened.simplify(0.02), 2.0):
        holes = [ring for ring in part.interiors if Polygon(ring).buffer(-0.6).area > 2.0]
        whole.append(Polygon(part.exterior, holes))
    return shapely.set_precision(shapely.union_all(whole), 1e-3)


def _without_crumbs(shape: BaseGeometry, width: float) -> BaseGeometry:
    parts = [part for part in polygons_of(shape, 0.2) if not part.buffer(-width / 2).is_empty]
    return shapely.set_precision(shapely.union_all(parts), 1e-3)


def strip(line: Float[Array, "k d"], width: float) -> Polygon:
    """Return the ground within half of `width` [m] of `line`, ends cut square."""
    flat = clean(line)
    if len(flat) < 2:
        return Polygon()
    if len(flat) == 2:
        return Polygon(ribbon(flat, width)[0])
    return LineString(flat).buffer(width / 2, cap_style="flat", join_style="mitre", mitre_limit=2)


def _polygon(shape: Float[Array, "k 2"]) -> BaseGeometry:
    return Polygon(shape[:, :2]).buffer(0) if len(shape) > 2 else Polygon()
