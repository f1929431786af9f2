import math
from statistics import NormalDist, fmean, pstdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.spec.distribution import Choice, Constant, LogUniform, Normal, Table, Uniform

SHARES = st.floats(0, 1, exclude_max=True)
GRID = [(number + 0.5) / 4_000 for number in range(4_000)]
"""Quantiles at even shares: their mean is the distribution's mean."""


def ordered(low, high):
    return st.tuples(st.floats(low, high), st.floats(low, high)).map(sorted)


@settings(deadline=None)
@given(ends=ordered(-1e6, 1e6), share=SHARES)
def test_uniform_stays_between_its_ends(ends, share):
    assert ends[0] <= Uniform(*ends).quantile(share, {}) <= ends[1]


@settings(deadline=None)
@given(ends=ordered(1e-6, 1e6), share=SHARES)
def test_log_uniform_stays_between_its_ends(ends, share):
    assert ends[0] <= LogUniform(*ends).quantile(share, {}) <= ends[1]


@settings(deadline=None)
@given(ends=ordered(-5, 5).filter(lambda pair: pair[1] - pair[0] > 1e-3), share=SHARES)
def test_normal_stays_between_its_bounds(ends, share):
    assert ends[0] <= Normal(0, 1.5, *ends).quantile(share, {}) <= ends[1]


@settings(max_examples=8, deadline=None)
@given(ends=ordered(1e-3, 1e3).filter(lambda pair: pair[1] > 1.001 * pair[0]))
def test_log_uniform_has_the_closed_form_mean(ends):
    low, high = ends
    found = fmean(LogUniform(low, high).quantile(share, {}) for share in GRID)
    assert found == pytest.approx((high - low) / math.log(high / low), rel=1e-3)


@settings(max_examples=8, deadline=None)
@given(ends=ordered(-100, 100))
def test_uniform_has_the_closed_form_moments(ends):
    values = [Uniform(*ends).quantile(share, {}) for share in GRID]
    assert fmean(values) == pytest.approx(sum(ends) / 2, abs=1e-6)
    assert pstdev(values) == pytest.approx((ends[1] - ends[0]) / math.sqrt(12), rel=1e-4, abs=1e-9)


@pytest.mark.parametrize(("low", "high"), [(-1.0, 1.0), (0.0, 3.0), (1.0, 1.5), (-2.0, 0.5)])
def test_bounded_normal_has_the_mean_of_a_truncated_normal(low, high):
    # Source: N. Johnson, S. Kotz and N. Balakrishnan, "Continuous Univariate Distributions",
    # volume 1, 1994, section 10.1: mean = (phi(a) - phi(b)) / (Phi(b) - Phi(a)).
    curve = NormalDist()
    mean = (curve.pdf(low) - curve.pdf(high)) / (curve.cdf(high) - curve.cdf(low))
    found = fmean(Normal(0, 1, low, high).quantile(share, {}) for share in GRID)
    assert found == pytest.approx(mean, abs=1e-3)


def test_bounds_do_not_pile_draws_up_at_the_ends():
    values = [Normal(0, 1, -0.5, 0.5).quantile(share, {}) for share in GRID]
    assert sum(value in (-0.5, 0.5) for value in values) == 0


def test_unbounded_normal_has_its_mean_and_deviation():
    values = [Normal(3, 2).quantile(share, {}) for share in GRID]
    assert fmean(values) == pytest.approx(3, abs=1e-6)
    assert pstdev(values) == pytest.approx(2, rel=3e-3)


@settings(max_examples=30, deadline=None)
@given(weights=st.lists(st.floats(0, 10), min_size=1, max_size=6).filter(lambda w: sum(w) > 0.1))
def test_choice_takes_each_value_by_its_weight(weights):
    names = tuple(f"name{number}" for number in range(len(weights)))
    drawn = [Choice(names, tuple(weights)).quantile(share, {}) for share in GRID[::4]]
    for name, weight in zip(names, weights, strict=True):
        assert drawn.count(name) / 1000 == pytest.approx(weight / sum(weights), abs=2.1e-3)


@settings(deadline=None)
@given(share=SHARES)
def test_choice_never_takes_what_weighs_nothing(share):
    assert Choice(("a", "b", "c"), (1.0, 2.0, 0.0)).quantile(share, {}) != "c"
    assert Choice(("a", "b", "c"), (0.0, 2.0, 1.0)).quantile(share, {}) != "a"


@settings(deadline=None)
@given(rows=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=9), share=SHARES)
def test_a_table_gives_only_values_that_it_holds(rows, share):
    assert Table("t.parquet", "c", "0", tuple(rows)).quantile(share, {}) in rows


def test_tables_of_one_file_take_the_same_row():
    first = Table("t.parquet", "a", "0", tuple(range(10)))
    second = Table("t.parquet", "b", "0", tuple(range(10, 20)))
    for share in GRID[::100]:
        assert second.quantile(share, {}) - first.quantile(share, {}) == 10
    assert first.source("weather.rain", {}) == second.source("weather.wind", {})


@settings(deadline=None)
@given(share=SHARES)
def test_a_constant_is_constant(share):
    assert Constant("downtown").quantile(share, {}) == "downtown"


@pytest.mark.parametrize(
    "make",
    [
        lambda: Uniform(2, 1),
        lambda: Uniform(0, math.inf),
        lambda: Uniform(math.nan, 1),
        lambda: LogUniform(0, 1),
        lambda: LogUniform(3, 1),
        lambda: Normal(0, 0),
        lambda: Normal(0, 1, 1, 1),
        lambda: Normal(0, 1, 50, 60),
        lambda: Choice((), ()),
        lambda: Choice(("a",), (0.0,)),
        lambda: Choice(("a", "b"), (1.0, -1.0)),
        lambda: Table("t", "c", "0", ()),
    ],
)
def test_senseless_parameters_are_refused(make):
    with pytest.raises(ValueError, match=r"\w"):
        make()
