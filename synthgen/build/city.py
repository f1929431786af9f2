"""The city that the clips of a shard share: streets, buildings, furniture, a pool of designs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from synthgen.assets.animals import ANIMALS, animal
from synthgen.assets.fleet import draw_member, draw_user
from synthgen.assets.imported.designs import Design
from synthgen.assets.occupants import emptied
from synthgen.assets.people import person
from synthgen.assets.two_wheelers import cyclist, motorcyclist
from synthgen.assets.vehicles import sections
from synthgen.build.detail import Coarse
from synthgen.build.rooms import measured
from synthgen.build.season import draw_season, in_season
from synthgen.mesh import Mesh
from synthgen.network import Network
from synthgen.place.city import build_place
from synthgen.place.heightfield import heightfield
from synthgen.place.lift import lift, lift_streets
from synthgen.place.place import Place, surface_height
from synthgen.rng import stream
from synthgen.road_user import RoadUser
from synthgen.spec.clip import PlaceSpec
from synthgen.street.fixture import Furniture
from synthgen.street.furnish import Ground, furnish
from synthgen.streets import Control, Streets
from synthgen.traffic.city import generate_network
from synthgen.traffic.maps import import_map
from synthgen.world import Body

POOL = {
    "car": 16, "van": 5, "truck": 4, "bus": 2, "motorcycle": 2, "bicycle": 3, "ambulance": 2,
    "fire_engine": 2, "police_car": 2, "pedestrian": 14, "dog": 2, "cat": 1, "deer": 1,
}  # fmt: skip
"""Designs per kind that a city draws; every use of one may differ in state, not in shape."""
STILL = {"standing": 5, "sitting": 4}
"""Designs of people who stand and who sit on benches."""


@dataclass(frozen=True, eq=False)
class City:
    """What is built once per shard.

    Attributes:
        network: the streets.
        net_file: the same as SUMO reads it.
        place: ground and buildings.
        furniture: lamps, signals, signs, trees, parking slots.
        streets: the map, with what the traffic lights control.
        stuff: bodies of place and furniture that stand still and are not counted.
        pool: designs of road users with the room each takes; index 0 is the ego car.
        bodies: bodies made so far, by design; filled on demand.
        credits: licence line by name of each design of the user's.
        empty: parked bodies by design; filled on demand.
        coarse: coarse meshes by the whole one; filled on demand.
    """

    network: Network
    net_file: Path
    place: Place
    furniture: Furniture
    streets: Streets
    stuff: tuple[Body, ...]
    pool: tuple[RoadUser, ...]
    bodies: dict[RoadUser, tuple[Body, ...]]
    credits: Mapping[str, str] = field(default_factory=dict)
    empty: dict[RoadUser, tuple[Body, ...]] = field(default_factory=dict)
    coarse: dict[Mesh, Coarse] = field(default_factory=dict)

    def of(self, user: RoadUser) -> tuple[Body, ...]:
        """Return the bodies of a design: one, what is ridden and its rider, or two sections."""
        design = plain(user)
        if design not in self.bodies:
            self.bodies[design] = make_bodies(design)
        return self.bodies[design]

    def measured(self, user: RoadUser) -> RoadUser:
        """Return a design with the room that its bodies take."""
        return measured(user, self.of(user))

    def parked(self, user: RoadUser) -> tuple[Body, ...]:
        """Return what stands parked of a design, by section: nobody in it, nobody on it.

        Kept, so that all that are parked of one design share their mesh.
        """
        design = plain(user)
        if design not in self.empty:
            own = [body for body in self.of(user) if not body.rides]
            self.empty[design] = tuple(emptied(body) for body in own)
        return self.empty[design]


def plain(user: RoadUser) -> RoadUser:
    """Return the design of `user`, lamps and share apart."""
    return replace(user, responding=False, share=0.0)


def build_city(
    place: PlaceSpec, seed: int, ego: RoadUser, folder: Path, guests: Sequence[Design] = ()
) -> City:
    """Return the city that `place` names; SUMO's files go to `folder`.

    `guests` are designs of the user's that join the pool.
    """
    rng = stream(seed, "city", place.city, "streets")
    if place.file:
        network, net_file = import_map(place.kind, Path(place.file), folder)
    else:
        network, net_file = generate_network(place.kind, rng, folder)
    year = stream(seed, "city", place.city, "season")
    season = draw_season(year, place.season)
    built = build_place(network, stream(seed, "city", place.city, "place"), season.garden)
    ground = Ground(built.roads, built.sidewalks.union(built.free), partial(surface_height, built))
    street = stream(seed, "city", place.city, "street")
    furniture = furnish(network, ground, street, season.street)
    bodies = draw_pool(stream(seed, "city", place.city, "pool"), place.kind)
    users = (ego, *bodies, *(guest.user for guest in guests))
    bodies |= {plain(ego): make_bodies(ego)}
    bodies |= {plain(guest.user): guest.bodies for guest in guests}
    stuff = in_season((*built.stuff, *furniture.stuff), season, year)
    built = replace(built, facts={**built.facts, "season": season.name})
    low_x, low_y, high_x, high_y = built.plan.region.bounds
    field = heightfield(network.ribbons, np.array([low_x, low_y]), np.array([high_x, high_y]))
    streets = replace(built.streets, controls=controls(network, furniture))
    if field is not None:
        stuff = lift(stuff, built.buildings, field)
        streets = lift_streets(streets, field)
        built = replace(built, stuff=stuff[: len(built.stuff)], field=field)
    pool = tuple(measured(user, bodies[plain(user)]) for user in users)
    credits = {guest.user.subtype: guest.credit for guest in guests}
    return City(network, net_file, built, furniture, streets, stuff, pool, bodies, credits)


def controls(network: Network, furniture: Furniture) -> dict[str, Control]:
    """Return what each traffic light shows and the lanes that link controls, by body name."""
    lanes: dict[tuple[str, int], list[str]] = {}
    for head in network.heads:
        lanes.setdefault((head.signal, head.link), []).append(head.lane)
    return {
        one.body.name: Control(one.signal, one.link, tuple(lanes[one.signal, one.link]))
        for one in furniture.fixtures
        if one.signal
    }


def draw_pool(rng: np.random.Generator, place: str = "") -> dict[RoadUser, tuple[Body, ...]]:
    """Return a pool of designs with `POOL[kind]` of each kind, people who keep still.

    Designs are drawn as they come at a `place`, see `fleet.PLACES`.
    """
    kinds = [kind for kind, count in POOL.items() for _ in range(count)]
    pool = dict(draw_design(kind, rng, place=place) for kind in kinds)
    for subtype in (name for name, count in STILL.items() for _ in range(count)):
        user = draw_member("pedestrian", subtype, rng)
        pool[user] = make_bodies(user)
    return pool


def draw_design(
    kind: str, rng: np.random.Generator, tries: int = 20, place: str = "", subtype: str = ""
) -> tuple[RoadUser, tuple[Body, ...]]:
    """Return a design of `kind` as it comes at a `place`, or of a `subtype`, and its bodies.

    About one car in a hundred has proportions that hide a lens; it is drawn anew.
    Raises ValueError when that happens `tries` times in a row.
    """
    for _ in range(tries):
        found = draw_member(kind, subtype, rng) if subtype else draw_user(kind, rng, place=place)
        user = replace(found, responding=False)
        try:
            return user, make_bodies(user)
        except ValueError as error:
            fault = error
    raise ValueError(f"no {kind} of {tries} can be built: {fault}")


def make_bodies(user: RoadUser) -> tuple[Body, ...]:
    """Return the bodies of a design, named after nothing yet."""
    if user.kind == "pedestrian":
        return (person(user, ""),)
    if user.kind in ANIMALS:
        return (animal(user, ""),)
    if user.kind == "bicycle":
        return cyclist(user, "")
    if user.kind == "motorcycle":
        return motorcyclist(user, "")
    return sections(user, "")
