"""A detector's results: COCO results, one JSON file, or a folder of KITTI label files with scores.

COCO's say `image_id` and `category_id`. An image is the one with this id in the data set's COCO
file, else the frame of this name, else the frame whose name is this number (`000012` is 12). A
category is the one with this id in the data set's COCO file (our own data sets have one in every
shard), else the id is itself the name of a class.

Source: T.-Y. Lin et al., "Microsoft COCO: common objects in context", ECCV 2014, results format;
A. Geiger, P. Lenz, R. Urtasun, "Are we ready for autonomous driving? The KITTI vision benchmark
suite", CVPR 2012, readme.txt of the object development kit.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from synthgen.coverage.columns import OBJECTS
from synthgen.coverage.readers import Broken
from synthgen.coverage.readers.json_stream import records
from synthgen.coverage.readers.record import (
    Complaints,
    UnusableError,
    corners,
    finite,
    key,
    mapping,
    span,
    word,
)
from synthgen.coverage.readers.vocabulary import kind_of
from synthgen.errors import UserError

COLUMNS = pa.schema(
    [OBJECTS.field(name) for name in
     ("frame", "class", "label", "left", "top", "right", "bottom", "score")]
)  # fmt: skip
"""Of a table of results."""
_ROWS = 50_000
_FILES = ("annotations/*.json", "*.json", "shards/*/coco/*.json", "*/shards/*/coco/*.json")
"""Where a data set may have COCO's files."""


@dataclass(frozen=True)
class Known:
    """What results may speak of.

    Attributes:
        frames: name of the frame by what an image may be called.
        categories: class in the format's own words, by id; empty: ids are names.
    """

    frames: Mapping[int | str, str]
    categories: Mapping[int | str, str]


def known(data: Path, frames: pa.Table) -> Known:
    """Return what results on `data` may speak of; `frames` has its columns `frame` and `tags`."""
    numbers: dict[int | str, str] = {}
    names: dict[int | str, str] = {}
    ids: dict[int | str, str] = {}
    doubtful: set[int | str] = set()
    for name, tags in zip(frames["frame"].to_pylist(), frames["tags"].to_pylist(), strict=True):
        names[name] = name
        if name.isascii() and name.isdigit():
            numbers[int(name)] = name
        told = dict(tags or ()).get("id")
        if told is not None:
            number = int(told) if told.lstrip("-").isdigit() else told
            if ids.setdefault(number, name) != name:
                doubtful.add(number)
    return Known(
        {**numbers, **names, **{n: f for n, f in ids.items() if n not in doubtful}},
        _categories(data),
    )


def results(path: Path, about: Known, broken: Callable[[Broken], None]) -> Iterator[pa.RecordBatch]:
    """Yield the detections at `path`, which is a file of COCO results or a folder of KITTI's.

    Raises:
        UserError: where it is neither, or ends too early.
    """
    rows = _kitti(path, about, broken) if path.is_dir() else _coco(path, about, broken)
    some: list[dict[str, Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == _ROWS:
            yield pa.RecordBatch.from_pylist(some, schema=COLUMNS)
            some = []
    yield pa.RecordBatch.from_pylist(some, schema=COLUMNS)


# COCO -------------------------------------------------------------------------------------------


def _categories(data: Path) -> dict[int | str, str]:
    """Return the categories of the first COCO file of `data` that has some."""
    files = (
        [data] if data.is_file() else [one for place in _FILES for one in sorted(data.glob(place))]
    )
    for file in files:
        found: dict[int | str, str] = {}
        for part, item in records(file) if file.suffix == ".json" else ():
            if part == "categories":
                found[key(item["id"], "id")] = word(item["name"], "name")
            elif found:
                break
        if found:
            return found
    return {}


def _coco(path: Path, about: Known, broken: Callable[[Broken], None]) -> Iterator[dict[str, Any]]:
    complaints = Complaints(path.name, broken)
    for number, (part, item) in enumerate(records(path)):
        if part:
            raise UserError(
                f"detections={path}: a COCO result list was expected, "
                f"[{{image_id, category_id, bbox, score}}, ...], got an object with {part}"
            )
        with complaints.about(f"result {number}"):
            yield _result(mapping(item), about)


def _result(item: Mapping[str, Any], about: Known) -> dict[str, Any]:
    for name in ("image_id", "category_id", "bbox", "score"):
        if name not in item:
            raise UnusableError(f"{name} is missing")
    image, category = key(item["image_id"], "image_id"), key(item["category_id"], "category_id")
    if image not in about.frames:
        raise UnusableError(f"image_id={image}: no such image in the data")
    label = about.categories.get(category, category if isinstance(category, str) else None)
    if label is None:
        raise UnusableError(f"category_id={category}: no such category in the data")
    return {"frame": about.frames[image], "class": kind_of(label)[0], "label": label,
            **span(item["bbox"]), "score": finite(item["score"], "score")}  # fmt: skip


# KITTI ------------------------------------------------------------------------------------------


def _kitti(path: Path, about: Known, broken: Callable[[Broken], None]) -> Iterator[dict[str, Any]]:
    files = sorted(path.glob("*.txt")) or sorted((path / "data").glob("*.txt"))
    if not files:
        raise UserError(f"detections={path}: expected a folder of KITTI's label files, NAME.txt")
    for file in files:
        complaints = Complaints(file.relative_to(path).as_posix(), broken)
        if file.stem not in about.frames:
            complaints.broken(Broken(complaints.file, "whole file", "no such frame in the data"))
            continue
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), start=1):
            with complaints.about(f"line {number}"):
                if line.strip():
                    yield {"frame": about.frames[file.stem], **_line(line)}


def _line(line: str) -> dict[str, Any]:
    label, *words = line.split()
    if len(words) != 15:
        raise UnusableError(f"{len(words) + 1} columns: expected 16, the last one the score")
    try:
        numbers = [float(each) for each in words]
    except ValueError as error:
        raise UnusableError(f"expected numbers behind the class: {error}") from error
    return {"class": kind_of(label)[0], "label": label, **corners(*numbers[3:7]),
            "score": finite(numbers[14], "score")}  # fmt: skip
