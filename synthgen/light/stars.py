"""Stars: a field drawn by the magnitudes that the sky has, and what of it comes through the air."""

from dataclasses import dataclass

import numba
import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.light.dome import Dome, cloudiness
from synthgen.light.illuminance import air_mass, luminance
from synthgen.rng import stream

COUNTS = (1, 4, 15, 49, 172, 511, 1600, 4968)
"""Stars in the whole sky brighter than magnitude -1, 0, 1, ... 6.

Source: counts of the Hipparcos catalogue (ESA SP-1200, 1997), in J. Fontaine, OEIS A053406, 2000.
"""
BRIGHTEST = -1.46
"""Magnitude of Sirius."""
ZERO = 2.54e-6
"""[lx] of a star of magnitude 0 outside the air. Source: C. W. Allen, "Astrophysical Quantities",
3rd ed. 1973, section 96."""
_DIMMED = 0.21
"""Optical depth of the air overhead, as of sunlight in `illuminance.sun_normal`."""
_WARM, _COLD = np.array([1.25, 0.96, 0.66]), np.array([0.86, 1.0, 1.26])
"""Linear sRGB of stars of 4000 and 12000 K. Source: black-body chromaticity (CIE 15:2018)."""


@dataclass(frozen=True, eq=False)
class Stars:
    """Points of light in the sky.

    Attributes:
        direction: unit, world frame.
        light: [lx] linear sRGB, of a plane that faces the star.
    """

    direction: Float[Array, "n 3"]
    light: Float[Array, "n 3"]


def magnitudes(share: Float[Array, "n"]) -> Float[Array, "n"]:
    """Return the magnitude that `share` of the stars to magnitude 6 are brighter than."""
    count = np.log10([0.5, *COUNTS])
    edges = np.array([BRIGHTEST, *range(-1, len(COUNTS) - 1)])
    return np.interp(np.log10(np.maximum(share * COUNTS[-1], 0.5)), count, edges)


def illuminance_of(magnitude: Float[Array, "n"]) -> Float[Array, "n"]:
    """Return the illuminance [lx] by stars of a `magnitude`, outside the air (Pogson 1856)."""
    found: Array = ZERO * 10 ** (-0.4 * magnitude)
    return found


def field(seed: int) -> Stars:
    """Return the stars to magnitude 6 of the whole sphere, spread evenly, outside the air."""
    rng, count = stream(seed, "stars"), COUNTS[-1]
    magnitude = magnitudes((np.arange(count) + 0.5) / count)
    way = rng.normal(size=(count, 3))
    way /= np.linalg.norm(way, axis=1)[:, None]
    color = _WARM + rng.random((count, 1)) * (_COLD - _WARM)
    color /= luminance(color)[:, None]
    return Stars(way, illuminance_of(magnitude)[:, None] * color)


def seen(dome: Dome, least: float = 0.0) -> Stars:
    """Return the stars higher than `least` (sine), dimmed by clear air and by the dome's clouds."""
    every = field(dome.seed)
    up = every.direction[:, 2] > least
    way = every.direction[up]
    masses = np.array([air_mass(float(height)) for height in np.arcsin(way[:, 2])])
    left = np.exp(-_DIMMED * masses) * openings(dome, way)
    return Stars(way, every.light[up] * left[:, None])


@numba.njit(cache=True)
def openings(dome, directions):  # type: ignore[no-untyped-def]
    """Return the share of light that comes through the clouds, as of the moon's disc."""
    out = np.empty(len(directions))
    for n in range(len(directions)):
        x, y, z = directions[n]
        cover, _ = cloudiness(dome, x, y, z)
        out[n] = (1.0 - cover) ** 3
    return out
