"""What our own data sets hold, against their own tables."""

from collections import Counter

import pyarrow.parquet as pq
import pytest

from synthgen.coverage.planning.holdings import count, look
from synthgen.coverage.planning.marginals import AMONG
from synthgen.errors import UserError
from synthgen.spec.coverage import Axis, Coverage

AXES = {
    "class": Axis(column="class", values=("car", "pedestrian", "truck", "van")),
    "distance": Axis(column="distance", edges=(0, 20, 60, 500)),
}


def _rows(data):
    """Return the rows that count, straight from the shards."""
    paths = sorted(data.glob("shards/*/objects.parquet"))
    return [row for path in paths for row in pq.read_table(path).to_pylist() if row["counts"]]


def test_objects_by_class_are_those_that_count_in_the_shards(toy_data):
    whole, clips = look(toy_data)
    expected = Counter(row["class"] for row in _rows(toy_data))
    among = {name: count for name, count in expected.items() if name in AMONG}
    assert whole.classes == dict(sorted(among.items()))
    assert sum((clip.counts for clip in clips), Counter()) == expected
    assert sum(clip.frames for clip in clips) == whole.frames


def test_worlds_with_a_class_are_clips_with_such_a_row(toy_data):
    for kind in AXES["class"].values:
        expected = {row["clip"] for row in _rows(toy_data) if row["class"] == kind}
        found = count(toy_data, Coverage(axes=AXES), {"t00": {"class": kind}})
        assert found == {"t00": len(expected)}


def test_a_folder_of_something_else_is_one_line(tmp_path):
    with pytest.raises(UserError, match="expected a data set of synthgen"):
        count(tmp_path, Coverage(axes=AXES), {})


def test_round_the_car_is_what_lidars_hit_once_for_each_moment_and_thing(toy_data):
    """By the tables of the shards: in view or not, and in both cameras of a pair once."""
    rows = [row for path in sorted(toy_data.glob("shards/*/objects.parquet"))
            for row in pq.read_table(path).to_pylist()]  # fmt: skip
    hit = {(row["frame"], row["track"]): row["class"] for row in rows if row["lidar_points"]}
    whole, clips = look(toy_data, around=True)
    expected = Counter(name for name in hit.values() if name in AMONG)
    assert expected
    assert whole.classes == dict(sorted(expected.items()))
    assert whole.frames == sum(clip.frames for clip in clips) == 5
    assert not whole.heights.sum()
    assert whole.distances.sum() == sum(expected.values())
