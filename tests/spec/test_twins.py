from dataclasses import replace
from functools import cache

import pytest

from synthgen.config import read
from synthgen.spec.clip import under
from synthgen.spec.dependence import Scaled
from synthgen.spec.distribution import Constant
from synthgen.spec.quantity import QUANTITIES, is_condition
from synthgen.spec.resolve import resolve

TWINS = ("clear", "rain", "fog", "night", "blackout")


@cache
def run(*more):
    return read(["scene=clear_day", f"twin=[{','.join(TWINS)}]", *more])


def conditions(draws):
    return {key: value for key, value in draws.items() if is_condition(key)}


@pytest.mark.parametrize("clip", [0, 1, 17])
def test_only_conditions_differ_between_twins(clip):
    spec = resolve(run(), clip)
    assert tuple(spec.twins) == TWINS
    for name in TWINS:
        twin = under(spec, name)
        changed = {key for key in spec.draws if spec.draws[key] != twin.draws[key]}
        assert twin.draws.keys() == spec.draws.keys()
        assert all(is_condition(key) for key in changed)
        kept = replace(twin, environment=spec.environment, draws=spec.draws, twins=spec.twins)
        assert replace(kept, twin="") == spec


def test_a_twin_under_the_conditions_of_the_scene_draws_the_same():
    spec = resolve(run(), 3)
    assert spec.twins["clear"].environment == spec.environment
    assert spec.twins["clear"].draws == spec.draws


@pytest.mark.parametrize("base", [("scene=snow",), ("scene=storm_night", "light=almanac")])
def test_nothing_of_the_scenes_weather_or_sky_is_left_in_a_twin(base):
    """Snow that only some weathers name, or a sun by date, would stay."""
    twins = resolve(read([*base, f"twin=[{','.join(TWINS)}]"]), 0).twins
    for name, alone in zip(TWINS, ("clear_day", "rain", "fog", "night", "night"), strict=True):
        wanted = conditions(resolve(read([f"scene={alone}"]), 0).draws)
        found = conditions(twins[name].draws)
        differs = {key for key in wanted if found[key] != wanted[key]}
        assert differs <= ({"power", "light.skyglow"} if name == "blackout" else set())


def test_conditions_are_those_of_the_scenes_of_the_same_name():
    spec = resolve(run(), 2)
    for name in ("rain", "night"):
        alone = resolve(read([f"scene={name}"]), 2)
        assert conditions(spec.twins[name].draws) == conditions(alone.draws)


def test_what_all_conditions_share_is_equal_in_all():
    twins = resolve(run(), 5).twins
    assert len({one.environment.wind_azimuth for one in twins.values()}) == 1
    assert twins["night"].environment.sun_elevation < 0 < twins["rain"].environment.sun_elevation
    assert twins["night"].environment.power
    assert not twins["blackout"].environment.power
    assert twins["fog"].environment.visibility < 700 < twins["rain"].environment.visibility
    assert twins["rain"].environment.rain > 0 == twins["fog"].environment.rain


def test_a_twin_adds_nothing_to_the_draws_of_the_scene():
    alone, joined = resolve(read(["scene=clear_day"]), 4), resolve(run(), 4)
    assert (alone.draws, alone.environment, alone.traffic) == (
        joined.draws, joined.environment, joined.traffic
    )  # fmt: skip


def test_traffic_that_follows_the_weather_follows_that_of_the_scene():
    """People stay at home when the scene has rain, not when a twin has."""
    follows = Scaled("weather.rain", 1.0, Constant(30.0), 0.0, 100.0)
    wet = replace(run(), draws={**run().draws, "traffic.pedestrians": follows})
    assert resolve(wet, 0).twins["rain"].draws["weather.rain"] > 0
    assert resolve(wet, 0).twins["rain"].draws["traffic.pedestrians"] == 30.0


def test_conditions_that_follow_a_twins_own_are_drawn_anew():
    dead = read(["scene=night", "+twin.dead.power=off"])
    spec = resolve(dead, 0)
    assert spec.environment.skyglow > 0 == spec.twins["dead"].environment.skyglow


def test_twins_are_part_of_a_runs_identity_and_their_absence_is_not():
    alone = read(["scene=clear_day"])
    assert alone.identity == read(["scene=clear_day", "twin=[]"]).identity
    assert len({alone.identity, run().identity, run("twin.rain.weather.rain=5").identity}) == 3


def test_every_key_is_a_condition_or_not():
    shares = {key.split(".")[0] for key in QUANTITIES if not is_condition(key)}
    assert shares == {"place", "traffic", "lens"}
