"""Lamp light on its way through fog to a surface.

What comes straight is dimmed by exp(-T), T being the optical distance. What has been scattered on
the way arrives from round the lamp: order by order it is a lobe of known fluence and mean cosine
(`halo`), and a surface at a slant gets the lobe's mean of max(cosine, 0). With B the lobe's net
flux along the straight way and E that across it, and n the cosine of incidence, that mean is

    (B n + sqrt(B^2 n^2 + 4 E^2)) / 2,

exact at n = 0 and within 1.5 % of the lobe's Legendre series for n > 0.2: a hyperbola in place of
the kink of max(n, 0).

Against Monte Carlo: docs/decisions/0012-glow.md.
"""

from typing import NamedTuple

import numba
import numpy as np

from synthgen.geometry import Array
from synthgen.render.raycast.halo import DEPTHS, TURNS, cell, halo, mixed_pair, turn
from synthgen.world import Beam

_THIN = 0.0075
"""[1/m] Extinction below which lamps shine as in clear air: visibility over 400 m, or the rain of
any storm. A head lamp's beam loses a tenth on 20 m there, wide lamps get back what they lose."""
_STREET = int(Beam.STREET)
_ONE = np.float32(1.0)
_HALF, _THIRD, _QUARTER, _FIFTH, _SIXTH = (_ONE / np.float32(n) for n in (2, 3, 4, 5, 6))


class Passage(NamedTuple):
    """What the air does with lamp light on its way to a surface.

    Attributes:
        extinction: [1/m], 0 for clear air.
        arriving: see `halo.Halo`, as the next two.
        uneven: the same.
        ring: the same.
    """

    extinction: float
    arriving: Array
    uneven: Array
    ring: Array


CLEAR = Passage(0.0, *(np.zeros((1,) * axes, np.float32) for axes in (4, 3, 2)))
"""Air that does nothing."""


def passage(extinction: float, asymmetry: float, albedo: float) -> Passage:
    """Return the way through air with these properties, `CLEAR` if it is thin."""
    if extinction < _THIN:
        return CLEAR
    fog = halo(asymmetry, albedo)
    return Passage(float(extinction), fog.arriving, fog.uneven, fog.ring)


@numba.njit(cache=True, inline="always")
def straight(depth):  # type: ignore[no-untyped-def]
    """Return what comes straight through air of optical `depth`: exp(-depth) in vectors.

    The fourth power of a series: 3e-4 of itself too much at a depth of 4, 1 % at 8.
    """
    x = depth * _QUARTER
    for_six = _ONE + x * _SIXTH
    rise = _ONE + x * (
        _ONE
        + x * _HALF * (_ONE + x * _THIRD * (_ONE + x * _QUARTER * (_ONE + x * _FIFTH * for_six)))
    )
    square = rise * rise
    return _ONE / (square * square)


@numba.njit(cache=True)
def scattered_flux(air, beam, forward, gain, gap):  # type: ignore[no-untyped-def]
    """Return light scattered on its `gap` [m] from a lamp, over I / d^2, of all orders.

    It is the net flux along the straight way and the flux through a surface that lies along it.
    `forward` is the cosine between the lamp's axis and the way, `gain` that of the beam there.
    """
    depth, axis = cell(air.extinction * gap), turn(forward)
    i, k = min(int(depth), DEPTHS - 2), min(int(axis), TURNS - 2)
    part, side, ring = depth - i, axis - k, air.ring[beam]
    along, across = mixed_pair(air.arriving[beam], i, k, part, side)
    if beam != _STREET:
        return along, across
    more = gain - (1.0 - side) * ring[k] - side * ring[k + 1]
    near, far = air.uneven[beam, i], air.uneven[beam, i + 1]
    along += more * ((1.0 - part) * near[0] + part * far[0])
    across += more * ((1.0 - part) * near[1] + part * far[1])
    return max(along, 0.0), max(across, 0.0)


@numba.njit(cache=True, inline="always")
def slanted(along, across, cosine):  # type: ignore[no-untyped-def]
    """Return what a surface gets of two fluxes (see `Passage`) at a `cosine` of incidence."""
    level = _HALF * along * cosine
    return level + np.sqrt(level * level + across * across)
