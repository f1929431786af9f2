"""Yields learnt from few worlds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from synthgen.coverage.planning.yields import Seen, estimate, gather, interval


def _seen(worlds, hits, meant):
    return Seen(np.array(worlds), np.array(hits), np.array(meant, bool))


def test_an_untried_recipe_takes_after_one_that_was_tried_for_the_same_target():
    seen = _seen([40, 0, 40], [[36, 0], [0, 0], [0, 4]], [[1, 0], [1, 0], [0, 1]])
    found = estimate(seen)
    assert found[1, 0] == pytest.approx(found[0, 0], abs=0.05)
    assert found[2, 1] < 0.2 < 0.8 < found[0, 0]


def test_many_worlds_outweigh_every_belief():
    found = estimate(_seen([4000, 10], [[1000], [10]], [[1], [1]]))
    assert found[0, 0] == pytest.approx(0.25, abs=0.005)


def test_what_a_recipe_is_not_meant_for_is_believed_only_where_seen():
    found = estimate(_seen([10, 10], [[8, 0], [5, 6]], [[1, 0], [0, 1]]))
    assert found[0, 1] == 0.0
    assert found[1, 0] == pytest.approx(5 / 12)


def test_no_hits_bound_the_yield_by_the_rule_of_three():
    low, high = interval(0, 100)
    assert low == 0.0
    assert high == pytest.approx(1 - 0.05 ** (1 / 100))
    assert high == pytest.approx(3 / 100, rel=0.02)


@given(st.integers(1, 60), st.data())
def test_bounds_are_those_at_which_what_was_seen_is_just_likely_enough(worlds, data):
    hits = data.draw(st.integers(1, worlds))
    low, high = interval(hits, worlds)
    tail = 0.025 if hits < worlds else 0.05
    assert binom.sf(hits - 1, worlds, low) == pytest.approx(tail)
    if hits < worlds:
        assert binom.cdf(hits, worlds, high) == pytest.approx(tail)


def test_finds_of_one_recipe_add_up_and_strangers_are_left_out():
    found = [("a", 3, {"t0": 2}), ("a", 5, {"t0": 1, "t1": 4}), ("stranger", 9, {"t0": 9})]
    seen = gather(["a", "b"], ["t0", "t1"], found, np.ones((2, 2), bool))
    assert seen.worlds.tolist() == [8, 0]
    assert seen.hits.tolist() == [[3, 4], [0, 0]]
