"""What surfaces send back at 77 GHz: a diffuse part and a lobe about their normal."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.special import ndtri

from synthgen.classes import CLASSES
from synthgen.geometry import Array

GRAIN = 0.7
"""[m] Size of the patches that are bright or dark as a whole: windows, joints, tufts."""


@dataclass(frozen=True)
class Reflector:
    """How a class of surface reflects.

    Attributes:
        mirror_db: [dB] power reflected straight back by a flat piece of it.
        slope: root mean square slope of its facets.
        diffuse_db: [dB] gamma of the diffuse part, cross-section per area over sin(grazing).
        patchy_db: [dB] standard deviation of that from patch to patch (log-normal).
    """

    mirror_db: float
    slope: float
    diffuse_db: float
    patchy_db: float


ROAD = Reflector(-10.0, 0.03, -17.0, 1.5)
_METAL_POST = Reflector(-1.0, 0.4, -6.0, 3.0)
REFLECTORS = {
    "road": ROAD,
    "lane_marking": ROAD,
    "crosswalk": ROAD,
    "sidewalk": Reflector(-9.0, 0.05, -14.0, 3.0),
    "terrain": Reflector(-10.0, 0.4, -13.0, 4.0),
    "vegetation": Reflector(-12.0, 0.8, -9.0, 5.0),
    "tree": Reflector(-8.0, 0.5, -9.0, 5.0),
    "building": Reflector(-7.0, 0.06, -9.0, 8.0),
    "fence": Reflector(-8.0, 0.10, -10.0, 6.0),
    "barrier": Reflector(-2.0, 0.35, -4.0, 7.0),
    "pole": _METAL_POST,
    "street_light": _METAL_POST,
    "traffic_sign": Reflector(-1.0, 0.12, -8.0, 3.0),
    "traffic_light": Reflector(-4.0, 0.30, -6.0, 3.0),
    "traffic_cone": Reflector(-12.0, 0.5, -14.0, 3.0),
    "debris": Reflector(-6.0, 0.5, -10.0, 4.0),
    "water": Reflector(-3.0, 0.02, -30.0, 0.0),
}
"""Estimates, set so that roads have sigma_0 of -30 to -25 dB at 1 to 5 degrees, posts and signs
the 0 to 20 dBsm that are reported of them; reflection at normal incidence after the permittivities
of concrete, wood and glass in Recommendation ITU-R P.2040-3 (2023), table 3."""

_WET_DB = -8.0
"""[dB] Change of a road's diffuse part under a film of water, an estimate: it gets smoother."""


def cross_section(
    semantic: Int[Array, "n"], cosine: Float[Array, "n"], area: Float[Array, "n"], wetness: float
) -> Float[Array, "n"]:
    """Return mean cross-sections [m2] of patches that fill `area` [m2] across the ray.

    `cosine` is that of the angle theta between ray and normal. A patch has the surface
    A = area / cos(theta) and sigma / A = gamma cos(theta)
    + Gamma exp(-tan(theta)^2 / (2 s^2)) / (2 s^2 cos(theta)^4),
    whose lobe, summed over a plane at distance R, is its mirror image's pi R^2 Gamma.

    Source: F. T. Ulaby and D. G. Long, "Microwave Radar and Radiometric Remote Sensing", 2014,
    section 10-3 (geometric optics of a surface with Gaussian slopes); constant gamma:
    M. Skolnik, "Radar Handbook", 3rd ed., 2008, chapter 16.
    """
    table = _table(wetness)[semantic]
    mirror, slope, diffuse = table[:, 0], table[:, 1], table[:, 2]
    steep = np.clip(cosine, 0.02, 1.0)
    tangent = 1 / steep**2 - 1
    lobe = mirror * np.exp(-tangent / (2 * slope**2)) / (2 * slope**2 * steep**5)
    return area * (diffuse + lobe)


def patchiness(semantic: Int[Array, "n"], position: Float[Array, "n 3"]) -> Float[Array, "n"]:
    """Return how bright the patch at each `position` [m] is, mean 1: the same at every look.

    Log-normal, from a hash of the patch's place.
    """
    spread = _table(0.0)[semantic, 3] * np.log(10) / 10
    cell = np.floor(position / GRAIN).astype(np.int64).astype(np.uint64)
    mixed = cell[:, 0] * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= cell[:, 1] * np.uint64(0xC2B2AE3D27D4EB4F)
    mixed ^= cell[:, 2] * np.uint64(0x165667B19E3779F9)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    share = ((mixed >> np.uint64(11)).astype(float) + 0.5) / 2.0**53
    return np.exp(spread * ndtri(share) - spread**2 / 2)


def _table(wetness: float) -> Float[Array, "k 4"]:
    """Return mirror, slope, gamma (all linear) and patchiness [dB] by class id."""
    table = np.tile([1e-6, 0.5, 1e-6, 0.0], (max(c.semantic for c in CLASSES.values()) + 1, 1))
    for name, one in REFLECTORS.items():
        wet = _WET_DB * wetness if name in WETTED else 0.0
        linear = (10 ** (one.mirror_db / 10), one.slope, 10 ** ((one.diffuse_db + wet) / 10))
        table[CLASSES[name].semantic] = (*linear, one.patchy_db)
    return table


WETTED = frozenset({"road", "lane_marking", "crosswalk", "sidewalk"})
"""Classes on which water stands as a film."""


def bounce(grazing: Float[Array, "n"], wavelength: float, horizontal: bool) -> Float[Array, "n"]:
    """Return what share of the amplitude the road mirrors at angles `grazing` [rad], signed.

    Fresnel's coefficient for asphalt (relative permittivity 3.2, an estimate between measured
    2.5 and 4) times exp(-2 (2 pi h sin(grazing) / wavelength)^2) for a rough surface of rms
    height h = 0.4 mm, an estimate for worn asphalt.

    Source: W. S. Ament, "Toward a theory of reflection by a rough surface", Proc. IRE 41, 1953.
    """
    sine, cosine = np.sin(grazing), np.cos(grazing)
    inner = np.sqrt(3.2 - cosine**2)
    over = sine if horizontal else 3.2 * sine
    fresnel = (over - inner) / (over + inner)
    return fresnel * np.exp(-2 * (2 * np.pi * 0.4e-3 * sine / wavelength) ** 2)
