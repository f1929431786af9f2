"""KITTI's files read as any reader of KITTI does, against the tables."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.verify.ego_checks import pose_of
from synthgen.verify.faults import Tally
from synthgen.verify.frame import CameraFiles, FrameFiles, LidarFiles, edges
from synthgen.verify.lens import Lens
from synthgen.verify.open_doors import on_door, reach

TYPES = {"Car", "Van", "Truck", "Pedestrian", "Person_sitting", "Cyclist", "Tram", "Misc"}
SINGLE = 1e-4
"""[m] and of intensity: points are single precision, up to 200 m away."""
BENT = {"D_02": "brown", "F_02": "fisheye"}
"""Lines that say how an image that is no pinhole's is bent."""
ROUNDING = 0.0101
"""Labels carry two decimals; half a step, twice, for quantities made of two."""


_AS_EDGES = [6, 2, 7, 3, 5, 1, 4, 0]
"""Corners of `_corners` in the order of `frame.box_corners`: each bit one way along an axis."""


def read_calibration(path: Path) -> dict[str, Float[Array, "3 n"]]:
    """Return the matrices of a calibration file by name."""
    found = {}
    for line in path.read_text().splitlines():
        if line.strip():
            name, numbers = line.split(":")
            values = np.array([float(number) for number in numbers.split()])
            found[name] = values if name in BENT else values.reshape(3, -1)
    return found


def check_kitti(home: Path, files: FrameFiles, tally: Tally) -> None:
    """Check the label, calibration, image and sweep of one frame below `home` (training/)."""
    frame = files.frame
    name = f"{frame:06d}"
    calibration = read_calibration(home / "calib" / f"{name}.txt")
    order = ["P0", "P1", "P2", "P3", "R0_rect", "Tr_velo_to_cam", "Tr_imu_to_velo"]
    good = [one for one in calibration if one not in BENT] == order
    tally.check("calib order", good, frame, 0, f"{list(calibration)}")
    rows = [row for row in files.objects if row["kitti"]]
    by_line = {row["kitti_row"]: row for row in rows}
    lines = (home / "label_2" / f"{name}.txt").read_text().splitlines()
    tally.check("label not empty", bool(lines), frame, 0, "no line")
    seen_ignored = False
    camera = next(iter(files.cameras.values()))
    lidar = _sweep(files)
    rectified = _rectified_from_lidar(calibration)
    _check_sweep(home / "velodyne" / f"{name}.bin", frame, lidar, tally)
    _check_cameras(frame, calibration, camera, lidar, rectified, tally)
    for number, line in enumerate(lines):
        fields = line.split(" ")
        good = len(fields) == 15 and (fields[0] in TYPES or fields[0] == "DontCare")
        tally.check("KITTI line parses", good, frame, 0, line)
        if not good:
            continue
        ignored = fields[0] == "DontCare"
        tally.check("DontCare last", ignored or not seen_ignored, frame, 0, line)
        seen_ignored |= ignored
        if not ignored:
            _check_line(files, fields, by_line.get(number), calibration, tally)


def _sweep(files: FrameFiles) -> LidarFiles:
    """Return the sweep as it is compensated to the time of the image, by the tables' poses."""
    camera, told = files.row["cameras"][0], files.row["lidars"][0]
    lidar, late = files.lidars[told["name"]], camera["time"] - told["time"]
    if late == 0.0:
        return lidar
    then, now = (pose_of(one["world_from_ego"]) for one in (told, camera))
    pose = now @ np.linalg.inv(then) @ lidar.world_from_lidar
    back = np.linalg.inv(pose)
    points = lidar.points.copy()
    points[:, :3] = lidar.world @ back[:3, :3].T + back[:3, 3]
    return replace(lidar, points=points, fired=lidar.fired - late, world_from_lidar=pose)


def _check_sweep(path: Path, frame: int, lidar: LidarFiles, tally: Tally) -> None:
    """KITTI's points are those of the sensor's file, in the image's lidar frame."""
    points = np.fromfile(path, "<f4").reshape(-1, 4)
    same = points.shape == lidar.points.shape
    off = float(np.abs(points - lidar.points).max(initial=0.0)) if same else np.inf
    tally.check("KITTI sweep", off <= SINGLE, frame, 0, f"{off:.2g} m off")


def _rectified_from_lidar(calibration: Mapping[str, Array]) -> Float[Array, "3 4"]:
    return calibration["R0_rect"] @ calibration["Tr_velo_to_cam"]


def _check_cameras(
    frame: int, calibration: Mapping[str, Array], camera: CameraFiles, lidar: LidarFiles,
    rectified: Float[Array, "3 4"], tally: Tally,
) -> None:  # fmt: skip
    """A grid of points in front of the car has the pixels that the tables' poses say."""
    grid = np.array(
        [[x, y, z] for x in (8, 20, 60) for y in (-3, 0, 4) for z in (-1.5, 0.5)], float
    )
    local = np.column_stack([grid, np.ones(len(grid))]) @ rectified.T
    pixel, depth = _lens(calibration).pixels(_seen(calibration, local))
    world = grid @ lidar.world_from_lidar[:3, :3].T + lidar.world_from_lidar[:3, 3]
    # A calibration knows one pose: that of the time stamp.
    there, ahead = replace(camera, rolling=None).project(world)
    both = (depth > 0.1) & (ahead > 0.1)
    error = float(np.abs(there - pixel)[both].max(initial=0.0))
    tally.check("calibration agrees", error < 0.05, frame, 0, f"{error:.3f} px")


def _lens(calibration: Mapping[str, Array]) -> Lens:
    name = next((name for name in BENT if name in calibration), "")
    bends = tuple(calibration[name]) if name else ()
    return Lens(BENT.get(name, "pinhole"), calibration["P2"][:, :3], bends)


def _seen(calibration: Mapping[str, Array], rectified: Float[Array, "n 3"]) -> Float[Array, "n 3"]:
    """Return points of rectified camera 0 in the frame of camera 2: P2 = K [1 | offset]."""
    matrix = calibration["P2"]
    seen: Float[Array, "n 3"] = rectified + np.linalg.solve(matrix[:, :3], matrix[:, 3])
    return seen


def _check_line(
    files: FrameFiles, fields: list[str], row: Mapping | None, calibration: Mapping[str, Array],
    tally: Tally,
) -> None:  # fmt: skip
    frame = files.frame
    tally.check("KITTI line resolves", row is not None, frame, 0, " ".join(fields))
    numbers = [float(field) for field in fields[1:]]
    tally.check("KITTI finite", bool(np.isfinite(numbers).all()), frame, 0, " ".join(fields))
    if row is None:
        return
    track = row["track"]
    height, width, length = numbers[7:10]
    location, turn = np.array(numbers[10:13]), numbers[13]
    angle = turn - np.arctan2(location[0], location[2])
    off = abs((numbers[2] - angle + np.pi) % (2 * np.pi) - np.pi)
    tally.check("KITTI alpha", off < 2 * ROUNDING, frame, track, f"{numbers[2]} {angle:.3f}")
    corners = _corners(length, width, height, location, turn)
    left, top, right, bottom = numbers[3:7]
    lens = _lens(calibration)
    around = corners if lens.kind == "pinhole" else edges(corners[_AS_EDGES])
    pixel, depth = lens.pixels(_seen(calibration, around))
    if depth.min() > 0.5:
        low, high = pixel.min(axis=0), pixel.max(axis=0)
        grow = 2 + max(0.75, reach(row)) * calibration["P2"][0, 0] / depth.min()
        held = left >= low[0] - grow and top >= low[1] - grow
        held = held and right <= high[0] + grow and bottom <= high[1] + grow
        tally.check("KITTI 3D holds 2D", bool(held), frame, track, " ".join(fields))
    if fields[0] != "Cyclist":
        _check_same(files, row, (length, width, height), location, calibration, tally)
    _check_points(files, row, corners, location, turn, (length, width, height), calibration, tally)


def _corners(
    length: float, width: float, height: float, location: Array, turn: float
) -> Float[Array, "8 3"]:
    """Return the corners of a KITTI box in the rectified camera frame (bottom centre, y down)."""
    x = np.array([1, 1, -1, -1, 1, 1, -1, -1]) * length / 2
    z = np.array([1, -1, -1, 1, 1, -1, -1, 1]) * width / 2
    y = np.array([0, 0, 0, 0, -1, -1, -1, -1]) * height
    c, s = np.cos(turn), np.sin(turn)
    return np.column_stack([c * x + s * z, y, -s * x + c * z]) + location


def _check_same(
    files: FrameFiles, row: Mapping, size: tuple[float, float, float], location: Array,
    calibration: Mapping[str, Array], tally: Tally,
) -> None:  # fmt: skip
    """Size and place of the line are those of the table, carried through the calibration."""
    same = np.abs(np.array(size) - np.array(row["size"])).max() <= ROUNDING
    found = f"{size} {row['size']}"
    tally.check("KITTI size", bool(same), files.frame, row["track"], found)
    lidar = _sweep(files).world_from_lidar
    center = np.linalg.inv(lidar) @ np.array([*row["center"], 1.0])
    rectified = _rectified_from_lidar(calibration) @ center
    rectified[1] += row["size"][2] / 2
    off = float(np.abs(rectified - location).max())
    tilt = 0.03 * row["size"][2]
    tally.check("KITTI place", off <= ROUNDING + tilt, files.frame, row["track"], f"{off:.3f} m")


def _lean(camera: CameraFiles) -> float:
    """Return the sine of the angle by which the camera's upright is off the world's.

    A KITTI box turns about the camera's upright alone: of a camera that looks down the far and
    the near end of a car are off by that much of half its length.
    """
    return float(np.hypot(*camera.world_from_camera[:2, 1]))


def _check_points(
    files: FrameFiles, row: Mapping, corners: Array, location: Array, turn: float,
    size: tuple[float, float, float], calibration: Mapping[str, Array], tally: Tally,
) -> None:  # fmt: skip
    """Points that hit the object lie in the KITTI box, within speed times time."""
    lidar = _sweep(files)
    mine = lidar.of(row["instance"])
    if not len(mine):
        return
    points = lidar.points[mine, :3] @ _rectified_from_lidar(calibration)[:, :3].T
    points = points + _rectified_from_lidar(calibration)[:, 3] - location
    c, s = np.cos(turn), np.sin(turn)
    along = c * points[:, 0] - s * points[:, 2]
    across = s * points[:, 0] + c * points[:, 2]
    length, width, height = size
    off = np.stack([np.abs(along) - length / 2, np.abs(across) - width / 2,
                    np.abs(points[:, 1] + height / 2) - height / 2])  # fmt: skip
    speed = float(np.linalg.norm(row["velocity"]))
    person = row["class"] in ("pedestrian", "rider", "dog", "cat", "deer", "bicycle")
    margin = 0.22 + (0.75 if person else 0.34) + speed * np.abs(lidar.fired[mine])
    margin += _lean(next(iter(files.cameras.values()))) * length / 2
    held = (off.max(axis=0) <= margin + 0.02 * height) | on_door(row, lidar.world[mine], 0.2)
    share = float(held.mean())
    tally.check("KITTI box holds points", share >= 0.995, files.frame, row["track"],
                f"{share:.3f} of {len(mine)}")  # fmt: skip
