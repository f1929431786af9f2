"""`out/failed/000012.json`: why a shard failed, until it succeeds.

Schema: shard (number), why (one line), identity (of the run), command (the arguments as typed),
versions (of what the bytes depend on), frames (numbers of the shard), violations (of a shard that
failed verification: kind, frame -1 for the whole shard, track, detail). With `task=replay
data=OUT frame=N` one of its frames is made again.

`out/failed/000012/` holds what verification refused: files, rows and records of the first frames
that its violations name, laid out as in a shard.
"""

import json
import os
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
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
    if not told.get("violations"):
        shutil.rmtree(evidence(out, shard), ignore_errors=True)
    aside = folder / f".{shard:06d}-{os.getpid()}.json"
    aside.write_text(json.dumps({"shard": shard, **told}, indent=1, sort_keys=True) + "\n")
    os.replace(aside, _path(out, shard))


def evidence(out: Path, shard: int) -> Path:
    """Return the folder of what verification refused of a shard; it need not be there."""
    return out / FOLDER / f"{shard:06d}"


def forget_failure(out: Path, shard: int) -> None:
    """Remove what is kept of a shard that is there now, and the folder with the last of them."""
    _path(out, shard).unlink(missing_ok=True)
    shutil.rmtree(evidence(out, shard), ignore_errors=True)
    with suppress(OSError):  # others are in it, or another job was faster
        (out / FOLDER).rmdir()


def sweep_failures(out: Path) -> None:
    """Remove halves of records, and of what is kept beside them."""
    for path in (out / FOLDER).glob(".*"):
        if re.fullmatch(r"\.\d{6,}-\d+\.json", path.name):
            path.unlink(missing_ok=True)
        elif re.fullmatch(r"\.\d{6,}-\d+", path.name):
            shutil.rmtree(path, ignore_errors=True)


def _path(out: Path, shard: int) -> Path:
    return out / FOLDER / f"{shard:06d}.json"
