"""The car's way as KITTI's inertial unit tells it: thirty numbers per frame.

Source: A. Geiger, P. Lenz, C. Stiller, R. Urtasun, "Vision meets robotics: the KITTI dataset",
IJRR 2013, and dataformat.txt of its raw recordings; positions by the Mercator projection of its
development kit: x = s r lon, y = s r log tan(pi/4 + lat/2), s = cos of the first latitude.
"""

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from synthgen.errors import UserError
from synthgen.geometry import Array
from synthgen.readers.sensors import matrix
from synthgen.readers.shard import Clip, Frame

RADIUS = 6_378_137.0
"""[m] of the earth in KITTI's projection."""
ORIGIN = (49.0, 8.4)
"""[deg] Latitude and longitude that every sequence starts at: worlds are made up. x is east."""
GRAVITY = 9.81
"""[m/s2] that an accelerometer at rest feels upwards."""
_NO_RECEIVER = (0, 0, 0, 0, 0)
"""navstat, numsats, posmode, velmode, orimode."""


def packets(clip: Clip, lidar_from_imu: Float[Array, "4 4"]) -> list[str]:
    """Return a line per frame: where the inertial unit is and how it moves.

    Accelerations are those of the ego frame's origin, with gravity as the unit feels it.

    Raises:
        UserError: where the data set is of a version that did not tell how the car moves.
    """
    poses = [frame.lidar.world_from_lidar @ lidar_from_imu for frame in clip.frames]
    start = poses[0][:3, 3]
    return [
        " ".join(f"{value:.15g}" for value in _packet(frame, pose, start))
        for frame, pose in zip(clip.frames, poses, strict=True)
    ]


def degrees_at(east: float, north: float) -> tuple[float, float]:
    """Return latitude and longitude [deg] of a place [m] from the origin."""
    scale = np.cos(np.radians(ORIGIN[0]))
    level = np.log(np.tan(np.pi / 4 + np.radians(ORIGIN[0]) / 2)) + north / (scale * RADIUS)
    latitude = np.degrees(2 * np.arctan(np.exp(level)) - np.pi / 2)
    return float(latitude), ORIGIN[1] + float(np.degrees(east / (scale * RADIUS)))


def _packet(frame: Frame, world_from_imu: Array, start: Array) -> tuple[float, ...]:
    motion = frame.row.get("ego")
    if motion is None:
        raise UserError(
            f"{frame.lidar.folder}: its tables lack ego, made by an older version; "
            "make the data set anew"
        )
    turn = world_from_imu[:3, :3]
    yaw, pitch, roll = Rotation.from_matrix(turn).as_euler("ZYX")
    latitude, longitude = degrees_at(*(world_from_imu[:2, 3] - start[:2]))
    world_from_ego = matrix(motion["world_from_ego"], 4)
    spin = world_from_ego[:3, :3] @ motion["turn_rate"]
    arm = world_from_imu[:3, 3] - frame.lidar.world_from_ego[:3, 3]
    velocity = motion["velocity"] + np.cross(spin, arm)
    felt = np.add(motion["acceleration"], [0, 0, GRAVITY])
    level = Rotation.from_euler("z", yaw).as_matrix()
    return (
        latitude, longitude, float(world_from_imu[2, 3] - start[2]), roll, pitch, yaw,
        velocity[1], velocity[0], *(velocity @ level),
        *(felt @ turn), *(felt @ level), *(spin @ turn), *(spin @ level),
        0.0, 0.0, *_NO_RECEIVER,
    )  # fmt: skip
