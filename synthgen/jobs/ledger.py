"""What is on disk: which shards are complete, whose run it is, what was left behind.

out/run.json              whose data these are
out/shards/000012/        a complete shard: it has a manifest
out/making/claim-…        who makes a shard now, see `claims`
out/making/partial-…      a shard being made by who holds its claim, or left by a dead process
out/failed/000012.json    why a shard failed, until it succeeds, see `failures`
out/timing/000012.json    host and seconds of the process that made the shard
out/log/….jsonl           a line for each shard made, failed or dropped, see `journal`
out/estimate.json         what task=estimate expected of the data set
"""

import json
import os
import shutil
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path

from synthgen.errors import UserError
from synthgen.jobs.claims import FOLDER, PROBE, claimed, claims, known_dead, release_dead
from synthgen.jobs.scratch import sweep_scratch
from synthgen.spec.plain_json import parsed
from synthgen.writers.disk import sync, sync_file, sync_folder

PARTIAL, OLD = "partial-", "-old"
_RECORD = ".run-"


def shard_folder(out: Path, shard: int) -> Path:
    """Return where the finished shard number `shard` stands."""
    return out / "shards" / f"{shard:06d}"


def partial_folder(out: Path, shard: int) -> Path:
    """Return where this process builds shard number `shard`; no other process uses it."""
    return out / FOLDER / f"{PARTIAL}{shard:06d}-{os.getpid()}-{socket.gethostname()}"


def finished_frames(out: Path, shard: int) -> tuple[int, ...]:
    """Return the frames of the finished shard number `shard`, empty when it is not there."""
    return _frames(shard_folder(out, shard) / "manifest.json")


def _frames(manifest: Path) -> tuple[int, ...]:
    if not manifest.is_file():
        return ()
    return tuple(parsed(manifest.read_text())["frames"])


def foreign(out: Path, identity: str) -> dict[int, str]:
    """Return the finished shards that are of another spec than `identity`, and of which."""
    found = {}
    for shard in sorted(int(p.name) for p in (out / "shards").glob("[0-9]*") if p.name.isdigit()):
        own = _identity(shard_folder(out, shard), identity)
        if own != identity:
            found[shard] = own
    return found


def _identity(folder: Path, default: str) -> str:
    """Return of which spec a shard is, `default` where it does not say or is not there."""
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        return default
    return str(parsed(manifest.read_text()).get("identity", default))


def check_own(out: Path, identity: str, wanted: Iterable[int]) -> None:
    """Raise a `UserError` where one of the `wanted` shards is there and of another spec."""
    for shard in wanted:
        own = _identity(shard_folder(out, shard), identity)
        if own == identity:
            continue
        raise UserError(
            f"{shard_folder(out, shard)}: of another spec ({own}, this run is {identity}); "
            "move it away"
        )


def publish(out: Path, shard: int, partial: Path) -> None:
    """Put the whole `partial` folder in the place of shard number `shard`.

    Every byte is on the disk before the name is, and the name before we return: a machine that
    loses power has the whole shard or none. A shorter older version (a run that has grown) is
    replaced. Both moves are renames, so that a reader finds the old shard, no shard, or the new
    one, each whole. One of the same frames that is there already stays: its bytes are the same.
    """
    final = shard_folder(out, shard)
    if final.is_dir() and finished_frames(out, shard) == _frames(partial / "manifest.json"):
        shutil.rmtree(partial)
        return
    sync(partial)
    old = partial.with_name(partial.name + OLD)
    if final.exists():
        os.replace(final, old)
    os.replace(partial, final)
    sync_folder(final.parent)
    sync_folder(partial.parent)
    shutil.rmtree(old, ignore_errors=True)


def sweep(out: Path) -> int:
    """Remove what dead processes left half-made; return how many folders.

    What is below a claim that may be alive stays. Temporary folders of dead processes of this
    host go too.
    """
    found = (out / FOLDER).glob(f"{PARTIAL}*")
    removed = 0
    for shard in sorted({int(folder.name.split("-")[1]) for folder in found}):
        with claimed(out, shard) as mine:
            removed += clear(out, shard) if mine else 0
    for name in claims(out):
        release_dead(out, name, known_dead)
    for left in [*out.glob(f"{_RECORD}*"), *(out / FOLDER).glob(f"{PROBE}*")]:
        left.unlink(missing_ok=True)
    sweep_scratch()
    return removed


def clear(out: Path, shard: int) -> int:
    """Remove what earlier makers of the shard left half-made; return how many folders.

    Only who holds the shard may. An older whole version that was moved aside when its maker died,
    before the new one took its place, goes back.
    """
    folders = sorted((out / FOLDER).glob(f"{PARTIAL}{shard:06d}-*"))
    for folder in folders:
        whole = folder.name.endswith(OLD) and (folder / "manifest.json").is_file()
        if whole and not shard_folder(out, shard).exists():
            os.replace(folder, shard_folder(out, shard))
        else:
            shutil.rmtree(folder)
    return len(folders)


def claim(out: Path, record: Mapping[str, object]) -> None:
    """Make `out` the folder of the run that `record` describes, or check that it already is.

    Raises:
        UserError: when the folder cannot be written or holds data of another spec.
    """
    path = out / "run.json"
    try:
        (out / "shards").mkdir(parents=True, exist_ok=True)
        (out / FOLDER).mkdir(exist_ok=True)
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
    temporary = path.with_name(f"{_RECORD}{os.getpid()}-{socket.gethostname()}")
    temporary.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n")
    try:
        sync_file(temporary)
        os.link(temporary, path)
    except (FileExistsError, FileNotFoundError):  # the latter: swept by the one that was first
        _same_spec(path, record)
    except OSError:  # a file system without hard links
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


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
    ours = {"shards", FOLDER, "timing", "failed", "log", "estimate.json", "run.json"}
    names = sorted(p.name for p in out.iterdir())
    others = [name for name in names if name not in ours and not name.startswith(_RECORD)]
    if others:
        raise UserError(
            f"out={out}: holds files that are not of synthgen ({others[0]}); expected an empty "
            "or new folder"
        )
