"""Tar files with fixed bytes."""

import tarfile
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path


def write_tar(path: Path, samples: Iterable[tuple[str, Mapping[str, bytes]]]) -> None:
    """Write samples of (key, content by ending) one after another, endings sorted.

    Every entry has the same time, owner and rights, and names are plain (ustar).

    Raises:
        ValueError: for a key or an ending that readers would take apart in the wrong place.
    """
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as file:
        for key, content in samples:
            if "." in key or "/" in key:
                raise ValueError(f"key {key}: must hold neither dot nor slash")
            for ending in sorted(content):
                if ending != ending.lower() or "/" in ending or ending.startswith("."):
                    raise ValueError(f"ending {ending}: must be small letters without slash")
                file.addfile(_entry(f"{key}.{ending}", len(content[ending])),
                             BytesIO(content[ending]))  # fmt: skip


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = size, 0, 0o644
    return entry
