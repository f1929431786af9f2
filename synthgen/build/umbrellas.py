"""Who walks and stands under an umbrella when it rains."""

from dataclasses import replace

import numpy as np

from synthgen.rng import stream
from synthgen.road_user import RoadUser
from synthgen.world import Environment

CARRIERS = frozenset({"adult", "elder", "child", "standing"})
"""Subtypes with a hand free; police, workers, runners and who rolls or pushes get wet."""
MOST, RATE = 0.8, 1.5
"""Share of umbrellas in a downpour, and rain [mm/h] at which 63 % of that share are open.

Our own guess: a quarter in drizzle, three in four in a downpour."""
CALM, GALE = 8.0, 13.9
"""[m/s] Wind up to which everyone keeps an umbrella open, and from which nobody can.

Source: World Meteorological Organization, WMO-No. 306, code table 1100 (Beaufort scale): force 6,
10.8 to 13.8 m/s, "umbrellas used with difficulty"."""
SIZES = {"child": (0.72, 0.86)}
GROWN = 0.92, 1.20
"""[m] Diameters of open umbrellas, as sold."""


def share(around: Environment) -> float:
    """Return the share of those with a free hand who hold an open umbrella; none when dry."""
    held = np.clip((GALE - around.wind) / (GALE - CALM), 0.0, 1.0)
    return float(MOST * (1 - np.exp(-around.rain / RATE)) * held)


def sheltered(user: RoadUser, around: Environment, rng: np.random.Generator) -> RoadUser:
    """Return `user`, with an open umbrella of its own size or without; draws once from `rng`."""
    opens = bool(rng.random() < share(around))
    if user.kind != "pedestrian" or user.subtype not in CARRIERS or not opens:
        return user
    low, high = SIZES.get(user.subtype, GROWN)
    own = float(stream(user.seed, "umbrella", "size").uniform(low, high))
    return replace(user, umbrella=round(own, 2))
