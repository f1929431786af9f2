"""What a pilot's records say that processes, shards, worlds and frames take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from scipy.stats import t as student

from synthgen.cost.pilot import Pilot
from synthgen.coverage.planning.costs import fit
from synthgen.coverage.planning.draft import levelled
from synthgen.coverage.planning.experience import Lot, lots
from synthgen.errors import UserError
from synthgen.jobs.weight import weight
from synthgen.spec.plain_json import parsed

CONFIDENCE = 0.95
"""Of all intervals."""


@dataclass(frozen=True)
class Spread:
    """What one shard takes of something.

    Attributes:
        mean: of a shard.
        scatter: standard deviation between shards, None where it cannot be told.
        known: shards that the mean was taken over.
        freedom: degrees of freedom of the scatter.
    """

    mean: float
    scatter: float | None
    known: int
    freedom: int

    def half(self, shards: int) -> float | None:
        """Return half the interval in which the sum over `shards` others lies with `CONFIDENCE`.

        The mean is known from few shards, and the sum scatters itself: a prediction interval.
        Source: G. Hahn and W. Meeker, "Statistical Intervals", Wiley 1991, section 4.7, for the
        mean of future values of a normal distribution.
        """
        if self.scatter is None:
            return None
        factor = float(student.ppf(0.5 + CONFIDENCE / 2, self.freedom))
        return factor * self.scatter * sqrt(shards**2 / self.known + shards)


@dataclass(frozen=True)
class Joined:
    """What joining shards into one data set takes.

    Attributes:
        core: [core-s] for each shard, in one process.
        bytes: that a frame adds; pictures are links and add none.
        names: that a frame adds to folders, links among them.
    """

    core: float
    bytes: float
    names: float


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What was measured; core seconds are of this machine's cores.

    Attributes:
        shards: that were made.
        frames: of a shard, mean.
        failed: that were refused or broke, and are in no figure.
        start: [core-s] of a process before its first shard, and that this costs more than others.
        told_apart: whether `start` could be told apart from its first shard.
        city: [core-s] of a shard before any world.
        world: [core-s] of a world before any frame.
        frame: [core-s] of a frame.
        rest: [core-s] of a shard beside these: to the disk, memory given back.
        core: [core-s] of a shard, all of it.
        bytes: of the files of a shard.
        disk: [bytes] in whole blocks.
        files: and folders of a shard.
        joined: what joining takes.
        peak: [bytes] of memory of a worker at most.
        stretch: seconds on the clock for one core-second.
    """

    shards: int
    frames: float
    failed: int
    start: float
    told_apart: bool
    city: float
    world: float
    frame: float
    rest: float
    core: Spread
    bytes: Spread
    disk: Spread
    files: Spread
    joined: Joined
    peak: int
    stretch: float


def measured(pilot: Pilot) -> Measured:
    """Return what `pilot` took.

    Raises:
        UserError: when its records tell nothing.
    """
    lot = next(lots(pilot.folder))
    records = [parsed(p.read_text()) for p in sorted(pilot.folder.glob("timing/[0-9]*.json"))]
    if not records:
        raise UserError("pilot: its shards left no records of what they took")
    even, beside = levelled([lot])
    costs, features = fit(even), even[0].features
    before, rest = around(records)
    return Measured(
        shards=len(records),
        failed=pilot.shards - len(records),
        start=beside + before,
        told_apart=bool(lot.shards),
        city=costs.city.at(features),
        world=costs.clip.at(features),
        frame=costs.frame.at(features),
        rest=rest,
        core=_core(lot, rest),
        joined=_joined(pilot, records),
        peak=max(record["peak"] for record in records),
        stretch=_stretch(records),
        **_stored(records),
    )


def _stored(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return frames of a shard, and what it takes on a disk."""
    names = ("bytes", "disk", "files")
    each = {name: spread([record[name] for record in records]) for name in names}
    return {"frames": float(np.mean([record["frames"] for record in records])), **each}


def _joined(pilot: Pilot, records: Sequence[Mapping[str, Any]]) -> Joined:
    frames, place = sum(record["frames"] for record in records), pilot.folder / "dataset"
    own, names = weight(place, linked=False), weight(place)
    return Joined(pilot.merging / len(records), own.bytes / frames, names.files / frames)


def around(records: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """Return [core-s] of a process before its first shard, and of one beside each shard.

    Of `process`, what a process had worked when a shard was done, the shards' own seconds are
    taken off.
    """
    last: dict[int, float] = {}
    before, rest = list[float](), list[float]()
    for record in sorted(records, key=lambda one: one["process"]):
        known = last.get(record["worker"])
        found = record["process"] - (known or 0.0) - record["core"]["whole shard"]
        (before if known is None else rest).append(found)
        last[record["worker"]] = record["process"]
    usual = float(np.mean(rest)) if rest else 0.0
    return float(np.mean(before)) - usual, usual


def spread(values: Sequence[float]) -> Spread:
    """Return mean and scatter of what shards took."""
    freedom = len(values) - 1
    scatter = float(np.std(values, ddof=1)) if freedom else None
    return Spread(float(np.mean(values)), scatter, len(values), freedom)


def _core(lot: Lot, rest: float) -> Spread:
    """Return [core-s] of a later shard of a process, for its scatter.

    First and later shards have means of their own and are taken to scatter alike. The mean is
    that of later ones; where no process made two, that of all, their start among it.
    """
    first = [one.core["whole shard"] for one in lot.first]
    later = [one.core["whole shard"] for one in lot.shards]
    if not later:
        return spread(first)
    freedom = len(first) + len(later) - 2
    squares = sum(len(each) * float(np.var(each)) for each in (first, later))
    scatter = sqrt(squares / freedom) if freedom else None
    return Spread(float(np.mean(later)) + rest, scatter, len(later), freedom)


def _stretch(records: Sequence[Mapping[str, Any]]) -> float:
    clock, core = (
        sum(record[name]["whole shard"] + record[name]["to disk"] for record in records)
        for name in ("seconds", "core")
    )
    return clock / core
