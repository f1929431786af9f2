"""The events of a clip with their designs: who plays, what stands in the way, where people hide."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from synthgen.articulation import coupling
from synthgen.assets.fleet import MODELS, draw_user
from synthgen.build.city import City
from synthgen.build.closures import Closure, breakdown, road_works, windthrow, wreck
from synthgen.build.incident import Pool
from synthgen.build.rooms import laid
from synthgen.build.spots import spots
from synthgen.events import Companion, Emergency, Encounter
from synthgen.geometry import Array, inverse, pose, yaw_quaternion
from synthgen.motion import Track, standing
from synthgen.rng import stream
from synthgen.road_user import RoadUser, drawn
from synthgen.spec.clip import ClipSpec
from synthgen.traffic.escort import is_near, wanted
from synthgen.traffic.plan import Agent, Drive, Part, Post, Spot, Staged
from synthgen.traffic.witness import gaps, witness
from synthgen.world import Body

CARS = ("car", "car", "car", "van")
STEPS_OUT = ("child_behind_parked_car", "dog_crossing", "deer_crossing")
HIDING = 0.75
"""Least share of the bays that is taken where a child is to come from between parked cars."""


@dataclass(frozen=True, eq=False)
class Prop:
    """A body that stands in an event: `offset` is its pose in the frame of its footprint."""

    body: Body
    offset: Float[Array, "4 4"]
    beacon: bool


@dataclass(frozen=True, eq=False)
class Play:
    """What the events of a clip need.

    Attributes:
        users: the pool, players appended.
        staged: the timed events.
        spots: where someone may step onto the road.
        props: bodies of the designs that only stand, by index into `users`.
    """

    users: tuple[RoadUser, ...]
    staged: tuple[Staged[Any], ...]
    spots: tuple[Spot, ...]
    props: Mapping[int, Prop]


def parked_share(spec: ClipSpec) -> float:
    """Return the share of the bays that is taken."""
    hides = any(event.kind == "child_behind_parked_car" for event in spec.events)
    return max(spec.traffic.parked, HIDING * hides)


def stage_events(
    city: City, spec: ClipSpec, users: tuple[RoadUser, ...], parked: Float[Array, "n 5"]
) -> Play:
    """Return the play of a clip's events; `parked` are the footprints of parked cars."""
    pool, props = list(users), dict[int, Prop]()
    staged: list[Staged[Any]] = []
    for number, event in enumerate(spec.events):
        if isinstance(event, Companion | Encounter):
            continue
        rng = stream(spec.seed, "clip", spec.clip, "event", number)
        if event.kind in CLOSURES:
            closure = CLOSURES[event.kind](_bodies(city), rng)
            staged.append(Staged(event, -1, _parts(closure, pool, props)))
            continue
        player = PLAYERS.get(event.kind, _nobody)(city, event, rng)
        pool += [] if player is None else [city.measured(player)]
        staged.append(Staged(event, -1 if player is None else len(pool) - 1))
    steps = any(event.kind in STEPS_OUT for event in spec.events)
    found = spots(city.network, parked, city.furniture.obstacles) if steps else ()
    return Play(tuple(pool), tuple(staged), found, props)


def _bodies(city: City) -> Pool:
    kinds = ("car", "van", "truck")
    return [
        (user, city.of(user)[0]) for user in city.pool[1:]
        if user.kind in kinds and coupling(user) is None
    ]  # fmt: skip


def _parts(closure: Closure, pool: list[RoadUser], props: dict[int, Prop]) -> tuple[Part, ...]:
    """Return the parts of a closure; stand-ins of their size join the pool, bodies the props."""
    parts = []
    rows = zip(closure.bodies, closure.positions, closure.quaternions, closure.footprints,
               closure.signals, closure.beacons, strict=True)  # fmt: skip
    for body, place, turn, (x, y, yaw, long, wide), signals, beacon in rows:
        high = body.extent.size[2] if body.extent is not None else 1.0
        print_from_pose = inverse(pose(np.array([x, y, 0.0]), yaw_quaternion(float(yaw))))
        offset = print_from_pose @ pose(place, turn)
        user = RoadUser("prop", body.kind, float(long), float(wide), float(high), len(pool))
        pool.append(replace(user, room=laid(body, offset)))
        props[len(pool) - 1] = Prop(body, offset, beacon)
        parts.append(Part(len(pool) - 1, float(x), float(y), float(yaw), signals))
    return tuple(parts)


def _draw(users: Sequence[RoadUser], rng: np.random.Generator) -> RoadUser | None:
    """Return one of `users` by their shares; a player is one more of it and has none."""
    return replace(users[drawn(users, rng)], share=0.0) if users else None


def _car(city: City, event: Any, rng: np.random.Generator) -> RoadUser | None:
    kind = CARS[int(rng.integers(len(CARS)))]
    return _draw([user for user in city.pool[1:] if user.kind == kind], rng)


def _child(city: City, event: Any, rng: np.random.Generator) -> RoadUser | None:
    """Return a child, of the pool or a new one."""
    children = [user for user in city.pool if user.subtype == "child"]
    while not children:
        children = [user for user in [draw_user("pedestrian", rng)] if user.subtype == "child"]
    return _draw(children, rng)


def _animal(kind: str) -> Callable[[City, Any, np.random.Generator], RoadUser | None]:
    def choose(city: City, event: Any, rng: np.random.Generator) -> RoadUser | None:
        found = [user for user in city.pool if user.kind == kind]
        return _draw(found or ([draw_user(kind, rng)] if kind in MODELS else []), rng)

    return choose


def _rescuer(city: City, event: Emergency, rng: np.random.Generator) -> RoadUser | None:
    user = _draw([one for one in city.pool if one.kind == event.who], rng)
    return None if user is None else replace(user, responding=event.responding)


def _nobody(city: City, event: Any, rng: np.random.Generator) -> RoadUser | None:
    return None


PLAYERS: Mapping[str, Callable[[City, Any, np.random.Generator], RoadUser | None]] = {
    "cut_in": _car,
    "near_miss": _car,
    "child_behind_parked_car": _child,
    "dog_crossing": _animal("dog"),
    "deer_crossing": _animal("deer"),
    "emergency": _rescuer,
}
"""Who moves in an event."""

CLOSURES: Mapping[str, Callable[[Pool, np.random.Generator], Closure]] = {
    "crash": wreck,
    "fallen_tree": windthrow,
    "breakdown": breakdown,
    "road_works": road_works,
}
"""What stands in an event."""


def prop_track(agent: Agent, prop: Prop) -> Track:
    """Return the track of a standing body, in the agent's windows only, its lamps off."""
    print_pose = pose(agent.position[0], yaw_quaternion(float(agent.yaw[0])))
    there = print_pose @ prop.offset
    level = np.zeros(len(prop.body.circuits))
    return replace(standing(there[:3, 3], _quaternion(there), level), windows=agent.windows)


def _quaternion(world_from_body: Float[Array, "4 4"]) -> Float[Array, "4"]:
    return Rotation.from_matrix(world_from_body[:3, :3]).as_quat()


def event_facts(driven: Drive, users: Sequence[RoadUser]) -> dict[str, str | int | float]:
    """Return what the finished drive shows of each event, flat: how many happened, and for each
    its kind, frame and measures, or why it did not happen.
    """
    seen = [witness(driven, users, happening) for happening in driven.happenings]
    if not seen:
        return {}
    facts: dict[str, str | int | float] = {
        "events_asked": len(seen),
        "events_happened": sum(one.happened for one in seen),
    }
    for number, one in enumerate(seen):
        measured = [(name, round(getattr(one, name), 3)) for name in MEASURES]
        rows = [("reason", one.reason)] if one.reason else [("frame", one.frame), *measured]
        facts |= {f"event_{number}_{name}": value for name, value in [("kind", one.kind), *rows]}
    return facts


def companion_facts(
    driven: Drive, users: Sequence[RoadUser], posts: Sequence[Post]
) -> dict[str, int | float]:
    """Return of each companion at how many frames of the finished drive it is, at how many about
    where it is wanted, and how far [m] in a straight line on average.
    """
    facts: dict[str, int | float] = {}
    for number, post in enumerate(posts):
        seen = gaps(driven, users, number)
        seen = seen[np.isfinite(seen)]
        close = sum(is_near(float(one), wanted(post)) for one in seen)
        facts |= {f"companion_{number}_frames": len(seen), f"companion_{number}_in_place": close}
        facts |= {f"companion_{number}_ahead": round(float(seen.mean()), 3)} if len(seen) else {}
    return facts


MEASURES = ("distance", "aside", "gap", "speed", "braking")
"""Of a `Witness`, in m, m, s, m/s and m/s2."""
