import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from synthgen.coverage.detections.intervals import clopper_pearson, over_worlds, wilson
from synthgen.rng import stream


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    # Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine
    # 17, 1998, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_wilson_agrees_with_a_published_table(hits, trials, low, high):
    ends = wilson(np.array([hits]), np.array([trials]))
    np.testing.assert_allclose([ends[0][0], ends[1][0]], [low, high], atol=5e-5)


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    # the same table, method 5
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0, 0.1684),
     (1, 29, 0.0009, 0.1776)],
)  # fmt: skip
def test_clopper_pearson_agrees_with_a_published_table(hits, trials, low, high):
    ends = clopper_pearson(np.array([hits]), np.array([trials]))
    np.testing.assert_allclose([ends[0][0], ends[1][0]], [low, high], atol=5e-5)


@given(st.integers(1, 300), st.data())
@settings(max_examples=50, deadline=None)
def test_clopper_pearson_ends_where_the_count_becomes_unlikely(trials, data):
    hits = data.draw(st.integers(1, trials))
    low, high = (end[0] for end in clopper_pearson(np.array([hits]), np.array([trials])))
    assert binom.sf(hits - 1, trials, low) == pytest.approx(0.025, abs=1e-6)
    if hits < trials:
        assert binom.cdf(hits, trials, high) == pytest.approx(0.025, abs=1e-6)


def test_nothing_tried_tells_nothing():
    for ends in (wilson, clopper_pearson):
        low, high = ends(np.array([0]), np.array([0]))
        assert (low[0], high[0]) == (0, 1)


def alike(worlds=20, frames=30):
    """Return hits and trials of frames whose world alone decides whether they are hits."""
    good = stream(5, "worlds").random(worlds) < 0.5
    return np.repeat(good, frames)[:, None].astype(int), np.ones((worlds * frames, 1), int)


def test_worlds_drawn_anew_spread_wider_than_their_frames_when_these_are_alike():
    hits, trials = alike()
    by_frame = over_worlds(hits, trials, stream(0, "bootstrap"))
    summed = [each.reshape(20, 30).sum(axis=1)[:, None] for each in (hits, trials)]
    by_world = over_worlds(*summed, stream(0, "bootstrap"))
    wide, narrow = (float(high[0] - low[0]) for low, high in (by_world, by_frame))
    assert wide / narrow == pytest.approx(np.sqrt(30), rel=0.1)


def test_independent_frames_give_the_binomial_spread():
    hits = (stream(7, "frames").random((2000, 1)) < 0.3).astype(int)
    low, high = over_worlds(hits, np.ones_like(hits), stream(0, "bootstrap"))
    share = hits.mean()
    expected = 2 * 1.96 * np.sqrt(share * (1 - share) / 2000)
    assert high[0] - low[0] == pytest.approx(expected, rel=0.07)


def test_one_world_has_no_spread_to_tell():
    low, high = over_worlds(np.array([[3, 2]]), np.array([[5, 4]]), stream(0, "bootstrap"))
    assert np.isnan([*low, *high]).all()


def test_the_same_stream_gives_the_same_ends():
    hits, trials = alike()
    first, second = (over_worlds(hits, trials, stream(1, "bootstrap")) for _ in range(2))
    np.testing.assert_array_equal(first, second)
