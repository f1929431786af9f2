import contextlib
import hashlib
import io
import json
import shutil
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from pycocotools.coco import COCO

from synthgen.errors import UserError
from synthgen.merge import is_merged, merge
from synthgen.split import ClipFrames, split

HERE = Path(__file__).parent


def load(path):
    spec = spec_from_file_location(path.stem, path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a folder with two finished shards."""
    toys = load(HERE / "labels/conftest.py").Toys()
    write_shard = load(HERE / "writers/test_files_on_disk.py").write_shard
    calibration = load(HERE / "writers/conftest.py").calibration.__wrapped__(toys)
    out = tmp_path_factory.mktemp("out")
    placed = [
        (toys.box("car", (4, 1.8, 1.5), subtype="saloon"), (15, 3, 0), 0.1),
        (toys.figure("walker"), (12, -3, 0), 2.0),
    ]
    stuff, streets = toys.painted_street()
    for shard, frames in enumerate([(0, 1), (20, 21, 22)]):
        look = toys.look(placed, stuff=stuff, streets=streets, first_track=1000 * shard)
        folder = out / "shards" / f"{shard:06d}"
        write_shard(folder, toys, look, calibration, frames)
    (out / "shards" / "000002.partial").mkdir()
    return out


@pytest.fixture
def out(made, tmp_path):
    return Path(shutil.copytree(made, tmp_path / "out"))


def hashes(home):
    files = (path for path in sorted(home.rglob("*")) if path.is_file())
    return {
        path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_report_adds_up_the_shards(out):
    report = merge(out)
    assert (report.shards, report.frames, report.worlds, report.tracks) == (2, 5, 2, 4)
    assert report.in_view == {"car": 5, "pedestrian": 5}
    assert report.kitti == {"Car": 5, "Pedestrian": 5}
    assert report.attributions == ("a map",)


def test_kitti_tree_is_hard_links_with_a_split_by_world(out):
    merge(out)
    home = out / "dataset/kitti"
    names = sorted(path.stem for path in (home / "training/image_2").iterdir())
    assert names == ["000000", "000001", "000020", "000021", "000022"]
    for folder, ending in (("velodyne", "bin"), ("calib", "txt"), ("label_2", "txt")):
        assert len(list((home / "training" / folder).glob(f"*.{ending}"))) == 5
    own = out / "shards/000001/kitti/training/image_2/000021.png"
    assert own.samefile(home / "training/image_2/000021.png")
    assert (home / "ImageSets/train.txt").read_text() == "000000\n000001\n"
    assert (home / "ImageSets/val.txt").read_text() == "000020\n000021\n000022\n"


def test_coco_files_load_and_name_images_that_are_there(out):
    merge(out)
    home = out / "dataset/coco"
    for suffix, count in (("", 5), ("_train", 2), ("_val", 3)):
        with contextlib.redirect_stdout(io.StringIO()):
            coco = COCO(str(home / f"instances{suffix}.json"))
        assert len(coco.imgs) == count
        assert all((home / "images" / one["file_name"]).is_file() for one in coco.imgs.values())
        assert {one["image_id"] for one in coco.anns.values()} == set(coco.imgs)
        with contextlib.redirect_stdout(io.StringIO()):
            people = COCO(str(home / f"person_keypoints{suffix}.json"))
        assert set(people.imgs) == set(coco.imgs)
        assert {one["image_id"] for one in people.anns.values()} == set(coco.imgs)
        panoptic = json.loads((home / f"panoptic{suffix}.json").read_text())
        assert len(panoptic["annotations"]) == count
        for one in panoptic["annotations"]:
            assert (home / "panoptic" / one["file_name"]).is_file()


def test_tables_follow_each_other_and_keep_their_column_docs(out):
    merge(out)
    table = pq.read_table(out / "dataset/frames.parquet")
    assert table["frame"].to_pylist() == [0, 1, 20, 21, 22]
    assert table["shard"].to_pylist() == [0, 0, 1, 1, 1]
    assert table.schema.field("rain").metadata[b"unit"] == b"mm/h"
    objects = pq.read_table(out / "dataset/objects.parquet")
    assert len(np.unique(objects["track"].to_numpy())) == 4


def test_the_map_of_every_shard_is_kept(out):
    merge(out)
    lanes = pq.read_table(out / "dataset/lanes.parquet").to_pylist()
    assert [(row["shard"], row["name"]) for row in lanes] == [
        (shard, name) for shard in (0, 1) for name in ("right", "left", "back")
    ]
    lines = pq.read_table(out / "dataset/lane_lines.parquet")
    assert set(lines["frame"].to_pylist()) == {0, 1, 20, 21, 22}
    assert lines.schema.field("point").metadata[b"unit"] == b"m"


def test_merging_twice_changes_nothing_and_leaves_nothing_behind(out):
    merge(out)
    first = hashes(out / "dataset")
    times = {path: path.stat().st_mtime_ns for path in (out / "dataset").rglob("*.json")}
    merge(out)
    assert {path: path.stat().st_mtime_ns for path in times} == times
    shutil.rmtree(out / "dataset")
    merge(out)
    assert hashes(out / "dataset") == first
    assert sorted(path.name for path in out.iterdir()) == ["dataset", "shards"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError()], ids=repr)
def test_a_data_set_is_put_in_place_with_its_overviews_or_not_at_all(out, error):
    def breaks(source, folder):
        raise error

    def draws(source, folder):
        assert (source / "shards").is_dir()
        assert not (out / "dataset").exists()
        (folder / "sheet.png").write_bytes(b"drawn")

    with pytest.raises(type(error)) as raised:
        merge(out, (draws, breaks))
    assert raised.value is error
    assert not is_merged(out)
    assert not (out / "dataset").exists()
    merge(out, (draws,))
    assert is_merged(out)
    assert (out / "dataset" / "sheet.png").read_bytes() == b"drawn"


def test_a_new_shard_is_taken_in(out, made):
    shutil.move(out / "shards/000001", out / "later")
    assert merge(out).frames == 2
    shutil.move(out / "later", out / "shards/000001")
    assert merge(out).frames == 5
    assert "| frames | 5 |" in (out / "dataset/README.md").read_text()


def test_a_data_set_is_merged_until_another_shard_is_finished(out):
    second = out / "shards" / "000001"
    second.rename(out / "aside")
    assert not is_merged(out)
    merge(out)
    assert is_merged(out)
    (out / "aside").rename(second)
    assert not is_merged(out)


def test_shards_of_different_specs_are_refused(out):
    path = out / "shards/000001/manifest.json"
    path.write_text(path.read_text().replace('"identity":"abc"', '"identity":"xyz"'))
    with pytest.raises(UserError, match="different specs: abc, xyz"):
        merge(out)


def test_shards_of_another_layout_are_refused(out):
    path = out / "shards/000001/manifest.json"
    path.write_text(path.read_text().replace('"format":2', '"format":1'))
    with pytest.raises(UserError, match="shards of layout 1, expected 2"):
        merge(out)


def test_nothing_to_merge_is_refused(tmp_path):
    with pytest.raises(UserError, match="no finished shard"):
        merge(tmp_path)


def test_versions_that_differ_are_told_at_the_merge_and_in_the_card(out, capsys):
    path = out / "shards/000001/manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"versions": {"synthgen": "0.2.0"}}))
    assert merge(out).versions == {"synthgen": "0.1.0 (0), 0.2.0 (1)"}
    assert capsys.readouterr().err == (
        "shards of different versions: synthgen 0.1.0 (0), 0.2.0 (1)\n"
    )
    assert "synthgen 0.1.0 (0), 0.2.0 (1)" in (out / "dataset/README.md").read_text()


def test_shards_of_one_make_are_merged_in_silence(out, capsys):
    assert merge(out).versions == {"synthgen": "0.1.0"}
    assert capsys.readouterr().err == ""


def clips(*rows):
    return [ClipFrames(shard, clip, city, (clip * 10,)) for shard, clip, city in rows]


def test_split_keeps_cities_apart_and_never_moves_a_frame():
    many = clips(*((n // 2, n, f"suburb {n // 2}") for n in range(24)))
    few, all_of_them = split(many[:8]), split(many)
    assert few.by == "city"
    assert set(few.val) <= set(all_of_them.val)
    assert set(few.train) <= set(all_of_them.train)
    assert not set(all_of_them.val) & set(all_of_them.train)


@pytest.mark.parametrize(
    ("rows", "by", "val"),
    [
        ([(0, 0, "map"), (1, 1, "map")], "shard", (10,)),
        ([(0, 0, "map"), (0, 1, "map")], "clip", (10,)),
        ([(0, 0, "map")], "nothing", ()),
    ],
)
def test_split_falls_back_to_narrower_worlds(rows, by, val):
    found = split(clips(*rows))
    assert (found.by, found.val) == (by, val)


def test_the_card_names_the_users_assets(out):
    for path in (out / "shards").glob("0*/manifest.json"):
        manifest = json.loads(path.read_text())
        for clip in manifest["clips"]:
            clip["facts"]["asset:wagon"] = "car, CC0"
        path.write_text(json.dumps(manifest))
    assert merge(out).assets == ("wagon: car, CC0",)
    assert "- Asset wagon: car, CC0" in (out / "dataset" / "README.md").read_text()
