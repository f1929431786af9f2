import pickle
from dataclasses import replace
from functools import cache

import pytest

from synthgen.config import read
from synthgen.spec.dependence import Given, Scaled
from synthgen.spec.distribution import Choice, Constant, Normal, Uniform
from synthgen.spec.run import RunSpec
from synthgen.spec.shard import Slice


@cache
def base() -> RunSpec:
    return read(["scene=storm_night", "n=25"])


def drawing(key, distribution):
    return replace(base(), draws={**base().draws, key: distribution})


@pytest.mark.parametrize(
    "change",
    [
        {"n": 1000},
        {"out": "/elsewhere"},
        {"workers": 7},
        {"shard": Slice(1, 4)},
        {"task": "preview"},
        {"data": "/some/data"},
        {"command": ("scene=storm_night",)},
    ],
)
def test_identity_leaves_out_what_changes_no_frame(change):
    assert replace(base(), **change).identity == base().identity


@pytest.mark.parametrize(
    "overrides",
    [
        ["seed=1"],
        ["weather=fog"],
        ["power=off", "light=day", "place=suburb"],
        ["labels.min_pixels=30"],
        ["rig.cameras.image_2.model.f_number=2.8"],
    ],
)
def test_identity_changes_with_what_changes_a_frame(overrides):
    assert read(["scene=storm_night", *overrides]).identity != base().identity


def test_a_map_counts_by_its_content_not_by_its_place():
    moved = replace(base(), file="/b/map.osm", file_digest="1")
    assert moved.identity == replace(base(), file="/a/map.osm", file_digest="1").identity
    assert moved.identity != replace(base(), file="/a/map.osm", file_digest="2").identity


def test_a_run_travels_to_another_process():
    assert pickle.loads(pickle.dumps(base())) == base()


def test_25_frames_are_two_shards_of_which_the_last_is_short():
    assert [list(shard.frames) for shard in base().shards()] == [
        list(range(20)),
        list(range(20, 25)),
    ]


@pytest.mark.parametrize(
    ("key", "distribution", "said"),
    [
        ("weather.rain", Constant(-3.0), "weather.rain=-3: expected a number from 0 to 300 mm/h"),
        ("weather.rain", Uniform(-3, 3), r"\(can be -3\)"),
        ("weather.rain", Normal(5, 1), "give bounds"),
        ("weather.rain", Constant("much"), "weather.rain=much: expected a number"),
        ("weather.visibility", Constant(0.0), "expected a number above 0 m"),
        ("weather.wetness", Scaled("weather.rain", 1.0, Constant(0.0)), r"\(can be 80\)"),
        ("weather.wetness", Scaled("weather.rian", 1.0, Constant(0.0)), "mean weather.rain"),
        ("weather.rain", Scaled("weather.wetness", 1.0, Constant(0.0)), "in a ring"),
        ("power", Constant("of"), "power=of: expected one of on, off, blocks; did you mean off"),
        ("power", Constant(3.0), "power=3: expected one of on, off, blocks"),
        ("place.kind", Given("power", (("on", Constant("suburb")),)), "once for all clips"),
        ("power", Choice(("on", "dim"), (1.0, 1.0)), r"\(can be dim\)"),
    ],
)
def test_draws_that_could_be_senseless_are_refused(key, distribution, said):
    with pytest.raises(ValueError, match=said):
        drawing(key, distribution)


def test_somebody_must_be_on_the_road():
    draws = {
        key: Constant(0.0) if key.startswith("traffic.shares.") else value
        for key, value in base().draws.items()
    }
    with pytest.raises(ValueError, match="at least one kind"):
        replace(base(), draws=draws)
