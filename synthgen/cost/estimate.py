"""From what a pilot took to what the whole data set will."""

from dataclasses import asdict, dataclass
from typing import Any

from synthgen.cost.measured import CONFIDENCE, Measured, Spread
from synthgen.spec.shard import CLIPS_PER_SHARD, ClipPlan, Slice


@dataclass(frozen=True)
class Size:
    """How much is to be made.

    Attributes:
        frames: in all.
        worlds: in all.
        shards: in all.
    """

    frames: int
    worlds: int
    shards: int


@dataclass(frozen=True)
class Sum:
    """An expected total and its interval; the bounds are None where the pilot tells none."""

    expected: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Wall:
    """How long it takes on so many cores: making, and joining in one process after it [s]."""

    cores: int
    making: Sum
    joining: float


def size(n: int, clip: ClipPlan, part: Slice) -> Size:
    """Return how much a run of `n` frames makes that has this `part` of the shards."""
    span = CLIPS_PER_SHARD * clip.frames
    total = -(-n // span)
    mine = len(range(part.index, total, part.count))
    short = total * span - n if mine and (total - 1) % part.count == part.index else 0
    frames = mine * span - short
    return Size(frames, mine * CLIPS_PER_SHARD - short // clip.frames, mine)


def core(told: Measured, asked: Size, processes: int) -> Sum:
    """Return [core-s] of making everything with so many processes; no more start than shards."""
    half = told.core.half(asked.shards)
    return _around(_shards(told, asked) + told.start * min(processes, asked.shards), half)


def wall(told: Measured, asked: Size, cores: int) -> Wall:
    """Return how long `cores` cores take that have nothing else to do.

    A shard is not divided, so that in the last round cores may have nothing to do.
    """
    used = min(cores, asked.shards)
    share = -(-asked.shards // used) / asked.shards
    half = told.core.half(asked.shards)
    making = _shards(told, asked) * share + told.start
    scaled = None if half is None else half * share
    return Wall(cores, _around(making, scaled), told.joined.core * asked.shards)


def amount(told: Measured, each: Spread, asked: Size) -> Sum:
    """Return what all shards have of something that goes with their frames: bytes, files."""
    alike = asked.frames / told.frames
    return _around(each.mean * alike, each.half(max(1, round(alike))))


def _shards(told: Measured, asked: Size) -> float:
    """Return [core-s] of all shards, once processes run."""
    fixed = (told.city + told.rest) * asked.shards
    return fixed + told.world * asked.worlds + told.frame * asked.frames


def _around(expected: float, half: float | None) -> Sum:
    if half is None:
        return Sum(expected, None, None)
    return Sum(expected, max(0.0, expected - half), expected + half)


def plain(told: Measured, asked: Size, workers: int, cores: tuple[int, ...]) -> dict[str, Any]:
    """Return everything as JSON-able values, seconds and bytes."""
    return {
        "confidence": CONFIDENCE,
        "size": asdict(asked),
        "workers": workers,
        "core_seconds": asdict(core(told, asked, workers)),
        "wall_seconds": [asdict(wall(told, asked, one)) for one in cores],
        **{name: asdict(amount(told, getattr(told, name), asked))
           for name in ("bytes", "disk", "files")},
        "joined_bytes": told.joined.bytes * asked.frames,
        "joined_files": told.joined.names * asked.frames,
        "measured": asdict(told),
    }  # fmt: skip
