"""Charts: bars are as many as bins, as high as their counts, and sum to them."""

from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synthgen.coverage.receipt.charts import Series, bars

COUNTS = st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), min_size=1, max_size=14)


def drawn(svg, style):
    found = ElementTree.fromstring(svg).iter("rect")
    return [one for one in found if one.get("class") == f"bar {style}"]


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(COUNTS)
def test_bars_sum_to_the_counts_and_stand_in_their_proportion(counts):
    before, added = zip(*counts, strict=True)
    names = [f"b{i}" for i in range(len(counts))]
    svg = bars("x", names, [Series("before", before), Series("added", added)])
    for style, told in (("before", before), ("added", added)):
        assert [int(one.get("data-count")) for one in drawn(svg, style)] == list(told)
    most = max(b + a for b, a in counts)
    heights = [float(one.get("height")) for one in drawn(svg, "before")]
    full = sum(max(float(one.get("height")) for one in drawn(svg, s)) for s in ("before", "added"))
    assert full <= 2 * 118.01
    for height, count in zip(heights, before, strict=True):
        assert height == pytest.approx(118 * count / _top(most), abs=0.011)


def _top(most):
    scale = [1, 2, 4]
    while scale[-1] < most:
        scale += [10 * one for one in scale[-3:]]
    return next(one for one in scale if one >= most)


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(COUNTS)
def test_what_is_stacked_stands_on_what_is_below(counts):
    before, added = zip(*counts, strict=True)
    svg = bars("x", ["n"] * len(counts), [Series("before", before), Series("added", added)])
    for low, high in zip(drawn(svg, "before"), drawn(svg, "added"), strict=True):
        assert float(high.get("y")) + float(high.get("height")) == pytest.approx(
            float(low.get("y")), abs=0.011
        )
        assert float(low.get("y")) + float(low.get("height")) == pytest.approx(134, abs=0.011)


def test_names_of_bins_are_text_whatever_they_hold():
    svg = bars("a<b", ["</svg><script>"], [Series("before", [3])], "m")
    root = ElementTree.fromstring(svg)
    assert [one.tag for one in root.iter()].count("script") == 0
    assert root.get("aria-label") == "a<b: 3 in all"
