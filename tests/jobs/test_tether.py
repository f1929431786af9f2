"""Workers end with their parent, in silence, even in the midst of native code."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import psutil
import pytest

PARENT = textwrap.dedent("""
    import os, sys, time
    from synthgen.jobs.pool import work_through

    def writes(run, shard, tell, stopped):
        open(os.path.join(run, str(os.getpid())), "w").close()
        for frame in range(10_000):
            tell(frame)  # a broken pipe the moment nobody reads
            time.sleep(0.01)

    def sorts(run, shard, tell, stopped):
        open(os.path.join(run, str(os.getpid())), "w").close()
        sum(range(10**12))  # holds the interpreter's lock for hours, as native code does

    if __name__ == "__main__":
        for event in work_through(globals()[sys.argv[2]], sys.argv[1], [0, 1], 2, lambda: False):
            pass
""")


def start(tmp_path, work):
    """Return a parent with two busy workers, and their process ids."""
    (tmp_path / "parent.py").write_text(PARENT)
    seen = tmp_path / "seen"
    seen.mkdir()
    parent = subprocess.Popen(
        [sys.executable, str(tmp_path / "parent.py"), str(seen), work],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while len(list(seen.iterdir())) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return parent, [int(path.name) for path in seen.iterdir()]


def living(processes):
    found = []
    for process in processes:
        try:
            if psutil.Process(process).status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


@pytest.mark.parametrize("work", ["writes", "sorts"])
def test_a_killed_parent_takes_its_workers_along_at_once_and_quietly(tmp_path, work):
    parent, workers = start(tmp_path, work)
    assert living(workers) == workers
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 20
    while living(workers) and time.monotonic() < deadline:
        time.sleep(0.02)
    left = living(workers)
    for process in left:
        os.kill(process, signal.SIGKILL)
    assert left == []
    assert parent.stdout.read() == ""
