"""The rays of a turning lidar: every one at its own time, from a car that moves."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Float, Int

from synthgen.geometry import Array
from synthgen.lidar_model import LidarModel
from synthgen.motion import Track
from synthgen.rays import Rays
from synthgen.rig import Lidar


@dataclass(frozen=True, eq=False)
class Sweep:
    """One sweep, ring by ring from the top, each from the frame's time on and then what was before.

    Attributes:
        rays: in the world frame.
        ring: beam number, 0 at the top.
        fired: [s] firing time minus the frame's.
        told: direction that the sensor reports of each ray, world frame.
    """

    rays: Rays
    ring: Int[Array, "n"]
    fired: Float[Array, "n"]
    told: Float[Array, "n 3"]


@dataclass(frozen=True, eq=False)
class Beams:
    """The shots of a sweep as seen from the lidar, the same at every turn.

    Attributes:
        ring: beam number, 0 at the top.
        fired: [s] firing time minus the frame's.
        origin: [m] lidar frame at the firing time.
        direction: unit.
        told: direction that the sensor reports, from the steps of its encoder.
    """

    ring: Int[Array, "n"]
    fired: Float[Array, "n"]
    origin: Float[Array, "n 3"]
    direction: Float[Array, "n 3"]
    told: Float[Array, "n 3"]


def sweep(lidar: Lidar, ego: Track, time: float) -> Sweep:
    """Return the sweep of `lidar` that is stamped `time` [s]."""
    shots = beams(lidar.model, face(lidar.model, time))
    position, quaternion = poses(ego, time + shots.fired)
    pose = lidar.ego_from_lidar
    origin = turned(quaternion, shots.origin @ pose[:3, :3].T + pose[:3, 3]) + position
    direction = turned(quaternion, shots.direction @ pose[:3, :3].T)
    exact = shots.told is shots.direction
    told = direction if exact else turned(quaternion, shots.told @ pose[:3, :3].T)
    return Sweep(Rays(origin, direction, time + shots.fired), shots.ring, shots.fired, told)


def face(model: LidarModel, time: float) -> int:
    """Return which face of the mirror makes the sweep stamped `time` [s]."""
    return round(time * model.rate) % len(model.faces_deg)


def firings(model: LidarModel) -> tuple[Float[Array, "n"], Int[Array, "n"]]:
    """Return firing times [s] about the frame's, and ring numbers.

    Source: Velodyne HDL-64E manual: all beams of a column fire one after the other.
    """
    count = model.columns_per_sweep
    stamped = int(count * model.stamp)
    column = np.roll((np.arange(count) - stamped) / model.frequency, -stamped)
    fired = column[None, :] + model.table("firing")[:, None]
    return fired.ravel(), np.repeat(np.arange(model.beams), count)


@lru_cache(maxsize=12)
def beams(model: LidarModel, number: int = 0) -> Beams:
    """Return the shots of a sweep over face `number` of the mirror."""
    fired, ring = firings(model)
    head = model.stamped_azimuth + model.turning * fired
    beside, lifted = (np.deg2rad(model.table(f"{name}_deg"))[ring] for name in _ANGLES)
    lifted = lifted + np.deg2rad(model.faces_deg[number])
    azimuth = head + beside
    direction = _pointing(azimuth, lifted)
    side = model.table("side")[ring]
    origin = np.stack(
        [
            model.forward * np.cos(head) - side * np.sin(azimuth),
            model.forward * np.sin(head) + side * np.cos(azimuth),
            model.table("height")[ring],
        ],
        axis=-1,
    )
    told = direction
    if model.encoder_deg:
        step = np.deg2rad(model.encoder_deg)
        told = _pointing(np.round(head / step) * step + beside, lifted)
    return Beams(ring, fired, origin, direction, told)


_ANGLES = ("azimuth", "elevation")


def _pointing(azimuth: Float[Array, "n"], elevation: Float[Array, "n"]) -> Float[Array, "n 3"]:
    """Return unit vectors that point to `azimuth` and `elevation` [rad]."""
    flat = np.cos(elevation)
    return np.stack([flat * np.cos(azimuth), flat * np.sin(azimuth), np.sin(elevation)], axis=-1)


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
