"""Tallies: members of cells and targets, counted one by one, are as many as the audit counts."""

from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from synthgen.coverage.cells import count
from synthgen.coverage.columns import FRAMES, OBJECTS
from synthgen.coverage.query import database
from synthgen.coverage.receipt.findings import Count
from synthgen.coverage.receipt.tally import Member, members, tallies
from synthgen.coverage.tables import cut, load
from synthgen.coverage.targets import held
from synthgen.spec.coverage import Axis, Coverage

COVERAGE = Coverage(
    axes={
        "class": Axis(column="class", values=("car", "bus")),
        "distance": Axis(column="distance", edges=(0, 10, 40, float("inf"))),
        "occlusion": Axis(column="occlusion", edges=(0, 0.2, 0.5, 1.0)),
        "time_of_day": Axis(column="time_of_day", values=("day", "night")),
        "place": Axis(column="place"),
    },
    cells=(("class", "distance", "time_of_day"), ("time_of_day", "place"), ("class", "occlusion")),
)
WHERES = {
    "t00": {"class": "car", "distance": (5.0, 20.0)},
    "t01": {"time_of_day": ("day", "night")},
    "t02": {"class": "bus", "occlusion": "0.2-0.5", "time_of_day": "night"},
}
FRAME = st.fixed_dictionaries(
    {
        "world": st.sampled_from(["w", "v", None]),
        "time_of_day": st.sampled_from(["day", "night", "dusk", None]),
        "place": st.sampled_from(["downtown", "suburb", None]),
    }
)
OBJECT = st.fixed_dictionaries(
    {
        "frame": st.sampled_from(["f0", "f1", "f2"]),
        "class": st.sampled_from(["car", "bus", "dog", None]),
        "distance": st.sampled_from([0.0, 5.0, 10.0, 39.9, 40.0, 500.0, None]),
        "occlusion_low": st.sampled_from([0.0, 0.2, 0.3]),
        "occlusion_high": st.sampled_from([0.3, 0.5, 1.0, None]),
        "ignored": st.sampled_from([False, True, None]),
    }
)


def write(folder, frames, objects):
    for name, schema, rows in (("frames", FRAMES, frames), ("objects", OBJECTS, objects)):
        columns = {one.name: pa.array([row.get(one.name) for row in rows], one.type)
                   for one in schema}  # fmt: skip
        pq.write_table(pa.table(columns, schema=schema), folder / f"{name}.parquet")


@settings(
    max_examples=25, suppress_health_check=list(HealthCheck), deadline=None,
    phases=(Phase.explicit, Phase.generate),
)  # fmt: skip
@given(st.lists(FRAME, min_size=3, max_size=3), st.lists(OBJECT, max_size=12))
def test_members_counted_one_by_one_are_as_many_as_the_audit_counts(tmp_path, frames, objects):
    write(tmp_path, [{"frame": f"f{i}", **row} for i, row in enumerate(frames)], objects)
    with database() as query:
        load(query, tmp_path)
        made = cut(query, COVERAGE)
        found = tallies(members(made, COVERAGE.cells, WHERES), {f"f{i}": i for i in range(3)}, {})
        for number, crossing in enumerate(COVERAGE.cells):
            for cell in count(made, crossing):
                mine = found.get((number, *cell.bins))
                told = mine.count if mine else Count()
                assert told == Count(cell.objects, cell.frames, cell.worlds)
        for goal, (worlds, rows, _) in zip(WHERES, held(made, list(WHERES.values())), strict=True):
            mine = found.get((goal,))
            assert (mine.count.worlds if mine else 0) == worlds
            if goal != "t01":
                assert (mine.count.objects if mine else 0) == rows


def test_a_world_counts_once_however_many_frames_and_tracks_show_it():
    some = [Member(("t00",), frame, "w", row) for row, frame in enumerate(["a", "a", "b"])]
    found = tallies(
        [*some, replace(some[0], world="v", frame="c")], {"a": 2, "b": 0, "c": 2}, {0: 0}
    )
    assert found["t00",].count == Count(4, 3, 2)
    assert found["t00",].shards == (0, 2)


def test_objects_without_a_box_are_counted_but_never_shown():
    found = tallies(
        [Member(("t00",), "a", "w", 0), Member(("t00",), "a", "w", 1)], {"a": 0}, {1: 5}
    )
    assert found["t00",].count.objects == 2
    assert [one.box for one in found["t00",].candidates] == [5]
