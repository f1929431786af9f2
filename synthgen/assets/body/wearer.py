"""Someone to be dressed: the shaped body and where on it every vertex lies."""

from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import numpy as np
from jaxtyping import Float, Int

from synthgen.assets.body.bones import Bone
from synthgen.assets.body.data import BodyData, body_data
from synthgen.assets.body.shape import Shape, shaped
from synthgen.assets.body.surface import Surface
from synthgen.geometry import Array

_ARM = ("shoulder", "elbow", "hand", "finger-3-4")
_LEG = ("upper-leg", "knee", "ankle", "toe-2-4")
_ARM_BONES = slice(Bone.ARM_LEFT, Bone.THIGH_LEFT)
_LEG_BONES = slice(Bone.THIGH_LEFT, Bone.HEM_FRONT)
_LIMBS = {"arm": (_ARM, _ARM_BONES), "leg": (_LEG, _LEG_BONES)}
_OFF = -0.3
"""Way along a limb of what is not on it."""


@dataclass(frozen=True, eq=False)
class Wearer:
    """A body of one shape.

    Attributes:
        data: what all bodies share.
        points: [m] marks and vertices in the rest pose.
        scale: height over that of the neutral body.
    """

    data: BodyData
    points: Float[Array, "p 3"]
    scale: float

    def mark(self, name: str) -> Float[Array, "3"]:
        """Return a mark [m]."""
        return self.points[self.data.marks[name]]

    def surface(self, triangles: Int[Array, "t 3"]) -> Surface:
        """Return the part of the body with `triangles`, in material 0."""
        used, compact = np.unique(triangles, return_inverse=True)
        weights = np.zeros((len(used), len(Bone)))
        weights[:, : self.data.weights.shape[1]] = self.data.weights[used]
        return Surface(
            self.points[used + len(self.data.marks)], home()[used], weights,
            compact.reshape(-1, 3), np.zeros(len(triangles), np.int64),
        )  # fmt: skip

    def suit(self) -> Surface:
        """Return the smooth suit that clothes are made of."""
        return self.surface(self.data.tights)

    def skin(self) -> Surface:
        """Return the bare skin of head, neck, arms and legs."""
        return self.surface(self.data.body)

    def located(self, surface: Surface) -> Surface:
        """Return the surface with the ways along arms and legs of where its points are now."""
        ways = [
            _limb(surface.points, surface.weights, self.points, self.data, limb) for limb in _LIMBS
        ]
        return replace(surface, home=np.column_stack([surface.home[:, :3], *ways]))

    def along(self, limb: str, sign: Float[Array, "n"], way: Float[Array, "n"]) -> Array:
        """Return the points [m] at `way` along the axis of the arm or leg on the side of `sign`."""
        names, _ = _LIMBS[limb]
        found = np.empty((len(way), 3))
        for side, mask in (("l", sign >= 0), ("r", sign < 0)):
            joints = np.array([self.mark(f"{side}-{name}") for name in names])
            for axis in range(3):
                found[mask, axis] = np.interp(way[mask], np.arange(4), joints[:, axis])
        return found


def wearer(shape: Shape) -> Wearer:
    """Return the body of `shape`."""
    data = body_data()
    points = shaped(shape, data)
    return Wearer(data, points, float(np.ptp(points[:, 2]) / np.ptp(data.points[:, 2])))


@cache
def home() -> Float[Array, "v 5"]:
    """Return where on the neutral body every vertex lies; see `Surface.home`."""
    data = body_data()
    columns = [_limb(data.vertices, data.weights, data.points, data, limb) for limb in _LIMBS]
    return np.column_stack([data.vertices, *columns])


def _limb(
    points: Float[Array, "v 3"], weights: Array, marks: Array, data: BodyData, limb: str
) -> Float[Array, "v"]:
    """Return the way along a limb of every vertex, either side's."""
    names, bones = _LIMBS[limb]
    share, way = weights[:, bones].sum(axis=1), np.zeros(len(points))
    for side, mask in (("l", points[:, 1] >= 0), ("r", points[:, 1] < 0)):
        joints = np.array([marks[data.marks[f"{side}-{name}"]] for name in names])
        way[mask] = _way(points[mask], joints)
    return share * way + (1 - share) * _OFF


def _way(points: Float[Array, "n 3"], joints: Float[Array, "k 3"]) -> Float[Array, "n"]:
    """Return how many joints far along the line through `joints` each point lies."""
    best, way = np.full(len(points), np.inf), np.zeros(len(points))
    for number, (start, end) in enumerate(pairwise(joints)):
        along = (points - start) @ (end - start) / ((end - start) @ (end - start))
        along = np.clip(along, -0.5 if number == 0 else 0.0, 1.0)
        distance = np.linalg.norm(points - start - along[:, None] * (end - start), axis=1)
        way = np.where(distance < best, number + along, way)
        best = np.minimum(distance, best)
    return way
