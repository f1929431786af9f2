"""Pictures that are there more than once: the same file, the same pixels, or nearly the same.

Near means: perceptual hashes that differ in at most `NEAR` of 64 bits, and thumbnails that differ
by at most `ALIKE`, since the hash alone takes one view in fog and in clear air for the same. No
pair is missed and not all are compared: two hashes that differ in k bits agree in one of k + 1
bands of bits at least.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from jaxtyping import Float, UInt8

from synthgen.coverage.pictures.measures import Picture
from synthgen.geometry import Array

BITS = 64
NEAR = 4
"""Bits that hashes of near duplicates differ in at most."""
ALIKE = 8.0
"""[8 bits] root mean square of the difference of thumbnails of near duplicates, at most."""
THUMB = 8
"""[px] side of a thumbnail."""


@dataclass(frozen=True, eq=False)
class Print:
    """What pictures are compared by.

    Attributes:
        content: digest of the file.
        pixels: digest of the size and the RGB values.
        hash: 64 bits of low frequencies; None for a blank picture, which is near to nothing.
        thumb: RGB, row by row.
    """

    content: str
    pixels: str
    hash: int | None
    thumb: bytes


@dataclass(frozen=True)
class Group:
    """Positions of pictures that are alike, the first one first, and bits to that one."""

    kind: str
    members: tuple[int, ...]
    bits: tuple[int, ...]


def perceptual(picture: Picture) -> int:
    """Return 64 bits: which of the 8 x 8 lowest frequencies are above their median.

    Source: imagehash's `phash` after C. Zauner, "Implementation and benchmarking of perceptual
    image hash functions", thesis, Hagenberg 2010, section 3.2.1.
    """
    from imagehash import phash
    from PIL import Image

    bits = phash(Image.fromarray(picture)).hash.ravel()
    return int("".join("1" if bit else "0" for bit in bits), 2)


def thumbnail(picture: Picture) -> bytes:
    """Return RGB of the picture in 8 x 8 means."""
    return cv2.resize(picture, (THUMB, THUMB), interpolation=cv2.INTER_AREA).tobytes()


def groups(prints: Sequence[Print | None]) -> list[Group]:
    """Return the groups of pictures that are alike; None is a picture that there is not.

    A group is of one kind: `bytes`, `pixels` (of files that differ) or `near` (of pixels that
    differ). Of pictures with the same pixels only the first is compared with others.
    """
    known = {place: one for place, one in enumerate(prints) if one is not None}
    content = [(place, one.content) for place, one in known.items()]
    pixels = [(place, known[place].pixels) for place in _firsts(content)]
    distinct = [place for place in _firsts(pixels) if known[place].hash is not None]
    found = _same("bytes", content) + _same("pixels", pixels)
    found += _near(distinct, [known[place] for place in distinct])
    return sorted(found, key=lambda group: (group.members[0], group.kind))


def _firsts(keys: Sequence[tuple[int, str]]) -> list[int]:
    first: dict[str, int] = {}
    for place, key in keys:
        first.setdefault(key, place)
    return list(first.values())


def _same(kind: str, keys: Sequence[tuple[int, str]]) -> list[Group]:
    by_key = defaultdict(list)
    for place, key in keys:
        by_key[key].append(place)
    return [Group(kind, tuple(some), (0,) * len(some)) for some in by_key.values() if len(some) > 1]


def _near(places: Sequence[int], prints: Sequence[Print]) -> list[Group]:
    """Return connected groups of near pictures."""
    hashes = np.array([one.hash for one in prints], np.uint64)
    thumbs = np.frombuffer(b"".join(one.thumb for one in prints), np.uint8)
    thumbs = thumbs.reshape(len(prints), 3 * THUMB**2)
    parent = list(range(len(prints)))
    for first, second in near_pairs(hashes, thumbs):
        one, other = sorted((_root(parent, first), _root(parent, second)))
        parent[other] = one
    joined = defaultdict(list)
    for index in range(len(prints)):
        joined[_root(parent, index)].append(index)
    return [
        Group(
            "near",
            tuple(places[index] for index in some),
            tuple(int(hashes[some[0]] ^ hashes[index]).bit_count() for index in some),
        )
        for some in joined.values()
        if len(some) > 1
    ]


def near_pairs(hashes: Array, thumbs: UInt8[Array, "pictures bytes"]) -> Iterator[tuple[int, int]]:
    """Yield near pairs, as many as join all pictures that a chain of near pairs joins."""
    for band in _bands():
        keys = (hashes >> np.uint64(band.start)) & np.uint64((1 << len(band)) - 1)
        order = np.argsort(keys, kind="stable")
        ends = np.flatnonzero(np.diff(keys[order])) + 1
        for some in np.split(order, ends):
            yield from _within(some, hashes, thumbs)


def _within(some: Array, hashes: Array, thumbs: Array) -> Iterator[tuple[int, int]]:
    """Yield near pairs among pictures that share a band; who is joined is not sought again."""
    left, reached = some, list[int]()
    while len(left) or reached:
        if not reached:
            reached, left = [int(left[0])], left[1:]
        first = reached.pop()
        near = np.bitwise_count(hashes[left] ^ hashes[first]) <= NEAR
        near[near] = _apart(thumbs[left[near]], thumbs[first]) <= ALIKE
        for second in left[near]:
            reached.append(int(second))
            yield first, int(second)
        left = left[~near]


def _apart(thumbs: Array, thumb: Array) -> Float[Array, "pictures"]:
    change = thumbs.astype(np.float64) - thumb.astype(np.float64)
    return np.asarray(np.sqrt(np.mean(change**2, axis=1)))


def _bands() -> list[range]:
    edges = [BITS * band // (NEAR + 1) for band in range(NEAR + 2)]
    return [range(low, high) for low, high in pairwise(edges)]


def _root(parent: list[int], index: int) -> int:
    while parent[index] != index:
        parent[index] = parent[parent[index]]
        index = parent[index]
    return index
