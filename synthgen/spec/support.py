"""Which values a draw can take, known before any is made."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

Value = float | int | str


@dataclass(frozen=True)
class Support:
    """A set of numbers and names.

    Attributes:
        low: smallest number, inf when there is none.
        high: largest number, -inf when there is none.
        names: the names.
        points: every value when there are finitely many, else None.
    """

    low: float = inf
    high: float = -inf
    names: frozenset[str] = frozenset()
    points: frozenset[Value] | None = frozenset()

    def joined(self, other: "Support") -> "Support":
        """Return the union with `other`."""
        finite = self.points is not None and other.points is not None
        return Support(
            min(self.low, other.low),
            max(self.high, other.high),
            self.names | other.names,
            (self.points or frozenset()) | (other.points or frozenset()) if finite else None,
        )


def interval(low: float, high: float) -> Support:
    """Return all numbers from `low` to `high`."""
    return Support(low, high, points=frozenset({low}) if low == high else None)


def finite(values: Iterable[Value]) -> Support:
    """Return exactly `values`."""
    points = frozenset(values)
    names = frozenset(value for value in points if isinstance(value, str))
    numbers = [value for value in points if not isinstance(value, str)]
    return Support(min(numbers, default=inf), max(numbers, default=-inf), names, points)
