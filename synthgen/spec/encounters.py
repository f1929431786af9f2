"""What a run that asks for encounters must be like."""

from collections.abc import Mapping, Sequence

from synthgen.spec.shard import ClipPlan
from synthgen.spec.support import Support
from synthgen.spec.wording import flow

ENCOUNTER = "encounter"
BESIDE = frozenset({ENCOUNTER, "companion"})
"""What may be in one scene with encounters: nothing that needs its own frame of the same drive."""
BOUNDS = (("nearest", "farthest"), ("occlusion_least", "occlusion_most"))


def check_encounters(
    known: Mapping[str, Support], events: Sequence[str], clip: ClipPlan, sees: bool
) -> None:
    """Raise a `ValueError` unless each encounter can have a frame of its own and a range.

    Args:
        known: which values each key may have.
        events: kind of each event.
        clip: how clips are cut into frames.
        sees: whether there is a camera.
    """
    asked = [number for number, kind in enumerate(events) if kind == ENCOUNTER]
    if not asked:
        return
    for number, kind in enumerate(events):
        if kind not in BESIDE:
            raise ValueError(
                f"events.{number}={kind}: expected no such event beside an encounter, which is "
                "looked for in traffic that nothing else leads; make two data sets"
            )
    if clip.distance == 0 and clip.gap < 1:
        raise ValueError(f"clip.gap={flow(clip.gap)}: expected single frames, at least 1 s apart, "
                         "for an encounter; take clip=stills")  # fmt: skip
    if len(asked) > clip.frames:
        raise ValueError(f"clip.frames={clip.frames}: expected at least {len(asked)}, one frame "
                         f"for each of the {len(asked)} encounters")  # fmt: skip
    if not sees:
        raise ValueError("rig: expected a camera that meets who is to be encountered")
    for number in asked:
        _check_bounds(known, f"events.{number}")


def _check_bounds(known: Mapping[str, Support], place: str) -> None:
    """Raise a `ValueError` where a lower bound may be as large as the upper one."""
    for low, high in BOUNDS:
        most, least = known[f"{place}.{low}"].high, known[f"{place}.{high}"].low
        if most >= least:
            raise ValueError(f"{place}.{low}={flow(most)}: expected less than {high}, which may "
                             f"be {flow(least)}")  # fmt: skip
