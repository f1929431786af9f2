"""What to make next: a pure function of the plan and of what finished shards were counted to hold.

Neither time nor speed nor the number of workers has a say, so that a fill that was killed and
resumed makes the same. First the jobs in the plan's order, by halves of what is left, until their
targets are reached; then more of the job whose worlds, as measured, bring most per cost.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil, floor

from synthgen.coverage.filling.order import Job, Order

LEAST_SHARDS = 4
"""Made at once: starting workers costs as much as some shards."""
MOST_WORLDS = 40
"""That one step of topping up makes."""
GIVE_UP = 40
"""Worlds made for a target without a gain after which it is given up."""


@dataclass(frozen=True)
class Tried:
    """What is there of a job.

    Attributes:
        frames: asked for so far, its n; 0 where it was not begun.
        worlds: that are there; fewer than asked for where shards failed.
        hits: of these, that count, by target.
    """

    frames: int = 0
    worlds: int = 0
    hits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    """What is there.

    Attributes:
        tried: by job.
        clip: frames of a world, by job.
        dry: worlds made for a target by topping up since it last gained, by target.
    """

    tried: Mapping[str, Tried]
    clip: Mapping[str, int]
    dry: Mapping[str, int] = field(default_factory=dict)

    def got(self, target: str) -> int:
        """Return the worlds that count for `target`, of all jobs."""
        return sum(one.hits.get(target, 0) for one in self.tried.values())

    @property
    def frames(self) -> int:
        """All frames asked for so far."""
        return sum(one.frames for one in self.tried.values())


@dataclass(frozen=True)
class Step:
    """Make `job` up to `frames`; `aim` is the target that it tops up, empty for the plan's own."""

    job: str
    frames: int
    aim: str = ""


def next_step(order: Order, state: State, per_shard: int) -> Step | None:
    """Return what to make next, None when all is done that can be.

    Args:
        order: the plan.
        state: what is there.
        per_shard: worlds of a shard.
    """
    left = order.budget - state.frames
    for job in order.jobs:
        step = _planned(job, order, state, per_shard)
        if step is not None:
            return _within(step, state, left)
    step = _top_up(order, state, per_shard)
    return None if step is None else _within(step, state, left)


def short(order: Order, state: State) -> dict[str, int]:
    """Return how many worlds each target misses, of those that miss any."""
    found = {want.id: want.missing - state.got(want.id) for want in order.wants}
    return {target: missing for target, missing in found.items() if missing > 0}


def _planned(job: Job, order: Order, state: State, per_shard: int) -> Step | None:
    """Return the next part of what the plan says of `job`, None where no more of it is needed."""
    made, size = state.tried[job.name].frames, per_shard * state.clip[job.name]
    meant = {target for target, worlds in job.expects.items() if worlds > 0}
    if made >= job.frames or (meant and not meant & set(short(order, state))):
        return None
    shards = ceil((job.frames - made) / size)
    part = max(LEAST_SHARDS, ceil(shards / 2))
    return Step(job.name, min(job.frames, made + part * size))


def _top_up(order: Order, state: State, per_shard: int) -> Step | None:
    """Return more of the job that brings most worlds that are missing per second of a core."""
    missing = {target: count for target, count in short(order, state).items()
               if state.dry.get(target, 0) < GIVE_UP}  # fmt: skip
    best, most = None, 0.0
    for job in order.jobs:
        gain = sum(chance(job, state, target) for target in missing)
        value = gain * job.clips / max(job.core_seconds, 1e-9)
        if value > most:
            best, most = job, value
    if best is None:
        return None
    aim = max(missing, key=lambda target: chance(best, state, target))
    worlds = min(MOST_WORLDS, ceil(missing[aim] / chance(best, state, aim)))
    made, size = state.tried[best.name].frames, per_shard * state.clip[best.name]
    return Step(best.name, (ceil(made / size) + ceil(worlds / per_shard)) * size, aim)


def chance(job: Job, state: State, target: str) -> float:
    """Return the chance that a world of `job` counts: as measured, and one world as planned."""
    tried = state.tried[job.name]
    planned = min(1.0, job.expects.get(target, 0.0) / job.clips)
    return (tried.hits.get(target, 0) + planned) / (tried.worlds + 1)


def _within(step: Step, state: State, left: int) -> Step | None:
    """Return `step` cut to whole worlds of the budget's frames, None where none is left."""
    made, clip = state.tried[step.job].frames, state.clip[step.job]
    frames = min(step.frames, made + floor(left / clip) * clip)
    return Step(step.job, frames, step.aim) if frames > made else None


def reason(target: str, order: Order, state: State) -> str:
    """Return why a target misses something when nothing more is made."""
    if state.dry.get(target, 0) >= GIVE_UP:
        return f"{state.dry[target]} more worlds made for it brought none"
    if not any(chance(job, state, target) > 0 for job in order.jobs):
        return "no job of the plan brings any"
    return f"the budget of {order.budget} frames is spent, {state.frames} are made"
