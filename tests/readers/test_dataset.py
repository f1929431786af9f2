import json
import shutil
from dataclasses import replace

import cv2
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from synthgen.classes import BY_SEMANTIC
from synthgen.errors import UserError
from synthgen.geometry import inverse, transform
from synthgen.readers.dataset import open_dataset


@pytest.fixture
def copy(toy_data, tmp_path):
    shutil.copytree(toy_data, tmp_path / "d")
    return tmp_path / "d"


def test_clips_and_frames_come_back_in_order(toy_data):
    data = open_dataset(toy_data)
    found = {clip.number: [frame.number for frame in clip.frames] for clip in data.clips()}
    assert found == {0: [0, 1, 2], 2: [20, 21]}
    times = [frame.time for clip in data.clips() for frame in clip.frames]
    np.testing.assert_allclose(times, [0, 0.1, 0.2, 0, 0.1])
    assert (data.split.by, data.split.train, data.split.val) == ("city", (0, 1, 2), (20, 21))


def test_points_with_an_instance_lie_in_the_box_of_the_thing_of_that_number(toy_data):
    frame = open_dataset(toy_data).shards[0].frames[2]
    sweep, lidar = frame.lidar.sweep(), frame.lidar
    world = transform(lidar.world_from_lidar, sweep.point.astype(float))
    named = 0
    for row in frame.things():
        mine = sweep.instance == row["instance"]
        named += mine.sum()
        gap = np.linalg.norm(world[mine] - row["center"], axis=1)
        assert (gap <= np.linalg.norm(row["size"]) / 2 + 1e-3).all()
        assert {BY_SEMANTIC[one].name for one in sweep.semantic[mine]} <= {row["class"]}
    assert named == (sweep.instance > 0).sum() > 1000
    assert sweep.point.dtype == np.float32


def test_boxes_at_the_lidars_time_hold_the_points_that_they_count(toy_data):
    frame = open_dataset(toy_data).shards[0].frames[1]
    sweep, lidar = frame.lidar.sweep(), frame.lidar
    world = transform(lidar.world_from_lidar, sweep.point.astype(float))
    rows = frame.swept_by("roof")
    assert {row["track"] for row in rows} == {row["track"] for row in frame.objects}
    for row in rows:
        local = Rotation.from_quat(row["quaternion"]).inv().apply(world - row["center"])
        inside = (np.abs(local) <= np.array(row["size"]) / 2).all(axis=1)
        assert inside.sum() == row["points"]
        assert (sweep.instance == row["instance"]).sum() == row["hits"]
    rolling = next(row for row in rows if row["velocity"][0] > 5)
    np.testing.assert_allclose(rolling["center"], [14.6, 6.5, 0.8])
    assert rolling["hits"] > 100


def test_pixels_are_those_of_the_files(toy_data):
    shard = open_dataset(toy_data).shards[1]
    camera = shard.frames[0].camera
    file = cv2.imread(str(shard.folder / "sensor/front/000020.png"))
    np.testing.assert_array_equal(camera.image(), file[..., ::-1])
    assert camera.size == (1242, 375)
    for row in shard.frames[0].seen_by("front"):
        assert (camera.instance() == row["instance"]).sum() == row["visible_pixels"]
    depth = camera.depth()
    assert 5 < np.median(depth[camera.semantic() == 24]) < 100


def test_sensors_sit_at_one_place_of_the_car_while_it_drives(toy_data):
    frames = open_dataset(toy_data).shards[0].frames
    way = [frame.lidar.world_from_ego[0, 3] for frame in frames]
    np.testing.assert_allclose(np.diff(way), 0.8)
    for frame in frames:
        np.testing.assert_allclose(
            frame.lidar.ego_from_lidar[:3, 3], [-0.27, 0.02, 1.73], atol=1e-12
        )
        both = inverse(frame.camera.ego_from_camera) @ frame.lidar.ego_from_lidar
        apart = inverse(frame.camera.world_from_camera) @ frame.lidar.world_from_lidar
        np.testing.assert_allclose(both, apart, atol=1e-9)


def said(call) -> str:
    with pytest.raises(UserError) as caught:
        call()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_folder_that_is_no_data_set_is_named(tmp_path):
    assert "expected a data set of synthgen" in said(lambda: open_dataset(tmp_path))


def test_parts_that_do_not_belong_together_are_named(copy):
    path = copy / "shards/000001/manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps(manifest | {"identity": "other"}))
    assert "000001: of another spec" in said(lambda: open_dataset(copy))
    path.write_text(json.dumps(manifest | {"format": 1}))
    assert "layout 1, expected 2" in said(lambda: open_dataset(copy))
    path.write_text("{")
    assert "not a manifest" in said(lambda: open_dataset(copy))


def test_damaged_files_are_named_when_they_are_read(copy):
    frame = open_dataset(copy).shards[0].frames[0]
    path = copy / "shards/000000/sensor/roof/ring/000000.bin"
    path.write_bytes(path.read_bytes()[:-1])
    assert "ring/000000.bin: holds" in said(frame.lidar.sweep)
    (copy / "shards/000000/sensor/front/000000.png").write_bytes(b"no")
    assert "expected an image" in said(frame.camera.image)


def test_hashes_are_compared_only_where_asked(copy):
    data = open_dataset(copy)
    data.shards[0].check_hashes()
    path = copy / "shards/000000/sensor/front/depth/000001.png"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert open_dataset(copy).shards[0].frames
    assert "depth/000001.png: is not the file" in said(data.shards[0].check_hashes)
    path.unlink()
    assert "depth/000001.png: missing" in said(data.shards[0].check_hashes)


def test_tables_of_older_sets_say_what_they_lack(toy_data):
    frame = open_dataset(toy_data).shards[0].frames[0]
    del frame.lidar.row["world_from_ego"]
    assert "lack world_from_ego" in said(lambda: frame.lidar.ego_from_lidar)
    bare = replace(frame, swept=())
    assert "no lidar_objects.parquet" in said(lambda: bare.swept_by("roof"))
