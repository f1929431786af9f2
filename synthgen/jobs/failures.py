"""`out/failed/000012.json`: why a shard failed, until it succeeds.

Schema: shard (number), why (one line), identity (of the run), command (the arguments as typed),
frames (numbers of the shard), violations (of a shard that failed verification: kind, frame -1 for
the whole shard, track, detail). With `task=replay data=OUT frame=N` one of its frames is made
again.
"""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synthgen.spec.plain_json import parsed

FOLDER = "failed"


def failed(out: Path) -> dict[int, dict[str, Any]]:
    """Return what is known of every shard of `out` that has failed, by number."""
    found = sorted((out / FOLDER).glob("[0-9]*.json"))
    return {int(path.stem): parsed(path.read_text()) for path in found}


def keep_failure(out: Path, shard: int, told: Mapping[str, Any]) -> None:
    """Keep what is `told` of a shard that failed; an earlier record of it is replaced."""
    folder = out / FOLDER
    folder.mkdir(exist_ok=True)
    aside = folder / f".{shard:06d}-{os.getpid()}.json"
    aside.write_text(json.dumps({"shard": shard, **told}, indent=1, sort_keys=True) + "\n")
    os.replace(aside, _path(out, shard))


def forget_failure(out: Path, shard: int) -> None:
    """Remove the record of a shard that is there now, and the folder with the last of them."""
    _path(out, shard).unlink(missing_ok=True)
    folder = out / FOLDER
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def sweep_failures(out: Path) -> None:
    """Remove halves of records."""
    for path in (out / FOLDER).glob(".*.json"):
        if re.fullmatch(r"\.\d{6,}-\d+\.json", path.name):
            path.unlink(missing_ok=True)


def _path(out: Path, shard: int) -> Path:
    return out / FOLDER / f"{shard:06d}.json"
