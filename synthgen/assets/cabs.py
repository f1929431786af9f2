"""Cabs over the engine: trucks and fire engines from the front bumper to the cab's back wall."""

from dataclasses import dataclass

import numpy as np

from synthgen.assets import finishes as coat
from synthgen.assets.car_details import NOSE, indicators, welled
from synthgen.assets.carving import below, beyond, both, end_view, painted, painted_pair, side_view
from synthgen.assets.draping import Stroke, seams
from synthgen.assets.occupants import Cabin, occupants
from synthgen.assets.shells import (
    FLANKS,
    Finish,
    Shell,
    Side,
    block,
    joined,
    lattice,
    lines,
    mirrored,
    rounded,
    rounded_box,
    warped,
)
from synthgen.geometry import Array


@dataclass(frozen=True)
class Cab:
    """A cab over the engine [m].

    Attributes:
        front: x of its foremost point.
        length: of the cab.
        half: half width.
        low: underside; high: roof; sill: lower edge of the windows.
        high: see `low`.
        sill: see `low`.
        axle: x of the front axle.
        wheel: tyre radius.
        rake: how far the roof's front edge lies behind the bumper.
        doors: number of doors on each side.
        crown: height of the roof above the upper edge of the windscreen.
    """

    front: float
    length: float
    half: float
    low: float
    high: float
    sill: float
    axle: float
    wheel: float
    rake: float = 0.16
    doors: int = 1
    crown: float = 0.16

    @property
    def back(self) -> float:
        """Place [m] of the back wall."""
        return self.front - self.length

    @property
    def head(self) -> float:
        """Height [m] of the windows' upper edge."""
        return self.high - self.crown


def cab_shell(cab: Cab, paint: Finish, lower: Finish | None = None) -> Shell:
    """Return the painted cab; `lower` covers what lies under the window sill."""
    shell = _loft(cab, paint)
    shell = welled(shell, (cab.axle,), cab.wheel + 0.07, cab.half - 0.36)
    if lower is not None:
        shell = painted(shell, both(below(2, cab.sill - 0.05)), lower, (Side.FRONT, *FLANKS))
    shell = _front(shell, cab)
    shell = _lamps(shell, cab)
    return _doors(shell, cab)


def _loft(cab: Cab, paint: Finish) -> Shell:
    radii = (0.14, 0.16, 0.12)
    xs = lines(cab.back, cab.front, radii[0], 8)
    ys = lines(-cab.half, cab.half, radii[1], 6)
    zs = lines(cab.low, cab.high, radii[2], 8)
    shell = rounded(lattice(xs, ys, zs, paint), radii)

    def warp(points: Array) -> Array:
        x, y, z = points.T
        ahead = np.clip((x - cab.front + 0.6) / 0.6, 0, 1)
        bow = 0.11 * np.abs(y / cab.half) ** 2.4
        lean = cab.rake * np.clip((z - cab.sill + 0.1) / (cab.high - cab.sill), 0, 1.2) ** 1.15
        chin = 0.05 * np.clip((cab.low + 0.3 - z) / 0.3, 0, 1)
        lift = np.clip((z - cab.sill) / (cab.high - cab.sill), 0, 1)
        return np.column_stack([x - ahead * (bow + lean + chin), y * (1 - 0.045 * lift), z])

    return warped(shell, warp)


def _front(shell: Shell, cab: Cab) -> Shell:
    """Windscreen, grille and bumper."""
    half, ahead = cab.half, beyond(0, cab.front - 0.7)
    for grow, finish in ((0.0, coat.trim()), (0.045, coat.glass())):
        low, high = cab.sill - 0.06 + grow, cab.head - grow
        outline = [(-0.1, low), (0.93 * half - grow, low), (0.88 * half - grow, high), (-0.1, high)]
        shell = painted(shell, both(end_view(outline), ahead), finish, (Side.FRONT, Side.TOP))
    bumper = cab.low + 0.30
    shell = painted(shell, both(below(2, bumper), beyond(0, cab.front - 0.5)), coat.plastic(), NOSE)
    z0, z1 = bumper + 0.06, min(cab.sill - 0.16, bumper + 0.46)
    outline = [(-0.1, z0), (0.52 * half, z0), (0.62 * half, z1), (-0.1, z1)]
    shell = painted(shell, both(end_view(outline), ahead), coat.gap(), (Side.FRONT,))
    for share in (0.3, 0.65):
        z = z0 + share * (z1 - z0)
        bar = [(-0.1, z), (0.54 * half, z), (0.54 * half, z + 0.03), (-0.1, z + 0.03)]
        shell = painted(shell, both(end_view(bar), ahead), coat.aluminium(), (Side.FRONT,))
    return shell


def _lamps(shell: Shell, cab: Cab) -> Shell:
    half, z = cab.half, cab.low + 0.2
    ahead = beyond(0, cab.front - 0.45)
    rows = (
        (0.62, 0.97, z - 0.09, z + 0.09, coat.reflector()),
        (0.76, 0.86, z - 0.06, z + 0.07, coat.lens("clear", (205, 210, 214), "low_beam")),
        (0.65, 0.74, z - 0.06, z + 0.07, coat.lens("clear", (205, 210, 214), "high_beam")),
        (0.65, 0.86, z - 0.085, z - 0.065, coat.lens("clear", (215, 218, 220), "daytime")),
    )
    for start, end, low, high, finish in rows:
        box = [(start * half, low), (end * half, low), (end * half, high), (start * half, high)]
        shell = painted(shell, both(end_view(box), ahead), finish, NOSE)
    box = [
        (0.88 * half, z - 0.06),
        (1.1 * half, z - 0.06),
        (1.1 * half, z + 0.07),
        (0.88 * half, z + 0.07),
    ]
    return painted_pair(shell, both(end_view(box), ahead), *indicators(), NOSE)


def _doors(shell: Shell, cab: Cab) -> Shell:
    """Side windows and skirts."""
    front, back = cab.front - 0.40, cab.back + 0.14
    span = (front - back) / cab.doors
    for index in range(cab.doors):
        start, end = front - index * span, front - (index + 1) * span + 0.12
        lean = 0.55 * cab.rake if index == 0 else 0.0
        for grow, finish in ((0.0, coat.trim()), (0.03, coat.glass())):
            outline = [
                (start - grow, cab.sill + grow),
                (end + grow, cab.sill + grow),
                (end + grow, cab.head - grow),
                (start - lean - grow, cab.head - grow),
            ]
            shell = painted(shell, side_view(outline), finish, FLANKS)
    skirt = both(below(2, cab.low + 0.16), below(0, cab.front - 0.5))
    return painted(shell, skirt, coat.plastic(), FLANKS)


def _door_seams(cab: Cab, shell: Shell) -> list[Shell]:
    front, back = cab.front - 0.40, cab.back + 0.14
    span = (front - back) / cab.doors
    low, high = cab.low + 0.18, cab.sill
    places = [front + 0.07, *(front - (index + 1) * span + 0.06 for index in range(cab.doors))]
    clear = [x for x in places if abs(x - cab.axle) > cab.wheel + 0.1]
    left = seams(
        shell, [[(x, low), (x, high)] for x in clear], Side.LEFT, coat.gap(), Stroke(0.015, 0.3)
    )
    return [left, mirrored(left)]


def cab_parts(cab: Cab, shell: Shell, rng: np.random.Generator) -> list[Shell]:
    """Return plate, handles, door gaps, tall mirrors and crew of the cab whose loft is `shell`."""
    z = cab.low + 0.13
    parts = [block((cab.front - 0.02, 0.0, z), (0.03, 0.46, 0.11), coat.plate())]
    parts += _door_seams(cab, shell)
    x, y = cab.front - 0.34, cab.half - 0.04
    cover = rounded_box(
        (x - 0.05, y + 0.10, cab.sill + 0.06),
        (x + 0.07, y + 0.30, cab.sill + 0.52),
        (0.05, 0.06, 0.06),
        (1, 2, 1),
        coat.mirror_housing(coat.plastic()),
        arcs=1,
    )
    face = block((x - 0.052, y + 0.20, cab.sill + 0.29), (0.01, 0.15, 0.38), coat.mirror_face())
    arm = block(
        (x, y + 0.07, cab.sill + 0.48), (0.04, 0.16, 0.03), coat.mirror_housing(coat.plastic())
    )
    handle = block(
        (cab.back + 0.3, cab.half - 0.008, cab.sill - 0.12), (0.2, 0.014, 0.03), coat.trim()
    )
    left = joined([cover, face, arm, handle])
    low = cab.sill - 0.02
    seats = Cabin(low, low + 0.55 * (cab.head - low), 0.56 * cab.half, cab.front - 0.82)
    return [*parts, left, mirrored(left), *occupants(shell, seats, rng)]


def cabin(cab: Cab, paint: Finish, rng: np.random.Generator) -> list[Shell]:
    """Return the whole cab: loft, what is bolted to it and who sits in it."""
    shell = cab_shell(cab, paint)
    return [shell, *cab_parts(cab, shell, rng)]
