import json

import pytest

from synthgen.config import read
from synthgen.jobs.summary import Outcome, summarise, worked

MIB = 2**20


def record(shard, worker, process):
    return {"shard": shard, "worker": worker, "process": process, "frames": 20, "bytes": 50_000_000,
            "peak": 900 * MIB, "resident": 400 * MIB, "checks": {"box": 5},
            "seconds": {"camera": 30.0, "whole shard": 40.0, "to disk": 1.0}}  # fmt: skip


MADE = [record(0, 7, 60.0), record(1, 8, 70.0), record(2, 7, 100.0)]
PARTS = {"start": 10.0, "city": 4.0, "rest": 1.0, "world": 2.0, "frame": 1.0,
         "bytes": {"mean": 40_000_000.0}, "frames": 20.0}  # fmt: skip


@pytest.fixture
def run(tmp_path):
    return read(["scene=clear_day", "n=60", f"out={tmp_path}"])


def told(run, tmp_path, **more):
    return summarise(tmp_path, Outcome(run, MADE, 0, 100.0, 5.0, **more))


def test_the_end_tells_frames_shards_core_seconds_bytes_and_memory(run, tmp_path):
    text = told(run, tmp_path)
    assert "made 60 frames in 3 shards in 100.0 s, the first after 5.0 s: 0.60 frames/s" in text
    assert "170.0 core-seconds (0.047 core-hours), 2.83 a frame; 150.0 MB, 2.500 a frame" in text
    assert "900 MiB per worker at most, 400 MiB between shards" in text
    assert "verified: 15 checks, 0 violations" in text
    assert "failed" not in text
    assert "estimated" not in text


def test_shards_that_failed_are_counted(run, tmp_path):
    assert f"2 shards failed, see {tmp_path / 'failed'}" in told(run, tmp_path, failed=2)


def test_workers_are_counted_once_with_all_they_worked():
    assert worked(MADE) == 170.0


def test_an_estimate_is_held_against_what_was_taken(run, tmp_path):
    content = {"identity": run.identity, "measured": PARTS}
    (tmp_path / "estimate.json").write_text(json.dumps(content))
    # two processes, three shards of two worlds and twenty frames: 20 + 3 * (5 + 4 + 20)
    assert (
        "estimated: 107.0 core-seconds, of which 170.0 (1.59) were taken; "
        "120.0 MB, of which 150.0 (1.25)"
    ) in told(run, tmp_path)


@pytest.mark.parametrize("content", ["[", "{}", '{"identity": "x"}', "[1]"])
def test_a_spoilt_estimate_costs_no_summary(run, tmp_path, content):
    (tmp_path / "estimate.json").write_text(content)
    assert "estimate.json: not an estimate of synthgen" in told(run, tmp_path)


def test_an_estimate_of_another_spec_is_not_compared(run, tmp_path):
    (tmp_path / "estimate.json").write_text(json.dumps({"identity": "x", "measured": PARTS}))
    assert "an estimate of another spec" in told(run, tmp_path)
