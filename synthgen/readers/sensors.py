"""One camera or lidar at one frame: its row of the tables, and its files once asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import Float, UInt8, UInt16

from synthgen.errors import UserError
from synthgen.geometry import Array, inverse

DEPTH_SCALE = 256.0
"""Depth images hold metres x 256."""


def matrix(numbers: object, rows: int) -> Float[Array, "r c"]:
    """Return what a column holds row by row."""
    return np.array(numbers, float).reshape(rows, -1)


def read_pixels(path: Path) -> Array:
    """Return an image file as it is stored, colour as RGB.

    Raises:
        UserError: when it is no image, or has more pixels than `__main__` lets OpenCV unpack.
    """
    try:
        found = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise UserError(f"{path}: expected an image of a camera, it is too large") from error
    if found is None:
        raise UserError(f"{path}: expected an image")
    return np.ascontiguousarray(found[..., ::-1]) if found.ndim == 3 else found


@dataclass(frozen=True, eq=False)
class Placed:
    """What cameras and lidars have in common.

    Attributes:
        folder: of the shard, or of its twin.
        frame: index in the data set.
        row: its entry in `frames.parquet`, see `writers.columns`.
    """

    folder: Path
    frame: int
    row: Mapping

    @property
    def name(self) -> str:
        """Sensor name."""
        return str(self.row["name"])

    @property
    def time(self) -> float:
        """[s] in the clip: the moment its files and boxes are true for."""
        return float(self.row["time"])

    @property
    def path(self) -> Path:
        """The image or the sweep."""
        return self.folder / self.row["file"]

    @property
    def world_from_ego(self) -> Float[Array, "4 4"]:
        """Pose of the car at `time`.

        Raises:
            UserError: where the data set is of a version that did not tell.
        """
        if self.row.get("world_from_ego") is None:
            raise UserError(
                f"{self.folder}: its tables lack world_from_ego, made by an older version; "
                "make the data set anew"
            )
        return matrix(self.row["world_from_ego"], 4)

    def beside(self, kind: str, ending: str) -> Path:
        """Return the file of `kind` that belongs to the image or sweep."""
        return self.folder / "sensor" / self.name / kind / f"{self.frame:06d}{ending}"


@dataclass(frozen=True, eq=False)
class CameraFrame(Placed):
    """One image and its dense labels."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height [px]."""
        return int(self.row["width"]), int(self.row["height"])

    @property
    def matrix(self) -> Float[Array, "3 3"]:
        """K [px], pixel centres at integers."""
        return matrix(self.row["matrix"], 3)

    @property
    def world_from_camera(self) -> Float[Array, "4 4"]:
        """Pose at `time` (x right, y down, z forward)."""
        return matrix(self.row["world_from_camera"], 4)

    @property
    def ego_from_camera(self) -> Float[Array, "4 4"]:
        """Where it sits on the car."""
        return inverse(self.world_from_ego) @ self.world_from_camera

    def image(self) -> UInt8[Array, "h w 3"]:
        """Return the picture, RGB."""
        return read_pixels(self.path)

    def instance(self) -> UInt16[Array, "h w"]:
        """Return the instance id of each pixel, 0 for none."""
        return read_pixels(self.beside("instance", ".png"))

    def semantic(self) -> UInt8[Array, "h w"]:
        """Return the class id (`classes.BY_SEMANTIC`) of each pixel."""
        return read_pixels(self.beside("semantic", ".png"))

    def depth(self) -> Float[Array, "h w"]:
        """Return the depth [m] of each pixel, 0 for none; see `projection_model` for which."""
        return read_pixels(self.beside("depth", ".png")) / DEPTH_SCALE


@dataclass(frozen=True, eq=False)
class Sweep:
    """The points of a sweep and the truth of each.

    Attributes:
        point: [m] lidar frame at the sweep's time.
        intensity: 0 to 1.
        semantic: class id, 0 for air.
        instance: id, 0 for none.
        cause: index into `sample.CAUSES`.
        fired: [s] firing time minus the sweep's time.
        ring: beam number, 0 at the top.
    """

    point: Float[Array, "n 3"]
    intensity: Float[Array, "n"]
    semantic: UInt16[Array, "n"]
    instance: UInt16[Array, "n"]
    cause: UInt8[Array, "n"]
    fired: Float[Array, "n"]
    ring: UInt8[Array, "n"]


@dataclass(frozen=True, eq=False)
class LidarFrame(Placed):
    """One sweep."""

    @property
    def world_from_lidar(self) -> Float[Array, "4 4"]:
        """Pose at `time` (x forward, y left, z up)."""
        return matrix(self.row["world_from_lidar"], 4)

    @property
    def ego_from_lidar(self) -> Float[Array, "4 4"]:
        """Where it sits on the car."""
        return inverse(self.world_from_ego) @ self.world_from_lidar

    def sweep(self) -> Sweep:
        """Return the points.

        Raises:
            UserError: when a file has not the number of points that the table tells.
        """
        numbers = self._values(self.path, "<f4", 4).reshape(-1, 4)
        words = self._values(self.beside("label", ".label"), "<u4")
        return Sweep(
            point=numbers[:, :3],
            intensity=numbers[:, 3],
            semantic=(words & 0xFFFF).astype(np.uint16),
            instance=(words >> 16).astype(np.uint16),
            cause=self._values(self.beside("cause", ".bin"), "u1"),
            fired=self._values(self.beside("time", ".bin"), "<f4"),
            ring=self._values(self.beside("ring", ".bin"), "u1"),
        )

    def _values(self, path: Path, kind: str, each: int = 1) -> Array:
        found = np.fromfile(path, kind)
        wanted = int(self.row["points"]) * each
        if len(found) != wanted:
            raise UserError(f"{path}: holds {len(found)} numbers, expected {wanted}")
        return found
