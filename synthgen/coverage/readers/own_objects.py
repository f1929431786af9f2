"""Objects of our own data sets: exact occlusion, truncation, distance, aspect, points and lamps."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Float

from synthgen.bearing import aspect, distance, yaws
from synthgen.coverage.columns import OBJECTS
from synthgen.coverage.readers.own_tables import Source
from synthgen.geometry import Array

Pose = Float[Array, "n 4 4"]


def objects_of(source: Source) -> pa.RecordBatch:
    """Return a row for each thing of which a part would show in a picture if nothing hid it."""
    rows = source.objects.filter(source.objects["in_view"])
    views = _views(source)
    keys = list(zip(rows["frame"].to_pylist(), rows["camera"].to_pylist(), strict=True))
    found: dict[str, Any] = {
        "frame": [source.name(*key) for key in keys],
        **_words(source, rows),
        **_box(rows),
        **_shares(rows),
        **_solid(rows, np.array([views[key].pose for key in keys]).reshape(-1, 4, 4)),
        "lidar_points": _points(rows, [views[key].swept for key in keys]),
    }
    arrays = [
        pa.array(found[field.name], field.type)
        if field.name in found
        else pa.nulls(rows.num_rows, field.type)
        for field in OBJECTS
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=OBJECTS)


class _View:
    """Where a camera is, and whether the frame has a lidar."""

    def __init__(self, camera: Mapping[str, Any], swept: bool) -> None:
        self.pose = np.array(camera["world_from_camera"], float).reshape(4, 4)
        self.swept = swept


def _views(source: Source) -> dict[tuple[int, str], _View]:
    columns = (source.frames[name].to_pylist() for name in ("frame", "cameras", "lidars"))
    return {
        (frame, camera["name"]): _View(camera, bool(lidars))
        for frame, cameras, lidars in zip(*columns, strict=True)
        for camera in cameras
    }


def _words(source: Source, rows: pa.Table) -> dict[str, Any]:
    columns = zip(rows["clip"].to_pylist(), rows["track"].to_pylist(), strict=True)
    beacon = rows["beacon"].to_pylist()
    return {
        "class": rows["class"],
        "label": rows["class"],
        "subtype": [one or None for one in rows["subtype"].to_pylist()],
        "track": [f"{source.world(clip)}/{track}" for clip, track in columns],
        "lamps": [None if one is None else ("on" if one else "off") for one in beacon],
        "ignored": pc.invert(rows["counts"]),
    }


def _box(rows: pa.Table) -> dict[str, Any]:
    """Return the box round the silhouette in the image, hidden parts too, as KITTI's is.

    Our boxes tell the first and the last pixel, centres at integers; the last one's far edge is
    one on.
    """
    box = np.array(rows["amodal_box"].to_pylist(), float).reshape(-1, 4)
    names = ("left", "top", "right", "bottom")
    return dict(zip(names, (box + np.array([0, 0, 1, 1])).T, strict=True))


def _shares(rows: pa.Table) -> dict[str, Any]:
    names = ("occlusion", "truncation")
    return {f"{name}_{end}": rows[name] for name in names for end in ("low", "high")}


def _solid(rows: pa.Table, world_from_camera: Pose) -> dict[str, Any]:
    center = _numbers(rows["center"], 3)
    offset = center - world_from_camera[:, :3, 3]
    across = np.einsum("ni,ni->n", offset, world_from_camera[:, :3, 0])
    length, width, height = _numbers(rows["size"], 3).T
    return {
        "distance": distance(offset),
        "lateral": -across,
        "aspect": aspect(offset, yaws(_numbers(rows["quaternion"], 4))),
        "length": length,
        "width": width,
        "height": height,
        "speed": np.linalg.norm(_numbers(rows["velocity"], 3), axis=1),
    }


def _numbers(column: pa.ChunkedArray, count: int) -> Float[Array, "n k"]:
    return np.array(column.to_pylist(), float).reshape(-1, count)


def _points(rows: pa.Table, swept: list[bool]) -> list[int | None]:
    """Return the points inside each box, unknown where the frame has no lidar."""
    points = rows["lidar_points"].to_pylist()
    return [one if there else None for one, there in zip(points, swept, strict=True)]
