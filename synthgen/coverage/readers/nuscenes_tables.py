"""The tables of nuScenes that say what annotations refer to; only what is needed is kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from synthgen.bearing import yaws
from synthgen.coverage.readers import Broken
from synthgen.coverage.readers.json_stream import records
from synthgen.coverage.readers.record import (
    Complaints,
    UnusableError,
    finite,
    mapping,
    maybe_whole,
    word,
)
from synthgen.errors import UserError
from synthgen.geometry import Array

_NEEDED = (
    "category", "attribute", "visibility", "instance", "sensor", "calibrated_sensor", "ego_pose",
    "log", "scene", "sample", "sample_data", "sample_annotation",
)  # fmt: skip
_FRONT, _TOP = "CAM_FRONT", "LIDAR_TOP"
"""Channels that are taken before all others for the picture and for the pose of a sample."""


@dataclass(frozen=True)
class Scene:
    """A scene: its name and description, name and place of its log."""

    name: str
    description: str
    log: str
    place: str | None


@dataclass(frozen=True)
class Sample:
    """A sample: token of its scene, time [us], tokens of the samples before and after or `-`."""

    scene: str
    time: float
    before: str
    after: str


@dataclass(frozen=True, eq=False)
class Pose:
    """Where the car is [m] and where it heads [rad], global frame."""

    position: Float[Array, "3"]
    yaw: float


@dataclass(frozen=True, eq=False)
class Drive:
    """What annotations refer to, by token.

    Attributes:
        version: name of the tables' folder.
        scenes: by token.
        samples: by token, in the table's order.
        poses: of the car, by the sample's token.
        pictures: columns of the front picture, by the sample's token.
        labels: category by the instance's token.
        visibilities: level by token.
        attributes: name by token.
    """

    version: str
    scenes: Mapping[str, Scene]
    samples: Mapping[str, Sample]
    poses: Mapping[str, Pose]
    pictures: Mapping[str, Mapping[str, Any]]
    labels: Mapping[Any, str]
    visibilities: Mapping[Any, str]
    attributes: Mapping[Any, str]


def tables_folder(data: Path) -> list[Path]:
    """Return the folders with nuScenes' tables: `data` itself, or those in it."""
    if not data.is_dir():
        return []
    choices = [data, *sorted(path for path in data.glob("v1.0*/"))]
    return [one for one in choices if (one / "sample_annotation.json").is_file()]


def vector(item: Mapping[str, Any], name: str, length: int) -> list[float]:
    """Return the numbers of a column that holds `length` of them."""
    values = item.get(name)
    if not isinstance(values, list) or len(values) != length:
        raise UnusableError(f"{name}: expected {length} numbers")
    return [finite(value, name) for value in values]


@dataclass(frozen=True)
class _Tables:
    """Reads tables.

    Attributes:
        data: the data set.
        folder: of the tables.
        broken: who is told of bad records.
    """

    data: Path
    folder: Path
    broken: Callable[[Broken], None]

    def each(self, name: str, take: Callable[[Mapping[str, Any], str], None]) -> None:
        """Call `take` with each record of a table and its token."""
        file = self.folder / f"{name}.json"
        complaints = Complaints(file.relative_to(self.data).as_posix(), self.broken)
        for place, (_, item) in enumerate(records(file)):
            named = isinstance(item, dict) and isinstance(item.get("token"), str)
            with complaints.about(item["token"] if named else f"record {place}"):
                told = mapping(item)
                take(told, word(told.get("token"), "token"))

    def names(self, table: str, column: str) -> dict[str, str]:
        """Return a column of a table by token."""
        found: dict[str, str] = {}

        def take(item: Mapping[str, Any], token: str) -> None:
            found[token] = word(item.get(column), column)

        self.each(table, take)
        return found


def drive(data: Path, folder: Path, broken: Callable[[Broken], None]) -> Drive:
    """Return what the tables say besides the annotations.

    Raises:
        UserError: where one is missing or no JSON.
    """
    for name in _NEEDED:
        if not (folder / f"{name}.json").is_file():
            raise UserError(f"{folder / name}.json: missing; nuScenes has this table")
    tables = _Tables(data, folder, broken)
    categories = tables.names("category", "name")
    instances = tables.names("instance", "category_token")
    scenes = _scenes(tables)
    samples = _samples(tables, scenes)
    shots, pictures = _shots(tables, samples)
    return Drive(
        version=folder.name,
        scenes=scenes,
        samples=samples,
        poses=_poses(tables, shots),
        pictures=pictures,
        labels={own: categories[name] for own, name in instances.items() if name in categories},
        visibilities=tables.names("visibility", "level"),
        attributes=tables.names("attribute", "name"),
    )


def _scenes(tables: _Tables) -> dict[str, Scene]:
    logs, places = tables.names("log", "logfile"), tables.names("log", "location")
    found: dict[str, Scene] = {}

    def take(item: Mapping[str, Any], token: str) -> None:
        log = word(item.get("log_token"), "log_token")
        said = item.get("description")
        found[token] = Scene(
            name=word(item.get("name"), "name"),
            description=said if isinstance(said, str) else "",
            log=logs.get(log, ""),
            place=places.get(log),
        )

    tables.each("scene", take)
    return found


def _samples(tables: _Tables, scenes: Mapping[str, Scene]) -> dict[str, Sample]:
    found: dict[str, Sample] = {}

    def take(item: Mapping[str, Any], token: str) -> None:
        scene = word(item.get("scene_token"), "scene_token")
        if scene not in scenes:
            raise UnusableError("scene_token: no such scene")
        if token in found:
            raise UnusableError("its token is used twice")
        time = finite(item.get("timestamp"), "timestamp")
        before, after = (word(item.get(end) or "-", end) for end in ("prev", "next"))
        found[token] = Sample(scene, time, before, after)

    tables.each("sample", take)
    return found


def _shots(
    tables: _Tables, samples: Mapping[str, Sample]
) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """Return by sample the token of the car's pose, and the columns of the front picture."""
    sensors = tables.names("calibrated_sensor", "sensor_token")
    channels, kinds = tables.names("sensor", "channel"), tables.names("sensor", "modality")
    shots: dict[str, tuple[bool, str]] = {}
    pictures: dict[str, tuple[bool, str, dict[str, Any]]] = {}

    def take(item: Mapping[str, Any], _: str) -> None:
        sample = word(item.get("sample_token"), "sample_token")
        if item.get("is_key_frame") is not True or sample not in samples:
            return
        own = word(item.get("calibrated_sensor_token"), "calibrated_sensor_token")
        sensor = sensors.get(own, "")
        channel = channels.get(sensor, "")
        shot = (channel != _TOP, word(item.get("ego_pose_token"), "ego_pose_token"))
        shots[sample] = min(shots.get(sample, shot), shot)
        if kinds.get(sensor) == "camera":
            picture = (channel != _FRONT, channel, _picture(item))
            pictures[sample] = min(pictures.get(sample, picture), picture, key=lambda one: one[:2])

    tables.each("sample_data", take)
    return (
        {sample: pose for sample, (_, pose) in shots.items()},
        {sample: columns for sample, (*_, columns) in pictures.items()},
    )


def _picture(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "image": word(item.get("filename"), "filename"),
        "width": maybe_whole(item, "width"),
        "height": maybe_whole(item, "height"),
    }


def _poses(tables: _Tables, shots: Mapping[str, str]) -> dict[str, Pose]:
    wanted: dict[str, list[str]] = {}
    for sample, pose in shots.items():
        wanted.setdefault(pose, []).append(sample)
    found: dict[str, Pose] = {}

    def take(item: Mapping[str, Any], token: str) -> None:
        for sample in wanted.get(token, ()):
            w, x, y, z = vector(item, "rotation", 4)
            yaw = float(yaws(np.array([[x, y, z, w]]))[0])
            found[sample] = Pose(np.array(vector(item, "translation", 3)), yaw)

    tables.each("ego_pose", take)
    return found
