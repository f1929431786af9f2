"""Radar files of nuScenes: a PCD file of 18 fields a detection.

Source: Motional, nuScenes development kit, utils/data_classes.py, RadarPointCloud.from_file: field
names, sizes and states; R. B. Rusu, "The PCD file format", Point Cloud Library, version 0.7.
"""

import numpy as np

from synthgen.geometry import Array

FIELDS = (
    ("x", "<f4"), ("y", "<f4"), ("z", "<f4"), ("dyn_prop", "i1"), ("id", "<i2"), ("rcs", "<f4"),
    ("vx", "<f4"), ("vy", "<f4"), ("vx_comp", "<f4"), ("vy_comp", "<f4"),
    ("is_quality_valid", "i1"), ("ambig_state", "i1"), ("x_rms", "i1"), ("y_rms", "i1"),
    ("invalid_state", "i1"), ("pdh0", "i1"), ("vx_rms", "i1"), ("vy_rms", "i1"),
)  # fmt: skip
"""Name and type of each: position [m], velocity [m/s] and cross-section [dBsm] in the radar's
frame (x forward, y left); the states are coded, see the source."""
DETECTION = np.dtype(list(FIELDS))
"""43 bytes, one after the other."""
_TAIL = b"\n"
"""The development kit asserts that the last value ends before the file does."""


def pcd(detections: Array) -> bytes:
    """Return the file of `detections` (of type DETECTION).

    Without detections it holds one of which everything that can be is nan: that is how readers
    know an empty list, since a file of no points is none.
    """
    rows = detections.astype(DETECTION)
    if not len(rows):
        rows = np.zeros(1, DETECTION)
        for name, kind in FIELDS:
            rows[name] = np.nan if kind == "<f4" else 0
    return _header(len(rows)).encode() + rows.tobytes() + _TAIL


def _header(count: int) -> str:
    kinds = [np.dtype(kind) for _, kind in FIELDS]
    lines = (
        "# .PCD v0.7 - Point Cloud Data file format",
        "VERSION 0.7",
        "FIELDS " + " ".join(name for name, _ in FIELDS),
        "SIZE " + " ".join(str(kind.itemsize) for kind in kinds),
        "TYPE " + " ".join("F" if kind.kind == "f" else "I" for kind in kinds),
        "COUNT " + " ".join("1" for _ in kinds),
        f"WIDTH {count}",
        "HEIGHT 1",
        "VIEWPOINT 0 0 0 1 0 0 0",
        f"POINTS {count}",
        "DATA binary",
    )
    return "\n".join(lines) + "\n"
