"""What a drive is asked to be, and what it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np
from jaxtyping import Float, Int

from synthgen.events import Timed
from synthgen.geometry import Array
from synthgen.road_user import RoadUser

WALKERS = frozenset({"pedestrian", "dog", "cat", "deer"})
"""Kinds that use the sidewalk."""

BRAKE, RIGHT, LEFT = 8, 1, 2
"""Bits of `Agent.signals`. Source: Eclipse SUMO documentation, "TraCI/Vehicle Signalling"."""


@dataclass(frozen=True)
class Spot:
    """A place from which someone may step onto the road.

    Attributes:
        edge: the street.
        x: [m] start, on the far side of the kerb.
        y: [m] see `x`.
        yaw: [rad] straight across the street.
        across: [m] from the start to the other side.
        hidden: whether parked cars stand close on both sides.
        sidewalk: whether the street has one.
    """

    edge: str
    x: float
    y: float
    yaw: float
    across: float
    hidden: bool
    sidewalk: bool


@dataclass(frozen=True)
class Part:
    """One piece of what blocks a lane: design `user` at x, y [m], yaw [rad] in the frame of the
    blockage, x along the lane and y = 0 on its middle; `signals` are its lamps in use.
    """

    user: int
    x: float
    y: float
    yaw: float
    signals: int = 0


@dataclass(frozen=True)
class Post:
    """Where a companion of the ego car is to be.

    Attributes:
        user: index into the pool of a vehicle.
        ahead: [m] between the bumpers, along the ego car's way, negative behind it.
    """

    user: int
    ahead: float


E = TypeVar("E", bound=Timed, covariant=True)


@dataclass(frozen=True)
class Staged(Generic[E]):
    """An event with the designs that play in it.

    Attributes:
        event: what is asked.
        user: index into the pool of who moves in it, -1 if nobody does or no design is there.
        parts: what stands in it.
    """

    event: E
    user: int = -1
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Happening:
    """What became of an event.

    Attributes:
        staged: the event.
        frame: index of its frame, -1 when it was not staged.
        actors: names of the agents that play in it, the main one first.
        reason: why it was not staged, or empty.
    """

    staged: Staged[Any]
    frame: int
    actors: tuple[str, ...] = ()
    reason: str = ""


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
        companions: vehicles that keep a place before or behind the ego car.
        signals: whether the signals have power; without, junctions are all-way yield.
        dark: signals that have no power although others do.
        looks: how many of the frames anyone will look at; the drive ends after them. 0 is all.
        events: what is staged at single frames.
        spots: where someone may step onto the road.
        standing: x, y [m], yaw [rad], length, width [m] of what stands beside the road.
        grip: friction coefficient between tyres and road.
    """

    vehicles: int
    pedestrians: int
    shares: Mapping[str, float]
    frames: int = 10
    gap: float = 3.0
    distance: float = 20.0
    warm_up: float = 8.0
    ego: int = 0
    companions: tuple[Post, ...] = ()
    signals: bool = True
    dark: frozenset[str] = frozenset()
    looks: int = 0
    events: tuple[Staged[Any], ...] = ()
    spots: tuple[Spot, ...] = ()
    standing: Float[Array, "n 5"] = field(default_factory=lambda: np.zeros((0, 5)))
    grip: float = 0.8

    def __post_init__(self) -> None:
        counts = (self.vehicles, self.pedestrians, self.frames - 1)
        if min(counts) < 0:
            raise ValueError("vehicles and pedestrians must be >= 0 and frames >= 1")
        if self.gap < 0.1 or self.distance < 0 or self.warm_up < 2:
            raise ValueError("gap must be >= 0.1 s, distance >= 0 m and warm_up >= 2 s")
        if not 0 <= self.looks <= self.frames:
            raise ValueError(f"looks must be 0 to {self.frames}, got {self.looks}")
        if not 0 < self.grip <= 1.5:
            raise ValueError(f"grip must be above 0 and at most 1.5, got {self.grip}")
        if any(not weight >= 0 for weight in self.shares.values()):
            raise ValueError(f"shares must be >= 0, got {dict(self.shares)}")

    @property
    def sequence(self) -> bool:
        """Whether the frames follow each other as those of a film do."""
        return self.distance == 0 and self.gap < 1.0


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
        trail: [rad] heading of the towed section of a vehicle of two, whose leading section all
            the rest is about; not wrapped, near `yaw`. None for all others.
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
    trail: Float[Array, "k"] | None = None

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
        happenings: what became of the events.
    """

    time: Float[Array, "k"]
    frames: tuple[float, ...]
    ego: int
    agents: tuple[Agent, ...]
    lights: Mapping[str, tuple[Float[Array, "k"], tuple[str, ...]]]
    happenings: tuple[Happening, ...] = ()


def vehicle_class(user: RoadUser) -> str:
    """Return the SUMO vehicle class of a design."""
    names = {"van": "delivery", "truck": "truck", "bus": "bus", "motorcycle": "motorcycle"}
    names |= {"bicycle": "bicycle", **dict.fromkeys(WALKERS, "pedestrian")}
    if user.responding:
        return "emergency"
    return names.get(user.kind, "passenger")
