"""Many frames of tiny clips in one process."""

import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "long_run.py"


@pytest.fixture(scope="module")
def script():
    found = spec_from_file_location("long_run", SCRIPT)
    module = module_from_spec(found)
    sys.modules["long_run"] = module
    found.loader.exec_module(module)
    yield module
    del sys.modules["long_run"]


def rows(script, step, temporary=0):
    """Return what 100 shards of 50 frames held, of which each keeps `step` MiB."""
    return [
        script.Held(50 * (n + 1), (600 + step * n) * 2**20, 7, 4, temporary * (n > 50))
        for n in range(100)
    ]


def test_what_stays_as_it_is_does_not_grow(script):
    assert script.compared(rows(script, 0), 500, 5, 1.05)


def test_a_third_of_a_mebibyte_a_shard_is_more_than_five_percent_of_5000_frames(script, capsys):
    assert script.compared(rows(script, 0.33), 500, 5, 1.05)
    assert not script.compared(rows(script, 0.35), 500, 5, 1.05)
    assert "634.0   +5.2 %  GROWS" in capsys.readouterr().out


def test_one_temporary_file_where_none_was_is_growth(script):
    assert not script.compared(rows(script, 0, temporary=1), 500, 5, 1.05)


@pytest.mark.long
def test_three_hundred_frames_of_one_process_keep_memory_files_and_threads(tmp_path):
    told = subprocess.run(
        [sys.executable, SCRIPT, "FRAMES=300", "BASE=100", "WORLDS=2", "LIMIT=1.06", "EVERY=50",
         f"OUT={tmp_path / 'run'}"],
        capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr
    assert "resident" in told.stdout
