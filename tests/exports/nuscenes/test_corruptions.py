"""Each wrong number or file is found by a check of its own kind."""

import json
import shutil
from collections import Counter

import numpy as np
import pytest

from synthgen.exports.nuscenes.sweeps import write_npz
from synthgen.verify.nuscenes_files import check_tree


def edit(tree, name, change):
    """Let `change` alter the rows of a table."""
    path = tree / f"v1.0-synth/{name}.json"
    rows = json.loads(path.read_text())
    change(rows)
    path.write_text(json.dumps(rows))


def first(rows, **wanted):
    return next(row for row in rows if all(row[key] == value for key, value in wanted.items()))


def held(rows):
    """Return an annotation with points."""
    return next(row for row in rows if row["num_lidar_pts"] > 10)


def sweep_of(tree):
    rows = json.loads((tree / "v1.0-synth/sample_data.json").read_text())
    return tree / next(row["filename"] for row in rows if row["filename"].endswith(".pcd.bin"))


def turn_lidar(tree):
    """Leave the points in our axes, as if nuScenes' lidar looked along x."""
    for path in (tree / "samples/LIDAR_TOP").iterdir():
        rows = np.fromfile(path, "<f4").reshape(-1, 5)
        rows[:, :2] = np.stack([rows[:, 1], -rows[:, 0]], 1)
        rows.tofile(path)
    recount(tree)


def recount(tree):
    """Make the counts agree with the files again, so that only sense can tell."""
    wrong = [one.detail for one in check_tree(tree).violations if "holds" in one.detail]
    counts = {text[:32]: int(text.split()[2]) for text in wrong}
    edit(tree, "sample_annotation", lambda rows: [
        row.update(num_lidar_pts=counts.get(row["token"], row["num_lidar_pts"])) for row in rows
    ])  # fmt: skip


def relabel(tree):
    path = next((tree / "panoptic/v1.0-synth").iterdir())
    write_npz(path, np.full_like(np.load(path)["data"], 17_001))


def cut_list(tree):
    """Leave out the byte behind the last value, which readers ask for."""
    path = next((tree / "samples/RADAR_FRONT").iterdir())
    path.write_bytes(path.read_bytes()[:-1])


CORRUPTIONS = {
    "nuscenes points in box": lambda tree: edit(
        tree, "sample_annotation", lambda rows: held(rows).update(num_lidar_pts=1)
    ),
    "nuscenes chain": lambda tree: edit(
        tree, "sample_data", lambda rows: first(rows, is_key_frame=False).update(next="")
    ),
    "nuscenes reference": lambda tree: edit(
        tree, "sample_annotation", lambda rows: rows[0].update(visibility_token="5")
    ),
    "nuscenes attribute": lambda tree: edit(
        tree,
        "sample_annotation",
        lambda rows: held(rows).update(attribute_tokens=held(rows)["attribute_tokens"] * 2),
    ),
    "nuscenes count": lambda tree: edit(
        tree, "scene", lambda rows: rows[0].update(nbr_samples=2)
    ),
    "nuscenes key frame": lambda tree: edit(
        tree, "sample", lambda rows: rows[0].update(timestamp=rows[0]["timestamp"] - 1)
    ),
    "nuscenes pose": lambda tree: edit(
        tree, "ego_pose", lambda rows: rows[3].update(rotation=[0.8, 0, 0, 0.5])
    ),
    "nuscenes fields": lambda tree: edit(
        tree, "sample", lambda rows: rows[-1].update(timestamp=float(rows[-1]["timestamp"]))
    ),
    "nuscenes token": lambda tree: edit(tree, "log", lambda rows: rows[0].update(token="log")),
    "nuscenes map": lambda tree: edit(tree, "map", lambda rows: rows[0].update(log_tokens=[])),
    "nuscenes file": lambda tree: sweep_of(tree).unlink(),
    "nuscenes label": relabel,
    "nuscenes radar points": lambda tree: edit(
        tree, "sample_annotation", lambda rows: rows[0].update(num_radar_pts=9)
    ),
    "nuscenes radar file": cut_list,
    "nuscenes points of things": turn_lidar,
}  # fmt: skip


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_each_corruption_is_caught_by_its_own_check(kind, toy_tree, tmp_path):
    tree = tmp_path / "tree"
    shutil.copytree(toy_tree, tree)
    CORRUPTIONS[kind](tree)
    found = Counter(one.kind for one in check_tree(tree).violations)
    assert kind in found
