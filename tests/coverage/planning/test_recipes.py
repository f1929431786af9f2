"""From what a target asks for to lines that make it."""

import pytest

from synthgen.config import run_spec
from synthgen.config_compose import compose
from synthgen.coverage.planning.controls import NAMED, WEATHERS, settings
from synthgen.coverage.planning.recipes import groups, recipes
from synthgen.coverage.planning.settings import Contradiction
from synthgen.spec.resolve import draw

AMBULANCE = {"class": "ambulance", "distance": (40.0, 60.0), "time_of_day": "night",
             "occlusion": (0.2, 0.5)}  # fmt: skip
DOG = {"class": "dog", "distance": (10.0, 20.0), "weather": "rain"}
ENGINE = {"class": "fire_engine", "power": "off"}
WALKER = {"class": "pedestrian", "distance": (30.0, 50.0), "weather": "fog"}


def _told(recipe):
    return dict(one.partition("=")[::2] for one in recipe.overrides)


def test_a_target_of_fog_is_looked_for_in_fog_through_which_it_can_be_seen(wish):
    told = _told(recipes([wish(**WALKER)], [])[0])
    assert told["weather"] == "fog"
    assert told["weather.visibility"].startswith("{log_uniform:[50,")
    assert "who:pedestrian,nearest:30,farthest:50" in told["events"]


def test_conditions_of_all_four_examples_reach_the_line(wish):
    made = recipes([wish(0, **AMBULANCE), wish(1, **DOG), wish(2, **ENGINE)], [])
    alone = {recipe.meant: _told(recipe) for recipe in reversed(made) if len(recipe.meant) == 1}
    assert alone["t00",]["light"] == "night"
    assert "occlusion_least:0.2,occlusion_most:0.5" in alone["t00",]["events"]
    assert alone["t01",]["weather"] == "rain"
    assert alone["t02",]["power"] == "off"


def test_targets_of_the_same_conditions_come_together_and_others_do_not(wish):
    """Two in rain do; fog and rain exclude each other; of the night only one says anything."""
    bus = {"class": "bus", "weather": "rain", "distance": (20.0, 40.0)}
    wishes = [wish(0, **AMBULANCE), wish(1, **DOG), wish(2, **WALKER), wish(3, **bus)]
    together = [{one.id for one in group} for group in groups(wishes)]
    assert together == [{"t01", "t03"}]
    both = next(one for one in recipes(wishes, []) if set(one.meant) == {"t01", "t03"})
    assert _told(both)["events"].count("encounter") == 2


def test_a_second_try_is_a_second_frame_of_the_same_world(wish):
    by_frames = {recipe.frames: _told(recipe) for recipe in recipes([wish(**DOG)], [])}
    assert sorted(by_frames) == [1, 2]
    assert by_frames[2]["events"].count("who:dog") == 2


def test_what_nobody_can_be_placed_for_is_looked_for_in_ten_frames(wish):
    (first, *_) = recipes([wish(**{"class": "trailer"}, distance=(10.0, 20.0))], [])
    assert first.frames == 10
    assert _told(first)["events"] == "[]"


def test_frames_alone_are_asked_for_one_by_one(wish):
    (first, *_) = recipes([wish(weather="snow", time_of_day="dusk")], [])
    assert first.frames == 1
    assert _told(first)["place.season"] == "winter"


def test_the_users_own_overrides_come_first(wish):
    assert recipes([wish(**DOG)], ["rig=waymo"])[0].overrides[0] == "rig=waymo"


def test_every_line_composes_as_on_the_command_line(wish):
    wishes = [wish(n, **one) for n, one in enumerate((AMBULANCE, DOG, ENGINE, WALKER))]
    for recipe in recipes(wishes, []):
        run = run_spec(compose([*recipe.overrides, "n=2"]))
        assert run.clip.frames == recipe.frames


def test_numbers_that_are_asked_for_are_drawn_from_what_is_asked(wish):
    wishes = [
        wish(0, rain=(10.0, 12.0)),
        wish(1, weather="fog", visibility=(100.0, 150.0)),
        wish(2, sun_elevation=(7.0, 9.0)),
        wish(3, rain=(40.0, 50.0)),
        wish(4, wetness=(0.5, 0.6), rain=(3.0, 4.0)),
    ]
    keys = {"rain": "weather.rain", "visibility": "weather.visibility",
            "sun_elevation": "light.sun_elevation", "wetness": "weather.wetness"}  # fmt: skip
    for one in wishes:
        run = run_spec(compose([*recipes([one], [])[0].overrides, "n=2"]))
        for clip in range(4):
            drawn = draw(run, clip)
            for column, bounds in one.columns.items():
                if column in keys:
                    assert bounds[0] <= drawn[keys[column]] < bounds[1]


def test_heavy_rain_is_a_storm_and_light_rain_is_none():
    assert settings({"rain": (40.0, 50.0)}).names["weather"] == {"storm"}
    assert "storm" not in settings({"rain": (1.0, 2.0)}).names["weather"]


def test_conditions_that_exclude_each_other_are_a_contradiction():
    for columns in (
        {"weather": frozenset({"clear"}), "rain": (5.0, 9.0)},
        {"weather": frozenset({"fog"}), "visibility": (2000.0, 9000.0)},
        {"time_of_day": frozenset({"night"}), "sun_elevation": (10.0, 20.0)},
        {"class": frozenset({"car"}), "lamps": frozenset({"on"})},
        {"class": frozenset({"pedestrian"}), "ego_speed": (25.0, 30.0)},
        {"place": frozenset({"city street"})},
    ):
        with pytest.raises(Contradiction):
            settings(columns)


def test_every_weather_that_is_named_has_a_band_and_every_band_a_name():
    assert {one for names in NAMED.values() for one in names} == set(WEATHERS)


def test_a_favoured_place_is_looked_at_first_where_it_can_be(wish):
    assert _told(recipes([wish(**DOG)], [], "arterial")[0])["place"] == "arterial"
    walker = wish(**WALKER)
    assert _told(recipes([walker], [], "motorway")[0])["place"] != "motorway"
