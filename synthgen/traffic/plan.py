"""What a drive is asked to be, and what it is."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from synthgen.geometry import Array
from synthgen.road_user import RoadUser

WALKERS = frozenset({"pedestrian", "dog"})
"""Kinds that use the sidewalk."""

BRAKE, RIGHT, LEFT = 8, 1, 2
"""Bits of `Agent.signals`. Source: Eclipse SUMO documentation, "TraCI/Vehicle Signalling"."""


@dataclass(frozen=True, kw_only=True)
class DrivePlan:
    """What to simulate.

    Attributes:
        vehicles: other vehicles on the road.
        pedestrians: walkers.
        shares: weight of each kind; walking kinds among the walkers, others among the vehicles;
            kinds that are missing here or in the pool do not appear.
        frames: moments to choose.
        gap: [s] least time between frames.
        distance: [m] least way of the ego car between frames.
        warm_up: [s] simulated before the first frame.
        ego: index into the pool of the car with the sensors.
        companions: indices into the pool of vehicles that stay close to the ego car.
        signals: whether the signals have power; without, junctions are all-way yield.
        looks: how many of the frames anyone will look at; the drive ends after them. 0 is all.
    """

    vehicles: int
    pedestrians: int
    shares: Mapping[str, float]
    frames: int = 10
    gap: float = 3.0
    distance: float = 20.0
    warm_up: float = 8.0
    ego: int = 0
    companions: tuple[int, ...] = ()
    signals: bool = True
    looks: int = 0

    def __post_init__(self) -> None:
        counts = (self.vehicles, self.pedestrians, self.frames - 1)
        if min(counts) < 0:
            raise ValueError("vehicles and pedestrians must be >= 0 and frames >= 1")
        if self.gap < 0.1 or self.distance < 0 or self.warm_up < 2:
            raise ValueError("gap must be >= 0.1 s, distance >= 0 m and warm_up >= 2 s")
        if not 0 <= self.looks <= self.frames:
            raise ValueError(f"looks must be 0 to {self.frames}, got {self.looks}")
        if any(not weight >= 0 for weight in self.shares.values()):
            raise ValueError(f"shares must be >= 0, got {dict(self.shares)}")


@dataclass(frozen=True, eq=False)
class Agent:
    """One road user's way.

    Attributes:
        name: unique in the drive, e.g. `vehicle/12`, `person/3`, `companion/0.2` or `ego`.
        kind: class name of its design.
        user: index into the pool of designs.
        time: [s] of each sample, 0.1 s apart within a window.
        position: [m] body origin: on the ground under the middle of the body, world frame.
        yaw: [rad] heading, not wrapped within a window.
        speed: [m/s] of the origin along the heading.
        signals: lamps in use, SUMO's bits.
        gait: [m] way driven or walked, increasing.
        windows: [s] (start, end) in which it exists; samples lie on both ends.
    """

    name: str
    kind: str
    user: int
    time: Float[Array, "k"]
    position: Float[Array, "k 3"]
    yaw: Float[Array, "k"]
    speed: Float[Array, "k"]
    signals: Int[Array, "k"]
    gait: Float[Array, "k"]
    windows: tuple[tuple[float, float], ...]

    def present(self, time: float, span: float = 0.0) -> bool:
        """Return whether it exists during all of `time` +- `span` [s]."""
        return any(a <= time - span and time + span <= b for a, b in self.windows)

    def place(self, time: float | Float[Array, "*n"]) -> Float[Array, "3 *n"]:
        """Return x, y [m] and yaw [rad] of the body at `time` [s]."""
        columns = (self.position[:, 0], self.position[:, 1], self.yaw)
        return np.array([np.interp(time, self.time, column) for column in columns])


@dataclass(frozen=True, eq=False)
class Drive:
    """What happened, in the windows around the frames (2 s before to 0.5 s after).

    Attributes:
        time: [s] of all samples.
        frames: [s] chosen moments.
        ego: index into `agents`.
        agents: everyone who is there at a frame.
        lights: for each signal its sample times [s] and states (SUMO's letters, one per link).
    """

    time: Float[Array, "k"]
    frames: tuple[float, ...]
    ego: int
    agents: tuple[Agent, ...]
    lights: Mapping[str, tuple[Float[Array, "k"], tuple[str, ...]]]


def vehicle_class(user: RoadUser) -> str:
    """Return the SUMO vehicle class of a design."""
    names = {"van": "delivery", "truck": "truck", "bus": "bus", "motorcycle": "motorcycle"}
    names |= {"bicycle": "bicycle", "pedestrian": "pedestrian", "dog": "pedestrian"}
    if user.responding:
        return "emergency"
    return names.get(user.kind, "passenger")
