"""Returns of a lidar from rain drops and snowflakes, one by one."""

from dataclasses import dataclass

import numba
import numpy as np
from jaxtyping import Float

from synthgen.atmosphere import Atmosphere
from synthgen.geometry import Array
from synthgen.lidar_model import LidarModel
from synthgen.precipitation import Spectrum, flake_area, flake_size

FLAKE = 0.25
"""Reflectance of a snowflake for a lidar: 2 pi / 25 sr, its lidar ratio being 25 sr (see
`weather.snow`) for an extinction of twice its area."""

DROP = 0.04
"""Of a rain drop: its front and rear faces mirror 2 % each.

Source: V. Kilic et al., "Lidar Light Scattering Augmentation (LISA)", arXiv:2107.07004, 2021,
reflectivity of a particle, which counts the front face alone."""

GLINT = 6.0
"""Times its mean that a particle's return may reach: speckle is exponential."""

FAINT = 0.3
"""Of the threshold: what is weaker is left out; with the rest of a shot it would not be heard."""

_DROPS = np.linspace(0.5e-3, 6.5e-3, 25)
"""[m] Edges of the classes of drops."""
_MELTED = np.linspace(0.1e-3, 6e-3, 25)
"""[m] Edges of the classes of melted flakes."""


@dataclass(frozen=True, eq=False)
class Clutter:
    """The strongest return of the air in each beam.

    Attributes:
        distance: [m].
        strength: effective reflectance, attenuation included; 0 for none.
    """

    distance: Float[Array, "n"]
    strength: Float[Array, "n"]


def rain(
    model: LidarModel, atmosphere: Atmosphere, free: Float[Array, "n"], rng: np.random.Generator
) -> Clutter:
    """Return the strongest rain drop in each beam before `free` [m]; see `_strongest`."""
    number = _numbers(atmosphere.drop_sizes, _DROPS) * (atmosphere.drops > 0)
    area = np.pi / 4 * _DROPS**2
    return _strongest(model, atmosphere, free, (number, area, DROP), rng)


def snow(
    model: LidarModel, atmosphere: Atmosphere, free: Float[Array, "n"], rng: np.random.Generator
) -> Clutter:
    """Return the strongest snowflake in each beam before `free` [m]; see `_strongest`."""
    number = _numbers(atmosphere.flake_sizes, _MELTED) * (atmosphere.snow > 0)
    area = flake_area(flake_size(_MELTED))
    return _strongest(model, atmosphere, free, (number, area, FLAKE), rng)


def _numbers(sizes: Spectrum, edges: Float[Array, "k"]) -> Float[Array, "j"]:
    """Return the number density [1/m3] between each two `edges` [m]."""
    return -np.diff([sizes.number(float(edge)) for edge in edges])


def _strongest(
    model: LidarModel,
    atmosphere: Atmosphere,
    free: Float[Array, "n"],
    kind: tuple[Float[Array, "j"], Float[Array, "k"], float],
    rng: np.random.Generator,
) -> Clutter:
    """Return the strongest particle of one `kind`: density [1/m3] and area [m2] by class.

    Particles are a Poisson process in the beam's cone, for each class of sizes as far out as its
    largest can be detected; one returns as a diffuse plate of its reflectance does on the share
    of the beam that its area fills, with exponential speckle.
    """
    number, area, reflectance = kind
    found = Clutter(np.full(len(free), model.nearest), np.zeros(len(free)))
    reach = _reach(model, area[1:], reflectance)
    near = (model.aperture + model.divergence * model.nearest) ** 3
    cubes = np.maximum((model.aperture + model.divergence * reach) ** 3 - near, 0.0)
    drawn = rng.poisson(number * cubes * np.pi / 12 / model.divergence * len(free))
    beam = (
        model.aperture, model.divergence, model.plateau, 2 * atmosphere.lidar_extinction,
        FAINT * model.level,
    )  # fmt: skip
    _scatter((found.distance, found.strength), free, drawn, (near, cubes, area, reflectance), beam,
             rng)  # fmt: skip
    return found


def _reach(model: LidarModel, area: Float[Array, "j"], reflectance: float) -> Float[Array, "j"]:
    """Return how far [m] particles of `area` [m2] are detected where their speckle is bright."""
    widest = np.sqrt(reflectance * GLINT * area / (np.pi / 4 * model.level))
    return np.minimum((widest - model.aperture) / model.divergence, model.farthest)


@numba.njit(cache=True)
def _scatter(out, free, drawn, kind, beam, rng):  # type: ignore[no-untyped-def]
    """Put the particles into beams at random; keep the strongest of each beam."""
    place, strength = out
    near, cubes, area, reflectance = kind
    aperture, divergence, plateau, loss, faint = beam
    for size in range(len(drawn)):
        for _ in range(drawn[size]):
            n = int(rng.random() * len(free))
            width = (near + rng.random() * cubes[size]) ** (1.0 / 3.0)
            filled = area[size] + rng.random() * (area[size + 1] - area[size])
            bright = reflectance * min(filled / (0.25 * np.pi * width * width), 1.0)
            distance = (width - aperture) / divergence
            gain = min(1.0, (plateau / distance) ** 2) * np.exp(-loss * distance)
            found = bright * gain * rng.exponential()
            if found > max(faint, strength[n]) and distance < free[n]:
                place[n], strength[n] = distance, found
