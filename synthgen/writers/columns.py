"""The columns of `frames.parquet` and `objects.parquet`: type, unit, frame and meaning of each."""

from collections.abc import Mapping

import pyarrow as pa

_BOX = "(left, top, right, bottom), pixel centres at integers, both ends included"
_POSE = "row-major 4x4"


def column(name: str, kind: pa.DataType, meaning: str, unit: str = "", frame: str = "") -> pa.Field:
    """Return a column that says what it means, in which unit and frame."""
    described = {"meaning": meaning, "unit": unit, "frame": frame}
    return pa.field(name, kind, metadata={k: v for k, v in described.items() if v})


_TEXT, _NUMBER, _LONG, _FLAG = pa.string(), pa.float64(), pa.int64(), pa.bool_()
_NUMBERS, _PIXELS = pa.list_(_NUMBER), pa.list_(pa.int32())

CAMERA = pa.struct(
    [
        column("name", _TEXT, "sensor name"),
        column("file", _TEXT, "image, relative to the shard: .png, or .jpg"),
        column("jpeg", pa.int32(), "quality of the JPEG that the image is the content of, 0: none"),
        column("chroma", pa.int32(), "colour of that JPEG: 444, 422 or 420; 0: no JPEG"),
        column("time", _NUMBER, "mid-exposure", "s"),
        column("exposure", _NUMBER, "the shutter was open", "s"),
        column("gain", _NUMBER, "analogue gain", "1"),
        column(
            "balance", _NUMBERS, "red, green and blue were multiplied by, for the light's cast", "1"
        ),
        column(
            "digital",
            _NUMBER,
            "the merged signal of several exposures was multiplied by; else 1",
            "1",
        ),
        column(
            "fault", _TEXT, "of the image: black (no signal), frozen (an earlier one), or none: ''"
        ),
        column("image_time", _NUMBER, "moment that the image shows; labels are for `time`", "s"),
        column(
            "covered", _NUMBER, "image behind drops, dirt and the wiper's blade on the glass", "1"
        ),
        column("veiled", _NUMBER, "other light that film and mist on the glass scatter", "1"),
        column("width", pa.int32(), "image width", "px"),
        column("height", pa.int32(), "image height", "px"),
        column("matrix", _NUMBERS, "row-major 3x3 K", "px"),
        column(
            "projection_model",
            _TEXT,
            "pinhole, brown (Brown-Conrady) or fisheye "
            "(Kannala-Brandt, theta (1 + k1 theta^2 + ...), beyond 90 degrees too); depth "
            "images of a fisheye hold distances, of others the way along the axis",
        ),
        column(
            "distortion",
            _NUMBERS,
            "of the lens in OpenCV's order: k1, k2, p1, p2 [, k3 [, k4, "
            "k5, k6]] of brown, k1 to k4 of a fisheye",
        ),
        column("field", _NUMBER, "whole angle that the lens lets through, 0 for no end", "rad"),
        column("focus", _NUMBER, "distance at which the image is sharp; 0: at all distances", "m"),
        column("aperture", _NUMBER, "width of the lens's opening; 0 where all is sharp", "m"),
        column("world_from_camera", _NUMBERS, _POSE, "m", "x right, y down, z forward to world"),
        column("world_from_ego", _NUMBERS, f"car at `time`, {_POSE}", "m", "ego to world"),
        column("flow_span", _NUMBER, "time over which flow goes, both ways; null: no flow", "s"),
        column(
            "world_from_camera_next",
            _NUMBERS,
            f"`flow_span` later, {_POSE}; null: no flow",
            "m",
            "camera to world",
        ),
        column(
            "world_from_camera_previous",
            _NUMBERS,
            f"`flow_span` earlier, {_POSE}",
            "m",
            "camera to world",
        ),
        column(
            "row_time",
            _NUMBER,
            "rolling shutter: from one row's mid-exposure to the next row's, the middle of the "
            "image at `time`; 0: all rows at once",
            "s",
        ),
        column(
            "row_poses",
            _NUMBERS,
            "rolling shutter: poses from the first row to the last, eight numbers each: time "
            "after `time`, position, quaternion (x, y, z, w) of the camera in the world; empty: "
            "all rows at once",
            "s, m",
        ),
    ]
)
LIDAR = pa.struct(
    [
        column("name", _TEXT, "sensor name"),
        column("file", _TEXT, "sweep, relative to the shard"),
        column("time", _NUMBER, "time the sweep is compensated to", "s"),
        column("world_from_lidar", _NUMBERS, _POSE, "m", "x forward, y left, z up to world"),
        column("world_from_ego", _NUMBERS, f"car at `time`, {_POSE}", "m", "ego to world"),
        column("points", _LONG, "points in the file"),
        column("fired", _LONG, "rays fired"),
        column("dropped", _LONG, "rays without a return although a surface was in range"),
        column("poses", _NUMBERS, "where `raw` points are written: the lidar during the sweep, "
               "eight numbers each: time after `time`, position, quaternion (x, y, z, w) in the "
               "world; else empty", "s, m"),
    ]
)  # fmt: skip
EGO = pa.struct(
    [
        column("world_from_ego", _NUMBERS, f"car at the frame's time, {_POSE}", "m", "ego: x "
               "forward, y left, z up, its origin on the ground under the middle of the body"),
        column("velocity", _NUMBERS, "of the ego frame's origin", "m/s", "world"),
        column("acceleration", _NUMBERS, "of the ego frame's origin, without gravity", "m/s2",
               "world"),
        column("turn_rate", _NUMBERS, "angular velocity about x, y, z", "rad/s", "ego"),
    ]
)  # fmt: skip
"""How the car moves that carries the sensors."""

FRAME = (
    column("frame", _LONG, "index in the data set"),
    column("clip", _LONG, "clip index; a clip is one world and one drive"),
    column("time", _NUMBER, "nominal time in the clip", "s"),
    column("objects", _LONG, "rows of this frame in objects.parquet"),
    column("cameras", pa.list_(CAMERA), "cameras of the frame"),
    column("lidars", pa.list_(LIDAR), "lidars of the frame"),
    column("ego", EGO, "the car that carries the sensors"),
)

_UNLESS = "; null: it has none"
STATE = (
    column("state", _TEXT, "what a traffic light shows: red, amber, green, red_amber, "
            "flashing_amber, flashing_red or off; empty for other things"),
    column("state_lit", _FLAG, "the lenses of `state` are bright at this moment; null: no "
            "traffic light"),
    column("state_pulse", _NUMBER, "LEDs that are pulsed: how bright the lenses of `state` are "
            "while the shutter is open (of the object's middle row), over their mean; null: "
            "steady light", "1"),
    column("signal", _TEXT, "program that switches the traffic light, empty for none"),
    column("link", pa.int32(), "index into that program's state, -1 for none"),
    column("lanes", pa.list_(_TEXT), "lanes that the traffic light speaks to, see lanes.parquet"),
    column("sign", _TEXT, "what a traffic sign means, empty for other things"),
    column("text", _TEXT, "what is written on the sign"),
    column("brake", _FLAG, f"brake lamps are on{_UNLESS}"),
    column("indicator", _TEXT, "off, left, right or hazard: switched on; empty: it has none"),
    column("indicator_lit", _FLAG, f"an indicator is bright at this moment{_UNLESS}"),
    column("headlamps", _TEXT, "off, daytime, low or high; empty: it has none"),
    column("tail", _FLAG, f"rear position lamps are on{_UNLESS}"),
    column("reverse", _FLAG, f"reversing lamps are on{_UNLESS}"),
    column("beacon", _FLAG, f"emergency or warning lamps are switched on{_UNLESS}"),
    column("beacon_lit", _FLAG, f"one of these is bright at this moment{_UNLESS}"),
    column("posture", _TEXT, "what a person or animal does with its body, empty for unknown"),
    column("keypoints", _NUMBERS, "column, row, visibility of each of COCO's 17 keypoints; 0, 0, "
            "0 outside the image, else 1 hidden, 2 seen; null: it has none", "px"),
    column("joints", _NUMBERS, f"x, y, z of each keypoint{_UNLESS}", "m", "world"),
    column("door", _TEXT, "door of a vehicle that stands open: front_left, front_right, rear_left "
            "or rear_right; it is not in the 3D box; empty: all shut"),
    column("door_angle", _NUMBER, "between the open door and where it is when shut; null: all "
            "shut", "rad"),
    column("door_hinge", _NUMBERS, "x, y, z of the foot of the edge that the open door hangs on; "
            "null: all shut", "m", "world"),
    column("door_edge", _NUMBERS, "the same of its free edge", "m", "world"),
)  # fmt: skip
"""What the object does."""

OBJECT = (
    column("frame", _LONG, "index in the data set"),
    column("clip", _LONG, "clip index"),
    column("camera", _TEXT, "camera that the image columns speak of"),
    column("track", _LONG, "id of the thing, stable in the clip, unique in the data set"),
    column("instance", pa.int32(), "id in instance images and lidar labels of the clip"),
    column("class", _TEXT, "class name"),
    column("subtype", _TEXT, "finer kind, free text"),
    column("color", _TEXT, "colour word or empty"),
    column("rides", _LONG, "track of what this one rides, 0 for none"),
    column("ridden_by", _LONG, "track of its rider, 0 for none"),
    column("part_of", _LONG, "track of the leading section of the vehicle it is towed in, 0: none"),
    column("in_view", _FLAG, "whether the own silhouette has a pixel inside the image"),
    column("visible_box", _PIXELS, f"around the visible mask {_BOX}; null: nothing shows", "px"),
    column("amodal_box", _PIXELS, f"around the own silhouette in the image {_BOX}", "px"),
    column(
        "unclipped_box",
        _NUMBERS,
        f"around the whole own silhouette {_BOX}; null: outside, or it crosses the camera plane",
        "px",
    ),
    column("visible_pixels", _LONG, "pixels of the visible mask", "px"),
    column("amodal_pixels", _LONG, "pixels of the own silhouette inside the image", "px"),
    column("occlusion", _NUMBER, "1 - visible / amodal pixels; 1 outside the image", "1"),
    column("truncation", _NUMBER, "share of the silhouette's solid angle outside the image", "1"),
    column(
        "contrast",
        _NUMBER,
        "signal to noise against a ring of surroundings; null: nothing shows",
        "1",
    ),
    column("discernible", _FLAG, "contrast is at least 5"),
    column("center", _NUMBERS, "centre of the box at the camera's time", "m", "world"),
    column("size", _NUMBERS, "length, width, height of the box", "m"),
    column("quaternion", _NUMBERS, "(x, y, z, w), world from box", "", "world"),
    column(
        "sweep_center",
        _NUMBERS,
        "centre of the box at the frame's time, which is the sweeps'; null: `center` is of that",
        "m",
        "world",
    ),
    column("sweep_quaternion", _NUMBERS, "`quaternion` then, or null", "", "world"),
    column("velocity", _NUMBERS, "of the thing's origin", "m/s", "world"),
    column("yaw_rate", _NUMBER, "about world z", "rad/s", "world"),
    column("distance", _NUMBER, "camera to box centre", "m"),
    column("lidar_points", _LONG, "points of the sweeps inside the box at their time"),
    column("lidar_hits", _LONG, "points of the sweeps that met the thing"),
    column("circuits", _TEXT, "lamps that are switched on and have power, comma separated"),
    *STATE,
    column("coco_category", _LONG, "COCO category id, 0 for none"),
    column("counts", _FLAG, "whether it passes the thresholds of the label rules"),
    column("kitti_class", _TEXT, "KITTI type of its line, empty for no line"),
    column("kitti", _TEXT, "its KITTI line; rider and bicycle share one, empty for none"),
    column("kitti_row", pa.int32(), "number of that line in the label file, -1 for none"),
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
        extra.append(column(name, _KINDS[type(value)], text, unit))
    return pa.schema((*FRAME, *extra))
