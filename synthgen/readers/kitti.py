"""What KITTI's formats share: calibration of the first camera and lidar, poses of sensors."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float

from synthgen.calibration import Calibration, Matrices
from synthgen.geometry import Array, inverse
from synthgen.readers.shard import Frame


def matrices(rig: Mapping, frame: Frame) -> Matrices:
    """Return the calibration of the first camera as image 2 and of the first lidar.

    Published numbers where the `rig` of `run.json` has them for both; otherwise one ideal pinhole,
    P0 to P3 alike, R0 the identity, and the ego frame in the part of the inertial unit. It is what
    `format=kitti` writes.
    """
    camera, lidar, published = frame.camera, frame.lidar, rig.get("calibration")
    named = rig["cameras"].get(camera.name, {}).get("projection")
    if published and named and published["lidar"] == lidar.name:
        return _published(published)
    projection = np.column_stack([camera.matrix, np.zeros(3)])
    return Matrices(
        projections={f"P{number}": projection for number in range(4)},
        rectification=np.eye(3),
        camera_from_lidar=inverse(camera.ego_from_camera) @ lidar.ego_from_lidar,
        lidar_from_imu=inverse(lidar.ego_from_lidar),
    )


def _published(tree: Mapping) -> Matrices:
    projections = {name: tuple(row) for name, row in tree["projections"].items()}
    rows = ("rectification", "camera_from_lidar", "lidar_from_imu")
    numbers = {name: tuple(tree[name]) for name in rows}
    return Calibration(lidar=tree["lidar"], projections=projections, **numbers).matrices


def rectified_from_lidar(known: Matrices) -> Float[Array, "4 4"]:
    """Return the pose of the lidar in rectified camera 0: R0 Tr_velo_to_cam."""
    turn = np.eye(4)
    turn[:3, :3] = known.rectification
    return turn @ known.camera_from_lidar


def numbers(values: Array) -> str:
    """Return numbers as KITTI's text files hold them."""
    return " ".join(f"{value:.12e}" for value in np.asarray(values, float).ravel())
