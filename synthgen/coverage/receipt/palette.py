"""Colours of the heat maps: one hue, darker for more, told apart without colour vision."""

from bisect import bisect_right
from itertools import pairwise

LOWS = (0, 1, 3, 10, 30, 100, 300, 1000, 10_000)
"""Least count of each step."""

STEPS = (
    ("#ffffff", "#57606a"),
    ("#e8f1fa", "#10233a"),
    ("#cfe1f2", "#10233a"),
    ("#afd0ea", "#10233a"),
    ("#86badf", "#10233a"),
    ("#5f9fd0", "#0b1a2c"),
    ("#2f73ad", "#ffffff"),
    ("#1a5490", "#ffffff"),
    ("#0b3466", "#ffffff"),
)
"""Ground and figures of each step."""


def step(count: int) -> int:
    """Return the step of a count."""
    return bisect_right(LOWS, count) - 1


def names() -> tuple[str, ...]:
    """Return what each step holds, for the legend."""
    ranges = [
        f"{low:,}" if high == low + 1 else f"{low:,}–{high - 1:,}" for low, high in pairwise(LOWS)
    ]
    return (*ranges, f"{LOWS[-1]:,} and more")


def style() -> str:
    """Return the steps as rules of a style sheet: classes h0, h1, ..."""
    return "\n".join(
        f".h{i} {{ background: {ground}; color: {figure}; }}"
        for i, (ground, figure) in enumerate(STEPS)
    )
