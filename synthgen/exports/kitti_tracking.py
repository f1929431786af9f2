"""KITTI tracking: boxes with track ids over sequences, and where the car was.

    training/{image_02/NNNN/%06d.png, velodyne/NNNN/%06d.bin, calib/NNNN.txt, oxts/NNNN.txt,
              label_02/NNNN.txt}
    training/evaluate_tracking.seqmap.{training,train,val}

A sequence is a clip. Labels are the very lines of `format=kitti` with the track before them; the
truncation is a level. Source: readme of KITTI's tracking development kit.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from synthgen.export import Export, Part, place, side_by_side, store_picture
from synthgen.readers.dataset import DataSet
from synthgen.readers.kitti import matrices, numbers
from synthgen.readers.oxts import packets
from synthgen.readers.shard import Clip, Frame, Shard
from synthgen.split import clip_frames

DONT_CARE = "DontCare"
TRUNCATED = (0.15, 0.5)
"""Share outside the image from which the level is 1 and 2: limits of KITTI's easy and hard."""


def write(data: DataSet, shard: Shard, folder: Path) -> None:
    """Write the sequences of a shard."""
    home = folder / "training"
    for clip in shard.clips():
        name = f"{clip.number:04d}"
        rows: list[str] = []
        for index, frame in enumerate(clip.frames):
            place(frame.lidar.path, home / f"velodyne/{name}/{index:06d}.bin")
            store_picture(frame.camera, home / f"image_02/{name}/{index:06d}.png")
            rows += [f"{index} {row}" for row in label_rows(frame)]
        texts = {
            "calib": calibration_rows(data, clip),
            "oxts": packets(clip, matrices(data.rig, clip.frames[0]).lidar_from_imu),
            "label_02": rows,
        }
        for kind, lines in texts.items():
            (home / kind).mkdir(exist_ok=True)
            (home / kind / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines))


def join(data: DataSet, parts: Sequence[Part], folder: Path) -> None:
    """Put the sequences side by side and list them."""
    side_by_side(data, parts, folder)
    write_seqmaps(data, folder / "training", "evaluate_tracking")


EXPORT = Export(write=write, join=join)


def write_seqmaps(data: DataSet, home: Path, stem: str) -> None:
    """Write `STEM.seqmap.{training,train,val}`: name and number of frames of each sequence.

    A split without sequences has no list, as a data set of one world has no `val`: TrackEval says
    in one line that it finds none, where an empty list ends it somewhere in its parser.
    """
    rows: dict[str, list[str]] = {"training": [], "train": [], "val": []}
    validates = set(data.split.val)
    for shard in data.shards:
        for clip in clip_frames(shard.manifest):
            row = f"{clip.clip:04d} empty 000000 {len(clip.frames):06d}"
            rows["training"].append(row)
            rows["val" if clip.frames[0] in validates else "train"].append(row)
    for split, lines in rows.items():
        if lines:
            (home / f"{stem}.seqmap.{split}").write_text("".join(f"{line}\n" for line in lines))


def calibration_rows(data: DataSet, clip: Clip) -> list[str]:
    """Return the calibration in the names of this benchmark, which differ from the object one's."""
    known = matrices(data.rig, clip.frames[0])
    rows = [f"{name}: {numbers(known.projections[name])}" for name in ("P0", "P1", "P2", "P3")]
    rows.append(f"R_rect {numbers(known.rectification)}")
    rows.append(f"Tr_velo_cam {numbers(known.camera_from_lidar[:3])}")
    rows.append(f"Tr_imu_velo {numbers(known.lidar_from_imu[:3])}")
    return rows


def label_rows(frame: Frame) -> list[str]:
    """Return track and label of each line of a frame, objects first.

    A rider and a bicycle share a line; its track is the rider's. Tracks are instance ids: as in
    the lidar labels, and small.
    """
    lines: dict[int, Mapping] = {}
    for row in frame.seen_by(frame.camera.name):
        if row["kitti_row"] >= 0 and (row["kitti_row"] not in lines or row["rides"]):
            lines[row["kitti_row"]] = row
    return [_label(lines[number]) for number in sorted(lines)]


def _label(row: Mapping) -> str:
    """Return a row; a box one pixel wide is ignored: to evaluations it has no area to overlap."""
    kind, truncated, *rest = row["kitti"].split(" ")
    left, _, right, _ = rest[2:6]
    if kind == DONT_CARE or left == right:
        return f"-1 {DONT_CARE} -1 -1 -10 {' '.join(rest[2:6])} -1 -1 -1 -1000 -1000 -1000 -10"
    level = sum(float(truncated) >= limit for limit in TRUNCATED)
    return " ".join([str(row["instance"]), kind, str(level), *rest])
