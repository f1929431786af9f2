"""Rows of `objects.parquet` changed on disk, with everything that follows from them."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from synthgen.geometry import Array, inverse, transform, wrap
from synthgen.verify.frame import FrameFiles, in_box, read_frame
from synthgen.verify.kitti_checks import read_calibration


def read_rows(shard: Path) -> list[dict]:
    """Return the rows of `objects.parquet`."""
    return pq.read_table(shard / "objects.parquet").to_pylist()


def store_rows(shard: Path, rows: list[dict]) -> None:
    """Write `rows` in the place of `objects.parquet`."""
    path = shard / "objects.parquet"
    table = pq.read_table(path)
    pq.write_table(table.from_pylist(rows, schema=table.schema), path)


def carry(shard: Path, rows: Iterable[dict]) -> None:
    """Bring lidar counts, KITTI columns and KITTI lines of changed `rows` (one frame) in line.

    Lines that several objects share stay as they are.
    """
    rows = list(rows)
    frames = pq.read_table(shard / "frames.parquet").to_pylist()
    record = next(one for one in frames if one["frame"] == rows[0]["frame"])
    files = read_frame(shard, record, rows)
    world = np.concatenate([lidar.world for lidar in files.lidars.values()])
    rectified_from_world = _rectified_from_world(shard, files)
    for row in rows:
        inside = np.abs(in_box(row, world)) <= np.array(row["size"]) / 2
        row["lidar_points"] = int(inside.all(axis=1).sum())
        if row["kitti_class"] not in ("", "DontCare", "Cyclist"):
            row["kitti"] = _line(row, rectified_from_world)
    _store_lines(shard, files.frame, rows)


def _rectified_from_world(shard: Path, files: FrameFiles) -> Float[Array, "4 4"]:
    path = shard / "kitti" / "training" / "calib" / f"{files.frame:06d}.txt"
    matrices = read_calibration(path)
    lidar = next(iter(files.lidars.values()))
    rectified_from_lidar = np.eye(4)
    rectified_from_lidar[:3] = matrices["R0_rect"] @ matrices["Tr_velo_to_cam"]
    return rectified_from_lidar @ inverse(lidar.world_from_lidar)


def _line(row: dict, rectified_from_world: Float[Array, "4 4"]) -> str:
    """Return the row's KITTI line with the box's size, place and heading of the row."""
    fields = row["kitti"].split(" ")
    length, width, height = row["size"]
    x, y, z = transform(rectified_from_world, np.array([row["center"]]))[0]
    ahead = rectified_from_world[:3, :3] @ Rotation.from_quat(row["quaternion"]).apply([1, 0, 0])
    turn = float(np.arctan2(-ahead[2], ahead[0]))
    fields[3] = f"{float(wrap(turn - np.arctan2(x, z))):.2f}"
    numbers = (height, width, length, x, y + height / 2, z, turn)
    return " ".join([*fields[:8], *(f"{number:.2f}" for number in numbers)])


def _store_lines(shard: Path, frame: int, rows: list[dict]) -> None:
    path = shard / "kitti" / "training" / "label_2" / f"{frame:06d}.txt"
    lines = path.read_text().splitlines()
    for row in rows:
        if row["kitti_row"] >= 0:
            lines[row["kitti_row"]] = row["kitti"]
    path.write_text("".join(line + "\n" for line in lines))
