"""What a world must be like: names that groups may have, ranges that numbers may have."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Sought = frozenset[str] | tuple[float, float]
"""What a column of an audit's tables shall be: one of these names, or in [low, high)."""


class Contradiction(Exception):  # noqa: N818 - a finding, not an error
    """Two demands that no world meets; the text says which."""


@dataclass(frozen=True)
class Settings:
    """Demands on a world.

    Attributes:
        names: what a group or key (light, weather, place, power, ...) may be.
        ranges: [low, high] in which a key (weather.rain, ...) may lie, in the key's unit.
    """

    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def both(self, other: "Settings") -> "Settings":
        """Return the demands of both.

        Raises:
            Contradiction: when nothing meets both.
        """
        names, ranges = dict(self.names), dict(self.ranges)
        for key, allowed in other.names.items():
            names[key] = names[key] & allowed if key in names else allowed
            if not names[key]:
                raise Contradiction(f"{key}: {_some(self.names[key])} and {_some(allowed)}")
        for key, (low, high) in other.ranges.items():
            have = ranges.get(key, (low, high))
            ranges[key] = max(low, have[0]), min(high, have[1])
            if ranges[key][0] > ranges[key][1]:
                raise Contradiction(
                    f"{key}: {have[0]:g} to {have[1]:g} and {low:g} to {high:g} do not meet"
                )
        return Settings(names, ranges)


def _some(names: frozenset[str]) -> str:
    return " or ".join(sorted(names))
