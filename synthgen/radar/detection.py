"""Detections: cells above the threshold that none beside them tops, measured between cells."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.geometry import Array
from synthgen.radar.cells import Cells, Grid
from synthgen.radar.model import Scan

REFERENCE = (2, 3, 4, 5)
"""Cells further on and further back from which the level of clutter is taken."""


@dataclass(frozen=True, eq=False)
class Peaks:
    """Where a scan sees something.

    Attributes:
        distance: [m].
        rate: [m/s] within the unambiguous ones.
        across: y of the direction.
        up: z of the direction.
        snr: power over noise.
        echo: number of the echo that gives most, -1 for noise alone.
    """

    distance: Float[Array, "n"]
    rate: Float[Array, "n"]
    across: Float[Array, "n"]
    up: Float[Array, "n"]
    snr: Float[Array, "n"]
    echo: Int[Array, "n"]

    def select(self, which: Array) -> "Peaks":
        """Return the peaks that `which` (mask or indices) picks."""
        return Peaks(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


def peaks(scan: Scan, cells: Grid, found: Cells, rng: np.random.Generator) -> Peaks:
    """Return the peaks of `found`, and those of noise in all other cells.

    The threshold is -ln(false alarm) times noise and clutter around, so that noise passes it with
    the stated probability; a peak is larger than all its neighbours and no more than the side lobes
    below the strongest of its range and speed.

    Source: M. A. Richards, "Fundamentals of Radar Signal Processing", 2nd ed., 2014, sections
    6.3 (square law detector) and 6.5.5 (smaller of leading and lagging cells).
    """
    threshold = -np.log(scan.false_alarm)
    power = found.power
    high = np.flatnonzero(power > threshold)
    level = _clutter(cells, found, high)
    high = high[power[high] > threshold * level]
    high = high[_tops(cells, found.number, power, high)]
    high = high[_above_sidelobes(scan, cells, found.number, power, high)]
    measured = _between(cells, found.number, power, high)
    alone = np.abs(found.amplitude[high]) ** 2 < 0.25 * power[high]
    echo = np.where(alone, -1, found.strongest[high])
    seen = Peaks(*measured, echo)
    chance = _alarms(scan, cells, len(found.number), rng)
    return Peaks(
        *(
            np.concatenate([getattr(seen, name), getattr(chance, name)])
            for name in Peaks.__dataclass_fields__
        )
    )


def _places(cells: Grid, number: Int[Array, "n"]) -> Int[Array, "n 4"]:
    """Return the indices of cells along the four axes."""
    return np.stack(np.unravel_index(number, cells.count), axis=1)


def _find(
    cells: Grid, known: Int[Array, "n"], place: Int[Array, "k 4"]
) -> tuple[Int[Array, "k"], Bool[Array, "k"]]:
    """Return rows of the `known` cells at `place`s, and which there are."""
    place = place.copy()
    place[:, 1] %= cells.count[1]
    inside = np.all((place >= 0) & (place < np.array(cells.count)), axis=1)
    number = np.ravel_multi_index(tuple(np.where(inside[:, None], place, 0).T), cells.count)
    row = np.minimum(np.searchsorted(known, number), max(len(known) - 1, 0))
    there = inside & (known[row] == number) if len(known) else np.zeros(len(place), bool)
    return row, there


def _clutter(cells: Grid, found: Cells, rows: Int[Array, "n"]) -> Float[Array, "n"]:
    """Return noise and clutter about each cell: the smaller mean of those before and behind."""
    place, echo = _places(cells, found.number[rows]), np.abs(found.amplitude) ** 2
    sides = []
    for sign in (-1, 1):
        total = np.zeros(len(rows))
        for step in REFERENCE:
            row, there = _find(cells, found.number, place + np.array([sign * step, 0, 0, 0]))
            total += np.where(there, echo[row] if len(echo) else 0.0, 0.0)
        sides.append(total / len(REFERENCE))
    return 1.0 + np.minimum(*sides)


def _tops(
    cells: Grid, number: Int[Array, "n"], power: Float[Array, "n"], rows: Int[Array, "k"]
) -> Bool[Array, "k"]:
    """Return which cells are larger than all that touch them."""
    place, top = _places(cells, number[rows]), np.ones(len(rows), bool)
    ups = (-1, 0, 1) if cells.count[3] > 1 else (0,)
    steps = [(a, b, c, d) for a in (-1, 0, 1) for b in (-1, 0, 1) for c in (-1, 0, 1) for d in ups]
    for step in steps:
        if any(step):
            row, there = _find(cells, number, place + np.array(step))
            top &= ~there | (power[row] < power[rows])
    return top


def _above_sidelobes(
    scan: Scan, cells: Grid, number: Array, power: Float[Array, "n"], rows: Int[Array, "k"]
) -> Bool[Array, "k"]:
    """Return which peaks the side lobes of the strongest of the same range and speed leave."""
    if not len(rows):
        return np.zeros(0, bool)
    same = number // (cells.count[2] * cells.count[3])
    start = np.flatnonzero(np.diff(same, prepend=-1))
    most = np.maximum.reduceat(power, start)
    strongest = most[np.searchsorted(same[start], same[rows])]
    return power[rows] > strongest * 10 ** (-scan.sidelobe_db / 10)


def _between(
    cells: Grid, number: Array, power: Float[Array, "n"], rows: Int[Array, "k"]
) -> tuple[Array, Array, Array, Array, Array]:
    """Return the four values at the top of each peak and its power there.

    A Gaussian's logarithm is a parabola: three cells tell where its top is and how high.
    """
    place = _places(cells, number[rows])
    middle, top, values = np.log(power[rows]), np.log(power[rows]), []
    for axis in range(4):
        offset = np.zeros(len(rows))
        if cells.count[axis] > 1:
            step = np.eye(4, dtype=np.int64)[axis]
            before, after = (_log_power(cells, number, power, place + s * step) for s in (-1, 1))
            bend = np.minimum(before - 2 * middle + after, -1e-3)
            offset = np.clip(0.5 * (before - after) / bend, -0.5, 0.5)
            top = top - 0.25 * (before - after) * offset
        values.append(cells.start[axis] + (place[:, axis] + offset) * cells.step[axis])
    return values[0], values[1], values[2], values[3], np.exp(top)


def _log_power(cells: Grid, number: Array, power: Array, place: Array) -> Float[Array, "k"]:
    row, there = _find(cells, number, place)
    return np.where(there, np.log(np.maximum(power[row] if len(power) else 1.0, 1e-3)), 0.0)


def _alarms(scan: Scan, cells: Grid, reached: int, rng: np.random.Generator) -> Peaks:
    """Return peaks of noise in cells that no echo reaches: exponential above the threshold."""
    count = int(rng.poisson((cells.cells - reached) * scan.false_alarm))
    share = rng.random((4, count))
    values = [
        start + step * (number * one - 0.5)
        for start, step, number, one in zip(
            cells.start, cells.step, cells.count, share, strict=True
        )
    ]
    if cells.count[3] == 1:
        values[3] = np.zeros(count)
    snr = -np.log(scan.false_alarm) + rng.exponential(size=count)
    return Peaks(values[0], values[1], values[2], values[3], snr, np.full(count, -1))


def grouped(scan: Scan, top: Peaks, still: Float[Array, "n"]) -> Int[Array, "k"]:
    """Return the peaks that stand for their groups, strongest first.

    A peak joins a stronger one that is within `scan.grouping` resolutions in range and in azimuth
    and whose compensated speed `still` [m/s] is within `scan.grouping_speed`.
    """
    order = np.argsort(-top.snr, kind="stable")
    if scan.grouping <= 0:
        return order
    across = np.sin(np.radians(scan.azimuth_resolution_deg))
    up = np.sin(np.radians(scan.elevation_resolution_deg)) or 1.0
    place = np.stack([top.distance / scan.range_resolution, top.across / across, top.up / up], 1)
    place, speed = place[order] / scan.grouping, still[order]
    free, leaders = np.ones(len(order), bool), []
    for row in range(len(order)):
        if free[row]:
            leaders.append(order[row])
            near = np.all(np.abs(place - place[row]) <= 1, axis=1)
            free &= ~(near & (np.abs(speed - speed[row]) <= scan.grouping_speed))
    return np.array(leaders, np.int64)
