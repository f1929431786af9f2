"""ROS: `camera_info` YAML files, and static transforms in one of two customs, in one folder.

Transforms are either a list of `geometry_msgs/TransformStamped` (as `ros2 topic echo /tf_static`
prints them, also below `transforms:`), or frames below frames with x, y, z [m] and roll, pitch, yaw
[rad], as in URDF and in Autoware's `sensor_kit_calibration.yaml`. The frame that has no parent is
the car's, on the ground under the rear axle unless `origin` of the rig says otherwise.

Source: REP 103 and 105 (frames; optical frames are x right, y down, z forward), package
camera_calibration_parsers, message sensor_msgs/CameraInfo.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from synthgen.calibrations.template import OPTICS, Tree, known_rig
from synthgen.errors import UserError
from synthgen.geometry import Array
from synthgen.spec.wording import choices, nearest

MODELS = {
    "plumb_bob": ("brown", (4, 5)), "rational_polynomial": ("brown", (8,)),
    "equidistant": ("fisheye", (4,)),
}  # fmt: skip
"""ROS's distortion models: our lens and how many coefficients."""
LIDARS = ("lidar", "velodyne", "ouster", "pandar", "hesai", "livox", "os_sensor")
"""What frames of lidars are called."""


class Pose:
    """A transform with the numbers that the file has."""

    def __init__(self, shift: tuple[float, ...], quaternion: tuple[float, ...]) -> None:
        self.shift, self.quaternion = shift, quaternion

    @property
    def matrix(self) -> Float[Array, "4 4"]:
        """The transform."""
        found = np.eye(4)
        found[:3, :3] = Rotation.from_quat(self.quaternion).as_matrix()
        found[:3, 3] = self.shift
        return found

    def then(self, other: "Pose") -> "Pose":
        """Return this transform followed by `other`, which is told in its frame."""
        both = self.matrix @ other.matrix
        turn = Rotation.from_matrix(both[:3, :3]).as_quat(canonical=True)
        return Pose(tuple(both[:3, 3].tolist()), tuple(turn.tolist()))


def rig(folder: Path) -> Tree:
    """Return the rig of all cameras in `folder` that its transforms place, and of its lidars.

    Raises UserError for files that say too little or something else.
    """
    files = {path: _read(path) for path in sorted(folder.glob("*.y*ml"))}
    infos = {path: one for path, one in files.items() if "camera_matrix" in one}
    frames: dict[str, tuple[str, Pose]] = {}
    for path, one in files.items():
        if path not in infos:
            frames |= dict(_transforms(path, one))
    if not infos or not frames:
        said = f"{len(infos)} camera_info files, {len(frames)} transforms"
        raise UserError(f"from={folder}: {said}: expected camera_info and transforms in YAML")
    cameras = dict(_camera(path, one, frames) for path, one in infos.items())
    ours = known_rig("nuscenes")
    model = {"lidar": "vlp16"}
    lidars = {
        _name(frame): {"mount": _mount(frame, _placed(frame, frames)), "model": model}
        for frame in frames
        if any(word in frame.lower() for word in LIDARS) and not _holds(frame, frames)
    }
    if not lidars:
        raise UserError(f"from={folder}: expected a frame of a lidar: one of {', '.join(LIDARS)}")
    return {"name": "imported", "origin": ours["origin"], "ego": ours["ego"], "lidars": lidars,
            "cameras": cameras}  # fmt: skip


def _holds(frame: str, frames: Mapping[str, tuple[str, Pose]]) -> bool:
    """Return whether another lidar's frame hangs on this one."""
    return any(
        parent == frame and any(word in child.lower() for word in LIDARS)
        for child, (parent, _) in frames.items()
    )


def _read(path: Path) -> Mapping[str, Any]:
    try:
        content = yaml.safe_load(path.read_text())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        said = " ".join(str(error).split())
        raise UserError(f"from={path}: expected YAML: {said}") from error
    if isinstance(content, list):
        return {"transforms": content}
    if not isinstance(content, Mapping):
        raise UserError(f"from={path}: expected keys with values")
    return {str(key): value for key, value in content.items()}


def _transforms(path: Path, content: Mapping) -> Iterator[tuple[str, tuple[str, Pose]]]:
    """Yield each frame with its parent and its pose in that one's frame."""
    if isinstance(content.get("transforms"), list):
        for number, one in enumerate(content["transforms"]):
            yield _stamped(f"from={path}: transform {number}", one)
        return
    for parent, children in content.items():
        for child, numbers in children.items() if isinstance(children, Mapping) else ():
            place = f"from={path}: {parent}.{child}"
            shift = _numbers(place, numbers, ("x", "y", "z"))
            turn = Rotation.from_euler("xyz", _numbers(place, numbers, ("roll", "pitch", "yaw")))
            yield str(child), (parent, Pose(shift, tuple(turn.as_quat(canonical=True).tolist())))


def _stamped(place: str, one: object) -> tuple[str, tuple[str, Pose]]:
    tree = one if isinstance(one, Mapping) else {}
    header, content = tree.get("header"), tree.get("transform")
    parent = header.get("frame_id") if isinstance(header, Mapping) else None
    if not parent or not tree.get("child_frame_id") or not isinstance(content, Mapping):
        raise UserError(f"{place}: expected header.frame_id, child_frame_id and transform")
    shift = _numbers(f"{place}: translation", content.get("translation"), ("x", "y", "z"))
    turn = _numbers(f"{place}: rotation", content.get("rotation"), ("x", "y", "z", "w"))
    if abs(float(np.linalg.norm(turn)) - 1) > 1e-3:
        raise UserError(f"{place}: rotation={list(turn)}: expected a quaternion of length 1")
    return str(tree["child_frame_id"]), (str(parent), Pose(shift, turn))


def _numbers(place: str, tree: object, names: tuple[str, ...]) -> tuple[float, ...]:
    found = []
    for name in names:
        value = tree.get(name) if isinstance(tree, Mapping) else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UserError(f"{place}: expected numbers {', '.join(names)}, got {str(tree)[:60]}")
        found.append(float(value))
    return tuple(found)


def _placed(frame: str, frames: Mapping[str, tuple[str, Pose]]) -> Pose:
    """Return where `frame` is in the frame without a parent."""
    parent, pose = frames[frame]
    seen = {frame}
    while parent in frames:
        if parent in seen:
            raise UserError(f"from: transforms go round in a ring at {parent}")
        seen.add(parent)
        parent, above = frames[parent]
        pose = above.then(pose)
    return pose


def _camera(path: Path, info: Mapping, frames: Mapping[str, tuple[str, Pose]]) -> tuple[str, Tree]:
    name = str(info.get("camera_name", path.stem))
    frame = _frame_of(name, frames)
    if frame is None:
        close = nearest(name, frames)
        raise UserError(f"from={path}: camera_name={name}: no transform to its frame{close}")
    kind, counts = MODELS.get(str(info.get("distortion_model")), ("", ()))
    if not kind:
        said = info.get("distortion_model")
        raise UserError(f"from={path}: distortion_model={said}: expected {choices(MODELS)}")
    numbers = _data(path, info, "distortion_coefficients", counts)
    matrix = _data(path, info, "camera_matrix", (9,))
    size = _numbers(f"from={path}", info, ("image_width", "image_height"))
    straight = kind == "brown" and not any(numbers)
    lens = {"projection_model": kind, "distortion": list(numbers)}
    model = {**OPTICS, "width": int(size[0]), "height": int(size[1]),
             "matrix": [list(matrix[3 * row : 3 * row + 3]) for row in range(3)],
             **({} if straight else lens)}  # fmt: skip
    return _name(name), {"mount": _mount(frame, _placed(frame, frames)), "model": model}


def _frame_of(camera: str, frames: Mapping[str, Any]) -> str | None:
    """Return the frame of a camera: the optical one where there is one."""
    own = [frame for frame in frames if frame.startswith(camera)]
    return next((frame for frame in own if "optical" in frame), own[0] if own else None)


def _data(path: Path, info: Mapping, key: str, counts: tuple[int, ...]) -> tuple[float, ...]:
    """Return a matrix of a camera_info file, row by row."""
    held = info.get(key)
    values = held.get("data") if isinstance(held, Mapping) else held
    if not isinstance(values, list) or len(values) not in counts:
        wanted = " or ".join(str(count) for count in counts)
        raise UserError(f"from={path}: {key}: expected data of {wanted} numbers")
    names = tuple(str(number) for number in range(len(values)))
    return _numbers(f"from={path}: {key}", dict(zip(names, values, strict=True)), names)


def _mount(frame: str, pose: Pose) -> Tree:
    axes = "rdf" if "optical" in frame else "flu"
    return {"position": list(pose.shift), "quaternion": list(pose.quaternion), "axes": axes}


def _name(frame: str) -> str:
    """Return the name of a sensor from that of its frame."""
    return frame.strip("/").replace("/", "_")
