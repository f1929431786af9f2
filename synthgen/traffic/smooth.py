"""From SUMO's steps to motions that a body with wheels or legs can make."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from numba import njit
from scipy.ndimage import convolve1d

from synthgen.geometry import Array
from synthgen.traffic.engine import STEP
from synthgen.traffic.record import Run

SPREAD = 0.25
"""[s] Standard deviation of the Gaussian in time: most of its weight within half a second."""
TURN = np.deg2rad(11.0)
"""[rad] Most turn per step, that of a car at 6 m/s with full lock."""
REAR_AXLE = 0.8
"""Share of a vehicle's length from the front bumper to the rear axle: saloons 0.78, buses 0.7,
bicycles (to the hub) 0.8."""
LED = REAR_AXLE / np.sqrt(2)
"""Share of a vehicle's length from the rear axle to the point that drivers keep on the lane's line,
a little behind the front axle: in a bend the front bumper then swings out as far as the rear axle
cuts in. With the bumper on the line rear wheels ran over one kerb in forty."""
BACK = 0.3
"""[m/s] Backwards, up to which the smoothing of a stop is taken for standing."""
SLIP = 0.05, 0.0175
"""[m/s] and [m/s per m/s] Most side slip of a rear axle: of tyres at a crawl, and one degree."""
LOCK = np.tan(np.deg2rad(50.0)), 0.3
"""Tangent of the most angle of steered wheels, those of trucks turn by 45 degrees, and [m/s] up to
which the smoothing of a stop is taken for standing."""
WALKER_SPEED = 2.5
"""[m/s] Nobody who walks is faster; SUMO shifts people sideways in leaps."""


@dataclass(frozen=True, eq=False)
class Smooth:
    """A smoothed run: body origin [m], heading [rad], speed [m/s], way [m].

    `rolls` is false where no wheel could follow: SUMO turns cars round on the spot at dead ends,
    and a body drawn round after its front bumper goes backwards or slips sideways there, or about
    its rear axle, which no steering does.
    `trail` is the heading [rad] of a towed section; position, heading and way are then those of
    the leading one.
    """

    position: Float[Array, "k 2"]
    yaw: Float[Array, "k"]
    speed: Float[Array, "k"]
    gait: Float[Array, "k"]
    rolls: Bool[Array, "k"]
    trail: Float[Array, "k"] | None = None


def blur(values: Float[Array, "k *c"], spread: float = SPREAD) -> Float[Array, "k *c"]:
    """Return `values` smoothed over time by a Gaussian of standard deviation `spread` [s].

    Ends are continued point-symmetrically, so that straight lines stay what they are.
    """
    reach = min(int(np.ceil(3 * spread / STEP)), len(values) - 1)
    if reach < 1:
        return values
    offsets = np.arange(-reach, reach + 1) * STEP
    kernel = np.exp(-0.5 * (offsets / spread) ** 2)
    before = 2 * values[0] - values[reach:0:-1]
    after = 2 * values[-1] - values[-2 : -reach - 2 : -1]
    padded = np.concatenate([before, values, after])
    return convolve1d(padded, kernel / kernel.sum(), axis=0)[reach:-reach]


def even(line: Float[Array, "k 2"], spread: float) -> Float[Array, "k 2"]:
    """Return the same way in space, driven more evenly: only its timing is smoothed, over a
    Gaussian of standard deviation `spread` [s], so that no corner is cut.
    """
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    way = np.concatenate([[0.0], np.cumsum(steps)])
    smooth = np.maximum.accumulate(np.clip(blur(way, spread), 0.0, way[-1]))
    return np.stack([np.interp(smooth, way, column) for column in line.T], axis=-1)


def behind(line: Float[Array, "k 2"], yaw: float, back: float) -> Float[Array, "k 2"]:
    """Return what goes the way of `line` `back` [m] behind it; before its start the way is straight
    along `yaw` [rad].
    """
    start = line[0] - back * np.array([np.cos(yaw), np.sin(yaw)])
    whole = np.vstack([start, line])
    steps = np.linalg.norm(np.diff(whole, axis=0), axis=1)
    way = np.concatenate([[0.0], np.cumsum(steps)])
    return np.stack([np.interp(way[1:] - back, way, column) for column in whole.T], axis=-1)


@njit(cache=True)
def _trail(front: Array, start: float, reach: float, most: float) -> Array:
    """Return the headings of a body whose front follows `front` while its rear axle, `reach`
    behind, rolls after it without slipping sideways: a tractrix.

    Heun's rule for d yaw / d s = sin(direction of the front's way - yaw) / reach.
    """
    yaw = np.empty(len(front))
    yaw[0] = start
    for k in range(1, len(front)):
        x, y = front[k, 0] - front[k - 1, 0], front[k, 1] - front[k - 1, 1]
        first = (y * np.cos(yaw[k - 1]) - x * np.sin(yaw[k - 1])) / reach
        ahead = yaw[k - 1] + first
        turn = (first + (y * np.cos(ahead) - x * np.sin(ahead)) / reach) / 2
        yaw[k] = yaw[k - 1] + min(max(turn, -most), most)
    return yaw


@njit(cache=True)
def _face(velocity: Array, start: float, most: float) -> Array:
    """Return headings along `velocity` that turn at most `most` per step, kept while standing."""
    yaw = np.empty(len(velocity))
    yaw[0] = start
    for k in range(1, len(velocity)):
        yaw[k] = yaw[k - 1]
        if np.hypot(velocity[k, 0], velocity[k, 1]) > 0.25:
            turn = np.arctan2(velocity[k, 1], velocity[k, 0]) - yaw[k - 1]
            turn = (turn + np.pi) % (2 * np.pi) - np.pi
            yaw[k] += min(max(turn, -most), most)
    return yaw


@njit(cache=True)
def _limit(places: Array, most: float) -> Array:
    """Return `places` followed at no more than `most` per step."""
    out = places.copy()
    for k in range(1, len(places)):
        x, y = places[k, 0] - out[k - 1, 0], places[k, 1] - out[k - 1, 1]
        way = np.hypot(x, y)
        if way > most:
            out[k, 0] = out[k - 1, 0] + x / way * most
            out[k, 1] = out[k - 1, 1] + y / way * most
    return out


def velocity_of(position: Float[Array, "k 2"]) -> Float[Array, "k 2"]:
    """Return the rate of change [m/s] of places `STEP` apart."""
    if len(position) < 2:
        return np.zeros_like(position)
    return np.gradient(position, STEP, axis=0)


def motion_of(
    position: Float[Array, "k 2"], yaw: Float[Array, "k"], speed: Float[Array, "k"],
    rolls: Bool[Array, "k"] | None = None,
) -> Smooth:  # fmt: skip
    """Return the motion at these places, the way summed up; all of it `rolls` unless told."""
    steps = (speed[1:] + speed[:-1]) / 2 * STEP
    every = np.ones(len(yaw), bool) if rolls is None else rolls
    return Smooth(position, yaw, speed, np.concatenate([[0.0], np.cumsum(steps)]), every)


def rolls_along(rear: Float[Array, "k 2"], ahead: Float[Array, "k 2"]) -> Bool[Array, "k"]:
    """Return where a rear axle at `rear` goes forwards along `ahead`; ends are as their neighbours,
    since their velocity is one-sided.
    """
    along, aside = _by_heading(rear, ahead)
    return _inwards((along > -BACK) & (np.abs(aside) <= SLIP[0] + SLIP[1] * np.abs(along)))


def steered(led: Float[Array, "k 2"], ahead: Float[Array, "k 2"]) -> Bool[Array, "k"]:
    """Return where steered wheels can turn to where the point `led`, over them, goes, `ahead` being
    the body's axis; ends are as their neighbours.
    """
    along, aside = _by_heading(led, ahead)
    return _inwards(np.abs(aside) <= LOCK[0] * np.maximum(along, 0.0) + LOCK[1])


def _by_heading(
    point: Float[Array, "k 2"], ahead: Float[Array, "k 2"]
) -> tuple[Float[Array, "k"], Float[Array, "k"]]:
    """Return the velocity [m/s] of `point` along `ahead` and to the left of it."""
    velocity = velocity_of(point)
    aside = velocity[:, 1] * ahead[:, 0] - velocity[:, 0] * ahead[:, 1]
    return (velocity * ahead).sum(axis=-1), aside


def _inwards(good: Bool[Array, "k"]) -> Bool[Array, "k"]:
    """Return `good` with its ends like their neighbours."""
    if len(good) > 2:
        good[[0, -1]] = good[[1, -2]]
    return good


def vehicle_motion(run: Run, length: float, evenness: float = 0.0, locked: bool = True) -> Smooth:
    """Return the motion of a vehicle of `length` [m] whose front bumper SUMO reports.

    On a straight that is where the bumper is; in a bend a point behind it keeps to the line.
    `evenness` [s] smooths its speed further, but not its way in space. Where it would have to steer
    further than it can it does not roll, unless it is not `locked`.
    """
    front = blur(run.front)
    if evenness > 0:
        front = even(front, evenness)
    led = behind(front, float(run.yaw[0]), (REAR_AXLE - LED) * length)
    yaw = _trail(led, float(run.yaw[0]), LED * length, float(TURN))
    ahead = np.stack([np.cos(yaw), np.sin(yaw)], axis=-1)
    rear = led - LED * length * ahead
    position = rear + (REAR_AXLE - 0.5) * length * ahead
    speed = np.maximum((velocity_of(position) * ahead).sum(axis=-1), 0.0)
    rolls = rolls_along(rear, ahead)
    return motion_of(position, yaw, speed, rolls & steered(led, ahead) if locked else rolls)


def walker_motion(run: Run) -> Smooth:
    """Return the motion of a walker, whose middle SUMO reports; it faces where it goes."""
    position = blur(_limit(run.front, WALKER_SPEED * STEP))
    velocity = blur(velocity_of(position))
    yaw = blur(_face(velocity, float(run.yaw[0]), float(TURN)))
    return motion_of(position, yaw, np.linalg.norm(velocity, axis=-1))
