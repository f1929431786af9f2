"""`task=status`: what of a data set is done, running, failed and missing, from its folder alone.

No accounting is asked and no engine is loaded. A shard counts

- as done when its manifest lists the frames that it should have,
- as running when a living process builds it: a partial folder whose process lives on this host,
  or that another host wrote into lately,
- as failed when `out/failed/NNNNNN.json` says so and neither of the above holds,
- as missing otherwise. What a dead process left half-made is missing; so is a shard of another
  spec that was put there, and it is named.
"""

import json
import os
import shlex
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from synthgen.cluster.arrays import batches, compact, task_of
from synthgen.cluster.slurm import largest_size
from synthgen.errors import UserError
from synthgen.jobs.ledger import PARTIAL, finished_frames, foreign
from synthgen.spec.run import RunSpec
from synthgen.spec.shard import Slice, shards

SILENCE = 1800.0
"""[s] without a file written after which work on another host is taken for dead."""
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
    """

    n: int
    tasks: int
    done: tuple[int, ...]
    running: tuple[int, ...]
    failed: Mapping[int, str]
    missing: tuple[int, ...]
    command: tuple[str, ...]
    foreign: Mapping[int, str] = field(default_factory=dict)

    @property
    def lacking(self) -> tuple[int, ...]:
        """Tasks to submit: with shards that are not there, and none being made.

        A task that makes a shard now goes on to its others by itself.
        """
        busy = {task_of(shard, self.tasks) for shard in self.running}
        wanted = {task_of(shard, self.tasks) for shard in (*self.failed, *self.missing)}
        return tuple(sorted(wanted - busy))


def status(run: RunSpec) -> int:
    """Print the status of the data set in `run.out`; n=… and shard=…/tasks may be said anew."""
    typed = dict(word.partition("=")[::2] for word in run.command)
    n = run.n if "n" in typed else 0
    tasks = run.shard.count if "shard" in typed else 0
    print("\n".join(lines(Path(run.out), look(Path(run.out), n, tasks))))
    return 0


def look(out: Path, n: int = 0, tasks: int = 0) -> Status:
    """Return the status of the data set in `out`.

    `n` and `tasks` are those of the record where they are 0. A data set that no array began has
    as many tasks as shards, up to the largest array.
    """
    record = _record(out)
    spec = record["spec"]
    every = shards(n or spec["n"], spec["clip"]["frames"], Slice())
    others = foreign(out, record["identity"])
    done = {s.index for s in every if finished_frames(out, s.index) == tuple(s.frames)}
    done -= set(others)
    numbers = {shard.index for shard in every}
    running = (_running(out) & numbers) - done
    told = _failed(out)
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
    )


def lines(out: Path, found: Status) -> list[str]:
    """Return what is said of a status: counts, which shards, and what completes the run."""
    parts = {"done": found.done, "running": found.running, "failed": tuple(found.failed),
             "missing": found.missing}  # fmt: skip
    total = sum(len(part) for part in parts.values())
    counts = ", ".join(f"{len(part)} {name}" for name, part in parts.items())
    said = [f"{out}: {total} shards of n={found.n}: {counts}"]
    said += [f"{name}: {compact(part)}" for name, part in parts.items() if part]
    said += [f"shard {shard:06d} failed: {why}" for shard, why in found.failed.items() if why]
    said += [f"shard {shard:06d} is of another spec ({own}): move it away"
             for shard, own in found.foreign.items()]  # fmt: skip
    return said + _completing(out, found)


def _completing(out: Path, found: Status) -> list[str]:
    """Return the commands that make what is missing, one for each array."""
    if not found.failed and not found.missing:
        return ["every shard is done or being made"]
    if not found.lacking:
        return ["the tasks that run make the rest"]
    words = shlex.join([*found.command, f"n={found.n}", f"out={out}"])
    return [f"{len(found.lacking)} of {found.tasks} tasks are to be submitted:"] + [
        f"TASKS={found.tasks} OFFSET={batch.offset} sbatch --array={batch.array} "
        f"scripts/slurm_array.sh {words}"
        for batch in batches(found.lacking, largest_size())
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


def _running(out: Path) -> set[int]:
    """Return the shards that living processes build."""
    found = set()
    for folder in (out / "shards").glob(f"{PARTIAL}*"):
        shard, process, host = folder.name.removesuffix("-old").split("-", 3)[1:]
        near = host == socket.gethostname()
        if psutil.pid_exists(int(process)) if near else _is_fresh(folder):
            found.add(int(shard))
    return found


def _is_fresh(folder: Path) -> bool:
    """Return whether anything in `folder` was written within `SILENCE`."""
    times = [folder.stat().st_mtime]
    for place, folders, files in os.walk(folder):
        times += [(Path(place) / name).lstat().st_mtime for name in (*folders, *files)]
    return time.time() - max(times) < SILENCE


def _failed(out: Path) -> dict[int, str]:
    """Return the shards that are recorded as failed, and why."""
    records: Sequence[Path] = sorted((out / "failed").glob("[0-9]*.json"))
    return {int(p.stem): str(json.loads(p.read_text()).get("why", "")) for p in records}
