"""Police cars, ambulances, fire engines and taxis: ordinary bodies in special dress."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from synthgen.assets import emergency as gear
from synthgen.assets import finishes as coat
from synthgen.assets.cabs import Cab, cab_parts, cab_shell
from synthgen.assets.car_shells import CarFrame
from synthgen.assets.car_windows import pane_marks
from synthgen.assets.cargo import cargo_box, chassis, doors, tail, truck_wheels
from synthgen.assets.cars import Car, Decorate, car, undecorated
from synthgen.assets.carving import end_view, painted, side_view
from synthgen.assets.draping import seams, surface_at
from synthgen.assets.lettering import lettered
from synthgen.assets.shells import (
    FLANKS,
    Finish,
    Shell,
    Side,
    block,
    mirrored,
    rounded_box,
    shifted,
)
from synthgen.geometry import Array
from synthgen.road_user import RoadUser

_BAR = 0.105
"""[m] height of a light bar on the roof."""
_WHITE, _BLACK = (236, 237, 235), (14, 14, 16)


def police_car(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    """Return the shells and the colour word of a police car, American or European."""
    if user.subtype == "eu_estate":
        return _european(user, rng)
    black = coat.aged(coat.solid("black", _BLACK, 0.06), rng)
    white = coat.aged(coat.solid("white", _WHITE, 0.7), rng)
    base, doors = ((white, black), (black, white), (black, white))[int(rng.integers(3))]
    body = car(replace(user, height=user.height - _BAR), base, rng, _doors_in(doors))
    dark, gold = coat.film("dark", (20, 24, 40), 5.0), coat.film("gold", (226, 200, 90), 30.0)
    inks = (dark, gold) if doors is white else (gold, dark)
    word = str(rng.choice(["POLICE", "POLICE", "SHERIFF"]))
    shells = [body.shell, *body.parts, *_door_words(body, word, inks)]
    return [*shells, *_roof_bar(body, ("red", "blue")), *_grille(body, ("red", "blue"))], (
        "white" if base is white else "black"
    )


def _doors_in(finish: Finish) -> Decorate:
    """Doors in another colour, as on American patrol cars."""

    def paint(shell: Shell, frame: CarFrame) -> Shell:
        marks, style = pane_marks(frame), frame.style
        front = frame.axles[0] - style.wheel - 0.12
        rear = max(frame.axles[1] + style.wheel * 0.9, marks[-1] + 0.1)
        high = frame.z(style.belt_z) + 0.02
        outline = [(rear, 0.0), (front, 0.0), (front - 0.03, high), (rear, high)]
        return painted(shell, side_view(outline), finish, FLANKS)

    return paint


def _door_words(
    body: Car, word: str, inks: tuple[Finish, Finish], tall: float = 0.24
) -> list[Shell]:
    frame = body.frame
    x = (frame.axles[0] + frame.axles[1]) / 2
    z = frame.style.clearance + 0.50 * (frame.z(frame.style.belt_z) - frame.style.clearance)
    words = [lettered(body.shell, word, (x, z), tall, side, inks[0]) for side in FLANKS]
    back = (0.0, frame.z(frame.style.deck_z) - 0.12)
    return [*words, lettered(body.shell, word, back, 0.09, Side.REAR, inks[1])]


def _european(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    style = int(rng.integers(3))
    base = coat.aged(
        coat.solid("white", _WHITE, 0.7)
        if style
        else coat.paint("silver", (0.42, 0.43, 0.45), 0.5, 0.4),
        rng,
    )
    blue = gear.reflective("blue", (18, 52, 150))
    pair = (gear.reflective("yellow", (226, 226, 40)), blue)

    def paint(shell: Shell, frame: CarFrame) -> Shell:
        low, high = frame.style.clearance + 0.22, frame.z(frame.style.belt_z) - 0.03
        half = frame.length / 2
        if style == 2:
            return gear.banded(shell, (-half, half), (low + 0.12, high - 0.02), blue)
        return gear.battenburg(shell, (-half, half - 0.25), (low, high), pair, 0.55)

    body = car(replace(user, height=user.height - _BAR), base, rng, paint)
    letters = coat.film("letters", (240, 240, 240) if style == 2 else (20, 24, 60), 70.0)
    shells = [body.shell, *body.parts]
    if style == 2:
        shells += _door_words(body, str(rng.choice(["POLIZEI", "POLICE"])), (letters, blue), 0.2)
    else:
        z = body.frame.z(body.frame.style.deck_z) - 0.12
        shells.append(lettered(body.shell, "POLICE", (0.0, z), 0.1, Side.REAR, letters))
    bar = _roof_bar(body, ("blue", "blue"))
    return [*shells, *bar, *_grille(body, ("blue", "blue"))], "white" if style else "silver"


def _roof_bar(body: Car, colors: tuple[str, str]) -> list[Shell]:
    """A light bar over the B pillar, its top exactly `_BAR` above the bare body."""
    frame = body.frame
    x = frame.x(frame.style.header) - 0.42
    roof = surface_at(body.shell, (x, 0.0), Side.TOP)
    width = 2 * frame.half * frame.style.roof_width * 0.95
    foot = roof - 0.02
    return gear.light_bar(x, foot, width, colors, frame.height + _BAR - foot)


def _grille(body: Car, colors: tuple[str, str]) -> list[Shell]:
    frame = body.frame
    z = float(frame.sill(frame.length / 2 - 0.12)) - 0.1
    x = surface_at(body.shell, (0.16, z), Side.FRONT)
    return gear.flashers(min(x - 0.004, frame.length / 2 - 0.016), 0.16, z, colors)


def taxi(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    """Return the shells and the colour word of a taxi with its lit roof sign."""
    word, code = (("yellow", (238, 178, 16)), ("beige", (226, 212, 172)))[int(rng.random() < 0.35)]
    paint = coat.aged(coat.solid(word, code, 0.6), rng)
    body = car(replace(user, height=user.height - 0.14), paint, rng, undecorated)
    frame = body.frame
    x = frame.x(frame.style.header) - 0.35
    foot = surface_at(body.shell, (x, 0.0), Side.TOP) - 0.02
    lens = coat.lens("sign", (232, 214, 140), "taxi_sign")
    sign = rounded_box(
        (x - 0.1, -0.3, foot), (x + 0.1, 0.3, user.height), (0.06, 0.06, 0.05), (1, 2, 1), lens
    )
    dark = coat.trim()
    words = [
        lettered(sign, "TAXI", (0.0, foot + 0.085), 0.085, side, dark)
        for side in (Side.FRONT, Side.REAR)
    ]
    doors = [
        lettered(
            body.shell, "TAXI", ((frame.axles[0] + frame.axles[1]) / 2 + 0.5, 0.6), 0.18, side, dark
        )
        for side in FLANKS
    ]
    return [body.shell, *body.parts, sign, *words, *(doors if word == "yellow" else [])], word


def ambulance(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    """Return the shells and the colour word of an ambulance: box body or van."""
    return _box_ambulance(user, rng) if user.subtype == "us_box" else _van_ambulance(user, rng)


def _van_ambulance(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    yellow = bool(rng.random() < 0.5)
    code = (230, 226, 40) if yellow else _WHITE
    base = coat.aged(coat.solid("yellow" if yellow else "white", code, 0.65), rng)
    green, lime = gear.reflective("green", (10, 104, 62)), gear.reflective("lime", (226, 232, 40))
    red = gear.reflective("red", (200, 16, 24))
    pair = (lime, green) if yellow else (lime, red)

    def paint(shell: Shell, frame: CarFrame) -> Shell:
        low = frame.z(frame.style.belt_z) - 0.42
        return gear.battenburg(
            shell, (-frame.length / 2, frame.length / 2 - 0.9), (low, low + 0.7), pair, 0.6
        )

    body = car(replace(user, height=user.height - _BAR), base, rng, paint)
    frame, letters = (
        body.frame,
        coat.film("letters", (10, 90, 60) if yellow else (190, 16, 24), 70.0),
    )
    shells = [body.shell, *body.parts]
    for side in FLANKS:
        shells.append(
            lettered(body.shell, "AMBULANCE", (-0.5, frame.height * 0.76), 0.26, side, letters)
        )
    shells.append(
        lettered(body.shell, "AMBULANCE", (0.0, frame.height * 0.87), 0.15, Side.REAR, letters)
    )
    shells += _roof_bar(body, ("blue", "blue")) + _grille(body, ("blue", "blue"))
    rear = surface_at(body.shell, (0.5, frame.height * 0.93), Side.REAR)
    shells += gear.corner_beacons(rear + 0.018, 0.72, frame.height * 0.92, ("blue", "blue"), 0.12)
    return shells, "yellow" if yellow else "white"


def _box_ambulance(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    front, half, top = user.length / 2, user.width / 2, user.height
    nose, rear = 0.40 * user.length, -front
    white = coat.aged(coat.solid("white", _WHITE, 0.7), rng)
    mark = gear.reflective(
        *(("red", (196, 16, 22)), ("orange", (226, 88, 14)), ("blue", (22, 60, 160)))[
            int(rng.integers(3))
        ]
    )
    cab = car(
        replace(user, subtype="cutaway", length=nose, width=user.width * 0.92, height=top * 0.84),
        white,
        rng,
        lambda shell, frame: gear.banded(shell, (-front, front), (0.82, 0.98), mark),
    )
    start = front - nose + 0.12
    offset = (front - nose / 2, 0.0, 0.0)
    axle = front - nose * 1.8
    body = cargo_box((rear, start), half, (0.52, top), white, (axle,))
    body = gear.banded(body, (rear, start), (0.82, 1.06), mark)
    body = gear.banded(body, (rear, start), (1.10, 1.13), mark)
    yellow = gear.reflective("yellow", (232, 214, 40))
    body = gear.chevrons(
        body, half - 0.08, (0.6, 1.3), (yellow, gear.reflective("red", (190, 16, 20)))
    )
    body = _module_windows(body, user, start)
    shells = [*(shifted(part, offset) for part in (cab.shell, *cab.parts)), body]
    shells += (
        doors(body, half, (0.6, top), "leaf")
        + tail(rear, half - 0.1, 0.56)
        + chassis(rear + 0.2, start + 0.5, half - 0.05, 0.56)[:1]
    )
    shells += _module_lamps(user, rear, start)
    letters = gear.reflective("letters", mark_code(mark))
    for side in FLANKS:
        shells.append(
            lettered(body, "AMBULANCE", ((rear + start) / 2 - 0.1, 1.42), 0.26, side, letters)
        )
    shells.append(lettered(body, "AMBULANCE", (0.0, top - 0.42), 0.17, Side.REAR, letters))
    return shells, "white"


def mark_code(finish: Finish) -> tuple[int, int, int]:
    """Return an sRGB code near the colour of `finish`."""
    red, green, blue = (round(255 * value ** (1 / 2.2)) for value in finish.material.color)
    return red, green, blue


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
    return lamps + gear.side_beacons((rear + 0.4, start - 0.4), half - 0.014, top - 0.17, colors)


def fire_engine(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    """Return the shells and the colour word of a pumper with crew cab, shutters and ladder."""
    front, half, radius = user.length / 2, user.width / 2, 0.5
    code = (186, 16, 18) if rng.random() < 0.85 else (206, 216, 30)
    red = coat.aged(coat.solid("red" if code[0] < 200 else "yellow", code, 0.45), rng)
    top = user.height - 0.16
    cab = Cab(
        front=front,
        length=2.9,
        half=half - 0.02,
        low=0.42,
        high=top - 0.22,
        sill=1.42,
        axle=front - 1.05 - 0.3,
        wheel=radius,
        rake=0.07,
        doors=2,
    )
    white = gear.reflective("white", (238, 238, 234))
    stripe = ((-0.1, 0.0), 0.98, 1.16)
    upper = coat.aged(coat.solid("white", _WHITE, 0.7), rng) if rng.random() < 0.4 else red
    shell = cab_shell(cab, upper, red if upper is not red else None)
    shell = gear.banded(shell, (cab.back, front - 0.3), stripe[1:], white)
    body = _fire_body(user, cab, red, white)
    shells = [
        shell,
        *cab_parts(cab, shell),
        *body,
        *_pump_panel(cab, half, top),
        *_ladder(user, cab, top),
    ]
    axles = (cab.axle, -front + 2.3)
    shells += truck_wheels(axles, half - 0.05, radius, (False, True), coat.aluminium())
    shells += chassis(-front + 0.1, cab.back + 0.4, half, 0.8)[:1] + tail(-front, half - 0.06, 0.62)
    shells += gear.light_bar(
        cab.front - 0.75, cab.high - 0.03, 2 * half * 0.8, ("red", "white"), 0.22
    )
    shells += gear.flashers(front - 0.02, 0.5, 0.98, ("red", "white"))
    shells += gear.corner_beacons(-front + 0.026, half - 0.2, top - 0.12, ("red", "white"))
    for side in FLANKS:
        shells.append(lettered(shell, "FIRE", (cab.front - 1.45, 0.84), 0.18, side, white))
    return shells, "red" if code[0] < 200 else "yellow"


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
    left = seams(body, courses, Side.LEFT, coat.gap(), 0.014, 9.0)
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
