"""All pictures of a data set: measured by several processes, in the frames' order."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from synthgen.coverage.pictures.conditions import calibration
from synthgen.coverage.pictures.duplicates import Group, groups
from synthgen.coverage.pictures.judging import Judged, judged
from synthgen.coverage.pictures.tables import DUPLICATES, PICTURES
from synthgen.errors import UserError
from synthgen.jobs.pool import Stopped, work_through
from synthgen.jobs.progress import bar
from synthgen.jobs.signals import listening

BATCH = 32
"""Pictures that a worker is given at once."""


@dataclass(frozen=True, eq=False)
class Pictures:
    """Tables of the schemas in `tables.py`."""

    pictures: pa.Table
    duplicates: pa.Table


@dataclass(frozen=True)
class _Order:
    """Batches of paths to measure."""

    folder: Path
    batches: tuple[tuple[str, ...], ...]


def measure(frames: pa.Table, folder: Path, workers: int) -> Pictures:
    """Return what the images of `frames` show; paths are relative to `folder`.

    The tables depend on the files alone, not on `workers`.

    Raises:
        UserError: when the frames name no images, or none of them is there.
        KeyboardInterrupt: when a signal asks to stop.
    """
    named = frames.filter(pc.is_valid(frames["image"])).select(["frame", "image"])
    names, images = named["frame"].to_pylist(), named["image"].to_pylist()
    paths = list(dict.fromkeys(images))
    _check(folder, paths)
    by_path = dict(zip(paths, _judge(folder, paths, workers), strict=True))
    rows = [
        {"frame": name, "image": image, **by_path[image].row}
        for name, image in zip(names, images, strict=True)
    ]
    return Pictures(
        pa.Table.from_pylist(rows, schema=PICTURES),
        _duplicates(dict(zip(reversed(images), reversed(names), strict=True)), by_path),
    )


def _check(folder: Path, paths: Sequence[str]) -> None:
    """Raise a `UserError` unless some image is there."""
    if not paths:
        raise UserError(f"pictures=true: the frames of data={folder} name no images")
    if any((folder / path).is_file() for path in paths):
        return
    home = (folder / paths[0]).parent
    why = "no such folder" if not home.is_dir() else "none of the images is there"
    raise UserError(
        f"pictures=true: {home}: {why}; expected {len(paths)} images such as {paths[0]} in "
        f"data={folder}, or pictures=false"
    )


def _judge(folder: Path, paths: Sequence[str], workers: int) -> list[Judged]:
    """Return what is found in each of `paths`, in order.

    A picture that kills its worker is sought out among its batch, and is corrupt.
    """
    with bar(len(paths), 0, "picture") as shown:
        found = _worked(folder, _batches(paths, BATCH), workers, shown.update)
        lost = [path for path in paths if path not in found]
        found |= _worked(folder, _batches(lost, 1), workers, shown.update)
    dead = Judged({"fault": "corrupt", "reason": "whoever decodes it dies"}, None)
    return [found.get(path, dead) for path in paths]


def _batches(paths: Sequence[str], size: int) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(paths[start : start + size]) for start in range(0, len(paths), size))


def _worked(
    folder: Path,
    batches: tuple[tuple[str, ...], ...],
    workers: int,
    tell: Callable[[int], object],
) -> dict[str, Judged]:
    """Return what is found in the pictures of every batch that no worker died of."""
    found: dict[str, Judged] = {}
    order, numbers = _Order(folder, batches), range(len(batches))
    with listening() as signals:
        for event in work_through(_work, order, numbers, workers, lambda: signals.asked):
            if event.kind == "failed" and not str(event.detail).startswith("worker died"):
                raise RuntimeError(event.detail)
            if event.kind == "shard":
                found |= event.detail
                tell(len(event.detail))
    if signals.asked:
        raise KeyboardInterrupt
    return found


def _work(
    order: _Order, number: int, _tell: Callable[[int], None], stopped: Callable[[], bool]
) -> dict[str, Any]:
    models = calibration()
    found = {}
    for path in order.batches[number]:
        if stopped():
            raise Stopped
        found[path] = judged(order.folder / path, models)
    return found


def _duplicates(names: Mapping[str, str], by_path: Mapping[str, Judged]) -> pa.Table:
    """Return the table of groups of images; `names` are frames by image."""
    paths = list(by_path)
    rows = [
        {"group": number, "kind": group.kind, "frame": names[paths[one]], "image": paths[one],
         "bits": bits}
        for number, group in enumerate(groups([one.print for one in by_path.values()]))
        for one, bits in _members(group)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=DUPLICATES)


def _members(group: Group) -> Iterator[tuple[int, int]]:
    yield from zip(group.members, group.bits, strict=True)
