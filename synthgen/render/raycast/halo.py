"""What fog does with the light of a lamp: scattered once, twice, more often, towards an eye.

Light from a lamp that arrives at a point at optical distance T (extinction times metres) is
sorted by how often it has been scattered. That of order n has a known fluence F_n(T) and a known
mean cosine c_n(T) to the straight way (`moments`). Its directions are taken for a lobe with the
Legendre coefficients

    c_n^(l^p),  p = 1 + 0.11 ln(T / 0.7), at least 1

that of Henyey and Greenstein for p = 1 and nearer to a bell for more: measured by the Monte Carlo
of `scripts/glow_moments.py`, ln P_l / ln P_1 is 2.0, 2.1, 2.2, 2.35 for l = 2 and 4.0, 4.5, 5.1,
5.5 for l = 4 at T = 0.8, 1.6, 3 and 6, alike for all orders and for g of 0.68 and 0.86. The next
scattering multiplies by g^l, so that the point sends towards an eye, at an angle a to the
straight way, per unit of length and of the lamp's illuminance I / d^2 there,

    extinction albedo (exp(-T) p_g(a) + sum_n F_n(T) sum_l (2 l + 1) / (4 pi) g^l c_n^(l^p) P_l).

A lamp with a beam counts, for order n, with the mean of its gain over the lobe about the way to
the point: by reciprocity light leaves the lamp about that way as it arrives. For n = 1 that lobe
is sharper than Henyey and Greenstein's. Light that turns by an angle a at a share s of the way
leaves at (1 - s) a, s being even, so that where one scattering has the coefficients q^l = exp(-k l)
the lobe has their mean over s,

    (1 - exp(-k l)) / (k l),  k such that it is c_1 for l = 1

(angles being small).

Source: L. Henyey and J. Greenstein, "Diffuse radiation in the galaxy", Astrophysical Journal 93,
1941, eq. 2; S. Narasimhan and S. Nayar, "Shedding light on the weather", CVPR 2003, for glows as
Legendre series; K. Case and P. Zweifel, "Linear Transport Theory", 1967, section 2.7
(reciprocity). Against Monte Carlo: docs/decisions/0012-glow.md.
"""

from functools import cache, lru_cache
from typing import Any, NamedTuple

import numba
import numpy as np

from synthgen.geometry import Array
from synthgen.light.beams import gain
from synthgen.render.raycast.moments import moments
from synthgen.world import Beam

DEPTHS, ANGLES, TURNS = 96, 128, 48
FAR, _HALF = 40.0, 3.0
"""Greatest optical distance in the tables, and that in the middle of their endless scale."""
_SHARP, _WIDE = 0.1, 0.3
_DEGREE = 96
"""Highest Legendre polynomial of a beam."""
_UNEVEN = {Beam.STREET: 4}
"""Degree of what beams differ from their mean round the axis: two lobes up and down the road."""
_TINY = 1e-4


class Halo(NamedTuple):
    """Tables of one kind of fog.

    Attributes:
        scattered: [1/sr] what a point sends on, albedo included, by optical distance (`cell`),
            angle (`bend`) and order of the light that comes to it (0, 1, more).
        blurred: mean gain of each pattern, by optical distance (`cell`), angle to the lamp's axis
            (`turn`) and order (1, more).
        arriving: of each pattern, by optical distance and angle to the axis, scattered light of
            all orders over I / d^2: its net flux along the straight way, and the flux through a
            surface that lies along that way.
        uneven: of each pattern, by optical distance, the same two of the part by which its gain
            differs from the mean round the axis.
        ring: that mean, by angle to the axis.
    """

    scattered: Array
    blurred: Array
    arriving: Array
    uneven: Array
    ring: Array


def deep(depth: Any) -> Any:
    """Return where an optical distance up to `FAR` is on the tables' scale."""
    return depth / (depth + _HALF) * ((DEPTHS - 1) * (FAR + _HALF) / FAR)


def turning(cosine: Any) -> Any:
    """Return where an angle to a lamp's axis is on the tables' scale."""
    part = 1.0 - cosine
    return part / (part + _WIDE) * ((TURNS - 1) * (2.0 + _WIDE) / 2.0)


_deep = numba.njit(cache=True, inline="always")(deep)
turn = numba.njit(cache=True, inline="always")(turning)


@numba.njit(cache=True, inline="always")
def cell(depth):  # type: ignore[no-untyped-def]
    """Return where an optical distance is on the tables' scale."""
    return _deep(min(depth, FAR))


@numba.njit(cache=True, inline="always")
def bend(cosine):  # type: ignore[no-untyped-def]
    """Return where an angle of scattering is on the tables' scale."""
    part = 1.0 - cosine
    return part / (part + _SHARP) * ((ANGLES - 1) * (2.0 + _SHARP) / 2.0)


@numba.njit(cache=True, inline="always")
def mixed(table, i, j, u, v):  # type: ignore[no-untyped-def]
    """Return the three numbers of a table between row `i` and the next, column `j` and the next."""
    a, b, c, d = (1.0 - u) * (1.0 - v), (1.0 - u) * v, u * (1.0 - v), u * v
    k = i + 1
    return (
        a * table[i, j, 0] + b * table[i, j + 1, 0] + c * table[k, j, 0] + d * table[k, j + 1, 0],
        a * table[i, j, 1] + b * table[i, j + 1, 1] + c * table[k, j, 1] + d * table[k, j + 1, 1],
        a * table[i, j, 2] + b * table[i, j + 1, 2] + c * table[k, j, 2] + d * table[k, j + 1, 2],
    )


@numba.njit(cache=True, inline="always")
def mixed_pair(table, i, j, u, v):  # type: ignore[no-untyped-def]
    """As `mixed`, of two numbers."""
    a, b, c, d = (1.0 - u) * (1.0 - v), (1.0 - u) * v, u * (1.0 - v), u * v
    k = i + 1
    return (
        a * table[i, j, 0] + b * table[i, j + 1, 0] + c * table[k, j, 0] + d * table[k, j + 1, 0],
        a * table[i, j, 1] + b * table[i, j + 1, 1] + c * table[k, j, 1] + d * table[k, j + 1, 1],
    )


def phase(asymmetry: float, cosine: Array) -> Array:
    """Return the Henyey-Greenstein phase function [1/sr]."""
    spread = 1 + asymmetry**2 - 2 * asymmetry * cosine
    return (1 - asymmetry**2) / (4 * np.pi * spread**1.5)


@lru_cache(maxsize=8)
def halo(asymmetry: float, albedo: float) -> Halo:
    """Return the tables of fog with this Henyey-Greenstein g and single-scattering albedo."""
    share = np.arange(DEPTHS) / (DEPTHS - 1) * FAR / (FAR + _HALF)
    depth = np.maximum(_HALF * share / (1 - share), _TINY)
    known = moments(asymmetry, albedo, depth)
    degree = np.arange(_DEGREE + 1)
    power = degree ** (1 + 0.11 * np.log(np.maximum(depth / 0.7, 1.0)))[:, None]
    lobes = known.fluence[..., None] * np.maximum(known.cosine, 0.0)[..., None] ** power
    orders = np.stack([lobes[0], lobes[1:].sum(axis=0)])
    share = orders / orders[..., :1]
    share[0] = _leaving(share[0, :, 1])
    straight, blurred = np.exp(-depth), _blurred(share)
    angle = _cosines(ANGLES, _SHARP)
    once = straight[:, None] * phase(asymmetry, angle)
    more = _series(orders * asymmetry**degree, angle)
    flux = np.stack([orders[..., 1], orders @ _grazing()])
    arriving = np.einsum("bodt,kod->bdtk", blurred, flux)
    uneven = np.zeros((len(Beam), DEPTHS, 2))
    for beam, number in _UNEVEN.items():
        uneven[beam] = np.einsum("od,kod->dk", share[..., number], flux)
    ring = np.stack([_rings(int(beam), _cosines(TURNS, _WIDE)) for beam in Beam])
    onward = albedo * np.concatenate([once[None], more])
    return Halo(
        _last(onward, 0), _last(blurred, 1),
        *(np.ascontiguousarray(table, np.float32) for table in (arriving, uneven, ring)),
    )  # fmt: skip


def _last(table: Array, axis: int) -> Array:
    """Return `table` with `axis` as its last, side by side in memory."""
    return np.ascontiguousarray(np.moveaxis(table, axis, -1), np.float32)


def _cosines(count: int, sharp: float) -> Array:
    """Return the cosines at the steps of `bend` or `turn`."""
    share = np.arange(count) / (count - 1) * 2.0 / (2.0 + sharp)
    return np.clip(1 - sharp * share / (1 - share), -1.0, 1.0)


def _series(coefficients: Array, cosine: Array) -> Array:
    """Return the lobes [1/sr] with these Legendre coefficients (..., degree) at `cosine`s."""
    degree = np.arange(_DEGREE + 1)
    polynomial = np.polynomial.legendre.legvander(cosine, _DEGREE)
    return np.maximum(coefficients @ ((2 * degree + 1) / (4 * np.pi) * polynomial).T, 0.0)


def _grazing() -> Array:
    """Return what turns Legendre coefficients into the lobe's mean of max(c, 0), c across it."""
    place, weight = np.polynomial.legendre.leggauss(_DEGREE + 8)
    cosine = (place + 1) / 2
    polynomial = np.polynomial.legendre.legvander(cosine, _DEGREE)
    across = np.polynomial.legendre.legvander(np.zeros(1), _DEGREE)[0]
    return (weight / 2 * cosine) @ polynomial * (np.arange(_DEGREE + 1) + 0.5) * across


def _blurred(share: Array) -> Array:
    """Return the mean gains over lobes with these Legendre coefficients (order, depth, degree)."""
    polynomial = np.polynomial.legendre.legvander(_cosines(TURNS, _WIDE), _DEGREE)
    found = np.einsum("bl,odl,tl->bodt", _coefficients(), share, polynomial)
    return np.maximum(found, 0.0)


def _leaving(cosine: Array) -> Array:
    """Return the Legendre coefficients of light scattered once, as it leaves the lamp.

    `cosine` is its mean cosine, one for each row. Newton's steps for (1 - exp(-k)) / k = cosine
    start at its series, 1 - k / 2.
    """
    cosine = np.clip(cosine, 0.05, 1.0 - 1e-6)
    k = 2.0 * (1.0 - cosine)
    for _ in range(12):
        gone = np.exp(-k)
        k -= (1.0 - gone - cosine * k) / (gone - cosine)
    x = np.maximum(k[:, None] * np.arange(_DEGREE + 1), 1e-12)
    return -np.expm1(-x) / x


@cache
def _coefficients() -> Array:
    """Return the Legendre coefficients (pattern, degree) of each pattern's mean round its axis."""
    cosine, weight = np.polynomial.legendre.leggauss(600)
    level = np.stack([_rings(int(beam), cosine) for beam in Beam])
    polynomial = np.polynomial.legendre.legvander(cosine, _DEGREE)
    return (level * weight) @ polynomial * (np.arange(_DEGREE + 1) + 0.5)


@numba.njit(cache=True)
def _rings(beam, cosine):  # type: ignore[no-untyped-def]
    out, count = np.zeros(len(cosine)), 64
    for i in range(len(cosine)):
        sine = np.sqrt(max(1.0 - cosine[i] * cosine[i], 0.0))
        for k in range(count):
            way = 2 * np.pi * (k + 0.5) / count
            out[i] += gain(beam, cosine[i], sine * np.cos(way), sine * np.sin(way)) / count
    return out
