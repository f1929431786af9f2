"""Definitions as OpenODD and back."""

from pathlib import Path

import pytest
import yaml

from synthgen.coverage.definition import checked
from synthgen.coverage.openodd import exported, imported
from synthgen.errors import UserError
from synthgen.spec.coverage import Axis, Coverage, Target

pytest.importorskip("openodd")

AXES = {
    "time_of_day": Axis(column="time_of_day", values=("day", "dusk", "night")),
    "power": Axis(column="power", values=("on", "blocks", "off")),
    "ego_speed": Axis(column="ego_speed", unit="km/h", edges=(0, 30, 60)),
    "class": Axis(column="class", values=("car", "dog")),
    "distance": Axis(column="distance", unit="m", edges=(0, 10, 40)),
    "height": Axis(column="box_height", unit="px", edges=(0, 25, 60)),
}
TARGETS = (
    Target(where={"class": "dog", "distance": (12.0, 30.5), "power": "off"}, want=8),
    Target(where={"time_of_day": ("dusk", "night"), "distance": (20.0, float("inf"))}, want=3),
)


def written(folder: Path, coverage: Coverage) -> tuple[Path, tuple[str, ...]]:
    odd = exported(coverage)
    (folder / "it.yaml").write_text(yaml.safe_dump(odd.document, sort_keys=False))
    binding = {"openodd": ["it.yaml"], **odd.binding}
    (folder / "it.binding.yaml").write_text(yaml.safe_dump(binding, sort_keys=False))
    return folder / "it.binding.yaml", odd.lost


def test_what_openodd_can_say_comes_back_as_it_was(tmp_path):
    told = Coverage(axes=AXES, targets=TARGETS)
    path, lost = written(tmp_path, told)
    found, missed = imported(path)
    assert found == told
    assert checked(found) == checked(told)
    assert (lost, missed) == ((), ())


def test_what_openodd_cannot_say_is_listed(tmp_path):
    axes = {
        **AXES,
        "place": Axis(column="place"),
        "rain": Axis(column="rain", edges=(0, 0.1, float("inf")), names=("dry", "wet")),
    }
    targets = (
        Target(where={"class": "dog"}, share=0.1),
        Target(where={"height": ("0-25", "25-60")}, want=1),
        Target(where={"place": "rural", "rain": "wet"}, want=4),
    )
    told = Coverage(axes=axes, cells=(("class", "distance"),), targets=targets)
    path, lost = written(tmp_path, told)
    assert lost == (
        "cells class x distance", "axis place: that any name is one",
        "axis rain: names of bins dry, wet", "axis rain: that the last bin has no end",
        "target t00: dog", "target t01: height 0-25 or 25-60 px",
    )  # fmt: skip
    found, missed = imported(path)
    assert missed == ()
    assert found.targets == (Target(where={"place": "rural", "rain": (0.1, float("inf"))}, want=4),)
    assert found.axes["place"].values == ("rural",)


def test_concepts_that_no_data_set_has_are_listed(tmp_path):
    text = "TAXONOMY:\n  scenery: {lane_count: integer count}\n  dynamic: {ego_speed: float}\n"
    text += "MODULES:\n  free:\n    EXCLUDE_OR: {scenery.lane_count: '[1 .. 2]'}\n"
    (tmp_path / "odd.yaml").write_text(text)
    found, missed = imported(tmp_path / "odd.yaml")
    assert not found.axes
    assert [one.partition(":")[0] for one in missed] == [
        "scenery.lane_count", "dynamic.ego_speed", "module free",
    ]  # fmt: skip


def test_a_file_of_something_else_is_refused_in_one_line(tmp_path):
    (tmp_path / "odd.yaml").write_text("axes: {}\n")
    with pytest.raises(UserError, match=r"odd.yaml: expected OpenODD"):
        imported(tmp_path / "odd.yaml")
