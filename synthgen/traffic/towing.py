"""What is towed follows its joint: a tractrix, solved exactly between samples."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float
from numba import njit

from synthgen.articulation import Coupling, heading
from synthgen.geometry import Array, wrap
from synthgen.traffic.record import Run
from synthgen.traffic.smooth import Smooth, behind, blur, motion_of, rolls_along, velocity_of

LED = float(1 / np.sqrt(2))
"""Share of the way from the last axle of the leading section to its nose: as for rigid vehicles,
see `smooth.LED`, so that the nose swings out as far as that axle cuts in."""
MOVES = 0.05
"""[m] Way after which the direction of a front bumper tells the tangent of its path."""


def tractrix(path: Float[Array, "k 2"], start: float, reach: float) -> Float[Array, "k"]:
    """Return the heading [rad], not wrapped, of what is towed along `path` [m] by its front end.

    Its axle, `reach` [m] behind, rolls without slipping sideways:
    d yaw / d s = sin(direction of the path - yaw) / reach. While the path is straight the angle a
    between both obeys tan(a / 2) ~ exp(-s / reach), which is used from sample to sample: nothing
    drifts however long the steps, and who stands keeps its angle.

    Source: the tractrix of C. Huygens, 1693, for a straight leader; R. Rajamani, "Vehicle
    Dynamics and Control", 2012, section 2.2, for rolling without slip.

    Args:
        path: of the joint.
        start: [rad] heading at its first point.
        reach: [m] above 0.
    """
    if not reach > 0:
        raise ValueError(f"reach must be > 0 m, got {reach}")
    return _tractrix(np.ascontiguousarray(path, float), float(start), float(reach))


@njit(cache=True)
def _tractrix(path: Array, start: float, reach: float) -> Array:
    yaw = np.empty(len(path))
    yaw[0] = start
    for k in range(1, len(path)):
        x, y = path[k, 0] - path[k - 1, 0], path[k, 1] - path[k - 1, 1]
        way = np.hypot(x, y)
        c, s = np.cos(yaw[k - 1]), np.sin(yaw[k - 1])
        before = np.arctan2(y * c - x * s, x * c + y * s)
        after = 2 * np.arctan2(np.sin(before / 2) * np.exp(-way / reach), np.cos(before / 2))
        yaw[k] = yaw[k - 1] + (before - after if way > 0 else 0.0)
    return yaw


def past(front: Float[Array, "k 2"], chord: float, length: float) -> Float[Array, "n 2"]:
    """Return the way [m] of a front bumper before its first sample, the first point the oldest.

    It is the arc whose chord SUMO reports: `chord` [rad] points from the rear bumper, `length` [m]
    behind, to the front one, and the vehicle sets out along the arc's tangent. Before the arc the
    way is straight. Who never moves has come straight.
    """
    away = np.linalg.norm(front - front[0], axis=1)
    moved = np.flatnonzero(away > MOVES)
    ahead = front[moved[0]] - front[0] if len(moved) else heading(np.array(chord))
    tangent = chord + float(wrap(np.arctan2(ahead[1], ahead[0]) - chord))
    turn = np.clip(2 * (tangent - chord), -1.6, 1.6) / length
    way = np.arange(0.0, -3 * length, -0.1)[::-1]
    yaw = tangent + turn * np.maximum(way, -length)
    steps = 0.1 * heading((yaw[1:] + yaw[:-1]) / 2)
    return front[0] - np.concatenate([np.cumsum(steps[::-1], axis=0)[::-1], np.zeros((1, 2))])


def trails(
    joint: Coupling, front: Float[Array, "k 2"], chord: float
) -> tuple[Float[Array, "k 2"], Float[Array, "k"], Float[Array, "k"]]:
    """Return where the nose of a vehicle is [m], and the headings [rad] of its sections.

    Args:
        joint: of the vehicle.
        front: [m] where the nose would be on the lane's line; a point behind it, `LED` of the way
            from the last axle of the leading section, is what keeps to that line.
        chord: [rad] of the whole vehicle at the first sample, see `past`.
    """
    before = past(front, chord, joint.front + joint.rear)
    line = np.concatenate([before[:-1], front])
    first = chord + float(wrap(np.arctan2(*(line[1] - line[0])[::-1]) - chord))
    back = (1 - LED) * joint.drive
    led = behind(line, first, back)
    yaw = tractrix(led, first, joint.drive - back)
    nose = led + back * heading(yaw)
    trail = tractrix(nose - joint.pivot * heading(yaw), first, joint.towed)
    start = len(before) - 1
    return nose[start:], yaw[start:], trail[start:]


def articulated_motion(run: Run, joint: Coupling) -> Smooth:
    """Return the motion of the leading section of a vehicle of two, and how the other trails it.

    It does not roll where it would have to bend further than its `joint` can.
    """
    nose, yaw, trail = trails(joint, blur(run.front), float(run.yaw[0]))
    ahead = heading(yaw)
    position = nose - joint.front / 2 * ahead
    speed = np.maximum((velocity_of(position) * ahead).sum(axis=-1), 0.0)
    rolls = rolls_along(nose - joint.drive * ahead, ahead) & (np.abs(trail - yaw) <= joint.most)
    return replace(motion_of(position, yaw, speed, rolls), trail=trail)
