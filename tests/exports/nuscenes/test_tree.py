import json
from collections import Counter

import numpy as np
import pytest

from synthgen.exports.nuscenes.tables import TABLES
from synthgen.exports.nuscenes.tree import write_tree
from synthgen.geometry import pose, transform
from synthgen.verify.nuscenes_files import check_tree


@pytest.fixture(scope="module")
def tables(toy_tree):
    return {n: json.loads((toy_tree / f"v1.0-synth/{n}.json").read_text()) for n in TABLES}


def test_our_own_reader_finds_nothing_wrong(toy_tree):
    found = check_tree(toy_tree)
    assert found.violations == []
    assert found.checks["nuscenes points in box"] == 5 * 5


def test_key_frames_are_samples_and_what_is_between_are_sweeps(toy_tree, tables):
    assert len(tables["sample"]) == 3 + 2
    assert Counter(row["is_key_frame"] for row in tables["sample_data"]) == {True: 15, False: 24}
    for folder, count in (("samples", 5), ("sweeps", 8)):
        for channel in ("CAM_FRONT", "LIDAR_TOP", "RADAR_FRONT"):
            assert len(list((toy_tree / folder / channel).iterdir())) == count
    assert [row["nbr_samples"] for row in tables["scene"]] == [3, 1, 1]


def test_time_stamps_are_whole_microseconds_of_each_sensors_own_time(tables):
    times = [row["timestamp"] for row in tables["sample_data"] if row["width"] == 80][:2]
    assert times[1] - times[0] == 100_000
    lidar = [row["timestamp"] for row in tables["sample_data"] if "LIDAR" in row["filename"]]
    assert times[0] - lidar[0] == 10_000


def named(tables, table, token):
    return next(row for row in tables[table] if row["token"] == token)


def matrix(record):
    return pose(np.array(record["translation"]), np.array(record["rotation"])[[1, 2, 3, 0]])


def test_points_of_a_file_lie_in_the_world_where_the_records_say(toy_tree, tables, toys, tmp_path):
    origin = np.array([-69.0, -99.0, 0.0])  # whole metres, 100 m from the drive's first place
    _, clips = toys.record(tmp_path)
    rows = [row for row in tables["sample_data"] if "__LIDAR_TOP__" in row["filename"]]
    for row, frame in zip(rows[:11], clips[0].frames, strict=False):
        point = np.fromfile(toy_tree / row["filename"], "<f4").reshape(-1, 5)[:, :3]
        car = matrix(named(tables, "ego_pose", row["ego_pose_token"]))
        own = matrix(named(tables, "calibrated_sensor", row["calibrated_sensor_token"]))
        world = transform(car @ own, point.astype(float)) + origin
        place = toys.car_at(frame.time) @ toys.lidar
        expected = transform(place, frame.shots["roof"].read().point.astype(float))
        np.testing.assert_allclose(world, expected, atol=1e-9)


def test_the_ego_frame_lies_under_the_rear_axle(tables, toys):
    row = next(row for row in tables["sample_data"] if "LIDAR_TOP" in row["filename"])
    origin = np.array([-69.0, -99.0, 0.0])
    found = matrix(named(tables, "ego_pose", row["ego_pose_token"]))[:3, 3] + origin
    axle = transform(toys.car_at(8.0), np.array([[-1.3, 0, 0]]))[0]
    np.testing.assert_allclose(found, axle, atol=1e-9)


def test_boxes_are_in_width_length_height_about_their_centre(tables, toys):
    instance = {row["token"]: row["category_token"] for row in tables["instance"]}
    cars = [
        row
        for row in tables["sample_annotation"]
        if named(tables, "category", instance[row["instance_token"]])["name"] == "vehicle.car"
        and row["size"] == [1.8, 4.4, 1.5]
    ]
    times = [8.0, 8.5, 9.0]
    for row, time in zip(cars[:3], times, strict=True):
        place = np.array(row["translation"]) + np.array([-69, -99, 0])
        np.testing.assert_allclose(place, (12 + 6 * time, 3, 0.8), atol=1e-9)


def test_what_is_boxed_and_what_it_does(tables):
    instance = {row["token"]: row["category_token"] for row in tables["instance"]}
    attributes = {row["token"]: row["name"] for row in tables["attribute"]}
    found = Counter(
        (
            named(tables, "category", instance[row["instance_token"]])["name"],
            *(attributes[token] for token in row["attribute_tokens"]),
        )
        for row in tables["sample_annotation"]
    )
    assert found == {
        ("vehicle.car", "vehicle.moving"): 5,
        ("vehicle.car", "vehicle.parked"): 5,
        ("vehicle.bicycle", "cycle.with_rider"): 5,
        ("human.pedestrian.child", "pedestrian.moving"): 5,
        ("movable_object.trafficcone",): 5,
    }


def test_radar_points_are_counted_by_the_outline_of_the_box_whatever_their_height(tables):
    counts = Counter(row["num_radar_pts"] for row in tables["sample_annotation"])
    assert counts == {2: 4, 0: 21}  # the list of the drive's last key frame is empty
    cars = [row for row in tables["sample_annotation"] if row["num_radar_pts"]]
    assert {tuple(row["size"]) for row in cars} == {(1.8, 4.5, 1.5)}


def test_lists_of_detections_are_the_very_files(toy_tree, tables, toys, tmp_path):
    _, clips = toys.record(tmp_path)
    rows = [row for row in tables["sample_data"] if "RADAR" in row["filename"]]
    assert {row["fileformat"] for row in rows} == {"pcd"}
    own = clips[0].frames[3].shots["radar_front"].file
    assert (toy_tree / rows[3]["filename"]).read_bytes() == own.read_bytes()


def test_tracks_of_different_scenes_are_different_instances(tables):
    assert sorted(row["nbr_annotations"] for row in tables["instance"]) == [1] * 10 + [3] * 5


def test_images_are_the_very_files(toy_tree, tables, toys, tmp_path):
    row = next(row for row in tables["sample_data"] if row["width"] == 80)
    assert row["fileformat"] == "png"
    _, clips = toys.record(tmp_path)
    own = clips[0].frames[0].shots["front"].file
    assert (toy_tree / row["filename"]).read_bytes() == own.read_bytes()


def test_the_same_recording_gives_the_same_bytes(toy_tree, toys, tmp_path):
    write_tree(*toys.record(tmp_path / "data"), {20, 21}, tmp_path / "tree")
    names = sorted(path.relative_to(toy_tree) for path in toy_tree.rglob("*") if path.is_file())
    again = tmp_path / "tree"
    assert names == sorted(p.relative_to(again) for p in again.rglob("*") if p.is_file())
    assert all((toy_tree / n).read_bytes() == (again / n).read_bytes() for n in names)


def test_splits_hold_each_scene_once_under_names_that_are_not_official(toy_tree):
    splits = json.loads((toy_tree / "v1.0-synth/splits.json").read_text())
    assert splits == {
        "synth_train": ["scene-000000"],
        "synth_val": ["scene-000002-000", "scene-000002-001"],
    }
