"""The room that a road user takes on the ground, and where it touches it."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array


@dataclass(frozen=True)
class Room:
    """The room of one design in its body's frame: origin on the ground, x forward, y left.

    Attributes:
        low: x, y [m] of its rear right corner.
        high: x, y [m] of its front left corner.
        tyres: x, y [m] of the corners of where its tyres touch the ground; what walks has none.
    """

    low: tuple[float, float]
    high: tuple[float, float]
    tyres: tuple[tuple[float, float], ...] = ()

    def rectangles(self, places: Float[Array, "n 3"]) -> Float[Array, "n 5"]:
        """Return the rectangles (middle x, y [m], yaw [rad], length, width [m]) that the body
        takes at `places` (x, y [m], yaw [rad]).
        """
        low, high = np.array(self.low), np.array(self.high)
        rows = np.empty((len(places), 5))
        rows[:, :2] = _moved(places, (low + high)[None] / 2)[:, 0]
        rows[:, 2], rows[:, 3:] = places[:, 2], high - low
        return rows

    def touched(self, places: Float[Array, "n 3"]) -> Float[Array, "n t 2"]:
        """Return where the corners of the tyres are [m] with the body at `places`."""
        return _moved(places, np.array(self.tyres, float).reshape(-1, 2))


def _moved(places: Float[Array, "n 3"], points: Float[Array, "t 2"]) -> Float[Array, "n t 2"]:
    """Return `points` of a body's frame as they are with the body at `places`."""
    x, y, yaw = np.asarray(places, float).reshape(-1, 3).T[:, :, None]
    c, s = np.cos(yaw), np.sin(yaw)
    return np.stack([x + c * points[:, 0] - s * points[:, 1],
                     y + s * points[:, 0] + c * points[:, 1]], axis=-1)  # fmt: skip
