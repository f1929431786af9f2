"""Parked cars with an open door: which, by how much, and only where it is in nobody's way."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from jaxtyping import Float
from shapely import STRtree
from shapely.geometry import MultiPoint, Point

from synthgen.build.bystanders import Placed, walked
from synthgen.build.city import City
from synthgen.geometry import Array
from synthgen.rng import stream
from synthgen.road_user import RoadUser
from synthgen.spec.clip import ClipSpec
from synthgen.traffic.plan import Drive
from synthgen.traffic.repair import rectangles

NEAR = 70.0
"""[m] From the ego car at some frame; farther off every door is shut: nobody could tell."""
WEIGHTS = {"front_left": 0.5, "front_right": 0.22, "rear_left": 0.1, "rear_right": 0.18}
"""How often each door is the open one: the driver's mostly, in the rear that of the kerb."""
ANGLES = tuple(np.deg2rad((25.0, 40.0, 55.0, 70.0)).tolist())
"""[rad] Door checks hold a door half open and wide open; few angles share their meshes."""
ROOM = 0.22, 0.55
"""[m] How far mirrors stand out of the panel on a door's foot, and how far frames lean in."""
GAP = 0.25
"""[m] Least gap between an open door and anything else."""


def with_open_doors(
    city: City,
    spec: ClipSpec,
    driven: Drive,
    there: tuple[Sequence[RoadUser], Float[Array, "n 5"]],
    parked: Sequence[Placed],
) -> list[Placed]:
    """Return `parked` with the doors of some open.

    Args:
        city: where; keeps the meshes.
        spec: the clip; `traffic.doors` is the share of those near the way.
        driven: the drive; no door stands in anyone's way at a frame.
        there: its pool, and x, y [m], yaw [rad], length, width [m] of what stands there, the
            parked themselves last and in their order.
        parked: body, place, yaw and design.
    """
    rng, (users, things) = stream(spec.seed, "clip", spec.clip, "doors"), there
    draws, first = rng.random((len(parked), 3)), len(things) - len(parked)
    wanted = _wanted(driven, parked, draws[:, 0] < spec.traffic.doors)
    if not wanted:
        return list(parked)
    solid = [*rectangles(things, GAP), *walked(driven, users), *city.place.buildings]
    tree, leaves = STRtree(solid), list[shapely.Polygon]()
    found = list(parked)
    for number in wanted:
        one = opened(city, parked[number], draws[number, 1:])
        leaf = rectangles(leaf_rows([one]), GAP)[0]
        met = set(tree.query(leaf, predicate="intersects").tolist()) - {first + number}
        if not met and not any(leaf.intersects(other) for other in leaves):
            found[number] = one
            leaves.append(leaf)
    return found


def _wanted(driven: Drive, parked: Sequence[Placed], drawn: Array) -> list[int]:
    """Return which of the `drawn` parked have doors and are near the ego car at some frame."""
    ego = driven.agents[driven.ego]
    seen = MultiPoint([tuple(ego.place(frame)[:2]) for frame in driven.frames])
    return [
        number
        for number in np.flatnonzero(drawn).tolist()
        if parked[number][0].doors and seen.distance(Point(*parked[number][1][:2])) < NEAR
    ]


def opened(city: City, one: Placed, draws: Float[Array, "2"]) -> Placed:
    """Return a parked car with the door open that `draws` in [0, 1) choose."""
    body, place, yaw, user = one
    weights = np.cumsum([WEIGHTS[name] for name in body.doors])
    door = body.doors[int(np.searchsorted(weights, draws[0] * weights[-1], side="right"))]
    user = replace(user, door=door, opening=ANGLES[int(draws[1] * len(ANGLES))])
    return replace(city.parked(user)[0], name=body.name), place, yaw, user


def shut_again(city: City, one: Placed) -> Placed:
    """Return a parked car with all doors shut."""
    body, place, yaw, user = one
    user = replace(user, door="", opening=0.0)
    return replace(city.parked(user)[0], name=body.name), place, yaw, user


def leaf_rows(parked: Sequence[Placed]) -> Float[Array, "n 5"]:
    """Return x, y [m], yaw [rad], length, width [m] of the room that the open doors take."""
    rows, (outside, inside) = [], ROOM
    for body, place, yaw, _ in parked:
        if body.door is not None:
            ends = np.array([body.door.hinge, body.door.edge])[:, :2] @ [1, 1j]
            hinge, edge = ends * np.exp(1j * yaw) + complex(place[0], place[1])
            way = edge - hinge
            inwards = way / abs(way) * (1j if body.door.name.endswith("left") else -1j)
            middle = (edge + hinge) / 2 + inwards * (inside - outside) / 2
            rows.append((middle.real, middle.imag, np.angle(way), abs(way), outside + inside))
    return np.array(rows, float).reshape(-1, 5)
