import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from scipy.spatial.transform import Rotation

from synthgen.verify.corrupt import CORRUPTIONS, excerpt, targets
from synthgen.verify.corrupt_states import STATE_CORRUPTIONS
from synthgen.verify.faults import VerificationError
from synthgen.verify.shard import check_shard, tally_shard

PER_OBJECT = {
    "finite", "shares in 0 to 1", "unit quaternion", "positive size", "visible pixels",
    "visible box tight", "lidar hits", "lidar points in box",
}  # fmt: skip
WHEN_SEEN = {
    "occlusion", "amodal holds visible", "class of mask", "surface in box", "hits in box",
    "points on mask", "COCO mask", "COCO area", "COCO box", "segment is one object",
}  # fmt: skip
LARGE = {
    "mask shifted, instance image alone [px]": 1,
    "mask shifted, every file [px]": 2,
    "box turned [deg]": 5,
    "length and width swapped": 1,
    "height of box [share]": 0.9,
    "two objects swapped": 1,
    "KITTI calibration turned [deg]": 0.2,
    "lidar pitched, every file [deg]": 0.5,
    "labels late [ms]": 20,
}


def test_clean_shard_passes_with_every_kind_of_check_made_on_every_object(clean_shard):
    checks = check_shard(clean_shard)
    rows = pq.read_table(clean_shard / "objects.parquet").to_pylist()
    shown = [row for row in rows if row["visible_pixels"] > 0]
    assert len(shown) >= 7
    assert {checks[kind] for kind in PER_OBJECT} == {len(rows)}
    assert min(checks[kind] for kind in WHEN_SEEN) >= len(shown)
    lines = sum(row["kitti_class"] not in ("", "DontCare") for row in rows)
    assert checks["KITTI alpha"] >= lines - 1 > 3
    assert checks["file hash"] > 10


def test_an_excerpt_of_a_clean_shard_is_clean(clean_shard, tmp_path):
    excerpt(clean_shard, 20, tmp_path)
    assert not tally_shard(tmp_path).violations


@pytest.mark.parametrize(
    ("kind", "size"),
    sorted({(kind, size) for kind, limit in LARGE.items()
            for size in (limit, CORRUPTIONS[kind][1][-1])}),
)  # fmt: skip
def test_wrong_labels_are_caught(clean_shard, tmp_path, kind, size):
    excerpt(clean_shard, 20, tmp_path)
    corrupt, _ = CORRUPTIONS[kind]
    corrupt(tmp_path, targets(clean_shard, 1)[0], size)
    assert tally_shard(tmp_path).violations


@pytest.mark.parametrize(
    ("kind", "size", "by"),
    [
        ("keypoints shifted, image alone [px]", 1, "keypoints project"),
        ("keypoints shifted, every file [px]", 20, "seen keypoint on mask"),
        ("left and right swapped", 1, "left is left"),
        ("seen and hidden swapped", 1, "hidden keypoint covered"),
        ("signal of another lane", 1, "signal meets lane"),
        ("lines shifted, every file [m]", 0.2, "paint on line"),
        ("lines shifted, every file [m]", 0.3, "paint on line"),
        ("drivable ground shifted [px]", 5, "own lane is direct"),
        ("direct and alternative swapped", 1, "direct on the way"),
    ],
)
def test_wrong_states_are_caught(clean_shard, tmp_path, kind, size, by):
    excerpt(clean_shard, 20, tmp_path)
    corrupt, _, choose = STATE_CORRUPTIONS[kind]
    corrupt(tmp_path, choose(clean_shard, 1)[0], size)
    assert by in {one.kind for one in tally_shard(tmp_path).violations}


def test_a_camera_turned_by_a_fifth_of_a_degree_puts_lines_beside_their_paint(
    clean_shard, tmp_path
):
    """All files know the wrong pose; what is seen of things moves with it, paint does not."""
    excerpt(clean_shard, 20, tmp_path)
    path = tmp_path / "lane_lines.parquet"
    table = pq.read_table(path)
    rows = table.to_pylist()
    turn = Rotation.from_euler("y", 0.2, degrees=True).as_matrix()
    frames = pq.read_table(tmp_path / "frames.parquet")
    row = frames.to_pylist()[0]
    camera = row["cameras"][0]
    view = np.reshape(camera["world_from_camera"], (4, 4))
    view[:3, :3] = view[:3, :3] @ turn
    camera["world_from_camera"] = view.ravel().tolist()
    for one in rows:
        point = np.array(one["point"]) @ turn
        flat = point @ np.reshape(camera["matrix"], (3, 3)).T
        one["point"], one["pixel"] = point.tolist(), (flat[:, :2] / flat[:, 2:]).tolist()
    pq.write_table(table.from_pylist(rows, schema=table.schema), path)
    pq.write_table(frames.from_pylist([row], schema=frames.schema), tmp_path / "frames.parquet")
    assert "paint on line" in {one.kind for one in tally_shard(tmp_path).violations}


def test_lines_left_out_are_missed(clean_shard, tmp_path):
    excerpt(clean_shard, 20, tmp_path)
    path = tmp_path / "lane_lines.parquet"
    pq.write_table(pq.read_table(path).slice(0, 0), path)
    assert [one.kind for one in tally_shard(tmp_path).violations] == ["paint on map"]


def test_paint_that_is_no_line_of_the_map_asks_for_none(clean_shard, tmp_path):
    """As where a camera sees arrows and parking bays alone."""
    excerpt(clean_shard, 20, tmp_path)
    lines, bounds = tmp_path / "lane_lines.parquet", tmp_path / "boundaries.parquet"
    pq.write_table(pq.read_table(lines).slice(0, 0), lines)
    table = pq.read_table(bounds)
    rows = [{**row, "color": ""} for row in table.to_pylist()]
    pq.write_table(table.from_pylist(rows, schema=table.schema), bounds)
    tally = tally_shard(tmp_path)
    assert not tally.violations
    assert tally.checks["paint on map"] == 0


def test_every_kind_of_state_check_is_made(clean_shard):
    checks = check_shard(clean_shard)
    for kind in ("17 keypoints", "keypoints project", "keypoints in box", "seen keypoint on mask",
                 "seen keypoint under skin", "hidden keypoint covered", "left is left",
                 "limb length", "COCO people", "COCO keypoints", "signal state", "signal lit",
                 "signal lane", "signal meets lane",
                 "line on map", "line projects", "line inside", "line seen",
                 "paint on line", "paint on map", "drivable is road", "direct on the way",
                 "own lane is direct", "lanes beside are free"):  # fmt: skip
        assert checks[kind] > 0, kind


def test_a_changed_byte_is_caught_by_the_manifest(clean_shard, tmp_path):
    excerpt(clean_shard, 20, tmp_path)
    manifest = json.loads((clean_shard / "manifest.json").read_text())
    entry = next(one for one in manifest["files"] if one["path"].endswith("ring/000020.bin"))
    (tmp_path / "manifest.json").write_text(json.dumps({"files": [entry]}))
    assert not tally_shard(tmp_path).violations
    path = tmp_path / entry["path"]
    path.write_bytes(path.read_bytes()[:-1] + b"\xff")
    with pytest.raises(VerificationError, match="file hash"):
        check_shard(tmp_path)
