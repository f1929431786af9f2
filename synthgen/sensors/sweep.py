"""The rays of a spinning lidar: every one at its own time, from a car that moves."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Float, Int

from synthgen.geometry import Array
from synthgen.motion import Track
from synthgen.rays import Rays
from synthgen.rig import Lidar, LidarModel


@dataclass(frozen=True, eq=False)
class Sweep:
    """One revolution, ring by ring from the top, azimuth rising from straight ahead.

    Attributes:
        rays: in the world frame.
        ring: beam number, 0 at the top.
        fired: [s] firing time minus the frame's.
    """

    rays: Rays
    ring: Int[Array, "n"]
    fired: Float[Array, "n"]


def sweep(lidar: Lidar, ego: Track, time: float) -> Sweep:
    """Return the revolution during which the lidar looks straight ahead at `time` [s].

    The head turns anticlockwise, so the revolution starts and ends looking back.
    """
    fired, ring, origin, direction = _turn(lidar.model)
    position, quaternion = poses(ego, time + fired)
    pose = lidar.ego_from_lidar
    origin = origin @ pose[:3, :3].T + pose[:3, 3]
    direction = direction @ pose[:3, :3].T
    rays = Rays(turned(quaternion, origin) + position, turned(quaternion, direction), time + fired)
    return Sweep(rays, ring, fired)


@lru_cache(maxsize=4)
def _turn(model: LidarModel) -> tuple[Array, Array, Array, Array]:
    """Return `firings` and `beams` of `model`, the same at every turn."""
    fired, ring = firings(model)
    return fired, ring, *beams(model, fired, ring)


def firings(model: LidarModel) -> tuple[Float[Array, "n"], Int[Array, "n"]]:
    """Return firing times [s] about the middle of the revolution, and ring numbers.

    Source: Velodyne HDL-64E manual: all beams of a column fire one after the other.
    """
    middle = model.columns // 2
    column = (np.arange(model.columns) - middle) / (model.columns * model.rate)
    ahead = np.roll(column, -middle)
    fired = ahead[None, :] + np.array(model.firing)[:, None]
    ring = np.repeat(np.arange(model.beams), model.columns)
    return fired.ravel(), ring


def beams(
    model: LidarModel, fired: Float[Array, "n"], ring: Int[Array, "n"]
) -> tuple[Float[Array, "n 3"], Float[Array, "n 3"]]:
    """Return origins [m] and unit directions in the lidar's frame of rays `fired` at [s]."""
    azimuth = 2 * np.pi * model.rate * fired
    elevation = np.deg2rad(model.elevation_deg)
    flat, up = np.cos(elevation)[ring], np.sin(elevation)[ring]
    origin = np.zeros((len(fired), 3))
    origin[:, 2] = np.array(model.height)[ring]
    return origin, np.stack([flat * np.cos(azimuth), flat * np.sin(azimuth), up], axis=-1)


def poses(track: Track, time: Float[Array, "n"]) -> tuple[Float[Array, "n 3"], Float[Array, "n 4"]]:
    """Return positions [m] and unit quaternions of `track` at many times [s].

    The same interpolation as `Track.world_from_body`.
    """
    after = np.searchsorted(track.time, time, side="right")
    low, high = np.maximum(after - 1, 0), np.minimum(after, len(track.time) - 1)
    span = track.time[high] - track.time[low]
    share = np.where(span > 0, (time - track.time[low]) / np.where(span > 0, span, 1), 0)[:, None]
    position = (1 - share) * track.position[low] + share * track.position[high]
    turn = (1 - share) * track.quaternion[low] + share * track.quaternion[high]
    return position, turn / np.sqrt(np.einsum("ij,ij->i", turn, turn))[:, None]


def turned(quaternion: Float[Array, "n 4"], vector: Float[Array, "n 3"]) -> Float[Array, "n 3"]:
    """Return each `vector` turned by its unit `quaternion`: v + 2 q x (q x v + w v)."""
    qx, qy, qz, w = quaternion.T
    x, y, z = vector.T
    a = qy * z - qz * y + w * x
    b = qz * x - qx * z + w * y
    c = qx * y - qy * x + w * z
    return np.stack(
        [x + 2 * (qy * c - qz * b), y + 2 * (qz * a - qx * c), z + 2 * (qx * b - qy * a)], axis=-1
    )
