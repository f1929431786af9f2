"""Axes of a definition in words: the values of each, and what each value means exactly."""

from collections.abc import Iterable, Mapping

from synthgen.coverage.properties import PROPERTIES
from synthgen.spec.coverage import OTHER, UNKNOWN, Axis, Place, bounds

LAST = (OTHER, UNKNOWN)
"""Values that are drawn only where something is in them."""


def values(axis: Axis, found: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the values of an axis in their order.

    Args:
        axis: of the definition; one without bins has a value for every name found.
        found: values of cells that are not empty.
    """
    there = set(found)
    own = axis.bins or tuple(sorted(there - set(LAST)))
    return (*own, *(one for one in LAST if one in there))


def meaning(axis: Axis, value: str) -> str:
    """Return what a value of an axis means, exactly."""
    column, unit = axis.column, unit_of(axis)
    if value == UNKNOWN:
        return f"{column} is not told, or not finely enough"
    if value == OTHER:
        return f"{column} is in none of the other values"
    if not axis.edges:
        return f"{column} = {value}"
    return _between(column, unit, *axis.bounds(value))


def unit_of(axis: Axis) -> str:
    """Return the unit of an axis, empty for names and plain numbers."""
    unit = axis.unit or PROPERTIES[axis.column].unit
    return "" if unit == "1" else unit


def _between(column: str, unit: str, low: float, high: float) -> str:
    """Return the bounds [low, high) of a column; an end that is endless is left out."""
    after = f" {unit}" if unit else ""
    ends = [
        f"{low:g}{after} <= " if low > -float("inf") else "",
        f" < {high:g}{after}" if high < float("inf") else "",
    ]
    return f"{ends[0]}{column}{ends[1]}"


def title(name: str) -> str:
    """Return the name of an axis for people."""
    return name.replace("_", " ")


def value_title(axis: Axis, value: str, unit: bool = True) -> str:
    """Return a value of an axis for people: with its unit, an en dash between bounds."""
    told = value.replace("_", " ")
    if value in LAST or not axis.edges or axis.names:
        return told
    after = f" {unit_of(axis)}" if unit and unit_of(axis) else ""
    return told.replace("-", "–").replace(" to ", "–") + after


def conditions(where: Mapping[str, Place], axes: Mapping[str, Axis]) -> list[str]:
    """Return what a target asks of each axis, exactly."""
    return [_condition(axes[name], place) for name, place in where.items()]


def _condition(axis: Axis, place: Place) -> str:
    ends = bounds(place)
    if ends:
        return _between(axis.column, unit_of(axis), *ends)
    names = (place,) if isinstance(place, str) else tuple(str(one) for one in place)
    return " or ".join(_named(axis, name) for name in names)


def _named(axis: Axis, name: str) -> str:
    if axis.edges and name not in axis.bins:
        return f"{axis.column} = {name}"
    return meaning(axis, name)
