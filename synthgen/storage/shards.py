"""A data set in a store: the layout of a local one, and a shard is there when its manifest is.

run.json                    whose data these are; the first job's stands
shards/000012/...           files of a shard; before the last line they are nobody's yet
shards/000012/manifest.json sent last, when all others are there in their full size
timing/000012.json          host and seconds of the process that made the shard
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synthgen.errors import UserError
from synthgen.spec.plain_json import parsed
from synthgen.storage.remote import (
    Remote,
    abort_uploads,
    create,
    names,
    read,
    read_each,
    remove,
    send,
    sizes,
)

MANIFEST = "manifest.json"
RECORD = "run.json"
OURS = {RECORD, "shards", "timing", "dataset", "export", "contact_sheet.png"}
"""What a data set may hold at its top."""


def stored_record(remote: Remote) -> dict[str, Any]:
    """Return what `run.json` says.

    Raises:
        UserError: when there is none, or it is not one of synthgen.
    """
    content = read(remote, RECORD)
    if content is None:
        raise UserError(f"{remote.address}: no {RECORD}, so no run of synthgen began here")
    try:
        record: dict[str, Any] = parsed(content)
        if not {"identity", "spec", "command"} <= record.keys():
            raise ValueError("lacks keys")
    except (ValueError, AttributeError) as error:
        raise UserError(f"{remote.address}/{RECORD}: not a run record of synthgen") from error
    return record


def claim_store(remote: Remote, record: Mapping[str, Any]) -> None:
    """Make the folder that of the run which `record` describes, or check that it already is.

    Raises:
        UserError: when the store cannot be written, or the folder holds something else.
    """
    there = read(remote, RECORD)
    if there is None:
        others = [name for name in names(remote, "") if name not in OURS]
        if others:
            raise UserError(
                f"out={remote.address}: holds files that are not of synthgen ({others[0]}); "
                "expected an empty or new folder"
            )
        text = json.dumps(record, indent=2, sort_keys=True) + "\n"
        create(remote, RECORD, text.encode())
        there = read(remote, RECORD) or b""
    try:
        identity = parsed(there)["identity"]
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{remote.address}/{RECORD}: not a run record of synthgen; choose another out="
        ) from error
    if identity != record["identity"]:
        raise UserError(
            f"out={remote.address}: holds data of another spec ({identity}, this one is "
            f"{record['identity']}); choose another out="
        )


def shard_place(shard: int) -> str:
    """Return the name of the folder of shard number `shard`."""
    return f"shards/{shard:06d}"


def stored_frames(remote: Remote, shard: int) -> tuple[int, ...]:
    """Return the frames of shard number `shard`, empty when it is not there."""
    content = read(remote, f"{shard_place(shard)}/{MANIFEST}")
    return () if content is None else _frames(remote, content)


def stored_shards(remote: Remote) -> dict[int, tuple[int, ...]]:
    """Return the frames of every shard that is there, by number."""
    numbers = [name for name in names(remote, "shards") if name.isdigit()]
    manifests = [f"{shard_place(int(name))}/{MANIFEST}" for name in numbers]
    found = read_each(remote, manifests)
    return {int(name.split("/")[1]): _frames(remote, content) for name, content in found}


def _frames(remote: Remote, manifest: bytes) -> tuple[int, ...]:
    try:
        return tuple(parsed(manifest)["frames"])
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{remote.address}: a manifest is not one of synthgen") from error


def put_shard(remote: Remote, shard: int, folder: Path) -> None:
    """Send the whole shard in `folder`: all its files, then, when they are there, the manifest.

    A shorter older version (a run that has grown) is taken out of sight first. What an earlier
    upload left half-done is written over, and what belongs to nothing is removed.

    Raises:
        UserError: when the store does not take a file, or another job has put other frames there.
    """
    place, manifest = shard_place(shard), (folder / MANIFEST).read_bytes()
    name = f"{place}/{MANIFEST}"
    if read(remote, name) == manifest:
        return
    wanted = {entry["path"]: int(entry["size"]) for entry in parsed(manifest)["files"]}
    abort_uploads(remote, place)
    remove(remote, [name])
    send(remote, place, {path: folder / path for path in wanted})
    there = sizes(remote, place)
    strange = there.keys() - wanted.keys() - {MANIFEST}
    remove(remote, [f"{place}/{path}" for path in sorted(strange)])
    wrong = sorted(path for path, size in wanted.items() if there.get(path) != size)
    if wrong:
        raise UserError(
            f"{remote.address}/{place}/{wrong[0]}: {there.get(wrong[0], 'no')} bytes arrived, "
            f"expected {wanted[wrong[0]]}; the shard stays invisible"
        )
    if not create(remote, name, manifest):
        remove(remote, [name])
        raise UserError(f"{remote.address}/{place}: another job put other frames there meanwhile")
