"""A target as a plan sees it: in columns instead of axes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from synthgen.coverage.planning.settings import Sought


@dataclass(frozen=True)
class Wish:
    """A target that misses something.

    Attributes:
        id: t00, t01, ... in the order of the definition.
        name: in words.
        columns: what each column of the frames' or the objects' table shall be.
        asked: worlds wanted.
        there: worlds that the audit found.
        parts: of columns of numbers for which several bins are named, the ranges [low, high) that
            these make; `columns` has them from the lowest to the highest.
    """

    id: str
    name: str
    columns: Mapping[str, Sought]
    asked: int
    there: int
    parts: Mapping[str, tuple[tuple[float, float], ...]] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        """Worlds that have to be made."""
        return max(0, self.asked - self.there)

    @property
    def classes(self) -> frozenset[str]:
        """Classes that it asks for; empty where it asks for frames."""
        found = self.columns.get("class", frozenset())
        return found if isinstance(found, frozenset) else frozenset()

    def bounds(self, column: str, low: float, high: float) -> tuple[float, float]:
        """Return the bounds that it sets to `column`, or those given."""
        found = self.columns.get(column)
        return found if isinstance(found, tuple) else (low, high)
