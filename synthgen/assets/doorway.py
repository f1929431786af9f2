"""What is known of a door before it is cut out: outlines in side view, and the room behind it."""

from dataclasses import dataclass

Course = tuple[tuple[float, float], ...]
"""Points (x, z) [m], body frame."""


@dataclass(frozen=True)
class Room:
    """The inside of a cabin in side view [m].

    Attributes:
        floor: height of the floor.
        belt: height of the window sill.
        roof: course of the headlining, rear to front.
        front: course of the front wall, bottom to top.
        back: course of the rear wall, bottom to top.
        half: half width of the car.
        seat: how far beside the middle the front seats are.
        head: height of the middle of the driver's head.
        rows: x of the foot of the backrests, front row first.
        wheel: x of the middle of the steering wheel.
        arches: x, z and radius of the wheel arches, which are not the door's.
    """

    floor: float
    belt: float
    roof: Course
    front: Course
    back: Course
    half: float
    seat: float
    head: float
    rows: tuple[float, ...]
    wheel: float
    arches: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True)
class Doorway:
    """A side door that can be opened; there is one on either side.

    Attributes:
        name: front or rear.
        lower: convex outline below the window sill.
        upper: convex outline of the window frame on it.
        pane: convex outline of the window glass.
        room: behind it.
    """

    name: str
    lower: Course
    upper: Course
    pane: Course
    room: Room

    @property
    def hinge(self) -> float:
        """Place [m] along the car of the front edge, on which the door hangs."""
        return max(x for x, _ in self.lower)

    @property
    def end(self) -> float:
        """Place [m] along the car of the rearmost point of the door."""
        return min(x for x, _ in (*self.lower, *self.upper))
