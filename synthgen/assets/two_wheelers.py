"""Bicycles and motorcycles, parked or with who rides them."""

# ruff: noqa: RUF005 (a list added to an array is a sum, not a longer list)

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from synthgen.assets.bicycles import PEDAL_CYCLE, Cycle, build_cycle, cycle_lenses, draw_cycle
from synthgen.assets.body.character import draw_shape
from synthgen.assets.body.figure import Figure, Moving, figure
from synthgen.assets.body.stances import Seat
from synthgen.assets.body.wearer import wearer
from synthgen.assets.cargo_bikes import build_cargo_bike, draw_cargo_bike
from synthgen.assets.kick_scooters import (
    build_scooter,
    draw_scooter,
    scooter_lenses,
    standing_seat,
)
from synthgen.assets.lenses import circuits_for, lamps_for
from synthgen.assets.motorcycles import build_machine, draw_machine, machine_lenses
from synthgen.assets.police_motorcycles import (
    build_police_machine,
    police_lenses,
    police_machine,
)
from synthgen.assets.riding import Pedal, Ride
from synthgen.assets.skeleton import box
from synthgen.assets.wardrobe import HIVIS, Outfit, cloth, draw_outfit
from synthgen.geometry import Array
from synthgen.mesh import Mesh, merge
from synthgen.rng import stream
from synthgen.road_user import RoadUser
from synthgen.world import Body, Wheel

__all__ = ["PEDAL_CYCLE", "bicycle", "cyclist", "motorcyclist", "scooterist"]

_LEAN = {"city": 0.16, "sport": 0.72, "mountain": 0.42, "cargo": 0.14}


def bicycle(user: RoadUser, name: str) -> Body:
    """Return a bicycle, `user.length` over its tyres; lamps front and rear.

    `Body.pose` turns cranks and wheels, `PEDAL_CYCLE` metres per cycle.
    """
    rng = stream(user.seed, "bicycle")
    cycle = _drawn(user, rng)
    build = build_cargo_bike if cycle.style == "cargo" else build_cycle
    rolling, color = build(cycle, rng)
    mesh, extent = rolling(0.0)
    lenses = cycle_lenses(cycle)
    return Body(
        name, "bicycle", user.subtype or cycle.style, mesh, extent, circuits_for(lenses),
        lamps_for(lenses), pose=rolling, color=color,
    )  # fmt: skip


def _drawn(user: RoadUser, rng: np.random.Generator) -> Cycle:
    """Return the measures of the order's bicycle."""
    draw = draw_cargo_bike if user.subtype == "cargo_bike" else draw_cycle
    return draw(user, _stature(user), rng)


def cyclist(user: RoadUser, name: str) -> tuple[Body, Body]:
    """Return a bicycle called `name` and its rider `name/rider`, both in the bicycle's frame.

    Subtype e_scooter is an electric kick scooter, cargo_bike has a box before its rider.
    A design without a name yet is ridden by its kind, so that `Body.rides` always tells riders.
    """
    if user.subtype == "e_scooter":
        return scooterist(user, name)
    ridden = bicycle(user, name)
    cycle = _drawn(user, stream(user.seed, "bicycle"))
    who, color = _rider(user, "cyclist")
    x, z = cycle.grip
    sport = cycle.style == "sport"
    half = cycle.width / 2 - (0.012 if sport else 0.05)
    grip = (x + 0.10, half, z + 0.01) if sport else (x, half, z)
    hip = cycle.seat + [0.01, 0, 0.052 * who.height]
    seat = Seat(_point(hip), grip, _LEAN[cycle.style])
    ride = Moving(who, Pedal(seat, cycle), False)
    return ridden, _riding(user, name, ("cyclist", color), ride)


def scooterist(user: RoadUser, name: str) -> tuple[Body, Body]:
    """Return an electric kick scooter called `name` and who stands on it, `name/rider`.

    Its class is bicycle, subtype e_scooter: the law asks the same lamps, ways and speeds of both.
    """
    scooter = draw_scooter(user)
    rims, rest, color = build_scooter(scooter, stream(user.seed, "scooter"))
    lenses, shell = scooter_lenses(scooter), merge([*rims, rest])
    ridden = Body(
        name, "bicycle", user.subtype, shell, box(shell.vertices), circuits_for(lenses),
        lamps_for(lenses), color=color, wheels=_wheels((scooter.front, scooter.rear), rims),
    )  # fmt: skip
    who, top = _rider(user, "cyclist")
    seat, fore, aft = standing_seat(scooter, who.height, who.hip)
    ride = Ride(seat, (_point(fore), _point(aft)), 0.0)
    return ridden, _riding(user, name, ("scooterist", top), Moving(who, ride, False))


def motorcyclist(user: RoadUser, name: str) -> tuple[Body, Body]:
    """Return a motorcycle, scooter or police motorcycle called `name` and its rider `name/rider`.

    The body's subtype is the order's, or the style that was drawn for an order without one.
    """
    police = user.subtype == "police_motorcycle"
    draw, lenses_of, build = (
        (police_machine, police_lenses, build_police_machine)
        if police
        else (draw_machine, machine_lenses, build_machine)
    )
    machine = draw(user, stream(user.seed, "motorcycle"))
    rims, rest, mirrors, color = build(machine, stream(user.seed, "motorcycle", "paint"))
    lenses, shell = lenses_of(machine), merge([*rims, rest])
    ridden = Body(
        name, "motorcycle", user.subtype or machine.style, merge([shell, mirrors]),
        box(shell.vertices), circuits_for(lenses), lamps_for(lenses), color=color,
        wheels=_wheels(machine.axles, rims),
    )  # fmt: skip
    police_dress = _warned if police else _as_drawn
    who, top = _rider(user, "motorcyclist", police_dress)
    hip = np.array(machine.seat) + [0, 0, 0.050 * who.height]
    seat = Seat(_point(hip), machine.grip, machine.lean)
    foot = np.array(machine.peg) + [0, 0, 0.012]
    ride = Ride(seat, (_point(foot), _point(foot * [1, -1, 1])), 0.05)
    return ridden, _riding(user, name, ("motorcyclist", top), Moving(who, ride, False))


def _as_drawn(outfit: Outfit, rng: np.random.Generator) -> Outfit:
    return outfit


def _warned(outfit: Outfit, rng: np.random.Generator) -> Outfit:
    """Return what motorcycle police wear: warning clothing and a white helmet."""
    vest = cloth("warning jacket", HIVIS[0][1], rng)
    white, dark = cloth("helmet", (232, 232, 228), rng), cloth("trousers", (28, 30, 40), rng)
    return replace(outfit, top=vest, accent=white, bottom=dark, bag="none", color="yellow")


def _point(place: Array) -> tuple[float, float, float]:
    return float(place[0]), float(place[1]), float(place[2])


def _riding(user: RoadUser, name: str, known: tuple[str, str], moving: Moving) -> Body:
    """Return the rider's body, whose subtype and colour of the top are `known`.

    Who does not pedal keeps still and needs no pose.
    """
    mesh, extent = moving(0.0)
    return Body(
        f"{name}/rider", "rider", known[0], mesh, extent,
        pose=moving if known[0] == "cyclist" else None, rides=name or user.kind, color=known[1],
        posture="riding", keypoints=moving.keypoints,
    )  # fmt: skip


def _wheels(axles: Sequence[Array], rims: Sequence[Mesh]) -> tuple[Wheel, ...]:
    """Return the wheels of a mesh that begins with `rims`, which stand on the ground."""
    triangles = np.cumsum([0, *(len(rim.triangles) for rim in rims)])
    vertices = np.cumsum([0, *(len(rim.vertices) for rim in rims)])
    return tuple(
        Wheel(
            (float(place[0]), float(place[1]), float(place[2])),
            float(place[2]),
            (int(triangles[k]), int(triangles[k + 1])),
            (int(vertices[k]), int(vertices[k + 1])),
        )
        for k, place in enumerate(axles)
    )


def _stature(user: RoadUser) -> float:
    """Return the height of whoever rides [m].

    Source: NCD-RisC, "A century of trends in adult human height", eLife 5, 2016: about 1.78 m for
    men and 1.65 m for women in northern Europe and America.
    """
    return float(np.clip(stream(user.seed, "stature").normal(1.73, 0.07), 1.56, 1.9))


def _rider(
    user: RoadUser,
    habit: str,
    change: Callable[[Outfit, np.random.Generator], Outfit] = _as_drawn,
) -> tuple[Figure, str]:
    """Return who rides, in clothes after `change`, and the colour word of the top."""
    rng = stream(user.seed, habit)
    shape = draw_shape(_stature(user), habit, rng)
    outfit = change(draw_outfit(habit, shape.african, rng), rng)
    who = figure(wearer(shape), outfit, "rider", _stature(user), calls=False)
    return who, outfit.color
