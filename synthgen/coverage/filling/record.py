"""fill.json: what was made of which plan, and which shards stand behind each number.

No times are in it: the same plan gives the same file, however often it was stopped. What shards
cost is in each data set's own timing/.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthgen.coverage.filling.choice import State, reason, short
from synthgen.coverage.filling.counting import Held
from synthgen.coverage.filling.order import Job, Order, Want
from synthgen.errors import UserError

VERSION = 1
RECORD, PLAN = "fill.json", "plan.jsonl"


@dataclass(frozen=True)
class Made:
    """All that was made.

    Attributes:
        state: see `choice.State`.
        held: finished shards, by job.
        absent: numbers of shards that failed, by job.
    """

    state: State
    held: Mapping[str, Sequence[Held]]
    absent: Mapping[str, Sequence[int]]


def claim(out: Path, order: Order) -> None:
    """Make `out` the folder of this plan's fill, with the plan in it.

    Raises:
        UserError: when it is another plan's, holds something else, or cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        path = out / PLAN
        if path.is_file():
            if path.read_bytes() != order.content:
                raise UserError(f"out={out}: holds the fill of another plan; choose another out=")
            return
        others = sorted(one.name for one in out.iterdir() if not one.name.startswith(f".{PLAN}"))
        if others:
            raise UserError(
                f"out={out}: holds files that are not of a fill ({others[0]}); expected an empty "
                "or new folder"
            )
        write(path, order.content)
    except OSError as error:
        raise UserError(f"out={out}: expected a writable folder: {error.strerror}") from error


def write(path: Path, content: bytes) -> None:
    """Write `path` whole or not at all."""
    aside = path.with_name(f".{path.name}-{os.getpid()}")
    aside.write_bytes(content)
    os.replace(aside, path)


def save(out: Path, order: Order, made: Made, done: bool) -> None:
    """Write fill.json."""
    text = json.dumps(document(order, made, done), indent=1, ensure_ascii=False) + "\n"
    write(out / RECORD, text.encode())


def document(order: Order, made: Made, done: bool) -> dict[str, Any]:
    """Return the content of fill.json."""
    left = short(order, made.state) if done else {}
    return {
        "fill": VERSION,
        "plan": order.digest,
        "state": "done" if done else "filling",
        "budget": order.budget,
        "frames": sum(one.frames for some in made.held.values() for one in some),
        "jobs": [_job(job, made) for job in order.jobs],
        "targets": [
            _target(want, made, reason(want.id, order, made.state) if want.id in left else "")
            for want in order.wants
        ],
        "shards": {_name(job, one): one.sha256 for job, some in made.held.items() for one in some},
    }


def _job(job: Job, made: Made) -> dict[str, Any]:
    tried = made.state.tried[job.name]
    return {
        "job": job.name,
        "planned": job.frames,
        "frames": tried.frames,
        "worlds": tried.worlds,
        "failed": list(made.absent.get(job.name, ())),
    }


def _target(want: Want, made: Made, why: str) -> dict[str, Any]:
    return {
        "id": want.id,
        "name": want.name,
        "asked": want.missing,
        "got": made.state.got(want.id),
        "why": why,
        "by": _by(made, want.id),
    }


def _by(made: Made, target: str) -> dict[str, list[int]]:
    """Return the clips that count for a target, by shard."""
    return {
        _name(job, one): list(one.hits[target])
        for job, some in made.held.items()
        for one in some
        if one.hits.get(target)
    }


def _name(job: str, shard: Held) -> str:
    return f"{job}/shards/{shard.number:06d}"
