"""The rays of a turning lidar: every one at its own time, from a car that moves."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Float, Int

from synthgen.geometry import Array
from synthgen.keyframes import cast_off
from synthgen.lidar_model import LidarModel
from synthgen.motion import Track
from synthgen.rays import Rays
from synthgen.rig import Lidar


@dataclass(frozen=True, eq=False)
class Beams:
    """The shots of a sweep as seen from what carries them, the same at every turn.

    They come ring by ring from the top, each from the frame's time on and then what was before.

    Attributes:
        ring: beam number, 0 at the top.
        fired: [s] firing time minus the frame's.
        origin: [m].
        direction: unit.
        told: direction that the sensor reports, from the steps of its encoder.
    """

    ring: Int[Array, "n"]
    fired: Float[Array, "n"]
    origin: Float[Array, "n 3"]
    direction: Float[Array, "n 3"]
    told: Float[Array, "n 3"]

    @property
    def exact(self) -> bool:
        """Whether the sensor reports where its beams go."""
        return self.told is self.direction


@dataclass(frozen=True, eq=False)
class Sweep:
    """One sweep.

    Attributes:
        rays: in the world frame.
        told: direction that the sensor reports of each ray, world frame.
        shots: the same in the lidar's own frame when it fires.
        carried: the same in the frame of the car, the same arrays in every such sweep.
    """

    rays: Rays
    told: Float[Array, "n 3"]
    shots: Beams
    carried: Rays

    @property
    def ring(self) -> Int[Array, "n"]:
        """Beam number of each ray, 0 at the top."""
        return self.shots.ring

    @property
    def fired(self) -> Float[Array, "n"]:
        """Firing time minus the frame's [s]."""
        return self.shots.fired


def sweep(lidar: Lidar, ego: Track, time: float) -> Sweep:
    """Return the sweep of `lidar` that is stamped `time` [s]."""
    number = face(lidar.model, time)
    shots = on_car(lidar.model, number, lidar.ego_from_lidar.tobytes())
    fired = time + shots.fired
    steps = _steps(ego, float(fired.min()), float(fired.max()))
    origin, direction = np.empty_like(shots.origin), np.empty_like(shots.origin)
    cast_off(shots.origin, shots.direction, fired, steps, origin, direction)
    told = direction
    if not shots.exact:
        told = np.empty_like(direction)
        cast_off(shots.origin, shots.told, fired, steps, np.empty_like(origin), told)
    own = _in_car(lidar.model, number, lidar.ego_from_lidar.tobytes())
    return Sweep(Rays(origin, direction, fired), told, beams(lidar.model, number), own)


@lru_cache(maxsize=8)
def on_car(model: LidarModel, number: int, pose: bytes) -> Beams:
    """Return `beams` in the frame of the car, where the lidar has `pose` (4 4)."""
    ego_from_lidar = np.frombuffer(pose).reshape(4, 4)
    turn, place = ego_from_lidar[:3, :3], ego_from_lidar[:3, 3]
    own = beams(model, number)
    direction = own.direction @ turn.T
    told = direction if own.exact else own.told @ turn.T
    return Beams(own.ring, own.fired, own.origin @ turn.T + place, direction, told)


@lru_cache(maxsize=8)
def _in_car(model: LidarModel, number: int, pose: bytes) -> Rays:
    """Return the shots of `on_car` as rays."""
    shots = on_car(model, number, pose)
    return Rays(shots.origin, shots.direction, shots.fired)


def _steps(track: Track, first: float, last: float) -> tuple[Array, Array, Array]:
    """Return times, positions and quaternions of `track` around `first` to `last` [s]."""
    low = max(int(np.searchsorted(track.time, first, side="right")) - 1, 0)
    high = int(np.searchsorted(track.time, last, side="right")) + 1
    return track.time[low:high], track.position[low:high], track.quaternion[low:high]


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


@lru_cache(maxsize=8)
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
