"""On a file system on which everything takes long nobody is taken for dead and nothing is lost.

strace stands in for it: it holds up the calls that bring names and bytes to the disk.
"""

import os
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from shutil import which

import psutil
import pytest

from synthgen.jobs import claims
from synthgen.jobs.claims import Watch
from synthgen.jobs.owner import myself

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(which("strace") is None, reason="needs strace"),
]
CALLS = "fsync,fdatasync,rename,renameat2,mkdir,utimensat,unlink,unlinkat"
MAKER = textwrap.dedent("""
    import json, sys
    from pathlib import Path
    from synthgen.jobs.claims import claimed
    from synthgen.jobs.ledger import clear, finished_frames, partial_folder, publish
    out, left = Path(sys.argv[1]), {0, 1, 2}
    while left:
        for shard in sorted(left):
            with claimed(out, shard) as mine:
                if mine and not finished_frames(out, shard):
                    clear(out, shard)
                    partial = partial_folder(out, shard)
                    partial.mkdir()
                    (partial / "one.bin").write_bytes(bytes(1000))
                    (partial / "manifest.json").write_text(json.dumps({"frames": [shard]}))
                    publish(out, shard, partial)
                    print(shard, flush=True)
            if finished_frames(out, shard):
                left.discard(shard)
""")
HOLDER = textwrap.dedent("""
    import sys
    from pathlib import Path
    from synthgen.jobs import claims
    claims.BEAT = 0.1
    with claims.claimed(Path(sys.argv[1]), 0) as mine:
        assert mine
        print("held", flush=True)
        sys.stdin.read()
""")


def slow(code, out, delay):
    """Begin `code` on a disk of which every call takes `delay` s; skip where that cannot be."""
    probe = subprocess.run(["strace", "-e", "trace=none", "true"], capture_output=True)
    if probe.returncode:
        pytest.skip("processes may not be traced here")
    hold = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={CALLS}", "-e",
            f"inject={CALLS}:delay_exit={round(1e6 * delay)}"]  # fmt: skip
    return subprocess.Popen(
        [*hold, sys.executable, "-c", code, str(out)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_jobs_that_race_on_a_slow_disk_make_every_shard_once(tmp_path):
    (tmp_path / "shards").mkdir()
    start = time.monotonic()
    jobs = [slow(MAKER, tmp_path, 0.2) for _ in range(3)]
    said = [job.communicate(timeout=240)[0].split() for job in jobs]
    assert [job.returncode for job in jobs] == [0, 0, 0]
    assert sorted(shard for one in said for shard in one) == ["0", "1", "2"]
    assert sorted(path.name for path in (tmp_path / "shards").iterdir()) == [
        "000000",
        "000001",
        "000002",
    ]
    assert list((tmp_path / "making").iterdir()) == []
    assert time.monotonic() - start > 1.5  # each shard brings two files and three folders to disk


def test_an_owner_whose_signs_of_life_come_late_lives_until_they_end(tmp_path, monkeypatch):
    monkeypatch.setattr(claims, "EXPIRY", 6.0)
    monkeypatch.setattr(claims, "LOOKS", 4.0)
    (tmp_path / "making").mkdir()
    job = slow(HOLDER, tmp_path, 1.0)
    assert job.stdout.readline() == "held\n"
    claim = tmp_path / "making" / "claim-000000.0"
    elsewhere, watch = replace(myself(), boot="another"), Watch()
    deadline, stamps = time.monotonic() + 9, set()
    while time.monotonic() < deadline:
        assert not watch(claim, elsewhere)
        stamps.add(os.stat(claim).st_mtime_ns)
        time.sleep(0.1)
    assert 2 < len(stamps) < 12  # a sign each 1.1 s, not each 0.1 s
    psutil.Process(job.pid).children()[0].kill()
    job.communicate()
    deadline = time.monotonic() + 30
    while not watch(claim, elsewhere):
        assert time.monotonic() < deadline
        time.sleep(0.1)
