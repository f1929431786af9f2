"""Soft borders of shadows: sun and moon are discs."""

from collections.abc import Callable

import numba
import numpy as np

from synthgen.geometry import Array, unit
from synthgen.render.raycast.shadows import alike
from synthgen.render.raycast.spots import Spots

RADIUS = 4.65e-3
"""[rad] angular radius of the sun; that of the moon is within 6 % of it.

Source: International Astronomical Union, resolution B3, 2015: 695,700 km, from 149.6 million km.
"""
SAMPLES = 6
"""Points of the disc that a spot in the half-light is asked about."""
REACH = 24
"""[px] How far from the border of the hard shadow half-light is looked for."""


def disc(toward: Array, count: int = SAMPLES) -> Array:
    """Return `count` directions spread evenly over a disc of `RADIUS` about `toward`."""
    aside = unit(np.cross(toward, np.eye(3)[np.abs(toward).argmin()]))
    up = np.cross(toward, aside)
    number = np.arange(count)
    out, turn = RADIUS * np.sqrt((number + 0.5) / count), 2.39996323 * number
    across = (out * np.cos(turn))[:, None] * aside + (out * np.sin(turn))[:, None] * up
    return unit(toward + across)


def soften(
    lit: Array, spots: Spots, facing: Array, width: int, ask: Callable[[Array], Array]
) -> None:
    """Replace `lit` (0 or 1 per spot) by the share of the disc that is seen, where borders are.

    `width` [px] is that of an image of which the spots are whole rows; `ask` takes spot numbers
    and returns that share. From the borders of the hard shadow the half-light is followed on the
    same surface, as long as what is asked differs from its neighbours.
    """
    if not len(spots.ray):
        return
    place = np.full((int(spots.ray[-1]) // width + 1) * width, -1, np.int32)
    place[spots.ray] = np.arange(len(spots.ray))
    open_ = facing.copy()
    for _ in range(REACH):
        border = _border(lit, open_, facing, spots, place, width)
        if not len(border):
            return
        lit[border] = ask(border)
        open_[border] = False


@numba.njit(cache=True)
def _border(lit, open_, facing, spots, place, width):  # type: ignore[no-untyped-def]
    """Return `open_` spots whose light is not that of a neighbour on their surface."""
    found = np.empty(len(lit), np.int64)
    ray, body, face, distance = spots.ray, spots.body, spots.face, spots.distance
    count = 0
    for n in range(len(lit)):
        if not open_[n]:
            continue
        column = ray[n] % width
        for side in range(4):
            across, down = (1 - 2 * side, 0) if side < 2 else (0, 2 * side - 5)
            there = ray[n] + down * width + across
            if 0 <= column + across < width and 0 <= there < len(place):
                m = place[there]
                known = m >= 0 and facing[m] and abs(lit[m] - lit[n]) > 0.01
                if known and alike(body, face, distance, n, m):
                    found[count] = n
                    count += 1
                    break
    return found[:count]
