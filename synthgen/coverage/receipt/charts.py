"""Bar charts as SVG: one bar per bin, its count on it, before and added above each other."""

from collections.abc import Sequence
from dataclasses import dataclass

from synthgen.coverage.receipt.markup import number, short, tag, text

WIDTH, HEIGHT = 380, 168
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 4, 16, 34
"""[px] around the bars: the scale's figures on the left, names of the bins below."""
_GAP = 0.16
"""Of a bar's pitch left free."""
_SLANT = 7
"""Signs of a bin's name; longer ones are written aslant."""


@dataclass(frozen=True)
class Series:
    """Counts of every bin, and how they look: a class of the style sheet."""

    style: str
    counts: Sequence[int]


def bars(title: str, bins: Sequence[str], series: Sequence[Series], unit: str = "") -> str:
    """Return a chart of `series` stacked from below; its scale ends at the tallest stack."""
    heights = [sum(one.counts[i] for one in series) for i in range(len(bins))]
    top = _nice(max(heights, default=0))
    aslant = any(len(name) > _SLANT for name in bins)
    height = HEIGHT + (30 if aslant else 0)
    drawn = [_scale(top)]
    pitch = (WIDTH - _LEFT - _RIGHT) / max(len(bins), 1)
    for i, name in enumerate(bins):
        drawn.append(_stack(_LEFT + i * pitch, pitch, top, [(s.style, s.counts[i]) for s in series],
                            f"{name}{' ' + unit if unit else ''}"))  # fmt: skip
        drawn.append(_name(_LEFT + (i + 0.5) * pitch, name, aslant))
    label = f"{title}: {number(sum(heights))} in all"
    return tag(
        "svg",
        tag("title", text(label)) + "".join(drawn),
        class_="bars",
        viewBox=f"0 0 {WIDTH} {height}",
        role="img",
        aria_label=label,
    )


def _nice(most: int) -> int:
    """Return the least of 1, 2, 4, 10, 20, 40, 100, ... that is no less than `most`."""
    step = 1
    while True:
        for times in (1, 2, 4):
            if step * times >= most:
                return step * times
        step *= 10


def _scale(top: int) -> str:
    """Return lines at nothing, half and all of the scale."""
    drawn = []
    for value in (0, top / 2, top):
        y = _y(value, top)
        drawn.append(
            tag("line", class_="grid", x1=_LEFT, x2=WIDTH - _RIGHT, y1=f"{y:.1f}", y2=f"{y:.1f}")
        )
        if value == int(value):
            drawn.append(
                tag("text", short(int(value)), class_="tick", x=_LEFT - 5, y=f"{y + 4:.1f}",
                    text_anchor="end")
            )  # fmt: skip
    return "".join(drawn)


def _y(value: float, top: int) -> float:
    return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * value / top


def _stack(left: float, pitch: float, top: int, parts: Sequence[tuple[str, int]], name: str) -> str:
    """Return the bar of one bin: parts from below, the sum above."""
    drawn, total = [], 0
    x, wide = left + pitch * _GAP / 2, pitch * (1 - _GAP)
    for style, count in parts:
        low, high = _y(total, top), _y(total + count, top)
        total += count
        drawn.append(
            tag(
                "rect",
                tag("title", text(f"{name}: {number(count)} {style}")),
                class_=f"bar {style}",
                x=f"{x:.2f}",
                y=f"{high:.2f}",
                width=f"{wide:.2f}",
                height=f"{max(low - high, 0):.2f}",
                data_count=count,
            )
        )
    if total:
        drawn.append(
            tag("text", short(total), class_="value", x=f"{left + pitch / 2:.1f}",
                y=f"{_y(total, top) - 3:.1f}", text_anchor="middle")
        )  # fmt: skip
    return "".join(drawn)


def _name(x: float, name: str, aslant: bool) -> str:
    y = HEIGHT - _BOTTOM + 14
    if not aslant:
        return tag("text", text(name), class_="tick", x=f"{x:.1f}", y=y, text_anchor="middle")
    turn = f"rotate(-38 {x:.1f} {y})"
    return tag("text", text(name), class_="tick", x=f"{x:.1f}", y=y, text_anchor="end",
               transform=turn)  # fmt: skip
