"""What nuScenes' own development kit makes of our trees, in its own environment."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".venv-nuscenes/bin/python"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not PYTHON.exists(), reason="scripts/setup nuscenes"),
]


@pytest.fixture(scope="module")
def found(toy_tree, tmp_path_factory):
    """Return what the kit says of the toy tree, and where it drew it."""
    drawn = tmp_path_factory.mktemp("drawn")
    command = [PYTHON, ROOT / "scripts/nuscenes_check.py", toy_tree, drawn]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout) | {"pictures": sorted(drawn.glob("*.png"))}


def test_the_kit_opens_the_tree_and_draws_every_channel(found):
    assert (found["samples"], found["annotations"], found["files"]) == (5, 25, 39)
    assert len(found["pictures"]) == found["drawn"] == 12
    assert min(path.stat().st_size for path in found["pictures"]) > 5000


def test_its_points_in_box_are_those_that_annotations_say(found):
    assert found["boxes"]["checked"] == 25
    assert found["boxes"]["with_points"] == 25
    assert found["boxes"]["differ"] == 0


def test_it_stacks_the_sweeps_before_a_sample_and_none_before_a_still(found):
    assert found["stacked"] == {"LIDAR_TOP": 1, "RADAR_FRONT": 1}


def test_it_counts_labels_of_points_by_category_alike_in_both_kinds(found):
    assert found["lidarseg"] == found["panoptic"]
    assert found["lidarseg"]["vehicle.bicycle"] == 5 * 120
    assert found["lidarseg"]["flat.driveable_surface"] == 5 * 300


def test_ground_truth_evaluated_against_itself_is_perfect_in_each_class(found):
    for split, count in (("synth_train", 3), ("synth_val", 2)):
        classes = found["detection"][split]
        assert set(classes) == {"bicycle", "car", "pedestrian", "traffic_cone"}
        assert classes["car"]["boxes"] == 2 * count
        assert all(one["ap"] == pytest.approx(1.0) for one in classes.values())
    assert found["detection"]["synth_train"]["car"]["velocity_error"] == 0


def test_a_count_that_is_wrong_is_found(toy_tree, tmp_path):
    """The comparison with the kit can fail."""
    shutil.copytree(toy_tree, tmp_path / "tree")
    path = tmp_path / "tree/v1.0-synth/sample_annotation.json"
    rows = json.loads(path.read_text())
    rows[0]["num_lidar_pts"] += 1
    path.write_text(json.dumps(rows))
    command = [PYTHON, ROOT / "scripts/nuscenes_check.py", tmp_path / "tree"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "1 of 25 boxes hold other points than num_lidar_pts says" in done.stderr
