"""KITTI's object labels: `training/label_2/NAME.txt`, one object a line, 15 columns.

    type truncated occluded alpha left top right bottom height width length x y z rotation_y

A 16th column is a detector's score. `data` is the root, `training`, or `label_2` itself. Pictures
are optional. Which drive a frame is of, KITTI does not tell here: worlds are null. A label file
that lacks is a frame without labels, and no frame of the audit.

Source: A. Geiger, P. Lenz, R. Urtasun, "Are we ready for autonomous driving? The KITTI vision
benchmark suite", CVPR 2012, and the object development kit's readme.txt.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from synthgen.coverage.readers import Batch, Broken
from synthgen.coverage.readers.levels import KITTI, UNKNOWN, columns
from synthgen.coverage.readers.packing import FRAME, OBJECT, Row, packed
from synthgen.coverage.readers.pictures import picture_size
from synthgen.coverage.readers.places import from_alpha
from synthgen.coverage.readers.record import Complaints, UnusableError, corners, finite, share, size
from synthgen.coverage.readers.vocabulary import kind_of
from synthgen.errors import UserError

COLUMNS = (15, 16)
"""Of a line, without and with a score."""
DONT_CARE = "DontCare"
_NAMES = (
    "truncated", "occluded", "alpha", "left", "top", "right", "bottom", "height", "width",
    "length", "x", "y", "z", "rotation_y", "score",
)  # fmt: skip
_SUFFIXES = (".png", ".jpg", ".jpeg")


def recognises(data: Path) -> bool:
    """Return whether the first label file has KITTI's columns."""
    files = _files(data)
    lines = files[0].read_bytes()[:4096].decode(errors="replace").splitlines() if files else []
    return bool(files) and (not lines or len(lines[0].split()) in COLUMNS)


def read(data: Path, broken: Callable[[Broken], None]) -> Iterator[Batch]:
    """Yield the frames, one per label file in the order of names, and the lines of each."""
    files = _files(data)
    if not files:
        raise UserError(f"data={data}: expected KITTI's folder training/label_2 with .txt files")
    return packed(_rows(data, files, broken))


def _folder(data: Path) -> Path:
    choices = (data / "training/label_2", data / "label_2", data)
    return next(path for path in choices if path.is_dir() or path == data)


def _files(data: Path) -> list[Path]:
    folder = _folder(data)
    return sorted(folder.glob("*.txt")) if folder.name.startswith("label_") else []


def _rows(data: Path, files: list[Path], broken: Callable[[Broken], None]) -> Iterator[Row]:
    splits = _splits(files[0].parent)
    for file in files:
        complaints = Complaints(file.relative_to(data).as_posix(), broken)
        yield FRAME, _frame(data, file, splits, complaints)
        text = file.read_bytes().decode(errors="replace")
        for number, line in enumerate(text.splitlines(), start=1):
            with complaints.about(f"line {number}"):
                if line.strip():
                    yield OBJECT, {"frame": file.stem, **_object(line)}


def _splits(labels: Path) -> dict[str, str]:
    """Return the split of each frame as `ImageSets/{train,val}.txt` tell."""
    sets = labels.parent.parent / "ImageSets"
    return {
        name: split
        for split in ("train", "val")
        if (sets / f"{split}.txt").is_file()
        for name in (sets / f"{split}.txt").read_text().split()
    }


def _frame(
    data: Path, file: Path, splits: Mapping[str, str], complaints: Complaints
) -> dict[str, Any]:
    frame: dict[str, Any] = {"frame": file.stem, "split": splits.get(file.stem)}
    pictures = file.parent.parent / file.parent.name.replace("label", "image")
    path = next(
        (one for one in (pictures / f"{file.stem}{end}" for end in _SUFFIXES) if one.is_file()),
        None,
    )
    if path is None:
        return frame
    frame["image"] = path.relative_to(data).as_posix() if path.is_relative_to(data) else str(path)
    with complaints.about(frame["image"]):
        frame["width"], frame["height"] = picture_size(path)
    return frame


def _object(line: str) -> dict[str, Any]:
    label, *words = line.split()
    if len(words) + 1 not in COLUMNS:
        raise UnusableError(f"{len(words) + 1} columns: expected 15, or 16 with a score")
    told = {name: _number(word, name) for name, word in zip(_NAMES, words, strict=False)}
    name, subtype = kind_of(label)
    row: dict[str, Any] = {
        "class": name,
        "subtype": subtype,
        "label": label,
        "ignored": label == DONT_CARE,
        "score": told.get("score"),
        **corners(*(told[edge] for edge in ("left", "top", "right", "bottom"))),
    }
    return row if label == DONT_CARE else {**row, **_seen(told), **_solid(told)}


def _number(word: str, name: str) -> float:
    try:
        return finite(float(word), name)
    except ValueError as error:
        raise UnusableError(f"{name}={word}: expected a number") from error


def _seen(told: Mapping[str, float]) -> dict[str, Any]:
    occluded, truncated = told["occluded"], told["truncated"]
    if occluded not in KITTI:
        raise UnusableError(f"occluded={occluded:g}: expected 0, 1, 2 or 3")
    cut = UNKNOWN
    if truncated != -1:
        cut = (share(truncated, "truncated"), truncated)
    return columns(KITTI[int(occluded)], cut)


def _solid(told: Mapping[str, float]) -> dict[str, Any]:
    """Return the columns of the 3D box; -1, -1000 and -10 say that there is none."""
    row: dict[str, Any] = {}
    if told["alpha"] != -10:
        row["aspect"] = from_alpha(told["alpha"])
    if told["z"] != -1000:
        row |= {"distance": float(np.hypot(told["x"], told["z"])), "lateral": -told["x"]}
    edges = ("length", "width", "height")
    if any(told[edge] != -1 for edge in edges):
        row |= {edge: size(told[edge], edge) for edge in edges}
    return row
