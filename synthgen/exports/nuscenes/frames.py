"""Frames of nuScenes: the ego car's, the lidar's own and the global one, and quaternions.

The ego frame lies on the ground under the rear axle (x forward, y left, z up), or where a rig says
that it measures from. A lidar's own frame
is x right, y forward, z up. Cameras (x right, y down, z forward) and radars (x forward, y left)
have ours. Quaternions are (w, x, y, z).

Source: Motional, nuScenes development kit, docs/schema_nuscenes.md (ego_pose,
calibrated_sensor), and H. Caesar et al., "nuScenes", CVPR 2020, figure 4.
"""

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from synthgen.exports.nuscenes.recording import Car, Mounted, Shot
from synthgen.geometry import Array

OURS_FROM_NATIVE = np.array([[0.0, 1, 0, 0], [-1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
"""Pose of a lidar's own frame (x right, y forward) in ours (x forward, y left)."""


def native(sensor: Mounted) -> Float[Array, "4 4"]:
    """Return the pose of the frame that files of `sensor` are in, in our frame of it."""
    return OURS_FROM_NATIVE if sensor.modality == "lidar" else np.eye(4)


def car_from_sensor(car: Car, sensor: Mounted) -> Float[Array, "4 4"]:
    """Return the pose of the files' frame of `sensor` in the ego frame."""
    moved = sensor.ego_from_sensor.copy()
    moved[:3, 3] -= car.origin
    return moved @ native(sensor)


def global_from_car(car: Car, shot: Shot, origin: Float[Array, "2"]) -> Float[Array, "4 4"]:
    """Return the pose of the ego frame when `shot` was taken.

    Args:
        car: what carries the sensor.
        shot: the file.
        origin: [m] of the global frame, world frame.
    """
    found = shot.world_from_ego.copy()
    found[:3, 3] += found[:3, :3] @ np.array(car.origin)
    found[:2, 3] -= origin
    return found


def record(a_from_b: Float[Array, "4 4"]) -> dict:
    """Return translation [m] and rotation (w, x, y, z) of a pose as records hold them."""
    x, y, z, w = Rotation.from_matrix(a_from_b[:3, :3]).as_quat(canonical=True)
    return {
        "translation": [float(value) for value in a_from_b[:3, 3]],
        "rotation": [float(w), float(x), float(y), float(z)],
    }
