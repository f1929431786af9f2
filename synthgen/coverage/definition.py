"""Whether a definition of coverage makes sense, and its targets one by one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from synthgen.coverage.properties import PROPERTIES, UNITS, Property, factor
from synthgen.errors import UserError
from synthgen.spec.coverage import EACH, Axis, Coverage, Place, Target, between, bounds
from synthgen.spec.detector import Detector
from synthgen.spec.identity import plain
from synthgen.spec.wording import brief, choices, flow, nearest

MOST_CELLS = 200_000
"""Cells of one crossing: more say nothing to anyone, and are a slip."""


def checked(coverage: Coverage) -> Coverage:
    """Return `coverage` with a target for each cell that is asked for, or raise a `UserError`."""
    for name, axis in coverage.axes.items():
        _check_axis(f"coverage.axes.{name}", axis)
    for number, crossing in enumerate(coverage.cells):
        _check_size(f"coverage.cells.{number}", coverage, crossing)
    for number, target in enumerate(coverage.targets):
        for name, place in target.where.items():
            _check_place(f"coverage.targets.{number}.where.{name}", coverage.axes[name], place)
    single = tuple(one for target in coverage.targets for one in _one_by_one(coverage, target))
    return replace(coverage, targets=single)


def named(where: Mapping[str, Place], axes: Mapping[str, Axis]) -> str:
    """Return a readable name of a cell: `ambulance, distance 40-60 m, night`."""
    return ", ".join(_words(name, place, axes[name]) for name, place in where.items())


def bins_of(place: Place) -> tuple[str, ...]:
    """Return the names that tell a place on an axis."""
    return (place,) if isinstance(place, str) else tuple(str(name) for name in place)


def plain_coverage(coverage: Coverage) -> dict[str, object]:
    """Return `coverage` as JSON-able values; an endless bin ends at the text `inf`."""
    return {
        "axes": {name: _finite(plain(axis)) for name, axis in coverage.axes.items()},
        "cells": [list(crossing) for crossing in coverage.cells],
        "targets": [
            {"where": plain_where(one.where), "want": one.want, "share": one.share,
             "rarest": one.rarest}
            for one in coverage.targets
        ],
        "detector": plain(coverage.detector),
    }  # fmt: skip


def coverage_from(tree: Mapping) -> Coverage:
    """Return the definition that `plain_coverage` wrote; `ValueError` where it makes no sense."""
    axes = {name: Axis(**_axis(told)) for name, told in tree["axes"].items()}
    targets = tuple(Target(**{**one, "where": where_from(one["where"])}) for one in tree["targets"])
    return Coverage(
        axes=axes,
        cells=tuple(tuple(crossing) for crossing in tree["cells"]),
        targets=targets,
        detector=_detector(tree["detector"]),
    )


# Axes -------------------------------------------------------------------------------------------


def _check_axis(key: str, axis: Axis) -> None:
    if axis.column not in PROPERTIES:
        close = nearest(axis.column, PROPERTIES) or f"; expected {choices(PROPERTIES)}"
        raise UserError(f"{key}.column={brief(axis.column)}: no such property{close}")
    found = PROPERTIES[axis.column]
    if not found.unit:
        _check_names(key, axis, found)
        return
    if not axis.edges:
        raise UserError(f"{key}: {axis.column} is a number, expected edges [{found.unit}]")
    times = factor(axis.column, axis.unit)
    if times is None:
        fitting = [found.unit, *(unit for own, unit in UNITS if own == found.unit)]
        raise UserError(f"{key}.unit={brief(axis.unit)}: expected {choices(fitting)}")
    _check_within(f"{key}.edges", axis.edges, axis, found)
    if found.circle and axis.edges[-1] - axis.edges[0] > _turn(found, times) * (1 + 1e-9):
        raise UserError(f"{key}.edges={flow(axis.edges)}: more than a whole turn")


def _check_names(key: str, axis: Axis, found: Property) -> None:
    if axis.edges or axis.unit:
        raise UserError(f"{key}: {axis.column} is a name, expected values and no edges or unit")
    for value in axis.values:
        _check_known(f"{key}.values", value, found)


def _check_known(key: str, value: str, found: Property) -> None:
    if found.known and value not in found.known:
        close = nearest(value, found.known) or f"; expected {choices(found.known)}"
        raise UserError(f"{key}={brief(value)}: no such name{close}")


def _check_within(key: str, ends: Sequence[float], axis: Axis, found: Property) -> None:
    """Raise a `UserError` where bins hold nothing that there can be."""
    if found.circle:
        return
    times = factor(axis.column, axis.unit) or 1.0
    least, most = found.least * times, found.most * times
    if ends[0] < least or (ends[-1] > most and ends[-1] != float("inf")):
        unit = "" if found.unit == "1" and not axis.unit else f" [{axis.unit or found.unit}]"
        raise UserError(
            f"{key}={flow(ends)}: impossible, {axis.column} is {_range(least, most)}{unit}"
        )
    if ends[0] >= most:
        raise UserError(f"{key}={flow(ends)}: empty, {axis.column} is {_range(least, most)}")


def _range(least: float, most: float) -> str:
    if most == float("inf"):
        return f"at least {least:g}"
    return f"{least:g} to {most:g}"


def _turn(found: Property, times: float) -> float:
    return (found.most - found.least) * times


def _check_size(key: str, coverage: Coverage, crossing: tuple[str, ...]) -> None:
    count = 1
    for name in crossing:
        count *= max(len(coverage.axes[name].bins), 1)
    if count > MOST_CELLS:
        raise UserError(f"{key}={flow(crossing)}: {count:,} cells, expected at most {MOST_CELLS:,}")


# Targets ----------------------------------------------------------------------------------------


def _check_place(key: str, axis: Axis, place: Place) -> None:
    found = PROPERTIES[axis.column]
    ends = bounds(place)
    if ends:
        if not found.unit:
            raise UserError(f"{key}={flow(place)}: {axis.column} is a name, expected names")
        _check_within(key, ends, axis, found)
        return
    names = bins_of(place)
    if not names or len(set(names)) < len(names):
        raise UserError(f"{key}={flow(place)}: expected names, each once")
    for name in names:
        _check_bin(key, name, axis, found)


def _check_bin(key: str, name: str, axis: Axis, found: Property) -> None:
    """Raise a `UserError` where `name` is no bin; names that a property has need be none."""
    if name in axis.bins or name == EACH:
        if name == EACH and not axis.bins:
            raise UserError(f"{key}={EACH}: expected an axis with values or edges")
        return
    if found.unit:
        close = nearest(name, axis.bins) or f"; expected {choices(axis.bins)}, or [low, high]"
        raise UserError(f"{key}={brief(name)}: no such bin{close}")
    _check_known(key, name, found)
    if not found.known and axis.values:
        close = nearest(name, axis.values) or f"; expected {choices(axis.values)}"
        raise UserError(f"{key}={brief(name)}: no such name{close}")


def _one_by_one(coverage: Coverage, target: Target) -> Iterator[Target]:
    """Yield `target`, or one for every bin of the axes that say `EACH`."""
    places = [
        coverage.axes[name].bins if place == EACH else (place,)
        for name, place in target.where.items()
    ]
    for chosen in product(*places):
        yield replace(target, where=dict(zip(target.where, chosen, strict=True)))


def _words(name: str, place: Place, axis: Axis) -> str:
    unit = PROPERTIES[axis.column].unit and (axis.unit or PROPERTIES[axis.column].unit)
    unit = f" {unit}" if unit and unit != "1" else ""
    ends = bounds(place)
    if ends:
        return f"{name} {between(*ends)}{unit}"
    text = " or ".join(bins_of(place))
    if axis.edges and not axis.names:
        return f"{name} {text}{unit}"
    known = PROPERTIES[axis.column].known
    return text if known and axis.column not in ("power", "lamps") else f"{name} {text}"


# JSON -------------------------------------------------------------------------------------------


def _finite(value: object) -> object:
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_finite(one) for one in value]
    return str(value) if isinstance(value, float) and abs(value) == float("inf") else value


def _detector(told: Mapping) -> Detector:
    alike = {name: tuple(names) for name, names in told["neighbours"].items()}
    cells = tuple(tuple(crossing) for crossing in told["cells"])
    return Detector(**{**told, "neighbours": alike, "cells": cells})


def _axis(told: Mapping) -> dict:
    return {
        "column": told["column"],
        "unit": told["unit"],
        "values": tuple(told["values"]),
        "edges": tuple(float(edge) for edge in told["edges"]),
        "names": tuple(told["names"]),
    }


def plain_where(where: Mapping[str, Place]) -> dict[str, object]:
    """Return a cell as JSON-able values, its axes in their own order."""
    return {name: _finite(plain(place)) for name, place in where.items()}


def where_from(told: Mapping) -> dict[str, Place]:
    """Return the cell that `plain_where` wrote."""
    return {name: _place(place) for name, place in told.items()}


def _place(place: object) -> Place:
    """Return a place on an axis that came from JSON; two numbers are bounds, one may be endless."""
    if isinstance(place, str):
        return place
    ends = list(place) if isinstance(place, list) else []
    if any(isinstance(end, int | float) for end in ends):
        return float(ends[0]), float(ends[1])
    return tuple(str(end) for end in ends)
