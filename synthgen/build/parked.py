"""What stands parked along the kerbs of a clip."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float

from synthgen.articulation import coupling
from synthgen.assets.imported.manifest import STANDING
from synthgen.build.city import City
from synthgen.build.play import parked_share
from synthgen.geometry import Array
from synthgen.rng import stream
from synthgen.road_user import RoadUser, taken
from synthgen.spec.clip import ClipSpec
from synthgen.world import Body

Standing = tuple[Body, Float[Array, "3"], float, RoadUser]
"""A body, where it stands [m], its heading [rad] and its design."""


def parked_along(city: City, spec: ClipSpec) -> list[Standing]:
    """Return cars in the share of the parking slots that is taken."""
    rng = stream(spec.seed, "clip", spec.clip, "parked")
    found = []
    for number, slot in enumerate(city.furniture.slots):
        full, kind, which, shift = rng.random(4)
        user = standing_user(city.pool, slot.kinds, kind, which)
        spare = slot.length - user.length - 0.6
        if full >= parked_share(spec) or spare < 0:
            continue
        ahead = np.array([np.cos(slot.yaw), np.sin(slot.yaw), 0.0])
        place = np.asarray(slot.position, float) + (shift - 0.5) * spare * ahead
        found += _in_line(city.parked(user), f"parked/{number}", place, (slot.yaw, ahead), user)
    return found


def _in_line(
    bodies: tuple[Body, ...], name: str, place: Float[Array, "3"],
    facing: tuple[float, Float[Array, "3"]], user: RoadUser,
) -> list[Standing]:  # fmt: skip
    """Return what stands parked with its middle at `place` [m], section by section.

    `facing` is its heading [rad] and the unit vector along that.
    """
    joint, (yaw, ahead) = coupling(user), facing
    if joint is None:
        return [(replace(bodies[0], name=name), place, yaw, user)]
    lead = place + (user.length - joint.front) / 2 * ahead
    towed = place - (user.length - joint.rear) / 2 * ahead
    return [
        (replace(bodies[0], name=name), lead, yaw, user),
        (replace(bodies[1], name=f"{name}/towed", part_of=name), towed, yaw,
         replace(user, room=user.towed)),
    ]  # fmt: skip


def standing_user(
    pool: Sequence[RoadUser], kinds: Sequence[str], kind: float, which: float
) -> RoadUser:
    """Return what takes a bay: a thing of the user's that only stands, or one of `kinds`.

    `kind` and `which` are places in [0, 1).
    """
    things = [user for user in pool if user.kind in STANDING]
    share = sum(user.share for user in things)
    if kind < share:
        return things[taken(things, kind / share)]
    rest = (kind - share) / (1 - share)
    wanted = kinds[min(int(rest * len(kinds)), len(kinds) - 1)]
    cars = [user for user in pool[1:] if user.kind == wanted]
    return cars[taken(cars, which)]


def footprints(parked: list[Standing]) -> Float[Array, "n 5"]:
    """Return x, y [m], yaw [rad], length and width [m] of what stands."""
    rows = [user.takes.rectangles(np.array([[p[0], p[1], yaw]])) for _, p, yaw, user in parked]
    return np.concatenate([np.zeros((0, 5)), *rows])


def hiding(parked: list[Standing]) -> list[Standing]:
    """Return what of the parked hides a child: bicycles do not."""
    return [one for one in parked if one[3].kind != "bicycle"]
