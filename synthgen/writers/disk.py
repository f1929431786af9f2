"""What must be on the disk before a name says that it is there."""

import os
from pathlib import Path


def sync(folder: Path, links: bool = True) -> None:
    """Bring every file in `folder`, and every folder's list of them, to the disk.

    Without `links`, files that have a second name are left out: they were brought under the first.
    """
    for place, _, names in os.walk(folder, topdown=False):
        for name in names:
            path = Path(place) / name
            if links or path.stat().st_nlink == 1:
                sync_file(path)
        sync_folder(Path(place))


def sync_file(path: Path) -> None:
    """Bring the content of a file to the disk."""
    _bring(path, os.O_RDONLY)


def sync_folder(folder: Path) -> None:
    """Bring the names in `folder` to the disk."""
    _bring(folder, os.O_RDONLY | os.O_DIRECTORY)


def _bring(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
