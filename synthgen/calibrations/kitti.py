"""KITTI's calibration files: those of the object benchmark, and of raw recordings.

Source: readme.txt of the object development kit and of the raw data development kit, 2013.
"""

from collections.abc import Mapping
from pathlib import Path

from synthgen.calibrations.template import Tree, known_rig, without
from synthgen.errors import UserError

Numbers = Mapping[str, tuple[float, ...]]

OBJECT = {"P0": 12, "P1": 12, "P2": 12, "P3": 12, "R0_rect": 9, "Tr_velo_to_cam": 12,
          "Tr_imu_to_velo": 12}  # fmt: skip
"""How many numbers each line of an object calibration has."""
RAW = {
    "calib_cam_to_cam.txt": {"R_rect_00": 9} | {
        f"{name}_0{n}": count for n in range(4) for name, count in (("P_rect", 12), ("S_rect", 2))
    },
    "calib_velo_to_cam.txt": {"R": 9, "T": 3},
    "calib_imu_to_velo.txt": {"R": 9, "T": 3},
}  # fmt: skip
"""The same of the lines that are used of each file of a raw recording's day."""
COLOUR = {"image_2": "P2", "image_3": "P3"}
"""Cameras of the rig, and their matrices."""


def object_rig(path: Path) -> Tree:
    """Return the rig of an object calibration file; sizes of images are those of ours.

    Raises UserError for a line that lacks or is wrong.
    """
    found = _numbers(path, OBJECT)
    projections = {name: found[name] for name in OBJECT if name.startswith("P")}
    rest = (found["R0_rect"], found["Tr_velo_to_cam"], found["Tr_imu_to_velo"])
    return _rig(projections, rest, {})


def raw_rig(folder: Path) -> Tree:
    """Return the rig of a day of raw recordings, whose `folder` holds the three files."""
    cameras, lidar, imu = (_numbers(folder / name, lines) for name, lines in RAW.items())
    projections = {f"P{n}": cameras[f"P_rect_0{n}"] for n in range(4)}
    sizes = {f"P{n}": cameras[f"S_rect_0{n}"] for n in range(4)}
    rest = (cameras["R_rect_00"], _joined(lidar), _joined(imu))
    return _rig(projections, rest, sizes)


def _joined(found: Numbers) -> tuple[float, ...]:
    turn, shift = found["R"], found["T"]
    return tuple(n for row in range(3) for n in (*turn[3 * row : 3 * row + 3], shift[row]))


def _rig(projections: Numbers, rest: tuple[tuple[float, ...], ...], sizes: Numbers) -> Tree:
    """Return our rig of KITTI with other numbers: the mount of the lidar stays."""
    ours = known_rig("kitti")
    model = ours["cameras"]["image_2"]["model"]
    cameras = {}
    for name, matrix in COLOUR.items():
        numbers = projections[matrix]
        own = {**model, "matrix": [list(numbers[4 * row : 4 * row + 3]) for row in range(3)]}
        if matrix in sizes:
            own |= {"width": round(sizes[matrix][0]), "height": round(sizes[matrix][1])}
        cameras[name] = {"projection": matrix, "model": own}
    names = ("rectification", "camera_from_lidar", "lidar_from_imu")
    calibration = {
        "lidar": ours["calibration"]["lidar"],
        "projections": {name: list(numbers) for name, numbers in projections.items()},
        **{name: list(numbers) for name, numbers in zip(names, rest, strict=True)},
    }
    return {**without(ours, "cameras", "calibration"), "name": "imported", "cameras": cameras,
            "calibration": calibration}  # fmt: skip


def _numbers(path: Path, wanted: Mapping[str, int]) -> Numbers:
    """Return the numbers of the lines of `path` that are `wanted`, by name."""
    if not path.is_file():
        raise UserError(f"from={path}: no such file")
    found: dict[str, tuple[float, ...]] = {}
    try:
        lines = path.read_text().splitlines()
    except UnicodeDecodeError as error:
        raise UserError(f"from={path}: expected text: {error}") from error
    for number, line in enumerate(lines, 1):
        name, _, text = line.partition(":")
        if name.strip() in wanted:
            found[name.strip()] = _floats(f"from={path}: line {number}", name, text, wanted)
    for name in wanted:
        if name not in found:
            raise UserError(f"from={path}: {name}: missing; expected a calibration of KITTI")
    return found


def _floats(place: str, name: str, text: str, wanted: Mapping[str, int]) -> tuple[float, ...]:
    try:
        numbers = tuple(float(word) for word in text.split())
    except ValueError as error:
        raise UserError(f"{place}: {name}: expected numbers: {error}") from error
    count = wanted[name.strip()]
    if len(numbers) != count:
        raise UserError(f"{place}: {name}: expected {count} numbers, got {len(numbers)}")
    return numbers
