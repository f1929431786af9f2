"""A street network as geometry: what traffic drives on and what places are built from.

Right-hand traffic, world frame, metres.
"""

from dataclasses import dataclass

from jaxtyping import Float

from synthgen.geometry import Array


@dataclass(frozen=True, eq=False)
class Lane:
    """One lane.

    Attributes:
        name: SUMO lane id.
        edge: SUMO edge id.
        index: 0 is the rightmost lane of the edge.
        kind: drive, bicycle, walk, shoulder (of a motorway), paved (part of the carriageway, not
            driven on) or other.
        shape: centre line in driving direction.
        width: [m].
        speed: [m/s] limit.
        road: road class, e.g. residential, primary.
        start: junction it comes from.
        end: junction it leads to.
        yields: how it meets `end`: signal, stop, yield, priority or none.
    """

    name: str
    edge: str
    index: int
    kind: str
    shape: Float[Array, "k 3"]
    width: float
    speed: float
    road: str
    start: str
    end: str
    yields: str


@dataclass(frozen=True, eq=False)
class Junction:
    """A junction: its area and how it is controlled (SUMO type)."""

    name: str
    kind: str
    position: Float[Array, "2"]
    shape: Float[Array, "k 2"]


@dataclass(frozen=True, eq=False)
class Crossing:
    """A pedestrian crossing: centre line from kerb to kerb and width [m]; `signalled` or not."""

    name: str
    junction: str
    shape: Float[Array, "k 2"]
    width: float
    signalled: bool


@dataclass(frozen=True, eq=False)
class Link:
    """A way through a junction: centre line from the end of lane `start` to that of lane `end`."""

    start: str
    end: str
    junction: str
    shape: Float[Array, "k 3"]


@dataclass(frozen=True, eq=False)
class SignalHead:
    """What one signal controls: `link` of program `signal`, for traffic that leaves `lane`.

    Attributes:
        signal: SUMO traffic light id.
        link: index into the program's state string.
        lane: incoming lane.
        position: [m] end of that lane (the stop line).
        heading: [rad] driving direction there.
    """

    signal: str
    link: int
    lane: str
    position: Float[Array, "3"]
    heading: float


@dataclass(frozen=True, eq=False)
class Footprint:
    """A building outline from a map, `height` [m] (0 when the map has none)."""

    name: str
    shape: Float[Array, "k 2"]
    height: float
    use: str


@dataclass(frozen=True, eq=False)
class Strip:
    """Ground that the map says what it is for: drive, paved, bicycle or walk."""

    kind: str
    ring: Float[Array, "k 2"]


@dataclass(frozen=True, eq=False)
class PaintedLine:
    """A line that the map has on the road.

    Attributes:
        shape: [m].
        width: [m].
        color: white or yellow.
        dash: [m] painted and free; zero for a solid line.
    """

    shape: Float[Array, "k 2"]
    width: float
    color: str
    dash: tuple[float, float]


@dataclass(frozen=True)
class MapSign:
    """A traffic sign that the map has, at x, y [m], for traffic that drives along `yaw` [rad].

    `face` is one of the faces that signs can have, e.g. stop, yield or speed_limit.
    """

    face: str
    x: float
    y: float
    yaw: float


@dataclass(frozen=True, eq=False)
class Ribbon:
    """The surface of a road in space, where the map has heights.

    Attributes:
        line: [m] reference line.
        tilt: rise over run towards the left of the line, at each of its points.
        left: [m] from the line to the left edge, sidewalks included.
        right: [m] the same of the right edge, negative to the right of the line.
    """

    line: Float[Array, "k 3"]
    tilt: Float[Array, "k"]
    left: Float[Array, "k"]
    right: Float[Array, "k"]


@dataclass(frozen=True, eq=False)
class Network:
    """The whole street network.

    Attributes:
        name: of the city or the map file's stem.
        kind: downtown, suburb, arterial, industrial, rural, motorway, osm or opendrive.
        lanes: all lanes outside junctions.
        connectors: centre lines (k, 3) of the lanes inside junctions.
        junctions: areas of the junctions.
        crossings: pedestrian crossings.
        walking_areas: polygons where sidewalks meet.
        heads: signal heads, one per controlled incoming lane and link.
        footprints: building outlines of the map, empty for generated cities.
        trees: [m] positions from the map.
        low: [m] smallest x, y.
        high: [m] largest x, y.
        attribution: licence line of the map, empty for generated cities.
        strips: ground as the map divides it, in addition to the lanes.
        lines: painted lines of the map, in place of those that rules ask for.
        signs: traffic signs of the map, in place of made-up ones.
        links: ways through junctions, from lane to lane.
        ribbons: heights of the roads, empty where all is level.
    """

    name: str
    kind: str
    lanes: tuple[Lane, ...]
    connectors: tuple[Float[Array, "k 3"], ...]
    junctions: tuple[Junction, ...]
    crossings: tuple[Crossing, ...]
    walking_areas: tuple[Float[Array, "k 2"], ...]
    heads: tuple[SignalHead, ...]
    footprints: tuple[Footprint, ...]
    trees: Float[Array, "n 2"]
    low: Float[Array, "2"]
    high: Float[Array, "2"]
    attribution: str = ""
    strips: tuple[Strip, ...] = ()
    lines: tuple[PaintedLine, ...] = ()
    signs: tuple[MapSign, ...] = ()
    links: tuple[Link, ...] = ()
    ribbons: tuple[Ribbon, ...] = ()
