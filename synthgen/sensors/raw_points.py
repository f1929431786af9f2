"""Points as the lidar itself has them: each in its own frame as it was when the point was fired."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from synthgen.geometry import Array, transform
from synthgen.keyframes import places, turned
from synthgen.motion import Track
from synthgen.rig import Lidar
from synthgen.sample import LidarReading

POSES = 13
"""Poses that are told of a sweep: between them ways bend by less than 0.1 mm."""


def with_raw(lidar: Lidar, reading: LidarReading, ego: Track) -> LidarReading:
    """Return `reading` with its points as they are before the car's motion is made up for."""
    return replace(reading, raw=raw(lidar, reading, ego), poses=poses(lidar, reading, ego))


def raw(lidar: Lidar, reading: LidarReading, ego: Track) -> Float[Array, "n 3"]:
    """Return each point [m] in the frame of `lidar` at the point's own time."""
    time = reading.time + np.asarray(reading.fired, float)
    world = transform(reading.world_from_lidar, reading.point)
    moved = world - places(time, ego.time, ego.position)
    on_car = turned(moved, time, ego.time, ego.position, ego.quaternion, True)
    pose = lidar.ego_from_lidar
    return (on_car - pose[:3, 3]) @ pose[:3, :3]


def poses(lidar: Lidar, reading: LidarReading, ego: Track) -> Float[Array, "k 8"]:
    """Return where the lidar is during the sweep: time after `reading.time` [s], position [m],
    quaternion (x, y, z, w) in the world.
    """
    fired = np.asarray(reading.fired, float)
    first, last = (float(fired.min()), float(fired.max())) if len(fired) else (0.0, 0.0)
    after = np.linspace(first, last, POSES)
    found = np.stack([ego.world_from_body(reading.time + t) @ lidar.ego_from_lidar for t in after])
    turns = Rotation.from_matrix(found[:, :3, :3]).as_quat()
    turns[turns @ turns[0] < 0] *= -1
    return np.column_stack([after, found[:, :3, 3], turns])
