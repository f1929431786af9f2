"""SemanticKITTI's files against the data set."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import yaml

from synthgen.classes import BY_SEMANTIC, CLASSES
from synthgen.geometry import Array, inverse
from synthgen.verify.exported.origin import Origin, clips_of
from synthgen.verify.faults import Tally

MOVING = {10: 252, 31: 253, 30: 254, 32: 255, 13: 257, 18: 258, 20: 259}
SPEED = 0.2
"""[m/s] from which a thing moves."""
RIDERS = {"bicycle": 31, "motorcycle": 32}


def check(tree: Path, shards: Sequence[Path], tally: Tally) -> None:
    """Check every sequence."""
    names = yaml.safe_load((tree / "semantic-kitti.yaml").read_text())
    learned = set(names["labels"]) == set(names["learning_map"]) == set(names["color_map"])
    tally.check("yaml complete", learned, -1, 0, "ids differ between its sections")
    listed = sorted(one for part in names["split"].values() for one in part)
    clips = dict(clips_of(shards))
    tally.check("yaml split", listed == sorted(clips), -1, 0, f"{listed} {sorted(clips)}")
    for number, frames in clips.items():
        home = tree / f"dataset/sequences/{number:02d}"
        _check_way(home, frames, tally)
        kinds = _kinds(frames)
        for frame in frames:
            _check_points(home, frame, kinds, tally)


def _check_way(home: Path, frames: Sequence[Origin], tally: Tally) -> None:
    """Poses through the calibration are those of the lidar; calibration projects as ours."""
    rows = dict(line.split(": ") for line in (home / "calib.txt").read_text().splitlines())
    numbers = {name: np.array(row.split(), float).reshape(3, 4) for name, row in rows.items()}
    turn = np.vstack([numbers["Tr"], [0, 0, 0, 1]])
    flat = numbers["P2"] @ turn
    wanted = np.reshape(frames[0].camera["matrix"], (3, 3)) @ frames[0].camera_from_lidar[:3]
    off = float(np.abs(flat - wanted).max())
    tally.check("sequence calibration", off < 1e-4, frames[0].row["frame"], 0, f"{off:.2g}")
    poses = np.loadtxt(home / "poses.txt", ndmin=2).reshape(-1, 3, 4)
    times = np.loadtxt(home / "times.txt", ndmin=1)
    same = len(poses) == len(times) == len(frames)
    tally.check("sequence length", same, frames[0].row["frame"], 0, f"{len(poses)} {len(times)}")
    for frame, pose, time in zip(frames, poses, times, strict=False):
        own = inverse(turn) @ np.vstack([pose, [0, 0, 0, 1]]) @ turn
        true = inverse(frames[0].world_from_lidar) @ frame.world_from_lidar
        off = float(np.abs(own - true).max())
        tally.check("sequence pose", off < 1e-6, frame.row["frame"], 0, f"{off:.2g}")
        late = abs(time - frame.lidar["time"] + frames[0].lidar["time"])
        tally.check("sequence time", late < 1e-5, frame.row["frame"], 0, f"{late:.2g} s")


def _kinds(frames: Sequence[Origin]) -> Mapping[int, tuple[int, int]]:
    """Return class and instance that each of our instances should have in the sequence."""
    rows = {(row["track"]): row for frame in frames for row in frame.things}
    speed: dict[int, float] = {}
    for frame in frames:
        for row in frame.things:
            own = float(np.linalg.norm(row["velocity"]))
            speed[row["track"]] = max(speed.get(row["track"], 0.0), own)
    found = {}
    for track, row in rows.items():
        pair = [track, row["rides"] or row["ridden_by"]]
        kind, rider = CLASSES[row["class"]].semantickitti, row
        if pair[1] in rows:
            ridden = rows[row["rides"]] if row["rides"] else row
            rider = row if row["rides"] else rows[row["ridden_by"]]
            kind = RIDERS.get(ridden["class"], kind)
        moves = max(speed.get(one, 0.0) for one in pair) > SPEED
        kind = MOVING.get(kind, kind) if moves else kind
        found[row["instance"]] = (kind, rider["instance"] if kind >= 252 or kind < 40 else 0)
    return found


def _check_points(
    home: Path, frame: Origin, kinds: Mapping[int, tuple[int, int]], tally: Tally
) -> None:
    """Points are the sweep's, and each has the class and instance of what it met."""
    name, number = f"{frame.index:06d}", frame.row["frame"]
    points = np.fromfile(home / f"velodyne/{name}.bin", "<f4")
    same = np.array_equal(points, frame.points().ravel())
    tally.check("sweep of sequence", same, number, 0, f"{len(points) // 4} points")
    words = np.fromfile(home / f"labels/{name}.label", "<u4")
    wanted = _words(frame, kinds)
    wrong = (
        int((words != wanted).sum()) if len(words) == len(wanted) else abs(len(words) - len(wanted))
    )
    tally.check("words of points", wrong == 0, number, 0, f"{wrong} of {len(wanted)} differ")


def _words(frame: Origin, kinds: Mapping[int, tuple[int, int]]) -> Array:
    semantic, instance, cause = frame.words()
    by_class = {one: info.semantickitti for one, info in BY_SEMANTIC.items()}
    found = np.array([by_class.get(one, 0) for one in range(256)], np.uint32)[semantic]
    for own in np.unique(instance[instance > 0]).tolist():
        kind, rider = kinds[own]
        if kind:
            found[instance == own] = kind | (rider << 16)
    found[cause != 0] = 1
    return found
