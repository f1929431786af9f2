"""The columns of `frames.parquet` and `objects.parquet`: type, unit, frame and meaning of each."""

from collections.abc import Mapping

import pyarrow as pa

_BOX = "(left, top, right, bottom), pixel centres at integers, both ends included"
_POSE = "row-major 4x4"


def _column(
    name: str, kind: pa.DataType, meaning: str, unit: str = "", frame: str = ""
) -> pa.Field:
    described = {"meaning": meaning, "unit": unit, "frame": frame}
    return pa.field(name, kind, metadata={k: v for k, v in described.items() if v})


_TEXT, _NUMBER, _LONG, _FLAG = pa.string(), pa.float64(), pa.int64(), pa.bool_()
_NUMBERS, _PIXELS = pa.list_(_NUMBER), pa.list_(pa.int32())

CAMERA = pa.struct(
    [
        _column("name", _TEXT, "sensor name"),
        _column("file", _TEXT, "image, relative to the shard"),
        _column("time", _NUMBER, "mid-exposure", "s"),
        _column("width", pa.int32(), "image width", "px"),
        _column("height", pa.int32(), "image height", "px"),
        _column("matrix", _NUMBERS, "row-major 3x3 K", "px"),
        _column("world_from_camera", _NUMBERS, _POSE, "m", "x right, y down, z forward to world"),
    ]
)
LIDAR = pa.struct(
    [
        _column("name", _TEXT, "sensor name"),
        _column("file", _TEXT, "sweep, relative to the shard"),
        _column("time", _NUMBER, "time the sweep is compensated to", "s"),
        _column("world_from_lidar", _NUMBERS, _POSE, "m", "x forward, y left, z up to world"),
        _column("points", _LONG, "points in the file"),
        _column("fired", _LONG, "rays fired"),
        _column("dropped", _LONG, "rays without a return although a surface was in range"),
    ]
)

FRAME = (
    _column("frame", _LONG, "index in the data set"),
    _column("clip", _LONG, "clip index; a clip is one world and one drive"),
    _column("time", _NUMBER, "nominal time in the clip", "s"),
    _column("objects", _LONG, "rows of this frame in objects.parquet"),
    _column("cameras", pa.list_(CAMERA), "cameras of the frame"),
    _column("lidars", pa.list_(LIDAR), "lidars of the frame"),
)

OBJECT = (
    _column("frame", _LONG, "index in the data set"),
    _column("clip", _LONG, "clip index"),
    _column("camera", _TEXT, "camera that the image columns speak of"),
    _column("track", _LONG, "id of the thing, stable in the clip, unique in the data set"),
    _column("instance", pa.int32(), "id in instance images and lidar labels of the clip"),
    _column("class", _TEXT, "class name"),
    _column("subtype", _TEXT, "finer kind, free text"),
    _column("color", _TEXT, "colour word or empty"),
    _column("rides", _LONG, "track of what this one rides, 0 for none"),
    _column("ridden_by", _LONG, "track of its rider, 0 for none"),
    _column("in_view", _FLAG, "whether the own silhouette has a pixel inside the image"),
    _column("visible_box", _PIXELS, f"around the visible mask {_BOX}; null: nothing shows", "px"),
    _column("amodal_box", _PIXELS, f"around the own silhouette in the image {_BOX}", "px"),
    _column(
        "unclipped_box",
        _NUMBERS,
        f"around the whole own silhouette {_BOX}; null: outside, or it crosses the camera plane",
        "px",
    ),
    _column("visible_pixels", _LONG, "pixels of the visible mask", "px"),
    _column("amodal_pixels", _LONG, "pixels of the own silhouette inside the image", "px"),
    _column("occlusion", _NUMBER, "1 - visible / amodal pixels; 1 outside the image", "1"),
    _column("truncation", _NUMBER, "share of the silhouette's solid angle outside the image", "1"),
    _column(
        "contrast",
        _NUMBER,
        "signal to noise against a ring of surroundings; null: nothing shows",
        "1",
    ),
    _column("discernible", _FLAG, "contrast is at least 5"),
    _column("center", _NUMBERS, "centre of the box at the camera's time", "m", "world"),
    _column("size", _NUMBERS, "length, width, height of the box", "m"),
    _column("quaternion", _NUMBERS, "(x, y, z, w), world from box", "", "world"),
    _column("velocity", _NUMBERS, "of the thing's origin", "m/s", "world"),
    _column("yaw_rate", _NUMBER, "about world z", "rad/s", "world"),
    _column("distance", _NUMBER, "camera to box centre", "m"),
    _column("lidar_points", _LONG, "points of the sweeps inside the box"),
    _column("lidar_hits", _LONG, "points of the sweeps that met the thing"),
    _column("circuits", _TEXT, "lamps that are switched on and have power, comma separated"),
    _column("coco_category", _LONG, "COCO category id, 0 for none"),
    _column("counts", _FLAG, "whether it passes the thresholds of the label rules"),
    _column("kitti_class", _TEXT, "KITTI type of its line, empty for no line"),
    _column("kitti", _TEXT, "its KITTI line; rider and bicycle share one, empty for none"),
    _column("kitti_row", pa.int32(), "number of that line in the label file, -1 for none"),
)

_KINDS: Mapping[type, pa.DataType] = {bool: _FLAG, int: _LONG, float: _NUMBER, str: _TEXT}


def object_schema() -> pa.Schema:
    """Return the schema of `objects.parquet`."""
    return pa.schema(OBJECT)


def frame_schema(
    environment: Mapping[str, float | int | str | bool],
    meaning: Mapping[str, tuple[str, str]],
) -> pa.Schema:
    """Return the schema of `frames.parquet` with a column per entry of `environment`.

    Args:
        environment: the record of any frame; its types decide.
        meaning: (unit, meaning) by entry.
    """
    extra = []
    for name, value in environment.items():
        unit, text = meaning.get(name, ("", name))
        extra.append(_column(name, _KINDS[type(value)], text, unit))
    return pa.schema((*FRAME, *extra))
