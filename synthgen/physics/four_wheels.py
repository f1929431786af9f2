"""The ego car on four wheels: springs, dampers, anti-roll bars, tyres, and who steers it.

Bullet moves the chassis; what the wheels do to it is computed here. Ends of the car have the ride
frequencies of `Suspension`; anti-dive and anti-roll bars give it its gradients.
"""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numba
import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from synthgen.geometry import Array, yaw_quaternion
from synthgen.physics.bullet import STEP, pushed
from synthgen.physics.rolling import LOCK
from synthgen.physics.solid import State
from synthgen.physics.suspension import Suspension
from synthgen.physics.travel import GRAVITY, Travel

STIFF = 12.0
"""[1/rad] Cornering stiffness of a tyre over its load. Source: H. B. Pacejka, "Tire and Vehicle
Dynamics", 3rd ed., 2012, chapter 1: 8 to 16 for passenger cars."""
CRAWL = 1.0
"""[m/s] Below this speed slip is taken against it, so that a standing tyre only damps."""


class Car(NamedTuple):
    """A car as compiled code wants it: SI units, front wheels first, left before right.

    Attributes:
        hubs: of the wheels against the centre of mass at rest, height of the road (4 3).
        load: static load of each wheel.
        spring: rate of each wheel.
        damper: rate of each wheel.
        bar: moment of the anti-roll bars per radian.
        anti: height at which braking and driving forces act, for anti-dive and anti-squat.
        mass: of the car.
    """

    hubs: np.ndarray
    load: np.ndarray
    spring: np.ndarray
    damper: np.ndarray
    bar: float
    anti: float
    mass: float


@dataclass(frozen=True)
class Measures:
    """Of a car, SI.

    Attributes:
        length: over all [m].
        width: [m].
        front: [m] front axle ahead of the middle.
        rear: [m] rear axle ahead of the middle (negative).
        track: [m] between the wheels of an axle.
        center: [m] height of the centre of mass.
    """

    length: float
    width: float
    front: float
    rear: float
    track: float
    center: float = 0.55


def car_of(springs: Suspension, size: Measures) -> Car:
    """Return the car with these springs whose steady pitch and roll are their gradients.

    Roll: K = m g h (1 + 1 / gradient). Pitch: m g (h - anti) / base^2 (1/kf + 1/kr) = gradient.
    Raises ValueError when the springs alone already roll or pitch less than that.
    """
    mass = springs.density * size.length * size.width
    base = size.front - size.rear
    shares = np.array([-size.rear, size.front]) / base
    rate = mass * shares * (2 * np.pi * np.array([springs.front, springs.rear])) ** 2
    damp = 2 * springs.damping * np.sqrt(rate * mass * shares)
    lever = springs.pitch_gradient * base**2 / (mass * GRAVITY * (1 / rate).sum())
    own = rate.sum() * size.track**2 / 4
    bar = mass * GRAVITY * size.center * (1 + 1 / springs.roll_gradient) - own
    if lever > size.center or bar < 0:
        raise ValueError(f"springs of {springs} are too stiff for their gradients")
    hubs = [(x, y * size.track / 2, -size.center) for x in (size.front, size.rear) for y in (1, -1)]
    return Car(
        np.array(hubs), np.repeat(mass * GRAVITY * shares / 2, 2), np.repeat(rate / 2, 2),
        np.repeat(damp / 2, 2), float(bar), size.center - float(lever), mass,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Driven:
    """How the car went.

    Attributes:
        ride: heave [m], pitch and roll [rad] of the chassis against the road, per sample.
        aside: [m] how far left of its path it was.
        behind: [m] how far behind its place.
    """

    ride: Float[Array, "k 3"]
    aside: Float[Array, "k"]
    behind: Float[Array, "k"]


def follow(car: Car, travel: Travel, place: Float[Array, "k 2"], friction: float) -> Driven:
    """Return how `car` goes when it is driven along its way, in each stretch from an even start.

    A driver steers by the curvature ahead and by what he is off in place and heading, and works
    the pedals by speed and place. `friction` is that of the tyres on the road.
    """
    parts = [_stretch(car, travel, place, friction, part) for part in travel.stretches]
    ride, aside, behind = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Driven(ride, aside, behind)


def _stretch(
    car: Car, travel: Travel, place: Array, friction: float, part: slice
) -> tuple[Array, Array, Array]:
    time = travel.time[part]
    count = round((time[-1] - time[0]) / STEP) + 1
    rear = float(car.hubs[2, 0])
    ahead = np.stack([np.cos(travel.yaw[part]), np.sin(travel.yaw[part])], axis=1)
    columns = (*(place[part] + rear * ahead).T, travel.yaw[part], travel.speed[part],
               travel.yaw_rate[part], *travel.acceleration[part].T)  # fmt: skip
    fine = time[0] + np.arange(count) * STEP
    plan = np.stack([np.interp(fine, time, column) for column in columns], axis=1)
    center = -float(car.hubs[0, 2])
    yaw = plan[0, 2]
    first = np.array([np.cos(yaw), np.sin(yaw), 0.0])
    start = State(
        np.array([[*(plan[0, :2] - rear * first[:2]), center]]), yaw_quaternion(yaw)[None],
        (plan[0, 3] * first)[None], np.array([[0.0, 0.0, plan[0, 4]]]),
    )  # fmt: skip
    inertia = car.mass * np.array([0.32, 1.45, 1.6])  # of saloons: Gillespie 1992, appendix
    push = partial(_push, car=car, plan=plan, friction=friction)
    where, turn = pushed(car.mass, inertia, start, count, push)
    every = np.minimum(np.rint((time - time[0]) / STEP).astype(int), count - 1)
    return _errors(where[every], turn[every], plan[every], (center, rear))


def _errors(
    where: Array, turn: Array, plan: Array, at: tuple[float, float]
) -> tuple[Array, Array, Array]:
    """Return ride and how far the rear axle is aside of and behind its plan."""
    center, rear = at
    matrix = Rotation.from_quat(turn).as_matrix()
    yaw = np.arctan2(matrix[:, 1, 0], matrix[:, 0, 0])
    flat = Rotation.from_quat(yaw_quaternion(-yaw)).as_matrix() @ matrix
    heave = where[:, 2] - center * matrix[:, 2, 2]
    pitch, roll = -np.arcsin(flat[:, 2, 0]), np.arctan2(flat[:, 2, 1], flat[:, 2, 2])
    off = where[:, :2] + rear * matrix[:, :2, 0] - plan[:, :2]
    c, s = np.cos(plan[:, 2]), np.sin(plan[:, 2])
    aside, behind = -s * off[:, 0] + c * off[:, 1], -c * off[:, 0] - s * off[:, 1]
    return np.stack([heave, pitch, roll], axis=1), aside, behind


def _push(
    step: int, where: Array, turn: Array, velocity: Array, spin: Array, *, car: Car, plan: Array,
    friction: float,
) -> tuple[Array, Array]:  # fmt: skip
    return _wheels(where, turn, velocity, spin, car, plan[step], friction, float(LOCK))


@numba.njit(cache=True)
def _matrix(q):  # type: ignore[no-untyped-def]
    x, y, z, w = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


@numba.njit(cache=True)
def _commands(where, turn, velocity, car, wish, lock):  # type: ignore[no-untyped-def]
    """Return steer angle [rad] and pedal force [N] of the driver.

    `wish` is where the rear axle should be (x, y), yaw, speed, yaw rate and both accelerations.
    """
    c, s = turn[0, 0], turn[1, 0]
    speed = velocity[0] * c + velocity[1] * s
    rear = car.hubs[2, 0]
    off = wish[0] - where[0] - rear * turn[0, 0], wish[1] - where[1] - rear * turn[1, 0]
    ahead, left = off[0] * c + off[1] * s, off[1] * c - off[0] * s
    # In a curve the nose points inward of the way, by the slip angle of the rear tyres.
    yaw = np.arctan2(s, c) - wish[6] / (GRAVITY * STIFF)
    swing = (wish[2] - yaw + np.pi) % (2 * np.pi) - np.pi
    base = car.hubs[0, 0] - rear
    steer = np.arctan(base * wish[4] / max(wish[3], 1.0))
    steer += min(wish[3], 1.0) * (swing + np.arctan(1.2 * left / (speed + 1.5)))
    force = car.mass * (wish[5] + 4.0 * (wish[3] - speed) + 3.0 * ahead)
    return min(max(steer, -lock), lock), force


@numba.njit(cache=True)
def brush(slip, load, friction):  # type: ignore[no-untyped-def]
    """Return the side force [N] of a tyre at `slip` (tangent of the slip angle), against it.

    Source: H. B. Pacejka, "Tire and Vehicle Dynamics", 3rd ed., 2012, eq. 3.8: parabolic pressure.
    """
    t = STIFF / (3.0 * friction) * slip
    if abs(t) >= 1.0:
        return -friction * load * np.sign(t)
    return -friction * load * (3.0 * t - 3.0 * abs(t) * t + t * t * t)


@numba.njit(cache=True)
def _wheels(where, quaternion, velocity, spin, car, wish, friction, lock):  # type: ignore[no-untyped-def]
    """Return where the wheels touch the chassis and their forces on it, world frame."""
    turn = _matrix(quaternion)
    steer, pedal = _commands(where, turn, velocity, car, wish, lock)
    flat = np.hypot(turn[0, 0], turn[1, 0])
    roll = np.arctan2(turn[2, 1], turn[2, 2])
    points, forces = np.empty((8, 3)), np.zeros((8, 3))
    for wheel in range(4):
        arm = turn @ car.hubs[wheel]
        own = velocity + np.cross(spin, arm)
        sunk = -(where[2] + arm[2])
        side = 1.0 if car.hubs[wheel, 1] > 0 else -1.0
        bar = car.bar * roll / 2.0 / (4.0 * abs(car.hubs[wheel, 1])) * 2.0
        load = car.load[wheel] + car.spring[wheel] * sunk - car.damper[wheel] * own[2] - side * bar
        load = max(load, 0.0)
        yaw = np.arctan2(turn[1, 0], turn[0, 0]) + (steer if wheel < 2 else 0.0)
        c, s = np.cos(yaw), np.sin(yaw)
        along, aside = c * own[0] + s * own[1], c * own[1] - s * own[0]
        across = brush(aside / max(abs(along), CRAWL), load, friction)
        drive = pedal * load / (car.mass * GRAVITY) * flat
        most = np.sqrt(max((friction * load) ** 2 - across * across, 0.0))
        drive = min(max(drive, -most), most)
        points[wheel] = where + arm
        forces[wheel] = np.array([-s * across, c * across, load])
        points[4 + wheel] = where + arm + np.array([0.0, 0.0, car.anti])
        forces[4 + wheel] = np.array([c * drive, s * drive, 0.0])
    return points, forces
