"""`task=fill`: each job of a plan as an ordinary data set, counted, topped up, recorded."""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

from synthgen.coverage.filling.choice import State, Step, Tried, next_step, short
from synthgen.coverage.filling.counting import Held, held
from synthgen.coverage.filling.order import Job, Order, read_order
from synthgen.coverage.filling.record import Made, claim, save
from synthgen.coverage.filling.summary import lines, progress
from synthgen.errors import UserError
from synthgen.jobs.generate import generate
from synthgen.jobs.signals import INTERRUPTED
from synthgen.spec.run import RunSpec
from synthgen.spec.shard import CLIPS_PER_SHARD, Slice, shards

Read = Callable[[Sequence[str]], RunSpec]
"""From a line of overrides to a run."""
Generate = Callable[[RunSpec], int]
"""Makes what is missing of a run; returns its exit code."""
Count = Callable[[Path, Sequence[int]], Sequence[Held]]
"""From a data set and numbers of shards to what those that are finished hold."""


@dataclass(frozen=True)
class Shop:
    """What a fill works with.

    Attributes:
        out: folder of the fill.
        runs: of each job; n is of no account.
        make: makes a run.
        count: counts shards.
    """

    out: Path
    runs: Mapping[str, RunSpec]
    make: Generate
    count: Count


def fill(run: RunSpec, read: Read, make: Generate = generate) -> int:
    """Make the plan `run.survey.plan` in `run.out`, and return the exit code.

    0: all done that the budget allows; 1: some shards failed, the same command tries them again;
    130: stopped by a signal, the same command goes on.

    Raises:
        UserError: for a plan that makes no sense, or a folder that is another's.
    """
    order = read_order(Path(run.survey.plan))
    out = Path(run.out)
    runs = {job.name: _run(job, out, run.workers, read) for job in order.jobs}
    claim(out, order)
    wheres = {want.id: want.where for want in order.wants}
    shop = Shop(out, runs, make, lambda home, some: held(home, some, order.coverage, wheres))
    made, code = work(order, shop)
    if code == INTERRUPTED:
        return code
    print("\n".join(lines(out, order, made.state)))
    failed = {name: some for name, some in made.absent.items() if some}
    for name, some in failed.items():
        told = ", ".join(f"{number:06d}" for number in some)
        print(f"{name}: shards failed: {told}; the same command tries again", file=sys.stderr)
    return 1 if failed else 0


def _run(job: Job, out: Path, workers: int, read: Read) -> RunSpec:
    """Return the run of a job, whose line is checked before anything is made."""
    told = [*job.overrides, f"n={job.frames}", f"workers={workers}", f"out={out / job.name}"]
    try:
        run = read(told)
    except UserError as error:
        raise UserError(f"{job.place}: overrides: {error}") from error
    if job.frames > job.clips * run.clip.frames or job.frames <= (job.clips - 1) * run.clip.frames:
        raise UserError(
            f"{job.place}: frames={job.frames}: expected {job.clips * run.clip.frames}, as many as "
            f"{job.clips} clips of {run.clip.frames} frames have"
        )
    return run


def work(order: Order, shop: Shop) -> tuple[Made, int]:
    """Make step after step until nothing more is to be made; return all and the last code."""
    clip = {name: run.clip.frames for name, run in shop.runs.items()}
    state = State({job.name: Tried() for job in order.jobs}, clip)
    made = Made(state, {job.name: () for job in order.jobs}, {})
    while (step := next_step(order, made.state, CLIPS_PER_SHARD)) is not None:
        code = _make(shop, step)
        if code == INTERRUPTED:
            return made, code
        made = _counted(order, shop, made, step)
        save(shop.out, order, made, done=False)
        print(_told(order, made.state, step), flush=True)
    save(shop.out, order, made, done=True)
    return made, 0


def _make(shop: Shop, step: Step) -> int:
    """Make the data set of a job up to the step's frames, unless all of it is there.

    Its own summary is of no interest here; what fails is counted as absent.
    """
    with redirect_stdout(StringIO()):
        return shop.make(replace(shop.runs[step.job], n=step.frames))


def _counted(order: Order, shop: Shop, made: Made, step: Step) -> Made:
    """Return what is there after `step`."""
    wanted = shards(step.frames, made.state.clip[step.job], Slice())
    sizes = {one.index: len(one.frames) for one in wanted}
    kept = [one for one in made.held[step.job] if one.frames == sizes[one.number]]
    known = {one.number for one in kept}
    new = shop.count(shop.out / step.job, [number for number in sizes if number not in known])
    every = tuple(sorted((*kept, *new), key=lambda one: one.number))
    absent = [number for number in sizes if number not in {one.number for one in every}]
    tried = Tried(
        frames=step.frames,
        worlds=sum(len(one.worlds) for one in every),
        hits={want.id: sum(len(one.hits.get(want.id, ())) for one in every)
              for want in order.wants},
    )  # fmt: skip
    state = replace(made.state, tried={**made.state.tried, step.job: tried})
    return Made(
        replace(state, dry=_dry(made.state, state, step)),
        {**made.held, step.job: every},
        {**made.absent, step.job: absent},
    )


def _dry(before: State, after: State, step: Step) -> dict[str, int]:
    """Return the worlds made for each target since it last gained."""
    if not step.aim:
        return dict(after.dry)
    if after.got(step.aim) > before.got(step.aim):
        return {**after.dry, step.aim: 0}
    clip = after.clip[step.job]
    worlds = (step.frames - before.tried[step.job].frames + clip - 1) // clip
    return {**after.dry, step.aim: after.dry.get(step.aim, 0) + worlds}


def _told(order: Order, state: State, step: Step) -> str:
    left = short(order, state)
    counts = [(want.id, want.missing - left.get(want.id, 0), want.missing) for want in order.wants]
    name = f"{step.job}, topping up {step.aim}" if step.aim else step.job
    return progress(name, step.frames, counts)
