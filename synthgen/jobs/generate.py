"""The main job: make the shards that are missing, merge, sum up."""

import json
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from synthgen.errors import UserError
from synthgen.jobs import journal
from synthgen.jobs.delivery import (
    all_finished,
    claim_delivery,
    deliver_timing,
    finished,
    finished_now,
    leave,
    sweep_delivered,
)
from synthgen.jobs.failures import FOLDER, failed, forget_failure, keep_failure, sweep_failures
from synthgen.jobs.ledger import check_own, claim, sweep
from synthgen.jobs.merging import merge_whole
from synthgen.jobs.pool import Event
from synthgen.jobs.progress import bar
from synthgen.jobs.signals import INTERRUPTED, listening
from synthgen.jobs.summary import Outcome, summarise
from synthgen.jobs.versions import versions
from synthgen.jobs.waiting import Finished, wait_for
from synthgen.merge import is_merged
from synthgen.render.engines import record as engine_record
from synthgen.spec.discreet import discreet_tree
from synthgen.spec.run import RunSpec
from synthgen.spec.shard import Shard

POOLS = {"local": "synthgen.jobs.pool", "ray": "synthgen.jobs.ray_pool"}
"""Module of each cluster, whose `work_through` has shards made. Only that asked for is loaded."""


@dataclass
class _Log:
    """What the workers told."""

    records: list[dict[str, Any]] = field(default_factory=list)
    failures: list[Event] = field(default_factory=list)
    first: float | None = None
    theirs: set[int] = field(default_factory=set)

    @property
    def there(self) -> set[int]:
        """Shards that this run has made or has seen another make."""
        return {record["shard"] for record in self.records} | self.theirs - {
            failure.shard for failure in self.failures
        }


def generate(run: RunSpec) -> int:
    """Make what is missing of `run` and return the exit code.

    0: complete; 1: shards failed, everything else is there; 130: stopped by a signal.
    """
    start = time.perf_counter()
    out = Path(run.out)
    claim_delivery(run, _record(run))
    claim(out, _record(run))
    check_own(out, run.identity, [shard.index for shard in run.shards()])
    sweep(out)
    sweep_failures(out)
    ready = all_finished(run)
    sweep_delivered(run, ready)
    missing = [shard for shard in run.shards() if ready(shard.index) != _frames(shard)]
    log = _Log()
    wanted = sum(len(shard.frames) for shard in run.shards())
    there = wanted - sum(len(shard.frames) for shard in missing)
    with listening() as signals, bar(wanted, there) as progress:
        for event in _events(run, missing, lambda: signals.asked):
            progress.update(event.kind == "frame")
            _note(run, log, event, start)
    ready = finished_now(run, ready, log.there)
    _settle(run, log, ready)
    if signals.asked:
        print("stopped: finished shards are kept, the same command goes on", file=sys.stderr)
        return INTERRUPTED
    _finish(run, log, time.perf_counter() - start, ready)
    return 1 if log.failures else 0


def _events(run: RunSpec, missing: Sequence[Shard], stop: Callable[[], bool]) -> Iterator[Event]:
    """Yield what workers tell until every shard is there or has failed.

    Shards that other jobs make are waited for, and made here where their maker has died.
    """
    work_through = import_module(POOLS[run.cluster]).work_through
    out, frames = Path(run.out), {shard.index: _frames(shard) for shard in missing}
    left, others = list(frames), set[int]()
    while left and not stop():
        for event in work_through(_make, run, left, run.workers, stop):
            if event.kind == "taken":
                others.add(event.shard)
            yield event
        theirs = {shard: frames[shard] for shard in sorted(others)}
        left = wait_for(out, theirs, stop, finished=finished(run))
        others -= set(left)


def _settle(run: RunSpec, log: _Log, ready: Finished) -> None:
    """Say which shards failed and why, and forget what was said of those that are there now."""
    out = Path(run.out)
    for shard in sorted(failed(out).keys() - {event.shard for event in log.failures}):
        if ready(shard):
            forget_failure(out, shard)
    for failure in sorted(log.failures, key=lambda event: event.shard):
        print(f"shard {failure.shard:06d} failed: {failure.detail}", file=sys.stderr)
    if log.failures:
        kept = f", see {out / FOLDER}" if (out / FOLDER).is_dir() else ""
        print(f"{len(log.failures)} shards failed{kept}", file=sys.stderr)
        _sweep_after(out)


def _sweep_after(out: Path) -> None:
    """Remove what workers left that died, where that can be."""
    try:
        sweep(out)
    except OSError as error:
        print(f"{error.filename or out}: {error.strerror}, not swept", file=sys.stderr)


def _make(
    run: RunSpec, shard: int, tell: Callable[[int], None], stopped: Callable[[], bool]
) -> dict[str, Any]:
    """Make a shard, in a worker: only there are the engines loaded, some seconds and 300 MB."""
    record = import_module("synthgen.jobs.shard").make_shard(run, shard, tell, stopped)
    processor = import_module("synthgen.jobs.processor").processor()
    return {**record, "host": socket.gethostname(), "processor": processor}


def _finish(run: RunSpec, log: _Log, seconds: float, ready: Finished) -> None:
    """Merge when every shard of the data set is there, and print the summary.

    A run of one part of the shards neither looks at the others, which may be a million, nor
    merges: several may end at the same moment, and what a task of an array takes should not
    depend on whether it is the last.
    """
    out = Path(run.out)
    absent = [s.index for s in run.shards() if ready(s.index) != _frames(s)]
    if run.store:
        _finish_store(run, Outcome(run, log.records, len(absent), seconds, log.first))
        return
    if not absent and run.shard.count > 1:
        print(f"every shard of part {run.shard.index} of {run.shard.count} is there; the same "
              "command without shard= merges when all are")  # fmt: skip
    elif not absent and not is_merged(out):
        merge_whole(out)
    failures = len(log.failures)
    print(summarise(out, Outcome(run, log.records, len(absent), seconds, log.first, failures)))


def _finish_store(run: RunSpec, outcome: Outcome) -> None:
    """Print the summary of what went to a store, where nothing is merged.

    The merged trees show every picture a second time, as links, which no store has.
    """
    if not outcome.absent:
        leave(run)
        print(f"every shard is there; task=fetch data={run.store} out=FOLDER copies them, for "
              "task=merge and all else")  # fmt: skip
    print(summarise(Path(run.out), outcome))


def _frames(shard: Shard) -> tuple[int, ...]:
    return tuple(shard.frames)


def _note(run: RunSpec, log: _Log, event: Event, start: float) -> None:
    if event.kind == "frame" and log.first is None:
        log.first = time.perf_counter() - start
    try:
        if event.kind == "failed":
            log.failures.append(event)
            keep_failure(Path(run.out), event.shard, _failure(run, event))
        if event.kind == "taken":
            log.theirs.add(event.shard)
        if event.kind == "shard":
            log.records.append(event.detail)
            deliver_timing(run, event.shard, _keep_timing(Path(run.out), event))
        if event.kind in journal.STATUS:
            told = journal.entry(event.kind, event.shard, event.detail)
            journal.append(Path(run.out), told)
    except UserError as error:
        print(f"{error}, not kept", file=sys.stderr)
    except OSError as error:  # a note that cannot be kept, on a full disk, costs no shard
        print(f"{error.filename or run.out}: {error.strerror}, not kept", file=sys.stderr)


def _keep_timing(out: Path, event: Event) -> dict[str, Any]:
    folder = out / "timing"
    folder.mkdir(exist_ok=True)
    path = folder / f"{event.shard:06d}.json"
    path.write_text(json.dumps(event.detail, indent=1, sort_keys=True) + "\n")
    return event.detail


def _failure(run: RunSpec, event: Event) -> dict[str, Any]:
    """Return what is kept of a shard that failed: all that `task=replay` needs."""
    shard = next(shard for shard in run.shards() if shard.index == event.shard)
    return {
        "why": event.detail,
        "identity": run.identity,
        "command": discreet_tree(run.command),
        "versions": versions(run),
        "frames": list(shard.frames),
        "violations": [asdict(one) for one in event.violations],
    }


def _record(run: RunSpec) -> dict[str, Any]:
    """Return what `run.json` says: the whole spec, its identity and what it was made with.

    Of the environment nothing is told, and addresses are told without their secrets.
    """
    names = ("synthgen", "numpy", "numba", "open3d-cpu", "eclipse-sumo")
    return {
        "identity": run.identity,
        "spec": discreet_tree(run.plain()),
        "versions": {name: version(name) for name in names},
        "renderer": dict(engine_record(run.render.name, run.render.path)),
        "command": discreet_tree(run.command),
    }
