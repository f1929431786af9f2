"""Falling snow."""

from dataclasses import dataclass

import numpy as np

from synthgen.precipitation import Spectrum, flake_area, flake_size, snow_sizes
from synthgen.weather.effect import Weather

LIDAR_RATIO = 25.0
"""[sr] Extinction over backscatter of snow crystals.

Source: W.-N. Chen, C.-W. Chiang and J.-B. Nee, "Lidar ratio and depolarization ratio for cirrus
clouds", Appl. Opt. 41, 2002: 29 +- 12 sr."""

_MELTED = np.linspace(0.05e-3, 8e-3, 400)
"""[m] Melted diameters over which sums are taken."""


@dataclass(frozen=True, kw_only=True)
class Snow(Weather):
    """Steady snow of dry aggregates.

    Attributes:
        rate: [mm/h of water].
    """

    rate: float

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 20:
            raise ValueError(f"snow must be in 0 to 20 mm/h of water, got {self.rate}")

    def sizes(self) -> Spectrum:
        """Return the melted diameters of flakes."""
        return snow_sizes(self.rate)

    def extinction(self, wavelength: float) -> float:
        """Return the extinction coefficient [1/m]: twice the area that the flakes cover.

        Flakes are far larger than light waves, so that extinction efficiency is 2 for all
        visible and near infrared wavelengths.

        Source: H. C. van de Hulst, "Light Scattering by Small Particles", 1957, section 8.22.
        """
        if self.rate == 0:
            return 0.0
        area = flake_area(flake_size(_MELTED))
        return float(2 * np.trapezoid(self.sizes().density(_MELTED) * area, _MELTED))

    def drop_backscatter(self, wavelength: float) -> float:
        """Return the backscatter coefficient [1/m/sr] of flakes that return one by one."""
        return self.extinction(wavelength) / LIDAR_RATIO

    def asymmetry(self) -> float:
        """Return g of snow crystals.

        Source: T. J. Garrett, P. V. Hobbs and H. Gerber, "Shortwave, single-scattering
        properties of arctic ice clouds", J. Geophys. Res. 106, 2001: 0.74 +- 0.03.
        """
        return 0.74
