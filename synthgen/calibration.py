"""Published calibrations in KITTI's form."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """A published KITTI calibration: pixel = P R0 Tr (point of the lidar).

    Numbers printed with seven digits are not quite rotations; the nearest rotations are used
    here, for placing the sensors and for what is written out, so that both agree exactly.

    Attributes:
        lidar: name of the lidar that it speaks of.
        projections: P0 to P3, 3x4 by rows.
        rectification: R0_rect, 3x3 by rows.
        camera_from_lidar: Tr_velo_to_cam, 3x4 by rows.
        lidar_from_imu: Tr_imu_to_velo, 3x4 by rows.
    """

    lidar: str
    projections: Mapping[str, tuple[float, ...]]
    rectification: tuple[float, ...]
    camera_from_lidar: tuple[float, ...]
    lidar_from_imu: tuple[float, ...]

    def __post_init__(self) -> None:
        for name, values in self.projections.items():
            _require(len(values) == 12, f"calibration {name} needs 12 numbers", len(values))
        for name, count in (
            ("rectification", 9),
            ("camera_from_lidar", 12),
            ("lidar_from_imu", 12),
        ):
            size = len(getattr(self, name))
            _require(size == count, f"calibration {name} needs {count} numbers", size)

    @property
    def matrices(self) -> "Matrices":
        """The same as matrices."""
        return Matrices(
            projections={
                name: np.array(values, float).reshape(3, 4)
                for name, values in self.projections.items()
            },
            rectification=_nearest_rotation(np.array(self.rectification, float).reshape(3, 3)),
            camera_from_lidar=_rigid(self.camera_from_lidar),
            lidar_from_imu=_rigid(self.lidar_from_imu),
        )


@dataclass(frozen=True, eq=False)
class Matrices:
    """What a KITTI calibration file holds.

    Attributes:
        projections: P0 to P3 by name, 3x4.
        rectification: R0_rect.
        camera_from_lidar: Tr_velo_to_cam.
        lidar_from_imu: Tr_imu_to_velo.
    """

    projections: Mapping[str, Float[Array, "3 4"]]
    rectification: Float[Array, "3 3"]
    camera_from_lidar: Float[Array, "4 4"]
    lidar_from_imu: Float[Array, "4 4"]


def camera_from_lidar(matrices: Matrices, projection: str) -> Float[Array, "4 4"]:
    """Pose of the lidar in the optical frame of `projection` = K [1 | offset]."""
    full = matrices.projections[projection]
    pose = np.eye(4)
    pose[:3, :3] = matrices.rectification @ matrices.camera_from_lidar[:3, :3]
    offset = np.linalg.solve(full[:, :3], full[:, 3])
    pose[:3, 3] = matrices.rectification @ matrices.camera_from_lidar[:3, 3] + offset
    return pose


def _rigid(values: tuple[float, ...]) -> Float[Array, "4 4"]:
    pose = np.eye(4)
    pose[:3] = np.array(values, float).reshape(3, 4)
    pose[:3, :3] = _nearest_rotation(pose[:3, :3])
    return pose


def _nearest_rotation(matrix: Float[Array, "3 3"]) -> Float[Array, "3 3"]:
    left, size, right = np.linalg.svd(matrix)
    _require(bool(np.allclose(size, 1, atol=1e-4)), "not a rotation", matrix.tolist())
    return left @ right


def _require(holds: bool, claim: str, value: object) -> None:
    if not holds:
        raise ValueError(f"{claim}, got {value}")
