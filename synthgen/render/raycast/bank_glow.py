"""Lamp light that fog banks scatter once: the glow of lamps and headlight cones in them."""

import numba
import numpy as np
from jaxtyping import Float

from synthgen.density import (
    BLOCK,
    gather,
    layer_density,
    layer_depth,
    puff_density,
    puff_depth,
    span,
)
from synthgen.geometry import Array
from synthgen.render.raycast.air import Air, phase
from synthgen.render.raycast.density import Haze
from synthgen.render.raycast.lantern import Lamps, reach, vector

LAMPS = 10
"""Most lamps that count."""
_ANGLES, _EVEN = 6, 8
"""Places along a ray: at even angles from the lamp, and evenly through the bank."""
_PLACES = _ANGLES + _EVEN
_REACH = 220.0


def bank_glow(
    origin: Float[Array, "n 3"],
    direction: Float[Array, "n 3"],
    distance: Float[Array, "n"],
    through: tuple[Air, Haze],
    lamps: tuple[Lamps, Array],
) -> Float[Array, "n 3"]:
    """Return lamp light scattered once by broad puffs and layers along rays [cd/m2].

    Shadows are left out, as for even air. `lamps` are all of them and the numbers of those that
    count.
    """
    air, haze = through
    every, chosen = lamps
    broad = haze._replace(puffs=haze.puffs[haze.broad])
    return _glow(origin, direction, distance, air, broad, every, chosen[:LAMPS])


@numba.njit(cache=True)
def _glow(origin, direction, distance, air, haze, every, chosen):  # type: ignore[no-untyped-def]
    out = np.zeros((len(origin), 3))
    place, dim = np.empty(_PLACES), np.empty(_EVEN)
    met, near = np.empty(len(haze.puffs), np.int64), np.empty(len(haze.puffs), np.int64)
    clouds, close = (haze.puffs, haze.layers), 0
    beside = np.empty(len(chosen))
    for n in range(len(chosen)):
        beside[n] = _here(haze, vector(every.rows, chosen[n]))[0]
    for i in range(len(origin)):
        start, way = vector(origin, i), vector(direction, i)
        length = min(np.float64(distance[i]), _REACH)
        if i % BLOCK == 0:
            close = gather(
                haze.puffs, origin, direction, (i, min(i + BLOCK, len(origin))), haze.late, near
            )
        first, last, many = span(clouds, near[:close], (start, way), length, haze.late, met)
        if last <= first:
            continue
        some = Haze(
            haze.puffs[met[:many]], haze.layers, haze.matters, haze.glow, haze.sun, haze.fog,
            haze.late, haze.broad,
        )  # fmt: skip
        gap = (last - first) / (_EVEN - 1)
        for n in range(_EVEN):
            dim[n] = _depth(air, some, start, way, first + n * gap)
        for m in range(len(chosen)):
            lamp = chosen[m]
            _spread(place, every.rows[lamp], start, way, (first, last))
            level = 0.0
            before, light = first, 0.0
            for n in range(_PLACES):
                t = place[n]
                now = _sent(air, some, every, (lamp, beside[m]), (start, way), t)
                step = min((t - first) / gap, _EVEN - 1.001)
                k = int(step)
                now *= np.exp(-(dim[k] + (dim[k + 1] - dim[k]) * (step - k)))
                level += 0.5 * (light + now) * (t - before) if n else 0.0
                before, light = t, now
            for c in range(3):
                out[i, c] += every.intensity[lamp, c] * level
    return out


@numba.njit(cache=True)
def _depth(air, haze, start, way, length):  # type: ignore[no-untyped-def]
    """Return the optical depth of everything between the eye and `length` [m], green."""
    total = air.extinction[1] * length
    for k in range(len(haze.puffs)):
        total += puff_depth(haze.puffs[k], start, way, length, haze.late)[0]
    for k in range(len(haze.layers)):
        total += layer_depth(haze.layers[k], start[2], way[2], length)
    return total


@numba.njit(cache=True)
def _spread(place, lamp, start, way, stretch):  # type: ignore[no-untyped-def]
    """Fill in where a ray is looked at, in order: at even angles from the lamp and evenly."""
    first, last = stretch
    x, y, z = lamp[0] - start[0], lamp[1] - start[1], lamp[2] - start[2]
    near = x * way[0] + y * way[1] + z * way[2]
    height = max(np.sqrt(max(x * x + y * y + z * z - near * near, 0.0)), 0.15)
    low, high = np.arctan((first - near) / height), np.arctan((last - near) / height)
    for n in range(_EVEN):
        place[n] = first + (last - first) * n / (_EVEN - 1)
    for n in range(_ANGLES):
        place[_EVEN + n] = near + height * np.tan(low + (high - low) * (n + 0.5) / _ANGLES)
    place.sort()


@numba.njit(cache=True)
def _sent(air, haze, every, source, ray, t):  # type: ignore[no-untyped-def]
    """Return what of a lamp's light is sent to the eye from a place along a ray [1/m3/sr].

    `source` is the number of the lamp and the extinction around it; between lamp and place it is
    taken at both ends and in the middle (Simpson's rule).
    """
    (lamp, beside), (start, way) = source, ray
    point = (start[0] + t * way[0], start[1] + t * way[1], start[2] + t * way[2])
    dense, scattering, forward = _here(haze, point)
    if dense < 1e-5:
        return 0.0
    share, toward = reach(every.rows, every.tables, lamp, point)
    if share <= 0.0:
        return 0.0
    row = every.rows[lamp]
    x, y, z = row[0] - point[0], row[1] - point[1], row[2] - point[2]
    gap = np.sqrt(x * x + y * y + z * z)
    middle = _here(haze, (point[0] + x / 2, point[1] + y / 2, point[2] + z / 2))[0]
    mean = (dense + 4.0 * middle + beside) / 6.0
    cosine = toward[0] * way[0] + toward[1] * way[1] + toward[2] * way[2]
    # A fifth scatters evenly: light that has been scattered more than once, as in even air.
    angle = 0.8 * phase(forward, cosine) + 0.2 / (4 * np.pi)
    return scattering * share * angle * np.exp(-(air.extinction[1] + mean) * gap)


@numba.njit(cache=True)
def _here(haze, point):  # type: ignore[no-untyped-def]
    """Return extinction and scattering [1/m] at a point, green, and mean g."""
    dense, scattering, forward = 0.0, 0.0, 0.0
    for k in range(len(haze.puffs)):
        found = puff_density(haze.puffs[k], point, haze.late)
        matter = haze.matters[int(haze.puffs[k, 13])]
        dense += found
        scattering += found * matter[4]
        forward += found * matter[4] * matter[6]
    for k in range(len(haze.layers)):
        found = layer_density(haze.layers[k], point[2])
        matter = haze.matters[int(haze.layers[k, 3])]
        dense += found
        scattering += found * matter[4]
        forward += found * matter[4] * matter[6]
    return dense, scattering, forward / max(scattering, 1e-12)
