"""Boxes of one sample: objects at one time, a cycle and its rider as one, points inside them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float
from scipy.spatial.transform import Rotation, Slerp

from synthgen.exports.nuscenes.recording import Seen
from synthgen.geometry import Array, inverse, pose, transform, yaw_quaternion

BETWEEN = 0.15
"""[s] Longest time between two rows of a track that a box is interpolated over; across longer ones
it is carried on from the nearest row by its velocity."""
SAME = 1e-7
"""[s] Times that differ by less are one."""
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


def objects_at(rows: Iterable[Seen], clip: Iterable[Seen], time: float) -> list[Seen]:
    """Return every object of one frame as it is at `time` [s], by track.

    A trailer is driven when what tows it is.

    Args:
        rows: of the frame, of every camera.
        clip: rows of the same tracks before and after, that tell where they are in between.
        time: [s].
    """
    own, shares = by_track(rows), {}
    for track, seen in own.items():
        shares[track] = min(1.0, sum(row.visible for row in seen))
    around = by_track(clip)
    found = {
        track: replace(at(around.get(track) or own[track], time), visible=shares[track])
        for track in sorted(own)
    }
    return [replace(one, lit=found.get(one.part_of, one).lit) for one in found.values()]


def by_track(rows: Iterable[Seen]) -> dict[int, list[Seen]]:
    """Return `rows` by track, each in the order of time."""
    found: dict[int, list[Seen]] = {}
    for row in rows:
        found.setdefault(row.track, []).append(row)
    return {track: sorted(of, key=lambda row: row.time) for track, of in found.items()}


def at(rows: Sequence[Seen], time: float) -> Seen:
    """Return the object of `rows` (one track, in the order of time) as it is at `time` [s]."""
    nearest = min(rows, key=lambda row: abs(row.time - time))
    if abs(nearest.time - time) < SAME:
        return nearest
    before = [row for row in rows if row.time < time]
    after = [row for row in rows if row.time > time]
    if before and after and after[0].time - before[-1].time <= BETWEEN:
        return _between(before[-1], after[0], nearest, time)
    return _carried(nearest, time)


def _between(a: Seen, b: Seen, nearest: Seen, time: float) -> Seen:
    share = (time - a.time) / (b.time - a.time)
    center = (1 - share) * np.array(a.center) + share * np.array(b.center)
    turn = Slerp([0.0, 1.0], Rotation.from_quat([a.quaternion, b.quaternion]))(share)
    return replace(
        nearest, time=time, center=tuple(center), quaternion=tuple(turn.as_quat(canonical=True))
    )


def _carried(row: Seen, time: float) -> Seen:
    step = time - row.time
    center = np.array(row.center) + step * np.array(row.velocity)
    turn = Rotation.from_quat(yaw_quaternion(row.yaw_rate * step))
    quaternion = (turn * Rotation.from_quat(row.quaternion)).as_quat(canonical=True)
    return replace(row, time=time, center=tuple(center), quaternion=tuple(quaternion))


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
