"""Encounters with one subtype of a kind: whose place it takes, or how frequent it is made."""

from types import SimpleNamespace

import numpy as np
import pytest

from synthgen.build import subtypes
from synthgen.build.cast import CROWD, HOSTS, _sought, clip_users, crowded, times_as_frequent
from synthgen.build.subtypes import host, is_of, made_frequent, stand_in, usual, wished
from synthgen.config import read
from synthgen.events import Encounter
from synthgen.road_user import RoadUser, drawn
from synthgen.spec.resolve import resolve


def clip(*said, **more):
    keys = [f"{key}={value}" for key, value in more.items()]
    return resolve(read([f"events=[{', '.join(said)}]", *keys]), 0)


def event(who, subtype="any"):
    return Encounter(who=who, nearest=0, farthest=50, occlusion_least=0, occlusion_most=1,
                     responding="any", subtype=subtype)  # fmt: skip


def people(*names):
    return tuple(RoadUser("pedestrian", name, 0.6, 0.5, 1.7, n) for n, name in enumerate(names))


class Town(SimpleNamespace):
    """As much of a city as designs need."""

    def __init__(self, *pool):
        super().__init__(pool=pool, bodies={})

    def measured(self, user):
        return user


@pytest.fixture
def shaped(monkeypatch):
    """Designs have no bodies here: what they are is asked, not what they look like."""

    def draw(kind, rng, subtype=""):
        return RoadUser(kind, subtype, 1.0, 0.6, 1.7, int(rng.integers(1000))), ()

    monkeypatch.setattr(subtypes, "draw_design", draw)


def test_whose_place_is_taken_moves_by_the_same_rules():
    assert host(event("ambulance"), HOSTS) == "car"
    assert host(event("ambulance", "us_box"), HOSTS) == "car"
    assert host(event("dog", "terrier"), HOSTS) == "pedestrian"
    assert host(event("car", "taxi"), HOSTS) == "car"
    assert host(event("pedestrian", "worker"), HOSTS) == "pedestrian"


@pytest.mark.parametrize(
    "who", [event("car"), event("pedestrian"), event("pedestrian", "wheelchair"),
            event("pedestrian", "sitting"), event("truck", "tow_truck")],
)  # fmt: skip
def test_who_has_rules_of_its_own_takes_nobodys_place(who):
    assert host(who, HOSTS) == ""


def test_nobody_is_exchanged_where_there_are_no_hosts():
    assert host(event("car", "taxi"), {}) == ""
    assert host(event("dog"), {}) == ""


def test_any_is_every_subtype():
    assert is_of(event("car"), "car", "estate")
    assert is_of(event("car", "taxi"), "car", "taxi")
    assert not is_of(event("car", "taxi"), "car", "estate")
    assert not is_of(event("car", "taxi"), "van", "taxi")


def test_a_subtype_that_the_city_lacks_is_drawn(shaped):
    city, spec = Town(*people("adult", "child")), clip()
    found = stand_in(city, spec, event("pedestrian", "worker"), np.random.default_rng(1))
    assert (found.kind, found.subtype) == ("pedestrian", "worker")
    assert stand_in(city, spec, event("cat"), np.random.default_rng(1)) is None


def test_shares_of_a_kind():
    assert usual(people("adult", "adult", "child", "wheelchair", "sitting"), event(
        "pedestrian", "wheelchair")) == 1 / 4  # fmt: skip
    assert usual(people("adult"), event("car", "taxi")) == 0.0


def test_a_rare_subtype_gets_its_share_of_who_walks(shaped):
    pool = people(*["adult"] * 12, "wheelchair", "wheelchair")
    asked = event("pedestrian", "wheelchair")
    assert made_frequent(Town(), clip(), pool, asked, 0.1) == list(pool)
    raised = made_frequent(Town(), clip(), pool, asked, 0.4)
    rng = np.random.default_rng(2)
    found = [raised[drawn(raised, rng)].subtype for _ in range(4000)]
    assert found.count("wheelchair") / 4000 == pytest.approx(0.4, abs=0.03)
    joined = made_frequent(Town(), clip(), pool[:12], asked, 0.4)
    assert [(one.subtype, one.share) for one in joined[12:]] == [("wheelchair", 0.4)]


def test_shares_that_are_asked_for():
    """Of trucks at 8 % of the traffic three in four would be needed: at most half are."""
    assert wished(event("truck", "tow_truck"), 0.08, 0.06) == 0.5
    assert wished(event("truck", "tow_truck"), 0.24, 0.06) == 0.25
    assert wished(event("bus", "midi_bus"), 0.0, 0.06) == 0.5
    assert wished(event("pedestrian", "pram"), 0.0, 0.06) == 0.06


def test_only_who_takes_nobodys_place_is_made_frequent():
    spec = clip(
        "{encounter: {who: car, subtype: taxi}}", "{encounter: {who: truck, subtype: tow_truck}}",
        "{encounter: {who: pedestrian, subtype: wheelchair}}", "{encounter: {who: bus}}",
        "{encounter: {who: ambulance, subtype: us_box, responding: off}}",
        "{encounter: {who: ambulance, subtype: eu_van, responding: on}}",
        **{"clip.frames": 6},
    )  # fmt: skip
    assert [one.subtype for one, _ in _sought(spec)] == ["tow_truck", "wheelchair", "eu_van"]


def test_who_stands_parked_counts_as_many_times_as_more_as_who_drives():
    names = "box_truck", "box_truck", "box_truck", "tow_truck"
    pool = tuple(RoadUser("truck", name, 7.0, 2.4, 3.0, n) for n, name in enumerate(names))
    spec = clip("{encounter: {who: truck, subtype: tow_truck}}")
    kind = crowded(spec).get("truck", 1.0)
    (one,) = spec.events
    assert times_as_frequent(Town(*pool), spec, one) == pytest.approx(kind * 0.5 / 0.25)
    assert times_as_frequent(Town(*pool[:3]), spec, one) == kind


def test_on_duty_a_subtype_that_joins_is_on_duty_too(shaped):
    spec = clip("{encounter: {who: ambulance, subtype: us_box, responding: on}}")
    pool = RoadUser("car", "estate", 4.5, 1.8, 1.5, 1), RoadUser("ambulance", "eu_van", 6, 2, 3, 2)
    users = clip_users(Town(*pool), spec)
    assert {one.subtype: one.responding for one in users} == {
        "estate": False, "eu_van": True, "us_box": True,
    }  # fmt: skip


def test_without_a_subtype_the_pool_is_as_it_was():
    pool = people("adult", "child"), (RoadUser("bus", "city_bus", 12, 2.5, 3, 1),)
    spec = clip("{encounter: {who: bus}}", "{encounter: {who: pedestrian}}")
    assert clip_users(Town(*pool[0], *pool[1]), spec) == (*pool[0], *pool[1])
    assert times_as_frequent(Town(*pool[1]), spec, spec.events[0]) == crowded(spec)["bus"]
    assert CROWD > 0
