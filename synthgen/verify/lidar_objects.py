"""`lidar_objects.parquet` against the sweeps and against the rows of cameras."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from synthgen.verify.faults import Tally
from synthgen.verify.frame import FrameFiles, LidarFiles, in_box

SPEEDING = 12.0
"""[m/s2] Nothing on a road speeds up, brakes or turns harder for long."""
MEAN = 0.05
"""[s] to either side of its time over which a row's velocity is the mean."""
ROUNDING = 1e-6
"""[m] of numbers that are the same."""
STRIDE = 0.08
"""[m] by which the box of what walks changes beside its motion."""
LIMBS = frozenset({"pedestrian", "rider", "dog", "cat", "deer"})

Rows = Mapping[int, Sequence[Mapping]]


def read_lidar_objects(shard: Path) -> Rows | None:
    """Return the rows by frame; None where there is no such table (older sets, excerpts)."""
    path = shard / "lidar_objects.parquet"
    if not path.is_file():
        return None
    found: dict[int, list[Mapping]] = defaultdict(list)
    for row in pq.read_table(path).to_pylist():
        found[row["frame"]].append(row)
    return found


def check_lidar_objects(files: FrameFiles, rows: Rows | None, tally: Tally) -> None:
    """Check the rows of one frame."""
    if rows is None:
        return
    own = rows.get(files.frame, ())
    wanted = {(name, row["track"]) for name in files.lidars for row in files.objects}
    found = [(row["lidar"], row["track"]) for row in own]
    same = set(found) == wanted and len(found) == len(wanted)
    tally.check("lidar rows complete", same, files.frame, 0, f"{len(found)} {len(wanted)}")
    for row in own:
        if row["lidar"] in files.lidars:
            _check_points(files.frame, files.lidars[row["lidar"]], row, tally)
            _check_cameras(files, row, tally)


def _check_points(frame: int, lidar: LidarFiles, row: Mapping, tally: Tally) -> None:
    """The sweep has as many points in the box, and of the thing, as the row says."""
    half = np.array(row["size"]) / 2
    near = lidar.world[lidar.near(np.array(row["center"]), float(np.linalg.norm(half)) + 0.01)]
    inside = int((np.abs(in_box(row, near)) <= half).all(axis=1).sum())
    hits = len(lidar.of(row["instance"]))
    text = f"{row['lidar']}: {row['points']} {inside}, {row['hits']} {hits}"
    good = (inside, hits) == (row["points"], row["hits"])
    tally.check("lidar row points", good, frame, row["track"], text)


def _check_cameras(files: FrameFiles, row: Mapping, tally: Tally) -> None:
    """The thing is where each camera's row has it, taken on by its velocity to the lidar's time."""
    times = {one["name"]: one["time"] for one in files.row["cameras"] + files.row["lidars"]}
    for other in files.objects:
        if other["track"] != row["track"]:
            continue
        span = times[row["lidar"]] - times[other["camera"]]
        mean = np.add(row["velocity"], other["velocity"]) / 2
        off = np.linalg.norm(np.subtract(row["center"], other["center"]) - mean * span)
        turn = abs(row["yaw_rate"] * span) * max(row["size"])
        limbs = STRIDE * (span != 0 and row["class"] in LIMBS)
        good = off <= ROUNDING + SPEEDING * abs(span) * (abs(span) + MEAN) + turn + limbs
        tally.check("lidar row place", bool(good), files.frame, row["track"], f"{off:.4f} m off")
