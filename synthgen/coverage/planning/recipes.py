"""Recipes for targets: from what columns shall be to lines of overrides."""

from collections.abc import Mapping, Sequence

from synthgen.coverage.planning.controls import (
    CONDITIONS,
    LIGHTS,
    LIMITS,
    NAMED,
    PLACES,
    WEATHERS,
    WITH_PEOPLE,
    narrowed,
    settings,
)
from synthgen.coverage.planning.meetings import EVERY, Counted, encounter
from synthgen.coverage.planning.recipe import Recipe, features
from synthgen.coverage.planning.settings import Contradiction, Settings
from synthgen.coverage.planning.wish import Wish
from synthgen.coverage.properties import PROPERTIES

TRIES = (1, 2)
"""Encounters for each target in a world: a second costs a frame, another world a drive as well."""
BY_CHANCE = 10
"""Frames of a world in which a target is met by chance: as many as a world usually has."""
TOGETHER = 4
"""Targets at most that a recipe serves."""
PLACES_TRIED = 2
"""Places at most in which a group of targets is looked for."""
FASTER = 1.25
"""By which a place's speed limit is above a speed that is often driven there."""
EDGE = 0.02
"""Share of a range [low, high) that is left out at its upper end, which is not in the range."""
_NUMBERS = ("weather.rain", "weather.snow", "weather.visibility", "weather.wetness")


def recipes(
    wishes: Sequence[Wish], base: Sequence[str], favoured: str = "", counted: Counted = EVERY
) -> list[Recipe]:
    """Return recipes for every wish alone and for wishes that one world can serve together.

    Args:
        wishes: that some world can meet, see `controls.settings`.
        base: overrides that hold for all, the user's own: rig, labels, ...
        favoured: place to look at first, empty for none.
        counted: what the label rules let count.
    """
    found: dict[str, Recipe] = {}
    for group in [*([wish] for wish in wishes), *groups(wishes)]:
        for place in _places(group, favoured):
            for tries in TRIES if any(_placed(wish) for wish in group) else TRIES[:1]:
                events = _events(group, tries, counted)
                recipe = _recipe(group, place, events, base)
                found.setdefault(recipe.key, recipe)
    return list(found.values())


def groups(wishes: Sequence[Wish]) -> list[list[Wish]]:
    """Return groups of 2 to `TOGETHER` wishes that one world can meet, each wish's own first.

    From each wish on, those after it (in a ring) join that ask for something of the same
    conditions, as long as all their demands hold together. A dog in rain does not join an
    ambulance at night, though a rainy night has room for both: all dogs would be met at night, and
    nobody asked for that.
    """
    found: dict[tuple[str, ...], list[Wish]] = {}
    for start in range(len(wishes)):
        group: list[Wish] = []
        for wish in [*wishes[start:], *wishes[:start]]:
            alike = _asked(wish) == _asked(wishes[start])
            if alike and len(group) < TOGETHER and _together([*group, wish]) is not None:
                group.append(wish)
        if len(group) > 1:
            found.setdefault(tuple(sorted(one.id for one in group)), group)
    return list(found.values())


def _asked(wish: Wish) -> frozenset[str]:
    """Return the conditions that a wish says anything of."""
    return frozenset(wish.columns) & CONDITIONS


def _together(group: Sequence[Wish]) -> Settings | None:
    """Return what the world of a group must be like, without its encounters; None: no world is."""
    found = Settings()
    try:
        for wish in group:
            found = found.both(_world(settings(wish.columns)))
        return narrowed(found)
    except Contradiction:
        return None


def _world(found: Settings) -> Settings:
    """Return what `found` says of the world, without whom is met."""
    return Settings(
        {key: names for key, names in found.names.items() if not key.startswith("encounter.")},
        {key: bounds for key, bounds in found.ranges.items() if not key.startswith("encounter.")},
    )


def _placed(wish: Wish) -> bool:
    """Return whether someone is placed on purpose for `wish`."""
    return "encounter.who" in settings(wish.columns).names


def _places(group: Sequence[Wish], favoured: str) -> tuple[str, ...]:
    """Return where to look for a group: where the ego car is often as fast as asked, then what is
    `favoured`, then where people are.
    """
    found = _together(group)
    allowed = (found or Settings()).names.get("place", frozenset(PLACES))
    usual = [place for place in (favoured, *WITH_PEOPLE, *PLACES) if place in allowed]
    speed = max(wish.bounds("ego_speed", 0.0, 0.0)[0] for wish in group)
    usual.sort(key=lambda place: LIMITS[place] < FASTER * speed)
    return tuple(dict.fromkeys(usual))[:PLACES_TRIED]


def _events(group: Sequence[Wish], tries: int, counted: Counted) -> list[str]:
    """Return so many encounters for each wish of a group."""
    events: list[str] = []
    for wish in [one for _ in range(tries) for one in group]:
        events += encounter(wish, len(events), counted)
    return events


def _recipe(
    group: Sequence[Wish], place: str, events: Sequence[str], base: Sequence[str]
) -> Recipe:
    """Return the recipe of one world for `group` at `place` with these events."""
    found = _together(group)
    if found is None:
        raise ValueError(f"no world serves {', '.join(wish.id for wish in group)} together")
    frames = max([len(events), 1, *(BY_CHANCE for wish in group if _by_chance(wish))])
    line = (
        *base, "scene=clear_day", *world_overrides(found, place, _farthest(group)),
        f"events=[{','.join(events)}]", "clip=stills", f"clip.frames={frames}",
    )  # fmt: skip
    name = "-".join([*(wish.id for wish in group), place, str(frames)])
    return Recipe(name, line, frames, tuple(wish.id for wish in group), features(line))


def _by_chance(wish: Wish) -> bool:
    """Return whether objects are asked for that no encounter brings."""
    objects = {name for name, one in PROPERTIES.items() if one.of_object}
    return not _placed(wish) and bool(objects & set(wish.columns))


def _farthest(group: Sequence[Wish]) -> float:
    """Return the distance [m] to which things must be seen."""
    return max((wish.bounds("distance", 0.0, 0.0)[1] for wish in group), default=0.0)


def world_overrides(found: Settings, place: str, farthest: float) -> list[str]:
    """Return the overrides of a world that meets `found` at `place`.

    What is not asked for is a dry day with the grid on. In fog of no asked density one sees as
    far as the target is away.

    Args:
        found: demands on the world.
        place: kind of place.
        farthest: [m] to which things must be seen.
    """
    light = _first(LIGHTS, found.names.get("light", frozenset(LIGHTS)))
    weathers = [one for names in NAMED.values() for one in names]
    weather = _first(weathers, found.names.get("weather", frozenset(weathers)))
    power = _first(("on", "blocks", "off"), found.names.get("power", frozenset({"on"})))
    line = [f"weather={weather}", f"light={light}", f"place={place}", f"power={power}"]
    line += ["place.season=winter"] if weather == "snow" else []
    ranges = dict(found.ranges)
    if weather == "fog" and farthest:
        ranges.setdefault("weather.visibility", (max(40.0, farthest), max(600.0, farthest)))
    if "light.sun_elevation" in ranges:
        line.append(_drawn("light.sun_elevation", ranges["light.sun_elevation"], LIGHTS[light]))
    bands = {"weather.wetness": (0.0, 1.0), **WEATHERS[weather]}
    return line + [
        _drawn(key, ranges[key], bands.get(key, ranges[key])) for key in _NUMBERS if key in ranges
    ]


def _first(order: Sequence[str] | Mapping[str, object], allowed: frozenset[str]) -> str:
    return next(name for name in order if name in allowed)


def _drawn(key: str, asked: tuple[float, float], band: tuple[float, float]) -> str:
    """Return an override that draws `key` from what is both asked and in the weather's band."""
    low, high = max(asked[0], band[0]), min(asked[1], band[1])
    if high <= low:
        return f"{key}={low:g}"
    form = "log_uniform" if key == "weather.visibility" and low > 0 else "uniform"
    return f"{key}={{{form}:[{low:g},{high - EDGE * (high - low):g}]}}"
