"""The few things done with a store. The only place that knows fsspec."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import fsspec

from synthgen.errors import UserError
from synthgen.spec.discreet import discreet
from synthgen.storage.address import STORES, Address

AT_ONCE = 8
"""Files on their way at the same time: files below 100 MB are held in memory for it."""
MANIFESTS_AT_ONCE = 256
_OPTIONS = {"use_listings_cache": False}
"""Other processes write too: no listing is remembered."""


@dataclass(frozen=True)
class Remote:
    """A folder in a store.

    Attributes:
        system: fsspec's file system.
        address: for messages.
        root: what `system` calls the folder.
    """

    system: Any
    address: str
    root: str

    def path(self, name: str) -> str:
        """Return what `system` calls the file or folder `name`."""
        return f"{self.root}/{name}" if name else self.root


def connect(address: Address) -> Remote:
    """Return the folder at `address`; nothing is asked of the store yet.

    Raises:
        UserError: when the package is missing that knows the store, or does not start.
    """
    package = STORES[address.protocol]
    try:
        system = fsspec.filesystem(address.protocol, **_OPTIONS)
    except ImportError as error:
        raise UserError(
            f"{address}: needs the package {package}; pip install {package}, or scripts/setup s3 "
            "for s3://"
        ) from error
    return Remote(system, str(address), address.path)


def read(remote: Remote, name: str) -> bytes | None:
    """Return the content of a file, None when there is none."""
    with _told(remote, f"{name} cannot be read"):
        try:
            content: bytes = remote.system.cat_file(remote.path(name))
        except FileNotFoundError:
            return None
    return content


def read_each(remote: Remote, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of every file of `names` that is there."""
    left = iter(names)
    while some := list(islice(left, MANIFESTS_AT_ONCE)):
        with _told(remote, f"{some[0]} and others cannot be read"):
            told = remote.system.cat([remote.path(name) for name in some], on_error="return")
            found = {path.strip("/"): content for path, content in told.items()}
            for error in found.values():
                if isinstance(error, Exception) and not isinstance(error, FileNotFoundError):
                    raise error
        for name in some:
            content = found.get(remote.path(name).strip("/"))
            if isinstance(content, bytes):
                yield name, content


def write(remote: Remote, name: str, content: bytes) -> None:
    """Write a small file, whole or not at all."""
    with _told(remote, f"{name} cannot be written"):
        remote.system.pipe_file(remote.path(name), content)


def create(remote: Remote, name: str, content: bytes) -> bool:
    """Write a small file unless it is there; return whether the one there now is ours.

    Stores that have conditional writes (S3: If-None-Match) decide themselves who was first. A
    store without them may take two, and keeps the last.
    """
    with _told(remote, f"{name} cannot be written"), suppress(FileExistsError):
        remote.system.pipe_file(remote.path(name), content, mode="create")
    return read(remote, name) == content


def send(remote: Remote, folder: str, files: Mapping[str, Path]) -> None:
    """Copy local `files`, by name below `folder`, to the store; each appears whole."""
    with _told(remote, f"{folder}: upload broken off"):
        remote.system.put(
            [str(path) for path in files.values()],
            [remote.path(f"{folder}/{name}") for name in files],
            **_pace(remote),
        )


def receive(remote: Remote, folder: str, files: Mapping[str, Path]) -> None:
    """Copy files, by name below `folder`, from the store; their local folders must be there."""
    with _told(remote, f"{folder}: download broken off"):
        remote.system.get(
            [remote.path(f"{folder}/{name}") for name in files],
            [str(path) for path in files.values()],
            **_pace(remote),
        )


def _pace(remote: Remote) -> Mapping[str, int]:
    return {"batch_size": AT_ONCE} if remote.system.async_impl else {}


def sizes(remote: Remote, folder: str) -> dict[str, int]:
    """Return the size [byte] of every file below `folder`, by its name there."""
    place = remote.path(folder)
    with _told(remote, f"{folder}: cannot be listed"):
        found = remote.system.find(place, detail=True)
    start = len(place.strip("/")) + 1
    return {path.strip("/")[start:]: int(facts["size"]) for path, facts in found.items()}


def names(remote: Remote, folder: str) -> list[str]:
    """Return the names of files and folders in `folder`, sorted; none where it is not there."""
    place = remote.path(folder)
    with _told(remote, f"{folder or 'folder'}: cannot be listed"):
        try:
            found = remote.system.ls(place, detail=False)
        except FileNotFoundError:
            return []
    others = {path.strip("/") for path in found} - {place.strip("/")}  # some list the folder too
    return sorted({path.rpartition("/")[2] for path in others})


def remove(remote: Remote, files: Sequence[str]) -> None:
    """Remove files; it is no fault when one is not there."""
    for name in files:
        with _told(remote, f"{name} cannot be removed"), suppress(FileNotFoundError):
            remote.system.rm_file(remote.path(name))


def abort_uploads(remote: Remote, folder: str) -> int:
    """End uploads in parts that somebody began below `folder` and never ended; return how many.

    Such parts are seen by nobody, but kept and paid for.
    """
    protocol = remote.address.partition("://")[0]
    with _told(remote, f"{folder}: unfinished uploads cannot be ended"):
        return _ABORT.get(protocol, _nothing)(remote, f"{folder}/")


def _abort_s3(remote: Remote, folder: str) -> int:
    bucket, _, prefix = remote.path(folder).partition("/")
    found = remote.system.call_s3("list_multipart_uploads", Bucket=bucket, Prefix=prefix)
    for upload in (uploads := found.get("Uploads", [])):
        named = {"Key": upload["Key"], "UploadId": upload["UploadId"]}
        remote.system.call_s3("abort_multipart_upload", Bucket=bucket, **named)
    return len(uploads) + (_abort_s3(remote, folder) if found.get("IsTruncated") else 0)


def _nothing(_remote: Remote, _folder: str) -> int:
    return 0


_ABORT: Mapping[str, Callable[[Remote, str], int]] = {"s3": _abort_s3}
"""Who keeps the parts of unfinished uploads until told; the others drop them by themselves."""


@contextmanager
def _told(remote: Remote, what: str) -> Iterator[None]:
    """Turn whatever a store's package raises into one line without secrets."""
    try:
        yield
    except Exception as error:  # each package has errors of its own, with no common root
        raise UserError(discreet(f"{remote.address}: {what}: {_line(error)}")) from error


def _line(error: Exception) -> str:
    return f"{type(error).__name__} {' '.join(str(error).split())[:300]}"
