"""The air between things, as every sensor asks it."""

from dataclasses import dataclass, replace

from synthgen.density import NO_CLOUDS, Clouds
from synthgen.precipitation import NONE, Spectrum


@dataclass(frozen=True)
class Atmosphere:
    """The air: what is spread evenly, and clouds that hang in it.

    Attributes:
        extinction: [1/m] at 620, 545 and 460 nm (camera red, green, blue).
        lidar_extinction: [1/m] at 905 nm.
        backscatter: [1/m/sr] of fog and haze at 905 nm.
        drop_backscatter: [1/m/sr] of rain at 905 nm.
        drops: [1/m3] rain drops above 0.5 mm.
        albedo: single-scattering albedo, 0 to 1.
        asymmetry: Henyey-Greenstein g of the mix.
        rain: [mm/h], drizzle included.
        drop_sizes: of rain or drizzle.
        snow: [mm/h of water].
        flake_sizes: melted diameters of snowflakes, see `precipitation.flake_size`.
        clouds: fog banks, smoke and spray at one moment; what is said above leaves them out.
        haze: [1/m] share of `lidar_extinction` that fog and haze have.
        haze_slope: power of the wavelength with which that falls.
        daylight: [lx] on level ground, of which a lidar's receiver sees noise.
    """

    extinction: tuple[float, float, float]
    lidar_extinction: float
    backscatter: float
    drop_backscatter: float
    drops: float
    albedo: float
    asymmetry: float
    rain: float
    drop_sizes: Spectrum = NONE
    snow: float = 0.0
    flake_sizes: Spectrum = NONE
    clouds: Clouds = NO_CLOUDS
    haze: float = 0.0
    haze_slope: float = 0.0
    daylight: float = 0.0

    def at(self, wavelength: float) -> "Atmosphere":
        """Return the air as a lidar of `wavelength` [m] meets it, 850 to 1550 nm.

        Drops and flakes are far larger than the wave and take as much at all; haze, whose
        droplets are not, takes less of longer waves, and sends less back.
        """
        if wavelength == 905e-9 or self.haze == 0:
            return self
        share = (wavelength / 905e-9) ** -self.haze_slope
        return replace(
            self,
            lidar_extinction=self.lidar_extinction + self.haze * (share - 1),
            backscatter=self.backscatter * share,
        )
