"""Our own data sets as rows, against what our own exports of them say."""

import json
import shutil
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pyarrow.parquet as pq
import pytest

from synthgen.coverage.readers import own_frames, scalabel, synthgen
from synthgen.coverage.readers.levels import CUT, KITTI, LARGELY, PARTLY
from synthgen.errors import UserError
from synthgen.exports import scalabel as written
from synthgen.jobs.export import export
from synthgen.labels.rules import LabelRules


@pytest.fixture(scope="module")
def own(toy_data, whole):
    """Return what the reader says of the toy data set."""
    return whole("synthgen", toy_data)


@pytest.fixture(scope="module")
def exported(toy_data, tmp_path_factory):
    out = tmp_path_factory.mktemp("exported")

    def made(name):
        run = SimpleNamespace(data=str(toy_data), out=str(out), format=(name,), workers=1, store="")
        assert export(run) == 0
        return out / name

    return made


def counted(rows, of=lambda row: row["class"]):
    """Return how many of `rows` count in each frame, by class."""
    return Counter((row["frame"].split("/")[-1][-6:], of(row)) for row in rows
                   if not row["ignored"])  # fmt: skip


def test_frames_are_told_whole(own, toy_data):
    assert [one["frame"] for one in own.frames] == [f"{n:06d}" for n in (0, 1, 2, 20, 21)]
    assert [one["world"] for one in own.frames] == ["000000"] * 3 + ["000002"] * 2
    for one in own.frames:
        assert (toy_data / one["image"]).is_file()
        assert (one["power"], one["fault"], one["weather_from"]) == ("on", "none", "physics")
        assert one["ego_speed"] == pytest.approx(8.0, abs=0.02)
    assert not own.broken


def test_kitti_s_own_labels_of_the_same_frames_agree(own, toy_data, whole):
    """A cycle and its rider are one line there; distance and side are measured in other frames."""
    for shard in ("000000", "000001"):
        found = whole("kitti", toy_data / f"shards/{shard}/kitti")
        assert not found.broken
        for row in found.objects:
            if row["ignored"] or row["class"] in ("bicycle", "rider"):
                continue
            pair = min(
                (one for one in own.objects if one["frame"] == row["frame"] and not one["ignored"]),
                key=lambda one: abs(one["left"] - row["left"]) + abs(one["top"] - row["top"]),
            )
            assert row["distance"] == pytest.approx(pair["distance"], abs=0.1)
            assert row["lateral"] == pytest.approx(pair["lateral"], abs=0.3)
            assert np.cos(row["aspect"] - pair["aspect"]) > 0.998
            assert row["right"] == pytest.approx(pair["right"] - 1, abs=0.01)
            assert row["height"] == pytest.approx(pair["height"], abs=0.006)
            assert row["occlusion_low"] <= pair["occlusion_low"] <= row["occlusion_high"]
            assert row["truncation_low"] == pytest.approx(pair["truncation_low"], abs=0.006)


def test_kitti_counts_as_many_of_each_class(own, toy_data, whole):
    types = {"car": "Car", "bus": "Truck", "pedestrian": "Pedestrian"}
    ours = counted(own.objects, lambda row: types.get(row["class"]))
    theirs = Counter()
    for shard in ("000000", "000001"):
        rows = whole("kitti", toy_data / f"shards/{shard}/kitti").objects
        theirs += counted(rows, lambda row: row["label"])
    kept = {key: number for key, number in ours.items() if key[1] is not None}
    assert kept
    assert kept == {key: number for key, number in theirs.items() if key[1] in types.values()}


def test_coco_counts_as_many_of_each_class_with_the_same_shares(own, toy_data, whole):
    theirs, exact = Counter(), {}
    for shard in ("000000", "000001"):
        found = whole("coco", toy_data / f"shards/{shard}/coco/instances.json")
        assert not found.broken
        names = {row["frame"]: row["image"][-10:-4] for row in found.frames}
        rows = [{**row, "frame": names[row["frame"]]} for row in found.objects]
        theirs += counted(rows)
        exact |= {(row["frame"], row["track"]): row for row in rows if not row["ignored"]}
    assert counted(own.objects) == theirs
    for row in own.objects:
        if not row["ignored"]:
            other = exact[row["frame"], row["track"].split("/")[-1]]
            assert other["occlusion_low"] == pytest.approx(row["occlusion_low"], abs=1e-6)
            assert other["lidar_points"] == row["lidar_points"]


def test_scalabel_counts_as_many_of_each_class(own, exported, whole):
    folder = exported("scalabel")
    assert scalabel.recognises(folder)
    found = whole("scalabel", folder)
    assert not found.broken
    kinds = Counter(row["label"] for row in found.objects)
    ours = Counter(
        written.CATEGORIES.get(row["class"]) for row in own.objects if not row["ignored"]
    )
    del ours[None]
    assert kinds == ours
    air = Counter((row["weather"], row["time_of_day"]) for row in own.frames)
    assert Counter((row["weather"], row["time_of_day"]) for row in found.frames) == air


def test_the_shares_of_levels_are_those_that_our_labels_are_written_with():
    assert (PARTLY, CUT) == (written.OCCLUDED, written.TRUNCATED)
    rules = LabelRules(kitti={}, coco={})
    for hidden in np.linspace(0, 1, 101):
        low, high = KITTI[rules.occluded(hidden)]
        assert low <= hidden <= high
    assert rules.occlusion[1] == LARGELY


def test_a_folder_of_several_keeps_their_worlds_apart(toy_data, own, tmp_path, whole):
    for job in ("b", "a"):
        shutil.copytree(toy_data, tmp_path / job)
    (tmp_path / "fill.json").write_text("{}")
    assert synthgen.recognises(tmp_path)
    found = whole("synthgen", tmp_path)
    assert len(found.frames) == 2 * len(own.frames)
    assert found.frames[0]["frame"] == "a/000000"
    assert found.frames[0]["world"] == "a/000000"
    assert (tmp_path / found.frames[-1]["image"]).is_file()
    assert len({one["frame"] for one in found.frames}) == len(found.frames)
    assert {one["world"] for one in found.frames} == {
        f"{job}/{clip}" for job in "ab" for clip in ("000000", "000002")
    }
    tracks = {one["track"] for one in own.objects}
    assert {one["track"] for one in found.objects} == {f"{j}/{t}" for j in "ab" for t in tracks}


def test_a_twin_is_frames_of_the_same_world_and_tracks(toy_data, own, tmp_path, whole):
    folder = tmp_path / "made"
    shutil.copytree(toy_data, folder)
    home = folder / "shards/000000"
    manifest = json.loads((home / "manifest.json").read_text())
    for clip in manifest["clips"]:
        clip["twins"] = {"night": {}}
    (home / "manifest.json").write_text(json.dumps(manifest))
    (home / "twins/night").mkdir(parents=True)
    table = pq.read_table(home / "frames.parquet")
    at = table.column_names.index("sun_elevation")
    dark = table.set_column(at, table.schema.field(at), [[-0.3] * table.num_rows])
    pq.write_table(dark, home / "twins/night/frames.parquet")
    shutil.copy(home / "objects.parquet", home / "twins/night/objects.parquet")
    found = whole("synthgen", folder)
    twins = [one for one in found.frames if dict(one["tags"]).get("twin") == "night"]
    assert [one["frame"] for one in twins] == ["night/000000", "night/000001", "night/000002"]
    assert {one["time_of_day"] for one in twins} == {"night"}
    assert {one["world"] for one in twins} == {"000000"}
    assert twins[0]["image"].startswith("shards/000000/twins/night/")
    shown = {one["track"] for one in found.objects if one["frame"].startswith("night/")}
    assert shown <= {one["track"] for one in own.objects}


@pytest.mark.parametrize(
    ("elevation", "name"),
    [(90, "day"), (6, "day"), (5.99, "dusk"), (-6, "dusk"), (-6.01, "night"), (-90, "night")],
)
def test_times_of_day_are_bounds_of_the_sun(elevation, name):
    assert own_frames.time_of_day(elevation) == name


AIR = {"visibility": 4e4, "rain": 0.0, "snow": 0.0, "cloud": 0.0}


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "clear"),
        ({"cloud": 0.75}, "overcast"),
        ({"cloud": 1.0, "rain": 0.1}, "rain"),
        ({"rain": 5.0, "snow": 0.1}, "snow"),
        ({"rain": 5.0, "visibility": 999.0}, "fog"),
        ({"fog_bank_share": 0.5, "clouds_here": 0.02}, "fog"),
        ({"fog_bank_share": 0.5, "clouds_here": 0.0}, "clear"),
        ({"fog_bank_share": 0.0, "clouds_here": 0.02}, "clear"),
    ],
)
def test_weather_is_what_is_worst_for_the_view(changes, name):
    assert own_frames.weather({**AIR, **changes}) == name


@pytest.mark.parametrize(
    ("fed", "name"), [(1.0, "on"), (0.999, "blocks"), (0.01, "blocks"), (0.0, "off")]
)
def test_power_is_the_share_of_the_grid_that_is_fed(fed, name):
    assert own_frames.power({"power": fed == 1, "grid_fed": fed}) == name


def test_a_spoilt_table_is_one_line(toy_data, tmp_path, whole):
    folder = tmp_path / "made"
    shutil.copytree(toy_data, folder)
    (folder / "shards/000001/objects.parquet").write_text("spoilt")
    with pytest.raises(UserError, match=r"objects\.parquet: expected a table in Parquet"):
        whole("synthgen", folder)
