"""Vehicles of two rigid sections: where they are joined, and where the towed one is."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.road_user import RoadUser


@dataclass(frozen=True)
class Coupling:
    """How a vehicle is joined. All lengths [m] are those of the vehicle in line.

    Attributes:
        front: of the leading section.
        rear: of the towed section.
        drive: from the nose to the last axle of the leading section.
        pivot: from the nose to the joint.
        kingpin: from the front end of the towed section to the joint.
        towed: from the joint to the middle of the axles of the towed section.
        most: [rad] angle to which it bends.
        bellows: from the joint to where each section is rigid, 0 for a joint in the open.
    """

    front: float
    rear: float
    drive: float
    pivot: float
    kingpin: float
    towed: float
    most: float
    bellows: float = 0.0

    @property
    def hitch(self) -> float:
        """[m] The joint ahead of the middle of the leading section."""
        return self.front / 2 - self.pivot

    @property
    def eye(self) -> float:
        """[m] The joint ahead of the middle of the towed section."""
        return self.rear / 2 - self.kingpin

    @property
    def axle(self) -> float:
        """[m] The axles of the towed section ahead of its middle."""
        return self.eye - self.towed


def coupling(user: RoadUser) -> Coupling | None:
    """Return how the design bends, None for one of a single piece.

    Articulated buses push: engine and last axle are in the towed section, and the joint stops at
    54 degrees. Source: makers' data of 18 m city buses (wheelbases 5.9 and 6.0 m, joint 1.6 to
    1.9 m behind the second axle). Semitrailers: ISO 1726-1:2000, kingpin 1.6 m behind the front
    and a swing of 2.04 m; bogies of three axles, 1.31 m apart, some 7.6 m behind it.
    """
    if (user.kind, user.subtype) == ("bus", "articulated_bus"):
        pivot = 0.575 * user.length
        rear = user.length - pivot
        return Coupling(pivot, rear, pivot - 1.87, pivot, 0.0, rear - min(3.3, 0.275 * user.length),
                        float(np.radians(54.0)), 0.62)  # fmt: skip
    if (user.kind, user.subtype) == ("truck", "articulated_truck"):
        rear = user.length - 2.95
        return Coupling(5.95, rear, 5.05, 4.5, 1.55, rear - 1.55 - 4.2, float(np.radians(88.0)))
    return None


def towed_place(
    joint: Coupling, place: Float[Array, "n 2"], yaw: Float[Array, "n"], trail: Float[Array, "n"]
) -> Float[Array, "n 2"]:
    """Return the middle of the towed section [m].

    Args:
        joint: of the vehicle.
        place: [m] middle of the leading section.
        yaw: [rad] its heading.
        trail: [rad] heading of the towed section.
    """
    return place + joint.hitch * heading(yaw) - joint.eye * heading(trail)


def heading(yaw: Float[Array, "n"]) -> Float[Array, "n 2"]:
    """Return unit vectors along `yaw` [rad]."""
    return np.stack([np.cos(yaw), np.sin(yaw)], axis=-1)
