"""Returns of a lidar from the air itself: fog, haze, rain drops and snowflakes."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.atmosphere import Atmosphere
from synthgen.geometry import Array
from synthgen.lidar_model import LidarModel
from synthgen.precipitation import flake_area, flake_size
from synthgen.sensors.echo import LIGHT, receiver_gain

REACH = 8.0
"""[m] Drops beyond are thinner than the beam by so much that none is detected."""

FLAKE = 0.25
"""Reflectance of a snowflake for a lidar: 2 pi / 25 sr, its lidar ratio being 25 sr (see
`weather.snow`) for an extinction of twice its area."""

GLINT = 6.0
"""Times its mean that a flake's return may reach: speckle is exponential."""

_MELTED = np.linspace(0.1e-3, 6e-3, 25)
"""[m] Edges of the classes of melted diameters."""


@dataclass(frozen=True, eq=False)
class Clutter:
    """The strongest return of the air in each beam.

    Attributes:
        distance: [m].
        strength: effective reflectance, attenuation included; 0 for none.
    """

    distance: Float[Array, "n"]
    strength: Float[Array, "n"]


def fog(
    model: LidarModel, atmosphere: Atmosphere, free: Float[Array, "n"], rng: np.random.Generator
) -> Clutter:
    """Return what fog and haze send back before `free` [m], where something solid stands.

    A cell of half a pulse length is as bright as a diffuse target of reflectance
    pi x backscatter x length; its speckle is exponential. The cell that wins is near: the
    chance falls with the way through the fog and back.

    Source: R. H. Rasshofer, M. Spies and H. Spies, Adv. Radio Sci. 9, 2011, equation 12, for a
    pulse short against the range.
    """
    loss = 2 * max(atmosphere.lidar_extinction, 1e-9)
    end = np.maximum(np.minimum(free, model.farthest), model.nearest)
    spent = 1 - np.exp(-loss * (end - model.nearest))
    share = rng.random(len(free)) * spent
    distance = model.nearest - np.log1p(-share) / loss
    cell = np.pi * atmosphere.backscatter * LIGHT * model.pulse / 2
    speckle = rng.exponential(size=len(free))
    return Clutter(distance, cell * speckle * np.exp(-loss * distance) * (spent > 0))


def rain(
    model: LidarModel, atmosphere: Atmosphere, free: Float[Array, "n"], rng: np.random.Generator
) -> Clutter:
    """Return the strongest rain drop in each beam before `free` [m].

    Drops are a Poisson process in the beam's cone; one returns by the reflections of its front
    and rear face, 2 % each, with exponential glints, for the share of the beam that it fills.

    Source: V. Kilic et al., "Lidar Light Scattering Augmentation (LISA)", arXiv:2107.07004,
    2021, reflectivity and beam share of a particle.
    """
    count = len(free)
    if atmosphere.drops <= 0:
        return Clutter(np.full(count, model.nearest), np.zeros(count))
    cone = _cone_volume(model)
    owner = np.repeat(np.arange(count), rng.poisson(atmosphere.drops * cone, count))
    distance = model.nearest + (REACH - model.nearest) * rng.random(len(owner)) ** 0.5
    diameter = 0.5e-3 + rng.exponential(1 / atmosphere.drop_sizes.slope, len(owner))
    filled = np.minimum(diameter / _width(model, distance), 1.0) ** 2
    strength = 0.04 * rng.exponential(size=len(owner)) * filled
    strength *= np.exp(-2 * atmosphere.lidar_extinction * distance) * (distance < free[owner])
    # Most are far too weak: sorting only what may be detected saves the time.
    strong = strength > 0.3 * model.threshold
    return _strongest(count, owner[strong], distance[strong], strength[strong])


def snow(
    model: LidarModel, atmosphere: Atmosphere, free: Float[Array, "n"], rng: np.random.Generator
) -> Clutter:
    """Return the strongest snowflake in each beam before `free` [m].

    Flakes are a Poisson process in the beam's cone, for each class of sizes as far out as its
    largest can be detected; one returns as a white target does on the share of the beam that
    its area fills, with exponential speckle.
    """
    count = len(free)
    if atmosphere.snow <= 0:
        return Clutter(np.full(count, model.nearest), np.zeros(count))
    number, reach = _flakes(model, atmosphere)
    near = _width(model, model.nearest) ** 3
    cubes = np.maximum(_width(model, reach) ** 3 - near, 0.0)
    drawn = rng.poisson(number * cubes * np.pi / 12 / model.divergence * count)
    which = np.repeat(np.arange(len(number)), drawn)
    owner = rng.integers(count, size=len(which))
    width = np.cbrt(near + rng.random(len(which)) * cubes[which])
    distance = (width - model.aperture) / model.divergence
    step = _MELTED[1] - _MELTED[0]
    size = flake_size(_MELTED[which] + step * rng.random(len(which)))
    filled = np.minimum(flake_area(size) / (np.pi / 4 * width**2), 1.0)
    strength = FLAKE * rng.exponential(size=len(which)) * filled * receiver_gain(model, distance)
    strength *= np.exp(-2 * atmosphere.lidar_extinction * distance) * (distance < free[owner])
    strong = strength > 0.3 * model.threshold
    return _strongest(count, owner[strong], distance[strong], strength[strong])


def _flakes(model: LidarModel, atmosphere: Atmosphere) -> tuple[Array, Array]:
    """Number density [1/m3] of each class of flakes, and how far [m] its largest is detected."""
    number = -np.diff([atmosphere.flake_sizes.number(edge) for edge in _MELTED])
    widest = np.sqrt(
        FLAKE * GLINT * flake_area(flake_size(_MELTED[1:])) / (np.pi / 4 * model.threshold)
    )
    return number, np.minimum((widest - model.aperture) / model.divergence, model.farthest)


def _strongest(count: int, owner: Array, distance: Array, strength: Array) -> Clutter:
    """The strongest of the drops of each beam."""
    order = np.lexsort((strength, owner))
    last = np.flatnonzero(np.diff(owner[order], append=count))
    winner = order[last]
    found = Clutter(np.zeros(count), np.zeros(count))
    found.distance[owner[winner]] = distance[winner]
    found.strength[owner[winner]] = strength[winner]
    return found


def _width(model: LidarModel, distance: Array | float) -> Array | float:
    return model.aperture + model.divergence * distance


def _cone_volume(model: LidarModel) -> float:
    """[m3] Volume of the beam from the nearest range to `REACH`."""
    cubes = [_width(model, end) ** 3 for end in (model.nearest, REACH)]
    return float(np.pi / 12 * (cubes[1] - cubes[0]) / model.divergence)
