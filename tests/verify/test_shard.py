import json

import pyarrow.parquet as pq
import pytest

from synthgen.verify.corrupt import CORRUPTIONS, excerpt, targets
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
