"""`task=estimate`: what a data set will cost, before it is made."""

import json
import os
import sys
from pathlib import Path

from synthgen.cost.estimate import plain, size
from synthgen.cost.measured import measured
from synthgen.cost.pilot import Interrupted, made
from synthgen.cost.text import lines
from synthgen.errors import UserError
from synthgen.jobs.signals import INTERRUPTED
from synthgen.jobs.summary import ESTIMATE
from synthgen.spec.run import RunSpec

CORES = (1, 2, 100, 1000)
"""For which wall time is told, beside the run's own workers."""


def estimate(run: RunSpec) -> int:
    """Make a pilot of `run`, print what all of it will cost, and return the exit code.

    The same as JSON goes to `out` where that is given: a file, or a folder that gets
    `estimate.json`, with which the run that is made there compares itself.

    Raises:
        UserError: when nothing could be measured, or `out` cannot be written.
    """
    asked = size(run.n, run.clip, run.shard)
    cores = tuple(sorted({*CORES, run.workers}))
    place = _place(run)
    try:
        with made(run) as pilot:
            told = measured(pilot)
    except Interrupted:
        print("stopped: the pilot is removed", file=sys.stderr)
        return INTERRUPTED
    print("\n".join(lines(told, asked, pilot, run.workers, cores)))
    if place:
        content = {"identity": run.identity, **plain(told, asked, run.workers, cores)}
        _write(place, json.dumps(content, indent=1, sort_keys=True) + "\n")
        print(place)
    return 0


def _place(run: RunSpec) -> Path | None:
    """Return the file to write, None where `out` was not given."""
    if not any(word.partition("=")[0].lstrip("+") == "out" for word in run.command):
        return None
    out = Path(run.out)
    place = out if out.suffix == ".json" else out / ESTIMATE
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"out={out}: expected a writable folder: {error.strerror}") from error
    if not os.access(place.parent, os.W_OK | os.X_OK):
        raise UserError(f"out={out}: expected a writable folder: Permission denied")
    return place


def _write(place: Path, content: str) -> None:
    """Write the file whole or not at all."""
    aside = place.with_name(f".{place.name}-{os.getpid()}")
    aside.write_text(content)
    os.replace(aside, place)
