import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from synthgen.jobs.pool import Event, Stopped, death, work_through


def squares(run, shard, tell, stopped):
    for frame in range(3):
        tell(frame)
    return {"value": run * shard * shard, "process": os.getpid()}


def dies_on_two(run, shard, tell, stopped):
    if shard == 2:
        os._exit(9)
    return {"value": shard}


def kills_the_other(run, shard, tell, stopped):
    """Let the first end at once; the second kills who made the first, who is idle then."""
    place = Path(run) / "first"
    if shard == 1:
        place.write_text(str(os.getpid()))
        return {"process": os.getpid()}
    while not place.exists():
        time.sleep(0.05)
    time.sleep(0.5)
    os.kill(int(place.read_text()), signal.SIGKILL)
    time.sleep(1)
    return {"process": os.getpid()}


def fails_on_one(run, shard, tell, stopped):
    if shard == 1:
        raise ValueError("no such shard")
    return {"value": shard}


def waits_for_stop(run, shard, tell, stopped):
    tell(0)
    while not stopped():
        pass
    raise Stopped


def never():
    return False


def done(events, kind="shard"):
    return sorted(event.shard for event in events if event.kind == kind)


def test_every_shard_is_done_once_by_spawned_processes():
    events = list(work_through(squares, 10, [1, 2, 3], 2, never))
    assert done(events) == [1, 2, 3]
    assert {e.detail["value"] for e in events if e.kind == "shard"} == {10, 40, 90}
    assert os.getpid() not in {e.detail["process"] for e in events if e.kind == "shard"}
    assert sum(event.kind == "frame" for event in events) == 9


def test_a_process_makes_so_many_shards_and_a_fresh_one_goes_on():
    events = list(work_through(squares, 10, [1, 2, 3, 4, 5], 1, never, life=2))
    assert [event.shard for event in events if event.kind == "shard"] == [1, 2, 3, 4, 5]
    processes = [e.detail["process"] for e in events if e.kind == "shard"]
    assert processes[0] == processes[1] != processes[2] == processes[3] != processes[4]
    assert not [one for one in processes if psutil.pid_exists(one)]


def test_a_worker_that_dies_costs_its_shard_only():
    events = list(work_through(dies_on_two, None, [1, 2, 3], 1, never))
    assert done(events) == [1, 3]
    assert [e for e in events if e.kind == "failed"] == [
        Event("failed", 2, "worker died (exit code 9)")
    ]


def test_a_worker_that_dies_without_a_shard_costs_none(tmp_path):
    events = list(work_through(kills_the_other, str(tmp_path), [1, 2], 2, never))
    assert done(events) == [1, 2]
    assert done(events, "failed") == []


def test_an_error_is_told_in_one_line_and_work_goes_on():
    events = list(work_through(fails_on_one, None, [0, 1, 2], 1, never))
    assert done(events) == [0, 2]
    (failed,) = [event for event in events if event.kind == "failed"]
    assert failed.detail.startswith("ValueError: no such shard (")
    assert "\n" not in failed.detail


def test_a_stop_drops_the_current_shard_and_starts_no_other():
    heard = []

    def stop():
        return bool(heard)

    for event in work_through(waits_for_stop, None, [5, 6, 7], 1, stop):
        heard.append(event)
    assert [event.kind for event in heard] == ["frame", "dropped"]


@pytest.mark.parametrize(
    ("code", "line"),
    [
        (3, "worker died (exit code 3)"),
        (-9, "worker died (SIGKILL: killed from outside, by the system where memory ran out"),
        (-11, "worker died (SIGSEGV: a fault in native code)"),
        (-15, "worker died (SIGTERM)"),
    ],
)
def test_how_a_worker_died_is_told_in_words(code, line):
    assert death(code).startswith(line)
