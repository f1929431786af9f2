"""What a target asks for, in properties and their own units instead of axes and bins."""

from collections.abc import Mapping

from synthgen.coverage.planning.settings import Sought
from synthgen.coverage.properties import factor
from synthgen.spec.coverage import Axis, Place, bounds


def columns(where: Mapping[str, Place], axes: Mapping[str, Axis]) -> dict[str, Sought]:
    """Return what each property shall be so that an object or a frame lies in `where`.

    Several bins of numbers are taken together from the lowest bound to the highest: what a world
    is made for; what counts is decided by the bins.
    """
    return {axes[name].column: _sought(place, axes[name]) for name, place in where.items()}


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
