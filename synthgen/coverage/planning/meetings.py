"""From a target to the encounter that meets somebody for it, as an override writes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import degrees, floor, inf

from synthgen.coverage.planning.controls import SUBTYPES, settings
from synthgen.coverage.planning.settings import Settings
from synthgen.coverage.planning.wish import Wish

Range = tuple[float, float]

NAMES = {
    "distance": ("nearest", "farthest"),
    "occlusion": ("occlusion_least", "occlusion_most"),
    "truncation": ("truncation_least", "truncation_most"),
    "box_height": ("height_least", "height_most"),
    "aspect": ("aspect_least", "aspect_most"),
    "ego_speed": ("ego_speed_least", "ego_speed_most"),
}
"""Keys of an encounter's bounds, by column."""
ENDS = {
    "distance": (0.0, 200.0), "occlusion": (0.0, 1.0), "truncation": (0.0, 1.0),
    "box_height": (0.0, inf), "aspect": (-inf, inf), "ego_speed": (0.0, 100.0),
}  # fmt: skip
"""[m], shares, [px], [rad], [m/s] to which these go."""
ALWAYS = ("distance", "occlusion")
"""Columns of which both bounds are written, also one that asks for nothing."""


@dataclass(frozen=True)
class Counted:
    """What the label rules let count.

    Attributes:
        min_height: [px] least height of a box.
        min_fraction: least visible share of the silhouette.
    """

    min_height: float = 0.0
    min_fraction: float = 0.0


EVERY = Counted()


def encounter(wish: Wish, number: int, counted: Counted = EVERY) -> list[str]:
    """Return the encounter for `wish` as event `number`; none where nobody is placed for it.

    Of whom no distance is asked must be near and free enough to count by the rules of labels.
    """
    found = settings(wish.columns)
    if "encounter.who" not in found.names:
        return []
    told = _who(found, number)
    for column in NAMES:
        if isinstance(wish.columns.get(column), tuple):
            told += _bounds(wish, column, number)
    if "distance" not in wish.columns:
        told += _that_counts(wish, counted)
    lamps = found.names.get("encounter.responding", frozenset())
    told += [f"responding:{next(iter(lamps))}"] if len(lamps) == 1 else []
    return [f"{{encounter:{{{','.join(told)}}}}}"]


def _that_counts(wish: Wish, counted: Counted) -> list[str]:
    told = []
    if counted.min_height > 0 and "box_height" not in wish.columns:
        told.append(f"height_least:{counted.min_height:g}")
    if counted.min_fraction > 0 and "occlusion" not in wish.columns:
        told.append(f"occlusion_most:{1.0 - counted.min_fraction:g}")
    return told


def _who(found: Settings, number: int) -> list[str]:
    """Return who is met, and which subtype of each."""
    who = sorted(found.names["encounter.who"])
    told = [f"who:{_one_of(who)}"]
    names = found.names.get("encounter.subtype", frozenset())
    if not names:
        return told
    own = {kind: _one_of(sorted(names & SUBTYPES[kind]) or ["any"]) for kind in who}
    if len(who) == 1:
        return [*told, f"subtype:{own[who[0]]}"]
    cases = ",".join(f"{kind}:{names}" for kind, names in own.items())
    return [*told, f"subtype:{{given:events.{number}.who,cases:{{{cases}}}}}"]


def _bounds(wish: Wish, column: str, number: int) -> list[str]:
    """Return the bounds of a column; of several ranges one is drawn, each as likely."""
    low, high = NAMES[column]
    ranges = [_written(column, one) for one in _ranges(wish, column)]
    if len(ranges) > 1:
        least = _one_of([f"{one:g}" for one, _ in ranges])
        cases = ",".join(f"{one:g}:{other:g}" for one, other in ranges)
        return [f"{low}:{least}", f"{high}:{{given:events.{number}.{low},cases:{{{cases}}}}}"]
    (ends,) = ranges
    both = zip((low, high), ends, ENDS[column], strict=True)
    return [f"{key}:{end:g}" for key, end, nothing in both if column in ALWAYS or end != nothing]


def _ranges(wish: Wish, column: str) -> Sequence[Range]:
    return wish.parts.get(column) or [wish.bounds(column, *ENDS[column])]


def _written(column: str, ends: Range) -> Range:
    """Return a range in the unit and within the ends that the encounter's keys have."""
    if column == "aspect":
        low, high = degrees(ends[0]), degrees(ends[1])
        turns = 360.0 * floor((low + 180.0) / 360.0)
        return low - turns, min(high, low + 360.0) - turns
    low, high = ENDS[column]
    return max(ends[0], low), min(ends[1], high)


def _one_of(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return f"{{choice:{{{','.join(f'{name}:1' for name in names)}}}}}"
