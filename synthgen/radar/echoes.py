"""The table of echoes that reach the antenna, whatever sent them back."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from synthgen.geometry import Array

CAUSES = ("direct", "multipath", "clutter", "false_alarm", "rain")
"""Why there is a detection: a road user seen directly (the road's mirror image of it included),
by way of something else, something that stands and is no road user, noise, or rain."""

DIRECT, MULTIPATH, CLUTTER, FALSE_ALARM, RAIN = range(5)


@dataclass(frozen=True, eq=False)
class Echoes:
    """Echoes of points, before they are sorted into cells.

    Attributes:
        distance: [m] half of the way there and back.
        rate: [m/s] at which that grows.
        across: direction they come from: y of the unit vector in the antenna's frame.
        up: z of that vector.
        power: mean, over noise.
        shape: of the gamma distribution of the power: 1 Swerling 1, 2 Swerling 3.
        body: body number, -1 for none.
        semantic: class id, 0 for none.
        cause: index into `CAUSES`.
    """

    distance: Float[Array, "n"]
    rate: Float[Array, "n"]
    across: Float[Array, "n"]
    up: Float[Array, "n"]
    power: Float[Array, "n"]
    shape: Float[Array, "n"]
    body: Int[Array, "n"]
    semantic: Int[Array, "n"]
    cause: Int[Array, "n"]

    def __len__(self) -> int:
        return len(self.distance)

    def select(self, which: Array) -> "Echoes":
        """Return the echoes that `which` (mask or indices) picks."""
        return Echoes(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


def echoes(
    distance: Array,
    rate: Array,
    direction: Float[Array, "n 3"],
    power: Array,
    **known: Array | float,
) -> Echoes:
    """Return echoes from unit vectors `direction`; `known` are shape, body, semantic, cause."""
    count = len(distance)
    spread = {name: np.broadcast_to(np.asarray(value), count) for name, value in known.items()}
    return Echoes(
        distance, rate, direction[:, 1], direction[:, 2], power,
        spread["shape"].astype(float), spread["body"].astype(np.int64),
        spread["semantic"].astype(np.int64), spread["cause"].astype(np.int64),
    )  # fmt: skip


def joined(tables: Sequence[Echoes]) -> Echoes:
    """Return all echoes in one table."""
    return Echoes(
        *(
            np.concatenate([getattr(table, name) for table in tables])
            for name in Echoes.__dataclass_fields__
        )
    )
