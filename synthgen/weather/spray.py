"""Spray that vehicles throw up from a wet road: a wake of mist that moves with each of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.density import Matter, puffs
from synthgen.geometry import Array

SPRAY = Matter("spray", (1.0, 1.0, 1.0), (0.999, 0.999, 0.999), 0.85, 1.0, 18.8)
"""Droplets of some micrometres and more, far larger than light waves.

Source: lidar ratio of water droplets 18.8 sr: E. J. O'Connor, A. J. Illingworth and R. J. Hogan,
J. Atmos. Oceanic Technol. 21, 2004.
"""

ONSET, FULL = 8.0, 13.0
"""[m/s] Speeds below which there is none, and from which on the power law holds."""

DENSITY: Mapping[str, float] = {
    "truck": 0.08, "bus": 0.07, "trailer": 0.09, "fire_engine": 0.07, "van": 0.035,
    "ambulance": 0.035, "car": 0.02, "police_car": 0.02, "motorcycle": 0.008, "ego": 0.02,
}  # fmt: skip
"""[1/m] Extinction right behind a vehicle at 22 m/s on 1 mm of water.

Source: that of trucks by the order of magnitude of the laser transmittances of 40 to 70 % along
the side of a truck without flaps at 90 km/h that SAE J2245, "Recommended practice for splash and
spray evaluation", 1994, measures; cars a quarter. They are no more than plausible.
"""


@dataclass(frozen=True, eq=False)
class Vehicle:
    """A vehicle as its spray sees it.

    Attributes:
        kind: class name.
        world_from_body: pose, x forward.
        speed: [m/s] along its heading.
        velocity: [m/s] world frame.
        rear: [m] x of its rear end in its own frame.
        width: [m].
        height: [m].
        axles: [m] x of the axles in its own frame.
    """

    kind: str
    world_from_body: Float[Array, "4 4"]
    speed: float
    velocity: Float[Array, "3"]
    rear: float
    width: float
    height: float
    axles: tuple[float, ...]


def strength(kind: str, speed: float, film: float) -> float:
    """Return the extinction [1/m] right behind a vehicle that drives at `speed` [m/s].

    It grows with speed to the power 2.5 and with the `film` of water [mm].
    """
    if kind not in DENSITY or speed <= ONSET or film <= 0:
        return 0.0
    begun = min((speed - ONSET) / (FULL - ONSET), 1.0)
    return float(DENSITY[kind] * (speed / 22.0) ** 2.5 * film * begun)


WAKE = np.array([0.12, 0.45, 0.95, 1.6, 2.5])
"""Where the puffs of a wake are, in lengths over which spray falls to 1/e."""
LONG = np.array([0.16, 0.24, 0.34, 0.45, 0.6])
"""Their standard deviations along the road, in the same lengths."""
SHARES = 3
"""Ragged puffs that each of these is made of."""


def plume(one: Vehicle, film: float, rng: np.random.Generator) -> Float[Array, "n 15"]:
    """Return the puffs of one vehicle's spray; `rng` makes them ragged.

    Behind the vehicle extinction falls off as exp(-x / L) with L = 0.36 s x speed, 8 m at
    80 km/h; the wake is half a metre wider than the vehicle and grows as it slows down. Every
    axle but the first throws water sideways as well.
    """
    peak = strength(one.kind, one.speed, film)
    if peak == 0:
        return np.zeros((0, 15))
    center, spread, level = (
        np.concatenate(pair) for pair in zip(_wake(one, rng), _sides(one, rng), strict=True)
    )
    turn = one.world_from_body[:3, :3]
    world = center @ turn.T + one.world_from_body[:3, 3]
    axes = np.broadcast_to(turn.T, (len(center), 3, 3))
    moved = np.tile(one.velocity, (len(center), 1))
    return puffs(world, axes, spread, peak * level, moved)


def _wake(one: Vehicle, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Return centre [m], spread [m] and level of the puffs behind a vehicle, its own frame."""
    reach = 0.36 * one.speed
    wide, low = (one.width + 0.5) / 2 / 1.6, 0.35 + 0.12 * one.height
    grown = 1 + 0.22 * WAKE
    spread = np.stack([reach * LONG, wide * grown, low * grown], -1)
    center = np.stack([one.rear - reach * WAKE, 0 * WAKE, 0.55 * spread[:, 2]], -1)
    # Neighbours overlap: their sum is what exp(-x / L) asks for.
    level = 0.62 * np.exp(-WAKE) / grown
    center, spread, level = (
        np.repeat(rows, SHARES, axis=0) for rows in (center, spread, level / SHARES)
    )
    center += rng.normal(size=center.shape) * spread * [0.45, 0.4, 0.3]
    center[:, 2] = np.maximum(center[:, 2], 0.15)
    smaller = rng.uniform(0.55, 0.85, (len(level), 1))
    level = level * rng.lognormal(0.0, 0.45, len(level)) / smaller[:, 0] ** 2
    return center, spread * smaller, level


def _sides(one: Vehicle, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Return the same of what the wheels throw sideways, behind every axle but the first."""
    axles = sorted(one.axles)[:-1]
    if not axles or one.kind in ("motorcycle", "car", "police_car", "ego"):
        axles = axles[:1]
    rows = [(x - 0.9, side * (one.width / 2 + 0.1), 0.4) for x in axles for side in (-1, 1)]
    center = np.array(rows, float).reshape(-1, 3)
    spread = np.tile([0.8, 0.28, 0.32], (len(center), 1))
    center = center + rng.normal(size=center.shape) * [0.2, 0.05, 0.05]
    return center, spread, rng.uniform(0.8, 1.8, len(center))
