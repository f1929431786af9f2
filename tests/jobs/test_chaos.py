"""A short chaos run: the job is killed at random moments and ends with the bytes of a quiet one."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "chaos.py"


@pytest.mark.long
def test_ten_kills_cost_nothing_that_was_finished_and_leave_nothing_behind():
    ran = subprocess.run(
        [sys.executable, str(SCRIPT), "ROUNDS=10", "SEED=1", "N=4", "LONGEST=20"],
        capture_output=True, text=True, timeout=1200,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    counts = dict(line.rsplit(maxsplit=1) for line in ran.stdout.splitlines()[-12:])
    for wrong in ("other bytes", "orphans", "made twice", "lived on", "spoken", "exit codes"):
        assert counts[wrong] == "0", ran.stdout
    kills = sum(int(n) for name, n in counts.items() if name.startswith("killed"))
    assert kills + int(counts.get("ended", 0)) == 10
    assert int(counts["finished"]) >= 1
