"""What a definition of coverage may say."""

from json import dumps, loads

import pytest

from synthgen.config import _coverage, read
from synthgen.coverage.definition import checked, coverage_from, named, plain_coverage
from synthgen.errors import UserError
from synthgen.spec.coverage import Axis, Coverage, Target

AXES = {
    "time_of_day": Axis(column="time_of_day", values=("day", "dusk", "night")),
    "class": Axis(column="class", values=("car", "dog", "ambulance")),
    "distance": Axis(column="distance", unit="m", edges=(0, 10, 40, float("inf"))),
    "occlusion": Axis(column="occlusion", edges=(0, 0.2, 0.5, 1)),
    "place": Axis(column="place"),
}


def definition(tmp_path, axes: str = "", cells: str = "[]", targets: str = "[]") -> Coverage:
    file = tmp_path / "mine.yaml"
    known = "distance: {column: distance, unit: m, edges: [0, 10, 40]}, "
    known += "occlusion: {column: occlusion, edges: [0, 0.5, 1]}, class: {column: class}, "
    known += "time_of_day: {column: time_of_day, values: [day, night]}, "
    file.write_text(f"axes: {{{known}{axes}}}\ncells: {cells}\ntargets: {targets}\n")
    return checked(_coverage({"file": str(file)}))


@pytest.mark.parametrize(
    ("axes", "said"),
    [
        ("x: {column: distanse, edges: [0, 1]}", "column=distanse: no such property; did you mean"),
        ("x: {column: distance, edges: [0, 5, 5]}", r"x: edges=\[0, 5, 5\]: expected ascending"),
        ("x: {column: distance, edges: [3]}", "expected ascending numbers, at least two"),
        ("x: {column: distance}", r"axes.x: distance is a number, expected edges \[m\]"),
        ("x: {column: place, edges: [0, 1]}", "axes.x: place is a name, expected values"),
        ("x: {column: occlusion, edges: [0, 1.5]}", "impossible, occlusion is 0 to 1"),
        ("x: {column: distance, edges: [-5, 5]}", "impossible, distance is at least 0"),
        ("x: {column: distance, unit: ft, edges: [0, 5]}", "unit=ft: expected one of m, km"),
        ("x: {column: class, values: [car, buss]}", "values=buss: no such name; did you mean bus"),
        ("x: {column: class, values: [car, unknown]}", "none of them other, unknown or each"),
        ("x: {column: distance, edges: [0, 1, 2], names: [near]}", "expected 2, one between"),
        ("worlds: {column: class}", "axes.worlds: expected another name"),
        ("x: {colum: class}", "x.colum=class: no such key; did you mean coverage.axes.x.column"),
        ("x: {column: aspect, unit: deg, edges: [0, 90, 400]}", "more than a whole turn"),
        ("x: {column: distance, edges: [0, 5], values: [a]}", "values and edges are both given"),
    ],
)  # fmt: skip
def test_an_axis_that_makes_no_sense_is_named_in_one_line(tmp_path, axes, said):
    with pytest.raises(UserError, match=said) as error:
        definition(tmp_path, axes)
    assert str(error.value).startswith("coverage")


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("[[class, distanc]]", r"cells.0: no axis distanc; did you mean distance\?"),
        ("[[class, class]]", r"cells.0=\[class, class\]: expected axes, each once"),
        ("[[class], [class]]", r"cells.1=\[class\]: is there already"),
        ("[[]]", "cells.0"),
    ],
)
def test_a_crossing_that_makes_no_sense_is_named_in_one_line(tmp_path, cells, said):
    with pytest.raises(UserError, match=said):
        definition(tmp_path, cells=cells)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("{where: {clas: dog}, want: 1}", r"targets.0.where: no axis clas; did you mean class\?"),
        ("{where: {class: unicorn}, want: 1}", "where.class=unicorn: no such name"),
        ("{where: {occlusion: [0.5, 1.5]}, want: 1}", "impossible, occlusion is 0 to 1"),
        ("{where: {distance: [40, 40]}, want: 1}", r"where.distance=\[40, 40\]: empty"),
        ("{where: {distance: [60, 40]}, want: 1}", r"where.distance=\[60, 40\]: empty"),
        ("{where: {distance: 10-41}, want: 1}", "10-41: no such bin; did you mean 10-40"),
        ("{where: {class: [1, 2]}, want: 1}", "class is a name, expected names"),
        ("{where: {class: dog}, share: 1.5}", "share=1.5: expected more than 0 and less than 1"),
        ("{where: {class: dog}, share: 0}", "share=0.*: expected more than 0"),
        ("{where: {class: dog}, rarest: 2}", "rarest=2.*: expected 0 to 1"),
        ("{where: {class: dog}, wnt: 1}", r"targets.0.wnt=1: no such key; did you mean .*want\?"),
        ("{where: {class: on}, want: 1}", 'class=true: expected a name.* "on" in quotes is text'),
        ("{where: {distance: [1, 2, 3]}, want: 1}", r"or bounds \[low, high\]"),
        ("{where: {class: dog}, want: 0}", "want=0: expected a whole number of at least 1"),
        ("{where: {class: dog}, want: 2, share: 0.1}", "want and share given"),
        ("{where: {class: dog}}", "nothing given, expected one of want, share and rarest"),
        ("{where: {}, want: 1}", "where: expected at least one axis"),
        ("{where: {class: each}, want: 1}", "class=each: expected an axis with values or edges"),
    ],
)  # fmt: skip
def test_an_impossible_target_is_named_in_one_line(tmp_path, target, said):
    with pytest.raises(UserError, match=said) as error:
        definition(tmp_path, targets=f"[{target}]")
    assert "\n" not in str(error.value)


def test_the_same_target_twice_is_refused(tmp_path):
    twice = "[{where: {class: dog}, want: 1}, {where: {class: dog}, want: 2}]"
    with pytest.raises(UserError, match=r"targets.1: asks for the same as targets.0"):
        definition(tmp_path, targets=twice)


def test_too_many_cells_are_a_slip(tmp_path):
    edges = ", ".join(str(number) for number in range(600))
    axes = f"x: {{column: distance, edges: [{edges}]}}, y: {{column: lateral, edges: [{edges}]}}"
    with pytest.raises(UserError, match=r"358,801 cells, expected at most 200,000"):
        definition(tmp_path, axes, cells="[[x, y]]")


def test_a_target_for_each_bin_becomes_one_per_bin():
    where = {"class": "dog", "time_of_day": "each", "distance": "each"}
    told = Coverage(axes=AXES, targets=(Target(where=where, want=5),))
    found = checked(told).targets
    assert len(found) == 9
    assert found[1].where == {"class": "dog", "time_of_day": "day", "distance": "10-40"}
    assert {target.want for target in found} == {5}


def test_a_definition_comes_back_from_json_as_it_was():
    where = {"class": ("dog", "car"), "distance": (20.0, float("inf")), "occlusion": (0.1, 0.4)}
    targets = (Target(where=where, want=5), Target(where={"time_of_day": "night"}, share=0.25))
    told = Coverage(axes=AXES, cells=(("class", "place"), ("distance",)), targets=targets)
    assert coverage_from(loads(dumps(plain_coverage(told), allow_nan=False))) == told


def test_cells_have_readable_names():
    where = {"class": "ambulance", "distance": (40.0, 60.0), "occlusion": (0.2, 0.5)}
    assert named(where, AXES) == "ambulance, distance 40-60 m, occlusion 0.2-0.5"
    where = {"time_of_day": ("dusk", "night"), "distance": "40+", "place": "suburb"}
    assert named(where, AXES) == "dusk or night, distance 40+ m, place suburb"


@pytest.mark.parametrize("name", ["default", "vru", "gaps_example"])
def test_every_definition_that_comes_along_makes_sense_and_comes_back(name):
    found = checked(read([f"coverage={name}"]).survey.coverage)
    assert coverage_from(loads(dumps(plain_coverage(found), allow_nan=False))) == found
    assert len(found.targets) == {"default": 0, "vru": 25, "gaps_example": 12}[name]
