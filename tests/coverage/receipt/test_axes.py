"""Axes in words: every value named, its bounds exact."""

from synthgen.coverage.receipt.axes import conditions, meaning, value_title, values
from synthgen.spec.coverage import Axis


def test_bins_are_values_and_what_has_none_is_one_where_it_is_found(toy):
    assert values(toy.AXES["distance"]) == ("0-10", "10-40", "40-60")
    assert values(toy.AXES["time_of_day"], ["unknown", "other", "day"]) == (
        "day", "night", "other", "unknown",
    )  # fmt: skip
    assert values(Axis(column="place"), ["suburb", "unknown", "downtown"]) == (
        "downtown", "suburb", "unknown",
    )  # fmt: skip


def test_bounds_are_told_half_open(toy):
    assert meaning(toy.AXES["distance"], "10-40") == "10 m <= distance < 40 m"
    assert meaning(toy.AXES["distance"], "unknown").startswith("distance is not told")
    assert meaning(toy.AXES["time_of_day"], "night") == "time_of_day = night"
    far = Axis(column="distance", edges=(0, 200, float("inf")))
    assert meaning(far, "200+") == "200 m <= distance"


def test_people_read_units_and_en_dashes(toy):
    assert value_title(toy.AXES["distance"], "10-40") == "10–40 m"
    assert value_title(toy.AXES["distance"], "10-40", unit=False) == "10–40"
    assert value_title(toy.AXES["class"], "fire_engine") == "fire engine"


def test_conditions_of_a_target_are_exact(toy):
    where = {"distance": (12.5, 60.0), "time_of_day": ("day", "night"), "class": "car"}
    assert conditions(where, toy.AXES) == [
        "12.5 m <= distance < 60 m",
        "time_of_day = day or time_of_day = night",
        "class = car",
    ]
