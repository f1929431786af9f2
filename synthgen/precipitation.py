"""Sizes and fall speeds of rain drops, drizzle and snowflakes, for whoever draws or counts them."""

from dataclasses import dataclass
from math import inf

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array

ICE = 917.0 / 1000.0
"""Density of ice over that of water: no flake is denser."""


@dataclass(frozen=True)
class Spectrum:
    """Exponential size distribution: intercept x exp(-slope x diameter).

    Attributes:
        intercept: [1/m4] number per volume and diameter, at diameter 0.
        slope: [1/m] decay with diameter.
    """

    intercept: float = 0.0
    slope: float = inf

    def density(self, diameter: Float[Array, "n"]) -> Float[Array, "n"]:
        """Return the number [1/m4] per volume and diameter at `diameter` > 0 [m]."""
        return self.intercept * np.exp(-self.slope * diameter)

    def number(self, floor: float) -> float:
        """Return the number [1/m3] of those with a diameter above `floor` [m]."""
        if self.intercept == 0:
            return 0.0
        return float(self.intercept / self.slope * np.exp(-self.slope * floor))


NONE = Spectrum()
"""Dry air."""


def rain_sizes(rate: float) -> Spectrum:
    """Return drop diameters in widespread rain of `rate` [mm/h], for 1 to 100 mm/h.

    Source: J. S. Marshall and W. Palmer, "The distribution of raindrops with size", J. Meteor.
    5, 1948, equations 1 and 3: 8000 exp(-4.1 R^-0.21 D) [1/m3/mm], D in mm.
    """
    return Spectrum(8e6, 4.1e3 * rate**-0.21) if rate > 0 else NONE


def drizzle_sizes(rate: float) -> Spectrum:
    """Return drop diameters in drizzle of `rate` [mm/h], for 0.1 to 2 mm/h: many and fine.

    Source: J. Joss, J. C. Thams and A. Waldvogel, "The variation of raindrop size distributions
    at Locarno", Proc. Int. Conf. Cloud Physics, Toronto, 1968: drizzle,
    30000 exp(-5.7 R^-0.21 D) [1/m3/mm], D in mm.
    """
    return Spectrum(30e6, 5.7e3 * rate**-0.21) if rate > 0 else NONE


def snow_sizes(rate: float) -> Spectrum:
    """Return *melted* diameters of flakes in snow of `rate` [mm/h of water], 0.2 to 5 mm/h.

    Source: R. S. Sekhon and R. C. Srivastava, "Snow size spectra and radar reflectivity",
    J. Atmos. Sci. 27, 1970: 2500 R^-0.94 exp(-2.29 R^-0.45 D) [1/m3/mm], D in mm, for
    aggregates; it revises K. L. S. Gunn and J. S. Marshall, J. Meteor. 15, 1958.
    """
    return Spectrum(2.5e6 * rate**-0.94, 2.29e3 * rate**-0.45) if rate > 0 else NONE


def flake_size(melted: Float[Array, "n"]) -> Float[Array, "n"]:
    """Return the diameter [m] of the flake that melts to a drop of diameter `melted` [m].

    The flake's density falls with its size, 0.178 D^-0.922 g/cm3 (D in mm), so that its mass is
    0.0932 D^2.078 mg; small ones are ice.

    Source: E. A. Brandes et al., "A statistical and physical description of hydrometeor
    distributions in Colorado snowstorms using a video disdrometer", J. Appl. Meteor. Climatol.
    46, 2007, density by diameter.
    """
    millimetres = melted * 1e3
    fluffy = (np.pi / 6 * millimetres**3 / 0.0932) ** (1 / 2.078)
    return np.maximum(fluffy, millimetres / ICE ** (1 / 3)) * 1e-3


def flake_speed(diameter: Float[Array, "n"]) -> Float[Array, "n"]:
    """Return the terminal speed [m/s] of flakes of `diameter` [m], 0.5 to 20 mm, at -5 C.

    Source: E. A. Brandes et al., "Aggregate terminal velocity/temperature relations", J. Appl.
    Meteor. Climatol. 47, 2008: 0.67 D^0.25, D in mm.
    """
    return 0.67 * (diameter * 1e3) ** 0.25


def flake_area(diameter: Float[Array, "n"]) -> Float[Array, "n"]:
    """Return the area [m2] that a flake of `diameter` [m] covers seen from the side.

    A third of its disc where it is large: flakes have gaps.

    Source: D. L. Mitchell, "Use of mass- and area-dimensional power laws for determining
    precipitation particle terminal velocities", J. Atmos. Sci. 53, 1996, table 1, aggregates of
    side planes, columns and bullets: 0.2285 D^1.88 [cm2], D in cm.
    """
    aggregate = 0.2285e-4 * (diameter * 100) ** 1.88
    return np.minimum(aggregate, np.pi / 4 * diameter**2)
