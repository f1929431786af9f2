"""Fire engines, American and European: crew cab, pump panel, shuttered lockers and a ladder."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from synthgen.assets import emergency as gear
from synthgen.assets import finishes as coat
from synthgen.assets.cabs import Cab, cab_parts, cab_shell
from synthgen.assets.cargo import RECESS, cargo_box, chassis, tail, truck_wheels
from synthgen.assets.carving import painted, side_view
from synthgen.assets.draping import Stroke, seams
from synthgen.assets.lettering import lettered
from synthgen.assets.shells import FLANKS, Finish, Shell, Side, block, mirrored
from synthgen.geometry import Array
from synthgen.road_user import RoadUser

WHEEL = 0.5
"""[m] radius of a tyre."""


@dataclass(frozen=True)
class Service:
    """How a country's fire engines look.

    Attributes:
        paints: (word, sRGB, share) of the bodywork.
        beacons: colours of the left and right flashers.
        band: film along the flanks: word and sRGB.
        words: what may stand on the doors.
        pump: whether the pump's panel stands between cab and body.
    """

    paints: tuple[tuple[str, tuple[int, int, int], float], ...]
    beacons: tuple[str, str]
    band: tuple[str, tuple[int, int, int]]
    words: tuple[str, ...]
    pump: bool


AMERICAN = Service(
    (("red", (186, 16, 18), 0.85), ("yellow", (206, 216, 30), 0.15)),
    ("red", "white"), ("white", (238, 238, 234)), ("FIRE",), True,
)  # fmt: skip
EUROPEAN = Service(
    (("red", (198, 18, 14), 0.8), ("red", (214, 40, 20), 0.2)),
    ("blue", "blue"), ("lime", (222, 232, 50)), ("FEUERWEHR", "POMPIERS", "FIRE"), False,
)  # fmt: skip


@dataclass(frozen=True)
class Dress:
    """Finishes of one fire engine: colour word, body, cab's upper half, band, word on the doors."""

    color: str
    main: Finish
    upper: Finish
    band: Finish
    word: str


def drawn_dress(service: Service, rng: np.random.Generator) -> Dress:
    """Return the finishes of one fire engine of `service`."""
    shares = np.array([share for _, _, share in service.paints])
    word, code, _ = service.paints[int(rng.choice(len(shares), p=shares))]
    main = coat.aged(coat.solid(word, code, 0.45), rng)
    upper = coat.aged(coat.solid("white", coat.WHITE, 0.7), rng) if rng.random() < 0.4 else main
    name = str(rng.choice(service.words))
    return Dress(word, main, upper, gear.reflective(*service.band), name)


def fire_engine(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    """Return the shells and the colour word of a pumper with crew cab, shutters and ladder.

    Subtype pumper is American, eu_pumper European.
    """
    service = EUROPEAN if user.subtype == "eu_pumper" else AMERICAN
    front, half, top = user.length / 2, user.width / 2, user.height - 0.16
    dress = drawn_dress(service, rng)
    cab = crew_cab(front, half, top - 0.22)
    shells = dressed_cab(cab, dress, rng)
    start = cab.back - (0.75 if service.pump else 0.04)
    shells += fire_body((-front + RECESS, start), half, (0.48, top), dress, (-front + 2.3,))
    shells += [*(_pump_panel(cab, half, top) if service.pump else ()), *_ladder(user, cab, top)]
    axles = (cab.axle, -front + 2.3)
    shells += truck_wheels(axles, half - 0.05, WHEEL, (False, True), coat.aluminium())
    shells += chassis(-front + 0.1, cab.back + 0.4, half, 0.8)[:1] + tail(-front, half - 0.06, 0.62)
    shells += gear.scene_lamps((-front + 0.7, start - 0.6), half, top - 0.1)
    return [*shells, *beacons(cab, -front, top, service)], dress.color


def dressed_cab(cab: Cab, dress: Dress, rng: np.random.Generator) -> list[Shell]:
    """Return the crew cab with its band and the word on its doors."""
    lower = dress.main if dress.upper is not dress.main else None
    shell = cab_shell(cab, dress.upper, lower)
    shell = gear.banded(shell, (cab.back, cab.front - 0.3), (0.98, 1.16), dress.band)
    tall = min(0.18, 0.72 / len(dress.word))
    spot = (cab.front - 1.45, 0.84)
    ink = coat.film("letters", (240, 240, 236), 70.0)
    words = [lettered(shell, dress.word, spot, tall, side, ink) for side in FLANKS]
    return [shell, *cab_parts(cab, shell, rng), *words]


def crew_cab(front: float, half: float, high: float) -> Cab:
    """Return a cab with two doors on each side, its nose at `front` [m], `high` [m] tall."""
    return Cab(
        front=front,
        length=2.9,
        half=half - 0.02,
        low=0.42,
        high=high,
        sill=1.42,
        axle=front - 1.35,
        wheel=WHEEL,
        rake=0.07,
        doors=2,
    )


def beacons(cab: Cab, rear: float, top: float, service: Service) -> list[Shell]:
    """Return light bar on the cab, flashers in the grille, lamps on the rear corners."""
    colors, half = service.beacons, cab.half + 0.02
    lamps = gear.light_bar(cab.front - 0.75, cab.high - 0.03, 1.6 * half, colors, 0.22)
    lamps += gear.flashers(cab.front - 0.02, 0.5, 0.98, colors)
    return lamps + gear.corner_beacons(rear + 0.026, half - 0.2, top - 0.12, colors)


def fire_body(
    span: tuple[float, float],
    half: float,
    rise: tuple[float, float],
    dress: Dress,
    axles: tuple[float, ...],
) -> list[Shell]:
    """Return a body with roller shutters along both flanks and chevrons behind."""
    (rear, start), (low, top) = span, rise
    body = cargo_box(span, half, rise, dress.main, axles)
    body = gear.banded(body, span, (0.98, 1.16), dress.band)
    body = painted(body, side_view(_rect(rear, start, low, low + 0.14)), coat.aluminium(), FLANKS)
    places = np.linspace(rear + 0.12, start - 0.08, 4)
    for x0, x1 in zip(places[:-1] + 0.05, places[1:] - 0.05, strict=True):
        body = painted(body, side_view(_rect(x0, x1, 1.3, top - 0.34)), coat.aluminium(), FLANKS)
    body = gear.chevrons(body, half - 0.08, (0.75, min(2.2, top - 0.2)), gear.rear_pair(), 0.36)
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
