from synthgen.coverage.filling.counting import held
from synthgen.coverage.planning.holdings import tables
from synthgen.spec.coverage import Axis, Coverage

COVERAGE = Coverage(
    axes={"class": Axis(column="class", values=("car", "pedestrian", "truck")),
          "power": Axis(column="power"),
          "distance": Axis(column="distance", unit="m", edges=(0, 20, 80))},
)  # fmt: skip
WHERES = {
    "t00": {"class": "car"}, "t01": {"class": "pedestrian", "distance": (0.0, 1000.0)},
    "t02": {"power": "on"}, "t03": {"class": "truck"},
    "t04": {"class": "car", "distance": (0.0, 1.0)},
}  # fmt: skip


def by_pandas(toy_data, chosen):
    """Worlds of the whole data set with an object that `chosen` takes, by plain tables."""
    import pandas

    with tables(toy_data) as scratch:
        frames = pandas.read_parquet(scratch / "frames.parquet")
        objects = pandas.read_parquet(scratch / "objects.parquet")
    rows = objects[objects["ignored"] != True].merge(frames, on="frame")  # noqa: E712
    return sorted({int(world) for world in rows[chosen(rows)]["world"]})


def test_worlds_that_count_are_those_that_pandas_finds(toy_data):
    found = held(toy_data, [0, 1], COVERAGE, WHERES)
    hits = {target: sorted(clip for one in found for clip in one.hits[target]) for target in WHERES}
    assert hits["t00"] == by_pandas(toy_data, lambda rows: rows["class"] == "car") != []
    assert hits["t01"] == by_pandas(
        toy_data, lambda rows: (rows["class"] == "pedestrian") & (rows["distance"] < 1000)
    )
    assert hits["t02"] == [0, 2]
    assert hits["t03"] == hits["t04"] == []


def test_each_shard_is_counted_alone_and_absent_ones_are_left_out(toy_data):
    whole = held(toy_data, [0, 1], COVERAGE, WHERES)
    assert [one.number for one in whole] == [0, 1]
    assert sum(one.frames for one in whole) == 5
    assert held(toy_data, [1, 7], COVERAGE, WHERES) == whole[1:]
    assert held(toy_data, [7], COVERAGE, WHERES) == ()
    assert held(toy_data / "shards", [0], COVERAGE, WHERES) == ()
