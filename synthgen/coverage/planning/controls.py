"""Which values of which column a world can be made to have, and by which keys.

This is the whole of it, in the open. A column that is not here cannot be asked of a world: such a
target is met by chance or not at all, and the pilot tells how often.

column         by
time_of_day    light=day, dusk, night
sun_elevation  light.sun_elevation, within the light's own band
weather        weather=clear, overcast, drizzle or rain or storm, snow, fog
rain, snow, visibility, wetness   weather.rain, .snow, .visibility, .wetness, within its weather
power          power=on, blocks, off
place          place=downtown, suburb, arterial, industrial, rural, motorway
ego_speed      place, by its speed limits; a bound of the encounter where somebody is met
class, subtype                    an event encounter with this road user, walker or animal
distance, occlusion, truncation, box_height, aspect     the encounter's bounds
lamps          the encounter's responding
"""

from collections.abc import Callable, Mapping

from synthgen.assets.fleet import MODELS
from synthgen.classes import EMERGENCY
from synthgen.coverage.planning.settings import Contradiction, Settings, Sought
from synthgen.spec.quantity import ROAD_USERS
from synthgen.traffic.motorway import SPEEDS
from synthgen.traffic.styles import STYLES

WALKERS = ("pedestrian", "dog", "cat", "deer")
WHO = (*ROAD_USERS, *WALKERS)
"""Whom an encounter can be with."""
PLACES = ("downtown", "suburb", "arterial", "industrial", "rural", "motorway")
WITH_PEOPLE = ("downtown", "suburb", "arterial", "industrial")
"""Places with sidewalks."""
LIMITS: Mapping[str, float] = {
    **{place: max(style.speed) for place, style in STYLES.items()}, "motorway": max(SPEEDS),
}  # fmt: skip
"""[m/s] highest speed limit of each kind of place: the car that carries the sensors keeps to it."""
OVER = 1.05
"""By which it may be faster where its way is smoothed."""
SUBTYPES: Mapping[str, frozenset[str]] = {kind: frozenset(MODELS[kind]) for kind in WHO}
"""Of whom an encounter can be with."""

LIGHTS: Mapping[str, tuple[float, float]] = {
    "day": (6.0, 90.0), "dusk": (-6.0, 6.0), "night": (-90.0, -6.0),
}  # fmt: skip
"""[deg] the sun may stand at, by light: the bands that name a time of day."""

FOG = 1000.0
"""[m] optical range below which air is fog (WMO-No. 8, chapter 9, 2018)."""
_DRY = {"weather.rain": (0.0, 0.0), "weather.snow": (0.0, 0.0)}
_SIGHT = {"weather.visibility": (FOG, 300_000.0)}
WEATHERS: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "clear": {**_DRY, **_SIGHT},
    "overcast": {**_DRY, **_SIGHT},
    "drizzle": {**_SIGHT, "weather.rain": (0.1, 2.0), "weather.snow": (0.0, 0.0)},
    "rain": {**_SIGHT, "weather.rain": (0.5, 30.0), "weather.snow": (0.0, 0.0)},
    "storm": {**_SIGHT, "weather.rain": (10.0, 300.0), "weather.snow": (0.0, 0.0)},
    "snow": {**_SIGHT, "weather.rain": (0.0, 0.0), "weather.snow": (0.1, 20.0)},
    "fog": {**_DRY, "weather.visibility": (5.0, FOG)},
}
"""What each weather's numbers may be without its having to be called another."""
NAMED: Mapping[str, tuple[str, ...]] = {
    "clear": ("clear",), "overcast": ("overcast",), "rain": ("rain", "storm", "drizzle"),
    "snow": ("snow",), "fog": ("fog",),
}  # fmt: skip
"""Weathers by what an audit calls them, the usual one first."""


def settings(columns: Mapping[str, Sought]) -> Settings:
    """Return what a world must be like so that `columns` can be met.

    Raises:
        Contradiction: when no world can be.
    """
    found = Settings()
    for column, sought in columns.items():
        if column in CONTROLS and (column != "subtype" or _can_be_met(columns)):
            found = found.both(CONTROLS[column](sought))
    return narrowed(found)


def _can_be_met(columns: Mapping[str, Sought]) -> bool:
    """Return whether somebody of the class asked for, if any is, can be placed."""
    kinds = columns.get("class", frozenset(WHO))
    return isinstance(kinds, frozenset) and bool(kinds & set(WHO))


def narrowed(found: Settings) -> Settings:
    """Return `found` with only those lights and weathers whose numbers may be what is asked.

    Raises:
        Contradiction: when none is left.
    """
    bands = {"light": {k: {"light.sun_elevation": v} for k, v in LIGHTS.items()},
             "weather": WEATHERS}  # fmt: skip
    names = dict(found.names)
    for group, table in bands.items():
        asked = {key: found.ranges[key] for key in _keys(table) if key in found.ranges}
        if asked:
            wanted = names.get(group, frozenset(table))
            names[group] = frozenset(one for one in wanted if _fits(table[one], asked))
            if not names[group]:
                raise Contradiction(_clash(group, wanted, asked))
    return Settings(names, found.ranges)


def _keys(table: Mapping[str, Mapping[str, tuple[float, float]]]) -> list[str]:
    return sorted({key for band in table.values() for key in band})


def _fits(
    band: Mapping[str, tuple[float, float]], asked: Mapping[str, tuple[float, float]]
) -> bool:
    return all(max(band[k][0], low) <= min(band[k][1], high) for k, (low, high) in asked.items())


def _clash(group: str, wanted: frozenset[str], asked: Mapping[str, tuple[float, float]]) -> str:
    told = ", ".join(f"{key} from {low:g} to {high:g}" for key, (low, high) in asked.items())
    return f"{group}={'|'.join(sorted(wanted))} never has {told}"


# Columns ----------------------------------------------------------------------------------------


def _names(group: str, allowed: Mapping[str, tuple[str, ...]]) -> Callable[[Sought], Settings]:
    """Return the control of a column of names by a group whose members stand for these names."""

    def control(sought: Sought) -> Settings:
        if isinstance(sought, tuple):
            raise Contradiction(f"{group}: a range of numbers, where names are told apart")
        found = [member for name in sorted(sought) for member in allowed.get(name, ())]
        if not found:
            raise Contradiction(
                f"{group}: the generator has {', '.join(allowed)}, no {' or '.join(sorted(sought))}"
            )
        return Settings(names={group: frozenset(found)})

    return control


def _range(key: str) -> Callable[[Sought], Settings]:
    """Return the control of a column of numbers by the key that sets them."""

    def control(sought: Sought) -> Settings:
        if isinstance(sought, frozenset):
            raise Contradiction(f"{key}: names, where numbers are")
        return Settings(ranges={key: sought})

    return control


def _speed(sought: Sought) -> Settings:
    if isinstance(sought, frozenset):
        raise Contradiction("ego_speed: names, where numbers are")
    places = frozenset(place for place in PLACES if OVER * LIMITS[place] > sought[0])
    if not places:
        told = ", ".join(f"{place} {LIMITS[place]:.1f}" for place in PLACES)
        raise Contradiction(
            f"ego_speed of at least {sought[0]:g} m/s: above every speed limit [m/s], even with "
            f"{OVER - 1:.0%} more: {told}"
        )
    return Settings({"place": places}, {"encounter.ego_speed": sought})


def _who(sought: Sought) -> Settings:
    """Classes that an encounter can be with; the others are met by chance."""
    if isinstance(sought, tuple) or not sought & set(WHO):
        return Settings()
    walkers = {"place": frozenset(WITH_PEOPLE)} if sought & {"pedestrian"} == sought else {}
    return Settings(names={"encounter.who": frozenset(sought & set(WHO)), **walkers})


def _subtype(sought: Sought) -> Settings:
    """Subtypes of whom an encounter can be with; the others are met by chance."""
    if isinstance(sought, tuple):
        raise Contradiction("subtype: a range of numbers, where names are told apart")
    kinds = frozenset(kind for kind in WHO if sought & SUBTYPES[kind])
    if not kinds:
        return Settings()
    own = frozenset(name for kind in kinds for name in sought & SUBTYPES[kind])
    return _who(kinds).both(Settings(names={"encounter.subtype": own}))


def _lamps(sought: Sought) -> Settings:
    if isinstance(sought, tuple):
        raise Contradiction("lamps: a range of numbers, where names are told apart")
    lit = Settings(names={"encounter.responding": sought})
    return lit.both(Settings(names={"encounter.who": frozenset(EMERGENCY)}))


def _same(names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {name: (name,) for name in names}


CONTROLS: Mapping[str, Callable[[Sought], Settings]] = {
    "time_of_day": _names("light", _same(tuple(LIGHTS))),
    "sun_elevation": _range("light.sun_elevation"),
    "weather": _names("weather", NAMED),
    "rain": _range("weather.rain"),
    "snow": _range("weather.snow"),
    "visibility": _range("weather.visibility"),
    "wetness": _range("weather.wetness"),
    "power": _names("power", _same(("on", "blocks", "off"))),
    "place": _names("place", _same(PLACES)),
    "ego_speed": _speed,
    "class": _who,
    "subtype": _subtype,
    "distance": _range("encounter.distance"),
    "occlusion": _range("encounter.occlusion"),
    "truncation": _range("encounter.truncation"),
    "box_height": _range("encounter.height"),
    "aspect": _range("encounter.aspect"),
    "lamps": _lamps,
}
"""By column."""
OF_WHOM = frozenset(
    {"class", "subtype", "distance", "occlusion", "truncation", "box_height", "aspect", "lamps"}
)
CONDITIONS = frozenset(CONTROLS) - OF_WHOM
"""Columns of a world, not of whom one meets in it."""
