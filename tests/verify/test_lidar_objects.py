import pyarrow.parquet as pq
import pytest

from synthgen.verify.faults import Tally
from synthgen.verify.frame import read_frame
from synthgen.verify.lidar_objects import check_lidar_objects, read_lidar_objects


@pytest.fixture(scope="module")
def frame(toy_data):
    shard = toy_data / "shards/000000"
    row = pq.read_table(shard / "frames.parquet").to_pylist()[1]
    rows = pq.read_table(shard / "objects.parquet").to_pylist()
    return read_frame(shard, row, [one for one in rows if one["frame"] == 1])


@pytest.fixture
def rows(toy_data):
    return read_lidar_objects(toy_data / "shards/000000")


def wrong(frame, rows):
    tally = Tally()
    check_lidar_objects(frame, rows, tally)
    return {one.kind for one in tally.violations}, tally.checks


def test_true_rows_pass_and_each_is_checked(frame, rows):
    kinds, checks = wrong(frame, rows)
    assert not kinds
    assert checks == {"lidar rows complete": 1, "lidar row points": 9, "lidar row place": 9}


@pytest.mark.parametrize(
    ("change", "by"),
    [
        (lambda row: row["center"].__setitem__(0, row["center"][0] + 0.02), "lidar row place"),
        (lambda row: row.__setitem__("points", row["points"] + 1), "lidar row points"),
        (lambda row: row.__setitem__("hits", row["hits"] - 1), "lidar row points"),
        (lambda row: row.__setitem__("track", 99), "lidar rows complete"),
        (lambda row: row.__setitem__("size", [s * 1.3 for s in row["size"]]), "lidar row points"),
    ],
)
def test_wrong_rows_are_caught(frame, rows, change, by):
    change(max(rows[1], key=lambda row: row["points"]))
    assert by in wrong(frame, rows)[0]


def test_a_camera_that_looked_earlier_is_taken_on_by_the_velocity(frame, rows):
    """50 ms before, rows of the camera would lie 0.3 m behind for a car at 6 m/s."""
    early = frame.row["cameras"][0]
    early["time"] -= 0.05
    try:
        assert wrong(frame, rows)[0] == {"lidar row place"}
    finally:
        early["time"] += 0.05


def test_older_sets_have_nothing_to_check(frame):
    assert wrong(frame, None) == (set(), {})
