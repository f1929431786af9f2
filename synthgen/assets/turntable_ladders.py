"""Fire engines with a turntable ladder along their whole length."""

import numpy as np

from synthgen.assets import emergency as gear
from synthgen.assets import finishes as coat
from synthgen.assets.cargo import RECESS, chassis, tail, truck_wheels
from synthgen.assets.fire_engines import (
    AMERICAN,
    EUROPEAN,
    WHEEL,
    beacons,
    crew_cab,
    drawn_dress,
    dressed_cab,
    fire_body,
)
from synthgen.assets.shells import Finish, Shell, block, mirrored, rounded_box
from synthgen.road_user import RoadUser

_TRUSS = 0.62
"""[m] height of the ladder's side walls."""
_AHEAD = 0.75
"""[m] how far the basket hangs out before the cab."""


def ladder_truck(user: RoadUser, rng: np.random.Generator) -> tuple[list[Shell], str]:
    """Return the shells and the colour word of an engine whose ladder rests over its cab.

    Three of five are European, the others American with two axles behind.
    """
    service = EUROPEAN if rng.random() < 0.6 else AMERICAN
    front, half, deck = user.length / 2, user.width / 2, 2.05
    dress = drawn_dress(service, rng)
    cab = crew_cab(front - _AHEAD, half, user.height - _TRUSS - 0.24)
    behind = (-front + 2.1, -front + 3.4) if service.pump else (-front + 2.5,)
    shells = dressed_cab(cab, dress, rng)
    shells += fire_body((-front + RECESS, cab.back - 0.04), half, (0.5, deck), dress, behind)
    shells += _turntable(float(np.mean(behind)), deck, user.height - _TRUSS, dress.main)
    shells += [*_ladder((-front + 0.5, front - 0.6), user.height), *_basket(front, user.height)]
    twin = (False, *(True for _ in behind))
    shells += truck_wheels((cab.axle, *behind), half - 0.05, WHEEL, twin, coat.aluminium())
    shells += chassis(-front + 0.1, cab.back + 0.4, half, 0.8)[:1] + tail(-front, half - 0.06, 0.66)
    return [*shells, *beacons(cab, -front, deck, service)], dress.color


def _turntable(x: float, deck: float, top: float, paint: Finish) -> list[Shell]:
    """Turntable, its seat and the frame that carries the ladder's foot, up to `top` [m]."""
    drum = rounded_box(
        (x - 0.95, -0.95, deck - 0.05), (x + 0.95, 0.95, deck + 0.22),
        (0.5, 0.5, 0.06), (2, 2, 1), coat.aluminium(), arcs=1,
    )  # fmt: skip
    tall = top - deck
    cheek = block((x - 0.3, 0.56, deck + tall / 2 + 0.1), (0.9, 0.14, tall + 0.2), paint)
    ram = block((x + 0.5, 0.4, deck + 0.55 * tall), (1.3, 0.16, 0.16), coat.chrome())
    seat = block((x + 0.1, 0.95, deck + 0.4), (0.5, 0.5, 0.5), coat.trim())
    rest = block((x + 3.4, 0.0, deck + tall / 2), (0.12, 1.0, tall), coat.chassis())
    return [drum, cheek, mirrored(cheek), ram, mirrored(ram), seat, rest]


def _ladder(span: tuple[float, float], top: float) -> list[Shell]:
    """Two trusses with rungs between them over `span` (rear, front) [m], `top` [m] high."""
    (rear, front), metal = span, coat.aluminium()
    middle, long = (rear + front) / 2, front - rear
    rails = [
        block((middle, 0.46, z), (long, 0.08, 0.09), metal) for z in (top - 0.045, top - _TRUSS)
    ]
    places = np.arange(rear + 0.3, front, 0.62).tolist()
    posts = [block((x, 0.46, top - _TRUSS / 2), (0.05, 0.05, _TRUSS), metal) for x in places]
    inner = block((middle + 0.2, 0.34, top - 0.3), (long - 0.4, 0.06, 0.08), metal)
    left = [*rails, *posts, inner]
    rungs = [block((x + 0.3, 0.0, top - _TRUSS + 0.02), (0.05, 0.9, 0.05), metal) for x in places]
    return [*left, *(mirrored(part) for part in left), *rungs]


def _basket(front: float, top: float) -> list[Shell]:
    """The rescue cage that hangs before the windscreen, its front striped."""
    low, high, metal = top - 1.28, top - 0.2, coat.aluminium()
    x = front - 0.33
    floor = block((x, 0.0, low), (0.62, 1.9, 0.08), metal)
    rim = block((front - 0.025, 0.0, high), (0.05, 1.9, 0.06), metal)
    side = block((x, 0.925, high), (0.62, 0.05, 0.06), metal)
    corners = [block((at, 0.9, (low + high) / 2), (0.05, 0.05, high - low), metal)
               for at in (front - 0.025, front - 0.6)]  # fmt: skip
    panels = [
        block((front - 0.02, y, low + 0.3), (0.03, 0.3, 0.5), finish)
        for y, finish in zip(np.arange(-0.75, 0.8, 0.3).tolist(), gear.rear_pair() * 3, strict=True)
    ]
    left = [side, *corners]
    return [floor, rim, *left, *(mirrored(part) for part in left), *panels]
