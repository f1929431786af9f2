"""Train and validation: worlds are kept apart, never frames of one world."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_EVERY = 5
"""One world in five validates, the second first; adding worlds later moves none of these."""


@dataclass(frozen=True)
class ClipFrames:
    """The frames of one clip and the worlds it belongs to.

    Attributes:
        shard: number of its shard.
        clip: index.
        city: name of its street network: map file, or kind and number of a generated city.
        frames: indices written.
    """

    shard: int
    clip: int
    city: str
    frames: tuple[int, ...]


@dataclass(frozen=True)
class Split:
    """Frames by purpose.

    Attributes:
        by: what was kept apart: city, shard, clip, or nothing when there is only one clip.
        train: frame indices.
        val: frame indices.
    """

    by: str
    train: tuple[int, ...]
    val: tuple[int, ...]


def clip_frames(manifest: Mapping) -> list[ClipFrames]:
    """Return the clips of a shard's `manifest` that have frames."""
    written, found = set(manifest["frames"]), []
    for clip in manifest["clips"]:
        first = clip["clip"] * clip["frames"]
        frames = sorted(written & set(range(first, first + clip["frames"])))
        city = city_name(clip["place"])
        found.append(ClipFrames(manifest["shard"], clip["clip"], city, tuple(frames)))
    return [clip for clip in found if clip.frames]


def city_name(place: Mapping) -> str:
    """Return the name of a street network."""
    return place["file"] or f"{place['kind']} {place['city']}"


def split(clips: Sequence[ClipFrames]) -> Split:
    """Return the split of `clips`: by city where there are two or more, else by shard or clip.

    Shards on one real map show other quarters of the same city, so there shards are the widest
    thing that can be kept apart.
    """
    ways = {
        "city": [clip.city for clip in clips],
        "shard": [str(clip.shard) for clip in clips],
        "clip": [str(clip.clip) for clip in clips],
    }
    for by, names in ways.items():
        worlds = {name: index for index, name in enumerate(dict.fromkeys(names))}
        if len(worlds) > 1:
            validates = [worlds[name] % _EVERY == 1 for name in names]
            return Split(by, _frames(clips, validates, False), _frames(clips, validates, True))
    return Split("nothing", _frames(clips, [False] * len(clips), False), ())


def _frames(
    clips: Sequence[ClipFrames], validates: Sequence[bool], wanted: bool
) -> tuple[int, ...]:
    chosen = [clip for clip, one in zip(clips, validates, strict=True) if one == wanted]
    return tuple(sorted(frame for clip in chosen for frame in clip.frames))
