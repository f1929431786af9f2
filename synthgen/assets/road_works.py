"""Road-works vehicles: a small tipper in a loud colour, warning board, cones, amber beacons."""

from dataclasses import replace

import numpy as np

from synthgen.assets import emergency as gear
from synthgen.assets import finishes as coat
from synthgen.assets.cabs import Cab, cabin
from synthgen.assets.cargo import chassis, fenders, tail, truck_wheels
from synthgen.assets.carving import end_view, painted
from synthgen.assets.shells import Finish, Shell, Side, block, joined, lattice, mirrored
from synthgen.assets.trucks import forward_cab
from synthgen.assets.wheels import turned
from synthgen.road_user import RoadUser

_PAINTS = (("orange", (226, 96, 14)), ("yellow", (238, 178, 20)), ("white", (236, 237, 235)))
_RADIUS = 0.40


def road_works(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    """Return the shells and the colour word of a road-works vehicle with its board put up."""
    half, front, top = user.width / 2, user.length / 2, user.height
    word, code = _PAINTS[int(rng.choice(3, p=(0.6, 0.2, 0.2)))]
    paint = coat.aged(coat.solid(word, code, 0.55), rng)
    cab = forward_cab(user, min(1.9, 0.32 * user.length), 2.3, _RADIUS)
    rear, floor, start = -front, 2 * _RADIUS + 0.18, cab.back - 0.1
    shells = [*_cab(cab, paint, rng), *_deck(rear, start, half, floor, paint)]
    shells += [*_board(rear, half, (floor + 0.1, top)), *_load(rng, (rear + 0.5, start), floor)]
    axles = (cab.axle, rear + 0.29 * user.length)
    shells += chassis(rear + 0.1, cab.back + 0.4, half, floor) + tail(rear, half - 0.1, 0.62)
    shells += truck_wheels(axles, half - 0.06, _RADIUS, (False, True), coat.steel())
    return [*shells, *fenders(axles[1:], half, _RADIUS)], word


def _cab(cab: Cab, paint: Finish, rng: np.random.Generator) -> list[Shell]:
    """The cab with warning stripes on its bumper and two amber lamps on its roof."""
    shells = cabin(cab, paint, rng)
    x = cab.back + 0.7
    return [*shells, *gear.spinner(x, 0.55, cab.high), *gear.spinner(x, -0.55, cab.high)]


def _stripes() -> tuple[Finish, Finish]:
    """White and red film of warning marks. Source: DIN 30710:1990."""
    return gear.reflective("white", (238, 238, 234)), gear.reflective("red", (196, 18, 22))


def _deck(rear: float, start: float, half: float, floor: float, paint: Finish) -> list[Shell]:
    """Floor and drop sides of the tipper, with a warning mark at each rear corner."""
    middle, long = (rear + start) / 2, start - rear
    side = block((middle, half - 0.03, floor + 0.22), (long, 0.04, 0.36), paint)
    mark = block((rear + 0.4, half - 0.004, floor + 0.22), (0.5, 0.008, 0.28), _stripes()[1])
    return [
        block((middle, 0.0, floor), (long, 2 * half, 0.12), coat.chassis()),
        block((start - 0.04, 0.0, floor + 0.45), (0.06, 2 * half - 0.08, 0.9), paint),
        block((rear + 0.02, 0.0, floor + 0.22), (0.04, 2 * half - 0.06, 0.36), paint),
        side, mirrored(side), mark, mirrored(mark),
    ]  # fmt: skip


def _board(rear: float, half: float, rise: tuple[float, float]) -> list[Shell]:
    """The warning board over the tail: chevrons, an arrow of amber lamps, a flasher on top."""
    low, top = rise[0] + 0.42, rise[1] - 0.15
    wide = half - 0.12
    ends = (rear + 0.07, rear + 0.13)
    board = lattice(ends, (-wide, 0.0, wide), (low, top), coat.chassis())
    board = gear.chevrons(board, wide - 0.04, (low + 0.05, top - 0.75), _stripes(), 0.22)
    field = [(-0.1, top - 0.72), (wide - 0.06, top - 0.72), (wide - 0.06, top - 0.04),
             (-0.1, top - 0.04)]  # fmt: skip
    board = painted(board, end_view(field), coat.trim(), (Side.REAR,))
    post = block((rear + 0.12, 0.5, (rise[0] + low) / 2 + 0.1), (0.06, 0.08, 0.6), coat.chassis())
    lamps = [_bulb(rear, y, top - 0.38 + z) for y, z in _arrow()]
    foot = block((rear + 0.1, 0.0, top - 0.01), (0.2, 1.5, 0.04), coat.chassis())
    flash = [part for y in (0.65, -0.65) for part in gear.spinner(rear + 0.1, y, top)]
    return [board, post, mirrored(post), *lamps, foot, *flash]


def _arrow() -> list[tuple[float, float]]:
    """Places (y, z) [m] of the lamps of an arrow to the left: the side to pass on."""
    shaft = [(y, 0.0) for y in (-0.66, -0.42, -0.18, 0.06, 0.30)]
    return [*shaft, (0.56, 0.0), (0.40, 0.14), (0.40, -0.14), (0.22, 0.27), (0.22, -0.27)]


def _bulb(rear: float, y: float, z: float) -> Shell:
    return block((rear + 0.065, y, z), (0.03, 0.11, 0.11), gear.beacon_lens("amber", "b"))


def _load(rng: np.random.Generator, span: tuple[float, float], floor: float) -> list[Shell]:
    """Piles of cones, and sometimes a stack of barrier boards, on the deck."""
    orange, white = coat.solid("cone", (232, 84, 18)), gear.reflective("white", (238, 238, 234))
    shells = []
    for x in np.arange(span[0] + 0.3, span[1] - 0.3, 0.55).tolist():
        for y in (-0.6, 0.0, 0.6):
            if rng.random() < 0.55:
                shells.append(_cones((x, y, floor + 0.06), int(rng.integers(1, 6)), orange, white))
    if rng.random() < 0.5:
        boards = block((float(np.mean(span)), 0.9, floor + 0.5), (1.6, 0.1, 0.7), white)
        shells.append(boards)
    return shells


def _cones(foot: tuple[float, float, float], count: int, orange: Finish, white: Finish) -> Shell:
    """A pile of `count` cones at `foot` [m]: one cone on stacked bases."""
    x, y, z = foot
    rise = 0.09 * count
    base = block((x, y, z + rise / 2), (0.42, 0.42, rise), orange)
    rows = ((0.0, 0.17, orange), (0.28, 0.115, white), (0.46, 0.08, orange))
    ends = ((0.28, 0.115), (0.46, 0.08), (0.7, 0.03))
    rings = [
        _upright(((low, r0), (high, r1)), finish, (x, y, z + rise))
        for (low, r0, finish), (high, r1) in zip(rows, ends, strict=True)
    ]
    return joined([base, *rings])


def _upright(
    profile: tuple[tuple[float, float], tuple[float, float]],
    finish: Finish,
    foot: tuple[float, float, float],
) -> Shell:
    """The surface that `profile` (height, radius) [m] sweeps about the vertical over `foot`."""
    lying = turned(np.array(profile), 8, finish)
    stand = np.array([[1.0, 0, 0], [0, 0, 1.0], [0, -1.0, 0]])
    points = lying.points @ stand
    return replace(lying, points=points + foot, normals=lying.normals @ stand)
