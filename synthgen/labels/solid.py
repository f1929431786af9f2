"""Labelled boxes in space and the lidar points they hold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numba
import numpy as np
from jaxtyping import Float, Int
from scipy.spatial.transform import Rotation

from synthgen.geometry import Array, inverse, transform
from synthgen.sample import LidarReading
from synthgen.scene import Present


@dataclass(frozen=True, eq=False)
class Solid:
    """A box in the world frame.

    Attributes:
        center: [m].
        size: [m] length, width, height.
        quaternion: world from box, w not negative.
    """

    center: Float[Array, "3"]
    size: Float[Array, "3"]
    quaternion: Float[Array, "4"]


def solids_at(things: Sequence[Present], time: float) -> list[Solid]:
    """Return the labelled box of each thing at `time` [s]; its mesh's bounds when it has none."""
    if not things:
        return []
    poses = np.array([thing.track.world_from_body(time) for thing in things])
    turns = Rotation.from_matrix(poses[:, :3, :3]).as_quat(canonical=True)
    found = []
    for thing, world_from_body, turn in zip(things, poses, turns, strict=True):
        center, size = _extent(thing)
        found.append(Solid(transform(world_from_body, center[None])[0], size, turn))
    return found


def points_held(
    things: Sequence[Present], solids: list[Solid], time: float, lidars: Iterable[LidarReading]
) -> Int[Array, "k"]:
    """Return how many points of all `lidars` the box of each thing holds at a sweep's own time.

    `solids` are the boxes at `time` [s], which are those of sweeps of that time.
    """
    total = np.zeros(len(solids), np.int64)
    for lidar in lidars:
        own = solids if lidar.time == time else solids_at(things, lidar.time)
        total += points_inside(own, [lidar])
    return total


def _extent(thing: Present) -> tuple[Float[Array, "3"], Float[Array, "3"]]:
    """Return centre and size [m] of the labelled box, body frame."""
    if thing.extent is not None:
        return np.array(thing.extent.center), np.array(thing.extent.size)
    low, high = thing.mesh.bounds
    return (low + high) / 2, high - low


def points_inside(solids: list[Solid], lidars: Iterable[LidarReading]) -> Int[Array, "k"]:
    """Return how many points of all `lidars` lie in each box, as a reader of the files counts.

    Points are rounded to the 32-bit floats that the files hold; faces belong to the box.
    """
    total = np.zeros(len(solids), np.int64)
    if not solids:
        return total
    half = np.array([solid.size for solid in solids]) / 2
    world_from_box = np.tile(np.eye(4), (len(solids), 1, 1))
    world_from_box[:, :3, :3] = Rotation.from_quat([s.quaternion for s in solids]).as_matrix()
    world_from_box[:, :3, 3] = [solid.center for solid in solids]
    for lidar in lidars:
        poses = inverse(lidar.world_from_lidar) @ world_from_box
        points = np.asarray(lidar.point, np.float32).reshape(-1, 3).astype(np.float64)
        total += _count(points, poses, half)
    return total


def points_hitting(lidars: Mapping[str, LidarReading], bodies: int) -> Int[Array, "n"]:
    """Return how many points of all `lidars` met each body number below `bodies`."""
    total = np.zeros(bodies, np.int64)
    for lidar in lidars.values():
        total += np.bincount(lidar.body[lidar.body >= 0], minlength=bodies)
    return total


@numba.njit(cache=True)
def _count(points: Array, poses: Array, half: Array) -> Array:
    total = np.zeros(len(poses), np.int64)
    for k in range(len(poses)):
        reach = half[k, 0] ** 2 + half[k, 1] ** 2 + half[k, 2] ** 2
        turn, place = poses[k, :3, :3].copy(), poses[k, :3, 3].copy()
        for i in range(len(points)):
            x = points[i, 0] - place[0]
            y = points[i, 1] - place[1]
            z = points[i, 2] - place[2]
            if x * x + y * y + z * z > reach + 1e-6:
                continue
            within = True
            for j in range(3):
                along = turn[0, j] * x + turn[1, j] * y + turn[2, j] * z
                within = within and abs(along) <= half[k, j]
            total[k] += within
    return total
