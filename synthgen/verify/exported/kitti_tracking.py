"""KITTI tracking's files against the data set."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from synthgen.geometry import inverse
from synthgen.verify.exported.origin import Origin, clips_of
from synthgen.verify.faults import Tally

RADIUS = 6_378_137.0
"""[m] of the earth in KITTI's projection."""


def check(tree: Path, shards: Sequence[Path], tally: Tally) -> None:
    """Check every sequence."""
    home, clips = tree / "training", dict(clips_of(shards))
    lines = (home / "evaluate_tracking.seqmap.training").read_text().splitlines()
    wanted = [f"{number:04d} empty 000000 {len(one):06d}" for number, one in sorted(clips.items())]
    tally.check("seqmap", sorted(lines) == wanted, -1, 0, f"{lines} {wanted}")
    for number, frames in clips.items():
        name = f"{number:04d}"
        _check_calibration(home / f"calib/{name}.txt", frames[0], tally)
        _check_packets(home, name, frames, tally)
        labels = [
            line.split(" ") for line in (home / f"label_02/{name}.txt").read_text().splitlines()
        ]
        for frame in frames:
            own = [row[1:] for row in labels if row[0] == str(frame.index)]
            _check_rows(frame, own, tally)
            points = np.fromfile(home / f"velodyne/{name}/{frame.index:06d}.bin", "<f4")
            same = np.array_equal(points, frame.points().ravel())
            tally.check("sweep of sequence", same, frame.row["frame"], 0, f"{len(points)} numbers")


def _check_calibration(path: Path, frame: Origin, tally: Tally) -> None:
    rows = {line.split(" ")[0]: np.array(line.split(" ")[1:], float)
            for line in path.read_text().splitlines()}  # fmt: skip
    turn = np.eye(4)
    turn[:3] = rows["R_rect"].reshape(3, 3) @ rows["Tr_velo_cam"].reshape(3, 4)
    flat = rows["P2:"].reshape(3, 4) @ turn
    wanted = np.reshape(frame.camera["matrix"], (3, 3)) @ frame.camera_from_lidar[:3]
    off = float(np.abs(flat - wanted).max())
    tally.check("sequence calibration", off < 1e-4, frame.row["frame"], 0, f"{off:.2g}")


def _check_rows(frame: Origin, rows: Sequence[Sequence[str]], tally: Tally) -> None:
    """Each line of the table is there once, with its track and a whole level of truncation."""
    number = frame.row["frame"]
    lines: dict[int, tuple[str, set[str]]] = {}
    for row in frame.objects:
        if row["kitti_row"] >= 0:
            known = lines.setdefault(row["kitti_row"], (row["kitti"], set()))
            known[1].add(str(row["instance"]))
    counted = len(rows) == max(len(lines), len(rows) if not lines else 0)
    tally.check("label rows", counted, number, 0, f"{len(rows)} for {len(lines)}")
    for found, (line, tracks) in zip(rows, [lines[one] for one in sorted(lines)], strict=False):
        fields = line.split(" ")
        thin = fields[4] == fields[6]
        if fields[0] == "DontCare" or thin:
            good = list(found[:2]) == ["-1", "DontCare"] and list(found[5:9]) == fields[4:8]
        else:
            level = str((float(fields[1]) >= 0.15) + (float(fields[1]) >= 0.5))
            good = found[0] in tracks and found[1] == fields[0] and found[2] == level
            good &= list(found[3:]) == fields[2:]
        tally.check("label row", good, number, 0, " ".join(found)[:60])


def _check_packets(home: Path, name: str, frames: Sequence[Origin], tally: Tally) -> None:
    """The unit is where the lidar and the calibration say, and moves as the tables tell."""
    rows = (home / f"calib/{name}.txt").read_text().splitlines()
    imu = np.eye(4)
    imu[:3] = np.array(rows[6].split(" ")[1:], float).reshape(3, 4)
    packets = np.loadtxt(home / f"oxts/{name}.txt", ndmin=2)
    same = packets.shape == (len(frames), 30)
    tally.check("packets", same, frames[0].row["frame"], 0, f"{packets.shape}")
    world = [frame.world_from_lidar @ imu for frame in frames]
    for packet, pose, frame in zip(packets, world, frames, strict=False):
        scale = RADIUS * np.cos(np.radians(packets[0, 0]))
        north = [np.log(np.tan(np.pi / 4 + np.radians(one[0]) / 2)) for one in (packets[0], packet)]
        way = [scale * np.radians(packet[1] - packets[0, 1]), scale * (north[1] - north[0])]
        off = float(np.abs(np.subtract(way, pose[:2, 3] - world[0][:2, 3])).max())
        ahead = pose[:3, 0]
        turn = abs(packet[5] - np.arctan2(ahead[1], ahead[0])) + abs(
            packet[4] + np.arcsin(ahead[2])
        )
        number = frame.row["frame"]
        tally.check("packet place", bool(off < 1e-4), number, 0, f"{off:.2g} m off")
        tally.check("packet angles", bool(turn < 1e-6), number, 0, f"{turn:.2g} rad off")
        arm = np.linalg.norm(
            (inverse(np.reshape(frame.lidar["world_from_ego"], (4, 4))) @ pose)[:3, 3]
        )
        spin = float(np.linalg.norm(frame.row["ego"]["turn_rate"]))
        slack = 1e-6 + spin * arm
        gap = float(np.linalg.norm(packet[[7, 6]] - np.array(frame.row["ego"]["velocity"])[:2]))
        tally.check("packet velocity", bool(gap <= slack), number, 0, f"{gap:.3f} m/s off")
