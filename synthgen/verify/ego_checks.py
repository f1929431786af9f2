"""Where the car that carries the sensors is, how it moves, and where its sensors sit on it."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array, inverse
from synthgen.verify.faults import Tally

NEXT = 0.25
"""[s] Frames of one clip that are no farther apart are held against each other."""
JERK = 60.0
"""[m/s3] bounds how far the car comes off the mean of its velocities: jerk dt^3 / 12."""
HARD = 12.0
"""[m/s2] bounds how hard the car brakes and turns."""
LATEST = 0.0601
"""[s] between a sensor's time and its frame's."""
SLACK = 0.01
"""[m] of that way: tracks are straight between their steps of a twentieth of a second or less."""
PLACED = 1e-6
"""[m] and of matrices: rounding."""


def check_ego(rows: Sequence[Mapping], tally: Tally) -> None:
    """Check the rows of `frames.parquet` of one shard; sets that do not tell the pose pass."""
    told = [row for row in rows if row.get("ego") is not None]
    mounts: dict[str, Float[Array, "4 4"]] = {}
    for row in told:
        _check_place(row, tally)
        _check_mounts(row, mounts, tally)
    for before, after in pairwise(told):
        _check_way(before, after, tally)


def pose_of(numbers: Sequence[float]) -> Float[Array, "4 4"]:
    """Return a pose from a column that holds it row by row."""
    return np.array(numbers, float).reshape(4, 4)


def _check_place(row: Mapping, tally: Tally) -> None:
    """The pose is rigid, and the flat numbers of the same frame say the same."""
    world_from_ego = pose_of(row["ego"]["world_from_ego"])
    turn, place = world_from_ego[:3, :3], world_from_ego[:3, 3]
    rigid = np.allclose(turn @ turn.T, np.eye(3), atol=PLACED) and np.linalg.det(turn) > 0
    tally.check("ego pose rigid", bool(rigid), row["frame"], 0, f"{turn.tolist()}")
    said = np.array([row["ego_x"], row["ego_y"], row["ego_z"], np.cos(row["ego_yaw"])])
    found = np.append(place, turn[0, 0] / np.hypot(turn[0, 0], turn[1, 0]))
    same = bool(np.allclose(said, found, atol=PLACED))
    tally.check("ego place", same, row["frame"], 0, f"{said.tolist()} {found.tolist()}")
    speed = float(np.linalg.norm(row["ego"]["velocity"]))
    agree = abs(speed - row["ego_speed"]) < PLACED
    tally.check("ego speed", agree, row["frame"], 0, f"{row['ego_speed']} {speed}")


def _check_mounts(row: Mapping, mounts: dict[str, Array], tally: Tally) -> None:
    """A sensor sits at the same place of the car in every frame."""
    for kind, one in [("camera", c) for c in row["cameras"]] + [
        ("lidar", c) for c in row["lidars"]
    ]:
        pose = pose_of(one[f"world_from_{kind}"])
        mount = inverse(pose_of(one["world_from_ego"])) @ pose
        first = mounts.setdefault(one["name"], mount)
        check_carried(row, one, tally)
        fixed = bool(np.allclose(mount, first, atol=PLACED))
        gap = float(np.abs(mount - first).max())
        tally.check("sensor fixed to car", fixed, row["frame"], 0, f"{one['name']}: {gap:.2g}")


def check_carried(row: Mapping, sensor: Mapping, tally: Tally) -> None:
    """At the sensor's time the car is where it drives to from where it is at the frame's."""
    late, ego = sensor["time"] - row["time"], row["ego"]
    place = pose_of(ego["world_from_ego"])[:3, 3] + late * np.array(ego["velocity"])
    off = float(np.linalg.norm(pose_of(sensor["world_from_ego"])[:3, 3] - place))
    good = off <= SLACK + HARD * late**2 / 2 and abs(late) <= LATEST
    said = f"{sensor['name']}: {off:.3f} m off after {late:.4f} s"
    tally.check("sensor's time", good, row["frame"], 0, said)


def _check_way(before: Mapping, after: Mapping, tally: Tally) -> None:
    """The car comes as far from frame to frame as its velocities say."""
    span = after["time"] - before["time"]
    if before["clip"] != after["clip"] or not 0 < span <= NEXT:
        return
    places = [pose_of(row["ego"]["world_from_ego"])[:3, 3] for row in (before, after)]
    mean = np.add(before["ego"]["velocity"], after["ego"]["velocity"]) / 2
    off = float(np.linalg.norm(places[1] - places[0] - mean * span))
    good = off <= SLACK + JERK * span**3 / 12
    tally.check("ego way", good, after["frame"], 0, f"{off:.3f} m off")
