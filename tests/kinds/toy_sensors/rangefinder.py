"""A laser rangefinder: the distance straight ahead, once a frame."""

import json
from dataclasses import dataclass

import numpy as np

from synthgen.kinds import Kind
from synthgen.rays import Rays
from synthgen.sample import Reading


@dataclass(frozen=True, kw_only=True)
class Rangefinder:
    """What it is: its longest range and the standard deviation of its noise [m]."""

    farthest: float
    noise: float = 0.01

    def __post_init__(self):
        if self.farthest <= 0:
            raise ValueError(f"rangefinder farthest must be > 0 m, got {self.farthest}")


def observe(sensor, watch, rng):
    """Return the distance [m] to what is straight ahead, nan beyond the longest range."""
    now, pose = watch.moment, watch.world_from(sensor)
    rays = Rays(pose[None, :3, 3], pose[None, :3, 0], np.array([now.time]))
    hits = watch.trace.first_hits(now, rays)
    met = bool(hits.hit[0]) and hits.distance[0] <= sensor.model.farthest
    way = float(hits.distance[0]) + rng.normal(0, sensor.model.noise) if met else float("nan")
    data = {"body": hits.body if met else np.full(1, -1)}
    return Reading(sensor.name, now.time, pose, data, {"range": way})


def files(reading, instances):
    """Return the reading as JSON, and beside it which object was met."""
    word = int(instances(reading.data["body"])[0]) if reading.data["body"][0] >= 0 else 0
    return {
        ".json": json.dumps(reading.facts).encode(),
        "instance/.json": json.dumps({"instance": word}).encode(),
    }


def check(written, tally):
    """The depth image shows the same distance where the beam ends."""
    way = json.loads(written.files[".json"])["range"]
    same = way == written.facts["range"] or np.isnan(way)
    tally.check("rangefinder file", same, written.frame, 0, f"{way} {written.facts['range']}")
    if np.isnan(way):
        return
    spot = written.world_from_sensor @ [way, 0, 0, 1]
    for camera in written.around.cameras.values():
        pixel, depth = camera.project(spot[None, :3])
        column, row = np.rint(pixel[0]).astype(int)
        high, wide = camera.depth.shape
        if depth[0] > 0 and 0 <= column < wide and 0 <= row < high:
            there = camera.depth[row, column]
            said = f"{way:.3f} m, image {there:.3f} m"
            near = abs(there - depth[0]) <= 0.1 + 6 * written.model["noise"]
            tally.check("rangefinder depth", near, written.frame, 0, said)


KIND = Kind(
    model=Rangefinder, observe=observe, files=files, check=check,
    facts={"range": ("m", "to what is straight ahead, nan for nothing")},
)  # fmt: skip
