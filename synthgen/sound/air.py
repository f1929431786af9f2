"""Air as sound meets it: how fast it carries and how much of it each frequency loses."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.world import Environment

KELVIN = 273.15
_TRIPLE, _REFERENCE, _PRESSURE = 273.16, 293.15, 101.325
"""[K], [K], [kPa] Triple point of water, reference temperature and pressure of ISO 9613-1."""


@dataclass(frozen=True)
class Air:
    """Still, even air.

    Attributes:
        temperature: [degC], -20 to 50.
        humidity: relative, 0.05 to 1.
        pressure: [kPa].
        absorbs: whether it takes anything from sound; false to test what else does.
    """

    temperature: float = 15.0
    humidity: float = 0.7
    pressure: float = 101.325
    absorbs: bool = True

    def __post_init__(self) -> None:
        if not -20 <= self.temperature <= 50:
            raise ValueError(f"temperature must be in -20 to 50 degC, got {self.temperature}")
        if not 0.05 <= self.humidity <= 1:
            raise ValueError(f"humidity must be in 0.05 to 1, got {self.humidity}")
        if self.pressure <= 0:
            raise ValueError(f"pressure must be > 0 kPa, got {self.pressure}")

    @property
    def speed(self) -> float:
        """The speed of sound [m/s], 343.2 at 20 degC.

        Source: ISO 9613-1:1993, annex A, equation A.5: c = 343.2 sqrt(T / 293.15 K).
        """
        return float(343.2 * np.sqrt((self.temperature + KELVIN) / _REFERENCE))

    def absorption(self, frequency: Float[Array, "n"]) -> Float[Array, "n"]:
        """Return the attenuation [dB/m] of pure tones of `frequency` [Hz].

        Source: ISO 9613-1:1993, equations 3 to 5, with the molar concentration of water vapour of
        annex B, equations B.1 to B.3. Valid within 10 % for 50 Hz to 10 kHz, -20 to 50 degC.
        """
        if not self.absorbs:
            return np.zeros_like(np.asarray(frequency, float))
        oxygen, nitrogen = self._relaxation()
        kelvin, share = self.temperature + KELVIN, self.pressure / _PRESSURE
        ratio, square = kelvin / _REFERENCE, np.asarray(frequency, float) ** 2
        classical = 1.84e-11 / share * np.sqrt(ratio)
        vibration = 0.01275 * np.exp(-2239.1 / kelvin) / (oxygen + square / oxygen)
        vibration = vibration + 0.1068 * np.exp(-3352.0 / kelvin) / (nitrogen + square / nitrogen)
        lost: Float[Array, "n"] = 8.686 * square * (classical + ratio**-2.5 * vibration)
        return lost

    def _relaxation(self) -> tuple[float, float]:
        """Return the relaxation frequencies [Hz] of oxygen and nitrogen."""
        kelvin, share = self.temperature + KELVIN, self.pressure / _PRESSURE
        saturation = 10 ** (-6.8346 * (_TRIPLE / kelvin) ** 1.261 + 4.6151)
        water = 100 * self.humidity * saturation / share
        ratio = kelvin / _REFERENCE
        oxygen = share * (24 + 4.04e4 * water * (0.02 + water) / (0.391 + water))
        fall = np.exp(-4.170 * (ratio ** (-1 / 3) - 1))
        nitrogen = share * ratio**-0.5 * (9 + 280 * water * fall)
        return float(oxygen), float(nitrogen)


def air_of(environment: Environment) -> Air:
    """Return the air of a scene, which knows no temperature: estimated from what falls.

    Snow that falls or lies: 0 degC and 80 %; fog: 8 degC and 98 %; rain: 12 degC and 90 %; else 15
    degC and 70 %, the air of ISO 9613-2's own examples. All four are estimates.
    """
    if environment.snow > 0 or environment.snow_cover > 0:
        return Air(0.0, 0.8)
    if environment.visibility < 1000:
        return Air(8.0, 0.98)
    return Air(12.0, 0.9) if environment.rain > 0 else Air()
