"""What a fill says on the screen: targets, and what it cost beside what was expected."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from synthgen.coverage.filling.choice import State, reason, short
from synthgen.coverage.filling.order import Order


@dataclass(frozen=True)
class Cost:
    """What making something takes: seconds of cores, and bytes."""

    seconds: float
    bytes: int


def measured(home: Path) -> Cost:
    """Return what the finished shards of a data set took; bytes are those of files in them."""
    seconds = 0.0
    for path in sorted(home.glob("timing/*.json")):
        told = json.loads(path.read_text())
        if (home / "shards" / path.stem / "manifest.json").is_file():
            seconds += float(told.get("core", told["seconds"])["whole shard"])
    files = (path for path in home.glob("shards/[0-9]*/**/*") if path.is_file())
    return Cost(seconds, sum(path.stat().st_size for path in files))


def expected(order: Order, state: State) -> Cost:
    """Return what the plan expects the frames to take that were made, by frame of each job."""
    shares = [(job, state.tried[job.name].frames / job.frames) for job in order.jobs]
    return Cost(
        sum(job.core_seconds * share for job, share in shares),
        round(sum(job.bytes * share for job, share in shares)),
    )


def lines(out: Path, order: Order, state: State) -> Iterator[str]:
    """Yield the lines that a fill ends with."""
    missing = short(order, state)
    for want in order.wants:
        got = state.got(want.id)
        why = f"; {reason(want.id, order, state)}" if want.id in missing else ""
        yield f"  {want.id} {want.name}: {got} of {want.missing} worlds{why}"
    real = [measured(out / job.name) for job in order.jobs]
    total = Cost(sum(one.seconds for one in real), sum(one.bytes for one in real))
    yield _against(total, expected(order, state))
    reached = len(order.wants) - len(missing)
    yield (
        f"{out}: {state.frames} of {order.budget} frames, {reached} of {len(order.wants)} "
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
