"""Tractors and semitrailers: joined by a fifth wheel over the tractor's last axle."""

import numpy as np

from synthgen.articulation import Coupling
from synthgen.assets import finishes as coat
from synthgen.assets.assembly import Section
from synthgen.assets.cabs import Cab, cabin
from synthgen.assets.cargo import cargo_box, chassis, doors, fenders, tail, truck_wheels
from synthgen.assets.liveries import drawn_livery
from synthgen.assets.shells import Finish, Shell, block, mirrored, rounded_box
from synthgen.assets.trucks import forward_cab, liveried
from synthgen.road_user import RoadUser

TYRE = 0.5
"""[m] radius of 315/80 R 22.5."""
FLOOR = 1.15
"""[m] underside of the trailer's box; its skid plate lies 0.1 m lower, on the fifth wheel."""
BOGIE = (2.89, 4.2, 5.51)
"""[m] axles before the trailer's rear end."""
LEGS = 2.45
"""[m] landing legs behind the kingpin, beyond the swing of the tractor's frame."""


def tractor_and_trailer(
    user: RoadUser, joint: Coupling, paint: Finish, rng: np.random.Generator
) -> tuple[Section, Section]:
    """Return a tractor and the semitrailer on it, both in line."""
    trailer = semitrailer(user, joint, rng, 0.0)
    nose = user.length / 2
    tractor = Section("truck", user.subtype, (nose - joint.front, nose),
                      _tractor(user, joint, paint, rng))  # fmt: skip
    return tractor, trailer


def _tractor(
    user: RoadUser, joint: Coupling, paint: Finish, rng: np.random.Generator
) -> list[Shell]:
    nose, half = user.length / 2, user.width / 2
    cab = forward_cab(user, 2.25, min(3.6, user.height - 0.15), TYRE)
    rear, plate, drive = nose - joint.front, nose - joint.pivot, nose - joint.drive
    shells = [*cabin(cab, paint, rng), _deflector(cab, user.height)]
    shells += _frame(rear, cab.back + 0.5, half)
    shells += tail(rear, half - 0.1, 0.72)
    shells += [block((plate, 0.0, 1.0), (0.95, 0.98, 0.1), coat.chassis()),
               block((plate - 0.62, 0.0, 0.98), (0.4, 0.7, 0.06), coat.chassis())]  # fmt: skip
    shells += truck_wheels((cab.axle, drive), half - 0.05, TYRE, (False, True), coat.aluminium())
    return shells + fenders((drive,), half, TYRE)


def _frame(rear: float, front: float, half: float) -> list[Shell]:
    """Rails, tanks and steps between the axles."""
    dark, middle = coat.chassis(), (rear + front) / 2
    rails = [block((middle, y, 0.82), (front - rear - 0.1, 0.1, 0.26), dark) for y in (0.4, -0.4)]
    ahead = front - 1.35
    return [
        *rails,
        block((middle, 0.0, 0.8), (front - rear - 0.2, 0.7, 0.16), dark),
        block((ahead, half - 0.36, 0.66), (1.0, 0.56, 0.6), coat.aluminium()),
        block((ahead, -half + 0.36, 0.66), (0.9, 0.56, 0.56), dark),
        block((ahead + 0.1, 0.0, 1.0), (0.5, 1.5, 0.08), coat.aluminium()),
    ]


def _deflector(cab: Cab, height: float) -> Shell:
    high = min(cab.high + 0.28, height)
    return rounded_box(
        (cab.back + 0.1, -cab.half * 0.7, cab.high - 0.06),
        (cab.back + 1.1, cab.half * 0.7, high),
        (0.5, 0.2, 0.15),
        (2, 2, 1),
        coat.solid("white", (225, 226, 224)),
    )


def semitrailer(user: RoadUser, joint: Coupling, rng: np.random.Generator, drop: float) -> Section:
    """Return the semitrailer of a design, its landing legs `drop` [m] lower than while towed."""
    half, rear = user.width / 2, -user.length / 2
    span, rise = (rear, rear + joint.rear), (FLOOR, user.height)
    pin = span[1] - joint.kingpin
    livery = drawn_livery(rng)
    shells = liveried(cargo_box(span, half, rise, livery.base), livery, span, rise)
    shells += doors(shells[0], half, rise, "leaf")
    shells += chassis(rear + 0.1, pin - LEGS + 0.3, half, FLOOR) + tail(rear, half - 0.1, 0.75)
    shells += [block((pin - 0.45, 0.0, FLOOR - 0.05), (2.2, 1.1, 0.1), coat.chassis()),
               block((pin, 0.0, FLOOR - 0.13), (0.1, 0.1, 0.08), coat.steel())]  # fmt: skip
    axles = tuple(rear + x for x in BOGIE)
    shells += truck_wheels(axles, half - 0.05, TYRE, (False,) * 3, coat.steel())
    shells += fenders(axles[:1], half, TYRE) + _legs(pin - LEGS, half, drop)
    return Section("trailer", "semitrailer", span, shells)


def _legs(x: float, half: float, drop: float) -> list[Shell]:
    """Landing legs with their feet: folded up under way, `drop` [m] lower on the yard."""
    leg = block((x, half - 0.62, FLOOR - 0.33), (0.14, 0.14, 0.7), coat.chassis())
    inner = block((x, half - 0.62, FLOOR - 0.72 - drop / 2), (0.1, 0.1, 0.2 + drop), coat.steel())
    foot = block((x, half - 0.62, FLOOR - 0.83 - drop), (0.28, 0.26, 0.05), coat.chassis())
    brace = block((x, 0.0, FLOOR - 0.5), (0.08, 2 * half - 1.3, 0.1), coat.chassis())
    return [brace, leg, inner, foot, *(mirrored(one) for one in (leg, inner, foot))]
