"""What a run with encounters must be like."""

import json
from math import inf, radians

import pytest

from synthgen.config import read
from synthgen.errors import UserError
from synthgen.events import Encounter
from synthgen.spec.identity import plain
from synthgen.spec.resolve import resolve
from synthgen.writers.files import canonical


def events(*said, **clip):
    return [f"events=[{', '.join(said)}]", *(f"clip.{key}={value}" for key, value in clip.items())]


def test_only_who_must_be_given():
    run = read(events("{encounter: {who: dog}}"))
    assert resolve(run, 0).events == (
        Encounter(who="dog", nearest=0, farthest=200, occlusion_least=0, occlusion_most=1,
                  responding="any"),
    )  # fmt: skip


def test_bounds_may_be_drawn():
    run = read(events("{encounter: {who: van, nearest: {uniform: [5, 9]}, farthest: 10}}"))
    drawn = {resolve(run, clip).events[0].nearest for clip in range(5)}
    assert len(drawn) == 5
    assert all(5 <= one <= 9 for one in drawn)


def test_what_is_not_asked_for_is_not_drawn_and_asks_for_nothing():
    plain = read(events("{encounter: {who: dog}}"))
    assert sorted(key for key in plain.draws if key.startswith("events.")) == [
        "events.0.farthest", "events.0.nearest", "events.0.occlusion_least",
        "events.0.occlusion_most", "events.0.responding", "events.0.who",
    ]  # fmt: skip
    (event,) = resolve(plain, 0).events
    assert (event.subtype, event.truncation_least, event.height_most) == ("any", 0.0, inf)


def test_angles_become_radians_and_bounds_may_go_together():
    """Left or right: the upper bound is the one that belongs to the lower one drawn."""
    run = read(events(
        "{encounter: {who: van, aspect_least: {choice: {45: 1, 225: 1}}, "
        "aspect_most: {given: events.0.aspect_least, cases: {45: 135, 225: 315}}}}"
    ))  # fmt: skip
    drawn = {(resolve(run, clip).events[0].aspect_least, resolve(run, clip).events[0].aspect_most)
             for clip in range(12)}  # fmt: skip
    assert drawn == {(radians(45), radians(135)), (radians(225), radians(315))}


def test_a_subtype_may_go_with_who_is_met():
    run = read(events(
        "{encounter: {who: {choice: {car: 1, van: 1}}, "
        "subtype: {given: events.0.who, cases: {car: taxi, van: minivan}}}}"
    ))  # fmt: skip
    drawn = {(resolve(run, n).events[0].who, resolve(run, n).events[0].subtype) for n in range(12)}
    assert drawn == {("car", "taxi"), ("van", "minivan")}


@pytest.mark.parametrize(
    ("said", "claim"),
    [
        (["{encounter: {nearest: 5}}"], r"events.0.encounter.who: missing"),
        (["{encounter: {who: dgo}}"], r"events.0.who=dgo: .*did you mean dog\?"),
        (["{encounter: {who: dog, near: 4}}"], r"events.0.encounter.near=4: .*nearest"),
        (["{encounter: {who: dog, nearest: 9, farthest: 9}}"],
         r"events.0.nearest=9: expected less than farthest, which may be 9"),
        (["{encounter: {who: dog, occlusion_least: {uniform: [0, 0.6]}, occlusion_most: 0.5}}"],
         r"events.0.occlusion_least=0.6: expected less than occlusion_most"),
        (["{encounter: {who: dog}}", "{cut_in: {frame: 1, distance: 9}}"],
         r"events.1=cut_in: expected no such event beside an encounter"),
        (["{encounter: {who: car, truncation_least: 0.6, truncation_most: 0.3}}"],
         r"events.0.truncation_least=0.6: expected less than truncation_most, which may be 0.3"),
        (["{encounter: {who: car, truncation_least: 1}}"], r"less than truncation_most"),
        (["{encounter: {who: car, height_least: 40, height_most: 25}}"],
         r"events.0.height_least=40: expected less than height_most, which may be 25"),
        (["{encounter: {who: car, height_least: 500}}"],
         r"events.0.height_least=500: expected at most 375 px"),
        (["{encounter: {who: van, aspect_least: 90, aspect_most: 45}}"],
         r"events.0.aspect_least=90: expected less than aspect_most, which may be 45"),
        (["{encounter: {who: van, aspect_least: -90, aspect_most: 300}}"],
         r"events.0.aspect_most=300: expected at most a whole turn, 360 deg"),
        (["{encounter: {who: van, ego_speed_least: 20, ego_speed_most: 10}}"],
         r"events.0.ego_speed_least=20: expected less than ego_speed_most"),
        (["{encounter: {who: van, ego_speed_least: -1}}"],
         r"events.0.ego_speed_least=-1: expected a number from 0 to 100 m/s"),
        (["{encounter: {who: pedestrian, subtype: wheelchiar}}"],
         r"events.0.subtype=wheelchiar: .*did you mean wheelchair\?"),
        (["{encounter: {who: pedestrian, subtype: taxi}}"],
         r"events.0.subtype=taxi: expected one of any, adult, .* for who=pedestrian"),
        (["{encounter: {who: {choice: {car: 1, van: 1}}, subtype: {choice: {taxi: 1, suv: 2}}}}"],
         r"events.0.subtype=suv: expected one of any, ladder_van, .* for who=van"),
        (["{encounter: {who: van, apsect_least: 45}}"], r"did you mean .*aspect_least\?"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_in_one_line(said, claim):
    with pytest.raises(UserError, match=claim) as caught:
        read(events(*said))
    assert "\n" not in str(caught.value)


def test_each_encounter_needs_a_frame_of_its_own():
    two = "{encounter: {who: dog}}", "{encounter: {who: car}}"
    assert len(read(events(*two, frames=2)).events) == 2
    with pytest.raises(UserError, match=r"clip.frames=1: expected at least 2"):
        read(events(*two, frames=1))


def test_a_film_has_no_encounters():
    with pytest.raises(UserError, match=r"clip.gap=0.1: expected single frames"):
        read([*events("{encounter: {who: dog}}"), "clip=drive"])


def test_manifests_tell_only_what_was_asked():
    """Endless bounds have no place in JSON, and clips without the keys are told as they were."""
    bare, more = (plain(resolve(read(events(one)), 0).events) for one in (
        "{encounter: {who: dog}}", "{encounter: {who: dog, height_least: 20}}"))  # fmt: skip
    assert bare == [{"who": "dog", "nearest": 0.0, "farthest": 200.0, "occlusion_least": 0.0,
                     "occlusion_most": 1.0, "responding": "any"}]  # fmt: skip
    assert more == [{**bare[0], "height_least": 20.0}]
    assert json.loads(canonical(more)) == more
