import json
import shutil

import pytest

from synthgen.errors import UserError
from synthgen.export import Part
from synthgen.exports.nuscenes import EXPORT
from synthgen.exports.nuscenes.source import car_of, clips_of, date, objects_of, rear_axle
from synthgen.readers.dataset import open_dataset
from synthgen.verify.nuscenes_files import check_tree

EGO = {"kind": "ego", "subtype": "estate", "length": 4.774, "width": 1.82, "height": 1.517,
       "seed": 2011}  # fmt: skip


@pytest.fixture
def data(toy_data, tmp_path):
    """Return a data set with what toys leave out: the ego car, the lidar's beams, the date."""
    folder = tmp_path / "data"
    shutil.copytree(toy_data, folder)
    run = json.loads((folder / "run.json").read_text())
    run["spec"]["rig"]["ego"] = EGO
    run["spec"]["rig"]["lidars"]["roof"]["model"] = {"elevation_deg": [0.0] * 60}
    (folder / "run.json").write_text(json.dumps(run))
    for path in folder.glob("shards/*/manifest.json"):
        manifest = json.loads(path.read_text())
        for clip in manifest["clips"]:
            clip["draws"] |= {"light.year": 2026.0, "light.day": 60.0}
        path.write_text(json.dumps(manifest))
    return open_dataset(folder)


def export(data, folder):
    """Write the parts and join them."""
    parts = [Part(shard.number, folder.with_name(f"part{shard.number}")) for shard in data.shards]
    for shard, part in zip(data.shards, parts, strict=True):
        EXPORT.write(data, shard, part.folder)
    EXPORT.join(data, parts, folder)


def test_a_finished_data_set_becomes_a_tree_that_holds_together(data, tmp_path):
    export(data, tmp_path / "tree")
    found = check_tree(tmp_path / "tree")
    assert found.violations == []
    assert found.checks["nuscenes points in box"] >= 14


def test_points_in_boxes_are_those_that_the_tables_of_the_data_set_count(data, tmp_path):
    export(data, tmp_path / "tree")
    tables = tmp_path / "tree/v1.0-synth"
    first = json.loads((tables / "sample.json").read_text())[0]["token"]
    rows = json.loads((tables / "sample_annotation.json").read_text())
    theirs = {
        (*sorted(row["size"]), row["num_lidar_pts"]) for row in rows if row["sample_token"] == first
    }
    ours = {
        (*sorted(row["size"]), row["lidar_points"])
        for row in data.shards[0].frames[0].objects
        if row["class"] in ("car", "bus", "dog", "pedestrian")
    }
    assert len(ours) == 7
    assert ours <= theirs


def test_the_car_has_its_sensors_where_the_tables_say(data):
    car = car_of(data)
    assert set(car.sensors) == {"front", "roof"}
    assert car.sensors["roof"].beams == 60
    assert car.sensors["roof"].ego_from_sensor[2, 3] == pytest.approx(1.73)
    assert car.identity == "abc"


def test_the_rear_axle_of_kittis_car_is_where_its_data_sheet_says():
    """2.71 m of wheelbase, 0.95 m of front overhang: 1.27 m behind the middle of 4.774 m."""
    assert rear_axle(EGO) == pytest.approx(-1.27, abs=0.06)


def test_a_rig_that_says_where_it_measures_from_keeps_that_as_ego_frame(data):
    assert car_of(data).origin == (rear_axle(EGO), 0, 0)
    data.rig["origin"] = [-1.4, 0.0, 0.3]
    assert car_of(data).origin == (-1.4, 0.0, 0.3)


def test_a_camera_that_is_no_pinhole_is_refused(data):
    camera = data.shards[0].frames[0].cameras["front"]
    camera.row["projection_model"] = "fisheye"
    with pytest.raises(UserError, match="camera front is a fisheye, expected pinholes"):
        car_of(data)


def test_lanes_and_sidewalks_are_on_the_map_and_the_place_is_said(data):
    clip = next(clips_of(data.shards[0], "roof"))
    assert clip.place == "suburb"
    assert clip.description.endswith("suburb")
    assert clip.date == "2026-03-01"


def test_a_day_of_the_year_is_a_date():
    assert date({"light.year": 2024.0, "light.day": 366.0}) == "2024-12-31"


PLACE = {"track": 1, "center": [5, 0, 0], "size": [1, 1, 1], "quaternion": [0, 0, 0, 1],
         "velocity": [2, 0, 0]}  # fmt: skip
ROW = {
    "track": 1, "instance": 1, "class": "car", "subtype": "", "rides": 0, "ridden_by": 0,
    "part_of": 0, "posture": "", "visible_pixels": 30, "amodal_pixels": 60, "truncation": 0.2,
    "brake": False, "headlamps": "off", "indicator": "off",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "lit"),
    [({}, False), ({"brake": True}, True), ({"headlamps": "daytime"}, True),
     ({"indicator": "left"}, True), ({"indicator": "hazard"}, False), ({"brake": None}, False)],
)  # fmt: skip
def test_lamps_say_whether_somebody_drives(changes, lit):
    (found,) = objects_of([ROW | changes], [PLACE])
    assert found.lit is lit


def test_a_trailer_is_driven_when_what_tows_it_is():
    rows = [ROW | {"brake": True}, ROW | {"track": 2, "part_of": 1}, ROW | {"track": 3}]
    found = objects_of(rows, [PLACE | {"track": track} for track in (1, 2, 3)])
    assert [one.lit for one in found] == [True, True, False]


def test_boxes_are_those_of_the_lidars_time():
    (found,) = objects_of([ROW | {"center": [4, 0, 0]}], [PLACE])
    assert found.center == (5, 0, 0)


def test_what_cameras_show_of_an_object_adds_up_to_all_of_it_at_most():
    shown = 0.5 * 0.8
    for rows, share in (([ROW], shown), ([ROW, ROW], 2 * shown), ([ROW] * 3, 1.0)):
        (found,) = objects_of(rows, [PLACE])
        assert found.visible == pytest.approx(share)
    hidden = ROW | {"visible_pixels": 0, "amodal_pixels": 0, "truncation": 1.0}
    assert objects_of([hidden], [PLACE])[0].visible == 0
