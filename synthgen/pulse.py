"""LEDs that are dimmed by pulses, and what an exposure catches of them."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array


@dataclass(frozen=True)
class Pulse:
    """How LEDs are dimmed: on and off too fast for the eye, as bright in the mean.

    Attributes:
        frequency: [Hz].
        duty: share of the time in which they are on, in (0, 1].
        phase: [cycles] at time 0.
    """

    frequency: float
    duty: float
    phase: float = 0.0

    def __post_init__(self) -> None:
        if self.frequency <= 0:
            raise ValueError(f"frequency must be > 0 Hz, got {self.frequency}")
        if not 0 < self.duty <= 1:
            raise ValueError(f"duty must be in (0, 1], got {self.duty}")

    def mean(self, middle: Float[Array, "n"], span: float) -> Float[Array, "n"]:
        """Return the mean brightness, over that of all time, while a shutter is open.

        On for the first `duty` of each cycle: a time of x cycles from 0 on holds
        floor(x) duty + min(x - floor(x), duty) of light.

        Args:
            middle: [s] of each exposure.
            span: [s] of all of them.
        """
        start, end = ((middle + sign * span / 2) * self.frequency + self.phase for sign in (-1, 1))
        held = self._held(end) - self._held(start)
        mean: Float[Array, "n"] = held / (span * self.frequency * self.duty)
        return mean

    def _held(self, cycles: Float[Array, "n"]) -> Float[Array, "n"]:
        whole = np.floor(cycles)
        held: Float[Array, "n"] = whole * self.duty + np.minimum(cycles - whole, self.duty)
        return held
