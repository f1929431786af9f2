"""Colours: more is darker, figures can be read on them, also by who sees no colours."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synthgen.coverage.receipt.palette import LOWS, STEPS, names, step


def luminance(color):
    """Relative luminance of sRGB, WCAG 2.1."""
    rgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_more_is_darker_by_a_step_that_shows_in_grey():
    levels = [luminance(ground) for ground, _ in STEPS]
    steps = [contrast(one, other) for (one, _), (other, _) in pairwise(STEPS)]
    assert levels == sorted(levels, reverse=True)
    assert min(steps) > 1.13


@pytest.mark.parametrize(("ground", "figure"), STEPS)
def test_figures_stand_out_as_accessibility_asks(ground, figure):
    assert contrast(ground, figure) >= 4.5


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.integers(0, 10**9))
def test_a_count_is_in_the_step_that_names_it(count):
    which = step(count)
    assert LOWS[which] <= count
    assert which == len(LOWS) - 1 or count < LOWS[which + 1]
    assert len(names()) == len(STEPS) == len(LOWS)


def test_steps_are_named_by_what_they_hold():
    assert names()[:4] == ("0", "1–2", "3–9", "10–29")
    assert names()[-1] == "10,000 and more"
