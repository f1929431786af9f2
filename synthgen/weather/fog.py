"""Fog and haze."""

from dataclasses import dataclass

import numpy as np

from synthgen.weather.effect import Weather


@dataclass(frozen=True, kw_only=True)
class Fog(Weather):
    """Homogeneous fog or haze.

    Attributes:
        visibility: [m] meteorological optical range: contrast falls to 5 % at 550 nm.
        lidar_ratio: [sr] extinction over backscatter. 65 sr is the 0.046 / visibility measured
            by R. H. Rasshofer, M. Spies and H. Spies, "Influences of weather phenomena on
            automotive laser radar systems", Adv. Radio Sci. 9, 2011, valid from 32 to 130 sr;
            Mie theory for cloud droplets gives 18.8 sr (E. J. O'Connor, A. J. Illingworth and
            R. J. Hogan, J. Atmos. Oceanic Technol. 21, 2004).
    """

    visibility: float
    lidar_ratio: float = 65.1

    def __post_init__(self) -> None:
        if not 0 < self.visibility < np.inf:
            raise ValueError(f"visibility must be > 0 m, got {self.visibility}")
        if not self.lidar_ratio > 0:
            raise ValueError(f"lidar_ratio must be > 0 sr, got {self.lidar_ratio}")

    def extinction(self, wavelength: float) -> float:
        """Return the extinction coefficient [1/m] at `wavelength` [m], for 0.4 to 1.6 um.

        Source: I. Kim, B. McArthur and E. Korevaar, "Comparison of laser beam propagation at
        785 nm and 1550 nm in fog and haze", Proc. SPIE 4214, 2001; the coefficient at 550 nm is
        -ln(0.05) / visibility by the definition of the meteorological optical range.
        """
        if not 0.4e-6 <= wavelength <= 1.6e-6:
            raise ValueError(f"wavelength must be in 0.4e-6 to 1.6e-6 m, got {wavelength}")
        return float(-np.log(0.05) / self.visibility * (wavelength / 550e-9) ** -self.slope())

    def slope(self) -> float:
        """Return the power of the wavelength with which extinction falls; see `extinction`."""
        kilometres = self.visibility / 1000
        return float(np.interp(kilometres, [0.5, 1.0, 6.0], [0.0, 0.5, 1.3]))

    def backscatter(self, wavelength: float) -> float:
        """Return the backscatter coefficient [1/m/sr]: extinction over the lidar ratio."""
        return self.extinction(wavelength) / self.lidar_ratio

    def albedo(self) -> float:
        """Return the single-scattering albedo: water barely absorbs light, dust and soot do.

        Source: water droplets 0.999, urban haze 0.90 in the visible: M. Hess, P. Koepke and
        I. Schult, "Optical Properties of Aerosols and Clouds", Bull. Amer. Meteor. Soc. 79,
        1998, tables 3 and 4; logarithmic between 1 km (fog) and 10 km (haze).
        """
        return float(np.interp(np.log10(self.visibility), [3.0, 4.0], [0.999, 0.92]))

    def asymmetry(self) -> float:
        """Return g: 0.86 for fog droplets, 0.68 for haze.

        Source: Hess, Koepke and Schult, 1998, tables 3 and 4 (as `albedo`).
        """
        return float(np.interp(np.log10(self.visibility), [3.0, 4.0], [0.86, 0.68]))
