"""What every weather effect can be asked; the neutral answers are those of empty air."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Weather:
    """An effect that does nothing: the base that real effects differ from."""

    def extinction(self, wavelength: float) -> float:
        """Return the extinction coefficient [1/m] at `wavelength` [m]."""
        return 0.0

    def backscatter(self, wavelength: float) -> float:
        """Return the backscatter coefficient [1/m/sr] of droplets too fine to tell apart."""
        return 0.0

    def drop_backscatter(self, wavelength: float) -> float:
        """Return the backscatter coefficient [1/m/sr] of drops that return one by one."""
        return 0.0

    def drops(self) -> float:
        """Return the number density [1/m3] of drops above `DROP_FLOOR`."""
        return 0.0

    def albedo(self) -> float:
        """Return the single-scattering albedo in the visible, 0 to 1."""
        return 1.0

    def asymmetry(self) -> float:
        """Return the mean cosine g of the scattering angle (Henyey-Greenstein)."""
        return 0.0


DROP_FLOOR = 0.5e-3
"""[m] Diameter from which a drop counts on its own; finer ones only dim the view."""
