"""Frames of our own data sets: conditions that were simulated, in words and in numbers."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from synthgen.coverage.columns import FRAMES
from synthgen.coverage.readers.own_tables import Source
from synthgen.spec.plain_json import parsed

DAY, NIGHT = 6.0, -6.0
"""[deg] Elevation of the sun from which it is day, and below which it is night: the end of civil
twilight. Between lies dusk, or dawn."""
FOG = 1000.0
"""[m] Visibility below which there is fog. Source: World Meteorological Organization, "Manual on
Codes", WMO-No. 306, present weather, fog."""
WET = 0.1
"""[mm/h] from which it rains or snows. Source: ASAM OSI, osi_environment.proto, precipitation:
none is below."""
OVERCAST = 0.75
"""Share of the sky that clouds cover from which it is overcast: 6 eighths and more."""
_SEEN = -np.log(0.05)
"""Optical depth at which contrast has fallen to 5 %."""
_SAME = ("illuminance", "rain", "snow", "visibility", "wetness", "ego_speed")


def frames_of(source: Source) -> pa.RecordBatch:
    """Return a row for each picture."""
    rows = [
        _row(source, frame, camera)
        for frame in source.frames.to_pylist()
        for camera in frame["cameras"]
    ]
    return pa.RecordBatch.from_pylist(rows, schema=FRAMES)


def time_of_day(elevation: float) -> str:
    """Return one of `columns.TIMES_OF_DAY` for the sun's elevation [deg]."""
    if elevation >= DAY:
        return "day"
    return "dusk" if elevation >= NIGHT else "night"


def weather(frame: Mapping[str, Any]) -> str:
    """Return one of `columns.WEATHERS`: what is worst for the view.

    There is fog too where a bank, smoke or spray round the car makes the view that short.
    """
    around = frame.get("clouds_here") or 0.0
    banks = (frame.get("fog_bank_share") or 0.0) > 0 and around * FOG > _SEEN
    if frame["visibility"] < FOG or banks:
        return "fog"
    if (frame.get("snow") or 0.0) >= WET:
        return "snow"
    if frame["rain"] >= WET:
        return "rain"
    return "overcast" if frame["cloud"] >= OVERCAST else "clear"


def power(frame: Mapping[str, Any]) -> str:
    """Return one of `columns.POWER`."""
    fed = frame.get("grid_fed", float(frame["power"]))
    if fed >= 1:
        return "on"
    return "blocks" if fed > 0 else "off"


def _row(source: Source, frame: Mapping[str, Any], camera: Mapping[str, Any]) -> dict[str, Any]:
    elevation = float(np.degrees(frame["sun_elevation"]))
    return {
        "frame": source.name(frame["frame"], camera["name"]),
        "image": f"{source.folder}/{camera['file']}",
        "width": camera["width"],
        "height": camera["height"],
        "world": source.world(frame["clip"]),
        "split": "val" if frame["frame"] in source.validates else "train",
        "time_of_day": time_of_day(elevation),
        "time_of_day_from": "physics",
        "time_of_day_sure": 1.0,
        "weather": weather(frame),
        "weather_from": "physics",
        "weather_sure": 1.0,
        "sun_elevation": elevation,
        **{name: frame.get(name) for name in _SAME},
        "power": power(frame),
        "place": parsed(frame["place_facts"]).get("kind"),
        "fault": camera.get("fault") or "none",
        "tags": _tags(source, camera),
    }


def _tags(source: Source, camera: Mapping[str, Any]) -> dict[str, str]:
    tags = {"camera": camera["name"]}
    return {**tags, "twin": source.twin} if source.twin else tags
