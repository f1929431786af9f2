"""What a record must hold to be used: numbers that are numbers, boxes that are boxes, names."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from synthgen.coverage.readers import Broken
from synthgen.spec.wording import brief

LARGEST = 2**53
"""Whole numbers above are not told apart by the formats' own readers."""


class UnusableError(Exception):
    """Why a record is left out, in a few words."""


@dataclass(frozen=True)
class Complaints:
    """Names the records of one file that are left out.

    Attributes:
        file: relative to the data set's folder.
        broken: who is told.
    """

    file: str
    broken: Callable[[Broken], None]

    @contextmanager
    def about(self, record: str) -> Iterator[None]:
        """Report what is `UnusableError` inside as `record`, and go on behind."""
        try:
            yield
        except UnusableError as error:
            self.broken(Broken(self.file, record, str(error)))


@dataclass
class Seen:
    """The keys that were met before; whole numbers in runs cost a bit each.

    Attributes:
        numbers: of each 1024 whole numbers, which were met, as bits.
        words: other keys.
    """

    numbers: dict[int, int]
    words: set[object]

    def add(self, key: object) -> bool:
        """Keep `key`; return whether it is new."""
        if type(key) is int:
            bit = 1 << (key & 1023)
            row = self.numbers.get(key >> 10, 0)
            self.numbers[key >> 10] = row | bit
            return not row & bit
        new = key not in self.words
        self.words.add(key)
        return new


def unseen() -> Seen:
    """Return that nothing was met yet."""
    return Seen({}, set())


def mapping(value: object) -> Mapping[str, Any]:
    """Return `value`, which must be a record with keys."""
    if not isinstance(value, dict):
        raise UnusableError(f"{brief(value, 40)}: expected keys with values")
    return value


def finite(value: object, name: str) -> float:
    """Return a number; NaN, infinity, text and flags are none."""
    if type(value) is not float and type(value) is not int:
        raise UnusableError(f"{name}={brief(value, 40)}: expected a number")
    if not -LARGEST <= value <= LARGEST:
        raise UnusableError(f"{name}={brief(value, 40)}: expected a finite number")
    return float(value)


def maybe_finite(record: Mapping[str, Any], key: str) -> float | None:
    """Return a number that may be missing."""
    value = record.get(key)
    return None if value is None else finite(value, key)


def share(value: object, name: str) -> float:
    """Return a number from 0 to 1."""
    found = finite(value, name)
    if not 0 <= found <= 1:
        raise UnusableError(f"{name}={brief(value, 40)}: expected a number from 0 to 1")
    return found


def size(value: object, name: str) -> float:
    """Return a number that is not negative."""
    found = finite(value, name)
    if found < 0:
        raise UnusableError(f"{name}={brief(value, 40)}: expected no negative number")
    return found


def maybe_whole(record: Mapping[str, Any], key: str) -> int | None:
    """Return a whole number from 0 that may be missing."""
    value = record.get(key)
    if value is None:
        return None
    found = size(value, key)
    if found != int(found):
        raise UnusableError(f"{key}={brief(value, 40)}: expected a whole number")
    return int(found)


def word(value: object, name: str) -> str:
    """Return a name: text, or a whole number written out."""
    if type(value) is int:
        return str(value)
    if not isinstance(value, str) or not value:
        raise UnusableError(f"{name}={brief(value, 40)}: expected a name")
    if not value.isascii() and value != plain(value):
        raise UnusableError(f"{name}: holds characters that are none")
    return value


def key(value: object, name: str) -> int | str:
    """Return an id: a whole number or text."""
    if type(value) is int:
        return value
    if type(value) is float and value == value // 1:
        return int(value)
    return word(value, name)


def plain(value: object) -> str:
    """Return `value` as text that can be stored; halves of characters become question marks."""
    text = value if isinstance(value, str) else brief(value)
    return text.encode("utf-8", "replace").decode()


def corners(left: object, top: object, right: object, bottom: object) -> dict[str, Any]:
    """Return the columns of a box [px] from its edges."""
    box = {
        "left": finite(left, "left"),
        "top": finite(top, "top"),
        "right": finite(right, "right"),
        "bottom": finite(bottom, "bottom"),
    }
    if box["right"] < box["left"] or box["bottom"] < box["top"]:
        raise UnusableError(
            f"box {brief([left, top, right, bottom], 60)}: right and bottom lie before left and top"
        )
    return box


def span(values: object) -> dict[str, Any]:
    """Return the columns of a box [px] from left, top, width and height."""
    if not isinstance(values, list) or len(values) != 4:
        raise UnusableError(f"bbox={brief(values, 60)}: expected four numbers")
    left, top, width, height = (finite(value, "bbox") for value in values)
    if width < 0 or height < 0:
        raise UnusableError(f"bbox={brief(values, 60)}: expected no negative size")
    return {"left": left, "top": top, "right": left + width, "bottom": top + height}
