"""What tri3d, which knows nuScenes' files by itself, makes of our trees."""

import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".venv-formats/bin/python"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not PYTHON.exists(), reason="scripts/setup formats"),
]


def test_every_box_holds_as_many_points_as_it_says_with_its_own_turn_of_the_lidar(
    toy_tree, tmp_path
):
    (tmp_path / "nuscenes").symlink_to(toy_tree)
    command = [PYTHON, ROOT / "scripts/read_back.py", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)["nuscenes"]["boxes"]
    assert found == {"scenes": 3, "boxes": 25, "differ": 0}
