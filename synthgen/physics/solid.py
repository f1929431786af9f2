"""What free bodies are to Bullet: convex, with mass and friction."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.spatial import ConvexHull

from synthgen.geometry import Array

DIRECTIONS = 96
"""Supporting points that a hull keeps: it is true to 3 % of a body's size."""


@dataclass(frozen=True, eq=False)
class Solid:
    """A convex rigid body.

    Attributes:
        points: [m] its corners, body frame.
        mass: [kg]; 0 for what never moves.
        friction: coefficient against the ground; between two bodies the product counts.
        restitution: share of the speed kept in a bounce.
        area: [m2] that wind blows against.
    """

    points: Float[Array, "n 3"]
    mass: float
    friction: float = 0.7
    restitution: float = 0.1
    area: float = 0.0

    def __post_init__(self) -> None:
        if not np.isfinite(self.points).all() or len(self.points) < 4:
            raise ValueError(f"a solid needs at least 4 finite points, got {len(self.points)}")
        if self.mass < 0 or self.friction < 0 or self.area < 0:
            raise ValueError("mass, friction and area of a solid must be >= 0")
        if not 0 <= self.restitution <= 1:
            raise ValueError(f"restitution must be in [0, 1], got {self.restitution}")


@dataclass(frozen=True, eq=False)
class State:
    """Poses and velocities of several solids, world frame.

    Attributes:
        position: [m] of each body's origin.
        quaternion: world from body.
        velocity: [m/s] of its centre of mass.
        spin: [rad/s].
    """

    position: Float[Array, "n 3"]
    quaternion: Float[Array, "n 4"]
    velocity: Float[Array, "n 3"]
    spin: Float[Array, "n 3"]


def at_rest(position: Float[Array, "n 3"], quaternion: Float[Array, "n 4"]) -> State:
    """Return the state of bodies that are let go."""
    still = np.zeros((len(position), 3))
    return State(np.asarray(position, float), np.asarray(quaternion, float), still, still)


def box_points(low: Float[Array, "3"], high: Float[Array, "3"]) -> Float[Array, "8 3"]:
    """Return the corners of an upright box [m]."""
    corners = np.stack(np.meshgrid(*np.stack([low, high], axis=1), indexing="ij"), axis=-1)
    return corners.reshape(-1, 3).astype(float)


def hull_points(points: Float[Array, "n 3"], directions: int = DIRECTIONS) -> Float[Array, "k 3"]:
    """Return the points of a cloud that lie farthest in `directions` and along the axes.

    Directions are spread by the golden angle. Raises ValueError for a flat cloud.
    """
    points = np.asarray(points, float).reshape(-1, 3)
    size = np.ptp(points, axis=0)
    if size.min() < 1e-6:
        raise ValueError("a hull needs points in space, these lie in a plane")
    height = 1 - (np.arange(directions) + 0.5) * 2 / directions
    turn = np.arange(directions) * np.pi * (3 - np.sqrt(5))
    flat = np.sqrt(1 - height**2)
    ball = np.stack([flat * np.cos(turn), flat * np.sin(turn), height], axis=1)
    towards = np.concatenate([ball, np.eye(3), -np.eye(3)])
    # Stretched to a cube, so that long bodies keep as many points at their sides as at their ends.
    return points[np.unique((points @ (towards / size).T).argmax(axis=0))]


def middle(points: Float[Array, "n 3"]) -> Float[Array, "3"]:
    """Return the centre of mass [m] of the convex hull of `points`, filled evenly."""
    hull = ConvexHull(points)
    inside = points.mean(axis=0)
    corners = points[hull.simplices] - inside
    volume = np.abs(np.linalg.det(corners))
    return inside + (volume[:, None] * corners.sum(axis=1) / 4).sum(axis=0) / volume.sum()
