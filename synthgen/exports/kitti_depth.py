"""KITTI depth completion and prediction: dense depth, and what the lidar alone knows of it.

    {train,val}/DRIVE/proj_depth/{groundtruth,velodyne_raw}/image_02/%010d.png
    {train,val}/DRIVE/image_02/data/%010d.png        the picture
    {train,val}/DRIVE/calib_cam_to_cam.txt           K_02 and P_rect_02 of it

16-bit PNG, metres x 256 along the optical axis, 0 for none. Where the original has a few sweeps
accumulated, `groundtruth` here is the depth of every pixel up to 255.99 m.
Source: J. Uhrig et al., "Sparsity invariant CNNs", 3DV 2017, readme of its development kit.
"""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt16

from synthgen.errors import UserError
from synthgen.export import Export, Part, files_of, place, store_picture
from synthgen.geometry import Array, inverse, transform
from synthgen.projection import Projection
from synthgen.readers.dataset import DataSet
from synthgen.readers.kitti import numbers
from synthgen.readers.sensors import DEPTH_SCALE, CameraFrame
from synthgen.readers.shard import Frame, Shard
from synthgen.split import clip_frames

LARGEST = 65_535


def write(_: DataSet, shard: Shard, folder: Path) -> None:
    """Write the drives of a shard."""
    for clip in shard.clips():
        home = folder / drive_name(clip.number)
        for index, frame in enumerate(clip.frames):
            if frame.camera.row["projection_model"] == "fisheye":
                raise UserError(
                    f"format=kitti_depth: camera {frame.camera.name} is a fisheye, whose depth "
                    "counts along the ray; expected pinhole or brown"
                )
            _write_frame(home, f"{index:010d}.png", frame)
        matrix = clip.frames[0].camera.matrix
        rows = [
            f"K_02: {numbers(matrix)}",
            f"P_rect_02: {numbers(np.pad(matrix, ((0, 0), (0, 1))))}",
        ]
        (home / "calib_cam_to_cam.txt").write_text("".join(f"{row}\n" for row in rows))


def join(data: DataSet, parts: Sequence[Part], folder: Path) -> None:
    """Put the drives into the folder of their split."""
    validates = set(data.split.val)
    clips = [clip for shard in data.shards for clip in clip_frames(shard.manifest)]
    splits = {
        drive_name(clip.clip): "val" if clip.frames[0] in validates else "train" for clip in clips
    }
    for path, name in files_of(parts):
        place(path, folder / splits[name.parts[0]] / name)


EXPORT = Export(write=write, join=join)


def drive_name(clip: int) -> str:
    """Return the folder of a clip in the manner of KITTI's raw recordings."""
    return f"synthgen_drive_{clip:04d}_sync"


def sparse_depth(frame: Frame) -> UInt16[Array, "h w"]:
    """Return the depth code of the sweep's points in the first camera; the nearest one wins.

    Points in the air (rain, fog, ...) are among them: that is what a lidar gives.
    """
    camera, sweep = frame.camera, frame.lidar.sweep()
    world = transform(frame.lidar.world_from_lidar, sweep.point.astype(np.float64))
    pixel, depth = lens_of(camera).pixels(transform(inverse(camera.world_from_camera), world))
    width, height = camera.size
    place_ = np.rint(np.nan_to_num(pixel, nan=-1.0)).astype(np.int64)
    inside = (place_ >= 0).all(1) & (place_[:, 0] < width) & (place_[:, 1] < height)
    code = np.rint(depth * DEPTH_SCALE)
    kept = inside & (code >= 1) & (code <= LARGEST)
    order = np.flatnonzero(kept)[np.argsort(-code[kept], kind="stable")]
    found = np.zeros((height, width), np.uint16)
    found[place_[order, 1], place_[order, 0]] = code[order].astype(np.uint16)
    return found


def lens_of(camera: CameraFrame) -> Projection:
    """Return how the camera maps directions to pixels."""
    row = camera.row
    half = row["field"] / 2 if row["field"] else np.inf
    return Projection(row["projection_model"], camera.matrix, tuple(row["distortion"]), half)


def _write_frame(home: Path, name: str, frame: Frame) -> None:
    place(frame.camera.beside("depth", ".png"), home / f"proj_depth/groundtruth/image_02/{name}")
    store_picture(frame.camera, home / f"image_02/data/{name}")
    target = home / f"proj_depth/velodyne_raw/image_02/{name}"
    target.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(target), sparse_depth(frame))
