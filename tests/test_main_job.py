"""The main job as a user runs it: in processes of its own."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.long
JOB = ("scene=storm_night", "place=suburb")


def run(out: Path, *more: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "synthgen", *JOB, f"out={out}", *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=800)


def hashes(out: Path) -> dict[str, str]:
    shards = sorted(path for path in (out / "shards").rglob("*") if path.is_file())
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in shards
    }


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    """Return a data set of two frames."""
    out = tmp_path_factory.mktemp("first") / "out"
    made = run(out, "n=2")
    assert made.returncode == 0, made.stderr + made.stdout
    assert "0 violations" in made.stdout
    return out


def test_a_killed_run_goes_on_and_ends_with_the_same_bytes(first, tmp_path):
    out = tmp_path / "out"
    command = [sys.executable, "-m", "synthgen", *JOB, f"out={out}", "n=2"]
    process = subprocess.Popen(command, start_new_session=True)
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline and not list(out.glob("shards/.partial-*")):
        time.sleep(0.2)
    time.sleep(3)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not list(out.glob("shards/0*"))
    again = run(out, "n=2")
    assert again.returncode == 0, again.stderr
    assert hashes(out) == hashes(first)


def test_a_complete_run_does_nothing(first):
    before = hashes(first)
    again = run(first, "n=2")
    assert again.returncode == 0
    assert "nothing to do" in again.stdout
    assert hashes(first) == before


def test_verify_finds_checks_and_no_violation(first):
    command = [sys.executable, "-m", "synthgen", "task=verify", f"data={first}"]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert " 0 violations" in checked.stdout


def test_another_spec_in_the_same_folder_is_refused(first):
    other = run(first, "n=2", "seed=5")
    assert other.returncode == 2
    assert "another spec" in other.stderr
    assert "Traceback" not in other.stderr
