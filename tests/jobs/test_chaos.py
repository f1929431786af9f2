"""A small job killed at random moments ends with the bytes of a quiet one."""

import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


@pytest.mark.long
def test_kills_at_random_moments_cost_no_byte_and_leave_nothing(tmp_path):
    words = ["ROUNDS=6", "N=6", "SEED=1", f"OUT={tmp_path / 'home'}"]
    done = subprocess.run(
        [sys.executable, str(TOP / "scripts" / "chaos.py"), *words],
        cwd=TOP, capture_output=True, text=True, timeout=1500,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.rsplit(maxsplit=1) for line in done.stdout.splitlines()]
    counts = {row[0].strip(): int(row[1]) for row in rows if len(row) == 2 and row[1].isdigit()}
    wrong = ("other bytes", "orphans", "made twice", "lived on", "spoken", "exit codes")
    assert [counts[name] for name in wrong] == [0] * 6
    kills = sum(count for name, count in counts.items() if name.startswith("killed "))
    assert kills >= 3
    assert kills + counts.get("ended", 0) == 6
    assert counts["finished"] >= 1
