"""nuScenes' `calibrated_sensor.json` and `sensor.json`.

Source: nuScenes devkit, docs/schema_nuscenes.md: poses from the ego frame on the ground under the
rear axle, quaternions (w, x, y, z).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from synthgen.calibrations.template import Tree, known_rig, without
from synthgen.errors import UserError
from synthgen.kinds import names
from synthgen.spec.plain_json import parsed

FILES = ("calibrated_sensor.json", "sensor.json")


def rig(folder: Path) -> Tree:
    """Return the rig of the first calibration of each channel in a version's `folder`.

    Makes, sizes of images and the car are those of our rig of nuScenes; radars are left out where
    there is no such kind of sensor.

    Raises UserError for files that are not there or not as the schema says.
    """
    calibrated, sensors = (_read(folder / name) for name in FILES)
    known = {_text(folder / FILES[1], row, "token"): row for row in sensors}
    ours = known_rig("nuscenes")
    found: dict[str, Tree] = {"cameras": {}, "lidars": {}, "sensors": {}}
    for row in calibrated:
        sensor = known.get(_text(folder / FILES[0], row, "sensor_token"))
        if sensor is None:
            place = f"from={folder / FILES[0]}: sensor_token={row['sensor_token']}"
            raise UserError(f"{place}: no such sensor in {FILES[1]}")
        _add(found, sensor, row, ours)
    if not found["cameras"] or not found["lidars"]:
        raise UserError(f"from={folder}: expected at least one camera and one lidar")
    if "radar" not in names():
        del found["sensors"]
    return {**without(ours, "cameras", "lidars", "sensors"), "name": "imported", **found}


def _add(found: Mapping[str, Tree], sensor: Mapping, row: Mapping, ours: Tree) -> None:
    """Add a sensor to what was found, unless its channel is there already."""
    modality, channel = sensor.get("modality"), str(sensor.get("channel"))
    place = f"from={FILES[0]}: {channel}"
    w, x, y, z = _row(place, row, "rotation", 4)
    mount = {"position": list(_row(place, row, "translation", 3)), "quaternion": [x, y, z, w]}
    if modality == "camera" and channel not in found["cameras"]:
        matrix = [list(_row(place, {"camera_intrinsic": one}, "camera_intrinsic", 3))
                  for one in _list(place, row, "camera_intrinsic", 3)]  # fmt: skip
        like = next(iter(ours["cameras"].values()))["model"]
        lidar = next(iter(ours["lidars"]))
        found["cameras"][channel] = {
            "mount": {**mount, "axes": "rdf"}, "trigger": {"lidar": lidar},
            "model": {**like, "matrix": matrix},
        }  # fmt: skip
    elif modality == "lidar" and channel not in found["lidars"]:
        like = next(iter(ours["lidars"].values()))["model"]
        found["lidars"][channel] = {"mount": {**mount, "axes": "rfu"}, "model": like}
    elif modality == "radar" and channel not in found["sensors"]:
        model = {"radar": "ars408"}
        found["sensors"][channel] = {"kind": "radar", "mount": mount, "model": model}


def _read(path: Path) -> Sequence[Mapping[str, Any]]:
    if not path.is_file():
        raise UserError(f"from={path}: no such file")
    try:
        rows = parsed(path.read_text())
    except ValueError as error:
        raise UserError(f"from={path}: expected JSON: {error}") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UserError(f"from={path}: expected a list of records")
    return rows


def _text(path: Path, row: Mapping, key: str) -> str:
    if not isinstance(row.get(key), str):
        raise UserError(f"from={path}: {key}: missing in {str(row)[:60]}")
    return str(row[key])


def _list(place: str, row: Mapping, key: str, count: int) -> list:
    value = row.get(key)
    if not isinstance(value, list) or len(value) != count:
        raise UserError(f"{place}: {key}={str(value)[:60]}: expected {count} values")
    return value


def _row(place: str, row: Mapping, key: str, count: int) -> tuple[float, ...]:
    numbers = _list(place, row, key, count)
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in numbers):
        raise UserError(f"{place}: {key}={numbers}: expected numbers")
    return tuple(float(one) for one in numbers)
