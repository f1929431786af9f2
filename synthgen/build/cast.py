"""Who takes part in a clip's traffic, and what its drive is asked to be."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from synthgen.build.bystanders import AT_REST
from synthgen.build.city import City
from synthgen.build.subtypes import host, made_frequent, staying, usual, wished
from synthgen.build.umbrellas import sheltered
from synthgen.classes import EMERGENCY
from synthgen.events import ANY, Companion, Encounter
from synthgen.physics.grip import grip
from synthgen.rng import stream
from synthgen.road_user import STILL, RoadUser, drawn
from synthgen.snowpack import pressed_share
from synthgen.spec.clip import ClipSpec
from synthgen.traffic.plan import Agent, DrivePlan, Post

EMERGENCY_KINDS = ("ambulance", "fire_engine", "police_car")
HOSTS: Mapping[str, str] = {
    **dict.fromkeys(sorted(EMERGENCY), "car"), "dog": "pedestrian", "cat": "pedestrian",
}  # fmt: skip
"""Whose place each kind may take: SUMO moves both by the same rules."""
BRAKED_FROM = 14.0
"""[m/s] at which the grip of a clip's emergency brakings is taken: 50 km/h."""
CROWD = 0.06
"""Share of the vehicles that a kind has at least while it is looked for: some five of a city's."""


def clip_users(city: City, spec: ClipSpec) -> tuple[RoadUser, ...]:
    """Return the pool with emergency lamps and umbrellas of this clip decided, companions added."""
    rng = stream(spec.seed, "clip", spec.clip, "responding")
    draws, duty = rng.random(len(city.pool)), _on_call(spec)
    pool = [
        replace(user, responding=user.kind in duty or bool(draw < spec.traffic.responding))
        if user.kind in EMERGENCY_KINDS or user.subtype == "police_motorcycle"
        else user
        for user, draw in zip(city.pool, draws, strict=True)
    ]
    for sought, share in _sought(spec):
        pool = made_frequent(city, spec, pool, sought, share)
    pool = [replace(user, responding=True) if user.kind in duty else user for user in pool]
    for event in _companions(spec):
        kinds = [user for user in city.pool if user.kind == event.who]
        chosen = kinds[drawn(kinds, rng)]
        responding = event.responding and event.who in EMERGENCY_KINDS
        pool.append(replace(chosen, responding=responding, share=0.0))
    rain = stream(spec.seed, "clip", spec.clip, "umbrellas")
    pool = [sheltered(user, spec.environment, rain) for user in pool]
    return tuple(city.measured(user) if user.umbrella else user for user in pool)


def _companions(spec: ClipSpec) -> list[Companion]:
    return [event for event in spec.events if isinstance(event, Companion)]


def _posts(spec: ClipSpec, users: int) -> tuple[Post, ...]:
    """Return the companions' places; their designs are the last of so many `users`."""
    asked = _companions(spec)
    return tuple(Post(users - len(asked) + n, event.ahead) for n, event in enumerate(asked))


def encounters_of(spec: ClipSpec) -> dict[int, Encounter]:
    """Return the encounters among a clip's events, by their number there."""
    return {n: one for n, one in enumerate(spec.events) if isinstance(one, Encounter)}


def on_duty(spec: ClipSpec, number: int) -> bool:
    """Return whether event `number`, an encounter, is with an emergency vehicle on duty."""
    event = encounters_of(spec)[number]
    if event.who not in EMERGENCY_KINDS:
        return False
    draw = stream(spec.seed, "clip", spec.clip, "encounter", number, "duty").random()
    return event.responding == "on" or (
        event.responding == "any" and bool(draw < spec.traffic.responding)
    )


def _on_call(spec: ClipSpec) -> set[str]:
    """Return the kinds of emergency vehicles that are to be met on duty."""
    return {event.who for n, event in encounters_of(spec).items() if on_duty(spec, n)}


def _rare(spec: ClipSpec) -> set[str]:
    """Return the kinds that are to be met and are made more frequent in the traffic for it."""
    shares, call = spec.traffic.shares, _on_call(spec)
    wanted = {event.who for event in encounters_of(spec).values() if event.who in shares}
    return {who for who in wanted if shares[who] < CROWD * sum(shares.values())
            and (who in call or who not in EMERGENCY_KINDS)}  # fmt: skip


def crowded(spec: ClipSpec) -> dict[str, float]:
    """Return how many times as many as in the scene there are of each kind in the traffic, that an
    encounter may find it: `CROWD` of the vehicles. They come on top of the scene's.
    """
    shares, raised = spec.traffic.shares, _shares(spec)
    return {who: raised[who] / shares[who] if shares[who] else np.inf
            for who in sorted(_rare(spec))}  # fmt: skip


def _sought(spec: ClipSpec) -> list[tuple[Encounter, float]]:
    """Return the encounters with a subtype that takes nobody's place, and the share of its kind
    that it is to have.
    """
    shares = _shares(spec)
    total = sum(shares.values())
    return [
        (event, wished(event, shares.get(event.who, 0.0) / total, CROWD))
        for number, event in encounters_of(spec).items()
        if event.subtype not in (ANY, *STILL) and (on_duty(spec, number) or not host(event, HOSTS))
    ]


def times_as_frequent(city: City, spec: ClipSpec, event: Encounter) -> float:
    """Return how many times as frequent as the scene has it who is met in `event` drives or walks,
    for a city's pool of designs.
    """
    kind, had = crowded(spec).get(event.who, 1.0), usual(city.pool, event)
    share = dict(_sought(spec)).get(event, 0.0)
    return kind * max(1.0, share / had) if had else kind


def spare(
    city: City, spec: ClipSpec, users: Sequence[RoadUser], agents: Sequence[Agent],
    rng: np.random.Generator,
) -> frozenset[str]:  # fmt: skip
    """Return the names of those that are only there to be met: without them, but for whom an
    encounter meets, every kind is as frequent as the scene has it, and subtypes within it.

    Each of a crowded kind stays with the probability of the scene's share over the raised one:
    numbers that are Poisson's stay so. `users` are the designs of the `agents`.
    """
    often = crowded(spec)
    stays = {
        (event.who, event.subtype): staying(city.pool, event, share)
        for event, share in _sought(spec)
    }
    chances = (
        stays.get((one.kind, users[one.user].subtype), 1.0) / often.get(one.kind, 1.0)
        for one in agents
    )
    return frozenset(one.name for one, chance in zip(agents, chances, strict=True)
                     if chance < 1 and rng.random() >= chance)  # fmt: skip


def _shares(spec: ClipSpec) -> dict[str, float]:
    """Return the weights of all kinds of vehicles, those of rare kinds raised."""
    shares, rare = spec.traffic.shares, _rare(spec)
    rest = sum(weight for kind, weight in shares.items() if kind not in rare)
    raised = CROWD * rest / (1 - CROWD * len(rare))
    return {kind: raised if kind in rare else weight for kind, weight in shares.items()}


def clip_plan(city: City, users: tuple[RoadUser, ...], spec: ClipSpec) -> DrivePlan:
    """Return what a clip's drive is asked to be; `users` is its pool."""
    drivable, around = _kilometres(city, "drive"), spec.environment
    walkable, shares = _kilometres(city, "walk"), _shares(spec)
    more = sum(shares.values()) / sum(spec.traffic.shares.values())
    return DrivePlan(
        vehicles=round(spec.traffic.vehicles * drivable * more),
        pedestrians=round((1 - AT_REST) * spec.traffic.pedestrians * walkable),
        shares={**shares, "pedestrian": 1.0, "dog": 0.05, "cat": 0.01},
        frames=spec.frames,
        gap=spec.gap,
        distance=spec.distance,
        ego=0,
        companions=_posts(spec, len(users)),
        grip=grip(around.wetness, 0.0, BRAKED_FROM, pressed_share(around.snow_cover)),
    )


def _kilometres(city: City, kind: str) -> float:
    lengths = [
        np.linalg.norm(np.diff(lane.shape, axis=0), axis=1).sum()
        for lane in city.network.lanes
        if lane.kind == kind
    ]
    return float(np.sum(lengths)) / 1000
