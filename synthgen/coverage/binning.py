"""In which bin of an axis an object or a frame falls, as SQL.

What is told between bounds only (KITTI's "partly occluded" is 0.1 to 0.5 hidden) is in a bin when
both bounds are; else it is `unknown`, not guessed. A bin is [low, high); its upper end belongs to
it where no larger number is possible. What is known between low < high may touch the upper end of
a bin, as nothing tells that it is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from synthgen.coverage.definition import bins_of
from synthgen.coverage.properties import PROPERTIES, Property, factor
from synthgen.coverage.query import literal
from synthgen.spec.coverage import OTHER, UNKNOWN, Axis, Place, bounds

NAMELESS = ("", UNKNOWN)
"""Names that say nothing."""


@dataclass(frozen=True)
class Told:
    """SQL of what is known of a number: `low` to `high`, in an axis's unit."""

    low: str
    high: str

    @property
    def known(self) -> str:
        """Whether both bounds are numbers."""
        return (
            f"({self.low} IS NOT NULL AND {self.high} IS NOT NULL "
            f"AND NOT isnan({self.low}) AND NOT isnan({self.high}))"
        )


def labels(axis: Axis) -> tuple[str, ...]:
    """Return the names of all bins; a code is an index into them."""
    return (*axis.bins, OTHER, UNKNOWN)


def code(axis: Axis) -> str:
    """Return SQL for the code of an axis's bin."""
    found = PROPERTIES[axis.column]
    other, unknown = len(axis.bins), len(axis.bins) + 1
    if not found.unit:
        rows = [f"WHEN {literal(name)} THEN {at}" for at, name in enumerate(axis.bins)]
        within = f"CASE {named(found)} {' '.join(rows)} ELSE {other} END" if rows else str(other)
        return f"CASE WHEN {named(found)} IS NULL THEN {unknown} ELSE {within} END"
    told = number(axis, axis.edges[0])
    rows = [
        f"WHEN {inside(told, axis, *axis.bounds(name))} THEN {at}"
        for at, name in enumerate(axis.bins)
    ]
    rows.append(f"WHEN {_beside(told, axis)} THEN {other}")
    return f"CASE WHEN NOT {told.known} THEN {unknown} {' '.join(rows)} ELSE {unknown} END"


def straddles(axis: Axis) -> str:
    """Return SQL for whether an axis is known, but not finely enough to tell the bin."""
    found = PROPERTIES[axis.column]
    if not found.high:
        return "FALSE"
    return f"({number(axis, axis.edges[0]).known} AND {code(axis)} = {len(axis.bins) + 1})"


def matches(axis: Axis, place: Place) -> str:
    """Return SQL for whether an object or a frame is at `place` of an axis, for certain."""
    found = PROPERTIES[axis.column]
    if not found.unit:
        return f"coalesce({named(found)} IN ({_listed(place)}), FALSE)"
    told = [(number(axis, low), low, high) for low, high in _pairs(axis, place)]
    rows = [f"({one.known} AND {inside(one, axis, low, high)})" for one, low, high in told]
    return f"({' OR '.join(rows)})"


def may_match(axis: Axis, place: Place) -> str:
    """Return SQL for whether nothing that is told speaks against being at `place` of an axis."""
    found = PROPERTIES[axis.column]
    if not found.unit:
        return f"coalesce({named(found)} IN ({_listed(place)}), TRUE)"
    told = [(number(axis, low), low, high) for low, high in _pairs(axis, place)]
    rows = [
        f"(NOT {one.known} OR {inside(one, axis, low, high)} "
        f"OR ({one.low} < {literal(high)} AND {one.high} > {literal(low)}))"
        for one, low, high in told
    ]
    return f"({' OR '.join(rows)})"


def _listed(place: Place) -> str:
    return ", ".join(literal(name) for name in bins_of(place))


def _pairs(axis: Axis, place: Place) -> list[tuple[float, float]]:
    ends = bounds(place)
    return [ends] if ends else [axis.bounds(name) for name in bins_of(place)]


def named(found: Property) -> str:
    """Return SQL for a name; NULL where it says nothing."""
    return f"nullif(nullif({found.low}, {literal(NAMELESS[0])}), {literal(NAMELESS[1])})"


def number(axis: Axis, first: float) -> Told:
    """Return SQL for a number in the axis's unit; angles are turned to be `first` or next above."""
    found = PROPERTIES[axis.column]
    times = factor(axis.column, axis.unit)
    if times is None:
        raise ValueError(f"{axis.column} has no unit {axis.unit}")
    low, high = (_times(one, times) for one in (found.low, found.high or found.low))
    if not found.circle:
        return Told(low, high)
    turn = literal((found.most - found.least) * times)
    return Told(*(f"({one} - {turn} * floor(({one} - {literal(first)}) / {turn}))"
                  for one in (low, high)))  # fmt: skip


def _times(sql: str, times: float) -> str:
    return sql if times == 1.0 else f"({sql} * {literal(times)})"


def inside(told: Told, axis: Axis, low: float, high: float) -> str:
    """Return SQL for whether what is known lies within [low, high)."""
    found = PROPERTIES[axis.column]
    times = factor(axis.column, axis.unit) or 1.0
    turn = (found.most - found.least) * times
    last = high - low >= turn * (1 - 1e-9) if found.circle else high == found.most * times
    touching = "TRUE" if last else f"{told.low} < {told.high}"
    return (
        f"({told.low} >= {literal(low)} AND ({told.high} < {literal(high)} "
        f"OR ({told.high} <= {literal(high)} AND {touching})))"
    )


def _beside(told: Told, axis: Axis) -> str:
    """Return SQL for whether what is known lies before all bins or behind them."""
    first, last = literal(axis.edges[0]), literal(axis.edges[-1])
    return (
        f"({told.low} >= {last} OR {told.high} < {first} "
        f"OR ({told.high} <= {first} AND {told.low} < {told.high}))"
    )


def of_objects(axes: Sequence[Axis]) -> bool:
    """Return whether any of `axes` is a property of objects."""
    return any(PROPERTIES[axis.column].of_object for axis in axes)
