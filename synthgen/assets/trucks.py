"""Rigid trucks: box, tow and flatbed, all with the cab over the engine."""

from dataclasses import replace

import numpy as np

from synthgen.assets import finishes as coat
from synthgen.assets.cabs import Cab, cabin
from synthgen.assets.cargo import (
    cargo_box,
    chassis,
    doors,
    fenders,
    panel_seams,
    tail,
    truck_wheels,
)
from synthgen.assets.emergency import spinner
from synthgen.assets.lettering import lettered
from synthgen.assets.liveries import Livery, drawn_livery
from synthgen.assets.shells import FLANKS, Finish, Shell, block, mirrored
from synthgen.road_user import RoadUser


def box_truck(user: RoadUser, paint: Finish, rng: np.random.Generator) -> list[Shell]:
    """Return a rigid truck with a cargo box higher than its cab."""
    front, half, radius = user.length / 2, user.width / 2, 0.42
    cab = forward_cab(user, min(1.75, 0.26 * user.length), min(2.45, user.height - 0.35), radius)
    rear, floor = -front, 2 * radius + 0.16
    livery = drawn_livery(rng)
    span, rise = (rear, cab.back - 0.08), (floor, user.height)
    shells = liveried(cargo_box(span, half, rise, livery.base), livery, span, rise)
    shells += doors(shells[0], half, rise, str(rng.choice(["roller", "leaf"])))
    axles = (cab.axle, rear + 0.26 * user.length)
    shells += cabin(cab, livery.base if rng.random() < 0.4 else paint, rng)
    shells += chassis(rear + 0.1, cab.back + 0.4, half, floor) + tail(rear, half - 0.1, 0.62)
    shells += truck_wheels(axles, half - 0.06, radius, (False, True), coat.steel())
    return shells + fenders(axles[1:], half, radius)


def liveried(
    body: Shell, livery: Livery, span: tuple[float, float], rise: tuple[float, float]
) -> list[Shell]:
    """Return the cargo box with pattern, panel joints and the firm's name."""
    body = livery.applied(body, span, rise)
    words = livery.words(body, sum(span) / 2, 0.4 * rise[0] + 0.6 * rise[1])
    return [body, *panel_seams(body, span, rise), *words]


def forward_cab(user: RoadUser, length: float, high: float, radius: float) -> Cab:
    """Return the cab over the engine of a truck: `length`, `high`, wheels of `radius` [m]."""
    front, half = user.length / 2, user.width / 2
    low = 0.9 * radius
    return Cab(
        front=front,
        length=length,
        half=half - 0.04,
        low=low,
        high=high,
        sill=low + 0.56 * (high - low),
        axle=front - 0.42 * length - 0.16,
        wheel=radius,
    )


def flatbed(user: RoadUser, paint: Finish, rng: np.random.Generator) -> list[Shell]:
    """Return a truck with a headboard, a low-sided deck and something on it."""
    half, radius = user.width / 2, 0.42
    rear, floor = -user.length / 2, 2 * radius + 0.22
    cab = forward_cab(user, min(1.8, 0.27 * user.length), user.height, radius)
    start = cab.back - 0.1
    deck = block(((rear + start) / 2, 0.0, floor), (start - rear, 2 * half, 0.14), coat.aluminium())
    board = block((start - 0.04, 0.0, floor + 0.5), (0.08, 2 * half - 0.06, 1.0), coat.aluminium())
    drop = block(
        ((rear + start) / 2, half - 0.02, floor + 0.22),
        (start - rear, 0.03, 0.34),
        coat.aluminium(),
    )
    back = block((rear + 0.02, 0.0, floor + 0.22), (0.03, 2 * half - 0.05, 0.34), coat.aluminium())
    shells = [deck, board, drop, mirrored(drop), back, *_load(rng, rear, start, half, floor + 0.07)]
    axles = (cab.axle, rear + 0.27 * user.length)
    shells += cabin(cab, paint, rng)
    shells += chassis(rear + 0.1, cab.back + 0.4, half, floor) + tail(rear, half - 0.1, 0.62)
    shells += truck_wheels(axles, half - 0.06, radius, (False, True), coat.steel())
    return shells + fenders(axles[1:], half, radius)


def _load(
    rng: np.random.Generator, rear: float, front: float, half: float, floor: float
) -> list[Shell]:
    """Crates and pallets on a deck; sometimes none."""
    woods = ((150, 116, 78), (128, 100, 70), (90, 96, 100), (60, 84, 120))
    shells, x = [], rear + 0.3
    while x < front - 1.3 and rng.random() < 0.8:
        size = np.array(
            [rng.uniform(0.8, 1.3), rng.uniform(1.1, 2 * half - 0.3), rng.uniform(0.3, 0.9)]
        )
        skin = coat.solid("crate", woods[int(rng.integers(len(woods)))])
        shells.append(block((x + size[0] / 2, 0.0, floor + size[2] / 2), size, coat.matt(skin)))
        x += size[0] + rng.uniform(0.05, 0.3)
    return shells


def tow_truck(user: RoadUser, paint: Finish, rng: np.random.Generator) -> list[Shell]:
    """Return a wrecker: cab, low body with lockers, boom with hook and amber beacons."""
    half, radius = user.width / 2, 0.42
    rear, floor = -user.length / 2, 2 * radius + 0.1
    cab = forward_cab(user, min(1.9, 0.27 * user.length), user.height - 0.15, radius)
    start = cab.back - 0.12
    lockers = cargo_box((rear + 0.9, start), half, (floor - 0.2, floor + 0.55), paint)
    deck = block((rear + 0.5, 0.0, floor), (1.0, 2 * half - 0.3, 0.12), coat.chassis())
    mast = block((start - 0.6, 0.0, floor + 0.9), (0.35, 0.7, 0.9), coat.chassis())
    shells = [
        lockers,
        deck,
        mast,
        _boom(start - 0.5, rear + 0.7, floor + 1.05),
        *_hook(rear, floor),
    ]
    axles = (cab.axle, rear + 0.33 * user.length)
    shells += cabin(cab, paint, rng)
    shells += spinner(cab.back + 0.6, 0.45, cab.high) + spinner(cab.back + 0.6, -0.45, cab.high)
    shells += chassis(rear + 0.3, cab.back + 0.4, half, floor) + tail(rear, half - 0.1, 0.72)
    shells += truck_wheels(axles, half - 0.06, radius, (False, True), coat.steel())
    white = coat.film("white", (236, 236, 232), 70.0)
    middle = ((rear + 0.9 + start) / 2, floor + 0.2)
    shells += [lettered(lockers, "TOWING", middle, 0.3, side, white) for side in FLANKS]
    return [*shells, *fenders(axles[1:], half, radius)]


def _boom(front: float, rear: float, height: float) -> Shell:
    """A beam that rises to the rear."""
    yellow = coat.solid("yellow", (226, 160, 20))
    beam = block((0.0, 0.0, 0.0), (front - rear, 0.26, 0.24), yellow)
    lean = 0.12
    points = beam.points.copy()
    points[:, 2] -= points[:, 0] * lean
    return replace(beam, points=points + np.array([(front + rear) / 2, 0.0, height]))


def _hook(rear: float, floor: float) -> list[Shell]:
    bar = block((rear + 0.35, 0.0, 0.42), (0.6, 0.14, 0.14), coat.chassis())
    cross = block((rear + 0.1, 0.0, 0.42), (0.14, 1.5, 0.14), coat.chassis())
    rope = block((rear + 0.75, 0.0, floor + 0.7), (0.03, 0.03, 1.1), coat.chassis())
    return [bar, cross, rope]
