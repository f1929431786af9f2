"""Radar files of nuScenes, which our own are already: where their detections are.

Source: Motional, nuScenes development kit, utils/data_classes.py, RadarPointCloud.from_file: field
names and sizes, and nan for an empty list; R. B. Rusu, "The PCD file format", Point Cloud Library,
version 0.7.
"""

from pathlib import Path

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array

_END = b"DATA binary\n"


def detections(path: Path) -> Float[Array, "n 3"]:
    """Return x, y, z [m] of each detection of a file, in the radar's frame.

    Raises ValueError for a file that is not of packed numbers.
    """
    head, end, body = path.read_bytes().partition(_END)
    if not end:
        raise ValueError(f"{path}: expected a PCD file with binary data")
    lines = dict(line.split(" ", 1) for line in head.decode().splitlines()[1:])
    names, sizes, kinds = (lines[key].split() for key in ("FIELDS", "SIZE", "TYPE"))
    fields = zip(names, kinds, sizes, strict=True)
    packed = np.dtype([(name, f"<{kind.lower()}{size}") for name, kind, size in fields])
    rows = np.frombuffer(body, packed, int(lines["WIDTH"]))
    found = np.stack([rows[axis] for axis in "xyz"], axis=1)
    return found[np.isfinite(found).all(axis=1)]
