"""Radar as a kind of sensor: nuScenes' file of each list, the truth of each point, the boxes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from synthgen.geometry import Array
from synthgen.kinds import Instances, Kind, Watch, Written
from synthgen.mounting import Sensor
from synthgen.radar.checks import (
    Listed,
    check_all,
    check_bytes,
    check_motion,
    check_objects,
    read_rows,
    read_table,
)
from synthgen.radar.fields import pcd, record
from synthgen.radar.model import RadarModel
from synthgen.radar.observe import Radar
from synthgen.radar.observe import observe as look
from synthgen.radar.truth import boxes, detection_columns, detection_table, object_table
from synthgen.sample import Reading

if TYPE_CHECKING:
    from synthgen.verify.faults import Tally

LONGEST = 30.0
"""[m] No vehicle is longer."""

FACTS = {
    "points": ("1", "detections in the list"),
    "velocity_x": ("m/s", "of the radar, along its axis"),
    "velocity_y": ("m/s", "of the radar, to its left"),
    "velocity_z": ("m/s", "of the radar, upwards"),
}


def observe(sensor: Sensor, watch: Watch, rng: np.random.Generator) -> Reading:
    """Return the list of the cycle that begins at the time of `watch`."""
    radar = Radar(sensor.name, sensor.model, sensor.ego_from_sensor)
    found = look(radar, watch.trace, watch.moment, watch.air, rng)
    # A long vehicle's near end is in reach where its middle is not.
    around = boxes(found, watch.moment, sensor.model.farthest + LONGEST)
    names = ("points", "velocity_x", "velocity_y", "velocity_z")
    values = (float(len(found.detections)), *(float(one) for one in found.velocity))
    data = {
        "rows": record(sensor.model, found),
        "boxes": np.array(around, dtype=object),
        **detection_columns(found),
    }
    facts = dict(zip(names, values, strict=True))
    return Reading(sensor.name, found.time, found.world_from_radar, data, facts)


def files(reading: Reading, instances: Instances) -> Mapping[str, bytes]:
    """Return nuScenes' .pcd, and Parquet files of the truth and of the boxes."""
    data = reading.data
    body = data["body"]
    whose = np.where(body >= 0, instances(np.maximum(body, 0)), 0).astype(np.int64)
    return {
        ".pcd": pcd(data["rows"]),
        "truth/.parquet": detection_table(data, whose),
        "objects/.parquet": object_table([_named(row, instances) for row in data["boxes"]]),
    }


def _named(row: Mapping, instances: Instances) -> dict:
    return {**row, "instance": int(instances(np.array([row["instance"]]))[0])}


def check(written: Written, tally: "Tally") -> None:
    """Check the file's bytes, then what it says."""

    def say(kind: str, holds: bool, found: str) -> None:
        tally.check(kind, holds, written.frame, 0, f"{written.name}: {found}")

    rows = check_bytes(written.files[".pcd"], say)
    if rows is None:
        return
    listed = _listed(written, rows)
    number = int(written.facts["points"])
    empty = number == 0 and len(rows) == 1 and bool(np.isnan(rows["x"]).all())
    say("radar count", empty or len(rows) == number, f"{len(rows)} points, told {number}")
    frame = written.frames[0]
    car = _car(written)
    check_motion(listed, frame, written.time - frame["time"], car, say)
    late = [written.time - camera["time"] for camera in frame["cameras"][:1]]
    first = [row for row in written.objects if row["camera"] == frame["cameras"][0]["name"]]
    check_objects(listed, first, late[0], say)
    if not empty:
        check_all(listed, say)


def _listed(written: Written, rows: Array) -> Listed:
    return Listed(
        rows=rows,
        truth=read_table(written.files["truth/.parquet"]),
        boxes=read_rows(written.files["objects/.parquet"]),
        model=written.model,
        own=np.array([written.facts[f"velocity_{axis}"] for axis in "xyz"]),
        pose=written.world_from_sensor,
    )


def _car(written: Written) -> Array:
    """Return where the car is at the radar's time, by its velocity from the frame's."""
    ego, late = written.frames[0]["ego"], written.time - written.frames[0]["time"]
    car = np.array(ego["world_from_ego"], float).reshape(4, 4)
    car[:3, 3] += late * np.array(ego["velocity"])
    return car


KIND = Kind(model=RadarModel, observe=observe, files=files, check=check, facts=FACTS)
