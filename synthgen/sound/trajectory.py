"""Smooth ways of sources and microphones, and when what is heard now was emitted.

Tracks hold a position each tenth of a second and are straight between them: velocity would jump,
and pitch with it. Sound takes a cubic spline through the same positions (C2), which leaves the
straight line by less than the 4 mm that an acceleration of 3 m/s2 makes in a tenth of a second.
"""

from dataclasses import dataclass

import numba
import numpy as np
from jaxtyping import Float, Int
from scipy.interpolate import CubicSpline
from scipy.spatial.transform import Rotation

from synthgen.geometry import Array
from synthgen.motion import Track

KNOT = 0.09
"""[s] Least time between knots."""


@dataclass(frozen=True, eq=False)
class Trajectory:
    """A way through space that can be asked at any time; straight on beyond its ends.

    Attributes:
        time: [s] of the knots, increasing.
        coefficient: of each piece, highest power of (t - knot) first.
    """

    time: Float[Array, "k"]
    coefficient: Float[Array, "p 4 3"]

    def at(self, time: Float[Array, "n"]) -> Float[Array, "n 3"]:
        """Return positions [m] at `time` [s]."""
        return _evaluate(self.time, self.coefficient, np.asarray(time, float))[0]

    def velocity(self, time: Float[Array, "n"]) -> Float[Array, "n 3"]:
        """Return velocities [m/s] at `time` [s]."""
        return _evaluate(self.time, self.coefficient, np.asarray(time, float))[1]

    def mapped(self, matrix: Float[Array, "3 3"], offset: Float[Array, "3"]) -> "Trajectory":
        """Return the way of `matrix` x + `offset`: a mirror image is one."""
        coefficient = np.ascontiguousarray(self.coefficient @ matrix.T)
        coefficient[:, 3] += offset
        return Trajectory(self.time, coefficient)


def through(time: Float[Array, "k"], position: Float[Array, "k 3"]) -> Trajectory:
    """Return the smooth way through `position` [m] at `time` [s]; of one knot, one that stands."""
    if len(time) == 1:
        coefficient = np.zeros((1, 4, 3))
        coefficient[0, 3] = position[0]
        return Trajectory(np.array([time[0], time[0] + 1.0]), coefficient)
    ends = "not-a-knot" if len(time) > 3 else "natural"
    spline = CubicSpline(time, position, axis=0, bc_type=ends)
    return Trajectory(np.asarray(time, float), np.ascontiguousarray(spline.c.transpose(1, 0, 2)))


def knots(track: Track, window: tuple[float, float]) -> Int[Array, "k"]:
    """Return which steps of `track` within `window` [s] carry its way, `KNOT` apart at least.

    Raises ValueError when none of them lies in the window.
    """
    if track.stands:
        return np.zeros(1, np.int64)
    low, high = np.searchsorted(track.time, [window[0] - 1e-9, window[1] + 1e-9])
    if low == high:
        raise ValueError(f"no step of the track within {window[0]} to {window[1]} s")
    kept = [int(low)]
    for step in range(int(low) + 1, int(high)):
        if track.time[step] - track.time[kept[-1]] >= KNOT:
            kept.append(step)
    return np.array(kept)


def followed(
    track: Track, window: tuple[float, float], place: tuple[float, float, float]
) -> Trajectory:
    """Return the way of the point `place` [m] of a body on `track` within `window` [s]."""
    steps = knots(track, window)
    turned = Rotation.from_quat(track.quaternion[steps]).apply(np.array(place))
    return through(track.time[steps], turned + track.position[steps])


def facing(track: Track, window: tuple[float, float]) -> Trajectory:
    """Return where a body on `track` looks (its x axis, world frame) as a smooth way."""
    steps = knots(track, window)
    ahead = Rotation.from_quat(track.quaternion[steps]).apply([1.0, 0.0, 0.0])
    return through(track.time[steps], np.asarray(ahead, float))


def retarded(
    source: Trajectory, ear: Trajectory, time: Float[Array, "n"], speed: float
) -> tuple[Float[Array, "n"], Float[Array, "n"]]:
    """Return when what is at `ear` at each `time` [s] left `source`, and how fast that runs.

    The second is the Doppler factor: heard over emitted frequency.

    Source: retarded time t_e = t - |r(t) - s(t_e)| / c and its derivative
    (1 - n.v_r/c) / (1 - n.v_s/c) with n from source to ear; P. Morse and K. Ingard, "Theoretical
    Acoustics", 1968, section 11.2. Valid below the speed of sound.
    """
    place, velocity = _evaluate(ear.time, ear.coefficient, np.asarray(time, float))
    return _retard(source.time, source.coefficient, (place, velocity), time, speed)


@numba.njit(cache=True)
def _piece(knot, coefficient, time, place, velocity):  # type: ignore[no-untyped-def]
    """Fill place and velocity at one time."""
    last = len(coefficient) - 1
    piece = min(max(np.searchsorted(knot, time, side="right") - 1, 0), last)
    inside = min(max(time, knot[0]), knot[last + 1])
    t, beyond = inside - knot[piece], time - inside
    for axis in range(3):
        a, b = coefficient[piece, 0, axis], coefficient[piece, 1, axis]
        c, d = coefficient[piece, 2, axis], coefficient[piece, 3, axis]
        velocity[axis] = (3 * a * t + 2 * b) * t + c
        place[axis] = ((a * t + b) * t + c) * t + d + beyond * velocity[axis]


@numba.njit(cache=True)
def _evaluate(knot, coefficient, time):  # type: ignore[no-untyped-def]
    place, velocity = np.empty((len(time), 3)), np.empty((len(time), 3))
    for n in range(len(time)):
        _piece(knot, coefficient, time[n], place[n], velocity[n])
    return place, velocity


@numba.njit(cache=True)
def _retard(knot, coefficient, ear, time, speed):  # type: ignore[no-untyped-def]
    emitted, rate = np.empty(len(time)), np.empty(len(time))
    place, velocity = np.empty(3), np.empty(3)
    _piece(knot, coefficient, time[0], place, velocity)
    guess = time[0] - np.sqrt(((ear[0][0] - place) ** 2).sum()) / speed
    for n in range(len(time)):
        if n > 0:
            guess = emitted[n - 1] + rate[n - 1] * (time[n] - time[n - 1])
        for _ in range(8):
            _piece(knot, coefficient, guess, place, velocity)
            way = ear[0][n] - place
            gap = max(np.sqrt((way**2).sum()), 1e-6)
            toward = (way * velocity).sum() / gap
            step = (time[n] - guess - gap / speed) / (1 - toward / speed)
            guess += step
            if abs(step) < 1e-12:
                break
        away = (way * ear[1][n]).sum() / gap
        emitted[n], rate[n] = guess, (1 - away / speed) / (1 - toward / speed)
    return emitted, rate
