"""What a run that asks for encounters must be like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from synthgen.assets.fleet import MODELS
from synthgen.events import ANY
from synthgen.rig import Rig
from synthgen.spec.distribution import Distribution
from synthgen.spec.shard import ClipPlan
from synthgen.spec.support import Support, Value, finite
from synthgen.spec.wording import choices, flow, nearest

ENCOUNTER = "encounter"
BESIDE = frozenset({ENCOUNTER, "companion"})
"""What may be in one scene with encounters: nothing that needs its own frame of the same drive."""
BOUNDS = {
    "nearest": ("farthest", 0.0, 200.0),
    "occlusion_least": ("occlusion_most", 0.0, 1.0),
    "truncation_least": ("truncation_most", 0.0, 1.0),
    "height_least": ("height_most", 0.0, inf),
    "aspect_least": ("aspect_most", 0.0, 360.0),
    "ego_speed_least": ("ego_speed_most", 0.0, inf),
}
"""Upper bound by lower one, and what both are where they are not given."""
TURN = 360.0
"""[deg]"""


@dataclass(frozen=True)
class Asked:
    """What a run says of its events.

    Attributes:
        draws: distribution by key.
        known: which values each key may have.
        events: kind of each event.
    """

    draws: Mapping[str, Distribution]
    known: Mapping[str, Support]
    events: Sequence[str]

    def reach(self, key: str, default: Value) -> Support:
        """Return which values `key` may have; `default` alone where it is not drawn."""
        return self.known.get(key, finite([default]))

    def given(self, key: str, default: Value, other: str, value: Value) -> Support:
        """Return which values `key` may have when the key `other` has this value."""
        if key not in self.draws:
            return finite([default])
        return self.draws[key].support({**self.known, other: finite([value])})


def check_encounters(asked: Asked, clip: ClipPlan, rig: Rig) -> None:
    """Raise a `ValueError` unless each encounter can have a frame of its own and a range.

    Args:
        asked: what the run says of its events.
        clip: how clips are cut into frames.
        rig: whose first camera meets.
    """
    numbers = [number for number, kind in enumerate(asked.events) if kind == ENCOUNTER]
    if not numbers:
        return
    for number, kind in enumerate(asked.events):
        if kind not in BESIDE:
            raise ValueError(
                f"events.{number}={kind}: expected no such event beside an encounter, which is "
                "looked for in traffic that nothing else leads; make two data sets"
            )
    if clip.distance == 0 and clip.gap < 1:
        raise ValueError(f"clip.gap={flow(clip.gap)}: expected single frames, at least 1 s apart, "
                         "for an encounter; take clip=stills")  # fmt: skip
    if len(numbers) > clip.frames:
        raise ValueError(f"clip.frames={clip.frames}: expected at least {len(numbers)}, one frame "
                         f"for each of the {len(numbers)} encounters")  # fmt: skip
    if not rig.cameras:
        raise ValueError("rig: expected a camera that meets who is to be encountered")
    rows = next(iter(rig.cameras.values())).model.height
    for number in numbers:
        _check_bounds(asked, f"events.{number}")
        _check_turn(asked, f"events.{number}")
        _check_height(asked, f"events.{number}", rows)
        _check_subtype(asked, f"events.{number}")


def _pairs(asked: Asked, place: str, low: str) -> list[tuple[Support, Support]]:
    """Return what a lower and its upper bound may be, for each value of the lower one where these
    are few: the upper one may depend on it.
    """
    high, least, most = BOUNDS[low]
    lower = asked.reach(f"{place}.{low}", least)
    if lower.points is None:
        return [(lower, asked.reach(f"{place}.{high}", most))]
    return [(finite([point]), asked.given(f"{place}.{high}", most, f"{place}.{low}", point))
            for point in sorted(lower.points, key=str)]  # fmt: skip


def _check_bounds(asked: Asked, place: str) -> None:
    """Raise a `ValueError` where a lower bound may be as large as the upper one."""
    for low, (high, _, _) in BOUNDS.items():
        for lower, upper in _pairs(asked, place, low):
            if lower.high >= upper.low:
                raise ValueError(
                    f"{place}.{low}={flow(lower.high)}: expected less than {high}, which may be "
                    f"{flow(upper.low)}"
                )


def _check_turn(asked: Asked, place: str) -> None:
    """Raise a `ValueError` where sides may be asked for that are more than all."""
    for lower, upper in _pairs(asked, place, "aspect_least"):
        if upper.high - lower.low > TURN:
            raise ValueError(
                f"{place}.aspect_most={flow(upper.high)}: expected at most a whole turn, "
                f"{flow(TURN)} deg, above aspect_least, which may be {flow(lower.low)}"
            )


def _check_height(asked: Asked, place: str, rows: int) -> None:
    """Raise a `ValueError` where a box may be asked for that is higher than the image."""
    most = asked.reach(f"{place}.height_least", 0.0).high
    if most > rows:
        raise ValueError(f"{place}.height_least={flow(most)}: expected at most {rows} px, the "
                         "height of the first camera's image")  # fmt: skip


def _check_subtype(asked: Asked, place: str) -> None:
    """Raise a `ValueError` where a subtype may be asked of a class that does not have it."""
    if f"{place}.subtype" not in asked.known:
        return
    for who in sorted(asked.reach(f"{place}.who", "").names):
        found = asked.given(f"{place}.subtype", ANY, f"{place}.who", who).names
        for name in sorted(found - {ANY} - set(MODELS[who])):
            own = list(MODELS[who])
            raise ValueError(f"{place}.subtype={name}: expected {choices((ANY, *own))} for "
                             f"who={who}{nearest(name, own)}")  # fmt: skip
