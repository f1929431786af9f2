"""The room of a design, measured on its finished bodies."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from jaxtyping import Float

from synthgen.articulation import coupling
from synthgen.geometry import Array, transform
from synthgen.road_user import RoadUser
from synthgen.room import Room
from synthgen.traffic.plan import WALKERS
from synthgen.world import Body

PHASES = 2 * np.arange(13) / 13
"""[cycles] At which limbs are looked at: alike over one cycle, and over the longer one of who
runs. A foot or hand goes less than 2 cm beyond what is seen then."""
SOLE = 0.005
"""[m] Up to this height a tyre touches the ground."""
PATCH = 0.08
"""[m] How far a tyre touches it before and behind its axle.

Source: H. B. Pacejka, "Tyre and Vehicle Dynamics", 3rd ed., 2012, appendix 3: half the contact
length of car tyres 5 to 6 cm; trucks have up to 10."""


def measured(user: RoadUser, bodies: Sequence[Body]) -> RoadUser:
    """Return `user` with the room that its `bodies` take, whatever is ridden or leads first."""
    if coupling(user) is not None:
        lead, towed = (_room(user, [body]) for body in bodies)
        return replace(user, room=lead, towed=towed)
    return replace(user, room=_room(user, bodies))


def _room(user: RoadUser, bodies: Sequence[Body]) -> Room:
    bounds = [bound for body in bodies for bound in _bounds(body)]
    low = np.min([low for low, _ in bounds], axis=0)
    high = np.max([high for _, high in bounds], axis=0)
    tyres = () if user.kind in WALKERS else tyres_of(bodies[0])
    return Room((float(low[0]), float(low[1])), (float(high[0]), float(high[1])), tyres)


def laid(body: Body, print_from_body: Float[Array, "4 4"]) -> Room:
    """Return the room of a body that lies or stands somewhere, in the frame of its footprint."""
    points = transform(print_from_body, body.mesh.vertices)[:, :2]
    low, high = points.min(axis=0), points.max(axis=0)
    flat = np.array(tyres_of(body) if body.wheels else (), float).reshape(-1, 2)
    tyres = transform(print_from_body, np.pad(flat, ((0, 0), (0, 1))))
    return Room((float(low[0]), float(low[1])), (float(high[0]), float(high[1])),
                tuple((float(x), float(y)) for x, y, _ in tyres))  # fmt: skip


def _bounds(body: Body) -> list[Float[Array, "2 3"]]:
    """Return the bounds [m], lowest and highest, of a body over its gait."""
    if body.pose is None:
        return [body.mesh.bounds]
    return [body.pose(float(phase))[0].bounds for phase in PHASES]


def tyres_of(body: Body) -> tuple[tuple[float, float], ...]:
    """Return x, y [m] of the corners of what touches the ground: four of each tyre, and of one
    that steers those of the square in which it turns.

    Of a body whose wheels are not told apart, the corners of the hull of what is lowest.
    """
    points = body.mesh.vertices
    if not body.wheels:
        sole = points[points[:, 2] < points[:, 2].min() + SOLE, :2]
        hull = shapely.MultiPoint(sole).convex_hull
        return tuple((float(x), float(y)) for x, y in shapely.get_coordinates(hull))
    found = []
    for wheel in body.wheels:
        own = points[slice(*wheel.vertices)]
        across = own[own[:, 2] < own[:, 2].min() + SOLE, 1]
        middle, half = (across.min() + across.max()) / 2, np.ptp(across) / 2
        size = (np.hypot(half, PATCH),) * 2 if wheel.steered else (PATCH, half)
        found += [(float(wheel.hub[0] + a * size[0]), float(middle + b * size[1]))
                  for a, b in ((1, 1), (1, -1), (-1, -1), (-1, 1))]  # fmt: skip
    return tuple(found)
