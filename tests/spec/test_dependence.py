import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.spec.dependence import Given, Scaled, Stratified
from synthgen.spec.distribution import Choice, Constant, Uniform
from synthgen.spec.support import finite, interval

SHARES = st.floats(0, 1, exclude_max=True)


@settings(deadline=None)
@given(share=SHARES, rain=st.floats(0, 100))
def test_scaled_is_affine_in_what_it_follows_and_clipped(share, rain):
    wet = Scaled("weather.rain", 0.02, Uniform(0.1, 0.3), 0.0, 1.0)
    expected = min(0.02 * rain + 0.1 + 0.2 * share, 1.0)
    assert wet.quantile(share, {"weather.rain": rain}) == pytest.approx(expected)


@settings(deadline=None)
@given(share=SHARES, rain=st.floats(2, 20), by=st.floats(-3, 3))
def test_what_is_drawn_lies_in_the_support(share, rain, by):
    wet = Scaled("weather.rain", by, Uniform(-1, 1), -10.0, 10.0)
    support = wet.support({"weather.rain": interval(2, 20)})
    assert support.low - 1e-9 <= wet.quantile(share, {"weather.rain": rain}) <= support.high + 1e-9


def test_given_draws_the_case_that_holds():
    glow = Given("power", (("off", Constant(0.0)), ("on", Uniform(1, 2))))
    assert glow.quantile(0.5, {"power": "off"}) == 0
    assert glow.quantile(0.5, {"power": "on"}) == 1.5


def test_given_needs_a_case_for_every_value():
    glow = Given("power", (("on", Uniform(1, 2)),))
    assert glow.support({"power": finite(["on"])}).high == 2
    with pytest.raises(ValueError, match="off is missing"):
        glow.support({"power": finite(["on", "off"])})


def test_given_cannot_depend_on_a_continuous_draw():
    with pytest.raises(ValueError, match="finitely many"):
        Given("weather.rain", (("1", Constant(1.0)),)).support({"weather.rain": interval(0, 1)})


def test_only_cases_that_can_hold_count_for_the_support():
    glow = Given("power", (("off", Constant(-5.0)), ("on", Uniform(1, 2))))
    assert glow.support({"power": finite(["on"])}).low == 1


def test_names_cannot_be_scaled():
    with pytest.raises(ValueError, match="names cannot be scaled"):
        Scaled("power", 1.0, Constant(0.0)).support({"power": finite(["on"])})


def test_stratifying_changes_no_quantile():
    inner = Choice(("a", "b"), (1.0, 3.0))
    for share in (0.0, 0.2, 0.3, 0.99):
        assert Stratified(inner, 8).quantile(share, {}) == inner.quantile(share, {})


def test_strata_reach_through_dependence():
    inner = Stratified(Uniform(0, 1), 8)
    assert Given("power", (("on", inner),)).strata() == 8
    assert Scaled("weather.rain", 1.0, inner).strata() == 8
