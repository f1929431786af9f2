"""Counting: which shards a run has, and which frames and clips belong to each."""

from dataclasses import dataclass

from synthgen.spec.wording import choices, nearest

CLIPS_PER_SHARD = 2
"""A shard's clips share one city; see design, section 2."""


CLIPS = ("stills", "drive")
"""Single views far apart, or a film."""


@dataclass(frozen=True)
class ClipPlan:
    """How a clip is cut into frames.

    Attributes:
        name: stills or drive.
        frames: frames in a clip.
        gap: [s] least time between frames.
        distance: [m] least way of the ego car between frames.
    """

    name: str
    frames: int
    gap: float
    distance: float

    def __post_init__(self) -> None:
        if self.name not in CLIPS:
            raise ValueError(
                f"clip={self.name}: expected {choices(CLIPS)}{nearest(self.name, CLIPS)}"
            )
        if self.frames < 1:
            raise ValueError(f"clip.frames={self.frames}: expected a whole number of at least 1")
        if not 0 < self.gap <= 600:
            raise ValueError(f"clip.gap={self.gap:g}: expected a number above 0 and at most 600 s")
        if not 0 <= self.distance <= 1000:
            raise ValueError(f"clip.distance={self.distance:g}: expected a number from 0 to 1000 m")


@dataclass(frozen=True)
class Slice:
    """The share of a run that `shard=index/count` makes: shards s with s mod count = index."""

    index: int = 0
    count: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.index < self.count:
            raise ValueError(f"shard={self.index}/{self.count}: expected i/k with 0 <= i < k")


@dataclass(frozen=True)
class Shard:
    """One unit of work.

    Attributes:
        index: of the shard in the data set.
        frames: the data set's frame numbers that it holds.
        frames_per_clip: of a whole clip.
    """

    index: int
    frames: range
    frames_per_clip: int

    @property
    def clips(self) -> range:
        """The clips that it holds; the last may be written only in part."""
        return range(
            self.frames.start // self.frames_per_clip,
            (self.frames.stop - 1) // self.frames_per_clip + 1,
        )

    def written(self, clip: int) -> range:
        """Return the frame numbers of `clip` that are written."""
        start = clip * self.frames_per_clip
        return range(start, min(start + self.frames_per_clip, self.frames.stop))

    @property
    def name(self) -> str:
        """The folder's name."""
        return f"{self.index:06d}"


def shards(n: int, frames_per_clip: int, part: Slice) -> tuple[Shard, ...]:
    """Return the shards of `part` in a data set of `n` frames; the last one may be short."""
    size = CLIPS_PER_SHARD * frames_per_clip
    mine = range(part.index, -(-n // size), part.count)
    return tuple(
        Shard(index, range(index * size, min((index + 1) * size, n)), frames_per_clip)
        for index in mine
    )
