"""The integer programme against trying everything."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.coverage.planning.allocate import Choice, allocate, cost
from synthgen.coverage.planning.luck import reached


def _choice(hits, wanted, budget, **changed):
    hits = np.asarray(hits, float)
    count = len(hits)
    told = {
        "world": np.full(count, 10.0),
        "shard": np.full(count, 5.0),
        "start": 8.0,
        "frames": np.full(count, 1),
    }
    return Choice(hits=hits, wanted=np.asarray(wanted), budget=budget, **{**told, **changed})


def _every(choice):
    return map(np.array, itertools.product(*(range(int(m) + 1) for m in choice.most)))


def _fits(choice, worlds):
    return worlds @ choice.frames <= choice.budget


@st.composite
def choices(draw, budget):
    recipes, targets = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    share = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.8, 1.0])
    seconds = st.integers(1, 30).map(float)
    return Choice(
        hits=np.array(draw(st.lists(st.lists(share, min_size=targets, max_size=targets),
                                    min_size=recipes, max_size=recipes))),
        world=np.array(draw(st.lists(seconds, min_size=recipes, max_size=recipes))),
        shard=np.array(draw(st.lists(seconds, min_size=recipes, max_size=recipes))),
        start=draw(seconds),
        frames=np.array(draw(st.lists(st.integers(1, 4), min_size=recipes, max_size=recipes))),
        wanted=np.array(draw(st.lists(st.integers(1, 4), min_size=targets, max_size=targets))),
        budget=draw(budget),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(choices(st.integers(1, 12)))
def test_the_programme_finds_what_trying_everything_finds(choice):
    """By expected numbers alone: `sure` = 0 asks no margin for luck."""
    fitting = [w for w in _every(choice) if _fits(choice, w)]
    good = [w for w in fitting if np.all(w @ choice.hits >= choice.wanted - 1e-9)]
    found = allocate(choice, 0.0)
    assert _fits(choice, found.worlds)
    if good:
        assert not found.short.any()
        least = min(cost(choice, w) for w in good)
        assert cost(choice, found.worlds) == pytest.approx(least, rel=1e-3)
    else:
        assert found.short.any()
        most = max(_filled(choice, w) for w in fitting)
        assert _filled(choice, found.worlds) == pytest.approx(most, abs=1e-4)


def _filled(choice, worlds):
    return float(np.minimum(worlds @ choice.hits / choice.wanted, 1).sum())


def test_luck_is_covered_where_the_budget_allows():
    choice = _choice([[0.5]], [10], 1000)
    found = allocate(choice, 0.9)
    assert reached(choice.hits[:, 0], found.worlds, 10) >= 0.9
    fewer = found.worlds - 2
    assert reached(choice.hits[:, 0], fewer, 10) < 0.9


def test_a_budget_for_the_expected_number_alone_is_spent_on_it():
    found = allocate(_choice([[0.5]], [10], 20), 0.9)
    assert found.worlds.tolist() == [20]
    assert not found.short.any()


def test_targets_share_a_recipe_that_serves_both():
    choice = _choice([[1, 0], [0, 1], [1, 1]], [6, 6], 100)
    assert allocate(choice, 0.9).worlds.tolist() == [0, 0, 6]


def test_of_two_alike_the_first_is_taken_every_time():
    choice = _choice([[1.0], [1.0]], [6], 100)
    assert all(allocate(choice, 0.9).worlds.tolist() == [6, 0] for _ in range(3))


def test_cities_are_counted_by_shard():
    choice = _choice([[1.0]], [3], 100)
    assert cost(choice, np.array([3])) == 3 * 10 + 2 * 5 + 8


def test_every_two_worlds_need_another_city():
    """Four worlds: 4 x 10 + 2 x 10 with dear cities, 4 x 14 + 2 x 1 with cheap ones."""
    dear = {"world": np.array([10.0, 14.0]), "shard": np.array([10.0, 1.0]), "start": 0.0}
    choice = _choice([[1.0], [1.0]], [4], 100, **dear)
    assert allocate(choice, 0.0).worlds.tolist() == [0, 4]
