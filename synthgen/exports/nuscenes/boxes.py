"""Boxes of one sample: a cycle and its rider as one, points inside them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from synthgen.exports.nuscenes.recording import Seen
from synthgen.geometry import Array, inverse, pose, transform

_SIGNS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) / 2


@dataclass(frozen=True, eq=False)
class Box:
    """An annotated box.

    Attributes:
        members: the objects in it, what is ridden first.
        center: [m] world frame.
        size: [m] length, width, height.
        quaternion: world from box (x, y, z, w).
        visible: share of it that the cameras see.
    """

    members: tuple[Seen, ...]
    center: Float[Array, "3"]
    size: Float[Array, "3"]
    quaternion: Float[Array, "4"]
    visible: float

    @property
    def first(self) -> Seen:
        """Whom the box is of: what is ridden, or the only member."""
        return self.members[0]


def joined(objects: Sequence[Seen]) -> list[Box]:
    """Return the boxes around `objects`: one around something ridden and its rider."""
    known = {one.track: one for one in objects}
    found = []
    for one in objects:
        if one.rides in known:
            continue
        rider = known.get(one.ridden_by)
        found.append(_box((one,) if rider is None else (one, rider)))
    return found


def _box(members: tuple[Seen, ...]) -> Box:
    """Return the box around `members`, along the axes of the first."""
    first = members[0]
    if len(members) == 1:
        center, size = np.array(first.center), np.array(first.size)
        return Box(members, center, size, np.array(first.quaternion), first.visible)
    world_from_first = pose(np.array(first.center), np.array(first.quaternion))
    corners = [
        transform(
            inverse(world_from_first) @ pose(np.array(m.center), np.array(m.quaternion)),
            _SIGNS * np.array(m.size),
        )
        for m in members
    ]
    low, high = np.concatenate(corners).min(axis=0), np.concatenate(corners).max(axis=0)
    center = transform(world_from_first, ((low + high) / 2)[None])[0]
    seen = max(member.visible for member in members)
    return Box(members, center, high - low, np.array(first.quaternion), seen)


def points_inside(
    points: Float[Array, "n 3"], sensor_from_box: Float[Array, "4 4"], size: Float[Array, "3"]
) -> Bool[Array, "n"]:
    """Return which `points` [m] of a sensor's frame lie in a box of `size` [m].

    The edges from one corner, and how far points lie along them: the order of operations is that
    of the development kit's `points_in_box`, so that both agree on points at the very faces.

    Source: Motional, nuScenes development kit, utils/geometry_utils.py, points_in_box, after
    https://math.stackexchange.com/a/1552579.
    """
    corner = np.array([[1.0, 1, 1], [-1, 1, 1], [1, -1, 1], [1, 1, -1]]) / 2 * size
    start, *ends = transform(sensor_from_box, corner)
    inside = np.ones(len(points), bool)
    for end in ends:
        edge = end - start
        along = (points - start) @ edge
        inside &= (along >= 0) & (along <= edge @ edge)
    return inside
