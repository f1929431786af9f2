"""What a folder takes on a disk."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Weight:
    """What is in a folder, itself among it.

    Attributes:
        bytes: in its files.
        disk: [bytes] that the file system keeps for files and folders, in whole blocks.
        files: files and folders, each an inode.
    """

    bytes: int
    disk: int
    files: int


def weight(folder: Path, linked: bool = True) -> Weight:
    """Return what `folder` takes; without `linked` no file that has another name elsewhere."""
    places = [(Path(place), names) for place, _, names in os.walk(folder)]
    facts = [place.lstat() for place, _ in places]
    for place, names in places:
        facts += [(place / name).lstat() for name in names]
    kept = [one for one in facts if linked or stat.S_ISDIR(one.st_mode) or one.st_nlink == 1]
    size = sum(one.st_size for one in kept if not stat.S_ISDIR(one.st_mode))
    return Weight(size, 512 * sum(one.st_blocks for one in kept), len(kept))
