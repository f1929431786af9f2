"""Kinds that a data set does not tell apart."""

import pytest

from synthgen.coverage.planning.kin import called, clip_called, names, told_apart
from synthgen.coverage.planning.marginals import marginals
from synthgen.coverage.planning.match import Clip, Traffic
from synthgen.spec.quantity import ROAD_USERS

USUAL = {**dict.fromkeys(ROAD_USERS, 0.0), "car": 8.0, "van": 2.0, "ambulance": 0.5, "truck": 1.0,
         "fire_engine": 0.25}  # fmt: skip


def test_a_class_that_is_used_keeps_its_name():
    assert names({"car": 3, "van": 1})["van"] == "van"
    assert names({"car": 3, "van": 1})["ambulance"] == "van"


def test_without_vans_vans_and_ambulances_are_cars_and_buses_stay_buses():
    by = names({"car": 3})
    assert (by["van"], by["ambulance"], by["police_car"], by["bus"]) == ("car",) * 3 + ("bus",)
    assert by["fire_engine"] == "truck", "nobody calls it a car"


def test_counts_and_shares_are_taken_together():
    by = names({"car": 1, "truck": 1})
    traffic = {f"traffic.shares.{kind}": share for kind, share in USUAL.items()}
    clip = clip_called(Clip(traffic, 2, {"car": 5, "van": 2, "pedestrian": 4}), by)
    assert clip.counts == {"car": 7, "pedestrian": 4}
    assert clip.traffic["traffic.shares.car"] == 10.5
    assert clip.traffic["traffic.shares.van"] == 0.0
    whole = called(marginals(1, []), by)
    assert whole.classes == {}


def test_what_was_taken_together_is_parted_as_usual():
    by = names({"car": 1, "truck": 1})
    fitted = Traffic({**dict.fromkeys(ROAD_USERS, 0.0), "car": 21.0, "truck": 2.5}, 0.5, None)
    moving = told_apart(fitted, USUAL, by).moving
    assert moving["car"] == pytest.approx(16.0)
    assert moving["van"] == pytest.approx(4.0)
    assert moving["ambulance"] == pytest.approx(1.0)
    assert moving["fire_engine"] == pytest.approx(0.5)
    assert sum(moving.values()) == pytest.approx(23.5)


def test_kinds_that_are_told_apart_are_left_as_fitted():
    fitted = Traffic({kind: float(n) for n, kind in enumerate(ROAD_USERS)}, 0.5, 3.0)
    every = dict.fromkeys(ROAD_USERS, 1)
    assert told_apart(fitted, USUAL, names(every)) == fitted
