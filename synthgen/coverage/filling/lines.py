"""One line of a plan, whose values are checked as they are asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from synthgen.errors import UserError
from synthgen.spec.plain_json import parsed
from synthgen.spec.wording import brief, choices, nearest


@dataclass(frozen=True)
class Line:
    """What a line says.

    Attributes:
        place: file and line, for messages.
        told: its keys and values.
    """

    place: str
    told: Mapping[str, Any]

    def odd(self, key: str, expected: str) -> UserError:
        """Return what is wrong with the value of `key`."""
        if key not in self.told:
            return UserError(f"{self.place}: {key}: missing, expected {expected}")
        return UserError(f"{self.place}: {key}={brief(self.told[key])}: expected {expected}")

    def whole(self, key: str, least: int) -> int:
        """Return a whole number."""
        value: Any = self.told.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self.odd(key, f"a whole number of at least {least}")
        return value

    def number(self, key: str) -> float:
        """Return a number that is not negative."""
        value: Any = self.told.get(key)
        good = isinstance(value, int | float) and not isinstance(value, bool)
        if not good or not isfinite(value) or value < 0:
            raise self.odd(key, "a number of at least 0")
        return float(value)

    def text(self, key: str) -> str:
        """Return a text that is not empty."""
        value = self.told.get(key)
        if not isinstance(value, str) or not value:
            raise self.odd(key, "a text")
        return value

    def choice(self, key: str, known: Sequence[str]) -> str:
        """Return a text that is one of `known`."""
        value = self.text(key)
        if value not in known:
            raise self.odd(key, f"{choices(list(known))}{nearest(value, list(known))}")
        return value

    def mapping(self, key: str) -> Mapping[str, Any]:
        """Return keys with values."""
        value = self.told.get(key)
        if not isinstance(value, dict):
            raise self.odd(key, "keys with values")
        return value

    def only(self, known: Sequence[str]) -> None:
        """Raise a `UserError` for a key that is not `known`."""
        for key in self.told:
            if key not in known:
                close = nearest(key, list(known)) or f"; expected {choices(list(known))}"
                raise UserError(f"{self.place}: {key}: no such key{close}")


def line(place: str, text: bytes) -> Line:
    """Return what a line of JSON says, or raise a `UserError`."""
    try:
        found = parsed(text)
    except ValueError as error:
        raise UserError(f"{place}: expected JSON: {error}") from error
    if not isinstance(found, dict):
        raise UserError(f"{place}: expected keys with values")
    return Line(place, found)
