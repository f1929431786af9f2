"""Lamp light that the air scatters towards the eye."""

import numba
import numpy as np

from synthgen.light.beams import table_gain
from synthgen.render.raycast.air import way
from synthgen.render.raycast.brdf import dot
from synthgen.render.raycast.halo import ANGLES, DEPTHS, TURNS, bend, cell, mixed, mixed_pair, turn
from synthgen.render.raycast.lantern import Lamps, vector
from synthgen.render.raycast.shade import open_share, shone_on
from synthgen.world import Beam

_REACH = 220.0
_SMALLEST = 0.15
"""[m] Least radius of a lamp: lines of sight keep that far from it."""
_DEEP = 5.0
"""Optical distance behind a lamp from where the rest of the way adds nothing."""
_RATE, _DEEPER = 0.6, 0.3
"""Samples for each ratio e of distances, and how many more for each optical distance."""
_MORE, _LEAST = 2.0, 1
_FAINT = 0.01
_NARROW = {Beam.LOW_BEAM: 0.08, Beam.HIGH_BEAM: 0.08, Beam.SIGNAL: 0.2, Beam.MARKER: 0.2}
"""[rad] Half the width of a beam: samples are as close as that where a line of sight crosses it."""
_LOST, _DRIFT = 0.5, 0.0055
"""Share that the ground takes of light scattered twice or more on a long way close to it, and how
far down it has drifted, in optical distance, per square of the optical distance."""


_WIDTHS = tuple(_NARROW.get(beam, 0.0) for beam in Beam)


def brightest(every: Lamps, eye: np.ndarray, forward: np.ndarray, most: int) -> np.ndarray:
    """Return the lamps whose light scattered by the air matters most to the `eye`, in order."""
    gap = every.position - eye
    distance = np.linalg.norm(gap, axis=1)
    ahead = (gap @ forward > -15.0) & (distance < _REACH)
    level = every.rows[:, 12] / (distance + 4.0)
    order = np.argsort(-np.where(ahead, level, -1.0), kind="stable")[:most]
    return order[ahead[order]]


@numba.njit(cache=True)
def scattered(origin, direction, distance, air, place, every, chosen, shaded):  # type: ignore[no-untyped-def]
    """Return lamp light scattered by the air along rays [cd/m2].

    `place` is the `Halo` of the `air` and the height [m] of the ground, `chosen` are numbers of
    lamps, `shaded` the `Shades` before them. The weaker a lamp, the fewer samples it gets.
    """
    out, weight = np.zeros((len(origin), 3)), np.empty(len(chosen))
    add_scattered(out, weight, (origin, direction, distance), air, place, (every, chosen, shaded))
    return out


@numba.njit(cache=True)
def add_scattered(out, weight, rays, air, place, lamps):  # type: ignore[no-untyped-def]
    """Add to `out` what `scattered` returns; `weight` is room for a number for each lamp."""
    (origin, direction, distance), (every, chosen, shaded) = rays, lamps
    number, depth, through = shaded
    for i in range(len(origin)):
        length = min(way(air, distance[i], np.float64(direction[i, 2])), _REACH)
        start, along = vector(origin, i), vector(direction, i)
        most = _weigh(weight, start, along, every.rows, chosen)
        for n in range(len(chosen)):
            lamp, effort = chosen[n], weight[n] / most
            if effort < _FAINT:
                continue
            row, effort = every.rows[lamp], np.sqrt(effort)
            m = number[n]
            before = depth[m : m + 1] if m >= 0 else depth[:0]
            here = (air.extinction[1], place[0], place[1], before, through[max(m, 0) : m + 1])
            level = along_ray(start, along, length, here, row, every.tables, effort)
            for k in range(3):
                out[i, k] += every.intensity[lamp, k] * level


@numba.njit(cache=True)
def _weigh(out, start, along, rows, chosen):  # type: ignore[no-untyped-def]
    """Set how much each of the `chosen` lamps is likely to matter, and return the most."""
    most = 1e-12
    for n in range(len(chosen)):
        m = chosen[n]
        x, y, z = rows[m, 0] - start[0], rows[m, 1] - start[1], rows[m, 2] - start[2]
        near = x * along[0] + y * along[1] + z * along[2]
        square = max(x * x + y * y + z * z - near * near, 0.0) + 1.0
        out[n] = rows[m, 12] / np.sqrt(square)
        most = max(most, out[n])
    return most


@numba.njit(cache=True)
def along_ray(start, along, length, place, lamp, tables, effort):  # type: ignore[no-untyped-def]
    """Return what comes along a ray of light that a lamp of intensity 1 sends into the air.

    `place` is the extinction [1/m], the `Halo`, the height [m] of the ground and what `Shades`
    know of the lamp (`depth` and `open`, a row of each or none). With h the distance between lamp
    and ray, at t = near, and v the variable of integration,

        t = near + h sinh(v),  d = h cosh(v),  dt / d^2 = dv / d,

    equal steps of v are equal ratios of distances on both sides of the lamp: as fine as the halo
    close to it, as coarse as the veil far from it.
    Source: C. Kulla and M. Fajardo, "Importance sampling techniques for path tracing in
    participating media", EGSR 2012, section 4, for even steps about a lamp (theirs of the angle).
    """
    extinction = place[0]
    gap = (lamp[0] - start[0], lamp[1] - start[1], lamp[2] - start[2])
    near = dot(gap, along)
    size = max(lamp[13], _SMALLEST * _SMALLEST)
    square = max(dot(gap, gap) - near * near, 0.0) + size
    height = np.sqrt(square)
    last = min(length, max(near, 0.0) + _DEEP / extinction)
    low, high = _grown(-near, square) / height, _grown(last - near, square) / height
    rate = effort * (_RATE + _DEEPER * min(max(near, 0.0) * extinction, _DEEP))
    middle, width = _crossing(gap, near, along, height, lamp)
    if width > 0.0:
        low, high = np.log(low), np.log(high)
        middle = min(max(middle, low), high)
        low, high = np.arcsinh((low - middle) / width), np.arcsinh((high - middle) / width)
        wide, rate = high - low, rate + 0.5 * effort
    else:
        wide = np.log(high / low)
    samples = int(wide * rate + _MORE * effort) + _LEAST
    step = wide / samples
    ratio, slope, total = np.exp(step), 1.0, 0.0
    grown = low * np.sqrt(ratio)
    for n in range(samples):
        if width > 0.0:
            z = np.exp(low + (n + 0.5) * step)
            grown, slope = np.exp(middle + 0.5 * width * (z - 1.0 / z)), 0.5 * width * (z + 1.0 / z)
        sinh, cosh = 0.5 * (grown - 1.0 / grown), 0.5 * (grown + 1.0 / grown)
        grown *= ratio
        t = near + height * sinh
        here = (along[0] * t - gap[0], along[1] * t - gap[1], along[2] * t - gap[2])
        level = 0.5 * (start[2] + along[2] * t + lamp[2]) - place[2]
        event = _event(here, -sinh / cosh, level, place, lamp, tables)
        total += event * np.exp(-extinction * t) / cosh * slope
    return extinction * total * step / height


@numba.njit(cache=True)
def _crossing(gap, near, along, height, lamp):  # type: ignore[no-untyped-def]
    """Return v where a ray is closest to the axis of a narrow beam, and the width of the beam in v.

    The width is 0 for wide beams. Rays that run away from the axis are closest at an end.
    """
    width = _WIDTHS[int(lamp[14])]
    if width == 0.0:
        return 0.0, 0.0
    slant = along[0] * lamp[3] + along[1] * lamp[4] + along[2] * lamp[5]
    ahead = near * slant - (gap[0] * lamp[3] + gap[1] * lamp[4] + gap[2] * lamp[5])
    if ahead > 1e-3 * height:
        return np.arcsinh(height * slant / ahead), width
    return (100.0 if slant > 0.0 else -100.0), width


@numba.njit(cache=True, inline="always")
def _grown(along, square):  # type: ignore[no-untyped-def]
    """Return h exp(v) where h sinh(v) is `along` [m] and h^2 is `square`."""
    far = np.sqrt(along * along + square)
    return far + along if along > 0.0 else square / (far - along)


@numba.njit(cache=True)
def _event(here, cosine, middle, place, lamp, tables):  # type: ignore[no-untyped-def]
    """Return what a point `here` (seen from the lamp) sends on at an angle, over I / d^2 there.

    `middle` [m] is the height over ground half way.
    """
    extinction, fog, _, before, through = place
    gap = max(np.sqrt(dot(here, here)), 1e-3)
    forward = (here[0] * lamp[3] + here[1] * lamp[4] + here[2] * lamp[5]) / gap
    beam = int(lamp[14])
    depth, angle, axis = cell(extinction * gap), bend(cosine), turn(forward)
    i, j, k = min(int(depth), DEPTHS - 2), min(int(angle), ANGLES - 2), min(int(axis), TURNS - 2)
    part = depth - i
    straight, once, more = mixed(fog.scattered, i, j, part, angle - j)
    share_once, share_more = mixed_pair(fog.blurred[beam], i, k, part, axis - k)
    drift = _DRIFT * extinction * gap * gap
    kept = 1.0 - _LOST * drift / (drift + max(middle, 0.0) + 1e-6)
    total = once * share_once + more * share_more * kept
    if len(before):
        total *= open_share(through[0], gap)
    if forward <= 0.0 and beam != 0:
        return total
    left = (here[0] * lamp[6] + here[1] * lamp[7] + here[2] * lamp[8]) / gap
    up = (here[0] * lamp[9] + here[1] * lamp[10] + here[2] * lamp[11]) / gap
    if len(before):
        straight *= shone_on(before[0], forward, left, up, gap)
    return total + table_gain(tables, beam, forward, left, up) * straight
