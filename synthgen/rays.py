"""Rays and hits: what engines, sensors and labels say to each other."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from synthgen.geometry import Array

NOTHING = -1
PLACES = np.array([[-0.125, -0.375], [0.375, -0.125], [-0.375, 0.125], [0.125, 0.375]])
"""[px] Where more rays go through a pixel (column, row): a rotated grid, four samples that no row,
column or diagonal sees twice."""


@dataclass(frozen=True, eq=False)
class Rays:
    """Rays in the world frame.

    Attributes:
        origin: [m].
        direction: unit vectors.
        time: [s] when each ray is cast.
    """

    origin: Float[Array, "n 3"]
    direction: Float[Array, "n 3"]
    time: Float[Array, "n"]

    def __len__(self) -> int:
        return len(self.origin)

    def select(self, which: Array) -> "Rays":
        """Return the rays that `which` (mask or indices) picks."""
        return Rays(self.origin[which], self.direction[which], self.time[which])


@dataclass(frozen=True, eq=False)
class Hits:
    """First hits of rays.

    Attributes:
        distance: [m] along the ray, inf where nothing was hit.
        body: index into `World.bodies`, `NOTHING` (-1) where nothing was hit.
        primitive: triangle index within the body's mesh, -1 where nothing was hit.
        barycentric: weights (u, v) of the triangle's second and third corner.
    """

    distance: Float[Array, "n"]
    body: Int[Array, "n"]
    primitive: Int[Array, "n"]
    barycentric: Float[Array, "n 2"]

    def __len__(self) -> int:
        return len(self.distance)

    def select(self, which: Array) -> "Hits":
        """Return the hits that `which` (mask or indices) picks."""
        fields = (self.distance, self.body, self.primitive, self.barycentric)
        return Hits(*(values[which] for values in fields))

    @property
    def hit(self) -> Array:
        """Mask of the rays that hit something."""
        return self.body >= 0


def no_hits(count: int) -> Hits:
    """Return `count` hits of nothing."""
    return Hits(
        np.full(count, np.inf, np.float32),
        np.full(count, NOTHING, np.int32),
        np.full(count, -1, np.int32),
        np.zeros((count, 2), np.float32),
    )
