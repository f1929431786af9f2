"""A new kind of sensor is one module and one YAML: from the rig to verified files."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthgen.config import read
from synthgen.errors import UserError
from synthgen.jobs.clock import Clock
from synthgen.kinds import names
from synthgen.merge import merge
from synthgen.pipeline import watched
from synthgen.spec.identity import digest, plain
from synthgen.verify.shard import tally_shard
from synthgen.writers.manifest import ShardRecord, write_manifest


@pytest.fixture(scope="module")
def kinds(toy_sensors):
    return toy_sensors


def of(samples, twin=""):
    return [sample for sample in samples if sample.twin == twin]


def rows(shard, table="sensors"):
    return pq.read_table(shard / f"{table}.parquet").to_pylist()


def store(shard, changed):
    schema = pq.read_schema(shard / "sensors.parquet")
    pq.write_table(pa.Table.from_pylist(changed, schema=schema), shard / "sensors.parquet")


def wrong(shard, kinds):
    return {violation.kind for violation in tally_shard(shard, kinds).violations}


def test_a_kind_is_found_by_the_name_of_its_module(kinds):
    found = names(kinds)
    assert found["rangefinder"] == "toy_sensors.rangefinder"
    assert "rangefinder" not in names()


def test_every_frame_has_the_readings_and_the_first_one_the_recordings(samples):
    for twin in ("", "rain"):
        first, *rest = of(samples, twin)
        assert set(first.readings) == {"ahead", "later", "way"}
        assert all(set(sample.readings) == {"ahead", "later"} for sample in rest)


def test_a_sensor_looks_at_its_own_time_from_where_the_car_is_then(samples):
    for sample in of(samples):
        late = sample.readings["later"]
        assert late.time == pytest.approx(sample.moment.time + 0.04)
        # The car drives 10 m/s towards the tail of a car that stands: 0.4 m nearer after 0.04 s.
        assert late.world_from_sensor[0, 3] == pytest.approx(10 * late.time + 2.0)
    ways = [sample.readings["later"].facts["range"] for sample in of(samples)]
    # Along a beam turned by 3 degrees onto a wall turned by 0.1 rad.
    step = 1.0 / (np.cos(np.radians(3)) - np.sin(np.radians(3)) * -np.tan(0.1))
    assert np.diff(ways) == pytest.approx([-step, -step], abs=1e-4)


def test_noise_comes_from_the_stream_of_the_sensor_its_frame_and_its_twin(stage, samples):
    run, spec, plot, scene = stage
    again = list(watched(plot, scene, spec, run.rig, [2], Clock()))
    for one, two in zip((of(samples)[2], of(samples, "rain")[2]), again, strict=True):
        assert one.readings["ahead"].facts == two.readings["ahead"].facts
    base, rain = (of(samples, twin)[1].readings for twin in ("", "rain"))
    assert base["ahead"].facts != rain["ahead"].facts
    assert base["later"].facts == rain["later"].facts  # without noise: the same moment


def test_another_sensor_changes_nothing_of_the_others(stage, samples):
    run, spec, plot, scene = stage
    alone = replace(run.rig, sensors={"ahead": run.rig.sensors["ahead"]})
    first = next(watched(plot, scene, spec, alone, [0, 1, 2], Clock()))
    assert first.readings["ahead"].facts == samples[0].readings["ahead"].facts
    for name, reading in first.cameras.items():
        assert np.array_equal(reading.image, samples[0].cameras[name].image)


def test_files_and_table_hold_every_reading(made):
    ahead = made / "sensor/ahead"
    assert sorted(path.name for path in ahead.glob("*.json")) == [
        "000000.json", "000001.json", "000002.json"
    ]  # fmt: skip
    assert json.loads((ahead / "instance/000000.json").read_text()) == {"instance": 2}
    assert (made / "sensor/way/clip000000.f64").stat().st_size == 24
    assert (made / "twins/rain/sensor/way/clip000000.f64").is_file()
    found = rows(made)
    assert len(found) == 7
    assert [row["frame"] for row in found if row["name"] == "way"] == [None]
    assert found[0]["files"] == ["sensor/ahead/000000.json", "sensor/ahead/instance/000000.json"]
    assert json.loads(found[0]["model"]) == {"farthest": 80.0, "noise": 0.01}
    said = pq.read_schema(made / "sensors.parquet").field("facts").metadata
    assert said[b"rangefinder.range"].startswith(b"[m] to what is straight ahead")


def test_verification_asks_the_kind(made, kinds):
    tally = tally_shard(made, kinds)
    assert not tally.violations
    assert tally.checks["rangefinder depth"] == 12  # two sensors, three frames, a twin
    assert tally.checks["odometer"] == 2
    assert wrong(made, ("synthgen.sensors.kinds",)) == {"sensor kind known"}


def nearer(row):
    return row | {"facts": [("range", row["facts"][0][1] - 2.0)]}


def aside(row):
    pose = np.array(row["world_from_sensor"]).reshape(4, 4)
    pose[1, 3] += 0.3 * (row["frame"] or 0)
    return row | {"world_from_sensor": pose.ravel().tolist()}


def at(row):
    """Return the pose of a car that is 0.1 m farther."""
    pose = np.array(row["world_from_ego"]).reshape(4, 4)
    pose[0, 3] += 0.1
    return pose.ravel().tolist()


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("ahead", nearer, "rangefinder file"),
        ("later", aside, "sensor fixed to car"),
        ("later", lambda row: row | {"world_from_ego": at(row)}, "sensor's time"),
        ("ahead", lambda row: row | {"kind": "odometre"}, "sensor kind known"),
        ("ahead", lambda row: row | {"time": row["time"] + 0.2}, "sensor's time"),
        ("ahead", lambda row: row | {"files": [*row["files"], "sensor/x.bin"]}, "sensor files"),
        ("way", lambda row: row | {"clip": 1}, "sensor readings"),
    ],
)
def test_what_is_wrong_in_the_table_is_found(shard, kinds, name, change, said):
    store(shard, [change(row) if row["name"] == name else row for row in rows(shard)])
    assert said in wrong(shard, kinds)


def test_a_wrong_reading_and_one_that_lacks_are_found(shard, kinds):
    path = shard / "sensor/ahead/000001.json"
    way = json.loads(path.read_text())["range"] + 1.0
    path.write_text(json.dumps({"range": way}))
    changed = [
        row | {"facts": [("range", way)]} if row["files"][0].endswith("ahead/000001.json") else row
        for row in rows(shard)
    ]
    store(shard, changed)
    assert wrong(shard, kinds) == {"rangefinder depth"}
    store(shard, changed[1:])
    assert "sensor readings" in wrong(shard, kinds)
    twin = shard / "twins/rain/sensor/way/clip000000.f64"
    twin.write_bytes((np.frombuffer(twin.read_bytes(), "<f8") * 1.1).tobytes())
    assert "odometer" in wrong(shard, kinds)


def test_sensors_count_in_a_rigs_identity_only_where_it_has_some(stage):
    rig = stage[0].rig
    assert "sensors" not in plain(replace(rig, sensors={}))
    assert digest(rig) != digest(replace(rig, sensors={}))


SENSOR = "rig.sensors.ahead"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("kind=rangefindr", f"{SENSOR}.kind=rangefindr: expected one of .*; did you mean rangefi"),
        ("kind=os", f"{SENSOR}.kind=os: expected one of .*odometer, .*rangefinder"),
        ("+knd=radar", f"{SENSOR}.knd=radar: no such key; did you mean kind?"),
        ("model.farthest=-1", f"{SENSOR}.model: rangefinder farthest must be > 0 m, got -1"),
        ("model.farthest=near", f"{SENSOR}.model.farthest=near: expected a number"),
        ("+model.nois=1", f"{SENSOR}.model.nois=1: no such key; did you mean .*model.noise?"),
        ("mount.position=[1,2]", f"{SENSOR}.mount.position"),
        ("+trigger={offset: 0.2}", rf"{SENSOR}.trigger: trigger offset must be in .*, got 0.2"),
        ("+trigger={lidar: velodin}", r"sensor ahead: .* got velodin; did you mean velodyne\?"),
        ("mount=null", f"{SENSOR}.mount=null: expected keys with values"),
    ],
)
def test_what_a_user_gets_wrong_is_one_line(rig_file, kinds, given, said, tmp_path):
    import yaml

    content = yaml.safe_load(rig_file.read_text())
    node = content["sensors"]["ahead"]
    *way, last = given.partition("=")[0].lstrip("+").split(".")
    for key in way:
        node = node[key]
    node[last] = yaml.safe_load(given.partition("=")[2])
    mine = tmp_path / "mine.yaml"
    mine.write_text(yaml.safe_dump(content))
    with pytest.raises(UserError, match=said) as caught:
        read([f"rig={mine}"], kinds=kinds)
    assert "\n" not in str(caught.value)


def test_two_sensors_of_one_name_are_refused(rig_file, kinds, tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text(rig_file.read_text().replace("  way:\n", "  velodyne:\n"))
    with pytest.raises(UserError, match="each sensor needs a name of its own, got velodyne"):
        read([f"rig={mine}"], kinds=kinds)


def test_a_model_may_name_a_make_of_the_users(rig_file, kinds, tmp_path):
    make = tmp_path / "conf/rangefinder/disto.yaml"
    make.parent.mkdir(parents=True)
    make.write_text("farthest: 60.0\nnoise: 0.001\n")
    mine = tmp_path / "mine.yaml"
    said = "model: {rangefinder: disto, noise: 0.002}"
    mine.write_text(rig_file.read_text().replace("model: {farthest: 80.0}", said))
    run = read([f"rig={mine}"], str(tmp_path / "conf"), kinds)
    assert plain(run.rig.sensors["ahead"].model) == {"farthest": 60.0, "noise": 0.002}
    with pytest.raises(UserError, match=r"rangefinder=disto: expected .*YAML file"):
        read([f"rig={mine}"], kinds=kinds)


def test_every_column_says_what_it_means_and_merging_keeps_the_table(made, stage, tmp_path):
    schema = pq.read_schema(made / "sensors.parquet")
    assert all(column.metadata[b"meaning"] for column in schema)
    run, spec, *_ = stage
    shard = Path(shutil.copytree(made, tmp_path / "shards/000000"))
    record = ShardRecord(identity=run.identity, shard=0, frames=(0, 1, 2), clips=(spec,),
                         facts={}, versions={"synthgen": "0.1.0"})  # fmt: skip
    write_manifest(shard, record)
    merge(tmp_path)
    for folder in ("dataset", "dataset/twins/rain"):
        assert len(rows(tmp_path / folder)) == 7
