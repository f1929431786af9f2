"""Rain."""

from dataclasses import dataclass

import numpy as np

from synthgen.precipitation import Spectrum, drizzle_sizes, rain_sizes
from synthgen.weather.effect import DROP_FLOOR, Weather


@dataclass(frozen=True, kw_only=True)
class Rain(Weather):
    """Steady rain with Marshall-Palmer drops, or drizzle with the finer drops of its own.

    Attributes:
        rate: [mm/h].
        drizzle: whether it is drizzle.
    """

    rate: float
    drizzle: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 300:
            raise ValueError(f"rain must be in 0 to 300 mm/h, got {self.rate}")

    def extinction(self, wavelength: float) -> float:
        """Return the extinction coefficient [1/m]; drops are far larger than light waves.

        Source: 3.67e-4 R^0.63 fits Mie theory (water, 905 nm) integrated over the drop sizes of
        J. S. Marshall and W. Palmer, "The distribution of raindrops with size", J. Meteor. 5,
        1948; for 1 to 100 mm/h. As extinction efficiency is 2 for every drop, it holds for all
        visible and near infrared wavelengths, and drizzle has pi x intercept / slope^3.
        """
        if self.drizzle and self.rate > 0:
            return np.pi * self.sizes().intercept / self.sizes().slope ** 3
        return 3.67e-4 * self.rate**0.63

    def drop_backscatter(self, wavelength: float) -> float:
        """Return the backscatter coefficient [1/m/sr] of drops as 2 % mirrors spread evenly.

        A drop shows its cross section, half its extinction, and reflects ((n-1)/(n+1))^2 =
        1.98 % of it; over pi as a diffuse target has it.

        Source: V. Kilic et al., "Lidar Light Scattering Augmentation (LISA)", arXiv:2107.07004,
        2021, reflectivity of a particle.
        """
        mirror = ((1.328 - 1) / (1.328 + 1)) ** 2
        return mirror * self.extinction(wavelength) / 2 / np.pi

    def sizes(self) -> Spectrum:
        """Return the diameters of drops."""
        return drizzle_sizes(self.rate) if self.drizzle else rain_sizes(self.rate)

    def drops(self) -> float:
        """Return the number density [1/m3] of drops above `DROP_FLOOR`."""
        return self.sizes().number(DROP_FLOOR)

    def albedo(self) -> float:
        """Return the single-scattering albedo; water drops do not absorb visible light."""
        return 1.0

    def asymmetry(self) -> float:
        """Return g of large drops: half of the light is diffracted straight on.

        Source: mean of diffraction (1.0) and geometrical optics of water spheres (0.77),
        H. C. van de Hulst, "Light Scattering by Small Particles", 1957, section 12.5.
        """
        return 0.885
