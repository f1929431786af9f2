"""How a vehicle goes: the little of its way that its springs and wheels ask for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array

GRAVITY = 9.81
"""[m/s2]"""
GAP = 0.15
"""[s] Samples farther apart belong to different stretches."""


@dataclass(frozen=True, eq=False)
class Travel:
    """Samples of a vehicle's way, in stretches without gaps.

    Attributes:
        time: [s] of each sample, increasing.
        speed: [m/s] of the body's middle along its heading.
        yaw: [rad] heading, not wrapped within a stretch.
        way: [m] driven, also through the gaps.
    """

    time: Float[Array, "k"]
    speed: Float[Array, "k"]
    yaw: Float[Array, "k"]
    way: Float[Array, "k"]

    @cached_property
    def stretches(self) -> tuple[slice, ...]:
        """Samples without a gap between them."""
        cuts = np.flatnonzero(np.diff(self.time) > GAP) + 1
        ends = [0, *(int(cut) for cut in cuts), len(self.time)]
        return tuple(slice(a, b) for a, b in pairwise(ends) if b > a)

    def by_stretch(self, make: Callable[[slice], Array]) -> Array:
        """Return `make` of each stretch, one after another."""
        return np.concatenate([make(part) for part in self.stretches])

    def rate(self, values: Float[Array, "k"]) -> Float[Array, "k"]:
        """Return the derivative of `values` in time [1/s]; zero in a stretch of one sample."""
        return self.by_stretch(lambda part: _rate(values[part], self.time[part]))

    @cached_property
    def yaw_rate(self) -> Float[Array, "k"]:
        """Rate of turn of the heading [rad/s]."""
        return self.rate(self.yaw)

    @cached_property
    def acceleration(self) -> Float[Array, "k 2"]:
        """Along the heading, and to the left of it [m/s2]."""
        return np.stack([self.rate(self.speed), self.speed * self.yaw_rate], axis=1)


def _rate(values: Array, time: Array) -> Array:
    return np.gradient(values, time) if len(values) > 1 else np.zeros(len(values))
