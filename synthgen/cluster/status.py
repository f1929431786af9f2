"""`task=status`: what of a data set is done, running, failed and missing, from its folder alone.

No accounting is asked, no clock of ours, and no engine is loaded. A shard counts

- as done when its manifest lists the frames that it should have,
- as running when a living process holds its claim: one of this host that has not ended, or one
  elsewhere that gave a sign of life within 120 s by the clock of the file system,
- as failed when `out/failed/NNNNNN.json` says so and neither of the above holds,
- as missing otherwise. What a dead process left half-made is missing; so is a shard of another
  spec that was put there, and it is named.
"""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from synthgen.cluster.arrays import Batch, batches, task_of
from synthgen.cluster.slurm import largest_size
from synthgen.errors import UserError
from synthgen.jobs.claims import held, silent
from synthgen.jobs.failures import failed as failures
from synthgen.jobs.ledger import finished_frames, foreign
from synthgen.origins import mixed
from synthgen.spec.run import RunSpec
from synthgen.spec.shard import Slice, shards
from synthgen.spec.wording import compact
from synthgen.storage.address import address
from synthgen.storage.remote import connect
from synthgen.storage.shards import stored_record, stored_shards

_OWN = ("task", "shard", "workers", "n", "out")
"""Keys of a recorded command that a line which completes the run has of its own."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """What is where; shards by number, in order.

    Attributes:
        n: frames of the whole data set.
        tasks: of the array that makes it.
        done: with a manifest.
        running: built by a living process.
        failed: recorded as failed, and why.
        missing: none of these.
        command: what was asked for, without what each task has of its own.
        foreign: shards of another spec, and of which.
        mixed: lines on versions and processors in which shards differ.
    """

    n: int
    tasks: int
    done: tuple[int, ...]
    running: tuple[int, ...]
    failed: Mapping[int, str]
    missing: tuple[int, ...]
    command: tuple[str, ...]
    foreign: Mapping[int, str] = field(default_factory=dict)
    mixed: tuple[str, ...] = ()

    @property
    def lacking(self) -> tuple[int, ...]:
        """Tasks to submit: with shards that are not there, and none being made.

        A task that makes a shard now goes on to its others by itself.
        """
        busy = {task_of(shard, self.tasks) for shard in self.running}
        wanted = {task_of(shard, self.tasks) for shard in (*self.failed, *self.missing)}
        return tuple(sorted(wanted - busy))


def status(run: RunSpec) -> int:
    """Print the status of the data set in `run.out`; n=… and shard=…/tasks may be said anew.

    With json=true it is one JSON object, see `plain`.
    """
    typed = dict(word.partition("=")[::2] for word in run.command)
    n = run.n if "n" in typed else 0
    tasks = run.shard.count if "shard" in typed else 0
    found, out = look(Path(run.out), n, tasks, run.store), run.store or run.out
    print(json.dumps(plain(out, found)) if run.json else "\n".join(lines(out, found)))
    return 0


def look(out: Path, n: int = 0, tasks: int = 0, store: str = "") -> Status:
    """Return the status of the data set in `out`, or of the one in a `store`.

    Of a store it is told which shards are there; `out` is then the local folder where they are
    built, and what runs or has failed is known of this machine alone.

    `n` and `tasks` are those of the record where they are 0. A data set that no array began has
    as many tasks as shards, up to the largest array.
    """
    remote = connect(address("out", store)) if store else None
    record = stored_record(remote) if remote else _record(out)
    ready = stored_shards(remote).get if remote else partial(finished_frames, out)
    spec = record["spec"]
    every = shards(n or spec["n"], spec["clip"]["frames"], Slice())
    others = foreign(out, record["identity"])
    done = {s.index for s in every if ready(s.index) == tuple(s.frames)} - set(others)
    numbers = {shard.index for shard in every}
    running = (set(held(out, silent)) & numbers) - done
    told = {s: str(one.get("why", "")) for s, one in failures(out).items()}
    failed = {s: told[s] for s in sorted(numbers & set(told)) if s not in done | running}
    count = tasks or spec["shard"]["count"]
    return Status(
        n=n or spec["n"],
        tasks=count if count > 1 else min(len(every), largest_size()),
        done=tuple(sorted(done)),
        running=tuple(sorted(running)),
        failed=failed,
        missing=tuple(sorted(numbers - done - running - set(failed))),
        command=tuple(w for w in record["command"] if w.partition("=")[0] not in _OWN),
        foreign=others,
        mixed=tuple(mixed(out)),
    )


def lines(out: Path | str, found: Status) -> list[str]:
    """Return what is said of a status: counts, which shards, and what completes the run."""
    parts = _parts(found)
    total = sum(len(part) for part in parts.values())
    counts = ", ".join(f"{len(part)} {name}" for name, part in parts.items())
    said = [f"{out}: {total} shards of n={found.n}: {counts}"]
    said += [f"{name}: {compact(part)}" for name, part in parts.items() if part]
    said += [f"shard {shard:06d} failed: {why}" for shard, why in found.failed.items() if why]
    said += [f"shard {shard:06d} is of another spec ({own}): move it away"
             for shard, own in found.foreign.items()]  # fmt: skip
    return [*said, *found.mixed, *_completing(out, found)]


def plain(out: Path | str, found: Status) -> dict[str, Any]:
    """Return a status as JSON-able values, for dashboards and scripts.

    out, n, tasks; shards: how many; done, running, failed, missing: numbers of shards; why: of
    those that failed, by number; foreign: identity of those of another spec, by number; mixed:
    lines; submit: a list with what completes the run, of each array its TASKS, OFFSET and array,
    and words, the arguments of `scripts/slurm_array.sh`.
    """
    parts = _parts(found)
    sent = [
        {"TASKS": found.tasks, "OFFSET": batch.offset, "array": batch.array,
         "words": _words(out, found)}
        for batch in _arrays(found)
    ]  # fmt: skip
    return {
        "out": str(out),
        "n": found.n,
        "tasks": found.tasks,
        "shards": sum(len(part) for part in parts.values()),
        **{name: list(part) for name, part in parts.items()},
        "why": {str(shard): why for shard, why in found.failed.items()},
        "foreign": {str(shard): own for shard, own in found.foreign.items()},
        "mixed": list(found.mixed),
        "submit": sent,
    }


def _parts(found: Status) -> dict[str, tuple[int, ...]]:
    return {"done": found.done, "running": found.running, "failed": tuple(found.failed),
            "missing": found.missing}  # fmt: skip


def _arrays(found: Status) -> tuple[Batch, ...]:
    return batches(found.lacking, largest_size()) if found.lacking else ()


def _words(out: Path | str, found: Status) -> list[str]:
    return [*found.command, f"n={found.n}", f"out={out}"]


def _completing(out: Path | str, found: Status) -> list[str]:
    """Return the commands that make what is missing, one for each array."""
    if not found.failed and not found.missing:
        return ["every shard is done or being made"]
    if not found.lacking:
        return ["the tasks that run make the rest"]
    return [f"{len(found.lacking)} of {found.tasks} tasks are to be submitted:"] + [
        f"TASKS={found.tasks} OFFSET={batch.offset} sbatch --array={batch.array} "
        f"scripts/slurm_array.sh {shlex.join(_words(out, found))}"
        for batch in _arrays(found)
    ]


def _record(out: Path) -> Mapping[str, Any]:
    path = out / "run.json"
    try:
        record = json.loads(path.read_text())
        if not {"spec", "command", "identity"} <= set(record):
            raise ValueError("no run record")
    except FileNotFoundError as error:
        raise UserError(f"out={out}: no run.json, so no run of synthgen began here") from error
    except (ValueError, TypeError) as error:
        raise UserError(f"{path}: not a run record of synthgen") from error
    return record
