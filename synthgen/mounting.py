"""Where a sensor sits on the car, and what sits there when it is of a kind of its own."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from synthgen.electronics import Row3, require
from synthgen.geometry import Array
from synthgen.spec.identity import WHERE_SAID
from synthgen.spec.wording import choices, nearest

MOST_OFFSET = 0.06
"""[s] Largest distance of a sensor's time from its frame's."""


AXES: Mapping[str, Float[Array, "3 3"]] = MappingProxyType(
    {
        "flu": np.eye(3),
        "rdf": np.array([[0.0, -1, 0], [0, 0, -1], [1, 0, 0]]),
        "rfu": np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]),
    }
)
"""Where forward, left and up (columns) lie in other frames of a sensor: x right, y down, z forward
of optical frames, and x right, y forward, z up of nuScenes' lidar."""


@dataclass(frozen=True, kw_only=True)
class Mount:
    """A place on the ego car, in the rig's frame (see `Rig.origin`).

    Attributes:
        position: [m] forward, left, up.
        roll_deg: [deg] about x forward; turns are applied roll first, yaw last.
        pitch_deg: [deg] about y left, so that positive looks down.
        yaw_deg: [deg] about z up, so that positive looks left.
        quaternion: (x, y, z, w) of the turn from the sensor's frame, instead of the angles; empty:
            the angles say it.
        axes: frame that the quaternion turns: flu (x forward, y left, z up), rdf (x right, y down,
            z forward) or rfu (x right, y forward, z up).
    """

    position: Row3
    roll_deg: float = 0.0
    pitch_deg: float = 0.0
    yaw_deg: float = 0.0
    quaternion: tuple[float, ...] = field(default=(), metadata=WHERE_SAID)
    axes: str = field(default="flu", metadata=WHERE_SAID)

    def __post_init__(self) -> None:
        close = nearest(self.axes, AXES)
        require(self.axes in AXES, f"mount axes must be {choices(AXES)}{close}", self.axes)
        turned = any((self.roll_deg, self.pitch_deg, self.yaw_deg))
        one = not (turned and self.quaternion) and (self.quaternion or self.axes == "flu")
        require(bool(one), "a mount needs either angles or a quaternion with its axes", self.axes)
        if self.quaternion:
            four = len(self.quaternion) == 4
            norm = float(np.linalg.norm(self.quaternion)) if four else 0.0
            claim = "mount quaternion must be x, y, z, w of length 1"
            require(abs(norm - 1) < 1e-3, claim, self.quaternion)

    @property
    def ego_from_sensor(self) -> Float[Array, "4 4"]:
        """The pose of the sensor (x forward, y left, z up)."""
        matrix = np.eye(4)
        if self.quaternion:
            turn = Rotation.from_quat(self.quaternion).as_matrix() @ AXES[self.axes]
        else:
            angles = [self.roll_deg, self.pitch_deg, self.yaw_deg]
            turn = Rotation.from_euler("xyz", angles, degrees=True).as_matrix()
        matrix[:3, :3] = turn
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
