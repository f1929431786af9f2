"""Counts of an audit, held against the same counts by pandas."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from json import loads
from math import inf, pi
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synthgen.config import read
from synthgen.coverage import audit as module
from synthgen.coverage.columns import FRAMES, OBJECTS
from synthgen.coverage.folder import Audit, open_audit
from synthgen.coverage.readers import Batch, Broken
from synthgen.errors import UserError
from synthgen.spec.coverage import Axis, Coverage, Target
from synthgen.spec.run import RunSpec

EDGES = (0.0, 10.0, 40.0, inf)
AXES = {
    "time_of_day": Axis(column="time_of_day", values=("day", "dusk", "night")),
    "class": Axis(column="class", values=("car", "dog")),
    "distance": Axis(column="distance", edges=EDGES),
    "occlusion": Axis(column="occlusion", edges=(0, 0.2, 0.5, 1)),
}
CELLS = (("class", "distance", "time_of_day"), ("class", "occlusion"), ("time_of_day",))


class Rows:
    """A reader of rows that are there already, in batches of a few."""

    def __init__(self, frames: list[dict], objects: list[dict], faults: int = 0, size: int = 7):
        self.frames, self.objects, self.faults, self.size = frames, objects, faults, size

    def recognises(self, data: Path) -> bool:
        return True

    def read(self, data: Path, broken: Callable[[Broken], None]) -> Iterator[Batch]:
        for number in range(self.faults):
            broken(Broken("labels.json", f"{number}", "no box"))
        for at in range(0, max(len(self.frames), len(self.objects)), self.size):
            yield Batch(
                _batch(self.frames[at : at + self.size], FRAMES),
                _batch(self.objects[at : at + self.size], OBJECTS),
            )


def _batch(rows: list[dict], schema: pa.Schema) -> pa.RecordBatch | None:
    names = list(dict.fromkeys(key for row in rows for key in row))
    kinds = pa.schema([schema.field(name) for name in names])
    return pa.RecordBatch.from_pylist(rows, schema=kinds) if rows else None


@cache
def asked() -> RunSpec:
    return read(["task=audit", "data=/"])


def make(folder: Path, reader, coverage: Coverage, workers: int = 2, **keys) -> Audit:
    survey = replace(asked().survey, coverage=coverage, **keys)
    run = replace(asked(), survey=survey, out=str(folder / "audit"), workers=workers)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "open_reader", lambda name: reader)
        patch.setattr(module, "told_format", lambda data, asked: asked or "rows")
        module.audit(run)
    return open_audit(folder / "audit")


def frame(name: str, **told) -> dict:
    return {"frame": name, "time_of_day": "day", **told}


def thing(frame: str, **told) -> dict:
    return {"frame": frame, "class": "dog", **told}


def cells(made: Audit, crossing: str) -> dict[tuple, tuple[int, int, int]]:
    rows = [row for row in made.table("cells").to_pylist() if row["crossing"] == crossing]
    axes = crossing.split(" x ")
    return {
        tuple(row[axis] for axis in axes): (row["objects"], row["frames"], row["worlds"])
        for row in rows
    }


# Against pandas ---------------------------------------------------------------------------------

NAMES = st.sampled_from([None, "", "unknown", "car", "dog", "bus", "night"])
NUMBERS = st.sampled_from([None, 0.0, 0.2, 0.5, 1.0, 9.99, 10.0, 39.0, 40.0, 300.0, float("nan")])
SHARES = st.sampled_from([None, 0.0, 0.1, 0.2, 0.3, 0.5, 1.0])
FRAME = st.fixed_dictionaries(
    {"time_of_day": st.sampled_from([None, "day", "night", "dusk", "noon"]),
     "world": st.sampled_from([None, "w0", "w1", "f1"])}
)  # fmt: skip
OBJECT = st.fixed_dictionaries(
    {"frame": st.integers(0, 5), "class": NAMES, "distance": NUMBERS, "occlusion_low": SHARES,
     "occlusion_high": SHARES, "ignored": st.sampled_from([None, False, True])}
).filter(lambda one: (one["occlusion_low"] or 0) <= (one["occlusion_high"] or 1))  # fmt: skip


def binned(value: float | None, edges: tuple[float, ...], names: tuple[str, ...]) -> str:
    if value is None or np.isnan(value):
        return "unknown"
    at = int(np.searchsorted(edges, value, side="right")) - 1
    if at == len(names) and value == edges[-1]:
        at -= 1
    return names[at] if 0 <= at < len(names) else "other"


def within(low: float | None, high: float | None, axis: Axis) -> str:
    if low is None or high is None:
        return "unknown"
    if low == high:
        return binned(low, axis.edges, axis.bins)
    sure = [name for name in axis.bins if _holds(axis.bounds(name), low, high)]
    return sure[0] if sure else "unknown"


def _holds(ends: tuple[float, float], low: float, high: float) -> bool:
    return ends[0] <= low and high <= ends[1]


def word(value: str | None, values: tuple[str, ...]) -> str:
    if value in (None, "", "unknown"):
        return "unknown"
    return value if value in values else "other"


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(frames=st.lists(FRAME, min_size=6, max_size=6), objects=st.lists(OBJECT, max_size=40))
def test_cells_count_what_pandas_counts(tmp_path, frames, objects):
    frames = [{"frame": f"f{at}", **told} for at, told in enumerate(frames)]
    rows = [{**one, "frame": f"f{one['frame']}"} for one in objects]
    made = make(tmp_path, Rows(frames, rows), Coverage(axes=AXES, cells=CELLS))
    table = pd.DataFrame(
        [
            {"frame": row["frame"],
             "world": (told["world"], None) if told["world"] else (None, row["frame"]),
             "class": word(row["class"], AXES["class"].values),
             "distance": binned(row["distance"], EDGES, AXES["distance"].bins),
             "occlusion": within(row["occlusion_low"], row["occlusion_high"], AXES["occlusion"]),
             "time_of_day": word(told["time_of_day"], AXES["time_of_day"].values)}
            for row in rows if not row["ignored"]
            for told in [frames[int(row["frame"][1:])]]
        ],
        columns=["frame", "world", "class", "distance", "occlusion", "time_of_day"],
    )  # fmt: skip
    for crossing in CELLS[:2]:
        grouped = table.groupby(list(crossing))
        wanted = {
            key: (len(group), group.frame.nunique(), group.world.nunique())
            for key, group in grouped
        }
        found = {key: count for key, count in cells(made, " x ".join(crossing)).items() if count[0]}
        assert found == wanted
    days = pd.Series([word(one["time_of_day"], AXES["time_of_day"].values) for one in frames])
    found = {key[0]: count[1] for key, count in cells(made, "time_of_day").items() if count[1]}
    assert found == days.value_counts().to_dict()


def test_what_is_no_number_is_not_told_where_all_other_numbers_are_equal(tmp_path):
    objects = [thing("a", distance=5.0), thing("a", distance=float("nan"))]
    made = make(tmp_path, Rows([frame("a")], objects), Coverage(axes=AXES, cells=(("distance",),)))
    found = {key[0]: count[0] for key, count in cells(made, "distance").items() if count[0]}
    assert found == {"0-10": 1, "unknown": 1}
    assert made.known["objects"]["distance"] == 1


# Targets ----------------------------------------------------------------------------------------


def test_a_target_counts_worlds_not_objects(tmp_path):
    frames = [frame("a", world="w"), frame("b", world="w"), frame("c", world="v"), frame("d")]
    objects = [thing(name, distance=15.0, track=f"{name}1") for name in "aabcd"]
    target = Target(where={"class": "dog", "distance": (12, 16)}, want=9)
    made = make(tmp_path, Rows(frames, objects), Coverage(axes=AXES, targets=(target,)))
    (goal,) = made.goals
    assert (goal.id, goal.asked, goal.there, goal.missing, goal.objects) == ("t00", 9, 3, 6, 5)
    assert goal.where == {"class": "dog", "distance": (12.0, 16.0)}
    assert goal.name == "dog, distance 12-16 m"


def test_bounds_of_a_target_hold_what_lies_wholly_in_them(tmp_path):
    pairs = [(0.2, 0.2), (0.2, 0.5), (0.1, 0.5), (0.5, 0.5), (0.3, 0.4), (None, 0.4)]
    frames = [frame(f"f{at}") for at in range(len(pairs))]
    objects = [
        thing(f"f{at}", occlusion_low=low, occlusion_high=high)
        for at, (low, high) in enumerate(pairs)
    ]
    targets = (
        Target(where={"occlusion": (0.2, 0.5)}, want=1),
        Target(where={"occlusion": (0.5, 1.0)}, want=1),
        Target(where={"class": ("dog", "car"), "time_of_day": "day"}, want=1),
    )
    made = make(tmp_path, Rows(frames, objects), Coverage(axes=AXES, targets=targets))
    assert [goal.there for goal in made.goals] == [3, 1, 6]
    assert [goal.unsure for goal in made.goals] == [2, 1, 0]
    assert made.axes["occlusion"] == {"unknown": 2, "other": 0, "too_coarse": 1, "of": 6}


def test_what_may_be_there_is_neither_there_nor_forgotten(tmp_path):
    told = {"a": "night", "b": None, "c": "day", "d": "unknown"}
    frames = [frame(name, time_of_day=time) for name, time in told.items()]
    objects = [thing(name, distance=distance) for name in told for distance in (None, 50.0)]
    where = {"class": "dog", "time_of_day": "night", "distance": (40, 60)}
    target = Target(where=where, want=5)
    (goal,) = make(tmp_path, Rows(frames, objects), Coverage(axes=AXES, targets=(target,))).goals
    assert (goal.there, goal.unsure, goal.missing, goal.objects) == (1, 2, 4, 1)


def test_a_share_is_reached_once_what_is_asked_was_added(tmp_path):
    frames = [frame(f"f{at}", time_of_day="night" if at < 3 else "day") for at in range(40)]
    targets = (
        Target(where={"time_of_day": "night"}, share=0.25),
        Target(where={"time_of_day": "day"}, share=0.5),
    )
    made = make(tmp_path, Rows(frames, []), Coverage(axes=AXES, targets=targets))
    night, day = made.goals
    assert night.there == 3
    assert night.asked / (40 + night.missing) >= 0.25 > (night.asked - 1) / (39 + night.missing)
    assert (day.asked, day.there, day.missing) == (20, 37, 0)


def test_rarest_asks_for_what_the_poorest_siblings_have(tmp_path):
    held = {("car", 5): 8, ("car", 20): 4, ("car", 50): 2, ("bus", 5): 9, ("dog", 5): 1}
    frames, objects = [], []
    for (kind, distance), number in held.items():
        for at in range(number):
            frames.append(frame(f"{kind}{distance}-{at}"))
            objects.append({"frame": frames[-1]["frame"], "class": kind, "distance": distance})
    where = {"class": "dog", "distance": (0.0, 10.0)}
    for share, wanted in ((0.0, 2), (0.3, 2), (0.34, 4), (0.7, 8), (1.0, 8)):
        told = Coverage(axes=AXES, targets=(Target(where=where, rarest=share),))
        assert make(tmp_path, Rows(frames, objects), told).goals[0].asked == wanted


def test_rarest_with_nothing_beside_is_refused_and_leaves_nothing(tmp_path):
    told = Coverage(axes=AXES, targets=(Target(where={"class": "dog"}, rarest=0.1),))
    with pytest.raises(UserError, match=r"targets.0.rarest=0.1: no other cell of class holds"):
        make(tmp_path, Rows([frame("a")], [thing("a")]), told)
    assert list(tmp_path.iterdir()) == []


def test_a_target_of_one_cell_stands_in_the_cell(tmp_path):
    where = {"distance": (0, 10), "class": "dog", "time_of_day": "night"}
    finer = {**where, "distance": (2, 8)}
    targets = (Target(where=where, want=7), Target(where=finer, want=3))
    told = Coverage(axes=AXES, cells=CELLS, targets=targets)
    frames, objects = [frame("a", time_of_day="night")], [thing("a", distance=1.0)]
    rows = make(tmp_path, Rows(frames, objects), told).table("cells").to_pylist()
    asked = [row for row in rows if row["target"] is not None]
    assert [(row["class"], row["distance"], row["target"], row["missing"]) for row in asked] == [
        ("dog", "0-10", 7, 6)
    ]


# Axes -------------------------------------------------------------------------------------------


def test_sides_of_a_thing_are_told_around_the_whole_turn(tmp_path):
    axis = Axis(
        column="aspect", unit="deg", edges=(-45, 45, 135, 225, 315),
        names=("rear", "left", "front", "right"),
    )  # fmt: skip
    angles = [0.0, 0.7, -0.7, pi / 2, pi, -pi, -pi / 2, None, pi / 4]
    frames = [frame(f"f{at}") for at in range(len(angles))]
    objects = [thing(f"f{at}", aspect=angle) for at, angle in enumerate(angles)]
    made = make(tmp_path, Rows(frames, objects), Coverage(axes={"side": axis}, cells=(("side",),)))
    found = {key[0]: count[0] for key, count in cells(made, "side").items()}
    assert found == {"rear": 3, "left": 2, "front": 2, "right": 1, "unknown": 1}


def test_an_axis_in_kilometres_per_hour_cuts_metres_per_second(tmp_path):
    axis = Axis(column="ego_speed", unit="km/h", edges=(0, 36, 72))
    frames = [frame(f"f{at}", ego_speed=speed) for at, speed in enumerate([9.9, 10.1, 19.9, 21])]
    made = make(tmp_path, Rows(frames, []), Coverage(axes={"speed": axis}, cells=(("speed",),)))
    found = {key[0]: count[1] for key, count in cells(made, "speed").items()}
    assert found == {"0-36": 1, "36-72": 2, "other": 1}


def test_an_axis_without_values_finds_them(tmp_path):
    told = Coverage(axes={"kind": Axis(column="subtype")}, cells=(("kind",),))
    kinds = ["estate", None, "van", "other", "estate", "unknown"]
    objects = [thing("a", subtype=kind) for kind in kinds]
    made = make(tmp_path, Rows([frame("a")], objects), told)
    assert made.coverage.axes["kind"].values == ("estate", "van")
    found = {key[0]: count[0] for key, count in cells(made, "kind").items()}
    assert found == {"estate": 2, "van": 1, "other": 1, "unknown": 2}


# The folder -------------------------------------------------------------------------------------


def small(folder: Path, **keys) -> Audit:
    target = Target(where={"class": "dog", "time_of_day": ("dusk", "night")}, want=2)
    told = Coverage(axes=AXES, cells=CELLS, targets=(target,))
    objects = [thing("a", distance=5.0), thing("zzz"), thing("b", ignored=True)]
    return make(folder, Rows([frame("a"), frame("b"), frame("a")], objects, 2), told, **keys)


def test_what_is_broken_is_counted_named_and_left_out(tmp_path, capsys):
    made = small(tmp_path)
    assert made.counts == {
        "frames": 2, "objects": 1, "ignored": 1, "worlds": 0, "frames_without_world": 2,
        "broken": 4,
    }  # fmt: skip
    lines = (made.folder / "broken.jsonl").read_text().splitlines()
    assert [loads(line)["why"] for line in lines] == [
        "no box", "no box", "a frame of this name is there already",
        "an object of a frame that is not there",
    ]  # fmt: skip
    assert made.table("frames")["frame"].to_pylist() == ["a", "b"]
    assert made.table("objects")["frame"].to_pylist() == ["a", "b"]
    said = capsys.readouterr().out
    assert "4 broken records skipped" in said
    assert "t00  dog, dusk or night" in said


def test_the_same_data_make_the_same_bytes_for_any_number_of_workers(tmp_path):
    first, second = small(tmp_path / "a", workers=1), small(tmp_path / "b", workers=3)
    assert first.digest == second.digest
    names = sorted(path.name for path in first.folder.iterdir())
    assert names == ["audit.json", "broken.jsonl", "cells.parquet", "frames.parquet",
                     "objects.parquet", "targets.parquet"]  # fmt: skip
    for name in names:
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes()


def test_an_audit_takes_the_place_of_an_earlier_one_and_of_nothing_else(tmp_path):
    small(tmp_path)
    small(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["audit"]
    (tmp_path / "audit" / "audit.json").unlink()
    with pytest.raises(UserError, match=r"out=.*audit: holds something else"):
        small(tmp_path)
    assert (tmp_path / "audit" / "frames.parquet").exists()


def test_data_without_a_frame_are_refused(tmp_path):
    with pytest.raises(UserError, match=r"no frame in it that can be read; 3 records are broken"):
        make(tmp_path, Rows([], [], 3), Coverage(axes=AXES))
    assert list(tmp_path.iterdir()) == []
