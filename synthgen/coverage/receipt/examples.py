"""Which objects are shown as examples, and their pictures: bounded in number and in bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from synthgen.coverage.receipt.findings import Box, CloseUp, Example, Picture
from synthgen.coverage.receipt.thumbnails import close_up, opened, thumbnail

Key = tuple[int | str, ...]

MOST_BYTES = 4_500_000
"""[B] of all JPEGs; in base64, a third more, they leave a page of 10 MB room for the rest."""


@dataclass(frozen=True)
class Candidate:
    """An object that is in a cell; a frame where the cell is one of frames.

    Attributes:
        frame: name.
        world: it is of.
        box: its number in `Frame.boxes`, or -1.
    """

    frame: str
    world: str
    box: int = -1


@dataclass(frozen=True)
class Frame:
    """A frame that may be shown.

    Attributes:
        image: file, relative to the data's folder.
        width: [px] of the image.
        height: [px] of the image.
        shard: number.
        boxes: of the objects that count.
    """

    image: str
    width: int
    height: int
    shard: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Album:
    """Pictures and what they are examples of, see `findings.Receipt`."""

    pictures: tuple[Picture, ...]
    crops: tuple[CloseUp, ...]
    examples: Mapping[Key, tuple[Example, ...]]


def album(
    data: Path,
    frames: Mapping[str, Frame],
    wanted: Sequence[tuple[Key, Sequence[Candidate], int]],
    most: int = MOST_BYTES,
) -> Album:
    """Return examples of each key, the earlier keys first, as long as there is room.

    Args:
        data: folder of the data.
        frames: by name.
        wanted: of each key its candidates and how many of them are wanted.
        most: [B] of all JPEGs.

    Raises:
        UserError: when an image cannot be opened.
    """
    pictures: dict[str, Picture] = {}
    crops: list[CloseUp] = []
    found: dict[Key, tuple[Example, ...]] = {}
    left = most
    for key, candidates, count in wanted:
        some = []
        for one in chosen(candidates, frames, pictures, count):
            new, crop = _pictures(data, one, frames[one.frame], one.frame in pictures)
            spent = sum(len(each.jpeg) for each in (new, crop) if each)
            if spent > left:
                continue
            left -= spent
            if new:
                pictures[one.frame] = new
            some.append(Example(list(pictures).index(one.frame), one.box, _kept(crops, crop)))
        if some:
            found[key] = tuple(some)
    return Album(tuple(pictures.values()), tuple(crops), found)


def _kept(crops: list[CloseUp], crop: CloseUp | None) -> int:
    """Return the number of `crop` among `crops`, which it joins; -1 for none."""
    if crop is None:
        return -1
    if crop not in crops:
        crops.append(crop)
    return crops.index(crop)


def chosen(
    candidates: Sequence[Candidate],
    frames: Mapping[str, Frame],
    there: Mapping[str, Picture],
    count: int,
) -> list[Candidate]:
    """Return `count` candidates of different worlds: what is shown already, then middling sizes.

    Of each world the largest box stands for it; of the worlds, those evenly spread over the sizes,
    so that the examples are neither the best nor the worst.
    """
    by_world: dict[str, Candidate] = {}
    for one in sorted(candidates, key=lambda one: _rank(one, frames, there)):
        by_world.setdefault(one.world, one)
    some = sorted(by_world.values(), key=lambda one: (-_size(one, frames), one.frame, one.box))
    shown = [one for one in some if one.frame in there][:count]
    rest = [one for one in some if one not in shown]
    need = min(count - len(shown), len(rest))
    return shown + [rest[(2 * i + 1) * len(rest) // (2 * need)] for i in range(need)]


def _rank(one: Candidate, frames: Mapping[str, Frame], there: Mapping[str, Picture]) -> tuple:
    return (one.frame not in there, -_size(one, frames), one.frame, one.box)


def _size(one: Candidate, frames: Mapping[str, Frame]) -> float:
    if one.box < 0:
        return 0.0
    box = frames[one.frame].boxes[one.box]
    return (box.right - box.left) * (box.bottom - box.top)


def _pictures(
    data: Path, one: Candidate, frame: Frame, known: bool
) -> tuple[Picture | None, CloseUp | None]:
    """Return the picture of a candidate, unless it is known, and the close view of its box."""
    image = opened(data, frame.image, one.frame)
    crop = close_up(image, frame.boxes[one.box]) if one.box >= 0 else None
    if known:
        return None, crop
    whole = (frame.width, frame.height)
    return Picture(one.frame, frame.shard, *whole, thumbnail(image), frame.boxes), crop
