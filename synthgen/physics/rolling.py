"""Wheels that roll: steer angle and spin from the way that a vehicle goes."""

from collections.abc import Sequence
from typing import Protocol

import numba
import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.physics.travel import Travel

CRAWL = 0.6
"""[m/s] Below it a heading says little about the steering wheel: the angle is held."""
LOCK = np.radians(35.0)
"""[rad] Most steer angle of a car; trucks steer to 45 degrees."""
HAND = np.radians(40.0)
"""[rad/s] Fastest change of the steer angle. Source: driver models, 20 to 40 degrees a second."""


class Rolls(Protocol):
    """What is asked of a wheel: hub [m], rolling radius [m], whether it is steered."""

    @property
    def hub(self) -> tuple[float, float, float]:
        """Middle of the axle [m], body frame."""

    @property
    def radius(self) -> float:
        """Rolling radius [m]."""

    @property
    def steered(self) -> bool:
        """Whether it turns left and right."""


def axles(wheels: Sequence[Rolls]) -> tuple[float, float]:
    """Return where the steered axle and the middle of the others are [m] ahead of the middle.

    Raises ValueError for a vehicle without steered or without other wheels.
    """
    front = [wheel.hub[0] for wheel in wheels if wheel.steered]
    rear = [wheel.hub[0] for wheel in wheels if not wheel.steered]
    if not front or not rear:
        raise ValueError(f"a vehicle needs steered and other wheels, got {len(wheels)} wheels")
    return float(np.mean(front)), float(np.mean(rear))


def steer(travel: Travel, base: float) -> Float[Array, "k"]:
    """Return the steer angle [rad] to the left of a vehicle with a wheel base of `base` [m].

    Kinematic bicycle: tan(steer) = base * yaw rate / speed. While the vehicle crawls the angle of
    when it last rolled is kept, or of when it first will: drivers wait with turned wheels.

    Source: R. Rajamani, "Vehicle Dynamics and Control", 2012, eq. 2.3, without side slip.
    """
    return travel.by_stretch(lambda part: _steer(travel, base, part))


def _steer(travel: Travel, base: float, part: slice) -> Float[Array, "k"]:
    speed, turn, time = travel.speed[part], travel.yaw_rate[part], travel.time[part]
    known = np.flatnonzero(speed > CRAWL)
    if not len(known):
        return np.zeros(len(speed))
    angle = np.clip(np.arctan2(base * turn[known], speed[known]), -LOCK, LOCK)
    last = np.maximum(np.searchsorted(known, np.arange(len(speed)), side="right") - 1, 0)
    return _followed(angle[last], time, float(HAND))


@numba.njit(cache=True)
def _followed(wanted, time, most):  # type: ignore[no-untyped-def]
    """Return `wanted` followed at no more than `most` per second."""
    out = wanted.copy()
    for k in range(1, len(out)):
        reach = most * (time[k] - time[k - 1])
        out[k] = min(max(wanted[k], out[k - 1] - reach), out[k - 1] + reach)
    return out


def spin(
    travel: Travel, wheels: Sequence[Rolls], angle: Float[Array, "k"], rear: float
) -> Float[Array, "k w"]:
    """Return how far each wheel has turned about its axle [rad], rolling without slip.

    Each goes as fast as its hub along its own heading: in a curve the outer ones turn faster. The
    rear axle, `rear` [m] ahead of the body's middle, does not slip sideways. `angle` is that of
    the steered wheels [rad].
    """
    columns = []
    for wheel in wheels:
        x, y, _ = wheel.hub
        along = travel.speed - travel.yaw_rate * y
        if wheel.steered:
            across = travel.yaw_rate * (x - rear)
            along = along * np.cos(angle) + across * np.sin(angle)
        columns.append(rolled(travel, along) / wheel.radius)
    return np.stack(columns, axis=1)


def rolled(travel: Travel, speed: Float[Array, "k"]) -> Float[Array, "k"]:
    """Return the way [m] at `speed` [m/s]; each stretch begins where the vehicle's own way does."""

    def way(part: slice) -> Array:
        steps = (speed[part][1:] + speed[part][:-1]) / 2 * np.diff(travel.time[part])
        return travel.way[part.start] + np.concatenate([[0.0], np.cumsum(steps)])

    return travel.by_stretch(way)
