"""Where a radar is and how it moves while a scan lasts, and the world's points as it sees them."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.motion import Track

STEP = 0.02
"""[s] Half of the time over which velocities are measured."""


@dataclass(frozen=True, eq=False)
class Antenna:
    """A radar at the moment of a scan.

    Attributes:
        world_from_radar: pose (x along the axis, y left, z up).
        velocity: [m/s] world frame.
        time: [s] of the scan.
    """

    world_from_radar: Float[Array, "4 4"]
    velocity: Float[Array, "3"]
    time: float

    @property
    def position(self) -> Float[Array, "3"]:
        """Where it is [m], world frame."""
        return self.world_from_radar[:3, 3]

    def seen(self, vectors: Float[Array, "n 3"]) -> Float[Array, "n 3"]:
        """Return world `vectors` in the radar's frame."""
        return vectors @ self.world_from_radar[:3, :3]


def antenna(ego: Track, ego_from_radar: Float[Array, "4 4"], time: float) -> Antenna:
    """Return the radar fitted to `ego` at `ego_from_radar`, at `time` [s]."""
    before, after = (ego.world_from_body(time + s * STEP) @ ego_from_radar for s in (-1, 1))
    velocity = (after[:3, 3] - before[:3, 3]) / (2 * STEP)
    return Antenna(ego.world_from_body(time) @ ego_from_radar, velocity, time)


def rate(
    way: Float[Array, "n 3"], velocity: Float[Array, "n 3"], own: Float[Array, "3"]
) -> Float[Array, "n"]:
    """Return the growth [m/s] of `way`s [m] from the radar, which moves with velocity `own`."""
    length = np.linalg.norm(way, axis=1)
    return np.einsum("ij,ij->i", way, velocity - own) / np.maximum(length, 1e-9)
