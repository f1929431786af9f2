"""Where a sensor sits on the car, and what sits there when it is of a kind of its own."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from synthgen.electronics import Row3, require
from synthgen.geometry import Array

MOST_OFFSET = 0.06
"""[s] Largest distance of a sensor's time from its frame's."""


@dataclass(frozen=True, kw_only=True)
class Mount:
    """A place on the ego car, whose origin is on the ground under the middle of its body.

    Attributes:
        position: [m] forward, left, up.
        roll_deg: [deg] about x forward; turns are applied roll first, yaw last.
        pitch_deg: [deg] about y left, so that positive looks down.
        yaw_deg: [deg] about z up, so that positive looks left.
    """

    position: Row3
    roll_deg: float = 0.0
    pitch_deg: float = 0.0
    yaw_deg: float = 0.0

    @property
    def ego_from_sensor(self) -> Float[Array, "4 4"]:
        """The pose."""
        matrix = np.eye(4)
        angles = [self.roll_deg, self.pitch_deg, self.yaw_deg]
        matrix[:3, :3] = Rotation.from_euler("xyz", angles, degrees=True).as_matrix()
        matrix[:3, 3] = self.position
        return matrix


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """When a sensor looks, about the frame's time.

    Attributes:
        lidar: that sets it off when its beams pass the sensor's axis; empty: none does.
        offset: [s] after that, or after the frame's time.
    """

    lidar: str = ""
    offset: float = 0.0

    def __post_init__(self) -> None:
        good = abs(self.offset) <= MOST_OFFSET
        claim = f"trigger offset must be in [-{MOST_OFFSET}, {MOST_OFFSET}] s"
        require(good, claim, self.offset)

    def __bool__(self) -> bool:
        return bool(self.lidar or self.offset)


@dataclass(frozen=True, kw_only=True)
class SensorMount:
    """A sensor of a kind of its own on the car; see `kinds.Kind`.

    Attributes:
        kind: name of the kind.
        module: that the kind was found in, see `kinds.find`; never named by a user.
        model: what it is, of the kind's `model`.
        mount: where it is.
        trigger: when it looks; a recording is of the whole clip and has none.
    """

    kind: str
    module: str
    model: Any
    mount: Mount
    trigger: Trigger = Trigger()


@dataclass(frozen=True, eq=False)
class Sensor:
    """A sensor of a kind of its own, placed.

    Attributes:
        name: sensor name.
        model: what it is.
        ego_from_sensor: pose (x forward, y left, z up).
        offset: [s] its time less the frame's.
    """

    name: str
    model: Any
    ego_from_sensor: Float[Array, "4 4"]
    offset: float = 0.0


def check_names(names: Iterable[str]) -> None:
    """Raise ValueError for a sensor name that is no folder's, or that two sensors have."""
    known: set[str] = set()
    for name in names:
        good = bool(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name))
        require(good, "sensor names must be letters, digits, _ and -", name)
        require(name not in known, "each sensor needs a name of its own", name)
        known.add(name)
