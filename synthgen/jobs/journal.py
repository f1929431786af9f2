"""`out/log/*.jsonl`: a line for each shard that was made, has failed or was dropped.

For dashboards, not for resuming: times and hosts stand in it, so it is no part of the data set.
Each process that makes shards has a file of its own: appending to one file from many hosts is not
safe on NFS (open(2), O_APPEND). Within a file a line is one write to its end, so that a reader
never sees half of one before another.
"""

import json
import os
import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from synthgen.jobs.owner import myself

FOLDER = "log"
STATUS = {"shard": "made", "failed": "failed", "dropped": "dropped"}
"""How a line calls what a worker told; what another job makes is in that job's file."""
_TOLD = ("frames", "bytes", "files", "peak", "worker")


def journal(out: Path) -> Path:
    """Return the file of this process."""
    me = myself()
    return out / FOLDER / f"{me.host}-{me.boot[:8]}-{me.process}-{me.start}.jsonl"


def entry(kind: str, shard: int, detail: Any) -> dict[str, Any]:
    """Return what a line says of a shard: every key in every line, null where it is not known.

    Args:
        kind: of the event, one of `STATUS`.
        shard: number.
        detail: record of a shard that was made, otherwise why it was not.
    """
    told: Mapping[str, Any] = detail if kind == "shard" else {}
    return {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "status": STATUS[kind],
        "shard": shard,
        "seconds": _whole(told.get("seconds")),
        "core": _whole(told.get("core")),
        **{name: told.get(name) for name in _TOLD},
        "host": told.get("host", socket.gethostname()),
        "processor": told.get("processor", {}).get("class"),
        "why": None if kind == "shard" else str(detail),
    }


def append(out: Path, line: Mapping[str, Any]) -> None:
    """Write a line to the end of this process's file.

    Raises:
        OSError: when it cannot be written.
    """
    path = journal(out)
    path.parent.mkdir(exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        os.write(handle, (json.dumps(line) + "\n").encode())
    finally:
        os.close(handle)


def _whole(stages: Mapping[str, float] | None) -> float | None:
    """Return the seconds of a shard, with those of bringing it to the disk."""
    if stages is None:
        return None
    return round(sum(stages.get(name, 0.0) for name in ("whole shard", "to disk")), 3)
