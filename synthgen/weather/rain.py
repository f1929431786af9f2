"""Rain."""

from dataclasses import dataclass

import numpy as np

from synthgen.weather.effect import DROP_FLOOR, Weather


@dataclass(frozen=True, kw_only=True)
class Rain(Weather):
    """Steady rain with Marshall-Palmer drops.

    Attributes:
        rate: [mm/h].
    """

    rate: float

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 300:
            raise ValueError(f"rain must be in 0 to 300 mm/h, got {self.rate}")

    def extinction(self, wavelength: float) -> float:
        """Return the extinction coefficient [1/m]; drops are far larger than light waves.

        Source: 3.67e-4 R^0.63 fits Mie theory (water, 905 nm) integrated over the drop sizes of
        J. S. Marshall and W. Palmer, "The distribution of raindrops with size", J. Meteor. 5,
        1948; for 1 to 100 mm/h. As extinction efficiency is 2 for every drop, it holds for all
        visible and near infrared wavelengths.
        """
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

    def slope(self) -> float:
        """Return the decay [1/m] of the number of drops with diameter; infinite without rain.

        Source: Marshall and Palmer, 1948: 4.1 R^-0.21 [1/mm].
        """
        return 4.1e3 * self.rate**-0.21 if self.rate > 0 else np.inf

    def drops(self) -> float:
        """Return the number density [1/m3] of drops above `DROP_FLOOR`.

        Source: integral of Marshall and Palmer's 8000 exp(-slope D) [1/m3/mm].
        """
        if self.rate == 0:
            return 0.0
        return float(8e6 / self.slope() * np.exp(-self.slope() * DROP_FLOOR))

    def albedo(self) -> float:
        """Return the single-scattering albedo; water drops do not absorb visible light."""
        return 1.0

    def asymmetry(self) -> float:
        """Return g of large drops: half of the light is diffracted straight on.

        Source: mean of diffraction (1.0) and geometrical optics of water spheres (0.77),
        H. C. van de Hulst, "Light Scattering by Small Particles", 1957, section 12.5.
        """
        return 0.885
