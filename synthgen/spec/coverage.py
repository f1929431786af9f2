"""What a user calls covered: axes with units, crossings of them that are counted, targets."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Axis:
    """One property that data sets are cut along.

    Attributes:
        column: of the frames' or the objects' table.
        unit: of `edges`.
        values: names that are told apart, of a column that holds names.
        edges: ascending bounds of the bins [low, high), of a column that holds numbers.
        names: of the bins, one less than edges; written `low-high` where empty.
    """

    column: str
    unit: str = ""
    values: tuple[str, ...] = ()
    edges: tuple[float, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Target:
    """How many objects (or frames) a cell should have; one of the last three is given.

    Attributes:
        where: by axis, a value's or a bin's name, several of them, or bounds [low, high).
        want: so many.
        share: this share of all, 0 to 1.
        rarest: as many as the poorest cells of the same axes have, at that share of them, 0 to 1.
    """

    where: Mapping[str, str | tuple[str, ...] | tuple[float, float]]
    want: int | None = None
    share: float | None = None
    rarest: float | None = None


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """A definition of coverage.

    Attributes:
        axes: by name.
        cells: crossings that are counted, each a list of names of axes.
        targets: what is asked for.
    """

    axes: Mapping[str, Axis] = field(default_factory=dict)
    cells: tuple[tuple[str, ...], ...] = ()
    targets: tuple[Target, ...] = ()
