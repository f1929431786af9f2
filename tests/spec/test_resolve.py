from dataclasses import replace
from functools import cache
from math import radians

import pytest

from synthgen.config import read
from synthgen.spec.dependence import Scaled, Stratified
from synthgen.spec.distribution import Choice, Constant, Distribution, Uniform
from synthgen.spec.quantity import ROAD_USERS
from synthgen.spec.resolve import draw, resolve
from synthgen.spec.run import RunSpec

SCENES = (
    *("blackout", "clear_day", "emergency", "fog", "night", "overcast_day", "rain"),
    "storm_night",
)


@cache
def scene(name: str, *more: str) -> RunSpec:
    return read([f"scene={name}", *more])


def drawing(key: str, distribution: Distribution) -> RunSpec:
    run = scene("clear_day")
    return replace(run, draws={**run.draws, key: distribution})


@pytest.mark.parametrize("name", SCENES)
def test_every_scene_resolves_to_a_plausible_clip(name):
    run = scene(name)
    for clip in range(50):
        spec = resolve(run, clip)
        air, who = spec.environment, spec.traffic
        assert air.rain >= 0
        assert air.visibility > 0
        assert 0 <= air.wetness <= 1
        assert 0 <= air.cloud <= 1
        assert 0 < who.vehicles < 60
        assert set(who.shares) == set(ROAD_USERS)
        assert max(who.shares, key=lambda kind: who.shares[kind]) == "car"
        assert spec.draws.keys() == {*run.draws, "place.city"}


@pytest.mark.parametrize("name", ["storm_night", "emergency"])
def test_the_same_seed_makes_the_same_draws_in_any_order(name):
    run, again = scene(name), read([f"scene={name}"])
    forwards = [resolve(run, clip) for clip in range(6)]
    backwards = [resolve(again, clip) for clip in reversed(range(6))]
    assert forwards == backwards[::-1]


def test_another_seed_makes_other_draws():
    assert draw(scene("rain"), 0) != draw(replace(scene("rain"), seed=1), 0)


def test_adding_a_key_disturbs_no_other_draw():
    run = scene("rain")
    more = {f"events.0.{key}": value for key, value in COMPANION.items()}
    added = replace(run, draws={**run.draws, **more}, events=("companion",))
    for clip in range(20):
        assert draw(run, clip).items() <= draw(added, clip).items()


COMPANION = {
    "who": Choice(("ambulance", "police_car"), (1.0, 1.0)),
    "ahead": Uniform(5, 40),
    "responding": Constant("on"),
}


def test_changing_a_key_changes_only_what_follows_it():
    wet = replace(scene("rain"), draws={**scene("rain").draws, "weather.rain": Constant(50.0)})
    pairs = [(draw(scene("rain"), clip), draw(wet, clip)) for clip in range(10)]
    changed = {key for old, new in pairs for key in old if old[key] != new[key]}
    assert changed == {f"weather.{name}" for name in ("rain", "wetness", "cloud", "spray")}


def test_wetness_follows_the_rain_of_the_same_clip():
    follows = drawing("weather.wetness", Scaled("weather.wind", 0.05, Constant(0.1), 0.0, 1.0))
    for clip in range(20):
        drawn = draw(follows, clip)
        assert drawn["weather.wetness"] == pytest.approx(0.05 * drawn["weather.wind"] + 0.1)


@pytest.mark.parametrize("block", [0, 3])
def test_stratified_clips_take_every_slice_once(block):
    run = drawing("weather.rain", Stratified(Uniform(0, 16), 16))
    clips = range(16 * block, 16 * block + 16)
    assert sorted(int(draw(run, clip)["weather.rain"]) for clip in clips) == list(range(16))


def test_stratified_keys_are_shuffled_apart():
    strata = Stratified(Uniform(0, 16), 16)
    run = scene("clear_day")
    run = replace(run, draws={**run.draws, "weather.rain": strata, "weather.wind": strata})
    pairs = [
        (int(drawn["weather.rain"]), int(drawn["weather.wind"]))
        for drawn in (draw(run, clip) for clip in range(16))
    ]
    assert sum(first == second for first, second in pairs) < 6


def test_the_clips_of_a_shard_share_city_and_place():
    run = drawing("place.kind", Choice(("downtown", "suburb", "arterial"), (1.0, 1.0, 1.0)))
    places = [resolve(run, clip).place for clip in range(40)]
    assert places[0::2] == places[1::2]
    assert len({place.kind for place in places}) == 3
    assert len({place.city for place in places}) == 20


def test_angles_leave_in_radians_and_are_recorded_in_degrees():
    spec = resolve(drawing("light.sun_elevation", Constant(30.0)), 0)
    assert spec.environment.sun_elevation == pytest.approx(radians(30))
    assert spec.draws["light.sun_elevation"] == 30


def test_a_blackout_has_no_power_and_no_skyglow():
    for clip in range(10):
        air = resolve(scene("blackout"), clip).environment
        assert not air.power
        assert (air.skyglow == 0) == (air.outage.fed == 0)


def test_areas_have_power_only_where_blocks_fail():
    for power, fed in (("off", 0.0), ("blocks", 0.4)):
        run = scene("blackout", f"power={power}", "grid.fed=0.4", "grid.torches=0.3")
        outage = resolve(run, 0).environment.outage
        assert (outage.fed, outage.torches) == (fed, 0.3)


def test_storms_are_wet_overcast_and_windy():
    air = [resolve(scene("storm_night"), clip).environment for clip in range(30)]
    assert all(a.rain >= 15 and a.wetness > 0.6 and a.cloud > 0.9 and a.wind >= 10 for a in air)
    assert all(a.sun_elevation < radians(-17) for a in air)


def test_nearly_half_of_the_emergency_companions_drive_without_lights():
    events = [resolve(scene("emergency"), clip).events[0] for clip in range(300)]
    assert 0.37 < sum(not event.responding for event in events) / 300 < 0.53
    assert {event.who for event in events} == {"ambulance", "fire_engine", "police_car"}
    assert all(8 <= event.ahead <= 45 for event in events)


def test_events_become_their_own_records_with_every_value_drawn():
    run = scene("incident")
    found = [resolve(run, clip).events for clip in range(40)]
    assert {type(event).__name__ for event in found[0]} == {
        "Breakdown", "RoadWorks", "CutIn", "NearMiss"
    }  # fmt: skip
    works = [events[1] for events in found]
    assert {event.frame for event in works} == {2, 3}
    assert all(8 <= event.distance <= 30 for event in works)
    drawn = resolve(run, 3).draws
    assert drawn["events.1.distance"] == found[3][1].distance
    assert int(drawn["events.1.frame"]) == found[3][1].frame


def test_date_time_and_place_decide_where_the_sun_stands():
    """Noon on the longest day, 49 degrees north: 64.4 degrees high, due south."""
    run = scene("clear_day", "light=almanac", "light.year=2026", "light.day=172", "light.time=12",
                "light.latitude=49", "light.longitude=8.4")  # fmt: skip
    air = resolve(run, 0).environment
    assert air.sun_elevation == pytest.approx(radians(64.4), abs=radians(0.2))
    assert air.sun_azimuth == pytest.approx(radians(270), abs=radians(2))
