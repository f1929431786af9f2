"""From distributions to values: every draw of a clip, each from the stream of its own name."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, timedelta
from math import radians
from typing import Any

from synthgen.events import EVENT_KINDS, Event
from synthgen.hanging import Bank, Smoke
from synthgen.light.ephemeris import Heavens, heavens
from synthgen.rng import stream
from synthgen.spec.clip import ClipSpec, Conditions, PlaceSpec, TrafficSpec
from synthgen.spec.distribution import Distribution
from synthgen.spec.quantity import EVENTS, PER_SHARD, ROAD_USERS, is_condition
from synthgen.spec.run import RunSpec, draw_order
from synthgen.spec.shard import CLIPS_PER_SHARD
from synthgen.spec.support import Value
from synthgen.world import Environment, Glass, Outage


def resolve(run: RunSpec, clip: int) -> ClipSpec:
    """Return clip number `clip` of `run` with every draw made."""
    drawn = draw(run, clip)
    shard = clip // CLIPS_PER_SHARD
    city = int(stream(run.seed, "draw", "shard", shard, "place.city").integers(2**31))
    return ClipSpec(
        identity=run.identity,
        seed=run.seed,
        clip=clip,
        frames=run.clip.frames,
        gap=run.clip.gap,
        distance=run.clip.distance,
        place=_place(run, drawn, city),
        environment=_environment(drawn),
        traffic=_traffic(drawn),
        draws={**drawn, "place.city": city},
        events=tuple(_event(drawn, number, kind) for number, kind in enumerate(run.events)),
        render=run.render,
        flow=run.flow,
        twins={name: _conditions(run, clip, own, drawn, city) for name, own in run.twins},
    )


def draw(run: RunSpec, clip: int) -> dict[str, Value]:
    """Return the value of every key for `clip`, in the units of the scene files."""
    return _drawn(run, clip, run.draws, {})


def _conditions(
    run: RunSpec, clip: int, own: Mapping[str, Distribution], drawn: Mapping[str, Value], city: int
) -> Conditions:
    """Return the conditions of a twin with draws of its `own`; all else stays as `drawn`.

    Each key keeps its stream, so that twins whose distributions agree draw the same value.
    """
    still = {key: value for key, value in drawn.items() if not is_condition(key)}
    found = _drawn(run, clip, {**run.draws, **own}, still)
    return Conditions(environment=_environment(found), draws={**found, "place.city": city})


def _drawn(
    run: RunSpec, clip: int, draws: Mapping[str, Distribution], known: Mapping[str, Value]
) -> dict[str, Value]:
    """Return a value of each of `draws` for `clip`; what is `known` is not drawn."""
    drawn = dict(known)
    for key in draw_order(draws):
        if key not in known:
            source = draws[key].source(key, drawn)
            share = _share(run.seed, clip, key, source, draws[key].strata())
            drawn[key] = draws[key].quantile(share, drawn)
    return {key: drawn[key] for key in sorted(drawn)}


def _share(seed: int, clip: int, key: str, source: str, strata: int) -> float:
    """Return the number in [0, 1) that `source` gives `key` in `clip`.

    Of every `strata` neighbouring clips each gets another slice of [0, 1); within it, a random
    place. One stratum is plain random sampling.
    """
    scope, index = ("shard", clip // CLIPS_PER_SHARD) if key in PER_SHARD else ("clip", clip)
    block, place = divmod(index, strata)
    within = float(stream(seed, "draw", scope, index, source).random())
    if strata == 1:
        return within
    slices = stream(seed, "draw", "strata", scope, source, block).permutation(strata)
    return float((slices[place] + within) / strata)


def _place(run: RunSpec, drawn: Mapping[str, Value], city: int) -> PlaceSpec:
    kind, season = str(drawn["place.kind"]), str(drawn["place.season"])
    return PlaceSpec(kind=kind, file=run.file, city=city, season=season)


def _environment(drawn: Mapping[str, Value]) -> Environment:
    number = {key: value for key, value in drawn.items() if not isinstance(value, str)}
    above = _above(number, str(drawn["light.by"]))
    return Environment(
        sun_elevation=above.sun_elevation,
        sun_azimuth=above.sun_azimuth,
        moon_elevation=above.moon_elevation,
        moon_azimuth=above.moon_azimuth,
        moon_phase=above.moon_phase,
        cloud=float(number["weather.cloud"]),
        rain=float(number["weather.rain"]),
        visibility=float(number["weather.visibility"]),
        wind=float(number["weather.wind"]),
        wind_azimuth=radians(number["weather.wind_azimuth"]),
        wetness=float(number["weather.wetness"]),
        skyglow=float(number["light.skyglow"]),
        power=drawn["power"] == "on",
        lightning=float(number["weather.lightning"]),
        outage=_outage(number, drawn["power"] == "blocks"),
        drops=str(drawn["weather.drops"]),
        snow=float(number["weather.snow"]),
        bank=Bank(**{one.name: number[f"weather.fog_bank.{one.name}"] for one in fields(Bank)}),
        smoke=Smoke(**{one.name: number[f"weather.smoke.{one.name}"] for one in fields(Smoke)}),
        spray=float(number["weather.spray"]),
        glass=_glass(number),
        snow_cover=float(number["weather.snow_cover"]),
        lidar_ratio=float(number["weather.lidar_ratio"]),
    )


def _above(number: Mapping[str, float], by: str) -> Heavens:
    """Return sun and moon as drawn, or as they stand at the drawn date, time and place."""
    angles = ("sun_elevation", "sun_azimuth", "moon_elevation", "moon_azimuth")
    if by == "angles":
        return Heavens(
            **{name: radians(number[f"light.{name}"]) for name in angles},
            moon_phase=float(number["light.moon_phase"]),
        )
    longitude = number["light.longitude"]
    day = date(int(number["light.year"]), 1, 1) + timedelta(days=int(number["light.day"]) - 1)
    hour = number["light.time"] - longitude / 15
    return heavens(day, hour, radians(number["light.latitude"]), radians(longitude))


def _glass(number: Mapping[str, float]) -> Glass:
    return Glass(
        rain=float(number["lens.drops"] * number["weather.rain"]),
        wiper=float(number["lens.wiper"]),
        dirt=float(number["lens.dirt"]),
        condensation=float(number["lens.condensation"]),
        seed=int(number["lens.seed"]),
    )


def _outage(number: Mapping[str, float], blocks: bool) -> Outage:
    """Return what is left of the grid; areas with power are there only where `blocks` fail."""
    share = {one.name: float(number[f"grid.{one.name}"]) for one in fields(Outage)}
    return Outage(**share if blocks else {**share, "fed": 0.0, "generator": 0.0})


def _traffic(drawn: Mapping[str, Value]) -> TrafficSpec:
    return TrafficSpec(
        vehicles=float(drawn["traffic.vehicles"]),
        pedestrians=float(drawn["traffic.pedestrians"]),
        parked=float(drawn["traffic.parked"]),
        shares={kind: float(drawn[f"traffic.shares.{kind}"]) for kind in ROAD_USERS},
        responding=float(drawn["traffic.responding"]),
        doors=float(drawn["traffic.doors"]),
    )


def _event(drawn: Mapping[str, Value], number: int, kind: str) -> Event:
    """Return event `number`, its values in the types of its record's fields and SI units; what is
    not drawn is as the record has it.
    """
    record, place = EVENT_KINDS[kind], f"events.{number}"
    values: dict[str, Any] = {
        one.name: _TYPES[one.type](drawn[f"{place}.{one.name}"])
        for one in fields(record)
        if f"{place}.{one.name}" in drawn
    }
    for name in values:
        if EVENTS[kind][name].unit == "deg":
            values[name] = radians(values[name])
    return record(**values)


_TYPES: Mapping[object, Callable[[Value], Any]] = {
    int: int,
    float: float,
    str: str,
    bool: lambda value: value == "on",
}
