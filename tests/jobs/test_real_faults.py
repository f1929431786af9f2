"""The whole program on disks that are full or read-only, beside another, and with a dead worker.

What each printed, and what was on disk afterwards, stands in docs/decisions/0041-faults.md.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.scripts import script

pytestmark = pytest.mark.long
JOB = ("scene=clear_day", "place=motorway", "traffic.vehicles=0", "clip.frames=1", "format=[coco]")


@pytest.fixture(scope="module")
def rig(tmp_path_factory):
    path = tmp_path_factory.mktemp("rig") / "small.yaml"
    path.write_text(json.dumps(script("chaos").small()))
    return path


def begin(rig, out):
    command = [sys.executable, "-m", "synthgen", *JOB, f"rig={rig}", "n=4",
               "workers=1", f"out={out}"]  # fmt: skip
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def end(job):
    """Return exit code and lines of a job that comes to its end."""
    out, err = job.communicate(timeout=500)
    assert "Traceback" not in err, err
    return job.returncode, [*err.splitlines(), *out.splitlines()]


@pytest.fixture
def disk(tmp_path):
    """Return a folder, and a function that mounts a disk there or tells that it cannot be now."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(options, *words):
        command = ["mount", "-o", options, *words, place]
        return not subprocess.run(command, capture_output=True).returncode

    if not mount("size=64m", "-t", "tmpfs", "tmpfs"):
        pytest.skip("mounting is not permitted here")
    yield place, mount
    subprocess.run(["umount", "--lazy", place], capture_output=True)


def left(out):
    """Return what is in a data set's folder, down to the shards."""
    found = [
        *out.glob("*"),
        *(p for name in ("shards", "making", "failed") for p in out.glob(f"{name}/*")),
    ]
    return sorted(str(path.relative_to(out)) for path in found if path.name != "making")


def hashes(out):
    paths = sorted(path for path in out.glob("shards/0*/**/*") if path.is_file())
    return {str(p.relative_to(out)): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}


def until(condition, seconds=300):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def shown(case, code, lines, out):
    """Print a case as the record tells it."""
    print(f"{case}: exit code {code}", *lines, f"on disk: {left(out)}", sep="\n  ")


@pytest.fixture(scope="module")
def quiet(rig, tmp_path_factory):
    """Return a data set of two shards that nothing befell."""
    out = tmp_path_factory.mktemp("quiet") / "out"
    code, lines = end(begin(rig, out))
    assert code == 0, lines
    return out


def test_a_full_disk_costs_the_shard_that_has_no_room(rig, disk, quiet):
    place, mount = disk
    one = sum(path.stat().st_size for path in (quiet / "shards" / "000000").rglob("*"))
    assert mount(f"remount,size={one * 3 // 2 // 1024 + 256}k")
    code, lines = end(begin(rig, place / "out"))
    shown("full", code, lines, place / "out")
    assert code == 1
    assert lines[0].startswith("shard 000001 failed: out: no space left on the disk of ")
    assert len([line for line in lines if line.startswith("shard ")]) == 1
    assert [name for name in left(place / "out") if "/" in name] == [
        "failed/000001.json",
        "shards/000000",
    ]
    assert mount("remount,size=64m")
    code, lines = end(begin(rig, place / "out"))
    assert code == 0, lines
    assert hashes(place / "out") == hashes(quiet)
    assert "failed" not in left(place / "out")


def test_a_disk_that_turns_read_only_costs_what_is_not_sealed(rig, disk, quiet):
    place, mount = disk
    out = place / "out"
    job = begin(rig, out)
    until(lambda: (out / "shards" / "000000").is_dir())
    until(lambda: mount("remount,ro"))
    code, lines = end(job)
    shown("turned read-only", code, lines, out)
    assert code == 1
    said = [line for line in lines if line.startswith("shard ")]
    assert len(said) == 1
    assert said[0].startswith("shard 000001 failed: out: the file system is read-only: ")
    own = {name: one for name, one in hashes(quiet).items() if name.startswith("shards/000000/")}
    assert hashes(out) == own

    code, lines = end(begin(rig, place / "new"))
    shown("read-only", code, lines, place)
    place_said = f"out={place / 'new'}: expected a writable folder"
    assert (code, lines) == (2, [f"synthgen: {place_said}: Read-only file system"])
    assert mount("remount,rw")
    code, lines = end(begin(rig, out))
    assert code == 0, lines
    assert hashes(out) == hashes(quiet)


def test_two_jobs_given_the_same_shards_make_each_once(rig, quiet, tmp_path):
    out = tmp_path / "out"
    jobs = [begin(rig, out) for _ in range(2)]
    ends = [end(job) for job in jobs]
    for code, lines in ends:
        shown("double claim", code, lines, out)
    assert [code for code, _ in ends] == [0, 0]
    made = [line for _, lines in ends for line in lines if line.startswith("made ")]
    assert sum(int(line.split()[1]) for line in made) == 4
    assert hashes(out) == hashes(quiet)
    assert [name for name in left(out) if name.startswith("shards/")] == [
        "shards/000000",
        "shards/000001",
    ]


def test_a_worker_that_dies_costs_its_shard(rig, quiet, tmp_path):
    out = tmp_path / "out"
    job = begin(rig, out)
    until(lambda: list(out.glob("making/partial-000000-*/sensor")))
    partial = next(out.glob("making/partial-000000-*"))
    os.kill(int(partial.name.split("-")[2]), signal.SIGSEGV)
    code, lines = end(job)
    shown("dead worker", code, lines, out)
    assert code == 1
    assert lines[0] == "shard 000000 failed: worker died (SIGSEGV: a fault in native code)"
    assert [name for name in left(out) if "/" in name] == ["failed/000000.json", "shards/000001"]
    code, lines = end(begin(rig, out))
    assert code == 0, lines
    assert hashes(out) == hashes(quiet)
