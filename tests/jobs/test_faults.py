"""Whatever befalls a shard costs that shard, is told in a line, and is made good by the next run.

Shards are made by the real job in real workers; only what fills a shard is a toy that fails in a
way of its own for each.
"""

import errno
import json
import os
import resource
import shutil
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from synthgen.config import read
from synthgen.jobs import generate as job
from synthgen.jobs.failures import failed
from synthgen.jobs.owner import myself
from synthgen.jobs.versions import versions
from synthgen.jobs.waiting import wait_for
from synthgen.verify.faults import VerificationError, Violation

ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk")


def fill(run, shard, partial, *_):
    """Fill a shard as one that fails in the way of its number, if the fault is `ill`."""
    (partial / "one.bin").write_bytes(bytes(1000))
    if "ill" in run.command:
        FAULTS.get(shard.index, lambda partial: None)(partial)
    (partial / "manifest.json").write_text(json.dumps({"frames": list(shard.frames)}))
    return {"frames": len(shard.frames)}


def make(run, number, tell, stopped):
    from synthgen.jobs import shard

    shard._fill = fill
    return shard.make_shard(run, number, tell, stopped)


def full(partial):
    (partial / "much.bin").write_bytes(bytes(3 << 20))


def over_quota(partial):
    raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT), str(partial / "two.bin"))


def out_of_memory(partial):
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (1 << 32, before[1]))
    try:
        np.ones(1 << 34)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def contradicts(partial):
    raise VerificationError(
        [Violation("box", 13, 7, "one pixel off"), Violation("flow", 12, 0, "")]
    )


FAULTS = {
    1: full,
    2: over_quota,
    3: lambda partial: os.abort(),
    4: lambda partial: os.kill(os.getpid(), signal.SIGSEGV),
    5: out_of_memory,
    6: contradicts,
}
LINES = {
    1: "out: no space left on the disk of",
    2: "out: no space left by the quota of",
    3: "worker died (SIGABRT: native code gave up)",
    4: "worker died (SIGSEGV: a fault in native code)",
    5: "out of memory (Unable to allocate 128. GiB",
    6: "VerificationError: 2 violations, the first: box: frame 13 track 7: one pixel off",
}


@pytest.fixture
def disk(tmp_path):
    """Return a disk of 2 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], check=True)
    yield place
    subprocess.run(["umount", place], check=True)


@pytest.fixture
def toy(monkeypatch):
    monkeypatch.setattr(job, "_make", make)
    monkeypatch.setattr(job, "_finish", lambda *_: None)


def spec(out: Path, *more: str):
    words = ["scene=clear_day", "clip.frames=1", "n=16", "workers=2", f"out={out}"]
    return replace(read(words), command=(*words, *more))


def told(capsys):
    lines = capsys.readouterr().err.splitlines()
    return [line for line in lines if line.startswith("shard ")]


@pytest.fixture
def ill(toy, disk, capsys):
    """Return a data set of which six shards have failed, each in a way of its own.

    One worker: another's shard would find the disk full too.
    """
    out = disk / "out"
    out.mkdir()
    assert job.generate(replace(spec(out, "ill"), workers=1)) == 1
    lines = told(capsys)
    assert len(lines) == len(FAULTS)
    for (shard, wanted), line in zip(LINES.items(), lines, strict=True):
        assert line.startswith(f"shard {shard:06d} failed: {wanted}"), line
    assert sorted(path.name for path in (out / "shards").iterdir()) == ["000000", "000007"]
    return out


@ROOT
@pytest.mark.long
def test_every_fault_costs_its_shard_and_the_next_run_makes_it_good(ill, capsys):
    out = ill
    assert sorted(failed(out)) == sorted(FAULTS)
    assert failed(out)[6] == {
        "shard": 6,
        "why": LINES[6],
        "identity": spec(out).identity,
        "command": [*spec(out).command, "ill"],
        "versions": versions(spec(out)),
        "frames": [12, 13],
        "violations": [
            {"kind": "box", "frame": 13, "track": 7, "detail": "one pixel off"},
            {"kind": "flow", "frame": 12, "track": 0, "detail": ""},
        ],
    }
    before = {p: p.stat().st_ino for p in (out / "shards").iterdir()}

    assert job.generate(spec(out)) == 0
    assert told(capsys) == []
    assert len(list((out / "shards").iterdir())) == 8
    assert {p: p.stat().st_ino for p in before} == before
    assert not (out / "failed").exists()


@ROOT
@pytest.mark.long
def test_a_disk_that_turned_read_only_is_a_line_per_shard(ill, disk, capsys):
    out = ill
    shutil.rmtree(out / "failed")
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    assert job.generate(spec(out)) == 1
    lines = told(capsys)
    assert len(lines) == 6
    assert all("failed: out: the file system is read-only: " in line for line in lines)
    assert sorted(path.name for path in (out / "shards").iterdir()) == ["000000", "000007"]


@pytest.fixture
def other():
    """Return another job: a process, and how it stands in claims."""
    process = subprocess.Popen(["sleep", "600"])
    stat = Path(f"/proc/{process.pid}/stat").read_text()
    yield (
        process,
        replace(myself(), process=process.pid, start=int(stat.rpartition(")")[2].split()[19])),
    )
    process.kill()
    process.wait()


@pytest.mark.long
def test_a_shard_of_another_job_is_waited_for_and_made_when_that_dies(
    toy, other, tmp_path, monkeypatch
):
    process, owner = other
    shards, making = tmp_path / "out" / "shards", tmp_path / "out" / "making"
    theirs = making / f"partial-000001-{owner.process}-{owner.host}"
    theirs.mkdir(parents=True)
    (making / "claim-000001.0").write_text(json.dumps(owner.plain()))

    asked = []

    def dies(out, frames, stop, **more):
        asked.append(sorted(frames))
        if frames:
            assert theirs.is_dir()
            process.kill()
            process.wait()
        return wait_for(out, frames, stop, **more)

    monkeypatch.setattr(job, "wait_for", dies)
    assert job.generate(spec(tmp_path / "out")) == 0
    assert asked == [[1], []]
    assert sorted(path.name for path in shards.iterdir()) == [f"{n:06d}" for n in range(8)]
    assert list(making.iterdir()) == []


def test_a_shard_that_another_job_finishes_is_not_made_again(other, tmp_path, capsys):
    _, owner = other
    shards = tmp_path / "shards"
    shards.mkdir()
    making = tmp_path / "making"
    making.mkdir()
    (making / "claim-000001.0").write_text(json.dumps(owner.plain()))

    def finishes(seconds):
        (shards / "000001").mkdir()
        (shards / "000001" / "manifest.json").write_text(json.dumps({"frames": [2, 3]}))

    assert wait_for(tmp_path, {1: (2, 3)}, lambda: False, finishes) == []
    assert told(capsys) == [
        f"shard 000001 is made by process {owner.process} of {owner.host}: waiting"
    ]


def test_a_wish_to_stop_ends_the_waiting(other, tmp_path):
    _, owner = other
    claim = tmp_path / "making" / "claim-000001.0"
    claim.parent.mkdir()
    claim.write_text(json.dumps(owner.plain()))
    wishes = iter([False, False, True])
    assert wait_for(tmp_path, {1: (2, 3)}, lambda: next(wishes), lambda seconds: None) == []
    assert claim.exists()
