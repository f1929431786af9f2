"""Many frames of tiny clips in one process."""

import subprocess
import sys

import pytest

from tests.scripts import SCRIPTS, script

LONG_RUN = script("long_run")


def rows(step, temporary=0):
    """Return what 100 shards of 50 frames held, of which each keeps `step` MiB."""
    return [
        LONG_RUN.Held(50 * (n + 1), (600 + step * n) * 2**20, 7, 4, temporary * (n > 50))
        for n in range(100)
    ]


def test_what_stays_as_it_is_does_not_grow():
    assert LONG_RUN.compared(rows(0), 500, 5, 1.05)


def test_a_third_of_a_mebibyte_a_shard_is_more_than_five_percent_of_5000_frames(capsys):
    assert LONG_RUN.compared(rows(0.33), 500, 5, 1.05)
    assert not LONG_RUN.compared(rows(0.35), 500, 5, 1.05)
    assert "634.0   +5.2 %  GROWS" in capsys.readouterr().out


def test_one_temporary_file_where_none_was_is_growth():
    assert not LONG_RUN.compared(rows(0, temporary=1), 500, 5, 1.05)


@pytest.mark.long
def test_three_hundred_frames_of_one_process_keep_memory_files_and_threads(tmp_path):
    told = subprocess.run(
        [sys.executable, SCRIPTS / "long_run.py", "FRAMES=300", "BASE=100", "WORLDS=2",
         "LIMIT=1.07", "EVERY=50", f"OUT={tmp_path / 'run'}"],
        capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr
    assert "resident" in told.stdout
