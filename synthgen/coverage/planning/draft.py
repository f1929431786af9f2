"""From what was learnt to the jobs of a plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float

from synthgen.coverage.planning.allocate import Allocation, Choice, allocate
from synthgen.coverage.planning.costs import STAGES, Costs, Made, fit, parts
from synthgen.coverage.planning.document import Job, Note, Short
from synthgen.coverage.planning.experience import Lot
from synthgen.coverage.planning.pilot import drawn_seed
from synthgen.coverage.planning.recipe import Recipe
from synthgen.coverage.planning.wish import Wish
from synthgen.coverage.planning.yields import Seen, estimate, interval
from synthgen.geometry import Array
from synthgen.spec.shard import CLIPS_PER_SHARD

SURE = 0.8
"""Probability with which a plan alone reaches each target; a fill tops up what chance left."""


@dataclass(frozen=True, eq=False)
class Learnt:
    """What pilots and fills told.

    Attributes:
        recipes: what can be made.
        wishes: what is wanted.
        seen: worlds and hits of these.
        costs: of shards, clips and frames.
        start: [core-s] that the first shard of a process costs more than another.
        processes: that a job starts at most.
    """

    recipes: Sequence[Recipe]
    wishes: Sequence[Wish]
    seen: Seen
    costs: Costs
    start: float
    processes: int


def learnt_costs(lots: Sequence[Lot]) -> tuple[Costs, float]:
    """Return what shards cost, and [core-s] that the first of a process costs beside.

    Raises:
        ValueError: when nothing was made.
    """
    made, start = levelled(lots)
    return fit(made), start


def levelled(lots: Sequence[Lot]) -> tuple[list[Made], float]:
    """Return shards as if none were the first of its process, and [core-s] that first ones cost
    beside: later shards, then first ones.

    What first shards cost beside is taken off them, stage by stage, so that all can be learnt
    from. Where no process made more than one shard it is not told apart.
    """
    beside = _beside(lots)
    made = [shard for lot in lots for shard in lot.shards]
    made += [_without(shard, beside) for lot in lots for shard in lot.first]
    return made, sum(beside.values())


def _beside(lots: Sequence[Lot]) -> dict[str, float]:
    """Return [core-s] by stage that first shards cost more than later ones like them."""
    more: dict[str, list[float]] = {}
    for lot in lots:
        for first in lot.first:
            alike = [one for one in lot.shards if one.frames == first.frames]
            for stage, seconds in parts(first).items() if alike else ():
                usual = float(np.mean([parts(one)[stage] for one in alike]))
                more.setdefault(stage, []).append(seconds - usual)
    return {stage: max(0.0, float(np.mean(each))) for stage, each in more.items()}


def _without(first: Made, beside: Mapping[str, float]) -> Made:
    """Return a first shard as if it were a later one."""
    core = {s: max(0.0, own - beside.get(s, 0.0)) for s, own in parts(first).items()}
    named = {STAGES[s][0]: own for s, own in core.items() if s in STAGES}
    return replace(first, core={**named, "whole shard": sum(core.values())})


def expected_core(costs: Costs, one: Made) -> float:
    """Return [core-s] that `costs` expect of a shard."""
    world = costs.world(one.features, 0) * one.clips
    return costs.shard(one.features) + world + costs.frame.at(one.features) * one.frames


def meant(recipes: Sequence[Recipe], wishes: Sequence[Wish]) -> Bool[Array, "recipes targets"]:
    """Return which recipe was made up for which target."""
    found = [[wish.id in one.meant for wish in wishes] for one in recipes]
    return np.array(found, bool).reshape(len(recipes), len(wishes))


def draft(learnt: Learnt, budget: int, seed: int) -> tuple[list[Job], list[Short], list[Note]]:
    """Return jobs, the targets that the budget is too small for, and a note on every target."""
    hits = estimate(learnt.seen)
    chosen = allocate(_choice(learnt, hits, budget), SURE)
    jobs = [
        _job(learnt, hits, number, int(clips), seed)
        for number, clips in enumerate(chosen.worlds)
        if clips
    ]
    jobs.sort(key=lambda job: (job.core_seconds / max(sum(job.expects.values()), 1e-9), job.job))
    return jobs, _short(learnt, chosen), [_note(learnt, hits, chosen, n)
                                          for n in range(len(learnt.wishes))]  # fmt: skip


def started(learnt: Learnt, jobs: Sequence[Job]) -> float:
    """Return [core-s] that loading compiled code costs in all processes of `jobs`."""
    processes = [min(learnt.processes, -(-job.clips // CLIPS_PER_SHARD)) for job in jobs]
    return learnt.start * sum(processes)


def _choice(learnt: Learnt, hits: Float[Array, "recipes targets"], budget: int) -> Choice:
    costs, every = learnt.costs, learnt.recipes
    return Choice(
        hits=hits,
        world=np.array([costs.world(one.features, one.frames) for one in every]),
        shard=np.array([costs.shard(one.features) for one in every]),
        start=learnt.start,
        frames=np.array([one.frames for one in every]),
        wanted=np.array([wish.missing for wish in learnt.wishes]),
        budget=budget,
    )


def _job(
    learnt: Learnt, hits: Float[Array, "recipes targets"], number: int, clips: int, seed: int
) -> Job:
    recipe, costs = learnt.recipes[number], learnt.costs
    frames = clips * recipe.frames
    shards = -(-clips // CLIPS_PER_SHARD)
    core = shards * costs.shard(recipe.features)
    core += clips * costs.world(recipe.features, recipe.frames)
    expects = {
        wish.id: float(clips * chance)
        for wish, chance in zip(learnt.wishes, hits[number], strict=True)
        if chance > 0
    }
    return Job(
        job=recipe.name,
        overrides=(*recipe.overrides, f"seed={drawn_seed(seed, 'job', recipe.key)}"),
        clips=clips,
        frames=frames,
        expects=expects,
        core_seconds=float(core),
        bytes=round(frames * costs.size.at(recipe.features)),
    )


def _short(learnt: Learnt, chosen: Allocation) -> list[Short]:
    return [
        Short(wish.id, "the budget of frames is too small", float(expected), wish.missing)
        for wish, expected, short in zip(learnt.wishes, chosen.expected, chosen.short, strict=True)
        if short
    ]


def _note(
    learnt: Learnt, hits: Float[Array, "recipes targets"], chosen: Allocation, target: int
) -> Note:
    wish, seen = learnt.wishes[target], learnt.seen
    told: Mapping[str, tuple[float, float, float]] = {
        recipe.name: _bounds(int(seen.hits[n, target]), int(seen.worlds[n]), hits[n, target])
        for n, recipe in enumerate(learnt.recipes)
        if chosen.worlds[n] and hits[n, target] > 0
    }
    return Note(wish.id, wish.name, wish.there, wish.asked, wish.missing, told)


def _bounds(hits: int, worlds: int, mean: float) -> tuple[float, float, float]:
    low, high = interval(hits, worlds)
    return low, float(mean), high
