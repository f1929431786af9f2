"""What is on disk: which shards are complete, whose run it is, what was left behind.

out/run.json              whose data these are
out/shards/000012/        a complete shard: it has a manifest
out/shards/.partial-…     a shard being made by a living process, or left by a dead one
out/timing/000012.json    host and seconds of the process that made the shard
"""

import json
import os
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path

import psutil

from synthgen.errors import UserError
from synthgen.spec.plain_json import parsed

PARTIAL = ".partial-"
_BEGINNING = ".run-"


def shard_folder(out: Path, shard: int) -> Path:
    """Return where the finished shard number `shard` stands."""
    return out / "shards" / f"{shard:06d}"


def partial_folder(out: Path, shard: int) -> Path:
    """Return where this process builds shard number `shard`; no other process uses it."""
    return out / "shards" / f"{PARTIAL}{shard:06d}-{os.getpid()}-{socket.gethostname()}"


def finished_frames(out: Path, shard: int) -> tuple[int, ...]:
    """Return the frames of the finished shard number `shard`, empty when it is not there."""
    manifest = shard_folder(out, shard) / "manifest.json"
    if not manifest.is_file():
        return ()
    return tuple(parsed(manifest.read_text())["frames"])


def publish(out: Path, shard: int, partial: Path) -> None:
    """Put the whole `partial` folder in the place of shard number `shard`.

    A shorter older version (a run that has grown) is replaced. Both moves are renames, so that a
    reader finds the old shard, no shard, or the new one, each whole.
    """
    final = shard_folder(out, shard)
    sync(partial)
    if final.exists():
        old = partial.with_name(partial.name + "-old")
        os.replace(final, old)
        os.replace(partial, final)
        shutil.rmtree(old)
    else:
        os.replace(partial, final)


def sync(folder: Path) -> None:
    """Ask the system to bring the manifest and the folder's entries to the disk."""
    for path in (folder / "manifest.json", folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sweep(out: Path) -> int:
    """Remove what dead processes of this host left half-made; return how many folders."""
    removed = 0
    for folder in sorted((out / "shards").glob(f"{PARTIAL}*")):
        process, host = folder.name.removesuffix("-old").split("-", 3)[2:]
        if host == socket.gethostname() and not psutil.pid_exists(int(process)):
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    return removed


def claim(out: Path, record: Mapping[str, object]) -> None:
    """Make `out` the folder of the run that `record` describes, or check that it already is.

    Raises:
        UserError: when the folder cannot be written or holds data of another spec.
    """
    path = out / "run.json"
    try:
        (out / "shards").mkdir(parents=True, exist_ok=True)
        if path.is_file():
            _same_spec(path, record)
            return
        _not_foreign(out)
        _begin(path, record)
    except OSError as error:
        raise UserError(f"out={out}: cannot be written ({error.strerror})") from error


def _begin(path: Path, record: Mapping[str, object]) -> None:
    """Write the run record, whole from the first moment, unless another process was faster.

    Tasks of an array begin together: the first one's record stands and the others check it.
    """
    temporary = path.with_name(f"{_BEGINNING}{os.getpid()}-{socket.gethostname()}")
    temporary.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n")
    try:
        os.link(temporary, path)
    except FileExistsError:
        _same_spec(path, record)
    except OSError:  # a file system without hard links
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _same_spec(path: Path, record: Mapping[str, object]) -> None:
    try:
        there = parsed(path.read_text())["identity"]
    except (ValueError, KeyError) as error:
        raise UserError(f"{path}: not a run record of synthgen; choose another out=") from error
    if there != record["identity"]:
        raise UserError(
            f"out={path.parent}: holds data of another spec ({there}, this one is "
            f"{record['identity']}); choose another out="
        )


def _not_foreign(out: Path) -> None:
    ours = {"shards", "timing", "run.json"}
    names = sorted(p.name for p in out.iterdir())
    others = [name for name in names if name not in ours and not name.startswith(_BEGINNING)]
    if others:
        raise UserError(
            f"out={out}: holds files that are not of synthgen ({others[0]}); expected an empty "
            "or new folder"
        )
