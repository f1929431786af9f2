"""What moves: poses, gait and lamp levels of every thing at any time."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from synthgen.geometry import Array, pose


@dataclass(frozen=True, eq=False)
class Joints:
    """How the wheels of a vehicle are turned, and how its chassis sits on them, step by step.

    Attributes:
        spin: [rad] of each wheel about its axle, growing forwards, not wrapped.
        steer: [rad] of the steered wheels, to the left.
        ride: heave [m] up, pitch [rad] nose down and roll [rad] left side up of the chassis
            against the road under it; see `road_from_chassis`.
        bend: [rad] heading of the other section less that of this one, None for a vehicle of a
            single section.
    """

    spin: Float[Array, "k w"]
    steer: Float[Array, "k"]
    ride: Float[Array, "k 3"]
    bend: Float[Array, "k"] | None = None


@dataclass(frozen=True, eq=False)
class Track:
    """One thing's way through time.

    Standing things have a single step. Between steps positions are interpolated linearly and
    rotations by normalised linear interpolation; `present` is false outside every window.

    Attributes:
        time: [s] of each step, increasing.
        position: [m] of the body's origin, world frame.
        quaternion: body to world, (x, y, z, w), neighbouring steps in one hemisphere.
        phase: [cycles] of the gait, not wrapped.
        level: switch level 0 to 1 of each circuit of the body, held until the next step.
        windows: [s] (start, end) pairs in which the thing exists; standing things: (-inf, inf).
        joints: of vehicles whose wheels turn; position and quaternion are then the chassis's.
    """

    time: Float[Array, "k"]
    position: Float[Array, "k 3"]
    quaternion: Float[Array, "k 4"]
    phase: Float[Array, "k"]
    level: Float[Array, "k c"]
    windows: tuple[tuple[float, float], ...]
    joints: Joints | None = None

    @cached_property
    def stands(self) -> bool:
        """Whether the thing never moves; its lamps may change."""
        still = (self.position == self.position[0]).all()
        return bool(still and (self.quaternion == self.quaternion[0]).all())

    def along(self, other: "Track") -> bool:
        """Return whether `other` is the very same way, whatever the lamps do on it."""
        names = ("time", "position", "quaternion", "phase", "windows", "joints")
        return all(getattr(self, name) is getattr(other, name) for name in names)

    def present(self, start: float, end: float | None = None) -> bool:
        """Return whether the thing exists during all of [`start`, `end`] [s]."""
        end = start if end is None else end
        return any(a <= start and end <= b for a, b in self.windows)

    def _step(self, time: float) -> tuple[int, int, float]:
        after = int(np.searchsorted(self.time, time, side="right"))
        low, high = max(after - 1, 0), min(after, len(self.time) - 1)
        span = self.time[high] - self.time[low]
        return low, high, float((time - self.time[low]) / span) if span > 0 else 0.0

    def position_at(self, time: float) -> Float[Array, "3"]:
        """Return the place of the body's origin [m] at `time` [s]."""
        low, high, share = self._step(time)
        return (1 - share) * self.position[low] + share * self.position[high]

    def world_from_body(self, time: float) -> Float[Array, "4 4"]:
        """Return the pose at `time` [s]."""
        return self._rest.copy() if self.stands else self._moved(time)

    @cached_property
    def _rest(self) -> Float[Array, "4 4"]:
        return self._moved(float(self.time[0]))

    def _moved(self, time: float) -> Float[Array, "4 4"]:
        low, high, share = self._step(time)
        place = (1 - share) * self.position[low] + share * self.position[high]
        turn = (1 - share) * self.quaternion[low] + share * self.quaternion[high]
        return pose(place, turn / np.linalg.norm(turn))

    def phase_at(self, time: float) -> float:
        """Return the gait phase [cycles] at `time` [s]."""
        low, high, share = self._step(time)
        return float((1 - share) * self.phase[low] + share * self.phase[high])

    def joints_at(self, time: float) -> tuple[Float[Array, "w"], float, Float[Array, "3"]]:
        """Return spin of each wheel [rad], steer [rad] and ride [m, rad, rad] at `time` [s].

        Raises ValueError for a thing without joints.
        """
        if self.joints is None:
            raise ValueError("this thing has no joints")
        low, high, share = self._step(time)
        spin, steer, ride = (
            (1 - share) * column[low] + share * column[high]
            for column in (self.joints.spin, self.joints.steer, self.joints.ride)
        )
        return spin, float(steer), ride

    def bend_at(self, time: float) -> float:
        """Return the angle of the joint to another section [rad] at `time` [s], 0 without one."""
        if self.joints is None or self.joints.bend is None:
            return 0.0
        low, high, share = self._step(time)
        return float((1 - share) * self.joints.bend[low] + share * self.joints.bend[high])

    def level_at(self, time: float) -> Float[Array, "c"]:
        """Return the switch level of each circuit at `time` [s], flashing not applied."""
        return self.level[self._step(time)[0]]

    def velocity_at(self, time: float, span: float = 0.05) -> Float[Array, "3"]:
        """Return the velocity [m/s], world frame, by central difference over 2 x `span` [s]."""
        before, after = (self.world_from_body(time + s * span)[:3, 3] for s in (-1, 1))
        return (after - before) / (2 * span)

    def yaw_rate_at(self, time: float, span: float = 0.05) -> float:
        """Return the rate of turn about world z [rad/s], by central difference."""
        before, after = (self.world_from_body(time + s * span) for s in (-1, 1))
        turn = before[:3, :3].T @ after[:3, :3]
        return float(np.arctan2(turn[1, 0], turn[0, 0]) / (2 * span))

    def acceleration_at(self, time: float, span: float = 0.1) -> Float[Array, "3"]:
        """Return the acceleration [m/s2], world frame, by second difference over 2 x `span` [s]."""
        before, now, after = (self.position_at(time + s * span) for s in (-1, 0, 1))
        return (before - 2 * now + after) / span**2

    def turn_rate_at(self, time: float, span: float = 0.05) -> Float[Array, "3"]:
        """Return the angular velocity [rad/s], body frame, by central difference."""
        before, after = (self.world_from_body(time + s * span)[:3, :3] for s in (-1, 1))
        return Rotation.from_matrix(before.T @ after).as_rotvec() / (2 * span)


def road_from_chassis(ride: Float[Array, "3"]) -> Float[Array, "4 4"]:
    """Return the pose of a chassis in the frame of the road under it.

    It turns about the point of the road under its middle, pitch after roll: centres of pitch and
    roll lie low, and what matters to a sensor is the angle.
    """
    heave, pitch, roll = ride
    return pose(np.array([0.0, 0.0, heave]), Rotation.from_euler("xy", [roll, pitch]).as_quat())


@dataclass(frozen=True, eq=False)
class Motion:
    """The tracks of all things of a world, in the order of `World.things`.

    Attributes:
        tracks: one per thing.
        times: [s] the moments of the frames.
    """

    tracks: tuple[Track, ...]
    times: tuple[float, ...]


def standing(
    position: Float[Array, "3"],
    quaternion: Float[Array, "4"],
    level: Float[Array, "c"] | tuple[float, ...] = (),
) -> Track:
    """Return the track of a thing that never moves, with constant circuit `level`s."""
    return Track(
        time=np.zeros(1),
        position=np.asarray(position, float).reshape(1, 3),
        quaternion=np.asarray(quaternion, float).reshape(1, 4),
        phase=np.zeros(1),
        level=np.asarray(level, float).reshape(1, -1),
        windows=((-np.inf, np.inf),),
    )
