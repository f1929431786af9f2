"""Where a frame of a data set comes from: the run that made it, read again from its record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthgen.errors import UserError
from synthgen.jobs.failures import failed
from synthgen.jobs.ledger import finished_frames, shard_folder
from synthgen.jobs.versions import versions
from synthgen.spec.plain_json import parsed
from synthgen.spec.run import RunSpec
from synthgen.spec.shard import CLIPS_PER_SHARD

Read = Callable[[Sequence[str]], RunSpec]
"""From a line of overrides to a run."""


@dataclass(frozen=True)
class Origin:
    """A frame and its run.

    Attributes:
        run: that made it, or was to make it.
        frame: number.
        shard: number.
        failure: what is known of a shard that failed, else empty.
    """

    run: RunSpec
    frame: int
    shard: int
    failure: Mapping[str, Any]


def origin(data: Path, frame: int, read: Read) -> Origin:
    """Return where `frame` of the data set `data` comes from.

    Raises:
        UserError: when there is no such frame, or what would be made here is another.
    """
    record = _record(data)
    run = _begun(data, record, read)
    shard = frame // (CLIPS_PER_SHARD * run.clip.frames)
    failure = failed(data).get(shard, {})
    known = {*finished_frames(data, shard), *failure.get("frames", ())}
    if frame not in known and frame >= run.n:
        raise UserError(f"frame={frame}: expected a frame of {data}, 0 to {run.n - 1}")
    _check_versions(data, shard, run, failure)
    return Origin(run, frame, shard, failure)


def _record(data: Path) -> Mapping[str, Any]:
    path = data / "run.json"
    try:
        record: Mapping[str, Any] = parsed(path.read_text())
        told = record["command"], record["identity"]
    except FileNotFoundError as error:
        raise UserError(f"data={data}: no run.json, so no run of synthgen began here") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path}: not a run record of synthgen") from error
    if not isinstance(told[0], list) or not all(isinstance(one, str) for one in told[0]):
        raise UserError(f"{path}: command: expected a list of key=value")
    return record


def _begun(data: Path, record: Mapping[str, Any], read: Read) -> RunSpec:
    """Return the run of the record, whose command is read again."""
    try:
        run = read(record["command"])
    except UserError as error:
        raise UserError(
            f"data={data}: its command cannot be read again: {error}; paths in it are as typed: "
            "start in the same folder, with the same --config-dir"
        ) from error
    if run.identity != record["identity"]:
        raise UserError(
            f"data={data}: holds data of another spec ({record['identity']}, its command now asks "
            f"for {run.identity}): a map, a rig, a scene or the program has changed"
        )
    return run


def _check_versions(data: Path, shard: int, run: RunSpec, failure: Mapping[str, Any]) -> None:
    """Raise a `UserError` where the frame was made with other versions than are here."""
    path = shard_folder(data, shard) / "manifest.json"
    there = parsed(path.read_text()) if path.is_file() else failure
    here = versions(run)
    for name, version in sorted(there.get("versions", {}).items()):
        if here.get(name) != version:
            raise UserError(
                f"data={data}: shard {shard:06d} was made with {name} {version}, here is "
                f"{here.get(name, 'none')}: the frame would not be the same"
            )
