"""Cells of range, speed and direction: echoes add up in them by amplitude, with noise."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Complex, Float, Int

from synthgen.geometry import Array
from synthgen.radar.echoes import Echoes
from synthgen.radar.model import Scan

PITCH = 0.8
"""Distance of cells in resolutions."""

SILENT = 0.05
"""Amplitude over noise below which what an echo gives to a cell is left out."""


@dataclass(frozen=True)
class Grid:
    """How the cells of a scan lie: range, speed, across, up; speed wraps around.

    Attributes:
        start: value at the middle of each axis' first cell.
        step: between cells.
        count: of cells.
    """

    start: tuple[float, float, float, float]
    step: tuple[float, float, float, float]
    count: tuple[int, int, int, int]

    @property
    def cells(self) -> int:
        """How many there are."""
        return int(np.prod(np.array(self.count, dtype=np.int64)))


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells that any echo reaches; all others hold noise alone.

    Attributes:
        number: of each cell, increasing.
        amplitude: of the echoes, in units where noise has power 1.
        noise: beside it.
        strongest: echo that gives most to the cell.
    """

    number: Int[Array, "n"]
    amplitude: Complex[Array, "n"]
    noise: Complex[Array, "n"]
    strongest: Int[Array, "n"]

    @property
    def power(self) -> Float[Array, "n"]:
        """Power of echoes and noise together."""
        return np.abs(self.amplitude + self.noise) ** 2


def grid(scan: Scan) -> Grid:
    """Return the cells of `scan`; across and up they are even in the sine of the angle."""
    across = np.sin(np.radians(scan.azimuth_resolution_deg))
    edge = np.sin(np.radians(scan.field_deg))
    axes = [
        (scan.nearest, scan.farthest, scan.range_resolution),
        (scan.slowest, scan.fastest, scan.speed_resolution),
        (-edge, edge, across),
    ]
    high = np.sin(np.radians(scan.elevation_beam_deg))
    if scan.elevation_resolution_deg > 0:
        axes.append((-high, high, np.sin(np.radians(scan.elevation_resolution_deg))))
    counts = [max(int(np.ceil((end - start) / (PITCH * fine))), 1) for start, end, fine in axes]
    steps = [PITCH * fine for *_, fine in axes]
    # Speed wraps around without a gap.
    steps[1] = (scan.fastest - scan.slowest) / counts[1]
    starts = [axis[0] for axis in axes]
    if len(axes) == 3:
        starts, steps, counts = [*starts, 0.0], [*steps, 1.0], [*counts, 1]
    return Grid(tuple(starts), tuple(steps), tuple(counts))  # type: ignore[arg-type]


def filled(scan: Scan, cells: Grid, found: Echoes, rng: np.random.Generator) -> Cells:
    """Return the cells that echoes `found` reach, with random phases, Swerling's powers, noise.

    An echo's power falls by 3 dB half a resolution off, as a Gaussian; it reaches the cells next
    to its own in every axis.

    Source: P. Swerling, "Probability of detection for fluctuating targets", RAND RM-1217, 1954.
    """
    power = found.power * rng.gamma(found.shape) / found.shape
    amplitude = np.sqrt(power) * np.exp(2j * np.pi * rng.random(len(found)))
    number, share, which = _reached(scan, cells, found)
    given = amplitude[which] * share
    heard = np.abs(given) > SILENT
    number, given, which = number[heard], given[heard], which[heard]
    order = np.argsort(number, kind="stable")
    number, given, which = number[order], given[order], which[order]
    first = np.flatnonzero(np.diff(number, prepend=-1))
    total = np.add.reduceat(given, first) if len(first) else given
    noise = rng.normal(0, np.sqrt(0.5), (2, len(first)))
    strongest = which[_largest(np.abs(given), first)]
    return Cells(number[first], total, noise[0] + 1j * noise[1], strongest)


def _largest(value: Float[Array, "n"], first: Int[Array, "k"]) -> Int[Array, "k"]:
    """Return rows of the largest `value` of each group of rows that begins at `first`."""
    if not len(first):
        return first
    most = np.repeat(np.maximum.reduceat(value, first), np.diff(first, append=len(value)))
    rows = np.flatnonzero(value == most)
    group = np.searchsorted(first, rows, side="right") - 1
    return rows[np.flatnonzero(np.diff(group, prepend=-1))]


def _reached(scan: Scan, cells: Grid, found: Echoes) -> tuple[Array, Array, Array]:
    """Return cell number, share of the amplitude and echo of every echo in every cell."""
    values = (found.distance, found.rate, found.across, found.up)
    fine = (
        scan.range_resolution, scan.speed_resolution,
        np.sin(np.radians(scan.azimuth_resolution_deg)),
        np.sin(np.radians(scan.elevation_resolution_deg)) or np.inf,
    )  # fmt: skip
    number, share = np.zeros((len(found), 1), np.int64), np.ones((len(found), 1))
    for axis, (value, width) in enumerate(zip(values, fine, strict=True)):
        if cells.count[axis] == 1 and not np.isfinite(width):
            continue
        place = (value - cells.start[axis]) / cells.step[axis]
        nearby = np.round(place)[:, None] + np.array([-1.0, 0.0, 1.0])
        off = (nearby - place[:, None]) * cells.step[axis] / width
        gain = np.exp(-2 * np.log(2) * off**2)
        index = nearby.astype(np.int64)
        if axis == 1:
            index %= cells.count[axis]
        gain[(index < 0) | (index >= cells.count[axis])] = 0.0
        size = (len(found), 3 * number.shape[1])
        number = (number[:, :, None] * cells.count[axis] + index[:, None, :]).reshape(size)
        share = (share[:, :, None] * gain[:, None, :]).reshape(size)
    which, column = np.nonzero(share > 1e-6)
    return number[which, column], share[which, column], which
