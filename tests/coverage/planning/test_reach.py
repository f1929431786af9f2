"""Proofs that a target cannot be reached."""

from math import exp

import pytest

from synthgen.coverage.planning.reach import View, unreachable

AMBULANCE = {"class": "ambulance", "distance": (40.0, 60.0), "time_of_day": "night",
             "occlusion": (0.2, 0.5)}  # fmt: skip
DOG = {"class": "dog", "distance": (10.0, 20.0), "weather": "rain"}
ENGINE = {"class": "fire_engine", "power": "off"}
WALKER = {"class": "pedestrian", "distance": (30.0, 50.0), "weather": "fog"}


VIEW = View(721.5, 16000.0, 10, 0.1, True, {"dog": 0.82, "pedestrian": 1.95, "ambulance": 2.86})


@pytest.mark.parametrize("columns", [AMBULANCE, DOG, ENGINE, WALKER])
def test_what_the_issue_asks_for_is_not_excluded(wish, columns):
    assert unreachable(wish(**columns), VIEW) is None


def test_a_pedestrian_three_ranges_into_the_fog_stands_out_of_nothing(wish):
    columns = {**WALKER, "distance": (150.0, 200.0), "visibility": (0.0, 50.0)}
    out = unreachable(wish(**columns), VIEW)
    assert out is not None
    assert "fog" in out.why
    assert f"{exp(-9):.1e}" in out.proof
    lit = unreachable(wish(**columns, power="off"), VIEW)
    assert lit is None, "where the grid is down people carry torches"


def test_in_thinner_fog_the_same_distance_is_left_to_the_pilot(wish):
    columns = {**WALKER, "distance": (150.0, 200.0), "visibility": (0.0, 100.0)}
    assert unreachable(wish(**columns), VIEW) is None


def test_a_small_thing_far_away_is_too_low(wish):
    assert unreachable(wish(**{"class": "dog"}, distance=(80.0, 120.0)), VIEW) is None
    out = unreachable(wish(**{"class": "dog"}, distance=(100.0, 120.0)), VIEW)
    assert out is not None
    assert "px" in out.proof


def test_what_the_rules_of_labels_leave_out_cannot_be_counted(wish):
    out = unreachable(wish(**{"class": "car"}, occlusion=(0.95, 1.0)), VIEW)
    assert out is not None
    assert "min_fraction" in out.proof


def test_what_the_generator_has_not_is_named(wish):
    out = unreachable(wish(**{"class": "tram"}), VIEW)
    assert out is not None
    assert out.why == "the generator has no tram"
    one_of_two = wish(**{"class": frozenset({"tram", "bus"})})
    assert unreachable(one_of_two, VIEW) is None


def test_a_contradiction_says_both_sides(wish):
    out = unreachable(wish(weather="clear", rain=(5.0, 9.0)), VIEW)
    assert out is not None
    assert out.proof == "weather=clear never has weather.rain from 5 to 9"
