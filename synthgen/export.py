"""What a format must offer so that `task=export` can write it.

A format is one module or room in `synthgen/exports/` with a value `EXPORT`. Each shard becomes a
part of its own, so that work can stop and go on between shards; the parts are then put together.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2

from synthgen.readers.dataset import DataSet
from synthgen.readers.sensors import CameraFrame
from synthgen.readers.shard import Shard


@dataclass(frozen=True, eq=False)
class Part:
    """What one shard became.

    Attributes:
        shard: its number.
        folder: with its files; they never change again.
    """

    shard: int
    folder: Path


def place(source: Path, target: Path) -> None:
    """Make `target` the same file as `source`: a hard link, or a copy across file systems."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def store_picture(camera: CameraFrame, target: Path) -> None:
    """Put the picture of `camera` at `target`, a PNG: linked, or decoded where it is a JPEG."""
    if camera.path.suffix == target.suffix:
        place(camera.path, target)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    done, data = cv2.imencode(".png", camera.image()[..., ::-1])
    if not done:
        raise ValueError(f"{camera.path}: cannot be encoded as PNG")
    target.write_bytes(data.tobytes())


def side_by_side(_: DataSet, parts: Sequence[Part], folder: Path) -> None:
    """Put the files of all `parts` into one tree; no two parts have a file of one name."""
    for path, name in files_of(parts):
        place(path, folder / name)


def files_of(parts: Sequence[Part]) -> Iterable[tuple[Path, Path]]:
    """Yield every file of `parts` with its place in its part, sorted."""
    for part in parts:
        for path in sorted(part.folder.rglob("*")):
            if path.is_file():
                yield path, path.relative_to(part.folder)


@dataclass(frozen=True, kw_only=True)
class Export:
    """A format.

    Attributes:
        write: writes what one shard yields into an empty folder: (data set, shard, folder).
        join: makes the whole of all parts in an empty folder: (data set, parts, folder). Files of
            parts are linked, never moved or changed.
        version: grows when `write` writes something else, so that old parts are made anew.
    """

    write: Callable[[DataSet, Shard, Path], None]
    join: Callable[[DataSet, Sequence[Part], Path], None] = side_by_side
    version: int = 1
