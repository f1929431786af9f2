"""The files and labels of the same moments under five other conditions."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from synthgen.config import read
from synthgen.labels.contrast import LIMIT
from synthgen.report.twins import moments_of, twin_sheet
from synthgen.verify.files import verify
from synthgen.verify.shard import tally_shard
from synthgen.verify.twin_checks import EQUAL_FILES, OBJECT_DIFFERS

TWINS = ("clear", "rain", "fog", "night", "blackout")


def objects(home):
    return pq.read_table(home / "objects.parquet").to_pylist()


def test_the_scene_comes_first_and_its_twins_follow(samples):
    assert [sample.twin for sample in samples] == ["", *TWINS]
    assert {sample.frame for sample in samples} == {0}


def test_masks_boxes_ids_and_depth_have_equal_bytes_in_five_twins(made):
    base = made / "shards" / "000000"
    for name in TWINS:
        home = base / "twins" / name
        for kind in EQUAL_FILES:
            files = sorted(base.glob(kind))
            assert files, kind
            for file in files:
                assert (home / file.relative_to(base)).read_bytes() == file.read_bytes()
        pairs = list(zip(objects(base), objects(home), strict=True))
        assert len(pairs) == 5
        for old, new in pairs:
            assert {key for key in old if old[key] != new[key]} <= OBJECT_DIFFERS


def test_lines_are_the_same_in_all_twins_but_for_the_snow_on_them(made):
    base = made / "shards" / "000000"
    plain = pq.read_table(base / "lane_lines.parquet").to_pylist()
    for name in TWINS:
        home = base / "twins" / name
        own = pq.read_table(home / "lane_lines.parquet").to_pylist()
        assert [one | {"snow": None} for one in own] == [one | {"snow": None} for one in plain]


def test_every_column_that_may_differ_does_so_somewhere(made):
    """`kitti` and what follows from it needs something that no twin shows well."""
    base = made / "shards" / "000000"
    homes = [base, *(base / "twins" / name for name in TWINS)]
    rows = [objects(home) for home in homes]
    changed = {k for one in rows for a, b in zip(rows[0], one, strict=True) for k in a
               if a[k] != b[k]}  # fmt: skip
    assert changed >= {"contrast", "lidar_hits", "circuits", "state"}


def test_pictures_and_sweeps_differ_between_all_twins(made):
    base = made / "shards" / "000000"
    homes = [base, *(base / "twins" / name for name in TWINS)]
    for file in ("sensor/image_2/000000.png", "sensor/velodyne/000000.bin"):
        assert len({(home / file).read_bytes() for home in homes}) == len(homes)


def test_night_is_dark_fog_is_pale_and_lamps_follow(samples):
    by = {sample.twin: sample for sample in samples}
    image = {name: sample.cameras["image_2"] for name, sample in by.items()}
    assert image["night"].exposure * image["night"].gain > 20 * image["clear"].exposure
    assert image["fog"].image.std() < image["clear"].image.std()
    states = {name: sample.objects["image_2"][0].state for name, sample in by.items()}
    lamps = {name: state.headlamps for name, state in states.items()}
    assert lamps == {"": "daytime", "clear": "daytime", "rain": "low", "fog": lamps["fog"],
                     "night": "low", "blackout": "low"}  # fmt: skip
    assert lamps["fog"] == ("low" if by["fog"].environment["visibility"] < 500 else "daytime")
    signal = {name: sample.objects["image_2"][-1].state.shows for name, sample in by.items()}
    assert {signal[name] for name in ("", "clear", "rain", "fog", "night")} == {"green"}
    assert signal["blackout"] in ("off", "flashing_red")
    street = {name: bool(sample.lamps["on"][0]) for name, sample in by.items()}
    assert street == {"": False, "clear": False, "rain": False, "fog": False, "night": True,
                      "blackout": False}  # fmt: skip


def test_shapes_and_ways_are_the_very_objects_of_the_scene(samples):
    first = samples[0].moment
    for twin in samples[1:]:
        assert twin.moment.shaped_as(first)
        for old, new in zip(first.scene.world.stuff, twin.moment.scene.world.stuff, strict=True):
            assert old.mesh is new.mesh
        assert twin.objects["image_2"] is not samples[0].objects["image_2"]


def test_a_shard_with_twins_is_verified_and_every_kind_of_check_is_made(made):
    tally = tally_shard(made / "shards" / "000000")
    assert not tally.violations
    kinds = {"twin file": 8 * len(TWINS), "twin frame": len(TWINS), "twin object": 5 * len(TWINS),
             "twin pair": 1 + len(TWINS)}  # fmt: skip
    for kind, least in kinds.items():
        assert tally.checks[kind] >= least
    assert tally.checks["lidar points in box"] >= 5 * (1 + len(TWINS))


def test_a_mask_of_a_twin_that_is_changed_is_found(shard):
    file = shard / "twins/night/sensor/image_2/instance/000000.png"
    other = (shard / "twins/night/sensor/image_2/semantic/000000.png").read_bytes()
    file.unlink()
    file.write_bytes(other)
    found = {(one.kind, one.detail) for one in tally_shard(shard).violations}
    assert ("twin file", "night: sensor/image_2/instance/000000.png") in found


def test_a_twin_that_lacks_a_file_a_frame_or_a_row_is_found(shard):
    (shard / "twins/fog/sensor/image_2/depth/000000.png").unlink()
    for name, table in (("rain", "frames"), ("blackout", "objects")):
        path = shard / f"twins/{name}/{table}.parquet"
        pq.write_table(pq.read_table(path).slice(1), path)
    table = pq.read_table(shard / "twins.parquet")
    pq.write_table(table.slice(0, 5), shard / "twins.parquet")
    with pytest.raises(OSError, match="depth"):
        tally_shard(shard)
    shutil.copy(shard / "sensor/image_2/depth/000000.png",
                shard / "twins/fog/sensor/image_2/depth/000000.png")  # fmt: skip
    found = {(one.kind, one.detail.split(":")[0]) for one in tally_shard(shard).violations}
    assert {("twin frame", "rain"), ("twin object", "blackout"), ("twin pair", "blackout")} <= found


@pytest.mark.parametrize(
    ("table", "column", "kind"),
    [("objects", "track", "twin object"), ("objects", "occlusion", "twin object"),
     ("frames", "ego_x", "twin frame"), ("frames", "time", "twin frame")],
)  # fmt: skip
def test_a_label_of_a_twin_that_must_not_differ_and_does_is_found(shard, table, column, kind):
    path = shard / f"twins/rain/{table}.parquet"
    rows = pq.read_table(path)
    changed = rows.to_pylist()
    changed[0][column] += 1
    pq.write_table(rows.from_pylist(changed, schema=rows.schema), path)
    found = [one for one in tally_shard(shard).violations if one.kind == kind]
    assert [one.detail for one in found] == [f"rain: {column}"]


def test_pairs_name_files_and_tell_what_stands_out(made):
    base = made / "shards" / "000000"
    rows = pq.read_table(base / "twins.parquet").to_pylist()
    assert [row["twin"] for row in rows] == ["base", *TWINS]
    assert len({row["seen"] for row in rows}) == 1
    for row in rows:
        home = base / row["folder"]
        assert (home / row["image"]).is_file()
        shown = [one for one in objects(home) if one["visible_pixels"] > 0]
        assert row["discernible"] == sum(one["contrast"] >= LIMIT for one in shown)
        assert row["counting"] == sum(one["counts"] for one in shown)
        assert row["points"] == (home / row["sweep"]).stat().st_size / 16


def test_the_sheet_has_a_picture_for_each_condition(made):
    assert [len(rows) for _, rows in moments_of(made)] == [1 + len(TWINS)]
    (made / "dataset").mkdir(exist_ok=True)
    assert twin_sheet(made, made / "dataset") == made / "dataset" / "twins.png"


def test_the_manifest_names_all_files_and_the_draws_of_all_twins(made):
    base = made / "shards" / "000000"
    content = json.loads((base / "manifest.json").read_text())
    there = {p.relative_to(base).as_posix() for p in base.rglob("*") if p.is_file()}
    assert {one["path"] for one in content["files"]} == there - {"manifest.json"}
    drawn = content["clips"][0]["twins"]
    assert list(drawn) == sorted(TWINS)
    assert drawn["night"]["environment"]["sun_elevation"] < 0
    assert drawn["rain"]["draws"]["weather.rain"] > 0


def test_the_merged_set_has_a_tree_like_its_own_for_each_twin(made):
    home = made / "dataset"
    names = {p.relative_to(home) for p in (home / "kitti").rglob("*") if p.is_file()}
    names |= {p.relative_to(home) for p in (home / "coco").rglob("*") if p.is_file()}
    assert len(names) > 15
    for twin in TWINS:
        own = home / "twins" / twin
        found = {p.relative_to(own) for p in own.rglob("*") if p.is_file()}
        assert found >= names
        image = "kitti/training/image_2/000000.png"
        assert (own / image).samefile(made / f"shards/000000/twins/{twin}/{image}".replace(
            "kitti/training", "sensor"))  # fmt: skip
        assert (own / "kitti/training/calib/000000.txt").read_bytes() == (
            home / "kitti/training/calib/000000.txt"
        ).read_bytes()
        boxes = [json.loads((place / "coco/instances.json").read_text())["annotations"]
                 for place in (home, own)]  # fmt: skip
        assert len(boxes[0]) == 5
        for old, new in zip(*boxes, strict=True):
            differs = {key for key in old if old[key] != new[key]}
            assert differs <= {"category_id", "iscrowd", "num_lidar_pts", "num_lidar_hits"}
    assert "night" in (home / "README.md").read_text()
    assert pq.read_table(home / "twins.parquet").num_rows == 1 + len(TWINS)


def test_verification_of_the_whole_set_counts_twins_and_finds_what_is_lost(made, tmp_path, capsys):
    out = Path(shutil.copytree(made, tmp_path / "out"))
    run = replace(read(["scene=clear_day", "task=verify", f"data={out}"]))
    assert verify(run) == 0
    path = out / "dataset/twins/fog/coco/instances.json"
    content = json.loads(path.read_text())
    content["annotations"].pop()
    for one in path.parent.glob("instances*.json"):
        one.unlink()
    path.write_text(json.dumps(content))
    mask = out / "shards/000000/twins/rain/sensor/image_2/instance/000000.png"
    mask.unlink()
    shutil.copy(mask.parents[1] / "semantic/000000.png", mask)
    assert verify(run) == 1
    said = capsys.readouterr().out
    assert "merged annotations: frame -1 track 0: twins/fog: id" in said
    assert "twin file: frame 0 track 0: rain: sensor/image_2/instance/000000.png" in said
    assert "file hash" in said
