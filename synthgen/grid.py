"""The public grid: areas that are on, off or on a generator, and what feeds each body."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from jaxtyping import Float, Int

from synthgen.geometry import Array


class Supply(IntEnum):
    """What feeds the mains lamps of an area or a body."""

    OFF = 0
    GRID = 1
    GENERATOR = 2


@dataclass(frozen=True, eq=False)
class Grid:
    """The grid of a clip. A place belongs to the area whose middle is nearest.

    Attributes:
        middle: [m] of each area, world x and y.
        area_supply: `Supply` of each area.
        area: of each body, numbered as `World.bodies`.
        supply: `Supply` of each body: its area's, or that of a generator of its own.
    """

    middle: Float[Array, "a 2"]
    area_supply: Int[Array, "a"]
    area: Int[Array, "b"]
    supply: Int[Array, "b"]

    @property
    def fed_share(self) -> float:
        """The share of areas that the public grid feeds."""
        return float(np.mean(self.area_supply == Supply.GRID))


def area_of(middle: Float[Array, "a 2"], points: Float[Array, "n 2"]) -> Int[Array, "n"]:
    """Return the area (Voronoi cell of `middle`) that each of `points` [m] lies in."""
    away = ((points[:, None, :] - middle[None, :, :]) ** 2).sum(axis=2)
    return away.argmin(axis=1)
