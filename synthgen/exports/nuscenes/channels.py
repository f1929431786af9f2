"""Which channel of nuScenes a sensor is."""

from collections.abc import Iterable

import numpy as np

from synthgen.errors import UserError
from synthgen.exports.nuscenes.recording import Mounted

CHANNELS = (
    "CAM_FRONT", "CAM_FRONT_LEFT", "CAM_FRONT_RIGHT", "CAM_BACK", "CAM_BACK_LEFT",
    "CAM_BACK_RIGHT", "LIDAR_TOP", "RADAR_FRONT", "RADAR_FRONT_LEFT", "RADAR_FRONT_RIGHT",
    "RADAR_BACK_LEFT", "RADAR_BACK_RIGHT",
)  # fmt: skip
"""Those of nuScenes' own car. Source: docs/schema_nuscenes.md, H. Caesar et al. 2020, table 2."""
TOP = "LIDAR_TOP"
"""The lidar that samples, counts of points and the evaluation go by."""

_SECTORS = (
    (27.5, "FRONT"), (80.0, "FRONT_LEFT"), (145.0, "BACK_LEFT"), (215.0, "BACK"),
    (280.0, "BACK_RIGHT"), (332.5, "FRONT_RIGHT"), (360.0, "FRONT"),
)  # fmt: skip
"""[deg] to the left up to which a sensor looks that way: halves between nuScenes' own cameras."""
_PREFIX = {"camera": "CAM", "lidar": "LIDAR", "radar": "RADAR"}


def channels(sensors: Iterable[Mounted]) -> dict[str, str]:
    """Return the channel of each sensor by name.

    A sensor that is called as a channel of nuScenes, in small letters or large, is that one.
    Others are called by where they look; what finds its name taken keeps its own. The first other
    lidar is the one on top. Raises UserError without a lidar.
    """
    sensors = list(sensors)
    found = {one.name: one.name.upper() for one in sensors if one.name.upper() in CHANNELS}
    for one in sensors:
        if one.name not in found:
            wanted = f"{_PREFIX[one.modality]}_{_side(one)}"
            own = f"{_PREFIX[one.modality]}_{one.name.upper()}"
            found[one.name] = own if wanted in found.values() else wanted
    if TOP not in found.values():
        raise UserError("format=nuscenes: expected a rig with a lidar, got none")
    return found


def _side(sensor: Mounted) -> str:
    if sensor.modality == "lidar":
        return "TOP"
    ahead = sensor.ego_from_sensor[:3, 2 if sensor.modality == "camera" else 0]
    angle = float(np.degrees(np.arctan2(ahead[1], ahead[0]))) % 360
    return next(name for top, name in _SECTORS if angle <= top)
