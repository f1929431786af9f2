"""Passenger cars: hull, glasshouse, wheels and everything bolted on."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from synthgen.assets import finishes as coat
from synthgen.assets.car_details import (
    Face,
    bedded,
    drawn_face,
    flank,
    flank_seams,
    front_end,
    lid_seams,
    nose_decals,
    rear_end,
    rear_seams,
    tail_decals,
    welled,
)
from synthgen.assets.car_shells import CarFrame, glasshouse, hull
from synthgen.assets.car_styles import drawn_style
from synthgen.assets.car_windows import glazed, pane_marks, pillars
from synthgen.assets.doorways import doorways
from synthgen.assets.draping import Stroke, seams, surface_at, surfaces_at
from synthgen.assets.occupants import Cabin, occupants
from synthgen.assets.shells import (
    Finish,
    Shell,
    Side,
    block,
    fitted,
    joined,
    mirrored,
    rounded_box,
)
from synthgen.assets.van_details import van_flank, van_glazed, van_rear_seams, van_seams
from synthgen.assets.wheels import WheelFinish, WheelStyle, axle, wheel
from synthgen.road_user import RoadUser


@dataclass(frozen=True, eq=False)
class Car:
    """A car under construction.

    Attributes:
        frame: proportions in metres.
        face: details of the ends.
        shell: painted hull and glasshouse, filling the box of the bare body exactly.
        parts: wheels, plates, handles, mirrors.
    """

    frame: CarFrame
    face: Face
    shell: Shell
    parts: tuple[Shell, ...]


Decorate = Callable[[Shell, CarFrame], Shell]


def undecorated(shell: Shell, frame: CarFrame) -> Shell:
    """Return `shell` as it is: the livery of ordinary cars."""
    return shell


def car(
    user: RoadUser, paint: Finish, rng: np.random.Generator, livery: Decorate = undecorated
) -> Car:
    """Return the car of the subtype and size in `user`, in `paint`.

    `livery` paints hull and glasshouse before lamps, windows and gaps are cut into them.
    """
    style = drawn_style(user.subtype, rng)
    frame = CarFrame(style, user.length, user.width, user.height)
    face = drawn_face(rng)
    shell = _shell(frame, face, paint, livery)
    shell = replace(shell, doorways=doorways(frame, cabin_of(frame)))
    parts = [
        *_seams(frame, shell),
        *nose_decals(shell, frame, face),
        *(() if style.cutaway else tail_decals(shell, frame)),
        *_wheels(frame, rng),
        *_plates(frame, shell, face),
        *_handles(frame, shell, paint),
        *_mirrors(frame, shell, paint),
        *occupants(shell, cabin_of(frame), rng),
    ]
    return Car(frame, face, shell, tuple(parts))


def _shell(frame: CarFrame, face: Face, paint: Finish, livery: Decorate) -> Shell:
    style = frame.style
    brake = coat.lens("red", (96, 8, 10), "brake")
    lower, upper = hull(frame, paint), glasshouse(frame, paint)
    lower = welled(lower, frame.axles, style.wheel + 0.045, frame.half - 0.28)
    lower = bedded(lower, frame) if style.bed else lower
    lower, upper = livery(lower, frame), livery(upper, frame)
    lower = (van_flank if style.panel else flank)(lower, frame)
    lower = front_end(lower, frame, face)
    lower = lower if style.cutaway else rear_end(lower, frame, face)
    if style.panel:
        upper = van_glazed(upper, frame, face.privacy)
    else:
        upper = glazed(upper, frame, face.privacy, brake)
    whole = joined([lower, upper])
    half = frame.length / 2
    bottom = float(whole.points[:, 2].min())
    return fitted(whole, (-half, -frame.half, bottom), (half, frame.half, frame.height))


def cabin_of(frame: CarFrame) -> Cabin:
    """Return where the front seats of a car are."""
    style = frame.style
    low = frame.z(style.cowl_z)
    high = min(frame.height - 0.1, frame.z(style.screen))
    head = low + min(0.60 * (high - low), 0.46)
    return Cabin(low, head, 0.40 * frame.half, frame.x(style.header) - 0.12)


def _seams(frame: CarFrame, shell: Shell) -> list[Shell]:
    marks = pane_marks(frame)
    courses = van_seams(frame, marks) if frame.style.panel else flank_seams(frame, marks)
    gap = coat.gap()
    left = seams(shell, courses, Side.LEFT, gap)
    lids = seams(shell, lid_seams(frame), Side.TOP, gap)
    behind = van_rear_seams(frame) if frame.style.panel else rear_seams(frame)
    back = seams(shell, behind, Side.REAR, gap, Stroke(step=0.04))
    parts = [left, mirrored(left), lids, mirrored(lids), back]
    posts = [] if frame.style.panel else pillars(frame)
    if posts:
        pillar = seams(shell, posts, Side.LEFT, coat.trim(), Stroke(0.065, 0.2))
        parts += [pillar, mirrored(pillar)]
    return parts


def _wheels(frame: CarFrame, rng: np.random.Generator) -> list[Shell]:
    plain = frame.style.panel and rng.random() < 0.7
    style = WheelStyle(
        radius=frame.style.wheel,
        width=0.215 if frame.style.wheel < 0.35 else 0.25,
        rim=float(rng.uniform(0.64, 0.74)),
        spokes=0 if plain else int(rng.choice([5, 5, 5, 7, 10])),
        spoke_width=float(rng.uniform(0.34, 0.52)),
        phase=float(rng.uniform(0, 2 * np.pi)),
    )
    one = wheel(
        style, WheelFinish(coat.rubber(), coat.steel() if plain else coat.alloy(rng), coat.gap())
    )
    face = frame.half - 0.035
    return [part for x in frame.axles for part in axle(one, x, face, frame.style.wheel)]


def _plates(frame: CarFrame, shell: Shell, face: Face) -> list[Shell]:
    """Plates on both bumpers, standing a little proud of the surface behind them."""
    low = frame.style.clearance
    places = [(1.0, low + 0.235, False), (-1.0, _rear_plate(frame), face.yellow_plate)]
    plates = []
    for sign, height, yellow in places[: 1 if frame.style.cutaway else 2]:
        side = Side.FRONT if sign > 0 else Side.REAR
        spots = np.array([[y, height + z] for y in (0.0, 0.2) for z in (-0.055, 0.0, 0.055)])
        x = sign * (float((sign * surfaces_at(shell, spots, side)[0]).max()) + 0.006)
        x = min(abs(x), frame.length / 2) * sign
        plates.append(block((x - sign * 0.02, 0, height), (0.04, 0.42, 0.115), coat.plate(yellow)))
    return plates


def _rear_plate(frame: CarFrame) -> float:
    low = frame.style.clearance
    return low + 0.21 if frame.style.bed else low + 0.44


def _handles(frame: CarFrame, shell: Shell, paint: Finish) -> list[Shell]:
    marks = pane_marks(frame)
    style = frame.style
    handles = []
    for mark in (m for m in marks[1:3] if m > frame.axles[1] + 0.1):
        x = mark + 0.17
        z = frame.z(style.belt_z) - 0.10
        y = surface_at(shell, (x, z), Side.LEFT) + 0.008
        grip = block((x, y - 0.015, z), (0.19, 0.03, 0.026), paint)
        handles += [grip, mirrored(grip)]
    return handles


def _mirrors(frame: CarFrame, shell: Shell, paint: Finish) -> list[Shell]:
    x = pane_marks(frame)[0] - 0.22
    z = frame.z(frame.style.belt_z) + 0.09
    y = frame.half - 0.02
    cover = rounded_box(
        (x - 0.06, y - 0.02, z - 0.075),
        (x + 0.08, y + 0.19, z + 0.075),
        (0.07, 0.07, 0.06),
        (1, 2, 1),
        coat.mirror_housing(paint),
        arcs=1,
    )
    glass = block((x - 0.062, y + 0.09, z), (0.01, 0.12, 0.09), coat.mirror_face())
    foot = block((x, y - 0.05, z - 0.06), (0.06, 0.16, 0.03), coat.mirror_housing(coat.plastic()))
    left = joined([cover, glass, foot])
    return [left, mirrored(left)]
