"""Police cars: American black and white, European battenburg or blue band."""

from dataclasses import replace

import numpy as np

from synthgen.assets import emergency as gear
from synthgen.assets import finishes as coat
from synthgen.assets.car_shells import CarFrame
from synthgen.assets.car_windows import pane_marks
from synthgen.assets.cars import Car, Decorate, car
from synthgen.assets.carving import end_view, painted, side_view
from synthgen.assets.lettering import lettered
from synthgen.assets.shells import FLANKS, Finish, Shell, Side
from synthgen.road_user import RoadUser


def police_car(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    """Return the shells and the colour word of a police car, American or European."""
    return _european(user, rng) if user.subtype == "eu_estate" else _american(user, rng)


def _american(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    black = coat.aged(coat.solid("black", (14, 14, 16), 0.06), rng)
    white = coat.aged(coat.solid("white", coat.WHITE, 0.7), rng)
    base, doors = ((white, black), (black, white), (black, white))[int(rng.integers(3))]
    body = car(replace(user, height=user.height - gear.BAR), base, rng, _doors_in(doors))
    dark, gold = coat.film("dark", (20, 24, 40), 5.0), coat.film("gold", (226, 200, 90), 30.0)
    inks = (dark, gold) if doors is white else (gold, dark)
    words = _door_words(body, str(rng.choice(["POLICE", "POLICE", "SHERIFF"])), inks)
    return [*_equipped(body, ("red", "blue")), *words], "white" if base is white else "black"


def _equipped(body: Car, colors: tuple[str, str]) -> list[Shell]:
    bar, flashers = gear.roof_bar(body, colors), gear.grille_flashers(body, colors)
    return [body.shell, *body.parts, *bar, *flashers]


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
    white = coat.solid("white", coat.WHITE, 0.7)
    silver = coat.paint("silver", (0.42, 0.43, 0.45), 0.5, 0.4)
    word, base = (("white", white), ("silver", silver))[int(rng.random() < 0.35)]
    base = coat.aged(base, rng)
    band = bool(rng.random() < 0.35)
    livery = _blue_band if band else _battenburg
    body = car(replace(user, height=user.height - gear.BAR), base, rng, livery)
    shells = _equipped(body, ("blue", "blue"))
    if band:
        inks = (coat.film("letters", (240, 240, 240), 70.0), gear.reflective("blue", _BLUE))
        words = _door_words(body, str(rng.choice(["POLIZEI", "POLICE"])), inks, 0.2)
        return [*shells, *words], word
    ink = coat.film("letters", (20, 24, 60), 5.0)
    z = body.frame.z(body.frame.style.deck_z) - 0.12
    return [*shells, lettered(body.shell, "POLICE", (0.0, z), 0.1, Side.REAR, ink)], word


_BLUE = (18, 52, 150)


def _blue_band(shell: Shell, frame: CarFrame) -> Shell:
    low, high = frame.style.clearance + 0.34, frame.z(frame.style.belt_z) - 0.05
    half = frame.length / 2
    shell = gear.banded(shell, (-half, half), (low, high), gear.reflective("blue", _BLUE))
    lime = gear.reflective("lime", (206, 226, 60))
    edge = [(-0.1, low - 0.02), (0.78 * frame.half, low - 0.02), (0.78 * frame.half, low + 0.1),
            (-0.1, low + 0.1)]  # fmt: skip
    return painted(shell, end_view(edge), lime, (Side.REAR,))


def _battenburg(shell: Shell, frame: CarFrame) -> Shell:
    low, high = frame.style.clearance + 0.22, frame.z(frame.style.belt_z) - 0.03
    half = frame.length / 2
    pair = (gear.reflective("yellow", (226, 226, 40)), gear.reflective("blue", _BLUE))
    shell = gear.battenburg(shell, (-half, half - 0.25), (low, high), pair, 0.55)
    top = frame.z(frame.style.deck_z) - 0.2
    return gear.chevrons(shell, 0.7 * frame.half, (low, top), gear.rear_pair(), 0.16)
