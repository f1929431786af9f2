"""Light of a clear sky: sunlight scattered by air, haze and ground, from physics.

A spherical atmosphere of thin shells, seen from the ground. Light scattered once is exact but for
the sun's height being the same along a line of sight. Light scattered more often is that of plane
shells in which every scatterer is isotropic, with haze thinned by similarity: (1 - g) of its
scattering counts, as in H. van de Hulst, "Multiple light scattering", 1980, chapter 14.

Valid for sun elevations from 2 to 90 degrees and clean air (visibility about 40 km and more).
"""

from functools import cache

import numpy as np
from jaxtyping import Float
from scipy.special import expn

from synthgen.geometry import Array

FORWARD = 0.72
"""Asymmetry g of haze, for the phase function of L. Henyey and J. Greenstein, 1941; continental
aerosol, L. d'Almeida, P. Koepke and E. Shettle, "Atmospheric aerosols", 1991."""
STEPS = 48
"""Rows of `shares`."""
_ALBEDO_HAZE = 0.93
_ALBEDO_GROUND = 0.18
_EARTH = 6.371e6
_SHELLS = 6e4 * (np.arange(65) / 64) ** 3
"""[m] heights of the shells: thin ones where lines of sight near the horizon are long."""
_HEIGHT_AIR, _HEIGHT_HAZE = 8434.0, 1300.0
"""[m] over which density falls to 1/e; US Standard Atmosphere 1976; Elterman 1968."""

_WAVELENGTH = np.arange(400, 701, 20) / 1000
"""[um]"""
_SUN = np.array([
    2112.75, 2582.91, 2676.05, 3054.54, 3066.37, 2871.21, 2710.06, 2636.13, 2506.02, 2535.59,
    2463.15, 2368.37, 2282.77, 2197.02, 2109.79, 2024.19,
])  # fmt: skip
_OZONE = np.array([
    0.0, 0.0, 0.0, 0.006, 0.014, 0.030, 0.048, 0.075, 0.103, 0.120, 0.125, 0.105, 0.079, 0.057,
    0.036, 0.023,
])  # fmt: skip
"""Spectral radiance of the sun outside the air and absorption of ozone [1/cm], every 20 nm.
Source: A. Preetham, P. Shirley and B. Smits, "A practical analytic model for daylight", SIGGRAPH
1999, appendix 4, table 2."""
_OZONE_CENTIMETRES = 0.35
_OZONE_MIDDLE, _OZONE_HALF = 25e3, 15e3
"""[m] the ozone layer as a triangle; E. Bruneton, "Precomputed atmospheric scattering", 2017."""
_SRGB = np.array([
    [3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]
])  # fmt: skip


@cache
def shares(elevation: float) -> Float[Array, "48 9"]:
    """Return what a clear sky with the sun at `elevation` [rad] shows by height above the horizon.

    Row k is for the sine of height (k / 47)^2. Columns 0 to 2 times the phase function of air, 3 to
    5 times that of haze, plus 6 to 8 is the radiance in linear sRGB, in units of the sun's.
    """
    if not np.deg2rad(1.9) <= elevation <= np.pi / 2:
        raise ValueError(f"sun elevation must be 2 to 90 degrees, got {np.rad2deg(elevation):.2f}")
    air, haze, ozone = _layers()
    once_out = air + haze + ozone
    thin = air + haze * _ALBEDO_HAZE * (1 - FORWARD)
    thin_out = thin + haze * (1 - _ALBEDO_HAZE) + ozone
    sine = (np.arange(STEPS) / (STEPS - 1)) ** 2
    length = _crossings(sine)
    sunlit = _transmitted(once_out, elevation)
    often = _scattered_often(thin, thin_out, _transmitted(thin_out, elevation), np.sin(elevation))
    parts = (
        _seen(air * sunlit, once_out, length),
        _seen(haze * _ALBEDO_HAZE * sunlit, once_out, length),
        _seen(thin * often, thin_out, length),
    )
    return np.concatenate([part @ _observer() for part in parts], axis=1)


def _layers() -> tuple[Array, Array, Array]:
    """Scattering of air, extinction of haze and absorption of ozone [1/m], shells x wavelengths.

    Rayleigh depth: J. Hansen and L. Travis, "Light scattering in planetary atmospheres", Space
    Science Reviews 16, 1974, eq. 2.30. Haze: Angstrom, 0.06 lambda^-1.3, as `beam_color` has it.
    """
    wave = _WAVELENGTH
    rayleigh = 0.008569 * wave**-4 * (1 + 0.0113 * wave**-2 + 0.00013 * wave**-4)
    low, high = _SHELLS[:-1, None], _SHELLS[1:, None]
    thick = high - low

    def falling(depth: Array, scale: float) -> Array:
        share: Array = (np.exp(-low / scale) - np.exp(-high / scale)) / thick
        return share * depth

    middle = (low + high) / 2
    layer = np.maximum(1 - np.abs(middle - _OZONE_MIDDLE) / _OZONE_HALF, 0) / _OZONE_HALF
    return (
        falling(rayleigh, _HEIGHT_AIR),
        falling(0.06 * wave**-1.3, _HEIGHT_HAZE),
        layer * _OZONE_CENTIMETRES * _OZONE,
    )


def _crossings(sine: Float[Array, "v"], start: float = 0.0) -> Float[Array, "v s"]:
    """[m] of each shell that a line from height `start` crosses going up with `sine`."""
    radius = _EARTH + start
    rise = np.maximum(_SHELLS - start, 0.0)
    along = radius * sine[:, None]
    reach = np.sqrt(along**2 + 2 * radius * rise + rise**2) - along
    return np.diff(reach, axis=1)


def _transmitted(out: Float[Array, "s w"], elevation: float) -> Float[Array, "s w"]:
    """Share of sunlight that reaches the middle of each shell."""
    middles = (_SHELLS[1:] + _SHELLS[:-1]) / 2
    sine = np.array([np.sin(elevation)])
    depth = np.concatenate([_crossings(sine, float(height)) @ out for height in middles])
    return np.exp(-depth)


def _seen(
    source: Float[Array, "s w"], out: Float[Array, "s w"], length: Float[Array, "v s"]
) -> Float[Array, "v w"]:
    """Radiance on the ground of what shells emit per metre, in each line of sight."""
    depth = length[:, :, None] * out
    before = np.cumsum(depth, axis=1) - depth
    share = -np.expm1(-depth) * np.exp(-before)
    seen: Array = (share * source / out).sum(axis=1)
    return seen


def _scattered_often(
    thin: Float[Array, "s w"], out: Float[Array, "s w"], sunlit: Float[Array, "s w"], sine: float
) -> Float[Array, "s w"]:
    """Mean radiance in each shell of light that was scattered before, ground included.

    Plane layers of isotropic scatterers: S = albedo (sun / 4 pi + J), J linear in S by the
    exponential integrals (S. Chandrasekhar, "Radiative transfer", 1950, chapter 1, eq. 99).
    """
    thick = np.diff(_SHELLS)[:, None]
    found = np.empty_like(thin)
    for wave in range(thin.shape[1]):
        depth = np.concatenate([[0.0], np.cumsum((out * thick)[:, wave])])
        albedo = (thin / out)[:, wave]
        first = sunlit[:, wave] / (4 * np.pi)
        bounce = _ALBEDO_GROUND / np.pi
        upward = _between(2, (depth[1:] + depth[:-1]) / 2) / 2
        down = 2 * np.pi * (_between(3, depth[:-1]) - _between(3, depth[1:]))
        spread = _exchange(depth) + bounce * np.outer(upward, down)
        lit = bounce * sine * sunlit[0, wave] * upward
        # J = spread S + lit, S = albedo (first + J)
        whole = np.eye(len(albedo)) - spread * albedo
        found[:, wave] = np.linalg.solve(whole, spread @ (albedo * first) + lit)
    return found


def _exchange(depth: Float[Array, "n"]) -> Float[Array, "s s"]:
    """Mean radiance in the middle of each shell by the unit source of each other."""
    middle = (depth[1:] + depth[:-1]) / 2
    one, two = (_between(2, np.abs(middle[:, None] - edge)) for edge in (depth[:-1], depth[1:]))
    matrix: Array = np.abs(one - two) / 2
    np.fill_diagonal(matrix, 1 - (np.diag(one) + np.diag(two)) / 2)
    return matrix


def _between(order: int, depth: Array) -> Array:
    result: Array = expn(order, depth)
    return result


def _observer() -> Float[Array, "w 3"]:
    """What a unit of the sun's radiance at each wavelength adds to linear sRGB.

    Source: C. Wyman, P. Sloan and P. Shirley, "Simple analytic approximations to the CIE XYZ color
    matching functions", Journal of Computer Graphics Techniques 2, 2013, eq. 4 (multi-lobe fit).
    """

    def lobe(middle: float, below: float, above: float) -> Array:
        apart = 1000 * _WAVELENGTH - middle
        width = np.where(apart < 0, below, above)
        return np.exp(-0.5 * (apart / width) ** 2)

    x = 1.056 * lobe(599.8, 37.9, 31.0) + 0.362 * lobe(442.0, 16.0, 26.7)
    x -= 0.065 * lobe(501.1, 20.4, 26.2)
    y = 0.821 * lobe(568.8, 46.9, 40.5) + 0.286 * lobe(530.9, 16.3, 31.1)
    z = 1.217 * lobe(437.0, 11.8, 36.0) + 0.681 * lobe(459.0, 26.0, 13.8)
    power = _SUN / (_SUN @ y)
    return (np.stack([x, y, z], axis=1) * power[:, None]) @ _SRGB.T
