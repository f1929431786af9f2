"""Points as a lidar has them against the same points with the car's motion made up for."""

import numpy as np
from scipy.spatial.transform import Rotation

from synthgen.geometry import transform
from synthgen.verify.faults import Tally
from synthgen.verify.frame import FrameFiles

APART = 2e-3
"""[m] Largest difference: rounding to 32 bits, and ways that bend between the poses told."""


def check_raw(files: FrameFiles, name: str, tally: Tally) -> None:
    """Check that raw points, carried along the sweep's poses, are the points of the sweep."""
    lidar = files.lidars[name]
    if lidar.raw is None or lidar.poses is None:
        return
    same = len(lidar.raw) == len(lidar.points)
    tally.check("raw points agree", same, files.frame, 0, f"{len(lidar.raw)} {len(lidar.points)}")
    if not same or not len(lidar.raw):
        return
    after, fired = lidar.poses[:, 0], lidar.fired.astype(float)
    place = np.stack([np.interp(fired, after, lidar.poses[:, k]) for k in (1, 2, 3)], -1)
    turn = np.stack([np.interp(fired, after, lidar.poses[:, k]) for k in (4, 5, 6, 7)], -1)
    world = Rotation.from_quat(turn).apply(lidar.raw.astype(float)) + place
    told = transform(lidar.world_from_lidar, lidar.points[:, :3].astype(float))
    apart = float(np.linalg.norm(world - told, axis=1).max())
    tally.check("raw points in place", apart <= APART, files.frame, 0, f"{apart:.4f} m")
