"""A rolling shutter: each row of an image at its own time, from where the camera is then.

A row's time is that of its mid-exposure. The row in the middle of the image is exposed at the
camera's time stamp; rows above it before, rows below it after. Rows beyond the image, of things
that are cut by its border, count as exposed with the nearest row in it. Between whole rows times
are interpolated, so that a point has one image and a place in the image one ray.

Source: M. Meingast, C. Geyer and S. Sastry, "Geometric models of rolling-shutter cameras",
OMNIVIS 2005, equations 2 to 6.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from synthgen.geometry import Array
from synthgen.keyframes import places, turned
from synthgen.motion import Track

_ROUNDS = 12
_EXACT = 1e-10
"""[s] Change of a row's time below which a point's image is found: 1e-5 rows."""

_STEP = 2e-3
"""[s] Longest way between poses: at 1 rad/s and 3 m from the carrier's middle a straight line and
the true way of a camera are 2 um apart."""

_INSTANT = 1e-6
"""[s] Time in which an image goes straight on."""
_FASTEST = 0.5
"""Most rows that an image may move while one row is read out."""

Images = Callable[[Float[Array, "n"]], tuple[Float[Array, "n 2"], Float[Array, "n"]]]
"""Pixel coordinates (column, row) and depth [m] of points, given the time [s] of each."""


@dataclass(frozen=True, eq=False)
class Readout:
    """When the rows of one image are exposed, and where the camera is meanwhile.

    Attributes:
        row_time: [s] from one row to the next.
        height: [px] rows of the image.
        time: [s] of the camera's poses before (-) and after its time stamp, increasing; between
            them positions are interpolated linearly, turns by normalised linear interpolation.
        position: [m] of the camera then, world frame.
        quaternion: world from camera then, (x, y, z, w), neighbours in one hemisphere.
    """

    row_time: float
    height: int
    time: Float[Array, "k"]
    position: Float[Array, "k 3"]
    quaternion: Float[Array, "k 4"]

    @property
    def _keys(self) -> tuple[Array, Array, Array]:
        return self.time, self.position, self.quaternion

    def offsets(self, row: Float[Array, "n"]) -> Float[Array, "n"]:
        """Return the time [s] of (also fractional) rows after the camera's time stamp."""
        last = self.height - 1
        return (np.clip(row, 0, last) - last / 2) * self.row_time

    def origins(self, offset: Float[Array, "n"]) -> Float[Array, "n 3"]:
        """Return where the camera is [m], world frame, `offset` [s] after its time stamp."""
        found: Float[Array, "n 3"] = places(offset, self.time, self.position)
        return found

    def outwards(self, vectors: Float[Array, "n 3"], offset: Array) -> Float[Array, "n 3"]:
        """Return `vectors` of the camera's frame at each `offset` [s] in the world frame."""
        found: Float[Array, "n 3"] = turned(vectors, offset, *self._keys, False)
        return found

    def local(self, points: Float[Array, "n 3"], offset: Array) -> Float[Array, "n 3"]:
        """Return world `points` [m] in the frame of the camera at each `offset` [s]."""
        away = points - self.origins(offset)
        found: Float[Array, "n 3"] = turned(away, offset, *self._keys, True)
        return found

    def met(self, images: Images, count: int) -> tuple[Array, Array]:
        """Return the time [s] after the time stamp at which each of `count` points is seen.

        That is when the row that the point then has is exposed: a fixed point of `images`, found
        by iteration, which contracts as long as images move slower than rows are read out. And
        whether it is one: a point that goes by so close that its image is half as fast as the
        readout, or faster, may have several images or none.
        """
        offset = np.zeros(count)
        for _ in range(_ROUNDS):
            pixel, _ = images(offset)
            found = self.offsets(np.nan_to_num(pixel[:, 1], nan=(self.height - 1) / 2))
            step = np.abs(found - offset).max(initial=0.0)
            offset = found
            if step < _EXACT:
                break
        first, depth = images(offset)
        second, _ = images(offset + _INSTANT)
        rate = np.abs(second[:, 1] - first[:, 1]) / _INSTANT * self.row_time
        return offset, (depth > 0) & ~(rate > _FASTEST)


def readout(
    track: Track, mount: Float[Array, "4 4"], stamp: float, rows: int, row_time: float
) -> Readout:
    """Return the readout of a camera of `rows` that is carried along `track`.

    Args:
        track: of what carries it.
        mount: pose of the camera in the carrier's frame.
        stamp: [s] the camera's time stamp.
        rows: of the image.
        row_time: [s] from one row to the next.
    """
    half = (rows - 1) / 2 * row_time
    steps = track.time[np.abs(track.time - stamp) < half]
    even = np.linspace(stamp - half, stamp + half, int(np.ceil(2 * half / _STEP)) + 1)
    times = np.union1d(steps, even)
    poses = np.array([track.world_from_body(float(time)) @ mount for time in times])
    turns = Rotation.from_matrix(poses[:, :3, :3]).as_quat(canonical=True)
    for before, after in pairwise(turns):
        after *= np.sign(before @ after)
    return Readout(row_time, rows, times - stamp, poses[:, :3, 3], turns)
