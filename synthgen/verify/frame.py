"""The files of one frame, read without the writers' help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import Bool, Float, Int, UInt8, UInt16
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from synthgen.geometry import Array, inverse, transform
from synthgen.verify.jpeg import coding
from synthgen.verify.lens import Lens
from synthgen.verify.rolling import Rolling, carried, rolling

DEPTH_SCALE = 256.0
"""KITTI's depth encoding: metres x 256."""


@dataclass(frozen=True, eq=False)
class CameraFiles:
    """One camera's files of one frame.

    Attributes:
        image: as decoded, BGR.
        instance: id per pixel, 0 for none.
        semantic: class id per pixel.
        depth: [m] along the optical axis, of a fisheye along the ray, 0 for none.
        matrix: K.
        world_from_camera: pose.
        drivable: 0 not, 1 directly, 2 alternatively drivable; None where there is no such image.
        lens: how directions become pixels; None for a pinhole.
        rolling: when rows are exposed; None: all at once.
        coding: quality and chroma of the image file where it is a JPEG, else 0, 0.
    """

    image: UInt8[Array, "h w 3"]
    instance: UInt16[Array, "h w"]
    semantic: UInt8[Array, "h w"]
    depth: Float[Array, "h w"]
    matrix: Float[Array, "3 3"]
    world_from_camera: Float[Array, "4 4"]
    drivable: UInt8[Array, "h w"] | None = None
    lens: Lens | None = None
    rolling: Rolling | None = None
    coding: tuple[int, int] = (0, 0)

    @cached_property
    def _lens(self) -> Lens:
        return self.lens or Lens("pinhole", self.matrix)

    @property
    def bent(self) -> bool:
        """Whether straight edges are curves in the image."""
        return self._lens.kind != "pinhole"

    def project(
        self, points: Float[Array, "n 3"], thing: Mapping | None = None
    ) -> tuple[Float[Array, "n 2"], Float[Array, "n"]]:
        """Return pixel coordinates and depth [m] of world `points`.

        They move with the `thing` of an object's row, which is at the time stamp's place.
        """
        shutter = self.rolling
        if shutter is None:
            return self._lens.pixels(transform(inverse(self.world_from_camera), points))

        def images(offset: Array, lens: Lens) -> tuple[Array, Array]:
            return lens.pixels(shutter.local(carried(points, offset, thing), offset))

        whole = replace(self._lens, half=np.inf)  # at other rows' times it may be beyond the rim
        rows = shutter.seen(lambda offset: images(offset, whole)[0][:, 1], len(points))
        return images(rows, self._lens)

    def from_rim(self, pixel: Float[Array, "n 2"]) -> Float[Array, "n"]:
        """Return how far [px] places are from the rim of the lens, about; inf if it has none."""
        return self._lens.from_rim(pixel)

    def points(
        self, column: Array, row: Array, thing: Mapping | None = None
    ) -> Float[Array, "n 3"]:
        """Return the world points that pixels show; they must have a depth.

        Those of the `thing` of an object's row are taken to where they are at the time stamp.
        """
        pixel = np.stack([column, row], -1).astype(float)
        local = self._lens.points(pixel, self.depth[row, column])
        if self.rolling is None or not len(local):
            return transform(self.world_from_camera, local)
        offset = self.rolling.offsets(row.astype(float))
        return carried(self.rolling.world(local, offset), offset, thing, back=True)

    def cut(self, image: Array, box: tuple[int, int, int, int]) -> Array:
        """Return the part of `image` within `box` (left, top, right, bottom), ends included."""
        left, top, right, bottom = box
        return image[top : bottom + 1, left : right + 1]

    def surface(
        self, mask: Bool[Array, "h w"], box: tuple[int, int, int, int], thing: Mapping
    ) -> Float[Array, "n 3"]:
        """Return the world points of the pixels of `mask`, cut to `box`, that have a depth.

        They are of the `thing` of an object's row, as it stands at the time stamp.
        """
        near = self.cut(self.depth, box)
        row, column = np.nonzero(mask & (near > 0))
        return self.points(column + box[0], row + box[1], thing)


@dataclass(frozen=True, eq=False)
class LidarFiles:
    """One lidar's files of one frame.

    Attributes:
        points: x, y, z, intensity, lidar frame.
        semantic: class id per point.
        instance: id per point.
        cause: per point.
        fired: [s] per point.
        ring: per point; none where it is not known.
        world_from_lidar: pose.
        raw: points in the lidar's frame at their own times; None where there are none.
        poses: of the lidar during the sweep where there are raw points: time after the stamp,
            position, quaternion.
        clean: points, times and rings of the clean sweep, where there is one.
    """

    points: Float[Array, "n 4"]
    semantic: Array
    instance: Array
    cause: Array
    fired: Array
    world_from_lidar: Float[Array, "4 4"]
    raw: Float[Array, "n 3"] | None = None
    poses: Float[Array, "k 8"] | None = None
    ring: Array | None = None
    clean: tuple[Array, Array, Array] | None = None

    @cached_property
    def world(self) -> Float[Array, "n 3"]:
        """The points in the world frame."""
        return transform(self.world_from_lidar, self.points[:, :3].astype(float))

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(self.world, balanced_tree=False, compact_nodes=False)

    def near(self, place: Float[Array, "3"], reach: float) -> Int[Array, "n"]:
        """Return which points lie within `reach` [m] of `place`, world frame."""
        return np.array(self._tree.query_ball_point(place, reach), np.int64)

    @cached_property
    def _order(self) -> Int[Array, "n"]:
        return np.argsort(self.instance, kind="stable")

    def of(self, instance: int) -> Int[Array, "n"]:
        """Return which points met the object `instance`."""
        ends = np.searchsorted(self.instance, [instance, instance + 1], sorter=self._order)
        return self._order[ends[0] : ends[1]]


@dataclass(frozen=True, eq=False)
class FrameFiles:
    """Everything about one frame: rows of the tables, sensors by name."""

    frame: int
    row: Mapping
    objects: Sequence[Mapping]
    cameras: Mapping[str, CameraFiles]
    lidars: Mapping[str, LidarFiles]

    def late(self, camera: str) -> float:
        """Return how long after the frame's time `camera` took its image [s]."""
        told = next(row for row in self.row["cameras"] if row["name"] == camera)
        return float(told["time"] - self.row["time"])


def read_frame(shard: Path, row: Mapping, objects: Sequence[Mapping]) -> FrameFiles:
    """Return the files of the frame of `row`; raises OSError when one is missing or broken."""
    frame = row["frame"]
    return FrameFiles(
        frame,
        row,
        objects,
        {camera["name"]: _camera(shard, frame, camera) for camera in row["cameras"]},
        {lidar["name"]: _lidar(shard, frame, lidar) for lidar in row["lidars"]},
    )


def _camera(shard: Path, frame: int, row: Mapping) -> CameraFiles:
    home = shard / "sensor" / row["name"]
    name = f"{frame:06d}.png"
    return CameraFiles(
        image=read_image(shard / row["file"]),
        instance=read_image(home / "instance" / name),
        semantic=read_image(home / "semantic" / name),
        depth=read_image(home / "depth" / name) / DEPTH_SCALE,
        matrix=np.array(row["matrix"]).reshape(3, 3),
        world_from_camera=np.array(row["world_from_camera"]).reshape(4, 4),
        drivable=_if_there(home / "drivable" / name),
        lens=_lens(row),
        rolling=rolling(row),
        coding=coding(shard / row["file"]),
    )


def _lens(row: Mapping) -> Lens:
    """Return the lens of a camera's row; without a word on it (older sets) a pinhole."""
    half = row["field"] / 2 if row.get("field") else np.inf
    matrix = np.array(row["matrix"]).reshape(3, 3)
    kind = row.get("projection_model", "pinhole")
    return Lens(kind, matrix, tuple(row.get("distortion", ())), half)


def _if_there(path: Path) -> Array | None:
    return read_image(path) if path.is_file() else None


def _lidar(shard: Path, frame: int, row: Mapping) -> LidarFiles:
    home = shard / "sensor" / row["name"]
    words, told = np.fromfile(home / "label" / f"{frame:06d}.label", "<u4"), row.get("poses")
    return LidarFiles(
        points=np.fromfile(home / f"{frame:06d}.bin", "<f4").reshape(-1, 4),
        semantic=words & 0xFFFF,
        instance=words >> 16,
        cause=np.fromfile(home / "cause" / f"{frame:06d}.bin", np.uint8),
        fired=np.fromfile(home / "time" / f"{frame:06d}.bin", "<f4"),
        world_from_lidar=np.array(row["world_from_lidar"]).reshape(4, 4),
        raw=np.fromfile(home / "raw" / f"{frame:06d}.bin", "<f4").reshape(-1, 3) if told else None,
        poses=np.array(told).reshape(-1, 8) if told else None,
        ring=np.fromfile(home / "ring" / f"{frame:06d}.bin", np.uint8),
        clean=_clean(home / "clean", f"{frame:06d}.bin"),
    )


def _clean(home: Path, file: str) -> tuple[Array, Array, Array] | None:
    if not home.is_dir():
        return None
    points = np.fromfile(home / file, "<f4").reshape(-1, 4)
    fired, ring = np.fromfile(home / "time" / file, "<f4"), np.fromfile(home / "ring" / file, "u1")
    return points, fired, ring


def read_image(path: Path) -> Array:
    """Return the pixels of a PNG or JPEG; raises OSError when it cannot be decoded."""
    image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None:
        raise OSError(f"{path}: not an image")
    return image


def in_box(row: Mapping, points: Float[Array, "n 3"]) -> Float[Array, "n 3"]:
    """Return world `points` in the frame of the 3D box of an object's row."""
    return Rotation.from_quat(row["quaternion"]).inv().apply(points - np.array(row["center"]))


def swept(row: Mapping) -> Mapping:
    """Return an object's row with its 3D box as it is at the time of the sweeps."""
    if row.get("sweep_center") is None:
        return row
    return {**row, "center": row["sweep_center"], "quaternion": row["sweep_quaternion"]}


def box_corners(row: Mapping) -> Float[Array, "8 3"]:
    """Return the corners of the 3D box of an object's row, world frame."""
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    local = signs * np.array(row["size"]) / 2
    return Rotation.from_quat(row["quaternion"]).apply(local) + np.array(row["center"])


def edges(corners: Float[Array, "8 3"]) -> Float[Array, "n 3"]:
    """Return points along the twelve edges of a box of `box_corners`."""
    pairs = [(i, i | bit) for i in range(8) for bit in (1, 2, 4) if not i & bit]
    start, end = (corners[[pair[k] for pair in pairs]] for k in (0, 1))
    share = np.linspace(0, 1, 17)[:, None, None]
    return (start + share * (end - start)).reshape(-1, 3)
