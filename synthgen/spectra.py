"""How much surfaces return at the wavelengths of lasers, 850, 905 and 1550 nm.

A material says what it returns at 905 nm; here is what its substance makes of that at the others.
Water in leaves, skin and snow is black at 1550 nm, minerals are a little brighter there.

Source: the bands within which the public libraries of spectra lie (R. Kokaly et al., "USGS
Spectral Library Version 7", 2017; S. Meerdink et al., "The ECOSTRESS spectral library version
1.0", Remote Sensing of Environment 230, 2019); snow: W. Wiscombe and S. Warren, "A model for the
spectral albedo of snow", Journal of the Atmospheric Sciences 37, 1980, for grains of 0.1 to 0.3
mm; skin: C. Cooksey and D. Allen, "Reflectance measurements of human skin from the ultraviolet to
the shortwave infrared", Proc. SPIE 8734, 2013. Values are means of such bands, read to one digit:
estimates, good to some 20 %.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

LASERS = (850e-9, 905e-9, 1550e-9)
"""[m] Wavelengths of the table, between which one is asked linearly."""


@dataclass(frozen=True)
class Substance:
    """What a surface is made of, for a laser.

    Attributes:
        dark: least diffuse reflectance at 905 nm that is usual.
        bright: largest.
        at_850: reflectance at 850 nm over that at 905 nm.
        at_1550: reflectance at 1550 nm over that at 905 nm.
    """

    dark: float
    bright: float
    at_850: float
    at_1550: float


SUBSTANCES: Mapping[str, Substance] = {
    "asphalt": Substance(0.08, 0.20, 0.97, 1.25),
    "mineral": Substance(0.20, 0.70, 0.98, 1.10),
    "soil": Substance(0.12, 0.45, 0.95, 1.35),
    "vegetation": Substance(0.40, 0.60, 0.98, 0.50),
    "wood": Substance(0.25, 0.60, 0.95, 1.15),
    "cloth": Substance(0.05, 0.80, 1.00, 0.90),
    "skin": Substance(0.45, 0.65, 1.03, 0.27),
    "paint": Substance(0.02, 0.90, 1.00, 0.95),
    "rubber": Substance(0.03, 0.15, 1.00, 1.00),
    "glass": Substance(0.00, 0.20, 1.00, 0.90),
    "snow": Substance(0.70, 0.95, 1.04, 0.13),
}
"""By name. Black is not black to a laser as a rule: many dyes of cloth let 905 nm through to a
white fibre, carbon black (rubber, lacquer, some cloth) does not."""

WATER = (4.3, 6.8, 1080.0)
"""[1/m] Absorption of water at `LASERS`. Source: G. Hale and M. Querry, "Optical constants of
water in the 200-nm to 200-um wavelength region", Applied Optics 12, 1973, table 1."""


def relative(at_850: float, at_1550: float, wavelength: float) -> float:
    """Return the reflectance at `wavelength` [m] over that at 905 nm."""
    return float(np.interp(wavelength, LASERS, (at_850, 1.0, at_1550)))


def water_absorption(wavelength: float) -> float:
    """Return the absorption [1/m] of water at `wavelength` [m], 850 to 1550 nm."""
    return float(np.exp(np.interp(wavelength, LASERS, np.log(WATER))))
