"""Angular patterns of lamps: intensity in a direction over the intensity the lamp is rated at."""

import numba
import numpy as np

from synthgen.light.noise import smooth
from synthgen.world import Beam

_LAMBERT = int(Beam.LAMBERT)
_STREET = int(Beam.STREET)
_LOW = int(Beam.LOW_BEAM)
_HIGH = int(Beam.HIGH_BEAM)
_SIGNAL = int(Beam.SIGNAL)
_MARKER = int(Beam.MARKER)
_DEGREES = 180.0 / np.pi
_WARP = 0.05
TABLE_SIZE = (160, 192)


@numba.njit(cache=True)
def low_beam(right: float, up: float) -> float:
    """Return the gain of a passing beam for right-hand traffic, `right` and `up` in degrees.

    Cut-off at -0.57 degrees on the left that rises by 15 degrees to the right, peak 1.0 near
    (1.5 right, 0.9 down).
    Source: UN Regulation 112, annex 3 (class B): test points scaled to a peak of 20 kcd.
    """
    line = -0.57 + 0.268 * min(max(right, 0.0), 7.0)
    below = line - up
    edge = smooth(-0.35, 0.32, below)
    wide = np.exp(
        -0.5 * ((right - 1.5) / (5.6 if right > 1.5 else 4.5)) ** 2
    ) * 0.84 + 0.16 * np.exp(-((right / 22.0) ** 2))
    deep = 0.8 * np.exp(-max(-0.9 - up, 0.0) / 1.9) + 0.2 * np.exp(-max(-0.9 - up, 0.0) / 7.0)
    stray = 0.011 * np.exp(-abs(right) / 30.0) * np.exp(-max(up, 0.0) / 14.0)
    return edge * wide * deep + stray * (1.0 - edge)


@numba.njit(cache=True)
def high_beam(right: float, up: float) -> float:
    """Return the gain of a driving beam, angles in degrees; peak 1 on the axis.

    Source: UN Regulation 112, paragraph 6.3: the ratios of Imax, HV and the points at 2.6 and
    5.2 degrees left and right.
    """
    core = np.exp(-0.5 * ((right / 3.2) ** 2 + (up / 1.9) ** 2))
    wide = np.exp(-0.5 * ((right / 9.0) ** 2 + (up / 3.2) ** 2))
    return 0.8 * core + 0.2 * wide


@numba.njit(cache=True)
def street(forward: float, left: float, up: float) -> float:
    """Return the gain of a street lantern: a batwing along the road, cut off above 78 degrees.

    `forward` is the cosine to the lamp's axis (down), `left` and `up` the cosines along and
    across the road. Full-cutoff lantern: level road is lit evenly, intensity grows with 1/cos^2
    up to 60 degrees along the road and less across it.
    """
    if forward <= 0.0:
        return 0.0
    flat = max(left * left + up * up, 1e-9)
    along = left * left / flat
    rise = min(1.0 / max(forward * forward, 0.16), 2.6)
    shape = (1.0 + (rise - 1.0) * (0.25 + 0.55 * along)) * (1.0 - (1.0 - along) * 0.5 * flat)
    return shape * smooth(0.17, 0.36, forward)


@numba.njit(cache=True)
def signal(right: float, up: float) -> float:
    """Return the gain of a traffic signal's lens, angles in degrees; peak 1.24 at 2.5 down.

    A twentieth is left far off the axis: facades beside a signal get little of its light.
    Source: ITE, "Vehicle traffic control signal heads: light emitting diode (LED) circular signal
    supplement", 2005, section 4.1.1: factors of the vertical and the horizontal angle. Below the
    peak a bell curve through its example, 0.953 at 5 degrees down. Required within 27.5 degrees.
    """
    above = up + 2.5
    width = 5.3 if above > 0.0 else 11.3
    tall = 0.05 + 0.95 * np.exp(-((above / width) ** 2))
    wide = 0.05 + 0.95 * np.exp(-0.5 * (right / 11.0) ** 2)
    return tall * wide / 0.81


@numba.njit(cache=True)
def marker(forward: float) -> float:
    """Return the gain of a vehicle's stop, tail, turn or reversing lamp; peak 1 on its axis.

    `forward` is the cosine to the axis. A bell curve of 14 degrees on a tenth of a Lambert lamp:
    walls beside a car get little of its brake lights.
    Source: UN Regulation 7, annex 4: at least 90 % at 5 degrees left and right, 35 % at 10, and
    10 % at 20 degrees left or right and 5 up or down; 0.3 cd of a stop lamp everywhere else.
    """
    if forward <= 0.0:
        return 0.0
    tangent2 = (1.0 - forward * forward) / (forward * forward)
    return 0.12 * forward + 0.88 * np.exp(-tangent2 / 0.06216)


@numba.njit(cache=True)
def gain(beam: int, forward: float, left: float, up: float) -> float:
    """Return the gain of `beam` in the unit direction with these cosines to the lamp's axes."""
    if beam == _LAMBERT:
        return max(forward, 0.0)
    if beam == _STREET:
        return street(forward, left, up)
    if beam == _MARKER:
        return marker(forward)
    if beam in (_LOW, _HIGH, _SIGNAL):
        if forward <= 0.05:
            return 0.0
        right = -np.arctan2(left, forward) * _DEGREES
        lift = np.arcsin(min(max(up, -1.0), 1.0)) * _DEGREES
        if beam == _SIGNAL:
            return signal(right, lift)
        return low_beam(right, lift) if beam == _LOW else high_beam(right, lift)
    return 1.0


@numba.njit(cache=True)
def _fill(table, beam):  # type: ignore[no-untyped-def]
    rows, columns = table.shape
    for row in range(rows):
        for column in range(columns):
            a = 2.0 * column / (columns - 1) - 1.0
            b = 2.0 * row / (rows - 1) - 1.0
            left = _WARP * a / max(1.0 - abs(a), 1e-3)
            up = _WARP * b / max(1.0 - abs(b), 1e-3)
            scale = 1.0 / np.sqrt(1.0 + left * left + up * up)
            table[row, column] = gain(beam, max(scale, 0.051), left * scale, up * scale)


def beam_tables() -> np.ndarray:
    """Return tables of LOW_BEAM and HIGH_BEAM for `table_gain`, which asks them ten times faster.

    Columns run over the tangent to the left, rows over the tangent upwards, both squeezed by
    t / (|t| + 0.05) so that the cut-off is resolved to 0.04 degrees.
    """
    tables = np.empty((2, *TABLE_SIZE), np.float32)
    for table, beam in zip(tables, (_LOW, _HIGH), strict=True):
        _fill(table, beam)
    return tables


@numba.njit(cache=True)
def table_gain(tables, beam: int, forward: float, left: float, up: float) -> float:  # type: ignore[no-untyped-def]
    """Return `gain`, that of headlamps read from `tables`."""
    if beam != _LOW and beam != _HIGH:
        return gain(beam, forward, left, up)
    if forward <= 0.05:
        return 0.0
    table = tables[0] if beam == _LOW else tables[1]
    rows, columns = table.shape
    a, b = left / forward, up / forward
    x = (a / (abs(a) + _WARP) + 1.0) * 0.5 * (columns - 1)
    y = (b / (abs(b) + _WARP) + 1.0) * 0.5 * (rows - 1)
    i, j = min(int(x), columns - 2), min(int(y), rows - 2)
    u, v = x - i, y - j
    low = table[j, i] * (1 - u) + table[j, i + 1] * u
    high = table[j + 1, i] * (1 - u) + table[j + 1, i + 1] * u
    return low * (1 - v) + high * v
