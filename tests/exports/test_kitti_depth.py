"""Read back as KITTI's development kit does (read_depth.py): 16 bit, / 256, 0 is none."""

import numpy as np
import pytest
from PIL import Image

from synthgen.errors import UserError
from synthgen.exports.kitti_depth import EXPORT, sparse_depth
from synthgen.geometry import inverse, transform


@pytest.fixture(scope="module")
def home(exported):
    return exported("kitti_depth")


def read_depth(path):
    image = np.array(Image.open(path), int)
    assert image.max() > 255  # or it would hold 8 bits
    return np.where(image > 0, image / 256, -1.0)


def drive(home, clip):
    return home / {0: "train", 2: "val"}[clip] / f"synthgen_drive_{clip:04d}_sync"


def test_each_frame_has_picture_truth_and_sweep(home, source):
    for clip in source.clips():
        folder = drive(home, clip.number)
        for kind in ("image_02/data", "proj_depth/groundtruth/image_02",
                     "proj_depth/velodyne_raw/image_02"):  # fmt: skip
            names = sorted(path.name for path in (folder / kind).iterdir())
            assert names == [f"{index:010d}.png" for index in range(len(clip.frames))]


def test_truth_is_the_depth_of_the_cameras_pixels(home, source):
    frame = source.shards[0].frames[1]
    truth = read_depth(drive(home, 0) / "proj_depth/groundtruth/image_02/0000000001.png")
    own = frame.camera.depth()
    np.testing.assert_array_equal(truth > 0, own > 0)
    np.testing.assert_array_equal(truth[own > 0], own[own > 0])


def test_points_of_the_sweep_agree_with_the_truth_where_both_see_the_ground(home):
    folder = drive(home, 0) / "proj_depth"
    for name in ("0000000000.png", "0000000002.png"):
        truth = read_depth(folder / "groundtruth/image_02" / name)
        sparse = read_depth(folder / "velodyne_raw/image_02" / name)
        both = (sparse > 0) & (truth > 0)
        assert both.sum() > 5000
        off = np.abs(sparse - truth)[both] / truth[both]
        assert np.median(off) < 0.01


def test_every_point_in_the_image_is_one_of_its_values(source):
    frame = source.shards[0].frames[0]
    camera = frame.camera
    world = transform(frame.lidar.world_from_lidar, frame.lidar.sweep().point.astype(float))
    local = transform(inverse(camera.world_from_camera), world)
    flat = local @ camera.matrix.T
    place = np.rint(flat[:, :2] / flat[:, 2:]).astype(int)
    inside = (local[:, 2] > 0) & (place >= 0).all(1) & (place < camera.size).all(1)
    sparse = sparse_depth(frame)
    column, row = place[inside].T
    nearest = sparse[row, column] / 256
    assert (nearest <= local[inside, 2] + 1 / 500).all()
    assert (sparse > 0).sum() == len(np.unique(row * 10_000 + column))


def test_a_fisheye_is_refused_in_one_line(source, tmp_path):
    shard = source.shards[0]
    row = shard.frames[0].camera.row
    row["projection_model"] = "fisheye"
    try:
        with pytest.raises(UserError, match="is a fisheye, whose depth counts along the ray"):
            EXPORT.write(source, shard, tmp_path)
    finally:
        row["projection_model"] = "pinhole"
