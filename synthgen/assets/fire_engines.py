"""Fire engines: a pumper with crew cab, pump panel, shuttered lockers and a ladder."""

from itertools import pairwise

import numpy as np

from synthgen.assets import emergency as gear
from synthgen.assets import finishes as coat
from synthgen.assets.cabs import Cab, cab_parts, cab_shell
from synthgen.assets.cargo import cargo_box, chassis, tail, truck_wheels
from synthgen.assets.carving import painted, side_view
from synthgen.assets.draping import Stroke, seams
from synthgen.assets.lettering import lettered
from synthgen.assets.shells import FLANKS, Finish, Shell, Side, block, mirrored
from synthgen.geometry import Array
from synthgen.road_user import RoadUser

_WHEEL = 0.5


def fire_engine(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    """Return the shells and the colour word of a pumper with crew cab, shutters and ladder."""
    front, half, top = user.length / 2, user.width / 2, user.height - 0.16
    word, code = (("red", (186, 16, 18)), ("yellow", (206, 216, 30)))[int(rng.random() < 0.15)]
    main = coat.aged(coat.solid(word, code, 0.45), rng)
    upper = coat.aged(coat.solid("white", coat.WHITE, 0.7), rng) if rng.random() < 0.4 else main
    white = gear.reflective("white", (238, 238, 234))
    cab = _crew_cab(front, half, top)
    shell = cab_shell(cab, upper, main if upper is not main else None)
    shell = gear.banded(shell, (cab.back, front - 0.3), (0.98, 1.16), white)
    shells = [shell, *cab_parts(cab, shell), *_fire_body(user, cab, main, white)]
    shells += [*_pump_panel(cab, half, top), *_ladder(user, cab, top)]
    axles = (cab.axle, -front + 2.3)
    shells += truck_wheels(axles, half - 0.05, _WHEEL, (False, True), coat.aluminium())
    shells += chassis(-front + 0.1, cab.back + 0.4, half, 0.8)[:1] + tail(-front, half - 0.06, 0.62)
    words = [lettered(shell, "FIRE", (front - 1.45, 0.84), 0.18, side, white) for side in FLANKS]
    return [*shells, *_beacons(cab, top), *words], word


def _crew_cab(front: float, half: float, top: float) -> Cab:
    return Cab(
        front=front,
        length=2.9,
        half=half - 0.02,
        low=0.42,
        high=top - 0.22,
        sill=1.42,
        axle=front - 1.35,
        wheel=_WHEEL,
        rake=0.07,
        doors=2,
    )


def _beacons(cab: Cab, top: float) -> list[Shell]:
    """Light bar on the cab, flashers in the grille, lamps on the rear corners."""
    colors, half = ("red", "white"), cab.half + 0.02
    lamps = gear.light_bar(cab.front - 0.75, cab.high - 0.03, 1.6 * half, colors, 0.22)
    lamps += gear.flashers(cab.front - 0.02, 0.5, 0.98, colors)
    return lamps + gear.corner_beacons(-cab.front + 0.026, half - 0.2, top - 0.12, colors)


def _fire_body(user: RoadUser, cab: Cab, red: Finish, white: Finish) -> list[Shell]:
    """Body with roller shutters along both flanks and chevrons behind."""
    rear, half, top = -user.length / 2, user.width / 2, user.height - 0.16
    start = cab.back - 0.75
    body = cargo_box((rear, start), half, (0.48, top), red, (rear + 2.3,))
    body = gear.banded(body, (rear, start), (0.98, 1.16), white)
    body = painted(body, side_view(_rect(rear, start, 0.48, 0.62)), coat.aluminium(), FLANKS)
    places = np.linspace(rear + 0.12, start - 0.08, 4)
    for x0, x1 in zip(places[:-1] + 0.05, places[1:] - 0.05, strict=True):
        body = painted(body, side_view(_rect(x0, x1, 1.3, top - 0.34)), coat.aluminium(), FLANKS)
    yellow, deep = gear.reflective("yellow", (232, 214, 40)), gear.reflective("red", (176, 14, 18))
    body = gear.chevrons(body, half - 0.08, (0.75, 2.2), (yellow, deep), 0.36)
    return [body, *_slats(body, places, top)]


def _slats(body: Shell, places: Array, top: float) -> list[Shell]:
    """The slats of the shutters between `places` [m]."""
    courses = [
        [(x0 + 0.05, float(z)), (x1 - 0.05, float(z))]
        for x0, x1 in pairwise(places)
        for z in np.arange(1.46, top - 0.38, 0.2)
    ]
    left = seams(body, courses, Side.LEFT, coat.gap(), Stroke(0.014, 9.0))
    return [left, mirrored(left)]


def _rect(start: float, end: float, low: float, high: float) -> list[tuple[float, float]]:
    return [(start, low), (end, low), (end, high), (start, high)]


def _pump_panel(cab: Cab, half: float, top: float) -> list[Shell]:
    """The pump between cab and body: bright panel with gauges and hose couplings."""
    x = cab.back - 0.37
    core = block(
        (x, 0.0, (0.5 + top) / 2 - 0.15), (0.82, 2 * half - 0.1, top - 0.8), coat.aluminium()
    )
    parts = [core]
    for index in range(6):
        z, shift = 1.25 + 0.28 * (index // 2), 0.18 * (-1) ** index
        gauge = block((x + shift, half - 0.045, z), (0.16, 0.03, 0.16), coat.trim())
        parts += [gauge, mirrored(gauge)]
    for shift in (-0.2, 0.2):
        port = block((x + shift, half - 0.03, 0.82), (0.14, 0.05, 0.14), coat.chrome())
        parts += [port, mirrored(port)]
    return parts


def _ladder(user: RoadUser, cab: Cab, top: float) -> list[Shell]:
    """An extension ladder along the roof."""
    rear, start = -user.length / 2 + 0.3, cab.back - 0.2
    metal, middle, high = coat.aluminium(), (rear + start) / 2, user.height
    parts = [
        block((middle, side, high - 0.06), (start - rear, 0.06, 0.12), metal)
        for side in (0.25, 0.75)
    ]
    parts += [
        block((x, 0.5, high - 0.07), (0.04, 0.5, 0.04), metal)
        for x in np.arange(rear + 0.2, start, 0.35)
    ]
    return parts
