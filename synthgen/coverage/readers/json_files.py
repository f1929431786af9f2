"""Which JSON files a data set consists of, told from how they begin."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

_HEAD = 1 << 16
"""Bytes that tell a format."""
_KEY = re.compile(rb'"([A-Za-z_0-9]+)"\s*:')


def json_files(
    data: Path, folders: Sequence[str], fits: Callable[[Path], bool], best: str = "*.json"
) -> list[Path]:
    """Return `data` itself, or the files in the first of its `folders` with some that `fits`.

    Args:
        data: file or folder.
        folders: inside it, empty for itself.
        fits: tells files of the format.
        best: pattern of names that go before all others.
    """
    if data.is_file():
        return [data] if data.suffix == ".json" and fits(data) else []
    for folder in folders:
        for pattern in dict.fromkeys((best, "*.json")):
            found = [path for path in sorted((data / folder).glob(pattern)) if fits(path)]
            if found:
                return found
    return []


@cache
def _keys(path: Path, size: int, time: int) -> frozenset[str]:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"{", b"["):
        return frozenset()
    return frozenset(name.decode() for name in _KEY.findall(head))


def head_keys(path: Path) -> frozenset[str]:
    """Return all names of keys, at any depth, at the beginning of a JSON file."""
    state = path.stat()
    return _keys(path, state.st_size, state.st_mtime_ns)


def split_of(file: Path, prefix: str) -> str | None:
    """Return what a file's name says it is for: `instances_train2017` is train2017."""
    name = file.stem.removeprefix(prefix)
    return name if name != file.stem or name in ("train", "val", "test") else None
