"""Ambulances: a box on a cutaway van, American; a high van in battenburg, European."""

from dataclasses import replace

import numpy as np

from synthgen.assets import emergency as gear
from synthgen.assets import finishes as coat
from synthgen.assets.car_shells import CarFrame
from synthgen.assets.cargo import RECESS, cargo_box, chassis, doors, tail
from synthgen.assets.cars import Car, car
from synthgen.assets.carving import end_view, painted, side_view
from synthgen.assets.draping import surface_at
from synthgen.assets.lettering import lettered
from synthgen.assets.shells import FLANKS, Finish, Shell, Side, shifted
from synthgen.road_user import RoadUser

_MARKS = (("red", (196, 16, 22)), ("orange", (226, 88, 14)), ("blue", (22, 60, 160)))


def ambulance(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    """Return the shells and the colour word of an ambulance: box body or van."""
    return _box_ambulance(user, rng) if user.subtype == "us_box" else _van_ambulance(user, rng)


def _van_ambulance(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    yellow = bool(rng.random() < 0.5)
    word, code = ("yellow", (230, 226, 40)) if yellow else ("white", coat.WHITE)
    second = ("green", (10, 104, 62)) if yellow else ("red", (200, 16, 24))
    pair = (gear.reflective("lime", (226, 232, 40)), gear.reflective(*second))

    def paint(shell: Shell, frame: CarFrame) -> Shell:
        low, half = frame.z(frame.style.belt_z) - 0.42, frame.length / 2
        shell = gear.battenburg(shell, (-half, half - 0.9), (low, low + 0.7), pair, 0.6)
        return gear.chevrons(shell, frame.half - 0.1, (0.6, frame.height - 0.5), gear.rear_pair())

    base = coat.aged(coat.solid(word, code, 0.65), rng)
    body = car(replace(user, height=user.height - gear.BAR), base, rng, paint)
    high, blue = body.frame.height, ("blue", "blue")
    shells = [body.shell, *body.parts, *gear.roof_bar(body, blue)]
    shells += gear.grille_flashers(body, blue)
    rear = surface_at(body.shell, (0.5, 0.93 * high), Side.REAR)
    shells += gear.corner_beacons(rear + 0.018, 0.72, 0.92 * high, blue, 0.12)
    ink = coat.film("letters", second[1], 70.0)
    return shells + _named(body.shell, (-0.5, 0.76 * high), (0.87 * high, 0.15), ink), word


def _named(
    shell: Shell, flank: tuple[float, float], rear: tuple[float, float], ink: Finish
) -> list[Shell]:
    """The word on both flanks about `flank` (x, z) and behind at `rear` (z, letter height) [m]."""
    words = [lettered(shell, "AMBULANCE", flank, 0.26, side, ink) for side in FLANKS]
    return [*words, lettered(shell, "AMBULANCE", (0.0, rear[0]), rear[1], Side.REAR, ink)]


def _box_ambulance(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    front, half, top = user.length / 2, user.width / 2, user.height
    nose, rear = 0.40 * user.length, -front
    white = coat.aged(coat.solid("white", coat.WHITE, 0.7), rng)
    word, code = _MARKS[int(rng.integers(3))]
    mark = gear.reflective(word, code)
    cab = _cutaway(user, nose, white, mark, rng)
    start, axle = front - nose + 0.12, front - 1.8 * nose
    body = cargo_box((rear + RECESS, start), half, (0.52, top), white, (axle,))
    body = _module_dress(body, user, start, mark)
    offset = (front - nose / 2, 0.0, 0.0)
    shells = [*(shifted(part, offset) for part in (cab.shell, *cab.parts)), body]
    shells += doors(body, half, (0.6, top), "leaf") + tail(rear, half - 0.1, 0.56)
    shells += chassis(rear + 0.2, start + 0.5, half - 0.05, 0.56)[:1]
    shells += _module_lamps(user, rear, start)
    return shells + _named(
        body, ((rear + start) / 2 - 0.1, 1.42), (top - 0.42, 0.17), mark
    ), "white"


def _cutaway(
    user: RoadUser, nose: float, paint: Finish, mark: Finish, rng: np.random.Generator
) -> Car:
    """The van that carries the box: bonnet, windscreen and front doors, `nose` [m] long."""
    half = user.length / 2
    order = replace(
        user, subtype="cutaway", length=nose, width=0.92 * user.width, height=0.84 * user.height
    )
    band = ((-half, half), (0.82, 0.98))
    return car(order, paint, rng, lambda shell, frame: gear.banded(shell, *band, mark))


def _module_dress(body: Shell, user: RoadUser, start: float, mark: Finish) -> Shell:
    """Stripes, chevrons behind and windows of the box."""
    rear, half = -user.length / 2, user.width / 2
    for rise in ((0.82, 1.06), (1.10, 1.13)):
        body = gear.banded(body, (rear, start), rise, mark)
    body = gear.chevrons(body, half - 0.08, (0.6, 1.3), gear.rear_pair())
    return _module_windows(body, user, start)


def _module_windows(body: Shell, user: RoadUser, start: float) -> Shell:
    high, half = user.height - 0.62, user.width / 2
    for x in (start - 1.0, start - 2.2):
        outline = [(x - 0.3, high - 0.36), (x + 0.3, high - 0.36), (x + 0.3, high), (x - 0.3, high)]
        if x - 0.4 > -user.length / 2:
            body = painted(body, side_view(outline), coat.tinted(), FLANKS)
    pane = [(0.10, high - 0.4), (0.42 * half, high - 0.4), (0.42 * half, high), (0.10, high)]
    return painted(body, end_view(pane), coat.tinted(), (Side.REAR,))


def _module_lamps(user: RoadUser, rear: float, start: float) -> list[Shell]:
    half, top = user.width / 2, user.height
    y, z = half - 0.22, top - 0.16
    colors = ("red", "white")
    lamps = gear.corner_beacons(start - 0.005, y, z, colors) + gear.corner_beacons(
        rear + 0.024, y, z, colors
    )
    lamps += gear.corner_beacons(start - 0.005, y * 0.45, z, colors)
    lamps += gear.scene_lamps(((rear + start) / 2,), half, top - 0.17)
    return lamps + gear.side_beacons((rear + 0.4, start - 0.4), half - 0.014, top - 0.17, colors)
