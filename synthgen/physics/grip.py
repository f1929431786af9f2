"""How well tyres hold the road."""

import numpy as np

from synthgen.physics.travel import GRAVITY

DRY = 0.85
"""Peak friction of car tyres on dry asphalt. Source: J. Y. Wong, "Theory of Ground Vehicles", 4th
ed., 2008, table 1.1: 0.8 to 0.9."""
WET = 0.55
"""On wet asphalt at a crawl: ibid., 0.5 to 0.7."""
SNOW = 0.2
"""On hard-packed snow: ibid."""
ICE = 0.1
"""On ice: ibid."""
LIFT = 0.012
"""[s/m] Share of wet grip that each m/s of speed takes. Source: A. Gothie, F. Parry and P. Roe,
"The relative influence of the parameters affecting road surface friction", 2nd Int. Colloquium on
Vehicle Tyre Road Interaction, Florence, 2001: some 30 % from 50 to 130 km/h on wet roads."""
FLOAT = 22.0
"""[m/s] from which deep water carries tyres. Source: W. B. Horne and R. C. Dreher, "Phenomena of
Pneumatic Tire Hydroplaning", NASA TN D-2056, 1963: v [kn] = 9 sqrt(p [psi]), 24.8 m/s for 29 psi,
less where tread is worn."""
PLANING = 0.12
"""Friction of a tyre that floats."""


def grip(wetness: float, ice: float, speed: float, snow: float = 0.0) -> float:
    """Return the peak friction coefficient of tyres on the road.

    A film of water costs grip with speed; a flooded road lets tyres float above 22 m/s, over a
    range of 8 m/s; ice and pressed snow cover their shares of the surface.

    Args:
        wetness: 0 dry to 1 flooded.
        ice: share of the surface under ice, 0 to 1.
        speed: [m/s], 0 to 60.
        snow: share of what ice leaves that is under pressed snow, 0 to 1.

    Raises:
        ValueError: outside these ranges.
    """
    if not all(0 <= share <= 1 for share in (wetness, ice, snow)):
        raise ValueError(
            f"wetness, ice and snow must be in [0, 1], got {wetness}, {ice} and {snow}"
        )
    if not 0 <= speed <= 60:
        raise ValueError(f"speed must be 0 to 60 m/s, got {speed}")
    film = min(wetness / 0.3, 1.0)
    wet = WET * (1 - LIFT * speed)
    carried = float(np.clip((speed - FLOAT) / 8.0, 0, 1)) * max(wetness - 0.7, 0) / 0.3
    surface = DRY + (wet - DRY) * film
    bare = surface + (min(PLANING, wet) - surface) * carried
    return (1 - ice) * (bare + (min(SNOW, bare) - bare) * snow) + ice * ICE


def braking(wetness: float, ice: float, speed: float, wanted: float) -> float:
    """Return the deceleration [m/s2] that the road allows a driver who wants `wanted` [m/s2]."""
    return min(wanted, GRAVITY * grip(wetness, ice, speed))


def stopping_distance(wetness: float, ice: float, speed: float, step: float = 0.01) -> float:
    """Return the way [m] of a full braking from `speed` [m/s], grip changing as it slows.

    The integral of v dv / (mu(v) g), by the midpoint rule in steps of `step` [m/s].
    """
    count = max(int(np.ceil(speed / step)), 1)
    middle = (np.arange(count) + 0.5) * speed / count
    rate = GRAVITY * np.array([grip(wetness, ice, float(v)) for v in middle])
    return float((middle / rate).sum() * speed / count)
