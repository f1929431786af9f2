import json

import pytest

from synthgen.cost.measured import around, measured, spread
from synthgen.cost.pilot import Pilot
from synthgen.errors import UserError


def record(shard, worker, process, core, **more):
    stages = {"build city": 5.0, "build clip": 3.0, "build trees": 1.0, "camera": core - 9.0}
    told = {"frames": 20, "bytes": 8000, "disk": 9000, "files": 30, "peak": 100 + shard,
            "host": "a", "processor": "b"}  # fmt: skip
    both = {**stages, "whole shard": core, "to disk": 1.0}
    clock = {name: 1.25 * seconds for name, seconds in both.items()}
    return {"shard": shard, "worker": worker, "process": process, "core": both,
            "seconds": clock, **told, **more}  # fmt: skip


def lay(folder, records):
    """Write what a pilot leaves of shards of two worlds and twenty frames."""
    (folder / "timing").mkdir()
    (folder / "dataset").mkdir()
    (folder / "run.json").write_text(json.dumps({"command": ["scene=fog"]}))
    for one in records:
        name = f"{one['shard']:06d}"
        (folder / "timing" / f"{name}.json").write_text(json.dumps(one))
        (folder / "shards" / name).mkdir(parents=True)
        (folder / "shards" / name / "manifest.json").write_text(json.dumps({"clips": [1, 2]}))
    return Pilot(folder, 20 * len(records), len(records) + 1, 2, 60.0, 0.8)


FOUR = [
    record(0, 7, 42.0, 30.0),  # 12 s to load, of which 2 are told as every shard's own rest
    record(1, 8, 42.0, 30.0),
    record(2, 7, 66.0, 22.0),
    record(3, 8, 70.0, 26.0),
]


def test_what_a_process_takes_to_start_is_told_apart_from_its_shards(tmp_path):
    found = measured(lay(tmp_path, FOUR))
    assert found.told_apart
    assert found.rest == pytest.approx(2.0)
    assert found.start == pytest.approx(10.0 + 6.0)  # before, and 30 instead of 24 in the first
    assert found.core.mean == pytest.approx(24.0 + 2.0)
    assert (found.core.known, found.core.freedom) == (2, 2)
    assert found.core.scatter == pytest.approx(2.0)  # of 22 and 26 about 24, none of 30 and 30


def test_parts_add_up_to_what_the_processes_worked(tmp_path):
    found = measured(lay(tmp_path, FOUR))
    parts = 2 * found.start + 4 * (found.city + found.rest) + 8 * found.world + 80 * found.frame
    assert parts == pytest.approx(66.0 + 70.0)
    assert found.city == pytest.approx(5.0)
    assert found.world == pytest.approx(2.0)


def test_shards_that_failed_are_counted_and_in_no_figure(tmp_path):
    found = measured(lay(tmp_path, FOUR))
    assert (found.shards, found.failed) == (4, 1)
    assert found.joined.core == pytest.approx(0.2)
    assert found.peak == 103
    assert found.stretch == pytest.approx(1.25)


def test_one_shard_for_each_process_tells_no_start_apart(tmp_path):
    found = measured(lay(tmp_path, FOUR[:2]))
    assert not found.told_apart
    assert found.start == pytest.approx(12.0)
    assert found.core.mean == pytest.approx(30.0)


def test_what_workers_did_before_and_beside_their_shards():
    assert around(FOUR) == (pytest.approx(10.0), pytest.approx(2.0))
    assert around(FOUR[:1]) == (12.0, 0.0)


def test_one_value_has_no_scatter():
    assert spread([3.0]).half(10) is None


def test_a_pilot_without_records_is_one_line(tmp_path):
    pilot = lay(tmp_path, FOUR[:1])
    (tmp_path / "timing" / "000000.json").unlink()
    with pytest.raises(UserError, match="left no records"):
        measured(pilot)
