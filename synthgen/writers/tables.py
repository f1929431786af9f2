"""`frames.parquet` and `objects.parquet`: every number of a shard in full precision."""

from dataclasses import dataclass, field
from math import isnan
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from synthgen.geometry import Array
from synthgen.labels.environment import MEANING
from synthgen.labels.rules import LabelRules, accepted
from synthgen.readout import Readout
from synthgen.sample import CameraReading, Flow, LidarReading, ObjectLabel, Sample
from synthgen.state import State
from synthgen.writers.columns import frame_schema, object_schema
from synthgen.writers.compensation import compensated
from synthgen.writers.instances import instance_of
from synthgen.writers.keypoints import coco_keypoints
from synthgen.writers.kitti import Calibration, Ignored, Line, lines
from synthgen.writers.sensor_files import image_path, sweep_path

_SAME = (
    "track", "subtype", "color", "rides", "ridden_by", "part_of", "visible_box", "amodal_box",
    "unclipped_box", "visible_pixels", "amodal_pixels", "occlusion", "truncation", "discernible",
    "center", "size", "quaternion", "sweep_center", "sweep_quaternion", "velocity", "yaw_rate",
    "distance", "lidar_points", "lidar_hits", "circuits",
)  # fmt: skip
"""Fields of a label that are columns of the same name."""
_STATE = (
    "signal", "link", "lanes", "sign", "text", "brake", "indicator", "indicator_lit", "headlamps",
    "tail", "reverse", "beacon", "beacon_lit", "posture", "door", "door_angle",
)  # fmt: skip
"""Fields of a state that are columns of the same name."""


@dataclass(frozen=True)
class Tables:
    """Writes both tables of a shard.

    Attributes:
        folder: of the shard being built.
        camera: name of the camera that KITTI labels, whose rows hold KITTI lines.
        lidar: name of KITTI's lidar.
        calibration: of these two.
        rules: class maps and thresholds.
        suffix: of image files, .png or .jpg.
    """

    folder: Path
    camera: str
    lidar: str
    calibration: Calibration
    rules: LabelRules
    suffix: str = ".png"
    _frames: list[dict] = field(default_factory=list, init=False)
    _objects: list[dict] = field(default_factory=list, init=False)
    _schema: list[pa.Schema] = field(default_factory=list, init=False)

    def add(self, sample: Sample) -> None:
        """Keep the rows of one frame."""
        rows = [row for name in sample.cameras for row in self._object_rows(sample, name)]
        if not self._schema:
            self._schema.append(frame_schema(sample.environment, MEANING))
        self._frames.append(frame_row(sample, len(rows), self.suffix))
        self._objects.extend(rows)

    def close(self) -> None:
        """Write both files."""
        schema = self._schema[0] if self._schema else frame_schema({}, MEANING)
        write_table(self.folder / "frames.parquet", self._frames, schema)
        write_table(self.folder / "objects.parquet", self._objects, object_schema())

    def _object_rows(self, sample: Sample, camera: str) -> list[dict]:
        written: list[Line | Ignored] = []
        if camera == self.camera:
            written = lines(
                sample.objects[camera],
                sample.cameras[camera],
                compensated(sample, sample.lidars[self.lidar], sample.cameras[camera].view.time),
                self.calibration,
                self.rules,
            )
        by_number = {n: (row, line) for row, line in enumerate(written) for n in line.numbers}
        return [
            object_row(sample, camera, label, self.rules)
            | _kitti_columns(by_number.get(label.number))
            for label in sample.objects[camera]
        ]


def write_table(path: Path, rows: list[dict], schema: pa.Schema) -> None:
    """Write `rows` as one row group with fixed settings."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(rows, schema=schema)
    pq.write_table(table, path, compression="zstd", row_group_size=max(len(rows), 1))


def frame_row(sample: Sample, objects: int, suffix: str) -> dict:
    """Return the row of one frame, whose image files end with `suffix`."""
    return {
        "frame": sample.frame,
        "clip": sample.clip,
        "time": float(sample.moment.time),
        "objects": objects,
        "cameras": [_camera(sample, one, suffix) for one in sample.cameras.values()],
        "lidars": [_lidar(sample, reading) for reading in sample.lidars.values()],
        "ego": ego_columns(sample),
        **sample.environment,
    }


def object_row(sample: Sample, camera: str, label: ObjectLabel, rules: LabelRules) -> dict:
    """Return the row of one object, without its KITTI columns."""
    category = rules.coco.get(label.kind)
    return {
        "frame": sample.frame,
        "clip": sample.clip,
        "camera": camera,
        "instance": instance_of(sample, label),
        "class": label.kind,
        "in_view": label.amodal_pixels > 0,
        "contrast": None if isnan(label.contrast) else label.contrast,
        "coco_category": 0 if category is None else category.id,
        "counts": accepted(rules, label),
        **{name: getattr(label, name) for name in _SAME},
        **state_columns(label.state),
    }


def state_columns(state: State) -> dict:
    """Return what the columns of `columns.STATE` hold."""
    row = {name: getattr(state, name) for name in _STATE}
    seen = coco_keypoints(state)
    joints = [number for joint in state.joints for number in joint]
    door = {"door_hinge": state.door_hinge or None, "door_edge": state.door_edge or None}
    people = {"keypoints": seen or None, "joints": joints or None}
    pulse = {"state_pulse": state.shows_pulse}
    return row | {"state": state.shows, "state_lit": state.shows_lit} | people | door | pulse


def _kitti_columns(found: tuple[int, Line | Ignored] | None) -> dict:
    if found is None:
        return {"kitti_class": "", "kitti": "", "kitti_row": -1}
    row, line = found
    return {"kitti_class": line.kind, "kitti": line.text(), "kitti_row": row}


def ego_columns(sample: Sample) -> dict:
    """Return how the ego car moves at the frame's time."""
    ego, time = sample.moment.scene.ego, sample.moment.time
    return {
        "world_from_ego": _flat(ego.world_from_body(time)),
        "velocity": _flat(ego.velocity_at(time)),
        "acceleration": _flat(ego.acceleration_at(time)),
        "turn_rate": _flat(ego.turn_rate_at(time)),
    }


def _ego_pose(sample: Sample, time: float) -> list[float]:
    return _flat(sample.moment.scene.ego.world_from_body(time))


def _camera(sample: Sample, reading: CameraReading, suffix: str) -> dict:
    view = reading.view
    return {
        "name": view.name,
        "file": image_path(view.name, sample.frame, suffix),
        "jpeg": reading.quality,
        "chroma": reading.chroma,
        "time": float(view.time),
        "exposure": float(reading.exposure),
        "gain": float(reading.gain),
        "balance": list(reading.balance),
        "digital": float(reading.digital),
        "fault": reading.fault,
        "image_time": float(view.time if isnan(reading.shown) else reading.shown),
        "covered": float(reading.covered),
        "veiled": float(reading.veiled),
        "width": view.width,
        "height": view.height,
        "matrix": _flat(view.matrix),
        "projection_model": view.projection_model,
        "distortion": [float(value) for value in view.distortion],
        "field": 2 * float(view.half) if np.isfinite(view.half) else 0.0,
        "focus": float(view.focus),
        "aperture": float(view.aperture),
        "world_from_camera": _flat(view.world_from_camera),
        "world_from_ego": _ego_pose(sample, view.time),
        **_flow(sample.flows.get(view.name)),
        "row_time": 0.0 if view.readout is None else float(view.readout.row_time),
        "row_poses": [] if view.readout is None else _row_poses(view.readout),
    }


def _flow(flows: tuple[Flow, Flow] | None) -> dict:
    """Return where the camera is at the times that flow leads to."""
    after, before = (None, None) if flows is None else flows
    return {
        "flow_span": None if after is None else float(after.span),
        "world_from_camera_next": None if after is None else _flat(after.world_from_camera),
        "world_from_camera_previous": None if before is None else _flat(before.world_from_camera),
    }


def _row_poses(readout: Readout) -> list[float]:
    columns = readout.time[:, None], readout.position, readout.quaternion
    return _flat(np.concatenate(columns, axis=1))


def _lidar(sample: Sample, reading: LidarReading) -> dict:
    return {
        "name": reading.name,
        "file": sweep_path(reading.name, sample.frame),
        "time": float(reading.time),
        "world_from_lidar": _flat(reading.world_from_lidar),
        "world_from_ego": _ego_pose(sample, reading.time),
        "points": len(reading.point),
        "fired": int(reading.fired_count),
        "dropped": int(reading.dropped),
        "poses": [] if reading.poses is None else _flat(reading.poses),
    }


def _flat(matrix: Array) -> list[float]:
    return np.asarray(matrix, float).ravel().tolist()
