"""Returns of a lidar from the air itself: fog, haze and rain drops."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.atmosphere import Atmosphere
from synthgen.geometry import Array
from synthgen.rig import LidarModel
from synthgen.sensors.echo import LIGHT

REACH = 8.0
"""[m] Drops beyond are thinner than the beam by so much that none is detected."""


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
    2021; sizes by Marshall and Palmer, J. Meteor. 5, 1948.
    """
    count = len(free)
    if atmosphere.drops <= 0:
        return Clutter(np.full(count, model.nearest), np.zeros(count))
    cone = _cone_volume(model)
    owner = np.repeat(np.arange(count), rng.poisson(atmosphere.drops * cone, count))
    distance = model.nearest + (REACH - model.nearest) * rng.random(len(owner)) ** 0.5
    diameter = 0.5e-3 + rng.exponential(1 / (4.1e3 * atmosphere.rain**-0.21), len(owner))
    filled = np.minimum(diameter / _width(model, distance), 1.0) ** 2
    strength = 0.04 * rng.exponential(size=len(owner)) * filled
    strength *= np.exp(-2 * atmosphere.lidar_extinction * distance) * (distance < free[owner])
    # Most are far too weak: sorting only what may be detected saves the time.
    strong = strength > 0.3 * model.threshold
    return _strongest(count, owner[strong], distance[strong], strength[strong])


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
