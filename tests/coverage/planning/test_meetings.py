"""Encounters for targets on every axis that one can be placed for, as overrides write them."""

from math import radians

import pytest

from synthgen.config import read, run_spec
from synthgen.config_compose import compose
from synthgen.coverage.definition import checked
from synthgen.coverage.planning.asked import columns, parts
from synthgen.coverage.planning.controls import LIMITS, settings
from synthgen.coverage.planning.meetings import Counted, encounter
from synthgen.coverage.planning.recipes import recipes
from synthgen.coverage.planning.settings import Contradiction
from synthgen.coverage.planning.wish import Wish
from synthgen.spec.coverage import Axis
from synthgen.spec.resolve import resolve

SIDE = Axis(column="aspect", unit="deg", edges=(-45, 45, 135, 225, 315),
            names=("rear", "left", "front", "right"))  # fmt: skip
AXES = {
    "class": Axis(column="class"), "side": SIDE, "subtype": Axis(column="subtype"),
    "distance": Axis(column="distance", edges=(0, 10, 20, 30, 40)),
    "truncation": Axis(column="truncation", edges=(0, 0.01, 0.3, 0.7, 1.0)),
    "box_height": Axis(column="box_height", edges=(0, 25, 40, float("inf"))),
    "ego_speed": Axis(column="ego_speed", unit="km/h", edges=(0, 36, 72, float("inf"))),
}  # fmt: skip


def wish(**where):
    return Wish("t00", "", columns(where, AXES), 2, 0, parts(where, AXES))


def met(clips=1, **where):
    """Return the events that a recipe's line draws in so many clips."""
    line = recipes([wish(**where)], [])[0].overrides
    run = run_spec(compose([*line, "n=2"]))
    return [resolve(run, clip).events[0] for clip in range(clips)]


def test_bounds_of_the_image_reach_the_encounter():
    (event,) = met(**{"class": "car", "truncation": (0.3, 0.6), "box_height": (25.0, 40.0)})
    assert (event.truncation_least, event.truncation_most) == (0.3, 0.6)
    assert (event.height_least, event.height_most) == (25.0, 40.0)


def test_what_is_open_or_asks_for_nothing_is_not_written():
    (line,) = encounter(wish(**{"class": "car", "box_height": "40+", "truncation": "0-0.01"}), 0)
    assert line == "{encounter:{who:car,truncation_most:0.01,height_least:40}}"


def test_of_whom_no_distance_is_asked_must_count():
    rules = Counted(10, 0.1)
    (line,) = encounter(wish(**{"class": "van", "side": "rear"}), 0, rules)
    assert line == ("{encounter:{who:van,aspect_least:-45,aspect_most:45,height_least:10,"
                    "occlusion_most:0.9}}")  # fmt: skip
    (line,) = encounter(wish(**{"class": "van", "box_height": (25.0, 40.0)}), 0, rules)
    assert line == "{encounter:{who:van,height_least:25,height_most:40,occlusion_most:0.9}}"
    (line,) = encounter(wish(**{"class": "van", "distance": (10.0, 20.0)}), 0, rules)
    assert line == "{encounter:{who:van,nearest:10,farthest:20}}"


def test_a_side_is_asked_for_in_degrees():
    (event,) = met(**{"class": "van", "side": "rear"})
    assert (event.aspect_least, event.aspect_most) == (radians(-45), radians(45))


def test_two_sides_that_do_not_touch_are_drawn_in_turns():
    """Their envelope, 45 to 315 degrees, would be met from the front as a rule."""
    found = {(e.aspect_least, e.aspect_most) for e in met(12, **{
        "class": "van", "side": ("left", "right")})}  # fmt: skip
    assert found == {(radians(45), radians(135)), (radians(-135), radians(-45))}


@pytest.mark.parametrize(("sides", "span"), [
    (("rear", "right"), (-135.0, 45.0)), (("left", "front"), (45.0, 225.0)),
    (("rear", "left", "front", "right"), (-45.0, 315.0)),
    (("rear", "left", "right"), (-135.0, 135.0)),
])  # fmt: skip
def test_sides_that_touch_are_one_range_also_across_the_turn(sides, span):
    found = {(e.aspect_least, e.aspect_most) for e in met(6, **{"class": "van", "side": sides})}
    assert found == {tuple(radians(one) for one in span)}


def test_distances_with_a_gap_are_drawn_in_turns():
    found = {(e.nearest, e.farthest) for e in met(12, **{
        "class": "car", "distance": ("0-10", "30-40")})}  # fmt: skip
    assert found == {(0.0, 10.0), (30.0, 40.0)}


def test_a_second_encounter_draws_by_itself():
    line = recipes([wish(**{"class": "van", "side": ("left", "right")})], [])[1].overrides
    events = next(one for one in line if one.startswith("events="))
    assert "given:events.0.aspect_least" in events
    assert "given:events.1.aspect_least" in events
    run = run_spec(compose([*line, "n=2"]))
    pairs = {tuple(e.aspect_least for e in resolve(run, n).events) for n in range(20)}
    assert len(pairs) == 4


def test_a_subtype_says_who_is_met():
    (event,) = met(**{"subtype": "wheelchair"})
    assert (event.who, event.subtype) == ("pedestrian", "wheelchair")
    found = {(e.who, e.subtype) for e in met(30, **{
        "class": ("car", "van", "bus"), "subtype": ("taxi", "minivan", "panel_van")})}  # fmt: skip
    assert found == {("car", "taxi"), ("van", "minivan"), ("van", "panel_van")}


def test_what_nobody_can_be_placed_for_is_left_to_chance():
    (first, *_) = recipes([wish(**{"class": "traffic_sign", "subtype": "stop"})], [])
    assert first.frames == 10
    assert "events=[]" in first.overrides


def test_the_ego_cars_speed_is_asked_of_the_moment_and_looked_for_where_it_is_driven():
    target = wish(**{"class": "motorcycle", "ego_speed": (36.0, float("inf"))})
    line = recipes([target], [])[0].overrides
    assert any("ego_speed_least:10}" in one for one in line)
    assert "place=downtown" in line, "50 km/h is 1.25 times as much"
    faster = recipes([wish(**{"class": "motorcycle", "ego_speed": (45.0, 72.0)})], [])
    assert {one for recipe in faster for one in recipe.overrides if "place=" in one} == {
        "place=arterial", "place=rural",
    }  # fmt: skip


def test_a_speed_above_every_limit_is_a_contradiction_with_its_numbers():
    assert settings({"ego_speed": (37.0, 50.0)}).names["place"] == {"motorway"}
    with pytest.raises(Contradiction, match=r"at least 38 m/s.*motorway 36\.1"):
        settings({"ego_speed": (38.0, 50.0)})
    assert LIMITS["arterial"] == pytest.approx(70 / 3.6)


def test_every_wish_composes_with_the_axes_of_the_default_definition():
    axes = checked(read(["coverage=default"]).survey.coverage).axes
    for name, place in (("side", "rear"), ("truncation", "0.3-0.7"), ("box_height", "25-40"),
                        ("ego_speed", "60-100"), ("subtype", "taxi")):  # fmt: skip
        where = {"class": "car", name: place}
        target = Wish("t00", "", columns(where, axes), 1, 0, parts(where, axes))
        for recipe in recipes([target], []):
            assert run_spec(compose([*recipe.overrides, "n=2"])).events
