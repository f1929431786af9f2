"""plan.jsonl: what to make, in lines that a person can read and `task=fill` obeys.

Line 1      {"plan": VERSION, "audit": digest of the audit, "coverage": its definition, "seed",
            "budget", "sure": probability with which each target is reached,
            "start_core_seconds": of one process,
            "totals": {"frames", "worlds", "core_hours", "bytes", "start_core_hours"}}
            core_hours: of shards, as their timing records tell; start_core_hours: of loading
            compiled code, once for each process of each job
then jobs   {"job": NAME, "overrides": [ordinary arguments, seed among them], "clips", "frames" (n),
            "expects": {id: worlds expected to count}, "core_seconds", "bytes"}
then targets that are left out   {"unreachable": id, "why", "proof"}
then targets that fall short     {"short": id, "why", "expects", "asked"}: a budget too small
last, notes {"target": id, "name", "there", "asked", "missing", "yields": {JOB: [low, mean, high]}}
            yields: chance that a world of the job counts, with 95 % bounds of what was seen
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from synthgen.coverage.planning.reach import Out

VERSION = 1
"""Of plans; raised when what a line means changes."""


@dataclass(frozen=True)
class Job:
    """One job of a plan.

    Attributes:
        job: name, of its folder too.
        overrides: of the command line, all but n, out and workers.
        clips: worlds.
        frames: n.
        expects: worlds expected to count, by target.
        core_seconds: expected.
        bytes: expected.
    """

    job: str
    overrides: tuple[str, ...]
    clips: int
    frames: int
    expects: Mapping[str, float]
    core_seconds: float
    bytes: int


@dataclass(frozen=True)
class Note:
    """A target as the plan found it, see the module."""

    target: str
    name: str
    there: int
    asked: int
    missing: int
    yields: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Short:
    """A target that the budget is too small for."""

    short: str
    why: str
    expects: float
    asked: int


@dataclass(frozen=True)
class Plan:
    """All of a plan.

    Attributes:
        head: see the module, line 1 but for the totals.
        start_core_seconds: of loading compiled code.
        jobs: in the order in which they are made.
        out: targets that cannot be reached.
        short: targets that get less than asked.
        notes: all targets that miss something.
    """

    head: Mapping[str, Any]
    start_core_seconds: float
    jobs: Sequence[Job]
    out: Sequence[Out]
    short: Sequence[Short]
    notes: Sequence[Note]

    @property
    def totals(self) -> dict[str, float | int]:
        """Sums over the jobs."""
        return {
            "worlds": sum(job.clips for job in self.jobs),
            "frames": sum(job.frames for job in self.jobs),
            "core_hours": round(sum(job.core_seconds for job in self.jobs) / 3600, 4),
            "start_core_hours": round(self.start_core_seconds / 3600, 4),
            "bytes": sum(job.bytes for job in self.jobs),
        }


def text(plan: Plan) -> str:
    """Return the lines of `plan`."""
    lines: list[dict[str, Any]] = [{"plan": VERSION, **plan.head, "totals": plan.totals}]
    lines += [_rounded(asdict(job)) for job in plan.jobs]
    lines += [{"unreachable": one.id, "why": one.why, "proof": one.proof} for one in plan.out]
    lines += [_rounded(asdict(one)) for one in plan.short]
    lines += [_rounded(asdict(one)) for one in plan.notes]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def write(path: Path, plan: Plan) -> None:
    """Write `plan`, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}-{os.getpid()}")
    aside.write_text(text(plan))
    os.replace(aside, path)


def _rounded(value: Any) -> Any:
    """Return `value` with numbers to four digits behind the point: more would be make-believe."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return value
