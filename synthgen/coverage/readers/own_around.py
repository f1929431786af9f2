"""Our own data sets as those of lidar sweeps are annotated: what stands round the car, box or none.

A moment is a frame, however many cameras the rig has. Its objects are the things that a lidar hit,
in view of a camera or not, to the distance `REACH` to which our tables have all there is. Distances
are on the ground from the first camera.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from synthgen.bearing import distance
from synthgen.coverage.columns import FRAMES, OBJECTS
from synthgen.coverage.readers import Batch, Broken
from synthgen.coverage.readers.own_tables import Source
from synthgen.coverage.readers.synthgen import recognises, shards
from synthgen.labels.annotate import REACH

__all__ = ["REACH", "read", "recognises"]


def read(data: Path, broken: Callable[[Broken], None]) -> Iterator[Batch]:
    """Yield the moments and what stands round them of each shard; none is ever broken."""
    for source in shards(data):
        yield Batch(_moments(source), _around(source))


def _moments(source: Source) -> pa.RecordBatch:
    columns = (source.frames[name].to_pylist() for name in ("frame", "clip"))
    rows = [
        {"frame": _name(source, frame), "world": source.world(clip)}
        for frame, clip in zip(*columns, strict=True)
    ]
    return _batch(rows, FRAMES)


def _around(source: Source) -> pa.RecordBatch:
    """Return a row for each thing that lidars hit at a moment."""
    moments = source.frames.select(["frame", "cameras"]).to_pylist()
    eyes = {one["frame"]: _eye(one["cameras"]) for one in moments}
    names = ["frame", "clip", "track", "class", "center", "lidar_points"]
    hit = {
        (row["frame"], row["track"]): row
        for row in source.objects.select(names).to_pylist()
        if row["lidar_points"]
    }
    offset = np.array([np.subtract(row["center"], eyes[row["frame"]]) for row in hit.values()])
    far = distance(offset.reshape(-1, 3)).tolist()
    rows = [
        {"frame": _name(source, row["frame"]), "class": row["class"], "label": row["class"],
         "track": f"{source.world(row['clip'])}/{row['track']}", "distance": away,
         "lidar_points": row["lidar_points"], "ignored": False}
        for row, away in zip(hit.values(), far, strict=True)
        if away <= REACH
    ]  # fmt: skip
    return _batch(rows, OBJECTS)


def _eye(cameras: list[dict[str, Any]]) -> list[float]:
    """Return where the first camera is [m]."""
    pose = np.array(cameras[0]["world_from_camera"], float).reshape(4, 4)
    return [float(value) for value in pose[:3, 3]]


def _batch(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(rows, schema=schema)


def _name(source: Source, frame: int) -> str:
    twin = f"{source.twin}/" if source.twin else ""
    return f"{source.prefix}{twin}{frame:06d}"
