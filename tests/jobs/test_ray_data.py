"""Data sets made through real clusters of Ray on this machine, while workers and nodes die."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from synthgen.config import read
from synthgen.jobs import generate as job
from synthgen.jobs.failures import failed
from synthgen.verify.faults import VerificationError, Violation
from tests.scripts import script

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(find_spec("ray") is None, reason="scripts/setup ray"),
]
TOP = Path(__file__).resolve().parents[2]
SHARDS = 24
CHAOS = script("chaos")


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """Return a temporary folder of the test's own, with a name that Ray's sockets have room in."""
    with tempfile.TemporaryDirectory(prefix="sgt-", dir="/tmp") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """Return what asks for the cheapest world there is, in shards of two frames."""
    return [*CHAOS.JOB, *CHAOS.cheap(tmp_path_factory.mktemp("world"))]


@pytest.fixture(scope="module")
def quiet(words, tmp_path_factory):
    """Return the hashes of a data set made without Ray."""
    out = tmp_path_factory.mktemp("quiet") / "out"
    process = begin(words, out)
    said = process.communicate()
    assert process.returncode == 0, said
    return CHAOS.hashes(out)


def begin(words, out, shards=SHARDS, address="", **more):
    env = {**os.environ, "RAY_ADDRESS": address or "local"}
    ray = [f"cluster={'ray' if address else 'local'}"]
    return subprocess.Popen(
        [sys.executable, "-m", "synthgen", *words, *ray, f"n={2 * shards}", f"out={out}"],
        cwd=TOP, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more,
    )  # fmt: skip


def orphans(out, place):
    """Return what belongs to nothing, in the folder and in the temporary folder."""
    own = [name for name in CHAOS.orphans(out) if not name.startswith("synthgen-scratch-")]
    return own + [path.name for path in place.iterdir()]


def wait_for_shards(process, out, count):
    deadline = time.monotonic() + 400
    while len(CHAOS.sealed(out)) < count:
        assert time.monotonic() < deadline
        if process.poll() is not None:
            pytest.fail(f"ended with {process.returncode}: {process.communicate()}")
        time.sleep(0.1)


def at_work(root):
    """Return the processes below `root` that make a shard now."""
    return named(root, "ray::attempt")


def named(root, name):
    """Return the processes below `root` that Ray calls so."""
    found = psutil.Process(root).children(recursive=True)
    return [one for one in found if CHAOS._line(one)[:1] == [name]]


def kill_a_worker(out):
    """Kill a worker in the midst of a shard: one that has begun to write it."""
    deadline = time.monotonic() + 120
    while not (begun := [number for number in writing(out) if psutil.pid_exists(number)]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(begun[0], signal.SIGKILL)


def writing(out):
    """Return the processes whose partial shards have files, those that were killed among them."""
    begun = [path.parent for path in out.glob("making/partial-*/sensor") if any(path.iterdir())]
    return [int(path.name.split("-")[2]) for path in begun]


def retries(said):
    return [line for line in said.splitlines() if "; again, " in line]


def lives(process):
    """Return whether a process is there, and no zombie, which nobody collects in containers."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_worker_killed_twice_changes_no_byte(quiet, words, place, tmp_path):
    out = tmp_path / "out"
    process = begin(words, out, address="local")
    for sealed in (2, 12):
        wait_for_shards(process, out, sealed)
        kill_a_worker(out)
    said = process.communicate()
    print(*said)
    assert process.returncode == 0
    assert len(retries(said[1])) == 2
    assert len(CHAOS.sealed(out)) == SHARDS
    assert CHAOS.hashes(out) == quiet
    assert orphans(out, place) == []
    timing = [json.loads(path.read_text()) for path in out.glob("timing/*.json")]
    assert {one["host"] for one in timing} == {socket.gethostname()}


@contextmanager
def nodes(count):
    """Start a cluster of `count` nodes with one CPU each; yield address and processes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = tempfile.mkdtemp(prefix="sgr-", dir="/tmp")
    ray = [str(Path(sys.executable).with_name("ray")), "start", "--block", "--num-cpus=1",
           "--disable-usage-stats", "--object-store-memory=80000000"]  # fmt: skip
    place = f"127.0.0.1:{port}"
    head = ["--head", f"--port={port}", "--include-dashboard=false", f"--temp-dir={home}"]
    env = {**os.environ, "RAY_AUTH_MODE": "disabled"}
    started = []
    try:
        for number in range(count):
            which = [f"--address={place}"] if number else head
            log = (Path(home) / f"node-{number}.log").open("w")
            started.append(subprocess.Popen([*ray, *which], cwd=TOP, env=env, stdout=log,
                                            stderr=log, start_new_session=True))  # fmt: skip
            wait_for_start(Path(log.name))
        yield place, started
    finally:
        for node in started:
            fell(node)
        shutil.rmtree(home, ignore_errors=True)


def wait_for_start(log):
    deadline = time.monotonic() + 120
    while "Ray runtime started" not in log.read_text():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)


def fell(node):
    """Have a node fall: all of its processes are killed at once."""
    try:
        family = [psutil.Process(node.pid), *psutil.Process(node.pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for one in family:
        if one.is_running():
            one.kill()
    node.wait()


def test_a_node_that_falls_costs_only_time(quiet, words, place, tmp_path, monkeypatch):
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    out = tmp_path / "out"
    own = [word for word in words if not word.startswith("workers=")]
    with nodes(3) as (address, started):
        process = begin([*own, "workers=3"], out, shards=6, address=address)
        deadline = time.monotonic() + 200
        while not (other := away(started)) or not at_work(other.pid):
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.1)
        wait_for_shards(process, out, 1)
        kill_when_busy(other)
        said = process.communicate()
    print(*said)
    assert process.returncode == 0
    assert "cluster=ray: 3 nodes with 3 CPUs at " in said[1]
    assert len(retries(said[1])) == 1
    made = {name: one for name, one in CHAOS.hashes(out).items() if name.startswith("shards/")}
    assert made == {name: quiet[name] for name in made}
    assert len(CHAOS.sealed(out)) == 6
    assert orphans(out, place) == []


def away(started):
    """Return the node that is not the program's own, once that is known by its desk.

    A program whose own node falls cannot go on, and which it takes of three on one host is chance;
    the first keeps the records of the cluster, so it never falls.
    """
    own = [one for one in started if named(one.pid, "ray::Desk")]
    return next((one for one in started[1:] if own and one not in own), None)


def kill_when_busy(node):
    deadline = time.monotonic() + 60
    while not at_work(node.pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(1)
    fell(node)


def test_an_interrupt_drops_what_is_at_work_and_leaves_nothing(quiet, words, place, tmp_path):
    out = tmp_path / "out"
    process = begin(words, out, address="local", start_new_session=True)
    wait_for_shards(process, out, 1)
    family = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    said = process.communicate()
    print(*said)
    assert process.returncode == 130
    assert said[1].splitlines()[1:] == [
        "stopped: finished shards are kept, the same command goes on"
    ]
    assert [one for one in family if lives(one)] == []
    assert 1 <= len(CHAOS.sealed(out)) < SHARDS
    assert orphans(out, place) == []
    kept = CHAOS.hashes(out)
    assert kept == {name: quiet[name] for name in kept}


def fill(run, shard, partial, *_):
    """Fill a shard as one whose labels are wrong, if it is the third and the fault is `ill`."""
    if shard.index == 2 and "ill" in run.command:
        raise VerificationError([Violation("box", 4, 7, "one pixel off")])
    (partial / "manifest.json").write_text(json.dumps({"frames": list(shard.frames)}))
    return {"frames": len(shard.frames)}


def make(run, number, tell, stopped):
    from synthgen.jobs import shard

    shard._fill = fill
    return shard.make_shard(run, number, tell, stopped)


def test_a_shard_that_fails_by_itself_is_kept_as_failed(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RAY_ADDRESS", "local")
    monkeypatch.setattr(job, "_make", make)
    monkeypatch.setattr(job, "_finish", lambda *_: None)
    out = tmp_path / "out"
    words = ["scene=clear_day", "clip.frames=1", "n=8", "workers=2", "cluster=ray", f"out={out}"]
    assert job.generate(replace(read(words), command=(*words, "ill"))) == 1
    assert sorted(failed(out)) == [2]
    assert failed(out)[2]["violations"] == [
        {"kind": "box", "frame": 4, "track": 7, "detail": "one pixel off"}
    ]
    told = capsys.readouterr().err.splitlines()
    print(*told, sep="\n")
    assert told[1:] == [
        "shard 000002 failed: VerificationError: 1 violations, the first: box: frame 4 track 7: "
        "one pixel off",
        f"1 shards failed, see {out / 'failed'}",
    ]
    assert job.generate(replace(read(words), command=tuple(words))) == 0
    assert not (out / "failed").exists()
    assert len(CHAOS.sealed(out)) == 4
