"""Every key that can be drawn, with its unit and its range: the vocabulary of scene files."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from synthgen.assets.fleet import MODELS
from synthgen.classes import EMERGENCY
from synthgen.events import ANY
from synthgen.spec.support import Support
from synthgen.spec.wording import choices, flow, nearest

ROAD_USERS = ("car", "van", "truck", "bus", "motorcycle", "bicycle", *sorted(EMERGENCY))
PLACES = (
    "downtown", "suburb", "arterial", "industrial", "rural", "motorway", "osm", "opendrive",
)  # fmt: skip
MET = (*ROAD_USERS, "pedestrian", "dog", "cat", "deer")
SUBTYPES = tuple(sorted({subtype for kind in MET for subtype in MODELS[kind]}))
"""Of all who can be met."""
SWITCH = ("on", "off")
POWER = (*SWITCH, "blocks")
DROPS = ("rain", "drizzle")
SEASONS = ("any", "spring", "summer", "autumn", "winter")


@dataclass(frozen=True)
class Quantity:
    """What a key may be.

    Attributes:
        unit: of a number, empty for a pure number.
        low: smallest number.
        high: largest number.
        above: whether `low` itself is excluded.
        names: the allowed names; then numbers are not allowed.
    """

    unit: str = ""
    low: float = -inf
    high: float = inf
    above: bool = False
    names: tuple[str, ...] = ()

    def expected(self) -> str:
        """Return what is allowed, in words."""
        if self.names:
            return choices(self.names)
        unit = f" {self.unit}" if self.unit else ""
        if self.low > -inf and self.high < inf and not self.above:
            return f"a number from {flow(self.low)} to {flow(self.high)}{unit}"
        least = f" {'above' if self.above else 'of at least'} {flow(self.low)}{unit}"
        most = f" and at most {flow(self.high)}{unit}" if self.high < inf else ""
        return "a number" + (least if self.low > -inf else f" [{self.unit}]") + most

    def fault(self, support: Support) -> str:
        """Return the first value of `support` that is not allowed, or an empty string."""
        if self.names:
            odd = sorted(support.names - set(self.names))
            return odd[0] if odd else (flow(support.low) if support.low < inf else "")
        if support.names:
            return sorted(support.names)[0]
        if support.low < self.low or (self.above and support.low <= self.low):
            return flow(support.low)
        return flow(support.high) if support.high > self.high else ""

    def hint(self, word: str) -> str:
        """Return `; did you mean NAME?` where a name is close to `word`."""
        return nearest(word, self.names)


_ANGLE, _SHARE = Quantity("deg"), Quantity(low=0, high=1)
_HEIGHT = Quantity("deg", -90, 90)
_LUMINANCE = Quantity("cd/m2", 0, 1e6)

QUANTITIES: Mapping[str, Quantity] = {
    "power": Quantity(names=POWER),
    "grid.fed": _SHARE,
    "grid.generator": _SHARE,
    "grid.backup": _SHARE,
    "grid.flashing": _SHARE,
    "grid.torches": _SHARE,
    "place.kind": Quantity(names=PLACES),
    "place.season": Quantity(names=SEASONS),
    "place.vehicles": Quantity("per lane-km", 0, 150),
    "place.pedestrians": Quantity("per km of sidewalk", 0, 1000),
    "place.parked": _SHARE,
    "place.trucks": Quantity(low=0, high=1e6),
    "weather.rain": Quantity("mm/h", 0, 300),
    "weather.drops": Quantity(names=DROPS),
    "weather.fog_bank.share": _SHARE,
    "weather.fog_bank.visibility": Quantity("m", 5, 2000),
    "weather.fog_bank.height": Quantity("m", 0.5, 100),
    "weather.fog_bank.length": Quantity("m", 5, 1000),
    "weather.smoke.chimneys": _SHARE,
    "weather.smoke.fire": Quantity("MW", 0, 20),
    "weather.spray": Quantity("mm of water", 0, 5),
    "weather.snow": Quantity("mm/h of water", 0, 20),
    "weather.snow_cover": Quantity("cm", 0, 30),
    "weather.visibility": Quantity("m", 0, 300_000, above=True),
    "weather.lidar_ratio": Quantity("sr", 10, 150),
    "weather.cloud": _SHARE,
    "weather.wind": Quantity("m/s", 0, 60),
    "weather.wind_azimuth": _ANGLE,
    "weather.wetness": _SHARE,
    "weather.lightning": _LUMINANCE,
    "light.by": Quantity(names=("angles", "date")),
    "light.year": Quantity(low=1950, high=2050),
    "light.day": Quantity(low=1, high=366),
    "light.time": Quantity("h", 0, 24),
    "light.latitude": _HEIGHT,
    "light.longitude": Quantity("deg", -180, 180),
    "light.sun_elevation": _HEIGHT,
    "light.sun_azimuth": _ANGLE,
    "light.moon_elevation": _HEIGHT,
    "light.moon_azimuth": _ANGLE,
    "light.moon_phase": _SHARE,
    "light.skyglow": _LUMINANCE,
    "lens.drops": _SHARE,
    "lens.wiper": Quantity("s", 0, 10),
    "lens.dirt": _SHARE,
    "lens.condensation": _SHARE,
    "lens.seed": Quantity(low=0, high=2**31 - 1),
    "traffic.vehicles": Quantity("per lane-km", 0, 150),
    "traffic.pedestrians": Quantity("per km of sidewalk", 0, 1000),
    "traffic.parked": _SHARE,
    "traffic.responding": _SHARE,
    "traffic.doors": _SHARE,
    **{f"traffic.shares.{kind}": Quantity(low=0, high=1e6) for kind in ROAD_USERS},
}
"""Every key outside `events`. 150 vehicles per lane-km is standing traffic bumper to bumper."""

_FRAME, _STEP_OUT = Quantity(low=0, high=1e6), Quantity("m", 4, 60)
_BLOCKAGE = {"frame": _FRAME, "distance": Quantity("m", 5, 100)}

EVENTS: Mapping[str, Mapping[str, Quantity]] = {
    "companion": {
        "who": Quantity(names=ROAD_USERS),
        "ahead": Quantity("m", -200, 200),
        "responding": Quantity(names=SWITCH),
    },
    "encounter": {
        "who": Quantity(names=MET),
        "nearest": Quantity("m", 0, 200),
        "farthest": Quantity("m", 0, 200, above=True),
        "occlusion_least": _SHARE,
        "occlusion_most": Quantity(low=0, high=1, above=True),
        "responding": Quantity(names=(*SWITCH, ANY)),
        "subtype": Quantity(names=(ANY, *SUBTYPES)),
        "truncation_least": _SHARE,
        "truncation_most": Quantity(low=0, high=1, above=True),
        "height_least": Quantity("px", 0),
        "height_most": Quantity("px", 0, above=True),
        "aspect_least": Quantity("deg", -360, 360),
        "aspect_most": Quantity("deg", -360, 720),
        "ego_speed_least": Quantity("m/s", 0, 100),
        "ego_speed_most": Quantity("m/s", 0, 100, above=True),
    },
    "cut_in": {"frame": _FRAME, "distance": Quantity("m", 3, 40)},
    "near_miss": {
        "frame": _FRAME,
        "how": Quantity(names=("brake", "cross")),
        "gap": Quantity("s", 0.8, 4),
    },
    "child_behind_parked_car": {"frame": _FRAME, "distance": _STEP_OUT},
    "dog_crossing": {"frame": _FRAME, "distance": _STEP_OUT},
    "deer_crossing": {"frame": _FRAME, "distance": _STEP_OUT},
    "emergency": {
        "frame": _FRAME,
        "who": Quantity(names=tuple(sorted(EMERGENCY))),
        "origin": Quantity(names=("behind", "side", "oncoming")),
        "distance": Quantity("m", 5, 80),
        "responding": Quantity(names=SWITCH),
    },
    "crash": _BLOCKAGE,
    "fallen_tree": _BLOCKAGE,
    "road_works": _BLOCKAGE,
    "breakdown": _BLOCKAGE,
}
"""The keys of each kind of event. Nearer than 4 m nobody who drives could still stop; farther
than these distances the ego car's street has seldom room for the event."""

EVENT_DEFAULTS: Mapping[str, Mapping[str, float | str]] = {
    "encounter": {
        "nearest": 0.0, "farthest": 200.0, "occlusion_least": 0.0, "occlusion_most": 1.0,
        "responding": ANY,
    },
}  # fmt: skip
"""Keys of events that need not be given."""
EVENT_OPTIONS: Mapping[str, frozenset[str]] = {
    "encounter": frozenset({
        "subtype", "truncation_least", "truncation_most", "height_least", "height_most",
        "aspect_least", "aspect_most", "ego_speed_least", "ego_speed_most",
    }),
}  # fmt: skip
"""Keys of events that ask for nothing where they are not given, and are not drawn then."""

PER_SHARD = frozenset({"place.kind", "place.season"})
"""Keys that all clips of a shard share: they live in one city."""


def quantity(key: str, events: Sequence[str] = ()) -> Quantity:
    """Return what `key` may be; `events` are the kinds of the events, for `events.3.who`."""
    event = re.fullmatch(r"events\.(\d+)\.(\w+)", key)
    return EVENTS[events[int(event[1])]][event[2]] if event else QUANTITIES[key]


CONDITIONS = ("weather", "light", "grid", "power")
"""Sections of keys that decide how a moment looks; twins have draws of their own for these. All
others decide what there is and how it moves, which twins share."""


def is_condition(key: str) -> bool:
    """Return whether `key` may differ between twins."""
    return key.split(".")[0] in CONDITIONS
