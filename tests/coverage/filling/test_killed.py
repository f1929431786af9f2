"""A fill that really renders, killed twice, against one that was left alone."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
import yaml

from synthgen.coverage.definition import plain_coverage
from synthgen.spec.coverage import Axis, Coverage, Target
from tests.coverage.filling.test_order import note, write
from tests.scripts import script

COVERAGE = Coverage(
    axes={"class": Axis(column="class", values=("car", "pedestrian")),
          "time_of_day": Axis(column="time_of_day", values=("day", "dusk", "night"))},
    targets=(Target(where={"class": "car", "time_of_day": "day"}, want=1),
             Target(where={"class": "car", "time_of_day": "night"}, want=1)),
)  # fmt: skip


def command(plan, out):
    told = (f"plan={plan}", f"out={out}", "workers=1")
    return [sys.executable, "-m", "synthgen", "task=fill", *told]


def jobs(rig):
    for number, scene in enumerate(("clear_day", "night")):
        words = [f"scene={scene}", "place=motorway", "clip.frames=1", f"seed={number}"]
        yield {
            "job": scene, "overrides": [*words, f"rig={rig}"],
            "clips": 2, "frames": 2, "expects": {f"t{number:02}": 1.5}, "core_seconds": 40,
            "bytes": 4_000_000,
        }  # fmt: skip


def kill_when(there, process, limit=900):
    """Kill `process` as soon as `there()` holds."""
    end = time.monotonic() + limit
    while not there() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def content(out):
    """Bytes of all that a fill makes, but for times, and for where it lies."""
    files = {}
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        untimed = not {"timing", "log"} & set(path.parts) and path.name != "run.json"
        if path.is_file() and untimed:
            files[name] = path.read_bytes()
    return files


@pytest.mark.long
def test_killed_twice_and_resumed_the_same_bytes(tmp_path):
    head = {"plan": 1, "audit": "0", "coverage": plain_coverage(COVERAGE), "seed": 0, "budget": 8,
            "totals": {}, "start_core_seconds": 3.0}  # fmt: skip
    rig = tmp_path / "small.yaml"
    rig.write_text(yaml.safe_dump(script("chaos").small(3)))
    plan = write(tmp_path / "plan.jsonl", head, *jobs(rig), note("t00", 1), note("t01", 1))
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    subprocess.run(command(plan, whole), check=True)
    moments = (
        lambda: any(cut.glob("clear_day/making/partial-*/**/*.png")),
        lambda: any(cut.glob("night/making/partial-*")),
    )
    for there in moments:
        process = subprocess.Popen(command(plan, cut), start_new_session=True)
        kill_when(there, process)
        assert process.returncode == -signal.SIGKILL
        assert not (cut / "night/shards/000000").exists()
    subprocess.run(command(plan, cut), check=True)
    first, second = content(whole), content(cut)
    assert list(first) == list(second)
    assert not [name for name in first if first[name] != second[name]]
    told = json.loads(first["fill.json"])
    assert told["state"] == "done"
    assert [target["got"] >= 1 for target in told["targets"]] == [True, True]
