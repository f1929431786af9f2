"""What blocks a lane: bodies at rest around the origin of a pose on the lane, x along it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.assets.debris import triangle
from synthgen.build.incident import Incident, Pool, crash, fallen_tree
from synthgen.classes import EMERGENCY
from synthgen.geometry import Array, yaw_quaternion
from synthgen.street.small import cone
from synthgen.street.works import barrier_board
from synthgen.world import Body

HAZARD = 3
"""Both indicators, in SUMO's bits."""
BEHIND = 12.0
"""[m] From a warning triangle to the car, as far as drivers in town walk."""
TRUNK = 6.0
"""[m] Crossed by a fallen tree: two lanes and its roots beyond them."""
TAPER = ((0.0, -1.45), (2.0, -0.8), (4.0, -0.15), (6.0, 0.5), (8.0, 1.15))
"""[m] Cones that lead across the lane, from its right edge."""
BOARDS = ((9.2, -0.75), (9.2, 0.8))
ROW = tuple((x, 1.4) for x in (11.0, 14.0, 17.0, 20.0, 23.0))
"""[m] Cones beside the works."""


@dataclass(frozen=True, eq=False)
class Closure:
    """An `Incident` whose vehicles show lamps: `signals` in SUMO's bits, one per body; `beacons`
    says whose beacons are on.
    """

    bodies: tuple[Body, ...]
    positions: Float[Array, "n 3"]
    quaternions: Float[Array, "n 4"]
    footprints: Float[Array, "n 5"]
    signals: tuple[int, ...]
    beacons: tuple[bool, ...]


@dataclass(frozen=True, eq=False)
class _Piece:
    body: Body
    x: float
    y: float
    yaw: float
    signals: int = 0
    beacon: bool = False
    z: float = 0.0


def _closure(pieces: Sequence[_Piece]) -> Closure:
    sizes = [piece.body.extent.size for piece in pieces if piece.body.extent is not None]
    rows = [(p.x, p.y, p.yaw, s[0], s[1]) for p, s in zip(pieces, sizes, strict=True)]
    return Closure(
        tuple(piece.body for piece in pieces),
        np.array([(piece.x, piece.y, piece.z) for piece in pieces]),
        np.array([yaw_quaternion(piece.yaw) for piece in pieces]),
        np.array(rows, float),
        tuple(piece.signals for piece in pieces),
        tuple(piece.beacon for piece in pieces),
    )


def wreck(pool: Pool, rng: np.random.Generator) -> Closure:
    """Return two crashed vehicles, debris and a warning triangle."""
    return at_rest(crash(np.eye(4), pool, rng))


def windthrow(pool: Pool, rng: np.random.Generator) -> Closure:
    """Return a tree across the lane and what lies beside it."""
    return at_rest(fallen_tree(np.eye(4), TRUNK, rng))


def at_rest(incident: Incident) -> Closure:
    """Return an incident in which no lamp is lit, built at the identity pose."""
    count = len(incident.bodies)
    return Closure(
        incident.bodies, incident.positions, incident.quaternions, incident.footprints,
        (0,) * count, (False,) * count,
    )  # fmt: skip


def breakdown(pool: Pool, rng: np.random.Generator) -> Closure:
    """Return a car with hazard lights on, a warning triangle behind it."""
    cars = [body for user, body in pool if user.kind in ("car", "van")]
    car = cars[int(rng.integers(len(cars)))]
    long = car.extent.size[0] if car.extent is not None else 0.0
    aside = float(rng.uniform(-0.5, 0.1))
    sign = triangle("")
    half = -float(sign.mesh.vertices[:, 2].min())
    return _closure(
        [
            _Piece(sign, 0.0, aside + float(rng.uniform(-0.3, 0.3)), 0.0, z=half),
            _Piece(car, BEHIND + long / 2, aside, float(rng.normal(0, 0.03)), HAZARD),
        ]
    )


def road_works(pool: Pool, rng: np.random.Generator) -> Closure:
    """Return a lane closed by cones and boards, and a vehicle with amber beacons in the works.

    Without such a vehicle in the pool the works are not attended.
    """
    turn = rng.uniform(-np.pi, np.pi, len(TAPER) + len(ROW))
    pieces = [
        _Piece(cone(""), x, y, float(yaw)) for (x, y), yaw in zip(TAPER + ROW, turn, strict=True)
    ]
    pieces += [_Piece(barrier_board(""), x, y, np.pi + float(rng.normal(0, 0.05)))
               for x, y in BOARDS]  # fmt: skip
    amber = [
        body for user, body in pool
        if user.kind not in EMERGENCY and any(c.name.startswith("beacon") for c in body.circuits)
    ]  # fmt: skip
    if amber:
        body = amber[int(rng.integers(len(amber)))]
        long = body.extent.size[0] if body.extent is not None else 0.0
        pieces.append(_Piece(body, 12.0 + long / 2, -0.25, 0.0, HAZARD, True))
    return _closure(pieces)
