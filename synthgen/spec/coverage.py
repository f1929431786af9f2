"""What a user calls covered: axes with units, crossings of them that are counted, targets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from synthgen.spec.detector import Detector
from synthgen.spec.wording import brief, choices, flow, nearest

OTHER = "other"
"""Bin of what is known and in no bin that an axis names."""
UNKNOWN = "unknown"
"""Bin of what a data set does not tell, or not finely enough."""
EACH = "each"
"""In a target: one target for every bin of the axis."""
RESERVED = ("crossing", "frames", "objects", "worlds", "share", "target", "missing", "asked",
            "there", "id", "name", "number", "world_number")  # fmt: skip
"""Columns of tables that have one for each axis, too."""

Place = str | tuple[str, ...] | tuple[float, float]
"""Where on an axis: a bin, several, or bounds [low, high)."""


@dataclass(frozen=True, kw_only=True)
class Axis:
    """One property that data sets are cut along; without values and edges, by every name found.

    Attributes:
        column: a property of objects or frames, see `coverage/properties.py`.
        unit: of `edges`; empty is the property's own.
        values: names that are told apart, of a column that holds names.
        edges: ascending bounds of the bins [low, high), of a column that holds numbers. `inf` may
            be the last. The highest of all possible values belongs to the last bin.
        names: of the bins, one less than edges; written `low-high` where empty.
    """

    column: str
    unit: str = ""
    values: tuple[str, ...] = ()
    edges: tuple[float, ...] = ()
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.values and self.edges:
            raise ValueError("values and edges are both given, expected one of them")
        if self.edges and (len(self.edges) < 2 or not _ascend(self.edges)):
            raise ValueError(f"edges={brief(self.edges)}: expected ascending numbers, at least two")
        if self.names and len(self.names) != len(self.edges) - 1:
            raise ValueError(
                f"names={brief(self.names)}: expected {max(len(self.edges) - 1, 0)}, "
                "one between each two edges"
            )
        for bin_ in self.bins:
            if bin_ in (OTHER, UNKNOWN, EACH, "") or self.bins.count(bin_) > 1:
                raise ValueError(
                    f"{brief(list(self.bins))}: expected different names, "
                    f"none of them {OTHER}, {UNKNOWN} or {EACH}"
                )

    @property
    def bins(self) -> tuple[str, ...]:
        """Names of the bins, without `OTHER` and `UNKNOWN`."""
        return self.values or self.names or tuple(between(*pair) for pair in pairwise(self.edges))

    def bounds(self, bin_: str) -> tuple[float, float]:
        """Return low and high of a bin between edges, in `unit`."""
        at = self.bins.index(bin_)
        return self.edges[at], self.edges[at + 1]


@dataclass(frozen=True, kw_only=True)
class Target:
    """How many objects (or frames) a cell should have; one of the last three is given.

    What is counted is worlds with such an object: distinct tracks, at most one per world.

    Attributes:
        where: by axis, a value's or a bin's name, several of them, or bounds [low, high); `each`
            asks for every bin of an axis by itself.
        want: so many.
        share: in this share of all worlds, above 0 and below 1.
        rarest: as many as the poorest cells of the same axes have, at that share of them, 0 to 1.
    """

    where: Mapping[str, Place]
    want: int | None = None
    share: float | None = None
    rarest: float | None = None

    def __post_init__(self) -> None:
        asked = {"want": self.want, "share": self.share, "rarest": self.rarest}
        given = [key for key, value in asked.items() if value is not None]
        if len(given) != 1:
            raise ValueError(
                f"{' and '.join(given) or 'nothing'} given, expected one of want, share and rarest"
            )
        if self.want is not None and self.want < 1:
            raise ValueError(f"want={self.want}: expected a whole number of at least 1")
        if self.share is not None and not 0 < self.share < 1:
            raise ValueError(f"share={self.share}: expected more than 0 and less than 1")
        if self.rarest is not None and not 0 <= self.rarest <= 1:
            raise ValueError(f"rarest={self.rarest}: expected 0 to 1")
        if not self.where:
            raise ValueError("where: expected at least one axis")
        for axis, place in self.where.items():
            ends = bounds(place)
            if ends and not _ascend(ends):
                raise ValueError(f"where.{axis}={flow(place)}: empty, expected [low, high]")


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """A definition of coverage.

    Attributes:
        axes: by name.
        cells: crossings that are counted, each a list of names of axes.
        targets: what is asked for.
        detector: how its results are held against labels, of an audit that is told some.
    """

    axes: Mapping[str, Axis] = field(default_factory=dict)
    cells: tuple[tuple[str, ...], ...] = ()
    targets: tuple[Target, ...] = ()
    detector: Detector = field(default_factory=Detector)

    def __post_init__(self) -> None:
        for name in self.axes:
            if name in RESERVED:
                raise ValueError(f"axes.{name}: expected another name than {', '.join(RESERVED)}")
        for number, crossing in enumerate(self.cells):
            self._check_axes(f"cells.{number}", crossing)
            if not crossing or len(set(crossing)) < len(crossing):
                raise ValueError(f"cells.{number}={flow(crossing)}: expected axes, each once")
            if set(crossing) in [set(earlier) for earlier in self.cells[:number]]:
                raise ValueError(f"cells.{number}={flow(crossing)}: is there already")
        for number, crossing in enumerate(self.detector.cells):
            self._check_axes(f"detector.cells.{number}", crossing)
        wheres = [dict(target.where) for target in self.targets]
        for number, where in enumerate(wheres):
            self._check_axes(f"targets.{number}.where", where)
            if where in wheres[:number]:
                raise ValueError(
                    f"targets.{number}: asks for the same as targets.{wheres.index(where)}"
                )

    def _check_axes(self, place: str, names: Iterable[str]) -> None:
        for name in names:
            if name not in self.axes:
                close = nearest(name, self.axes) or f"; expected {choices(self.axes or ['none'])}"
                raise ValueError(f"{place}: no axis {brief(name)}{close}")


def between(low: float, high: float) -> str:
    """Return how a bin [low, high) is written: `40-60`, `200+`, `under 0`."""
    if high == float("inf"):
        return f"{low:g}+"
    if low == -float("inf"):
        return f"under {high:g}"
    return f"{low:g}-{high:g}" if low >= 0 else f"{low:g} to {high:g}"


def bounds(place: Place) -> tuple[float, float] | None:
    """Return the bounds of a place on an axis; None: it is told by names."""
    if isinstance(place, str) or len(place) != 2 or isinstance(place[0], str):
        return None
    return float(place[0]), float(place[1])


def _ascend(numbers: Sequence[float]) -> bool:
    return all(low < high for low, high in pairwise(numbers))
