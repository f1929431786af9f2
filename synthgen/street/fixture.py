"""What furnishing a street yields."""

from dataclasses import dataclass

from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.world import Body


@dataclass(frozen=True, eq=False)
class Fixture:
    """A standing thing.

    Attributes:
        body: in its own frame, x towards the traffic it faces.
        position: [m] world frame.
        quaternion: world from body.
        signal: SUMO traffic light id, empty for what no program controls.
        link: index into the program's state.
    """

    body: Body
    position: tuple[float, float, float]
    quaternion: tuple[float, float, float, float]
    signal: str = ""
    link: int = 0


@dataclass(frozen=True)
class Slot:
    """A place to park: middle on the ground [m], `yaw` [rad], `length` [m].

    `kinds` are those that may stand there, one of them drawn.
    """

    position: tuple[float, float, float]
    yaw: float
    length: float
    kinds: tuple[str, ...] = ("car", "car", "car", "car", "van")


@dataclass(frozen=True)
class Bench:
    """A seat `road_user.SEAT` high: the middle of its back [m], on the ground, the `yaw` [rad] it
    faces, its `length` [m], and whether there is a roof over it.
    """

    position: tuple[float, float, float]
    yaw: float
    length: float
    roofed: bool = False


@dataclass(frozen=True)
class Shelter:
    """A bus stop: its middle on the ground [m]; `yaw` [rad] is that of the traffic, to its left."""

    position: tuple[float, float, float]
    yaw: float


@dataclass(frozen=True, eq=False)
class Roadside:
    """What a roadside adds to the furniture of a place; fields as those of `Furniture`."""

    stuff: tuple[Body, ...]
    fixtures: tuple[Fixture, ...]
    obstacles: Float[Array, "n 5"]
    benches: tuple[Bench, ...] = ()
    shelters: tuple[Shelter, ...] = ()


@dataclass(frozen=True, eq=False)
class Furniture:
    """Everything that stands along the streets.

    Attributes:
        stuff: bodies in the world frame.
        fixtures: things.
        slots: where cars may park.
        obstacles: x, y [m], yaw [rad], length, width [m] of what traffic must not run into.
        benches: where people sit.
        shelters: where people wait for a bus.
    """

    stuff: tuple[Body, ...]
    fixtures: tuple[Fixture, ...]
    slots: tuple[Slot, ...]
    obstacles: Float[Array, "n 5"]
    benches: tuple[Bench, ...] = ()
    shelters: tuple[Shelter, ...] = ()
