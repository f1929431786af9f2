"""Who drives with high beams: where no street lamp burns and nobody ahead would be dazzled."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Bool, Float

from synthgen.build.city import City
from synthgen.build.outage import Feed
from synthgen.geometry import Array
from synthgen.grid import Supply, area_of
from synthgen.light.sky import is_dark
from synthgen.rng import stream
from synthgen.spec.clip import ClipSpec
from synthgen.traffic.plan import WALKERS, Agent

LIT = 70.0
"""[m] From a burning street lamp the road counts as lit."""
AHEAD, ABREAST = 200.0, 0.35
"""[m] and [rad] Within which someone ahead is not to be dazzled.

Source: Vienna Convention on Road Traffic, 1968, article 32.3: driving lights are not used in lit
streets, nor where they would dazzle who comes or drives ahead; US codes name 150 m (500 ft) for
oncoming vehicles."""
MISTY = 500.0
"""[m] Visibility below which high beams dazzle their own driver."""
USERS = 0.75
"""Share of drivers who use them. Our own guess."""
SLOW = 8.0
"""[m/s] Slower than this nobody switches up."""
HELD = 5
"""Samples, 0.1 s each, for which a driver sees the road free before switching up."""


def drivers_beams(
    city: City, agents: Sequence[Agent], power: Feed, spec: ClipSpec
) -> dict[str, Bool[Array, "k"]]:
    """Return `high_beams` of a clip; three drivers of four use them where they may."""
    if not is_dark(spec.environment) or spec.environment.visibility < MISTY:
        return {}
    places = [
        lamp.position[:2]
        for body in city.stuff
        if body.kind == "street_light"
        for lamp in body.lamps
    ]
    lamps = np.array(places, float).reshape(-1, 2)
    burning = lamps[power.supply[area_of(power.middle, lamps)] == Supply.GRID]
    rng = stream(spec.seed, "clip", spec.clip, "high beams")
    return high_beams(agents, burning, {one.name: bool(rng.random() < USERS) for one in agents})


def high_beams(
    agents: Sequence[Agent], lamps: Float[Array, "n 2"], users: Mapping[str, bool]
) -> dict[str, Bool[Array, "k"]]:
    """Return for each driver of `users` who uses them at which samples the high beams are on.

    Args:
        agents: everyone who moves.
        lamps: [m] burning street lamps.
        users: for each agent by name whether the driver uses high beams at all.
    """
    drivers = [agent for agent in agents if agent.kind not in WALKERS]
    found = {}
    for agent in drivers:
        free = (agent.speed > SLOW) & ~_lit(agent.position[:, :2], lamps)
        if not users.get(agent.name, False) or not free.any():
            continue
        for other in drivers:
            if other is not agent:
                free &= ~_before(agent, other)
        found[agent.name] = _held(free)
    return found


def _lit(place: Float[Array, "k 2"], lamps: Float[Array, "n 2"]) -> Bool[Array, "k"]:
    if not len(lamps):
        return np.zeros(len(place), bool)
    away = np.linalg.norm(place[:, None] - lamps[None], axis=2)
    close: Array = away.min(axis=1) < LIT
    return close


def _before(agent: Agent, other: Agent) -> Bool[Array, "k"]:
    """Whether `other` is ahead of `agent` and near, at each of its samples."""
    x, y, _ = other.place(agent.time)
    dx, dy = x - agent.position[:, 0], y - agent.position[:, 1]
    angle = np.arctan2(dy, dx) - agent.yaw
    angle = np.abs((angle + np.pi) % (2 * np.pi) - np.pi)
    there = (agent.time >= other.time[0]) & (agent.time <= other.time[-1])
    near: Array = there & (np.hypot(dx, dy) < AHEAD) & (angle < ABREAST)
    return near


def _held(free: Bool[Array, "k"]) -> Bool[Array, "k"]:
    """Return `free` without the first samples of each stretch; dipping is at once."""
    run = np.convolve(free.astype(int), np.ones(HELD, int))[: len(free)]
    return run == HELD
