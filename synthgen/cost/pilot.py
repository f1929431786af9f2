"""A pilot: the first shards of the very data set, made as the run would make them, and removed."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

from synthgen.errors import UserError
from synthgen.jobs.clock import core_seconds
from synthgen.jobs.generate import generate
from synthgen.jobs.scratch import scratch
from synthgen.jobs.signals import INTERRUPTED
from synthgen.merge import is_merged, merge
from synthgen.spec.run import RunSpec
from synthgen.spec.shard import CLIPS_PER_SHARD, Slice

Generate = Callable[[RunSpec], int]


class Interrupted(Exception):  # noqa: N818 - a wish, not an error
    """Raised where the pilot was stopped by a signal."""


@dataclass(frozen=True)
class Pilot:
    """A pilot that lies on the disk.

    Attributes:
        folder: an ordinary data set.
        frames: that were asked for.
        shards: that were asked for.
        processes: that made it at once.
        seconds: [s] that it took.
        merging: [core-s] of joining its shards.
    """

    folder: Path
    frames: int
    shards: int
    processes: int
    seconds: float
    merging: float


def plan(run: RunSpec, cores: int) -> RunSpec:
    """Return the run of the pilot: `pilot` worlds for each core, the first of the data set.

    There are as many processes as the run has workers, up to the machine's cores, so that they
    share memory and caches as they will.

    Raises:
        UserError: when no world may be made.
    """
    if not run.survey.pilot:
        raise UserError("pilot=0: expected at least 1 world for each core to measure")
    processes = min(run.workers, cores)
    shards = processes * -(-run.survey.pilot // CLIPS_PER_SHARD)
    frames = min(run.n, shards * CLIPS_PER_SHARD * run.clip.frames)
    return replace(run, task="generate", n=frames, workers=processes, shard=Slice())


@contextmanager
def made(run: RunSpec, work: Generate = generate) -> Iterator[Pilot]:
    """Make the pilot of `run` in a temporary folder that is removed after the block.

    Raises:
        UserError: when none of its shards could be made.
        Interrupted: when it was stopped.
    """
    asked, start = plan(run, len(os.sched_getaffinity(0))), time.perf_counter()
    with scratch() as folder:
        with redirect_stdout(StringIO()):
            code = work(replace(asked, out=str(folder)))
        if code == INTERRUPTED:
            raise Interrupted
        if not any(folder.glob("shards/[0-9]*/manifest.json")):
            raise UserError("pilot: none of its shards could be made, so nothing was measured")
        seconds = time.perf_counter() - start
        shards = len(asked.shards())
        yield Pilot(folder, asked.n, shards, asked.workers, seconds, _merging(folder))


def _merging(folder: Path) -> float:
    """Return [core-s] that it takes to join the shards once more."""
    if is_merged(folder):
        (folder / "dataset" / "merge.json").unlink()
    start = core_seconds()
    merge(folder)
    return core_seconds() - start
