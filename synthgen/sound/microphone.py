"""Microphones: sensitivity, noise of their own, where they clip, what they let through."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int32

from synthgen.geometry import Array
from synthgen.sound.spectrum import REFERENCE, a_weighting, power

RATES = (8_000.0, 192_000.0)
"""[Hz] Range of sample rates."""


@dataclass(frozen=True, kw_only=True)
class MicrophoneModel:
    """One make of microphone and its converter.

    Attributes:
        rate: [Hz] samples a second.
        bits: of each sample, 16 or 24.
        sensitivity: [dBFS] peak of a sine of 94 dB SPL (1 Pa) at 1 kHz.
        tolerance: [dB] standard deviation of the sensitivity from one to the next.
        noise: [dB(A)] of its own.
        overload: [dB SPL] of a sine at which it clips.
        lowest: [Hz] at which it has lost 3 dB, one pole.
        highest: [Hz] at which it has lost 3 dB, two poles.
        screen: [m] diameter of what shields it from wind: foam, or the housing about its port.
    """

    rate: float = 48_000.0
    bits: int = 24
    sensitivity: float = -26.0
    tolerance: float = 0.5
    noise: float = 29.0
    overload: float = 120.0
    lowest: float = 60.0
    highest: float = 15_000.0
    screen: float = 0.02

    def __post_init__(self) -> None:
        _within("rate", self.rate, RATES, "Hz")
        if self.rate % 1:
            raise ValueError(f"microphone rate must be whole Hz, got {self.rate}")
        if self.bits not in (16, 24):
            raise ValueError(f"microphone bits must be 16 or 24, got {self.bits}")
        _within("sensitivity", self.sensitivity, (-80.0, 0.0), "dBFS")
        _within("tolerance", self.tolerance, (0.0, 6.0), "dB")
        _within("noise", self.noise, (-10.0, 80.0), "dB(A)")
        _within("overload", self.overload, (90.0, 180.0), "dB SPL")
        _within("lowest", self.lowest, (0.5, 1000.0), "Hz")
        _within("highest", self.highest, (1000.0, 100_000.0), "Hz")
        _within("screen", self.screen, (0.002, 0.5), "m")

    @property
    def full_scale(self) -> float:
        """Pressure [Pa] at the largest sample."""
        return float(np.sqrt(2) * 10 ** (-self.sensitivity / 20))

    @property
    def step(self) -> float:
        """Pressure [Pa] of one step of the converter."""
        return self.full_scale / 2 ** (self.bits - 1)

    def response(self, frequency: Float[Array, "f"]) -> Float[Array, "f"]:
        """Return the gain at `frequency` [Hz], without change of phase."""
        low = np.asarray(frequency, float) / self.lowest
        high = (np.asarray(frequency, float) / self.highest) ** 2
        gain: Float[Array, "f"] = low / np.sqrt(1 + low**2) / np.sqrt(1 + high**2)
        return gain

    def recorded(
        self, pressure: Float[Array, "m n"], seeds: tuple[np.random.Generator, np.random.Generator]
    ) -> Int32[Array, "m n"]:
        """Return the samples of as many microphones of this make as there are channels.

        Noise of their own is white to the ear's weighting; clipping is hard, at `overload` or at
        the end of the scale, whichever comes first.

        Args:
            pressure: [Pa] at each.
            seeds: of what stays with each microphone, and of the noise.
        """
        fixed, passing = seeds
        gain = 10 ** (fixed.normal(0.0, self.tolerance, len(pressure)) / 20)
        heard = self.filtered(pressure) * gain[:, None]
        heard += self.own_noise(pressure.shape, passing)
        limit = REFERENCE * np.sqrt(2) * 10 ** (self.overload / 20)
        heard = np.clip(heard, -limit, limit)
        top = 2 ** (self.bits - 1)
        counts = np.clip(np.rint(heard / self.full_scale * top), -top, top - 1)
        found: Int32[Array, "m n"] = counts.astype(np.int32)
        return found

    def filtered(self, pressure: Float[Array, "m n"]) -> Float[Array, "m n"]:
        """Return `pressure` [Pa] as the microphones let it through."""
        count = pressure.shape[1]
        gain = self.response(np.fft.rfftfreq(count, 1 / self.rate))
        found: Float[Array, "m n"] = np.fft.irfft(np.fft.rfft(pressure) * gain, n=count)
        return found

    def own_noise(self, shape: tuple[int, ...], rng: np.random.Generator) -> Float[Array, "m n"]:
        """Return white noise [Pa] of the level that the data sheet prints."""
        frequency = np.fft.rfftfreq(4096, 1 / self.rate)
        heard = float(np.mean(10 ** (a_weighting(frequency[1:]) / 10)))
        deviation = np.sqrt(float(power(self.noise)) / heard)
        found: Float[Array, "m n"] = deviation * rng.standard_normal(shape)
        return found


def _within(name: str, value: float, limits: tuple[float, float], unit: str) -> None:
    if not limits[0] <= value <= limits[1]:
        raise ValueError(
            f"microphone {name} must be in {limits[0]:g} to {limits[1]:g} {unit}, got {value}"
        )
