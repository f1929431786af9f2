"""SemanticKITTI: a label for every point of sequences of sweeps, with KITTI odometry's poses.

    dataset/sequences/NN/{velodyne/%06d.bin, labels/%06d.label, image_2/%06d.png,
                          calib.txt, poses.txt, times.txt}
    dataset/poses/NN.txt          the same poses, where readers of KITTI odometry look
    semantic-kitti.yaml           names, colours, learning map, split, shares of all classes

A sequence is a clip and has its number. Source: J. Behley, M. Garbade, A. Milioto, J. Quenzel,
S. Behnke, C. Stachniss, J. Gall, "SemanticKITTI: a dataset for semantic scene understanding of
LiDAR sequences", ICCV 2019; A. Geiger, P. Lenz, R. Urtasun, "Are we ready for autonomous driving?
The KITTI vision benchmark suite", CVPR 2012, readme of the odometry development kit.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from synthgen.export import Export, Part, files_of, place, store_picture
from synthgen.exports.semantickitti.labels import Labeller, labeller
from synthgen.exports.semantickitti.names import description
from synthgen.geometry import inverse
from synthgen.readers.dataset import DataSet
from synthgen.readers.kitti import matrices, numbers, rectified_from_lidar
from synthgen.readers.shard import Clip, Frame, Shard
from synthgen.split import clip_frames


def write(data: DataSet, shard: Shard, folder: Path) -> None:
    """Write the sequences of a shard."""
    for clip in shard.clips():
        name = sequence_name(clip.number)
        home = folder / "dataset/sequences" / name
        named = labeller(clip)
        for index, frame in enumerate(clip.frames):
            _write_frame(home, index, frame, named)
        _write_texts(data, clip, home)
        place(home / "poses.txt", folder / f"dataset/poses/{name}.txt")


def join(data: DataSet, parts: Sequence[Part], folder: Path) -> None:
    """Put the sequences side by side and describe them."""
    count: Counter[int] = Counter()
    for path, name in files_of(parts):
        place(path, folder / name)
        if path.suffix == ".label":
            ids, found = np.unique(np.fromfile(path, "<u4") & 0xFFFF, return_counts=True)
            count.update(dict(zip(ids.tolist(), found.tolist(), strict=True)))
    (folder / "semantic-kitti.yaml").write_text(description(count, _split(data)))


EXPORT = Export(write=write, join=join)


def sequence_name(clip: int) -> str:
    """Return the folder of a clip: two digits, more from clip 100 on."""
    return f"{clip:02d}"


def _write_frame(home: Path, index: int, frame: Frame, named: Labeller) -> None:
    name = f"{index:06d}"
    place(frame.lidar.path, home / f"velodyne/{name}.bin")
    (home / "labels").mkdir(exist_ok=True)
    (home / f"labels/{name}.label").write_bytes(named.words(frame.lidar.sweep()).tobytes())
    store_picture(frame.camera, home / f"image_2/{name}.png")


def _write_texts(data: DataSet, clip: Clip, home: Path) -> None:
    """Write calibration, poses and times. The last line of none is empty: readers stumble."""
    known = matrices(data.rig, clip.frames[0])
    camera_from_lidar = rectified_from_lidar(known)
    rows = [f"{name}: {numbers(known.projections[name])}" for name in ("P0", "P1", "P2", "P3")]
    rows.append(f"Tr: {numbers(camera_from_lidar[:3])}")
    world = [frame.lidar.world_from_lidar for frame in clip.frames]
    first = camera_from_lidar @ inverse(world[0])
    poses = [first @ one @ inverse(camera_from_lidar) for one in world]
    times = [frame.lidar.time - clip.frames[0].lidar.time for frame in clip.frames]
    (home / "calib.txt").write_text("".join(f"{row}\n" for row in rows))
    (home / "poses.txt").write_text("".join(f"{numbers(one[:3])}\n" for one in poses))
    (home / "times.txt").write_text("".join(f"{time:.6e}\n" for time in times))


def _split(data: DataSet) -> dict[str, list[int]]:
    """Return the sequences by purpose; none is kept for testing."""
    validates = set(data.split.val)
    found: dict[str, list[int]] = {"train": [], "valid": [], "test": []}
    for shard in data.shards:
        for clip in clip_frames(shard.manifest):
            found["valid" if clip.frames[0] in validates else "train"].append(clip.clip)
    return found
