"""A shard from a store: believed when every file has the hash that its manifest names."""

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from synthgen.errors import UserError
from synthgen.spec.plain_json import parsed
from synthgen.spec.wording import brief
from synthgen.storage.remote import Remote, read, receive
from synthgen.storage.shards import MANIFEST, shard_place


def get_shard(remote: Remote, shard: int, folder: Path) -> None:
    """Copy shard number `shard` into the new `folder`, the manifest last.

    Raises:
        UserError: when it is not there, a file is missing or another than the manifest names, or
            a name in it leads out of the folder.
    """
    place = shard_place(shard)
    manifest = read(remote, f"{place}/{MANIFEST}")
    if manifest is None:
        raise UserError(f"{remote.address}/{place}: no {MANIFEST}")
    wanted = _hashes(f"{remote.address}/{place}", manifest)
    for path in wanted:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
    receive(remote, place, {path: folder / path for path in wanted})
    for path, sha256 in wanted.items():
        with (folder / path).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                raise UserError(
                    f"{remote.address}/{place}/{path}: is not the file that the manifest names"
                )
    (folder / MANIFEST).write_bytes(manifest)


def _hashes(told: str, manifest: bytes) -> Mapping[str, str]:
    """Return the SHA-256 of every file by its name, which must stay in the folder."""
    try:
        found = {entry["path"]: entry["sha256"] for entry in parsed(manifest)["files"]}
        kept = {path: sha256 for path, sha256 in found.items() if _stays(path)}
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{told}/{MANIFEST}: not a manifest of synthgen") from error
    for path in found.keys() - kept.keys():
        raise UserError(f"{told}/{MANIFEST}: a file called {brief(path)} leaves the folder")
    return kept


def _stays(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and parts[0] != "/" and ".." not in parts and "\0" not in path
