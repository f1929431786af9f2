"""Readers of other people's data sets: one module per format, each a stream of the two tables.

A module of this package is a format. It offers

    recognises(data: Path) -> bool
        Whether the folder or file looks like this format; cheap, no parsing of labels.
    read(data: Path, broken: Callable[[Broken], None]) -> Iterator[Batch]
        Batches of frames and objects in the columns of `coverage/columns.py`, in an order that
        depends on the files alone. Memory is bounded by the batch, not by the data set. A record
        that cannot be used goes to `broken` and is left out. What no part of can be read
        (labels of another format, a truncated file) is a `UserError` that names the file.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Protocol, cast

import pyarrow as pa

from synthgen.errors import UserError
from synthgen.spec.wording import brief, choices, nearest

ORDER = ("synthgen", "nuscenes", "kitti", "scalabel", "coco", "table")
"""In which formats are tried: the more telling before the more general."""


@dataclass(frozen=True)
class Broken:
    """A record that was skipped.

    Attributes:
        file: it is in, relative to the data set's folder.
        record: which one: a line number, an id, a name.
        why: it cannot be used, in a few words.
    """

    file: str
    record: str
    why: str


@dataclass(frozen=True)
class Batch:
    """Some rows of the two tables; either may be None."""

    frames: pa.RecordBatch | None = None
    objects: pa.RecordBatch | None = None


class Reader(Protocol):
    """A module that reads one format."""

    def recognises(self, data: Path) -> bool:
        """Return whether `data` looks like the format."""

    def read(self, data: Path, broken: Callable[[Broken], None]) -> Iterator[Batch]:
        """Yield the rows of both tables."""


def names() -> list[str]:
    """Return the formats that can be read, in the order in which they are tried."""
    here = {module.name for module in iter_modules(__path__)}
    return [name for name in ORDER if name in here]


def open_reader(name: str) -> Reader:
    """Return the reader of the format `name`, or raise a `UserError`."""
    known = names()
    if name not in known:
        raise UserError(
            f"data_format={brief(name)}: expected {choices(known)}{nearest(name, known)}"
        )
    return cast(Reader, import_module(f"{__name__}.{name}"))


def detect(data: Path) -> str:
    """Return the format that `data` looks like.

    Ours goes before all others, which it holds too.

    Raises:
        UserError: when it looks like none, or like several.
    """
    found = _fitting(data)
    if len(found) == 1 or found[:1] == ["synthgen"]:
        return found[0]
    if found:
        raise UserError(
            f"data={data}: looks like {' and '.join(found)}; say which with data_format="
        )
    raise UserError(f"data={data}: no known format; expected data_format={choices(names())}")


def told_format(data: Path, asked: str) -> str:
    """Return the format `asked`, or where it is empty that which `data` looks like.

    Raises:
        UserError: where `data` looks like another format and not like that.
    """
    if not asked:
        return detect(data)
    if open_reader(asked).recognises(data):
        return asked
    for name in _fitting(data):
        raise UserError(f"data_format={asked}: data={data} looks like {name}")
    return asked


def _fitting(data: Path) -> list[str]:
    return [name for name in names() if open_reader(name).recognises(data)]
