"""A wiper: where its blade is, and when it last passed a point of the windscreen."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array

PIVOT = (-0.16, 0.46)
"""[m] Its axle on the glass, right of and below where the camera's axis meets it."""
SWING = np.radians([-62.0, 62.0])
"""[rad] Angles from upright between which it swings."""
STROKE = 0.45
"""Share of the period in which the blade moves across; it rests for the remainder."""
BLADE = 0.007
"""[m] Half of its width."""


@dataclass(frozen=True)
class Wiper:
    """A wiper that crosses the glass once in every period, to and fro by turns.

    Attributes:
        period: [s].
        start: [s] time at which stroke 0 begins.
    """

    period: float
    start: float = 0.0

    def stroke(self, time: float) -> int:
        """Return the number of the stroke that has begun last at `time` [s]."""
        return int(np.floor((time - self.start) / self.period))

    def angle(self, time: float) -> float:
        """Return the blade's angle [rad] from upright, to the right, at `time` [s]."""
        number = self.stroke(time)
        moved = (time - self.start - number * self.period) / (STROKE * self.period)
        share = (1 - np.cos(np.pi * min(moved, 1.0))) / 2
        return float(SWING[0] + (SWING[1] - SWING[0]) * (share if number % 2 == 0 else 1 - share))

    def passes(self, number: int, place: Float[Array, "n 2"]) -> Float[Array, "n"]:
        """Return when [s] stroke `number` wipes each `place` [m] of the glass."""
        share = (bearing(place) - SWING[0]) / (SWING[1] - SWING[0])
        share = share if number % 2 == 0 else 1 - share
        moved = np.arccos(1 - 2 * np.clip(share, 0, 1)) / np.pi
        return self.start + self.period * (number + STROKE * moved)

    def last_pass(self, time: float, place: Float[Array, "n 2"]) -> Float[Array, "n"]:
        """Return when [s] the blade has last wiped each `place` [m] at `time` [s]."""
        number = self.stroke(time)
        now = self.passes(number, place)
        return np.where(now <= time, now, self.passes(number - 1, place))


def bearing(place: Float[Array, "n 2"]) -> Float[Array, "n"]:
    """Return the angle [rad] from upright at which the axle sees each `place` [m] (right, down)."""
    return np.arctan2(place[:, 0] - PIVOT[0], PIVOT[1] - place[:, 1])


def radius(place: Float[Array, "n 2"]) -> Float[Array, "n"]:
    """Return how far [m] each `place` is from the axle."""
    return np.hypot(place[:, 0] - PIVOT[0], place[:, 1] - PIVOT[1])


def under_blade(angle: float, place: Float[Array, "n 2"]) -> Float[Array, "n"]:
    """Return 1 where the blade at `angle` [rad] covers a `place` [m], else 0."""
    across = radius(place) * np.sin(bearing(place) - angle)
    return (np.abs(across) < BLADE).astype(float)
