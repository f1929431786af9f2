"""Radar files of a nuScenes tree: that readers can open them, and what boxes hold of them.

Source: Motional, nuScenes development kit, utils/data_classes.py, RadarPointCloud.from_file: the
order of the header's lines, 18 fields in 43 bytes, and at least one byte behind the last value.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from synthgen.geometry import Array
from synthgen.verify.faults import Tally
from synthgen.verify.nuscenes_tables import Rows

HEADER = ("# ", "VERSION ", "FIELDS x y z ", "SIZE 4 4 4 1 2 4 ", "TYPE F F F I I F ", "COUNT ",
          "WIDTH ", "HEIGHT 1", "VIEWPOINT ", "POINTS ", "DATA binary")  # fmt: skip
"""How each line of the header begins."""
STRIDE = 43
"""[bytes] of a detection; x, y and z are the first three, 4 each."""


def check_radars(tree: Path, tables: Rows, tally: Tally) -> None:
    """Check every list, and what the boxes of each sample say that they hold."""
    sensors = {row["token"]: row for row in tables["sensor"]}
    placed = {row["token"]: row for row in tables["calibrated_sensor"]}
    poses = {row["token"]: row for row in tables["ego_pose"]}
    found: dict[str, list[Array]] = {}
    for row in tables["sample_data"]:
        own = placed[row["calibrated_sensor_token"]]
        if sensors[own["sensor_token"]]["modality"] != "radar":
            continue
        point = _read(tree / row["filename"])
        tally.check("nuscenes radar file", point is not None, 0, 0, row["filename"])
        if point is not None and row["is_key_frame"]:
            for step in (own, poses[row["ego_pose_token"]]):
                point = point @ turn(step).T + step["translation"]
            found.setdefault(row["sample_token"], []).append(point)
    _check_boxes(tables["sample_annotation"], found, tally)


def _read(path: Path) -> Array | None:
    """Return x, y, z of each detection; None for a file that readers refuse."""
    lines = path.read_bytes().split(b"\n", len(HEADER))
    head, body = [line.decode("latin-1") for line in lines[:-1]], lines[-1]
    if not all(line.startswith(begin) for line, begin in zip(head, HEADER, strict=False)):
        return None
    count = int(head[6].split()[1])
    if count < 1 or len(body) <= count * STRIDE:
        return None
    raw = np.frombuffer(body[: count * STRIDE], np.uint8).reshape(count, STRIDE)
    point = np.ascontiguousarray(raw[:, :12]).view("<f4").astype(np.float64)
    return point[np.isfinite(point).all(axis=1)]


def _check_boxes(
    rows: Sequence[Mapping], found: Mapping[str, Sequence[Array]], tally: Tally
) -> None:
    for row in rows:
        width, length, _ = row["size"]
        held = 0
        for point in found.get(row["sample_token"], ()):
            local = np.abs((point - row["translation"]) @ turn(row))[:, :2]
            held += int(np.count_nonzero((local <= [length / 2, width / 2]).all(axis=1)))
        said = f"{row['token']}: holds {held}, says {row['num_radar_pts']}"
        tally.check("nuscenes radar points", held == row["num_radar_pts"], 0, 0, said)


def turn(row: Mapping) -> Array:
    """Return the rotation matrix of a record."""
    w, x, y, z = row["rotation"]
    return Rotation.from_quat([x, y, z, w]).as_matrix()
