"""nuScenes' tables as rows."""

import json
from collections import Counter
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest

from synthgen.coverage.readers import nuscenes
from synthgen.errors import UserError
from synthgen.exports.nuscenes.tree import write_tree

RECORDING = Path(__file__).parents[2] / "exports/nuscenes/conftest.py"

TURN = [np.cos(np.pi / 4), 0.0, 0.0, np.sin(np.pi / 4)]
"""A quarter to the left: heads along y."""
STRAIGHT = [1.0, 0.0, 0.0, 0.0]


def tables():
    """Return two samples half a second and 5 m apart, a car heading along y."""
    poses = [
        {"token": f"p{n}", "timestamp": 5e5 * n, "rotation": TURN, "translation": [10, 5 * n, 0]}
        for n in (0, 1)
    ]
    shots = [
        {"token": f"d{n}{kind}", "sample_token": f"s{n}", "ego_pose_token": f"p{n}",
         "calibrated_sensor_token": kind, "is_key_frame": True, "filename": f"{kind}/{n}.jpg",
         "width": 1600 if kind == "cam" else 0, "height": 900}
        for n in (0, 1) for kind in ("cam", "lid")
    ]  # fmt: skip
    return {
        "category": [{"token": "c", "name": "vehicle.bus.bendy"}, {"token": "a", "name": "animal"}],
        "attribute": [{"token": "m", "name": "vehicle.moving"}],
        "visibility": [{"token": "2", "level": "v40-60"}],
        "instance": [{"token": "i", "category_token": "c"}, {"token": "j", "category_token": "a"}],
        "sensor": [{"token": "CF", "channel": "CAM_FRONT", "modality": "camera"},
                   {"token": "LT", "channel": "LIDAR_TOP", "modality": "lidar"}],
        "calibrated_sensor": [{"token": "cam", "sensor_token": "CF"},
                              {"token": "lid", "sensor_token": "LT"}],
        "ego_pose": poses,
        "log": [{"token": "l", "logfile": "n015-2018", "location": "singapore-onenorth"}],
        "scene": [{"token": "sc", "name": "scene-0061", "log_token": "l",
                   "description": "Night, after rain, heavy rain, bus"}],
        "sample": [
            {"token": "s0", "scene_token": "sc", "timestamp": 0, "prev": "", "next": "s1"},
            {"token": "s1", "scene_token": "sc", "timestamp": 500000, "prev": "s0", "next": ""},
        ],
        "sample_data": shots,
        "sample_annotation": [annotation()],
    }  # fmt: skip


def annotation(**keys):
    return {
        "token": "x", "sample_token": "s0", "instance_token": "i", "visibility_token": "2",
        "attribute_tokens": ["m"], "translation": [7, 4, 1], "rotation": TURN,
        "size": [2.5, 18.0, 3.2], "num_lidar_pts": 12, "num_radar_pts": 1, **keys,
    }  # fmt: skip


def written(folder, found):
    home = folder / "v1.0-mini"
    home.mkdir(exist_ok=True)
    for name, rows in found.items():
        (home / f"{name}.json").write_text(json.dumps(rows))
    return folder


def test_an_annotation_is_seen_from_the_car(tmp_path, whole):
    data = written(tmp_path, tables())
    assert nuscenes.recognises(data)
    found = whole("nuscenes", data)
    (row,) = found.objects
    assert (row["class"], row["subtype"], row["track"]) == ("bus", "articulated_bus", "i")
    assert (row["length"], row["width"], row["height"]) == (18.0, 2.5, 3.2)
    assert row["distance"] == pytest.approx(5)
    assert row["lateral"] == pytest.approx(3)
    assert row["aspect"] == pytest.approx(np.pi / 2 - np.arctan2(4, -3))
    assert (row["occlusion_low"], row["occlusion_high"]) == (0.4, 0.6)
    assert (row["lidar_points"], row["left"]) == (12, None)
    assert dict(row["tags"]) == {"attribute": "vehicle.moving"}
    assert not found.broken


def test_a_frame_has_the_words_of_its_scene(tmp_path, whole):
    first, second = whole("nuscenes", written(tmp_path, tables())).frames
    assert (first["frame"], first["world"], first["place"]) == (
        "s0", "scene-0061", "singapore-onenorth",
    )  # fmt: skip
    assert (first["image"], first["width"], first["split"]) == ("cam/0.jpg", 1600, "v1.0-mini")
    assert (first["time_of_day"], first["weather"]) == ("night", "rain")
    assert first["ego_speed"] == second["ego_speed"] == pytest.approx(10)


def test_after_rain_is_no_rain_and_silence_is_no_day(tmp_path, whole):
    found = tables()
    found["scene"][0]["description"] = "After rain, parked cars"
    (first, _) = whole("nuscenes", written(tmp_path, found)).frames
    assert (first["weather"], first["time_of_day"], first["time_of_day_sure"]) == (None,) * 3


def test_an_animal_has_no_class_of_ours(tmp_path, whole):
    found = tables()
    found["sample_annotation"] = [annotation(instance_token="j")]
    (row,) = whole("nuscenes", written(tmp_path, found)).objects
    assert (row["class"], row["label"]) == (None, "animal")


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"translation": [7, float("nan"), 1]}, "translation=nan"),
        ({"size": [2, -4, 1]}, "size=-4"),
        ({"size": [2, 4]}, "size: expected 3 numbers"),
        ({"sample_token": "no"}, "sample_token=no: no such sample"),
        ({"instance_token": "no"}, "instance_token=no: no such instance"),
        ({"instance_token": ["i"]}, "instance_token=[i]: expected a name"),
        ({"token": "x"}, "its token is used twice"),
    ],
)
def test_a_broken_annotation_is_named_and_left_out(keys, said, tmp_path, whole):
    found = tables()
    bad = annotation(**{"token": "bad", **keys})
    found["sample_annotation"] = [annotation(), bad, annotation(token="y")]
    got = whole("nuscenes", written(tmp_path, found))
    assert len(got.objects) == 2
    (told,) = got.broken
    assert (told.file, told.record) == ("v1.0-mini/sample_annotation.json", bad["token"])
    assert said in told.why


def test_a_missing_table_and_two_versions_are_one_line_each(tmp_path, whole):
    data = written(tmp_path, tables())
    (data / "v1.0-mini/ego_pose.json").unlink()
    with pytest.raises(UserError, match=r"ego_pose\.json: missing"):
        whole("nuscenes", data)
    written(tmp_path, tables())
    (tmp_path / "v1.0-test").mkdir()
    (tmp_path / "v1.0-test/sample_annotation.json").write_text("[]")
    with pytest.raises(UserError, match=r"one of its versions v1\.0-mini, v1\.0-test"):
        whole("nuscenes", data)
    assert whole("nuscenes", data / "v1.0-mini").objects


@pytest.fixture(scope="module")
def toys():
    """Return the module with the toy recording that the export is tested with."""
    found = spec_from_file_location("toy_recording", RECORDING)
    module = module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_our_own_export_is_read_back(toys, tmp_path, whole):
    """A drive with samples at 8, 8.5 and 9 s, and stills at 0 and 3 s."""
    write_tree(*toys.record(tmp_path / "data"), {20, 21}, tmp_path / "tree")
    found = whole("nuscenes", tmp_path / "tree")
    assert not found.broken
    assert [one["world"] for one in found.frames] == [
        *["scene-000000"] * 3, "scene-000002-000", "scene-000002-001",
    ]  # fmt: skip
    assert [one["time_of_day"] for one in found.frames] == ["day"] * 3 + ["night"] * 2
    assert [one["weather"] for one in found.frames] == ["clear"] * 3 + ["rain"] * 2
    times = dict(zip([one["frame"] for one in found.frames], (8, 8.5, 9, 0, 3), strict=True))
    each = {"car": 2, "bicycle": 1, "pedestrian": 1, "traffic_cone": 1}
    counted = Counter((row["frame"], row["class"]) for row in found.objects)
    assert counted == {(frame, kind): n for frame in times for kind, n in each.items()}
    parked = toys.TOYS[1]
    for row in found.objects:
        if row["length"] == parked.size[0]:
            car = toys.car_at(times[row["frame"]])
            offset = np.array(parked.center) - car[:3, 3] + 1.3 * car[:3, 0]
            assert row["distance"] == pytest.approx(np.hypot(*offset[:2]), abs=1e-6)
            assert row["lateral"] == pytest.approx(offset @ car[:3, 1], abs=1e-6)
            side = parked.yaw - np.arctan2(offset[1], offset[0])
            assert row["aspect"] == pytest.approx(side, abs=1e-6)
