"""Shards that other jobs make: waited for, and taken over where their maker has died."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from synthgen.jobs.claims import Watch, claimed, holder, release_dead
from synthgen.jobs.ledger import finished_frames

PAUSE = 1.0
"""[s] between two looks."""

Finished = Callable[[int], Sequence[int]]
"""(shard) -> the frames of it that are finished, none when it is not there."""


def wait_for(
    out: Path,
    frames: Mapping[int, Sequence[int]],
    stop: Callable[[], bool],
    pause: Callable[[float], None] = time.sleep,
    finished: Finished | None = None,
) -> list[int]:
    """Wait until shards are nobody's any more and still to be made, and return them.

    None when all are there, or the wish to stop has come. `frames` are those wanted, by shard;
    what is `finished` is asked of `out` where nothing else is given.
    """
    finished = finished or partial(finished_frames, out)
    watch = Watch()
    _tell(out, frames)
    while not stop():
        left = [shard for shard in frames if not _there(finished, shard, frames)]
        free = [shard for shard in left if release_dead(out, shard, watch)]
        free = [shard for shard in free if not _there(finished, shard, frames)]
        if free or not left:
            return free
        pause(PAUSE)
    return []


@contextmanager
def alone(out: Path, thing: str) -> Iterator[None]:
    """Wait until no other job holds `thing` of the data set, and hold it during the block."""
    watch = Watch()
    while True:
        with claimed(out, thing) as mine:
            if mine:
                yield
                return
        release_dead(out, thing, watch)
        time.sleep(PAUSE)


def _there(finished: Finished, shard: int, frames: Mapping[int, Sequence[int]]) -> bool:
    return tuple(finished(shard)) == tuple(frames[shard])


def _tell(out: Path, left: Mapping[int, Sequence[int]]) -> None:
    """Say who is waited for."""
    for shard in sorted(left):
        owner = holder(out, shard)
        if owner is not None:
            place = f" of {owner.host}" if owner.host else ""
            print(f"shard {shard:06d} is made by process {owner.process}{place}: waiting",
                  file=sys.stderr)  # fmt: skip
