"""Where a box is, seen from a sensor, and which of its sides: distance and aspect from poses."""

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array, wrap


def distance(offset: Float[Array, "n 3"]) -> Float[Array, "n"]:
    """Return the distance [m] on the ground of boxes at `offset` [m] from the sensor, z up.

    It is KITTI's sqrt(x^2 + z^2) of a level camera, and does not depend on how a camera tilts.
    """
    return np.hypot(offset[:, 0], offset[:, 1])


def aspect(offset: Float[Array, "n 3"], yaw: Float[Array, "n"]) -> Float[Array, "n"]:
    """Return which side is seen [rad] of boxes that head to `yaw` [rad] in the frame of `offset`.

    Heading minus bearing: 0 where the object drives straight away and shows its back, pi where
    its front is seen, pi/2 its left.
    """
    return np.asarray(wrap(yaw - np.arctan2(offset[:, 1], offset[:, 0])))


def yaws(quaternion: Float[Array, "n 4"]) -> Float[Array, "n"]:
    """Return the heading [rad], anticlockwise from x, of quaternions (x, y, z, w), z up."""
    x, y, z, w = quaternion.T
    return np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
