"""What driving vehicles radiate: tyres and engines by octave, after CNOSSOS-EU."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.sound.spectrum import a_level, level, power

REFERENCE_SPEED = 70 / 3.6
"""[m/s]."""
_SLOWEST = 20 / 3.6
"""[m/s] Below it the engine counts as at it (CNOSSOS-EU, section 2.2.2)."""
_CREEP = 0.3
"""[m/s] Slower tyres are silent."""
HEIGHT = 0.05
"""[m] of the source over the road (CNOSSOS-EU, section 2.2.1)."""
_HALF_SPACE = 8.0 + 6.0
"""[dB] From sound power over a hard road, 10 lg(2 pi), to the free field at 1 m of a source so near
to the road that its mirror image adds up in phase (6 dB)."""
_WET = np.array([0.0, 0.0, 0.0, 1.0, 3.0, 5.0, 7.0, 8.0])
"""[dB] That a flooded road adds to tyres by octave: 3 to 8 dB above 1 kHz (estimate)."""


@dataclass(frozen=True)
class Category:
    """Sound power of one category of vehicles: levels by octave, dB of 1 pW.

    Attributes:
        rolling: A_R at 70 km/h.
        rolling_slope: B_R, over the decimal logarithm of speed.
        engine: A_P at 70 km/h.
        engine_slope: B_P, over (v - 70) / 70.
    """

    rolling: tuple[float, ...]
    rolling_slope: tuple[float, ...]
    engine: tuple[float, ...]
    engine_slope: tuple[float, ...]


_SILENT = (-50.0,) * 8
LIGHT, MEDIUM, HEAVY, MOPED, MOTORCYCLE = "light", "medium", "heavy", "moped", "motorcycle"
CATEGORIES: Mapping[str, Category] = {
    LIGHT: Category(
        (79.7, 85.7, 84.5, 90.2, 97.3, 93.9, 84.1, 74.3),
        (30.0, 41.5, 38.9, 25.7, 32.5, 37.2, 39.0, 40.0),
        (94.5, 89.2, 88.0, 85.9, 84.2, 86.9, 83.3, 76.1),
        (-1.3, 7.2, 7.7, 8.0, 8.0, 8.0, 8.0, 8.0),
    ),
    MEDIUM: Category(
        (84.0, 88.7, 91.5, 96.7, 97.4, 90.9, 83.8, 80.5),
        (30.0, 35.8, 32.6, 23.8, 30.1, 36.2, 38.3, 40.1),
        (101.0, 96.5, 98.8, 96.8, 98.6, 95.2, 88.8, 82.7),
        (-1.9, 4.7, 6.4, 6.5, 6.5, 6.5, 6.5, 6.5),
    ),
    HEAVY: Category(
        (87.0, 91.7, 94.1, 100.7, 100.8, 94.3, 87.1, 82.5),
        (30.0, 33.5, 31.3, 25.4, 31.8, 37.1, 38.6, 40.6),
        (104.4, 100.6, 101.7, 101.0, 100.1, 95.9, 91.3, 85.3),
        (0.0, 3.0, 4.6, 5.0, 5.0, 5.0, 5.0, 5.0),
    ),
    MOPED: Category(
        _SILENT, (0.0,) * 8,
        (93.0, 93.0, 93.5, 95.3, 97.2, 100.4, 95.8, 90.9),
        (4.2, 7.4, 9.8, 11.6, 15.7, 18.9, 20.3, 20.6),
    ),
    MOTORCYCLE: Category(
        _SILENT, (0.0,) * 8,
        (99.9, 101.9, 96.7, 94.4, 95.2, 94.7, 92.1, 88.6),
        (3.2, 5.9, 11.9, 11.6, 11.5, 12.6, 11.1, 12.0),
    ),
}  # fmt: skip
"""Source: Commission Directive (EU) 2015/996, annex, table F-1; categories 1, 2, 3, 4a, 4b. Valid
for 20 to 130 km/h on a dry, even road at 20 degC."""

_BY_SUBTYPE = {
    "articulated_truck": HEAVY, "articulated_bus": HEAVY, "ladder": HEAVY, "scooter": MOPED,
    "us_box": MEDIUM,
}  # fmt: skip
_BY_KIND = {
    "car": LIGHT, "van": LIGHT, "police_car": LIGHT, "ambulance": LIGHT, "ego": LIGHT,
    "truck": MEDIUM, "bus": MEDIUM, "fire_engine": MEDIUM, "motorcycle": MOTORCYCLE,
}  # fmt: skip


def category_of(kind: str, subtype: str) -> str:
    """Return the category of a class of vehicle, empty for what makes no noise that counts.

    Two axles over 3.5 t are medium, more are heavy (CNOSSOS-EU, table 2.2.a).
    """
    return _BY_SUBTYPE.get(subtype) or _BY_KIND.get(kind, "")


def tyre_levels(name: str, speed: Float[Array, "n"], wetness: float = 0.0) -> Float[Array, "n 8"]:
    """Return the levels [dB] by octave at 1 m in free field of tyres at `speed` [m/s].

    Source: CNOSSOS-EU, equation 2.2.4: L_WR = A_R + B_R lg(v / 70 km/h).
    """
    known, pace = CATEGORIES[name], np.abs(speed)
    relative = np.log10(np.maximum(pace, _CREEP) / REFERENCE_SPEED)[:, None]
    rows = np.array(known.rolling) + np.array(known.rolling_slope) * relative
    rows = rows - _HALF_SPACE + wetness * _WET
    found: Float[Array, "n 8"] = np.where(pace[:, None] < _CREEP, -100.0, rows)
    return found


def engine_levels(name: str, speed: Float[Array, "n"]) -> Float[Array, "n 8"]:
    """Return the levels [dB] by octave at 1 m in free field of the engine at `speed` [m/s].

    Source: CNOSSOS-EU, equation 2.2.11: L_WP = A_P + B_P (v - 70 km/h) / 70 km/h.
    """
    known, pace = CATEGORIES[name], np.maximum(np.abs(speed), _SLOWEST)
    relative = ((pace - REFERENCE_SPEED) / REFERENCE_SPEED)[:, None]
    found: Float[Array, "n 8"] = (
        np.array(known.engine) + np.array(known.engine_slope) * relative - _HALF_SPACE
    )
    return found


def passing_level(name: str, speed: float, distance: float) -> float:
    """Return the level [dB(A)] of a vehicle at `speed` [m/s] that passes at `distance` [m]."""
    pace = np.array([speed])
    total = power(tyre_levels(name, pace)) + power(engine_levels(name, pace))
    ground = 6.0
    return float(a_level(level(total))[0]) + ground - 20 * float(np.log10(distance))
