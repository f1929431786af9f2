"""Chances of reaching a count."""

import itertools
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from synthgen.coverage.planning.luck import reached, surely


def test_one_recipe_is_binomial():
    assert reached(np.array([0.3]), np.array([20]), 5) == pytest.approx(binom.sf(4, 20, 0.3))


def test_nothing_asked_is_always_reached_and_nothing_made_never_reaches():
    assert reached(np.array([0.2]), np.array([0]), 0) == 1.0
    assert reached(np.array([0.2]), np.array([0]), 1) == 0.0
    assert surely(np.array([1.0]), np.array([7]), 7, 1.0)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3)), min_size=1, max_size=3),
    st.integers(0, 6),
)
def test_several_recipes_agree_with_counting_every_outcome(recipes, asked):
    chances = [chance for chance, count in recipes for _ in range(count)]
    outcomes = itertools.product((0, 1), repeat=len(chances))
    expected = sum(
        prod(c if hit else 1 - c for c, hit in zip(chances, outcome, strict=True))
        for outcome in outcomes
        if sum(outcome) >= asked
    )
    hits, worlds = np.array([r[0] for r in recipes]), np.array([r[1] for r in recipes])
    assert reached(hits, worlds, asked) == pytest.approx(expected, abs=1e-9)


def test_the_smallest_chance_is_none():
    assert reached(np.array([5e-324, 0.5]), np.array([3, 1]), 1) == pytest.approx(0.5)
