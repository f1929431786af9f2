"""How strongly a surface returns a laser pulse.

Strengths are effective reflectances: 1 is what a white diffuse plate returns that the beam meets
squarely, within the range up to which the receiver's gain makes up for distance.
"""

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.lidar_model import LidarModel
from synthgen.sensors.surface import Surfaces

LIGHT = 299_792_458.0
"""[m/s] Speed of light."""

DUST = 0.008
"""Diffuse reflectance that dust gives the blackest lacquer."""


def echo(
    surface: Surfaces, cosine: Float[Array, "n"], wetness: Float[Array, "n"] | float
) -> Float[Array, "n"]:
    """Return the effective reflectance of surfaces met at `cosine` of incidence.

    Diffuse, mirroring and retroreflecting parts add; a film of water takes the place of the
    rough surface on the share of it that is wet. `wetness` is the road's, 0 to 1, or that of each;
    surfaces that do not face up hold less water.
    """
    pigment = _diffuse_share(surface) * surface["reflectance"] * _outside_windows(surface)
    base = pigment + DUST * surface["clearcoat"]
    film = wetness * np.where(surface.normal[:, 2] > 0.7, 1.0, 0.3)
    dry = base * oren_nayar(cosine, surface["roughness"])
    wet = base * (1 - 0.5 * surface["porosity"]) * (1 - fresnel(cosine, 1.33)) ** 2 * cosine
    bright = (1 - film) * dry + film * wet
    return bright + _mirror(surface, cosine) + _retro(surface, cosine) * (1 - 0.9 * film)


def oren_nayar(cosine: Float[Array, "n"], roughness: Float[Array, "n"]) -> Float[Array, "n"]:
    """Return what a rough diffuse surface sends back to where the light came from.

    Relative to a smooth diffuse one met squarely: A cos + B sin^2, which for light and sight
    in one direction is all that is left of the model; slopes spread by 0.6 roughness^2 [rad].

    Source: M. Oren and S. Nayar, "Generalization of Lambert's reflectance model", SIGGRAPH
    1994, equation 30.
    """
    spread = (0.6 * roughness**2) ** 2
    a = 1 - 0.5 * spread / (spread + 0.33)
    b = 0.45 * spread / (spread + 0.09)
    return a * cosine + b * (1 - cosine**2)


def fresnel(cosine: Float[Array, "n"], index: float) -> Float[Array, "n"]:
    """Return the reflectance of a smooth surface of refractive `index`.

    Source: C. Schlick, "An inexpensive BRDF model for physically-based rendering", Computer
    Graphics Forum 13, 1994, equation 15.
    """
    straight = ((index - 1) / (index + 1)) ** 2
    return straight + (1 - straight) * (1 - cosine) ** 5


def spread_over_range(
    model: LidarModel, distance: Float[Array, "n"], cosine: Float[Array, "n"]
) -> Float[Array, "n"]:
    """Return the loss of peak power where a slanted surface draws the pulse out in time.

    The beam's footprint reaches over divergence x range x tan(incidence) of range, against
    half the length of the pulse.
    """
    slope = np.sqrt(1 - cosine**2) / np.maximum(cosine, 1e-3)
    drawn = model.divergence * distance * slope / (LIGHT * model.pulse / 2)
    return 1 / np.sqrt(1 + drawn**2)


def receiver_gain(model: LidarModel, distance: Float[Array, "n"]) -> Float[Array, "n"]:
    """Return the strength of a return over what it is within the plateau: inverse square."""
    return np.minimum(1.0, (model.plateau / np.maximum(distance, 1e-3)) ** 2)


def intensity(model: LidarModel, strength: Float[Array, "n"]) -> Float[Array, "n"]:
    """Return strengths as the maker codes them: logarithmic, clipped to 0..1, in steps.

    Two points of the curve fit KITTI: road at 8 m reads 0.20 and sidewalk 0.31; number plates
    and signs saturate.
    """
    coded = model.intensity_gain * np.log(np.maximum(strength, 1e-12) / model.dark)
    return np.clip(np.round(coded / model.intensity_step) * model.intensity_step, 0.0, 1.0)


def _diffuse_share(surface: Surfaces) -> Float[Array, "n"]:
    """Share of the pigment's reflectance that comes back diffusely.

    Metals have none and lacquer lets little of it out again; of clear glass only the dirt shows
    (0.55 of what the pane does not pass); leaves let part of the beam through between them.
    """
    lacquer = 1 - 0.9 * surface["clearcoat"]
    clear = surface["transmission"]
    glass = np.where(clear > 0, 0.55 * (1 - clear), 1.0)
    return (1 - surface["metallic"]) * lacquer * glass * (1 - 0.5 * surface["foliage"])


def _outside_windows(surface: Surfaces) -> Float[Array, "n"]:
    """1 on walls, the little that glass returns within the windows of a facade."""
    pitch, floor = surface["window_pitch"], surface["window_floor"]
    column = surface.uv[:, 0] / np.where(pitch > 0, pitch, 1) % 1
    row = surface.uv[:, 1] / np.where(floor > 0, floor, 1) % 1
    beside = np.abs(column - 0.5) < surface["window_share"] / 2
    return np.where((pitch > 0) & beside & (np.abs(row - 0.56) < 0.265), 0.03, 1.0)


def _mirror(surface: Surfaces, cosine: Float[Array, "n"]) -> Float[Array, "n"]:
    """Glint of smooth surfaces met almost squarely: pi F D / (4 cos), as a diffuse target's rho.

    Source: B. Walter et al., "Microfacet models for refraction through rough surfaces", EGSR
    2007, equations 20 and 33; nothing is smoother than the beam is wide.
    """
    lacquer, metal = 0.04 * surface["clearcoat"], surface["metallic"] * surface["reflectance"]
    rough = np.maximum(surface["roughness"] ** 2, 0.05)
    glass = np.where(surface["transmission"] > 0, 0.04, 0.0)

    def lobe(width: Array | float) -> Array:
        return width**2 / (4 * np.maximum(cosine, 0.1) * (cosine**2 * (width**2 - 1) + 1) ** 2)

    return (lacquer + glass) * lobe(0.05) + metal * lobe(rough)


def _retro(surface: Surfaces, cosine: Float[Array, "n"]) -> Float[Array, "n"]:
    """Retroreflection: pi R_A, falling to 56 % at 30 deg as film of type III does.

    Source: R_A of ASTM D4956-01 by entrance angle; rho = pi R_A by the definition of R_A.
    """
    return np.pi * surface["retroreflection"] * cosine**4
