"""Drops of rain on the glass in front of a camera: where they sit, how large, since when."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.rng import stream
from synthgen.sensors.wiper import Wiper

NUMBER = 2.5e4
"""[1/m2/s] Drops that come to stay on glass in rain of 10 mm/h: 250 on a square decimetre after
a second; 50 to 500 are seen between two passes of a wiper."""
MOST = 5e4
"""[1/m2] More run into one another."""
LIFE = 6.0
"""[s] that a drop stays on glass without a wiper before it runs off or dries."""

_EPOCH = 2.0
_LIVES = 3


@dataclass(frozen=True)
class Weathering:
    """What wets one camera's glass.

    Attributes:
        rain: [mm/h] that reaches it.
        seed: of the clip.
        name: of the camera.
        speed: [m/s] of the car.
        wiper: that wipes it, or None.
    """

    rain: float
    seed: int
    name: str
    speed: float
    wiper: Wiper | None


@dataclass(frozen=True, eq=False)
class Sitting:
    """Drops on glass.

    Attributes:
        place: [m] on the glass, right and down from the camera's axis.
        radius: [m].
        contact: [rad] angle between water and glass at the rim.
        shape: phases [rad] of two waves of the rim.
    """

    place: Float[Array, "n 2"]
    radius: Float[Array, "n"]
    contact: Float[Array, "n"]
    shape: Float[Array, "n 2"]


@dataclass(frozen=True, eq=False)
class _Arrivals:
    time: Float[Array, "n"]
    end: Float[Array, "n"]
    place: Float[Array, "n 2"]
    radius: Float[Array, "n"]
    contact: Float[Array, "n"]
    shape: Float[Array, "n 2"]


def sitting(wet: Weathering, time: float, half: tuple[float, float]) -> Sitting:
    """Return the drops on a pane at `time` [s], within `half` its width and height [m].

    They are the same at every look: each span of time, or stroke of the wiper, has its own
    arrivals. Drops grow by what falls on them and run down once gravity beats the hold of their
    rim; the wind of driving pushes them up.
    """
    found = [_arrivals(wet, number, half) for number in _spans(wet, time)]
    time_of = np.concatenate([one.time for one in found])
    place = np.concatenate([one.place for one in found])
    size = np.concatenate([one.radius for one in found])
    end = np.concatenate([one.end for one in found])
    age = time - time_of
    there = (age >= 0) & (time < end)
    grown = size * np.cbrt(1 + 0.2 * np.clip(age, 0, None))
    place = place + np.stack([0 * age, run_speed(grown, wet.speed) * np.maximum(age - 0.15, 0)], -1)
    if wet.wiper is not None:
        there &= time_of > wet.wiper.last_pass(time, place)
    order = np.flatnonzero(there)
    contact = np.concatenate([one.contact for one in found])
    shape = np.concatenate([one.shape for one in found])
    return Sitting(place[order], grown[order], contact[order], shape[order])


def run_speed(size: Float[Array, "n"], speed: float) -> Float[Array, "n"]:
    """Return how fast [m/s] drops of radius `size` [m] run down a pane of a car at `speed` [m/s].

    Below a radius of 1.5 mm the hysteresis of their rim holds them on glass. Above, as fast as
    their weight over the drag of their foot: by the square of the radius; 40 mm/s at 2 mm. The
    airstream lifts them from about 25 m/s on.

    Source: threshold by C. Furmidge, "Studies at phase interfaces", J. Colloid Sci. 17, 1962,
    for water on glass; speed by viscous scaling.
    """
    held = np.maximum(size**2 - 1.5e-3**2, 0.0) / (2e-3**2 - 1.5e-3**2)
    return 0.04 * np.minimum(held, 2.5) * (1 - min(speed / 25.0, 1.5) ** 2)


def rate_of(rain: float) -> float:
    """Return drops per area and time [1/m2/s] that stay on glass in `rain` [mm/h].

    In proportion to the number of drops in the air, which grows as the rate^0.63 of extinction.
    """
    return NUMBER * (rain / 10.0) ** 0.63 if rain > 0 else 0.0


def _spans(wet: Weathering, time: float) -> range:
    """Return the numbers of the spans whose drops may be there at `time`."""
    if wet.wiper is not None:
        return range(wet.wiper.stroke(time) - 1, wet.wiper.stroke(time) + 1)
    last = int(np.floor(time / _EPOCH))
    return range(last - int(np.ceil(_LIVES * _life(wet) / _EPOCH)), last + 1)


def _life(wet: Weathering) -> float:
    return min(LIFE, MOST / max(rate_of(wet.rain), 1e-9))


def _arrivals(wet: Weathering, number: int, half: tuple[float, float]) -> _Arrivals:
    rng = stream(wet.seed, "drops", wet.name, number)
    length = _EPOCH if wet.wiper is None else wet.wiper.period
    begin = number * length + (0.0 if wet.wiper is None else wet.wiper.start)
    area = 4 * half[0] * half[1]
    count = int(rng.poisson(rate_of(wet.rain) * area * length))
    time = begin + length * rng.random(count)
    stay = _LIVES * _life(wet) if wet.wiper is None else 2 * length
    life = np.minimum(rng.exponential(_life(wet), count), stay) if wet.wiper is None else stay
    return _Arrivals(
        time=time,
        end=time + life,
        place=rng.uniform(-1, 1, (count, 2)) * half,
        radius=np.clip(0.7e-3 * np.exp(0.5 * rng.standard_normal(count)), 0.3e-3, 3e-3),
        contact=np.radians(rng.uniform(24.0, 44.0, count)),
        shape=rng.uniform(0, 2 * np.pi, (count, 2)),
    )
