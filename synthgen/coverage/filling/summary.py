"""What a fill says on the screen: targets, and what it cost beside what was expected."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from synthgen.coverage.filling.choice import State, reason, short
from synthgen.coverage.filling.order import Order


@dataclass(frozen=True)
class Cost:
    """What making something takes: seconds of cores, and bytes."""

    seconds: float
    bytes: int


@dataclass(frozen=True)
class Taken:
    """What the finished shards of a data set took.

    Attributes:
        cost: of their making; bytes are those of the files in them.
        frames: in them.
        processes: that made them, by host and number.
    """

    cost: Cost
    frames: int
    processes: frozenset[tuple[str, int]]


def measured(home: Path) -> Taken:
    """Return what the finished shards of the data set in `home` took."""
    told = [json.loads(path.read_text()) for path in sorted(home.glob("timing/*.json"))
            if (home / "shards" / path.stem / "manifest.json").is_file()]  # fmt: skip
    seconds = sum(float(one.get("core", one["seconds"])["whole shard"]) for one in told)
    files = (path for path in home.glob("shards/[0-9]*/**/*") if path.is_file())
    return Taken(
        Cost(seconds, sum(path.stat().st_size for path in files)),
        sum(one["frames"] for one in told),
        frozenset((one["host"], one["worker"]) for one in told),
    )


def expected(order: Order, real: Mapping[str, Taken]) -> Cost:
    """Return what the plan expects the frames to take that are there, by frame of each job, and
    the processes that made them to start.
    """
    shares = [(job, real[job.name].frames / job.frames) for job in order.jobs]
    starts = len(frozenset().union(*(one.processes for one in real.values())))
    return Cost(
        sum(job.core_seconds * share for job, share in shares) + order.start * starts,
        round(sum(job.bytes * share for job, share in shares)),
    )


def lines(out: Path, order: Order, state: State) -> Iterator[str]:
    """Yield the lines that a fill ends with."""
    missing = short(order, state)
    for want in order.wants:
        got = state.got(want.id)
        why = f"; {reason(want.id, order, state)}" if want.id in missing else ""
        yield f"  {want.id} {want.name}: {got} of {want.missing} worlds{why}"
    real = {job.name: measured(out / job.name) for job in order.jobs}
    costs = [one.cost for one in real.values()]
    total = Cost(sum(one.seconds for one in costs), sum(one.bytes for one in costs))
    yield _against(total, expected(order, real))
    reached, there = len(order.wants) - len(missing), sum(one.frames for one in real.values())
    failed = f" and {state.frames - there} that failed" if state.frames > there else ""
    yield (
        f"{out}: {there} frames{failed} of {order.budget}, {reached} of {len(order.wants)} "
        f"targets reached; hold it against the audit with task=receipt data={out}"
    )


def _against(real: Cost, told: Cost) -> str:
    return (
        f"  {real.seconds / 3600:.3f} core-hours, expected {told.seconds / 3600:.3f}"
        f"{_off(real.seconds, told.seconds)}; {real.bytes / 1e6:.1f} MB, expected "
        f"{told.bytes / 1e6:.1f}{_off(real.bytes, told.bytes)}"
    )


def _off(real: float, told: float) -> str:
    return f" ({100 * (real / told - 1):+.0f} %)" if told else ""


def progress(name: str, frames: int, wants: Sequence[tuple[str, int, int]]) -> str:
    """Return a line about a job up to `frames`; `wants` are id, got and missing of its targets."""
    counts = ", ".join(f"{target} {got}/{missing}" for target, got, missing in wants)
    return f"{name}: {frames} frames; {counts}"
