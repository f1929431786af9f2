"""Poses between steps in time, for compiled code."""

import numba
import numpy as np


@numba.njit(cache=True)
def pose_at(time, times, positions, quaternions, place, turn):  # type: ignore[no-untyped-def]
    """Write where a moving frame is at `time` [s] to `place` (3) and `turn` (3 x 3).

    Positions (k 3) are interpolated linearly between `times` (k), `quaternions` (k 4) by
    normalised linear interpolation, as in `Track`.
    """
    count = len(times)
    low = 0
    while low + 1 < count and times[low + 1] <= time:
        low += 1
    high = min(low + 1, count - 1)
    span = times[high] - times[low]
    share = (time - times[low]) / span if span > 0 else 0.0
    for i in range(3):
        place[i] = (1 - share) * positions[low, i] + share * positions[high, i]
    x = (1 - share) * quaternions[low, 0] + share * quaternions[high, 0]
    y = (1 - share) * quaternions[low, 1] + share * quaternions[high, 1]
    z = (1 - share) * quaternions[low, 2] + share * quaternions[high, 2]
    w = (1 - share) * quaternions[low, 3] + share * quaternions[high, 3]
    norm = np.sqrt(x * x + y * y + z * z + w * w)
    x, y, z, w = x / norm, y / norm, z / norm, w / norm
    turn[0, 0], turn[0, 1], turn[0, 2] = (
        1 - 2 * (y * y + z * z),
        2 * (x * y - w * z),
        2 * (x * z + w * y),
    )
    turn[1, 0], turn[1, 1], turn[1, 2] = (
        2 * (x * y + w * z),
        1 - 2 * (x * x + z * z),
        2 * (y * z - w * x),
    )
    turn[2, 0], turn[2, 1], turn[2, 2] = (
        2 * (x * z - w * y),
        2 * (y * z + w * x),
        1 - 2 * (x * x + y * y),
    )


@numba.njit(cache=True)
def turned(vectors, time, times, positions, quaternions, back):  # type: ignore[no-untyped-def]
    """Return `vectors` (n 3) of a moving frame, each at its own time, in the outer frame (n 3).

    With `back` those of the outer frame in the moving one.
    """
    out = np.empty((len(vectors), 3))
    place, turn = np.empty(3), np.empty((3, 3))
    last = np.nan
    for n in range(len(vectors)):
        if time[n] != last:
            last = time[n]
            pose_at(last, times, positions, quaternions, place, turn)
        for i in range(3):
            total = 0.0
            for j in range(3):
                total += (turn[j, i] if back else turn[i, j]) * vectors[n, j]
            out[n, i] = total
    return out


@numba.njit(cache=True)
def cast_off(origin, direction, time, track, out_origin, out_direction):  # type: ignore[no-untyped-def]
    """Write rays of a moving frame (n 3), each at its own `time`, in the outer frame.

    `track` is the frame's times, positions and quaternions.
    """
    place, turn = np.empty(3), np.empty((3, 3))
    times, positions, quaternions = track
    last = np.nan
    for n in range(len(time)):
        if time[n] != last:
            last = time[n]
            pose_at(last, times, positions, quaternions, place, turn)
        for i in range(3):
            start, way = place[i], 0.0
            for j in range(3):
                start += turn[i, j] * origin[n, j]
                way += turn[i, j] * direction[n, j]
            out_origin[n, i] = start
            out_direction[n, i] = way


@numba.njit(cache=True)
def places(time, times, positions):  # type: ignore[no-untyped-def]
    """Return where a moving frame's origin is (n 3) at each `time` [s]."""
    out = np.empty((len(time), 3))
    for k in range(3):
        out[:, k] = np.interp(time, times, positions[:, k])
    return out
