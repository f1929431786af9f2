"""Encounters with one subtype of a kind: whose place it may take, or how it is made frequent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from synthgen.build.city import City, draw_design, plain
from synthgen.build.umbrellas import sheltered
from synthgen.events import ANY, Encounter
from synthgen.rng import stream
from synthgen.road_user import STILL, RoadUser, drawn
from synthgen.spec.clip import ClipSpec
from synthgen.traffic.designs import PACES
from synthgen.traffic.plan import WALKERS

ALIKE = ("car", "van", "pedestrian")
"""Kinds whose subtypes move by the same rules, apart from people with a pace of their own."""
MOST = 0.5
"""Share of its kind that a subtype is made at most: those who are met are not among their own."""


def is_of(event: Encounter, kind: str, subtype: str) -> bool:
    """Return whether one of this kind and subtype is who is to be met."""
    return kind == event.who and event.subtype in (ANY, subtype)


def host(event: Encounter, hosts: Mapping[str, str]) -> str:
    """Return the kind whose place who is met may take; empty where nobody's.

    Args:
        event: what is asked.
        hosts: whose place each kind may take; empty where nobody is exchanged.
    """
    if event.who in hosts:
        return hosts[event.who]
    paced = event.subtype in PACES or event.subtype in STILL
    return event.who if hosts and event.subtype != ANY and event.who in ALIKE and not paced else ""


def stand_in(
    city: City, spec: ClipSpec, event: Encounter, rng: np.random.Generator
) -> RoadUser | None:
    """Return a design that takes somebody's place in an encounter; None where the city has none."""
    kinds = [user for user in city.pool if is_of(event, user.kind, user.subtype)]
    if not kinds and event.subtype != ANY:
        kinds = [fresh(city, event.who, event.subtype, rng)]
    if not kinds:
        return None
    new = replace(kinds[drawn(kinds, rng)], responding=False, share=0.0)
    if new.kind != "pedestrian":
        return new
    dressed = sheltered(new, spec.environment, rng)
    return city.measured(dressed) if dressed.umbrella else dressed


def fresh(city: City, kind: str, subtype: str, rng: np.random.Generator) -> RoadUser:
    """Return a new design, whose bodies the city keeps."""
    user, bodies = draw_design(kind, rng, subtype=subtype)
    city.bodies.setdefault(plain(user), bodies)
    return city.measured(user)


def wished(event: Encounter, weight: float, whole: float) -> float:
    """Return which share of its kind the subtype of `event` is to have at least.

    Args:
        event: what is asked.
        weight: of the kind among vehicles.
        whole: share of all vehicles, or of all who walk, that who is to be met should be.
    """
    return min(MOST, whole if event.who in WALKERS else whole / max(weight, whole))


def usual(pool: Sequence[RoadUser], event: Encounter) -> float:
    """Return the share of its kind that the subtype of `event` has in a pool of designs."""
    kind = [user for user in pool if user.kind == event.who and user.subtype not in STILL]
    own = sum(is_of(event, user.kind, user.subtype) for user in kind)
    return own / len(kind) if kind else 0.0


def staying(pool: Sequence[RoadUser], event: Encounter, share: float) -> float:
    """Return how likely one of the subtype of `event` is to stay, that was given this share of its
    kind, for the rest of the kind to have as many of it beside them as `pool` says.
    """
    had = usual(pool, event)
    return had * (1 - share) / (share * (1 - had)) if had < share else 1.0


def made_frequent(
    city: City, spec: ClipSpec, pool: Sequence[RoadUser], event: Encounter, share: float
) -> list[RoadUser]:
    """Return `pool` with the subtype of `event` having at least this share of its kind; one design
    of it joins where there is none.
    """
    if usual(pool, event) >= share:
        return list(pool)
    found = list(pool)
    if not any(is_of(event, user.kind, user.subtype) for user in pool):
        names = "clip", spec.clip, "subtype", event.who, event.subtype
        found.append(fresh(city, event.who, event.subtype, stream(spec.seed, *names)))
    own = sum(is_of(event, user.kind, user.subtype) for user in found)
    return [
        replace(user, share=share / own) if is_of(event, user.kind, user.subtype) else user
        for user in found
    ]
