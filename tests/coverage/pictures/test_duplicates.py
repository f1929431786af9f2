from itertools import combinations

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.coverage.pictures.duplicates import (
    ALIKE,
    NEAR,
    Print,
    groups,
    near_pairs,
    perceptual,
    thumbnail,
)
from synthgen.rng import stream
from tests.coverage.pictures.test_measures import street

ONES = st.integers(0, 2**64 - 1)


def components(count, pairs):
    """Which pictures hang together, by a plain flood over all pairs."""
    parts = [{index} for index in range(count)]
    for one, other in pairs:
        first, second = (next(p for p in parts if index in p) for index in (one, other))
        if first is not second:
            parts.remove(second)
            first |= second
    return sorted(sorted(part) for part in parts)


@settings(max_examples=100, deadline=None)
@given(
    bases=st.lists(ONES, min_size=1, max_size=4),
    flips=st.lists(
        st.tuples(st.integers(0, 3), st.sets(st.integers(0, 63), max_size=7)),
        min_size=2,
        max_size=14,
    ),
)
def test_bands_join_the_same_pictures_as_comparing_all_pairs(bases, flips):
    values = []
    for base, bits in flips:
        value = bases[base % len(bases)]
        for bit in bits:
            value ^= 1 << bit
        values.append(value)
    hashes = np.array(values, np.uint64)
    thumbs = np.zeros((len(values), 192), np.uint8)
    every = [
        (a, b)
        for a, b in combinations(range(len(values)), 2)
        if (values[a] ^ values[b]).bit_count() <= NEAR
    ]
    found = list(near_pairs(hashes, thumbs))
    assert all((values[a] ^ values[b]).bit_count() <= NEAR for a, b in found)
    assert components(len(values), found) == components(len(values), every)


def test_a_thousand_equal_hashes_are_joined_by_few_pairs():
    hashes = np.zeros(1000, np.uint64)
    thumbs = np.zeros((1000, 192), np.uint8)
    assert len(list(near_pairs(hashes, thumbs))) == 5 * 999


def test_thumbnails_that_differ_keep_equal_hashes_apart():
    thumbs = np.zeros((2, 192), np.uint8)
    thumbs[1] = int(ALIKE) + 1
    assert not list(near_pairs(np.zeros(2, np.uint64), thumbs))


def printed(picture, content):
    return Print(content, str(hash(picture.tobytes())), perceptual(picture), thumbnail(picture))


def jpeg(picture, quality):
    return cv2.imdecode(cv2.imencode(".jpg", picture, [1, quality])[1], cv2.IMREAD_COLOR)


def test_each_kind_of_duplicate_is_found_and_what_is_distinct_is_not():
    first, other = street(1), street(2)
    found = groups([
        printed(first, "a"), printed(other, "b"), printed(first, "a"), None,
        printed(first, "c"), printed(jpeg(first, 80), "d"),
    ])  # fmt: skip
    said = [(group.kind, group.members) for group in found]
    assert said == [("bytes", (0, 2)), ("near", (0, 5)), ("pixels", (0, 4))]


def test_pictures_of_a_thousand_streets_are_all_distinct_and_none_of_their_copies_is_lost():
    streets = [street(seed, 60, 96) for seed in range(100)]
    copies = [jpeg(cv2.resize(one, (80, 50), interpolation=cv2.INTER_AREA), 85) for one in streets]
    prints = [printed(one, str(n)) for n, one in enumerate(streets + copies)]
    assert not groups(prints[:100])
    pairs = {group.members for group in groups(prints)}
    assert len(pairs & {(n, n + 100) for n in range(100)}) >= 95


def test_the_same_view_in_fog_is_no_duplicate():
    clear = street(4)
    fog = (clear * 0.6 + 220 * 0.4).astype(np.uint8)
    assert (perceptual(clear) ^ perceptual(fog)).bit_count() <= NEAR
    assert not groups([printed(clear, "a"), printed(fog, "b")])


def test_blank_pictures_are_near_to_nothing():
    rng = stream(0, "blank")
    prints = [Print(str(n), str(n), None, rng.bytes(192)) for n in range(5)]
    assert not groups(prints)
