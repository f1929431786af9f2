"""Someone who runs straight across a street, as a closed form of time."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array


@dataclass(frozen=True)
class Dash:
    """From standing to standing along a straight line, with constant acceleration at both ends.

    Attributes:
        x: [m] start.
        y: [m] start.
        yaw: [rad] direction.
        begin: [s] when it sets off.
        way: [m] to where it stops.
        speed: [m/s] in between; less where the way is too short for it.
        acceleration: [m/s2] at both ends.
    """

    x: float
    y: float
    yaw: float
    begin: float
    way: float
    speed: float
    acceleration: float

    def __post_init__(self) -> None:
        if min(self.way, self.speed, self.acceleration) <= 0:
            raise ValueError("way, speed and acceleration must be > 0")

    @property
    def top(self) -> float:
        """[m/s] Speed that is reached: v^2 <= acceleration x way."""
        return float(min(self.speed, np.sqrt(self.acceleration * self.way)))

    @property
    def length(self) -> float:
        """[s] From setting off to standing."""
        return self.way / self.top + self.top / self.acceleration

    def gone(self, time: Float[Array, "k"]) -> Float[Array, "k"]:
        """Return the way [m] behind it at `time` [s]."""
        since = np.clip(np.asarray(time, float) - self.begin, 0.0, self.length)
        rise = self.top / self.acceleration
        start = 0.5 * self.acceleration * np.minimum(since, rise) ** 2
        middle = self.top * np.clip(since - rise, 0.0, self.length - 2 * rise)
        late = np.maximum(since - (self.length - rise), 0.0)
        return start + middle + self.top * late - 0.5 * self.acceleration * late**2

    def pace(self, time: Float[Array, "k"]) -> Float[Array, "k"]:
        """Return the speed [m/s] at `time` [s]."""
        since = np.asarray(time, float) - self.begin
        edge = np.minimum(since, self.length - since) * self.acceleration
        return np.clip(edge, 0.0, self.top)

    def delay(self, way: float) -> float:
        """Return after how long [s] it has gone `way` [m]."""
        rise, ramp = self.top / self.acceleration, self.top**2 / (2 * self.acceleration)
        if way <= ramp:
            return float(np.sqrt(2 * max(way, 0.0) / self.acceleration))
        if way <= self.way - ramp:
            return rise + (way - ramp) / self.top
        rest = max(self.way - way, 0.0)
        return self.length - float(np.sqrt(2 * rest / self.acceleration))

    def places(self, time: Float[Array, "k"]) -> Float[Array, "k 3"]:
        """Return x, y, z = 0 [m] at `time` [s]."""
        gone = self.gone(time)[:, None]
        ahead = np.array([[np.cos(self.yaw), np.sin(self.yaw), 0.0]])
        return np.array([[self.x, self.y, 0.0]]) + gone * ahead
