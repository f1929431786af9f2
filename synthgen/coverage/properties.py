"""What axes can be cut along: properties of frames and objects, as SQL over their tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import degrees, inf, pi

from synthgen.classes import CLASSES
from synthgen.coverage.columns import LAMPS, POWER, TIMES_OF_DAY, WEATHERS

UNITS: Mapping[tuple[str, str], float] = {
    ("rad", "deg"): degrees(1),
    ("deg", "rad"): 1 / degrees(1),
    ("m/s", "km/h"): 3.6,
    ("1", "%"): 100.0,
    ("m", "km"): 1e-3,
}
"""What a number in the first unit is multiplied by to be one in the second."""


@dataclass(frozen=True, kw_only=True)
class Property:
    """One property.

    Attributes:
        low: SQL over a row `f` of frames and, of an object, `o` of objects: its value, NULL where
            it is not told; of what is known between bounds only, the lower one.
        high: the upper one; empty where `low` says all.
        of_object: whether objects have it, else frames.
        unit: of numbers; empty for names.
        least: smallest number possible.
        most: largest number possible.
        circle: numbers are angles: all that differ by a whole turn are one.
        known: all names possible; empty where a data set may have any.
    """

    low: str
    high: str = ""
    of_object: bool = True
    unit: str = ""
    least: float = -inf
    most: float = inf
    circle: bool = False
    known: tuple[str, ...] = ()


def _frame(column: str, **told: object) -> Property:
    return Property(low=f"f.{column}", of_object=False, **told)  # type: ignore[arg-type]


def _size(column: str, unit: str) -> Property:
    return Property(low=f"o.{column}", unit=unit, least=0.0)


def _share(column: str) -> Property:
    low, high = f"o.{column}_low", f"o.{column}_high"
    return Property(low=low, high=high, unit="1", least=0.0, most=1.0)


PROPERTIES: Mapping[str, Property] = {
    "time_of_day": _frame("time_of_day", known=TIMES_OF_DAY),
    "weather": _frame("weather", known=WEATHERS),
    "sun_elevation": _frame("sun_elevation", unit="deg", least=-90.0, most=90.0),
    "illuminance": _frame("illuminance", unit="lx", least=0.0),
    "rain": _frame("rain", unit="mm/h", least=0.0),
    "snow": _frame("snow", unit="mm/h", least=0.0),
    "visibility": _frame("visibility", unit="m", least=0.0),
    "wetness": _frame("wetness", unit="1", least=0.0, most=1.0),
    "power": _frame("power", known=POWER),
    "place": _frame("place"),
    "ego_speed": _frame("ego_speed", unit="m/s", least=0.0),
    "fault": _frame("fault"),
    "split": _frame("split"),
    "image_width": _frame("width", unit="px", least=0.0),
    "image_height": _frame("height", unit="px", least=0.0),
    "class": Property(low='o."class"', known=tuple(CLASSES)),
    "label": Property(low="o.label"),
    "subtype": Property(low="o.subtype"),
    "distance": _size("distance", "m"),
    "lateral": Property(low="o.lateral", unit="m"),
    "occlusion": _share("occlusion"),
    "truncation": _share("truncation"),
    "box_width": Property(low='(o."right" - o."left")', unit="px", least=0.0),
    "box_height": Property(low='(o."bottom" - o."top")', unit="px", least=0.0),
    "aspect": Property(low="o.aspect", unit="rad", least=-pi, most=pi, circle=True),
    "length": _size("length", "m"),
    "width": _size("width", "m"),
    "height": _size("height", "m"),
    "speed": _size("speed", "m/s"),
    "lidar_points": _size("lidar_points", "1"),
    "lamps": Property(low="o.lamps", known=LAMPS),
}
"""By the name that an axis gives as its column."""


def factor(column: str, unit: str) -> float | None:
    """Return what the property `column` is multiplied by to be in `unit`; None: no such unit."""
    own = PROPERTIES[column].unit
    return 1.0 if unit in ("", own) else UNITS.get((own, unit))
