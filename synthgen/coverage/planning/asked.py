"""What a target asks for, in properties and their own units instead of axes and bins."""

from collections.abc import Mapping

from synthgen.coverage.definition import bins_of
from synthgen.coverage.planning.settings import Sought
from synthgen.coverage.properties import PROPERTIES, factor
from synthgen.spec.coverage import Axis, Place, bounds


def columns(where: Mapping[str, Place], axes: Mapping[str, Axis]) -> dict[str, Sought]:
    """Return what each property shall be so that an object or a frame lies in `where`.

    Several bins of numbers are taken together from the lowest bound to the highest: what a world
    is made for; what counts is decided by the bins.
    """
    return {axes[name].column: _sought(place, axes[name]) for name, place in where.items()}


def parts(
    where: Mapping[str, Place], axes: Mapping[str, Axis]
) -> dict[str, tuple[tuple[float, float], ...]]:
    """Return the ranges of properties of which `where` names several bins, in their own units.

    Bins that touch are one range, on a circle also across the end of a turn: left and right are
    two, right and rear are one.
    """
    found = {axes[name].column: _ranges(place, axes[name]) for name, place in where.items()}
    return {column: ranges for column, ranges in found.items() if ranges}


def _ranges(place: Place, axis: Axis) -> tuple[tuple[float, float], ...]:
    if not axis.edges or bounds(place) or len(bins_of(place)) < 2:
        return ()
    joined: list[tuple[float, float]] = []
    for low, high in sorted(axis.bounds(name) for name in bins_of(place)):
        if joined and joined[-1][1] == low:
            joined[-1] = joined[-1][0], high
        else:
            joined.append((low, high))
    found = PROPERTIES[axis.column]
    turn = (found.most - found.least) * (factor(axis.column, axis.unit) or 1.0)
    if found.circle and len(joined) > 1 and abs(joined[-1][1] - joined[0][0] - turn) < 1e-9 * turn:
        joined[0] = joined[-1][0], joined[0][1] + turn
        del joined[-1]
    return tuple(_own(one, axis) for one in joined)


def _sought(place: Place, axis: Axis) -> Sought:
    ends = bounds(place)
    if ends:
        return _own(ends, axis)
    names = (place,) if isinstance(place, str) else tuple(str(one) for one in place)
    if not axis.edges:
        return frozenset(names)
    pairs = [axis.bounds(name) for name in names]
    return _own((min(low for low, _ in pairs), max(high for _, high in pairs)), axis)


def _own(ends: tuple[float, float], axis: Axis) -> tuple[float, float]:
    """Return bounds in the property's own unit."""
    times = factor(axis.column, axis.unit) or 1.0
    return ends[0] / times, ends[1] / times
