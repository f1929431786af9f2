"""Vehicles: the door of this room. An order goes in, a body comes out."""

from collections.abc import Callable

import numpy as np

from synthgen.articulation import coupling
from synthgen.assets import finishes as coat
from synthgen.assets import trucks
from synthgen.assets.ambulances import ambulance
from synthgen.assets.assembly import assembled, assembled_sections
from synthgen.assets.bendy_buses import bendy_bus
from synthgen.assets.buses import city_bus
from synthgen.assets.cars import car
from synthgen.assets.doors import opened
from synthgen.assets.fire_engines import fire_engine
from synthgen.assets.liveries import drawn_livery
from synthgen.assets.loads import bed_load, boxed_car, ladder_van
from synthgen.assets.police import police_car
from synthgen.assets.road_works import road_works
from synthgen.assets.semitrailers import tractor_and_trailer
from synthgen.assets.shells import Finish, Shell
from synthgen.assets.taxis import taxi
from synthgen.assets.turntable_ladders import ladder_truck
from synthgen.assets.wigwag import with_sides
from synthgen.classes import EMERGENCY
from synthgen.rng import stream
from synthgen.road_user import RoadUser
from synthgen.world import Body

Maker = Callable[[RoadUser, np.random.Generator], tuple[list[Shell], str]]


def vehicle(user: RoadUser, name: str) -> Body:
    """Return the vehicle that `user` orders, in its own frame, called `name`.

    Origin on the ground under the middle, x forward. Its box without mirrors is exactly the
    ordered one, an open door left out; raises ValueError for a kind, subtype or door that does
    not exist, or not in one piece: see `sections`.
    """
    makers = _makers()
    key = (user.kind, user.subtype)
    if key not in makers:
        raise ValueError(f"vehicle must be one of {sorted(makers)}, got {key}")
    shells, color = makers[key](user, stream(user.seed, "vehicle", user.kind, user.subtype))
    made = opened(shells, user.door, user.opening) if user.door else None
    body = assembled(user, name, shells, color, made)
    return with_sides(body) if user.kind in EMERGENCY else body


def sections(user: RoadUser, name: str) -> tuple[Body, ...]:
    """Return the bodies of the vehicle that `user` orders, called `name`: one, or its sections.

    The leading section comes first; `articulation.coupling` says where the others are.
    """
    joint = coupling(user)
    if joint is None:
        return (vehicle(user, name),)
    rng = stream(user.seed, "vehicle", user.kind, user.subtype)
    if user.kind == "bus":
        return assembled_sections(user, name, *bendy_bus(user, joint, rng))
    paint, color = coat.drawn_paint(rng)
    return assembled_sections(user, name, tractor_and_trailer(user, joint, paint, rng), color)


def _makers() -> dict[tuple[str, str], Maker]:
    """Who builds which kind and subtype."""
    return _private_makers() | _public_makers()


def _private_makers() -> dict[tuple[str, str], Maker]:
    cars = ("compact", "saloon", "estate", "suv", "sports")
    rows: dict[tuple[str, str], Maker] = {("car", subtype): _private for subtype in cars}
    return rows | {
        ("car", "taxi"): taxi,
        ("car", "pickup"): _pickup,
        ("car", "roof_box"): boxed_car,
        ("ego", "estate"): _private,
        ("van", "minivan"): _private,
        ("van", "panel_van"): _panel_van,
        ("van", "delivery_van"): _delivery_van,
        ("van", "ladder_van"): ladder_van,
        ("truck", "box_truck"): _painted(trucks.box_truck),
        ("truck", "tow_truck"): _painted(trucks.tow_truck),
        ("truck", "flatbed"): _painted(trucks.flatbed),
        ("truck", "road_works"): road_works,
    }


def _public_makers() -> dict[tuple[str, str], Maker]:
    return {
        ("bus", "midi_bus"): city_bus,
        ("bus", "city_bus"): city_bus,
        ("ambulance", "us_box"): ambulance,
        ("ambulance", "eu_van"): ambulance,
        ("fire_engine", "pumper"): fire_engine,
        ("fire_engine", "eu_pumper"): fire_engine,
        ("fire_engine", "ladder"): ladder_truck,
        ("police_car", "us_suv"): police_car,
        ("police_car", "us_saloon"): police_car,
        ("police_car", "eu_estate"): police_car,
    }


def _private(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    paint, word = coat.drawn_paint(rng)
    body = car(user, paint, rng)
    return [body.shell, *body.parts], word


def _pickup(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    paint, word = coat.drawn_paint(rng)
    body = car(user, paint, rng)
    return [body.shell, *body.parts, *bed_load(body, rng)], word


def _panel_van(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    """Mostly plain white: from afar like an ambulance without its dress."""
    paint, word = coat.drawn_paint(rng)
    if rng.random() < 0.65:
        paint, word = coat.named_paint("white", rng)
    body = car(user, paint, rng)
    return [body.shell, *body.parts], word


def _delivery_van(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    livery = drawn_livery(rng, plain=0.0)
    half = user.length / 2
    body = car(
        user, livery.base, rng,
        lambda shell, frame: livery.applied(shell, (-half, half - 1.6), (0.3, user.height)),
    )  # fmt: skip
    words = livery.words(body.shell, -0.22 * user.length, 0.66 * user.height, 0.3)
    return [body.shell, *body.parts, *words], livery.color


def _painted(
    build: Callable[[RoadUser, Finish, np.random.Generator], list[Shell]],
) -> Maker:
    """A maker that draws the cab's paint first."""

    def make(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
        paint, word = coat.drawn_paint(rng)
        return build(user, paint, rng), word

    return make
