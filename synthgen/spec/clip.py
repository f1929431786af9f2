"""A clip with every draw made: frozen, plain, recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from synthgen.events import Event
from synthgen.spec.render import RenderSpec
from synthgen.world import Environment


@dataclass(frozen=True, kw_only=True)
class TrafficSpec:
    """Who is on the road.

    Attributes:
        vehicles: moving vehicles per lane-kilometre of the city.
        pedestrians: people per kilometre of sidewalk; about a quarter of them stand.
        parked: share of the kerb taken by parked cars, 0 to 1.
        shares: weight of each kind of road user among the vehicles (car, van, truck, bus,
            motorcycle, bicycle, ambulance, fire_engine, police_car); missing kinds weigh 0.
        responding: probability that an emergency vehicle has its lights on.
        doors: share of the parked cars and vans near the way that are to have a door open.
    """

    vehicles: float
    pedestrians: float
    parked: float
    shares: Mapping[str, float]
    responding: float
    doors: float = 0.0


@dataclass(frozen=True, kw_only=True)
class PlaceSpec:
    """Where.

    Attributes:
        kind: downtown, suburb, arterial, industrial, rural, motorway, osm or opendrive.
        file: map file, empty when the city is generated.
        city: number of the generated city (all clips of a shard share it).
        season: spring, summer, autumn, winter, or any: drawn with the city.
    """

    kind: str
    file: str
    city: int
    season: str = "any"


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """Air and light that a clip is shown in.

    Attributes:
        environment: air and sky.
        draws: every drawn value of the clip, those of its conditions anew.
    """

    environment: Environment
    draws: Mapping[str, float | str]


@dataclass(frozen=True, kw_only=True)
class ClipSpec:
    """One clip.

    Attributes:
        identity: hash of the run spec without n, out, workers and shard.
        seed: of the run.
        clip: index.
        frames: frames in the clip.
        gap: [s] least time between frames; `distance` [m] least way between them.
        distance: see `gap`.
        place: where.
        environment: air and sky.
        traffic: who.
        draws: every drawn value by the key it belongs to, in the units of the scene files
            (angles in degrees).
        events: what the scene asks for on top of the traffic.
        render: what makes colour.
        twins: the other conditions that its moments are shown in too, by name.
        twin: name of the conditions when they are one of these, empty for the scene's own.
        flow: whether optical flow and scene flow are wanted.
    """

    identity: str
    seed: int
    clip: int
    frames: int
    gap: float
    distance: float
    place: PlaceSpec
    environment: Environment
    traffic: TrafficSpec
    draws: Mapping[str, float | str]
    events: tuple[Event, ...] = ()
    render: RenderSpec = field(default_factory=RenderSpec)
    twins: Mapping[str, Conditions] = field(default_factory=dict)
    twin: str = ""
    flow: bool = False


def under(spec: ClipSpec, twin: str) -> ClipSpec:
    """Return the clip under the conditions of `twin`."""
    found = spec.twins[twin]
    return replace(spec, environment=found.environment, draws=found.draws, twins={}, twin=twin)
