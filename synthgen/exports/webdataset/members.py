"""What a sample of a WebDataset holds.

For each camera CAM and lidar LID, names in small letters:

    CAM.png or CAM.jpg     the picture              CAM.instance.png   16 bit, ids of objects
    CAM.semantic.png       8 bit, class ids         CAM.depth.png      16 bit, metres x 256, 0 none
    LID.npy                float32 n x 4: x, y, z [m], intensity; lidar frame at its time
    LID.labels.npy         uint32 n: class id in the low, instance id in the high 16 bits
    LID.cause.npy          uint8 n, index into `sample.CAUSES`
    LID.fired.npy          float32 n [s] after the sweep's time
    objects.jsonl          an object per line: a row of objects.parquet
    lidar_objects.jsonl    the same at the lidars' times, where the data set tells
    calib.json             per sensor: time, poses, matrix
    meta.json              frame, clip, time, and the environment

Lists of objects are lines of text rather than JSON: readers that guess types from a few samples
stumble over lists that are empty there.
"""

import json
from collections.abc import Mapping, Sequence
from io import BytesIO

import numpy as np

from synthgen.geometry import Array
from synthgen.readers.sensors import LidarFrame
from synthgen.readers.shard import Frame

DENSE = ("instance", "semantic", "depth")
CAMERA_KEYS = (
    "time", "width", "height", "matrix", "projection_model", "distortion", "world_from_camera",
    "world_from_ego", "exposure",
)  # fmt: skip
LIDAR_KEYS = ("time", "world_from_lidar", "world_from_ego")
NOT_META = frozenset({"cameras", "lidars", "ego", "objects"})


def members(frame: Frame) -> dict[str, bytes]:
    """Return the content of a frame's sample by ending."""
    found = {"meta.json": _json(_meta(frame)), "calib.json": _json(_calibration(frame))}
    found["objects.jsonl"] = _lines(frame.objects)
    if frame.swept:
        found["lidar_objects.jsonl"] = _lines(frame.swept)
    for name, camera in frame.cameras.items():
        own = name.lower()
        found[f"{own}{camera.path.suffix}"] = camera.path.read_bytes()
        for kind in DENSE:
            found[f"{own}.{kind}.png"] = camera.beside(kind, ".png").read_bytes()
    for name, lidar in frame.lidars.items():
        found |= {f"{name.lower()}{ending}": one for ending, one in _sweep(lidar).items()}
    return found


def _sweep(lidar: LidarFrame) -> dict[str, bytes]:
    sweep = lidar.sweep()
    words = sweep.semantic.astype(np.uint32) | sweep.instance.astype(np.uint32) << 16
    return {
        ".npy": _npy(np.column_stack([sweep.point, sweep.intensity]).astype("<f4")),
        ".labels.npy": _npy(words.astype("<u4")),
        ".cause.npy": _npy(sweep.cause),
        ".fired.npy": _npy(sweep.fired),
    }


def _meta(frame: Frame) -> dict:
    return {name: value for name, value in frame.row.items() if name not in NOT_META}


def _calibration(frame: Frame) -> dict:
    cameras = {
        name: {key: one.row[key] for key in CAMERA_KEYS if key in one.row}
        for name, one in frame.cameras.items()
    }
    lidars = {
        name: {key: one.row[key] for key in LIDAR_KEYS if key in one.row}
        for name, one in frame.lidars.items()
    }
    return {"cameras": cameras, "lidars": lidars}


def _npy(values: Array) -> bytes:
    file = BytesIO()
    np.save(file, values, allow_pickle=False)
    return file.getvalue()


def _json(value: Mapping) -> bytes:
    return json.dumps(value, sort_keys=True, allow_nan=False).encode()


def _lines(rows: Sequence[Mapping]) -> bytes:
    return b"".join(_json(row) + b"\n" for row in rows)
