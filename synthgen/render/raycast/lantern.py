"""Lamps for compiled code: how much each can give anywhere, and gives at a point."""

from typing import NamedTuple

import numba
import numpy as np

from synthgen.light.beams import marker, table_gain
from synthgen.light.sources import Sources
from synthgen.render.raycast.passage import CLEAR, Passage
from synthgen.world import Beam

_LAMBERT, _STREET = int(Beam.LAMBERT), int(Beam.STREET)
_LOW, _HIGH, _SIGNAL = int(Beam.LOW_BEAM), int(Beam.HIGH_BEAM), int(Beam.SIGNAL)
_MARKER = int(Beam.MARKER)
_CLUSTER = 12
WIDEST = 2.6
"""Greatest gain of any beam, that of STREET."""


class Lamps(NamedTuple):
    """`synthgen.light.sources.Sources` as plain arrays.

    Attributes:
        rows: what `reach` and `bound` ask of each lamp, one row each: position [m], axes
            forward, left, up, luminous intensity [cd], squared radius [m2], pattern number,
            number of the body that carries it.
        intensity: [cd] linear sRGB.
        position: [m].
        radius: [m].
        body: number of the body that carries it.
        tables: of headlamp patterns.
        floor: [lx] illuminance below which a lamp does not count.
        air: what fog does on the way to a surface.
    """

    rows: np.ndarray
    intensity: np.ndarray
    position: np.ndarray
    radius: np.ndarray
    body: np.ndarray
    tables: np.ndarray
    floor: float
    air: Passage


def lamps(sources: Sources, tables: np.ndarray, floor: float, air: Passage = CLEAR) -> Lamps:
    """Return `sources` as plain arrays; `tables` are those of `beams.beam_tables`."""
    white = sources.intensity @ np.array([0.2126, 0.7152, 0.0722])
    rows = np.concatenate(
        [
            sources.position,
            sources.axes.reshape(-1, 9),
            np.stack([white, sources.radius**2, sources.beam, sources.body], axis=1),
        ],
        axis=1,
    )
    return Lamps(
        rows, sources.intensity, sources.position, sources.radius, sources.body.astype(np.int64),
        tables, float(floor), air,
    )  # fmt: skip


def relevant(every: Lamps, position: np.ndarray, most: int) -> Lamps:
    """Return the up to `most` lamps that can give the most light to any of `position`s.

    Neighbouring rows of `position` should be neighbours in space.
    """
    return strongest(every, levels(every, position), most)


def levels(every: Lamps, position: np.ndarray) -> np.ndarray:
    """Return the most light that each lamp can give to any of `position`s, see `relevant`."""
    best = np.zeros(len(every.rows))
    best_bounds(best, every.rows, every.floor, position)
    return best


def strongest(every: Lamps, level: np.ndarray, most: int) -> Lamps:
    """Return the up to `most` lamps whose `level` is highest, above the floor, in their order."""
    order = np.argsort(-level, kind="stable")[:most]
    return chosen(every, np.sort(order[level[order] > every.floor]))


def chosen(every: Lamps, which: np.ndarray) -> Lamps:
    """Return the lamps with numbers `which`."""
    return every._replace(
        rows=every.rows[which], intensity=every.intensity[which], position=every.position[which],
        radius=every.radius[which], body=every.body[which],
    )  # fmt: skip


@numba.njit(cache=True)
def best_bounds(best, rows, floor, position):  # type: ignore[no-untyped-def]
    """Raise `best` to the most that each of the lamps `rows` can give to clusters of places."""
    for first in range(0, len(position), _CLUSTER):
        last = min(first + _CLUSTER, len(position))
        center, radius = sphere(position, first, last)
        # A cluster torn apart by an edge says nothing; its neighbours speak for it.
        if radius > 12.0:
            continue
        for n in range(len(rows)):
            best[n] = max(best[n], bound(rows, floor, n, center, radius))


@numba.njit(cache=True)
def sphere(position, first, last):  # type: ignore[no-untyped-def]
    """Return the middle of a box around rows `first` to `last` - 1, and its half diagonal."""
    lx, ly, lz = vector(position, first)
    hx, hy, hz = lx, ly, lz
    for n in range(first + 1, last):
        x, y, z = vector(position, n)
        lx, ly, lz = min(lx, x), min(ly, y), min(lz, z)
        hx, hy, hz = max(hx, x), max(hy, y), max(hz, z)
    radius = np.sqrt((hx - lx) ** 2 + (hy - ly) ** 2 + (hz - lz) ** 2) / 2
    return ((lx + hx) / 2, (ly + hy) / 2, (lz + hz) / 2), radius


@numba.njit(cache=True)
def vector(array, n):  # type: ignore[no-untyped-def]
    """Return row `n` of an array (n, 3) as numbers: cheap to hand on, unlike an array."""
    return np.float64(array[n, 0]), np.float64(array[n, 1]), np.float64(array[n, 2])


@numba.njit(cache=True)
def _widest(beam, cosine):  # type: ignore[no-untyped-def]
    """Return the greatest gain of a beam at angles from its axis with at most this `cosine`."""
    if beam == _LAMBERT:
        return max(cosine, 0.0)
    if beam == _STREET:
        return WIDEST if cosine > 0.17 else 0.0
    if beam == _MARKER:
        return marker(min(cosine, 1.0))
    if beam == _SIGNAL:
        if cosine > 0.94:
            return 1.25
        return 0.32 if cosine > 0.8 else (0.08 if cosine > 0.04 else 0.0)
    if beam in (_LOW, _HIGH):
        if cosine > 0.99:
            return 1.0
        if cosine > 0.94:
            return 0.3
        return 0.1 if cosine > 0.7 else (0.025 if cosine > 0.04 else 0.0)
    return 1.0


@numba.njit(cache=True)
def bound(rows, floor, n, center, radius):  # type: ignore[no-untyped-def]
    """Return the most illuminance [lx] lamp `n` can give inside a sphere, 0 below `floor`."""
    lamp = rows[n]
    x, y, z = center[0] - lamp[0], center[1] - lamp[1], center[2] - lamp[2]
    gap2 = x * x + y * y + z * z
    clear = radius + 0.5
    if gap2 <= clear * clear:
        return lamp[12] * 4.0 * WIDEST
    gap = np.sqrt(gap2)
    near = gap - radius
    level = lamp[12] / (near * near + lamp[13])
    if level * WIDEST < floor:
        return 0.0
    # cos(a - b) of the angle a off the axis, less the angle b that the sphere takes up.
    cosine, sine = (x * lamp[3] + y * lamp[4] + z * lamp[5]) / gap, radius / gap
    spread = np.sqrt(max(1.0 - sine * sine, 0.0))
    if cosine < spread:
        cosine = cosine * spread + np.sqrt(max(1.0 - cosine * cosine, 0.0)) * sine
    else:
        cosine = 1.0
    return level * _widest(int(lamp[14]), cosine)


@numba.njit(cache=True)
def reach(rows, tables, n, point):  # type: ignore[no-untyped-def]
    """Return gain / d^2 [lx/cd] of lamp `n` at `point`, and the unit vector towards the lamp."""
    lamp = rows[n]
    x, y, z = lamp[0] - point[0], lamp[1] - point[1], lamp[2] - point[2]
    gap2 = x * x + y * y + z * z
    scale = 1.0 / max(np.sqrt(gap2), 1e-3)
    x, y, z = x * scale, y * scale, z * scale
    beam = int(lamp[14])
    forward = -(x * lamp[3] + y * lamp[4] + z * lamp[5])
    if forward <= 0.0 and beam != 0:
        return 0.0, (x, y, z)
    left = -(x * lamp[6] + y * lamp[7] + z * lamp[8])
    up = -(x * lamp[9] + y * lamp[10] + z * lamp[11])
    return table_gain(tables, beam, forward, left, up) / max(gap2 + lamp[13], 1e-6), (x, y, z)
