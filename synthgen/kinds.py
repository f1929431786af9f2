"""Kinds of sensors beside cameras and lidars: one module each, found by its name.

A rig's YAML names sensors under `sensors:`, each with its `kind:`, `model:` and `mount:`. The kind
is a module of `synthgen.sensors.kinds` with a value `KIND`; nothing else is ever imported on
behalf of a configuration.
"""

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

from synthgen.geometry import Array
from synthgen.mounting import Sensor, SensorMount
from synthgen.sample import Reading

if TYPE_CHECKING:
    from synthgen.atmosphere import Atmosphere
    from synthgen.embree import Tracer
    from synthgen.scene import Moment
    from synthgen.verify.faults import Tally
    from synthgen.verify.frame import FrameFiles

PACKAGES = ("synthgen.sensors.kinds",)
"""Packages whose modules are kinds."""

Instances = Callable[[Int[Array, "*n"]], Int[Array, "*n"]]
"""Returns the instance id of each body number, see `writers.instances`."""


@dataclass(frozen=True, eq=False)
class Watch:
    """What a sensor may look at.

    Attributes:
        moment: the scene at the sensor's time; of a kind that records, at the first frame.
        trace: casts rays into it.
        air: the air at that time.
    """

    moment: "Moment"
    trace: "Tracer"
    air: "Atmosphere"

    def world_from(self, sensor: Sensor, time: float | None = None) -> Float[Array, "4 4"]:
        """Return where `sensor` is at `time` [s], by default that of the moment."""
        when = self.moment.time if time is None else time
        return self.moment.scene.ego.world_from_body(when) @ sensor.ego_from_sensor


@dataclass(frozen=True, eq=False)
class Written:
    """What lies on disk of one reading, for the kind to check.

    Attributes:
        name: sensor name.
        frame: number, -1 for a recording of a whole clip.
        time: [s] of the reading.
        world_from_sensor: pose at that time.
        model: what the sensor is, as plain values.
        facts: the single values of the reading.
        files: content by the names that the kind gave.
        frames: rows of `frames.parquet`: the frame's, or all of the clip for a recording.
        objects: rows of `objects.parquet` of these frames.
        around: the frame's other files; None for a recording.
    """

    name: str
    frame: int
    time: float
    world_from_sensor: Float[Array, "4 4"]
    model: Mapping
    facts: Mapping[str, float]
    files: Mapping[str, bytes]
    frames: Sequence[Mapping]
    objects: Sequence[Mapping]
    around: "FrameFiles | None" = None


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of sensor.

    Attributes:
        model: frozen dataclass of what a rig says of it, with checks of its own.
        observe: returns what the sensor reads; per frame, or once per clip when it `records`.
        files: returns what of a reading is written. Keys are file endings such as `.bin`, or
            `FOLDER/.bin` for what lies in a folder beside: `sensor/<name>/FOLDER/<frame>.bin`.
        check: tells the tally what it finds in the files.
        facts: (unit, meaning) of each of a reading's facts.
        records: whether one reading holds the whole clip; its files are `clip<number>.*`.
    """

    model: type
    observe: Callable[[Sensor, Watch, np.random.Generator], Reading]
    files: Callable[[Reading, Instances], Mapping[str, bytes]]
    check: Callable[[Written, "Tally"], None]
    facts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    records: bool = False


def names(homes: Sequence[str] = PACKAGES) -> dict[str, str]:
    """Return the module of each kind in the packages `homes`."""
    found = {}
    for package in homes:
        for module in pkgutil.iter_modules(import_module(package).__path__):
            found[module.name] = f"{package}.{module.name}"
    return dict(sorted(found.items()))


def packages(mounts: Mapping[str, SensorMount]) -> tuple[str, ...]:
    """Return the packages that kinds come from: our own, and those of the `mounts`."""
    own = {fitted.module.rpartition(".")[0] for fitted in mounts.values()}
    return (*PACKAGES, *sorted(own - set(PACKAGES)))


def load(module: str) -> Kind:
    """Return the kind in `module`, one of `names`."""
    kind: Kind = import_module(module).KIND
    return kind
