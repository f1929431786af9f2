"""An odometer: the way since the clip's first frame, at every frame, in one file per clip."""

from dataclasses import dataclass

import numpy as np

from synthgen.kinds import Kind
from synthgen.sample import Reading


@dataclass(frozen=True, kw_only=True)
class Odometer:
    """What it is: what every metre is counted as."""

    scale: float = 1.0


def observe(sensor, watch, rng):
    """Return the way [m] at each frame."""
    steps = np.linalg.norm(np.diff(watch.moment.scene.path, axis=0), axis=1)
    way = sensor.model.scale * np.concatenate([[0.0], np.cumsum(steps)])
    return Reading(sensor.name, watch.moment.time, watch.world_from(sensor), {"way": way})


def files(reading, instances):
    """Return the ways as float64."""
    return {".f64": reading.data["way"].astype("<f8").tobytes()}


def check(written, tally):
    """The car's places in the table are as far apart."""
    way = np.frombuffer(written.files[".f64"], "<f8")
    places = np.array([[row[f"ego_{axis}"] for axis in "xyz"] for row in written.frames])
    steps = written.model["scale"] * np.linalg.norm(np.diff(places, axis=0), axis=1)
    good = len(way) >= len(places) and np.allclose(np.diff(way)[: len(steps)], steps, atol=1e-6)
    tally.check("odometer", bool(good), written.frame, 0, f"{way} {steps}")


KIND = Kind(model=Odometer, observe=observe, files=files, check=check, records=True)
