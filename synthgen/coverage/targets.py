"""What targets ask for, and what of it is there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from json import dumps, loads
from math import ceil
from typing import Any

import pyarrow as pa

from synthgen.coverage.binning import matches, may_match
from synthgen.coverage.cells import count
from synthgen.coverage.definition import bins_of, named, plain_where, where_from
from synthgen.coverage.tables import SEEN, Cut
from synthgen.errors import UserError
from synthgen.spec.coverage import OTHER, UNKNOWN, Axis, Place, Target, bounds
from synthgen.writers.columns import column

TOLD = ("id", "name", "asked", "there", "unsure", "objects")
"""Columns that a goal has as they are."""
AT_ONCE = 40
"""Targets that one pass through the objects counts."""

SCHEMA = pa.schema(
    [
        column("id", pa.string(), "t00, t01, ... in the order of the definition"),
        column("name", pa.string(), "in words"),
        column("where", pa.string(), "by axis: a bin, several, or bounds [low, high); JSON"),
        column("asked", pa.int64(), "worlds with such an object or frame"),
        column("there", pa.int64(), "of them in the data"),
        column("missing", pa.int64(), "of them, at least 0"),
        column("unsure", pa.int64(), "more worlds that may have one: what is told of an object "
               "(or frame) speaks not against it, but not all is told"),
        column("objects", pa.int64(), "such objects, or frames, in the data"),
    ]
)  # fmt: skip
"""Columns of `targets.parquet`."""


@dataclass(frozen=True)
class Goal:
    """A target and what of it is there.

    Attributes:
        id: t00, t01, ... in the order of the definition.
        name: in words.
        where: by axis.
        asked: worlds with such an object: distinct tracks, at most one per world.
        there: such worlds in the data.
        unsure: more worlds that may have one, as not all is told of their objects.
        objects: such objects, or frames where only frames are asked for, in the data.
    """

    id: str
    name: str
    where: Mapping[str, Place]
    asked: int
    there: int
    unsure: int
    objects: int

    @property
    def missing(self) -> int:
        """Worlds that are not there."""
        return max(0, self.asked - self.there)

    def row(self) -> dict[str, object]:
        """Return the row of `targets.parquet`."""
        where = dumps(plain_where(self.where), allow_nan=False, ensure_ascii=False)
        told = {key: getattr(self, key) for key in TOLD}
        return {**told, "where": where, "missing": self.missing}


def goal_from(row: Mapping[str, Any]) -> Goal:
    """Return the target of a row of `targets.parquet`."""
    told = {key: row[key] for key in TOLD}
    return Goal(where=where_from(loads(row["where"])), **told)


def goals(cut: Cut, targets: Sequence[Target]) -> list[Goal]:
    """Return each target with what is asked and what is there."""
    width = max(2, len(str(len(targets) - 1)))
    counts = [
        pair
        for first in range(0, len(targets), AT_ONCE)
        for pair in held(cut, [target.where for target in targets[first : first + AT_ONCE]])
    ]
    return [
        Goal(
            id=f"t{number:0{width}}",
            name=named(target.where, cut.axes),
            where=target.where,
            asked=asked(cut, number, target, there),
            there=there,
            unsure=possible - there,
            objects=objects,
        )
        for number, (target, (there, objects, possible)) in enumerate(
            zip(targets, counts, strict=True)
        )
    ]


def held(cut: Cut, wheres: Sequence[Mapping[str, Place]]) -> list[tuple[int, int, int]]:
    """Return of each cell: worlds in it, objects (or frames) in it, worlds that may be in it."""
    found: dict[int, tuple[int, int, int]] = {}
    for whole, table in ((True, SEEN), (False, "numbered f")):
        chosen = [at for at, where in enumerate(wheres) if cut.of_objects(list(where)) is whole]
        if not chosen:
            continue
        numbers = ", ".join(_counted(cut.axes, wheres[at]) for at in chosen)
        row = cut.query.rows(f"SELECT {numbers} FROM {table}")[0]
        found |= {at: row[3 * i : 3 * i + 3] for i, at in enumerate(chosen)}
    return [found[at] for at in range(len(wheres))]


def _counted(axes: Mapping[str, Axis], where: Mapping[str, Place]) -> str:
    sure, maybe = condition(axes, where), condition(axes, where, may_match)
    return (
        f"count(DISTINCT f.world_number) FILTER ({sure}), count(*) FILTER ({sure}), "
        f"count(DISTINCT f.world_number) FILTER ({maybe})"
    )


def condition(
    axes: Mapping[str, Axis],
    where: Mapping[str, Place],
    test: Callable[[Axis, Place], str] = matches,
) -> str:
    """Return SQL for whether an object `o` of a frame `f` is in the cell `where`."""
    return " AND ".join(test(axes[axis], place) for axis, place in where.items())


def asked(cut: Cut, number: int, target: Target, there: int) -> int:
    """Return how many worlds a target asks for.

    A share s of N worlds of which m are in the cell asks for m + ceil((s N - m) / (1 - s)): with
    so many more worlds, all in the cell, the share is reached. Where m >= s N it asks for
    ceil(s N). `rarest` asks for what the poorest cells have, see `rarest`.

    Raises:
        UserError: when there is nothing that `rarest` could compare with.
    """
    if target.want is not None:
        return target.want
    if target.share is not None:
        share = Fraction(str(target.share))
        worlds = cut.query.number(f"SELECT count(DISTINCT world_number) FROM {_all(cut, target)}")
        short = share * worlds - there
        return there + ceil(short / (1 - share)) if short > 0 else ceil(share * worlds)
    return rarest(cut, number, target)


def _all(cut: Cut, target: Target) -> str:
    return cut.source(list(target.where))


def rarest(cut: Cut, number: int, target: Target) -> int:
    """Return how many worlds the poorest siblings of a target have.

    Siblings are the cells of the crossing of the target's axes, between named bins, which hold
    something and share nothing with the target. Of n of them in ascending order it is the one at
    place ceil(q n), the smallest that a share q of them does not exceed.
    """
    crossing = list(target.where)
    rivals = [
        cell.worlds
        for cell in count(cut, crossing)
        if cell.worlds and not set(cell.bins) & {OTHER, UNKNOWN}
        and not all(_overlaps(cut.axes[axis], target.where[axis], one)
                    for axis, one in zip(crossing, cell.bins, strict=True))
    ]  # fmt: skip
    if not rivals:
        raise UserError(
            f"coverage.targets.{number}.rarest={target.rarest}: no other cell of "
            f"{' x '.join(crossing)} holds anything to compare with; expected want"
        )
    place = max(1, ceil(Fraction(str(target.rarest)) * len(rivals)))
    return sorted(rivals)[place - 1]


def _overlaps(axis: Axis, place: Place, one: str) -> bool:
    """Return whether the bin `one` of an axis shares anything with `place`."""
    ends = bounds(place)
    if ends is None:
        return one in bins_of(place)
    low, high = axis.bounds(one)
    return low < ends[1] and ends[0] < high


def by_cell(
    found: Sequence[Goal], crossing: Sequence[str], axes: Mapping[str, Axis]
) -> dict[tuple[str, ...], int]:
    """Return what is asked for in just one cell of a crossing, by its bins."""
    asked_there: dict[tuple[str, ...], int] = {}
    for goal in found:
        if set(goal.where) == set(crossing):
            bins = tuple(_only(axes[axis], goal.where[axis]) for axis in crossing)
            if all(bins):
                asked_there[bins] = max(goal.asked, asked_there.get(bins, 0))
    return asked_there


def _only(axis: Axis, place: Place) -> str:
    """Return the one bin that `place` is, or nothing where it is another part of the axis."""
    ends = bounds(place)
    if ends:
        return next((one for one in axis.bins if axis.bounds(one) == ends), "")
    names = bins_of(place)
    return names[0] if len(names) == 1 and names[0] in axis.bins else ""
