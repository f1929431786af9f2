"""Tables beside a radar's list: what each detection comes from, and the boxes around."""

import io
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from jaxtyping import Int
from scipy.spatial.transform import Rotation

from synthgen.classes import CLASSES
from synthgen.geometry import Array, inverse, transform
from synthgen.radar.echoes import CAUSES, DIRECT
from synthgen.radar.reading import RadarReading
from synthgen.scene import Moment, Present

_NUMBER, _LONG, _NUMBERS = pa.float64(), pa.int64(), pa.list_(pa.float64())


def _column(name: str, kind: pa.DataType, meaning: str, unit: str = "") -> pa.Field:
    return pa.field(name, kind, metadata={"meaning": meaning, "unit": unit})


DETECTION = pa.schema(
    [
        _column("instance", _LONG, "thing that gave most of the echo, 0 for none"),
        _column("class_id", _LONG, "class id of that, 0 for none"),
        _column("cause", pa.string(), f"one of {', '.join(CAUSES)}"),
        _column("true_range", _NUMBER, "half of that echo's way there and back; nan: noise", "m"),
        _column("true_speed", _NUMBER, "growth of that, not wrapped; nan: noise", "m/s"),
        _column("snr", _NUMBER, "power over noise", "dB"),
        _column("speed", _NUMBER, "range rate as measured", "m/s"),
        _column("still_speed", _NUMBER, "without the radar's own motion", "m/s"),
        _column("z", _NUMBER, "height in the radar's frame, 0 where it is not measured", "m"),
        _column("scan", _LONG, "index into the model's scans"),
        _column("fired", _NUMBER, "time of the scan less the reading's", "s"),
        _column("sigma_along", _NUMBER, "standard deviation along the line of sight", "m"),
        _column("sigma_across", _NUMBER, "the same across it", "m"),
        _column("sigma_speed", _NUMBER, "the same of the speed", "m/s"),
    ]
)
OBJECT = pa.schema(
    [
        _column("instance", _LONG, "id of the thing in the clip"),
        _column("class", pa.string(), "class name"),
        _column("center", _NUMBERS, "centre of the box at the radar's time, world frame", "m"),
        _column("size", _NUMBERS, "length, width, height of the box", "m"),
        _column("quaternion", _NUMBERS, "(x, y, z, w), world from box"),
        _column("velocity", _NUMBERS, "of the thing's origin, world frame", "m/s"),
        _column("num_radar_pts", _LONG, "points of this list inside the box's outline"),
        _column("hits", _LONG, "detections of this list whose echo came straight from the thing"),
    ]
)
"""An outline is a box seen from above: a radar's points have no height of their own."""


def boxes(reading: RadarReading, moment: Moment, farthest: float) -> list[dict]:
    """Return a row of `OBJECT` for every labelled thing that is present within `farthest` [m].

    Its instance is a body number, for whoever writes the row to translate.
    """
    eye, rows = reading.world_from_radar[:3, 3], []
    points = transform(reading.world_from_radar, reading.detections.point.astype(np.float32))
    straight = reading.detections.body[reading.detections.cause == DIRECT]
    for thing in moment.things:
        labelled = thing.extent is not None and CLASSES[thing.body.kind].thing
        if not labelled or thing.thing == moment.scene.world.ego:
            continue
        row = _box(thing, reading.time)
        if np.linalg.norm(np.array(row["center"]) - eye) < farthest:
            row["num_radar_pts"] = int(within(points, row).sum())
            row["hits"] = int((straight == thing.number).sum())
            rows.append(row)
    return rows


def _box(thing: Present, time: float) -> dict:
    assert thing.extent is not None
    pose = thing.track.world_from_body(time)
    center = transform(pose, np.array([thing.extent.center]))[0]
    turn = Rotation.from_matrix(pose[:3, :3]).as_quat(canonical=True)
    velocity = np.zeros(3) if thing.stands else thing.track.velocity_at(time)
    return {
        "instance": thing.number, "class": thing.body.kind, "center": center.tolist(),
        "size": [float(edge) for edge in thing.extent.size], "quaternion": turn.tolist(),
        "velocity": velocity.tolist(),
    }  # fmt: skip


def within(points: Array, row: Mapping) -> Array:
    """Return which `points` [m], world frame, lie in the outline of the box in `row`."""
    pose = np.eye(4)
    pose[:3, :3] = Rotation.from_quat(row["quaternion"]).as_matrix()
    pose[:3, 3] = row["center"]
    own = transform(inverse(pose), points)
    half = np.array(row["size"]) / 2
    return np.all(np.abs(own[:, :2]) <= half[:2], axis=1)


def detection_columns(reading: RadarReading) -> dict[str, Array]:
    """Return the columns of `DETECTION` of a reading, `body` in the place of `instance`."""
    found = reading.detections
    return {
        "body": found.body, "class_id": found.semantic, "cause": found.cause,
        "true_range": found.true_range, "true_speed": found.true_speed, "snr": found.snr,
        "speed": found.speed, "still_speed": found.still_speed, "z": found.point[:, 2],
        "scan": found.scan, "fired": found.fired, "sigma_along": found.sigma[:, 0],
        "sigma_across": found.sigma[:, 1], "sigma_speed": found.sigma[:, 2],
    }  # fmt: skip


def detection_table(columns: Mapping[str, Array], instance: Int[Array, "n"]) -> bytes:
    """Return `columns` of `detection_columns` as Parquet, with the `instance` of each body."""
    content = {
        name: instance if name == "instance" else columns[name]
        for name in DETECTION.names if name != "cause"
    }  # fmt: skip
    content["cause"] = np.array(CAUSES)[columns["cause"]]
    arrays = [pa.array(content[field.name].tolist(), field.type) for field in DETECTION]
    return parquet(pa.Table.from_arrays(arrays, schema=DETECTION))


def object_table(rows: Sequence[Mapping]) -> bytes:
    """Return `rows` of `OBJECT` as Parquet."""
    return parquet(pa.Table.from_pylist(list(rows), schema=OBJECT))


def parquet(table: pa.Table) -> bytes:
    """Return `table` as a Parquet file."""
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd", row_group_size=max(len(table), 1))
    return out.getvalue()
