"""Wrong labels on purpose: what verification is measured against.

Every corruption changes a copy of one frame of a shard the way a mistake upstream of the writers
would: what can be derived from the wrong label (counts, KITTI's line) is wrong with it, so that
plain bookkeeping does not give it away. The manifest, whose hashes would, is left out.
"""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from scipy.spatial.transform import Rotation

from synthgen.geometry import Array
from synthgen.verify import corrupt_mask
from synthgen.verify.corrupt_tables import carry, read_rows, store_rows
from synthgen.verify.kitti_checks import read_calibration
from synthgen.verify.surface_checks import RIGID


@dataclass(frozen=True)
class Target:
    """The object to get wrong."""

    frame: int
    track: int


Corruption = Callable[[Path, Target, float], None]

SPACE = ("center", "size", "quaternion", "velocity", "yaw_rate", "distance")
"""Columns of an object's place in space."""


def excerpt(shard: Path, frame: int, folder: Path) -> None:
    """Copy one frame of `shard` into `folder`: its files and its rows of tables and records."""
    for path in sorted(shard.rglob(f"{frame:06d}.*")):
        target = folder / path.relative_to(shard)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    others = ("sensors",) if (shard / "sensors.parquet").is_file() else ()
    for name in ("frames", "objects", "lane_lines", "lamps", *others):
        table = pq.read_table(shard / f"{name}.parquet")
        kept = table.filter(np.array(table["frame"]) == frame)
        pq.write_table(kept, folder / f"{name}.parquet")
    for name in ("lanes.parquet", "boundaries.parquet"):
        shutil.copyfile(shard / name, folder / name)
    for path in sorted((shard / "coco").glob("*.json")):
        content = json.loads(path.read_text())
        content["images"] = [one for one in content["images"] if one["id"] == frame]
        content["annotations"] = [one for one in content["annotations"] if one["image_id"] == frame]
        (folder / "coco" / path.name).write_text(json.dumps(content))


def targets(shard: Path, count: int, pixels: int = 400, hits: int = 20) -> list[Target]:
    """Return up to `count` rigid objects with their own KITTI line, evenly over the shard.

    Args:
        shard: folder.
        count: how many.
        pixels: least number of visible pixels.
        hits: least number of lidar points.
    """
    found = [
        Target(row["frame"], row["track"])
        for row in read_rows(shard)
        if row["class"] in RIGID and row["kitti_class"] not in ("", "DontCare")
        and row["visible_pixels"] >= pixels and row["lidar_hits"] >= hits
    ]  # fmt: skip
    step = max(len(found) / count, 1.0)
    return [found[int(step * number)] for number in range(min(count, len(found)))]


def turn_box(shard: Path, target: Target, degrees: float) -> None:
    """Turn the target's box about the vertical."""
    turn = Rotation.from_euler("z", degrees, degrees=True)

    def change(row: dict) -> None:
        row["quaternion"] = (turn * Rotation.from_quat(row["quaternion"])).as_quat().tolist()

    _change(shard, target, change)


def swap_sides(shard: Path, target: Target, size: float) -> None:
    """Swap length and width of the target's box; `size` is not used."""

    def change(row: dict) -> None:
        length, width, height = row["size"]
        row["size"] = [width, length, height]

    _change(shard, target, change)


def lower_box(shard: Path, target: Target, share: float) -> None:
    """Give the target's box `share` of its height, the bottom where it was."""

    def change(row: dict) -> None:
        length, width, height = row["size"]
        row["center"] = [*row["center"][:2], row["center"][2] - (1 - share) * height / 2]
        row["size"] = [length, width, share * height]

    _change(shard, target, change)


def swap_objects(shard: Path, target: Target, size: float) -> None:
    """Swap the places in space of the target and the object nearest to it; `size` is not used."""
    rows = read_rows(shard)
    own = [row for row in rows if row["track"] == target.track]
    rest = [row for row in rows if row["kitti_class"] not in ("", "Cyclist") and row not in own]
    gap = [np.linalg.norm(np.subtract(row["center"], own[0]["center"])) for row in rest]
    other = rest[int(np.argmin(gap))]
    both = own + [row for row in rows if row["track"] == other["track"]]
    place = {own[0]["track"]: other, other["track"]: own[0]}
    taken = {track: {name: row[name] for name in SPACE} for track, row in place.items()}
    for row in both:
        row.update(taken[row["track"]])
    carry(shard, both)
    store_rows(shard, rows)


def delay_labels(shard: Path, target: Target, milliseconds: float) -> None:
    """Move every box of the frame to where its object is `milliseconds` later."""
    rows = read_rows(shard)
    for row in rows:
        step = np.array(row["velocity"]) * milliseconds / 1000
        row["center"] = (np.array(row["center"]) + step).tolist()
    carry(shard, rows)
    store_rows(shard, rows)


def turn_calibration(shard: Path, target: Target, degrees: float) -> None:
    """Turn KITTI's camera about its vertical in the calibration file alone."""
    path = shard / "kitti" / "training" / "calib" / f"{target.frame:06d}.txt"
    matrices = read_calibration(path)
    turn = Rotation.from_euler("y", degrees, degrees=True).as_matrix()
    matrices["Tr_velo_to_cam"] = turn @ matrices["Tr_velo_to_cam"]
    _store_calibration(path, matrices)


def turn_lidar(shard: Path, target: Target, degrees: float) -> None:
    """Pitch the lidar in every file that knows its pose: a rig measured wrongly.

    The boxes stay where they are; what the points mean in the world is wrong.
    """
    table = pq.read_table(shard / "frames.parquet")
    rows = table.to_pylist()
    turn = np.eye(4)
    turn[:3, :3] = Rotation.from_euler("y", degrees, degrees=True).as_matrix()
    for lidar in (one for row in rows for one in row["lidars"]):
        there = np.array(lidar["world_from_lidar"]).reshape(4, 4) @ turn
        lidar["world_from_lidar"] = there.ravel().tolist()
    pq.write_table(table.from_pylist(rows, schema=table.schema), shard / "frames.parquet")
    path = shard / "kitti" / "training" / "calib" / f"{target.frame:06d}.txt"
    matrices = read_calibration(path)
    matrices["Tr_velo_to_cam"] = matrices["Tr_velo_to_cam"] @ turn
    _store_calibration(path, matrices)
    objects = read_rows(shard)
    carry(shard, objects)
    store_rows(shard, objects)


def shift_image(shard: Path, target: Target, pixels: float) -> None:
    """Move the target to the right in the instance image alone."""
    corrupt_mask.shift(shard, _own(shard, target), int(pixels), ("instance",))


def shift_mask(shard: Path, target: Target, pixels: float) -> None:
    """Move the target's mask to the right in every file that holds or counts it."""
    corrupt_mask.shift_all(shard, _own(shard, target), int(pixels))


def _store_calibration(path: Path, matrices: Mapping[str, Array]) -> None:
    lines = [
        f"{name}: " + " ".join(f"{number:.12e}" for number in matrix.ravel())
        for name, matrix in matrices.items()
    ]
    path.write_text("\n".join(lines) + "\n\n")


def _own(shard: Path, target: Target) -> Mapping:
    return next(row for row in read_rows(shard) if row["track"] == target.track)


def _change(shard: Path, target: Target, change: Callable[[dict], None]) -> None:
    rows = read_rows(shard)
    own = [row for row in rows if row["track"] == target.track]
    for row in own:
        change(row)
    carry(shard, own)
    store_rows(shard, rows)


CORRUPTIONS: Mapping[str, tuple[Corruption, tuple[float, ...]]] = {
    "mask shifted, instance image alone [px]": (shift_image, (1, 2, 3, 5)),
    "mask shifted, every file [px]": (shift_mask, (1, 2, 3, 5)),
    "box turned [deg]": (turn_box, (2, 5, 10, 20, 180)),
    "length and width swapped": (swap_sides, (1,)),
    "height of box [share]": (lower_box, (0.9, 0.75, 0.5)),
    "two objects swapped": (swap_objects, (1,)),
    "KITTI calibration turned [deg]": (turn_calibration, (0.05, 0.1, 0.2)),
    "lidar pitched, every file [deg]": (turn_lidar, (0.1, 0.2, 0.5)),
    "labels late [ms]": (delay_labels, (5, 10, 20, 40)),
}
"""Kind: what corrupts, and the sizes to try, rising."""
