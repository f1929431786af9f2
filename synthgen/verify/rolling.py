"""A rolling shutter as a camera's row in the tables tells of it, by other means than the camera's.

Turns are interpolated along great circles to whole rows, times of points found by bisection.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation, Slerp

from synthgen.geometry import Array

_HALVINGS = 26


@dataclass(frozen=True, eq=False)
class Rolling:
    """When the rows of an image are exposed and where the camera is then.

    Attributes:
        row_time: [s] from one row to the next.
        height: [px].
        poses: time [s] after the camera's time stamp, position [m] and quaternion in the world.
    """

    row_time: float
    height: int
    poses: Float[Array, "k 8"]

    @property
    def longest(self) -> float:
        """[s] From the time stamp to the first or the last row."""
        return self.row_time * (self.height - 1) / 2

    def offsets(self, row: Float[Array, "n"]) -> Float[Array, "n"]:
        """Return when rows are exposed [s] after the time stamp; beyond the image the nearest."""
        return np.clip((row - (self.height - 1) / 2) * self.row_time, -self.longest, self.longest)

    @cached_property
    def _turns(self) -> Float[Array, "rows 3 3"]:
        """World from camera at each row."""
        turn = Slerp(self.poses[:, 0], Rotation.from_quat(self.poses[:, 4:]))
        time = np.linspace(-self.longest, self.longest, self.height)
        found: Float[Array, "rows 3 3"] = turn(np.clip(time, *self.poses[[0, -1], 0])).as_matrix()
        return found

    def _turn(self, offset: Float[Array, "n"]) -> Float[Array, "n 3 3"]:
        row = np.clip(offset / self.row_time + (self.height - 1) / 2, 0, self.height - 1)
        above = np.minimum(row.astype(int), self.height - 2)
        share = (row - above)[:, None, None]
        return (1 - share) * self._turns[above] + share * self._turns[above + 1]

    def _place(self, offset: Float[Array, "n"]) -> Float[Array, "n 3"]:
        time, *axes = self.poses[:, :4].T
        return np.column_stack([np.interp(offset, time, axis) for axis in axes])

    def world(self, local: Float[Array, "n 3"], offset: Float[Array, "n"]) -> Float[Array, "n 3"]:
        """Return points of the camera's frame at each `offset` [s] in the world frame."""
        return np.einsum("nij,nj->ni", self._turn(offset), local) + self._place(offset)

    def local(self, points: Float[Array, "n 3"], offset: Float[Array, "n"]) -> Float[Array, "n 3"]:
        """Return world points in the frame of the camera at each `offset` [s]."""
        return np.einsum("nji,nj->ni", self._turn(offset), points - self._place(offset))

    def seen(self, rows: Callable[[Array], Array], count: int) -> Float[Array, "n"]:
        """Return at which time [s] each of `count` points is exposed; `rows` are theirs by time.

        A point is above the row that is exposed now, or it is not: bisection between the first
        and the last row.
        """
        low, high = np.full(count, -self.longest), np.full(count, self.longest)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            later = self.offsets(np.nan_to_num(rows(middle), nan=self.height / 2)) > middle
            low, high = np.where(later, middle, low), np.where(later, high, middle)
        return (low + high) / 2


def rolling(row: Mapping) -> Rolling | None:
    """Return the shutter of a camera's row; None where all rows are exposed at once."""
    if not row.get("row_time"):
        return None
    return Rolling(row["row_time"], row["height"], np.array(row["row_poses"]).reshape(-1, 8))


def carried(
    points: Float[Array, "n 3"],
    offset: Float[Array, "n"],
    thing: Mapping | None,
    back: bool = False,
) -> Float[Array, "n 3"]:
    """Return where `points` [m] of an object's row at its time stamp are `offset` [s] later.

    With `back` where those of `offset` were at the time stamp. Points of no object stand still.
    """
    if thing is None:
        return points
    sign = -1 if back else 1
    center, way = np.array(thing["center"]), sign * offset[:, None] * np.array(thing["velocity"])
    # Where it turns about is where the object is: at the time stamp, or then.
    middle = center - way if back else center
    turn = Rotation.from_euler("z", (sign * thing["yaw_rate"] * offset)[:, None])
    return turn.apply(points - middle) + middle + way
