"""Frames, rotations and poses.

One convention for the whole package: ISO 8855 (x forward, y left, z up), right-handed, metres and
radians; quaternions are `(x, y, z, w)` as in scipy; a 4x4 pose is named `a_from_b` and maps
homogeneous points of frame b into frame a. Cameras and formats with other axes convert at their
own door.
"""

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

Array = np.ndarray


def pose(position: Float[Array, "3"], quaternion: Float[Array, "4"]) -> Float[Array, "4 4"]:
    """Return the 4x4 pose with `position` [m] and `quaternion` (x, y, z, w)."""
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_quat(quaternion).as_matrix()
    matrix[:3, 3] = position
    return matrix


def inverse(a_from_b: Float[Array, "4 4"]) -> Float[Array, "4 4"]:
    """Return `b_from_a` of a rigid pose."""
    matrix = np.eye(4)
    matrix[:3, :3] = a_from_b[:3, :3].T
    matrix[:3, 3] = -a_from_b[:3, :3].T @ a_from_b[:3, 3]
    return matrix


def transform(a_from_b: Float[Array, "4 4"], points: Float[Array, "n 3"]) -> Float[Array, "n 3"]:
    """Return `points` [m] of frame b in frame a."""
    return points @ a_from_b[:3, :3].T + a_from_b[:3, 3]


def rotate(a_from_b: Float[Array, "4 4"], vectors: Float[Array, "n 3"]) -> Float[Array, "n 3"]:
    """Return direction `vectors` of frame b in frame a."""
    return vectors @ a_from_b[:3, :3].T


def yaw_quaternion(yaw: float | Float[Array, "*n"]) -> Float[Array, "*n 4"]:
    """Return the quaternion of a turn by `yaw` [rad] about +z (anticlockwise from above)."""
    half = np.asarray(yaw, float) / 2
    zero = np.zeros_like(half)
    return np.stack([zero, zero, np.sin(half), np.cos(half)], axis=-1)


def yaw_of(quaternion: Float[Array, "4"]) -> float:
    """Return the heading [rad] of the x axis of `quaternion` in the horizontal plane."""
    x, y, z, w = quaternion
    return float(np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)))


def wrap(angle: float | Float[Array, "*n"]) -> float | Float[Array, "*n"]:
    """Return `angle` [rad] in [-pi, pi)."""
    return (angle + np.pi) % (2 * np.pi) - np.pi


def unit(vectors: Float[Array, "*n 3"]) -> Float[Array, "*n 3"]:
    """Return `vectors` scaled to length one; zero vectors stay zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.maximum(length, 1e-12)
