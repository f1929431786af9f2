"""Shards as tasks of Ray, with work that stands in: the same events as from processes.

Every test starts a real cluster of Ray on this machine.
"""

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from synthgen.errors import UserError
from synthgen.jobs import ray_pool
from synthgen.jobs.claims import claimed
from synthgen.jobs.pool import Event, Stopped
from synthgen.jobs.ray_cluster import HOME
from synthgen.verify.faults import VerificationError, Violation

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(find_spec("ray") is None, reason="scripts/setup ray"),
]


@dataclass(frozen=True)
class Run:
    out: str


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """Return a temporary folder of the test's own, with a name that Ray's sockets have room in."""
    with tempfile.TemporaryDirectory(prefix="sgt-", dir="/tmp") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


@pytest.fixture(autouse=True)
def own(monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", "local")


@pytest.fixture
def run(tmp_path):
    (tmp_path / "shards").mkdir()
    (tmp_path / "run.json").write_text("{}")
    return Run(str(tmp_path))


def note(run, shard, what):
    """Leave a line in a file of the run; return how many there are of its shard."""
    path = Path(run.out) / f"note-{shard}"
    with path.open("a") as file:
        file.write(f"{what}\n")
    return len(path.read_text().splitlines())


def squares(run, shard, tell, stopped):
    for frame in range(3):
        tell(frame)
    threads = os.environ["OPENBLAS_NUM_THREADS"], os.environ["OPENCV_IO_MAX_IMAGE_PIXELS"]
    return {"value": shard * shard, "process": os.getpid(), "threads": threads}


def fails_in_ways(run, shard, tell, stopped):
    note(run, shard, "tried")
    if shard == 1:
        raise VerificationError([Violation("box", 13, 7, "one pixel off")])
    if shard == 2:
        raise UserError("out: no space left")
    if shard == 3:
        os._exit(9)  # every time
    if shard == 4:
        tell(0)
        if note(run, shard, "again") < 5:
            os.kill(os.getpid(), signal.SIGKILL)  # two times
        tell(1)
    return {"value": shard}


def holds_its_claim(run, shard, tell, stopped):
    with claimed(Path(run.out), shard) as mine:
        assert mine
        if note(run, shard, "tried") == 1:
            os.kill(os.getpid(), signal.SIGKILL)
    return {"value": shard}


def overlaps(run, shard, tell, stopped):
    note(run, shard, time.monotonic())
    time.sleep(1.5)
    note(run, shard, time.monotonic())
    return {}


def waits_for_stop(run, shard, tell, stopped):
    note(run, shard, "begun")
    tell(0)
    while not stopped():
        time.sleep(0.05)
    note(run, shard, "dropped")
    raise Stopped


def never():
    return False


def heard(work, run, shards, workers=2, stop=never):
    return list(ray_pool.work_through(work, run, shards, workers, stop))


def done(events, kind="shard"):
    return sorted(event.shard for event in events if event.kind == kind)


def test_the_events_are_those_of_processes_and_nothing_is_left(run, place, capfd):
    events = heard(squares, run, [1, 2, 3])
    assert done(events) == [1, 2, 3]
    for shard in (1, 2, 3):
        own = [event for event in events if event.shard == shard]
        assert own[:3] == [Event("frame", shard, frame) for frame in range(3)]
        assert own[3].detail["value"] == shard * shard
        assert own[3].detail["process"] != os.getpid()
        assert own[3].detail["threads"] == ("1", str(2**26))
    assert capfd.readouterr() == ("", "cluster=ray: one of our own with 2 CPUs is started\n")
    assert list(place.iterdir()) == []
    assert not Path("/tmp/ray").exists()
    assert not (Path.home() / ".ray").exists()


def test_lost_workers_are_replaced_and_errors_of_our_own_are_told_at_once(run, capfd):
    events = heard(fails_in_ways, run, [1, 2, 3, 4, 5])
    assert done(events) == [4, 5]
    failed = {event.shard: event for event in events if event.kind == "failed"}
    assert sorted(failed) == [1, 2, 3]
    assert list(failed[1].violations) == [Violation("box", 13, 7, "one pixel off")]
    assert failed[2].detail == "out: no space left"
    assert failed[3].detail.startswith("worker died (process ")
    assert failed[3].detail.endswith("or a fault in native code; so 4 times")
    tries = {n: len((Path(run.out) / f"note-{n}").read_text().splitlines()) for n in range(1, 6)}
    assert tries == {1: 1, 2: 1, 3: 1 + ray_pool.RETRIES, 4: 6, 5: 1}
    told = capfd.readouterr().err.splitlines()[1:]
    assert len(told) == 5
    assert all(line.startswith("shard 00000") and "; again, " in line for line in told)
    frames = [event.detail for event in events if event.kind == "frame"]
    assert sorted(frames) == [0, 1]  # each once, though the shard was begun three times


def test_what_a_dead_worker_held_is_free_for_the_next(run):
    assert done(heard(holds_its_claim, run, [0])) == [0]
    assert list((Path(run.out) / "shards").iterdir()) == []


def test_no_more_shards_are_made_at_a_time_than_asked_for(run):
    heard(overlaps, run, range(5), workers=2)
    times = []
    for shard in range(5):
        begin, end = (Path(run.out) / f"note-{shard}").read_text().split()
        times += [(float(begin), 1), (float(end), -1)]
    running = [sum(step for _, step in sorted(times)[: n + 1]) for n in range(len(times))]
    assert max(running) == 2


def test_a_stop_drops_the_shards_at_work_and_begins_no_other(run):
    told = []

    def stop():
        return sum(event.kind == "frame" for event in told) == 2

    for event in ray_pool.work_through(waits_for_stop, run, [5, 6, 7], 2, stop):
        told.append(event)
    assert sorted(event.kind for event in told) == ["dropped", "dropped", "frame", "frame"]
    notes = {path.name: path.read_text() for path in Path(run.out).glob("note-*")}
    assert notes == dict.fromkeys(("note-5", "note-6"), "begun\ndropped\n")


def test_a_node_that_does_not_see_the_run_ends_it_in_one_line(run, monkeypatch):
    wanted = ray_pool.site(Path(run.out))
    other = type(wanted)(wanted.out, "another", wanted.sources)
    monkeypatch.setattr(ray_pool, "site", lambda out: other)
    with pytest.raises(UserError, match=r"sees another run\.json there; expected a folder that"):
        heard(squares, run, [1, 2])


def living(processes):
    """Return those that are there and no zombies, which nobody collects in some containers."""
    found = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


SCRIPT = textwrap.dedent("""
    import os, sys
    from tests.jobs.test_ray_pool import Run
    from synthgen.jobs.ray_pool import work_through

    def sorts(run, shard, tell, stopped):
        open(os.path.join(run.out, f"process-{os.getpid()}"), "w").close()
        sum(range(10**12))  # holds the interpreter's lock for hours, as native code does

    list(work_through(sorts, Run(sys.argv[1]), [0, 1], 2, lambda: False))
""")


def test_a_killed_job_takes_its_cluster_along_and_the_next_one_sweeps(run, place, tmp_path):
    top = str(Path(__file__).parents[2])
    job = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, run.out], cwd=top, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 120
    while len(list(tmp_path.glob("process-*"))) < 2:
        assert time.monotonic() < deadline
        assert job.poll() is None
        time.sleep(0.1)
    family = psutil.Process(job.pid).children(recursive=True)
    agents = [one for one in family if one.cmdline()[0].endswith("Agent")]  # Ray's own, slow to go
    workers = {int(path.name.split("-")[1]) for path in tmp_path.glob("process-*")}
    assert workers < {process.pid for process in family}
    job.kill()
    job.wait()
    deadline = time.monotonic() + 60
    while (alive := [p for p in living(family) if p not in agents]) and time.monotonic() < deadline:
        time.sleep(0.1)
    for process in living(family):
        process.kill()
    assert alive == []
    assert [path.name[: len(HOME)] for path in place.iterdir()] == [HOME]
    assert done(heard(squares, run, [1])) == [1]
    assert list(place.iterdir()) == []
