"""Glass of cars: windscreen, side panes between dark pillars, rear window."""

import numpy as np

from synthgen.assets.car_shells import CarFrame
from synthgen.assets.carving import beyond, both, end_view, painted, side_view
from synthgen.assets.finishes import glass, tinted, trim
from synthgen.assets.shells import FLANKS, Finish, Shell, Side

_BOW = 0.20
"""[m] how far behind the middle of the windscreen its side edges turn into the flank."""


def glazed(shell: Shell, frame: CarFrame, privacy: bool, brake: Finish) -> Shell:
    """Return the glasshouse `shell` with its windows; `privacy` darkens those at the back."""
    back = tinted() if privacy else glass()
    shell = screened(shell, frame, Side.FRONT, glass())
    shell = screened(shell, frame, Side.REAR, back)
    shell = _side_windows(shell, frame, back)
    roof = frame.height - frame.style.roof_arch
    strip = end_view(
        [(-0.1, roof - 0.085), (0.16, roof - 0.085), (0.16, roof - 0.06), (-0.1, roof - 0.06)]
    )
    return painted(shell, strip, brake, (Side.REAR, Side.TOP)) if not frame.style.bed else shell


def screened(shell: Shell, frame: CarFrame, side: Side, pane: Finish) -> Shell:
    """Cut windscreen or rear window: black border, then glass."""
    style, front = frame.style, side == Side.FRONT
    low = frame.z(style.cowl_z) - 0.03 if front else _rear_sill(frame)
    high = frame.height - (0.075 if front else 0.085 + style.roof_arch)
    high = min(high, frame.z(style.screen)) if front else high
    plan = 0.95 if front else 0.88
    rise = (high - low) / (frame.height - low)
    foot = frame.half * style.belt_width * plan
    head = foot + rise * (frame.half * style.roof_width * plan - foot)
    inset = 0.055 if front else 0.075
    for grow, finish in ((0.0, trim()), (0.035, pane)):
        outline = [
            (-0.1, low + grow), (foot - inset - grow, low + grow),
            (head - inset - grow, high - grow * 0.7), (-0.1, high - grow * 0.7),
        ]  # fmt: skip
        middle = beyond(0, frame.x((style.header + style.roof_end) / 2))
        toward = middle if front else -middle
        shell = painted(shell, both(end_view(outline), toward), finish, (side, Side.TOP))
    return shell


def _rear_sill(frame: CarFrame) -> float:
    style = frame.style
    hatch = style.rear_base > 0.93 and not style.bed
    return frame.z(style.belt_z + style.belt_rise) + (0.02 if hatch else 0.015)


def side_outline(frame: CarFrame, grow: float) -> list[tuple[float, float]]:
    """Return the corners (x, z) [m] of the side window, clockwise from the front foot, shrunk by
    `grow` [m].
    """
    style = frame.style
    rise = frame.z(style.belt_rise)
    low = frame.z(style.belt_z) + 0.025 + grow
    high = frame.height - 0.118 - grow
    tail_high = high - style.roof_arch * 0.62
    lean = (frame.x(style.cowl) - frame.x(style.header)) / (frame.height - low)
    front = frame.x(style.cowl) - _BOW - grow * 1.6
    shift = style.pillar + grow
    rear_low = frame.x(style.rear_base) + 0.10 + shift
    rear_high = frame.x(style.roof_end) + 0.14 + shift * 0.75
    head = front - lean * (high - low) * 0.97
    run = rear_high - head
    return [
        (front, low), (head, high - 0.012), (head + 0.25 * run, high),
        (head + 0.62 * run, high - style.roof_arch * 0.1), (rear_high, tail_high),
        (rear_low, low + rise * 0.95),
    ]  # fmt: skip


def _side_windows(shell: Shell, frame: CarFrame, back: Finish) -> Shell:
    shell = painted(shell, side_view(side_outline(frame, 0.0)), trim(), FLANKS)
    inner = side_view(side_outline(frame, 0.022))
    shell = painted(shell, inner, glass(), FLANKS)
    marks = pane_marks(frame)
    if back == glass() or len(marks) < 3:
        return shell
    return painted(shell, both(inner, -beyond(0, marks[1])), back, FLANKS)


def pillars(frame: CarFrame) -> list[list[tuple[float, float]]]:
    """Return the courses (x, z) [m] of the pillars between the side panes."""
    outline = np.array(side_outline(frame, 0.03))
    upper, lower = outline[[5, 4, 3, 2, 1, 0]], outline[[5, 0]]
    marks = np.array(pane_marks(frame)[1:-1])
    high = np.interp(marks, upper[:, 0], upper[:, 1])
    low = np.interp(marks, lower[:, 0], lower[:, 1])
    courses = zip(marks.tolist(), low.tolist(), high.tolist(), strict=True)
    return [[(x, foot), (x, head)] for x, foot, head in courses if head - foot > 0.1]


def pane_marks(frame: CarFrame) -> list[float]:
    """Return places [m] of the side window's ends and of the pillars between its panes."""
    if frame.style.panel:
        return [frame.x(frame.style.cowl) - _BOW + 0.2, *(frame.x(s) for s in frame.style.panes)]
    outline = np.array(side_outline(frame, 0.0))
    front, rear = outline[0, 0], min(outline[4, 0], outline[5, 0])
    return [
        front + 0.2, *(front + share * (rear - front) for share in frame.style.panes if share < 1),
        rear - 0.2,
    ]  # fmt: skip
