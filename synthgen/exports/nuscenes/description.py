"""What a scene's description says: words that users of nuScenes look for."""

from collections.abc import Mapping

import numpy as np

NIGHT, TWILIGHT = -6.0, 0.0
"""[deg] Sun elevation below which it is night, and dusk or dawn: end of civil twilight, sunset."""
FOG = 1000.0
"""[m] Visibility below which there is fog. Source: World Meteorological Organization, "Manual on
Codes", WMO-No. 306, present weather, fog."""
_RAIN = ((2.5, "light rain"), (10.0, "rain"), (np.inf, "heavy rain"))
"""[mm/h] Up to which rain is called so. Source: WMO-No. 8, 2018, volume I, chapter 14, annex."""


def description(environment: Mapping, kinds: frozenset[str]) -> str:
    """Return e.g. `Night, heavy rain, power cut, ambulance, downtown`.

    Users filter scenes by whether `rain` or `night` is in this text, so no other sky names them.

    Args:
        environment: a row of `frames.parquet`.
        kinds: classes of the objects of the clip.
    """
    words = [_day(environment), *_air(environment)]
    if not environment["power"] or environment["grid_fed"] < 1:
        words.append("power cut")
    emergency = ("ambulance", "fire_engine", "police_car")
    words += [kind.replace("_", " ") for kind in emergency if kind in kinds]
    return ", ".join(words)


def _day(environment: Mapping) -> str:
    sun = np.degrees(environment["sun_elevation"])
    if sun < NIGHT:
        return "Night"
    return "Twilight" if sun < TWILIGHT else "Day"


def _air(environment: Mapping) -> list[str]:
    words = []
    if environment["rain"] > 0:
        drizzle = environment["drops"] == "drizzle"
        amount = next(word for top, word in _RAIN if environment["rain"] <= top)
        words.append("drizzle" if drizzle else amount)
    if environment["snow"] > 0:
        words.append("snow")
    if environment["visibility"] < FOG or environment["fog_bank_share"] > 0:
        words.append("fog")
    if environment["snow_cover"] > 0:
        words.append("snow on the ground")
    return words or ["overcast" if environment["cloud"] > 0.8 else "clear"]
