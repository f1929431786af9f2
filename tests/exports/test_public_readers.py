"""What public readers make of our exports, in an environment of their own."""

import json
import subprocess
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from synthgen.exports.semantickitti.names import BY_ID
from synthgen.geometry import inverse

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-formats/bin/python"
NAMES = ("semantickitti", "kitti_tracking", "kitti_mots", "webdataset")

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not PYTHON.exists(), reason="scripts/setup formats"),
]


@pytest.fixture(scope="module")
def found(exported):
    """Return what `scripts/read_back.py` prints of the toy data set in these formats."""
    homes = [exported(name) for name in NAMES]
    command = [PYTHON, ROOT / "scripts/read_back.py", homes[0].parent]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def relative(clip):
    """Return the poses of the lidar in its first frame."""
    world = [frame.lidar.world_from_lidar for frame in clip.frames]
    return [inverse(world[0]) @ one for one in world]


def test_tri3d_counts_points_and_classes_and_goes_the_same_way(found, source, exported):
    for clip, name in zip(source.clips(), ("00", "02"), strict=True):
        read = found["semantickitti"]["semantickitti"][name]
        home = exported("semantickitti") / "dataset/sequences" / name / "labels"
        words = np.concatenate([np.fromfile(path, "<u4") for path in home.iterdir()])
        assert read["classes"] == Counter(BY_ID[kind].name for kind in (words & 0xFFFF).tolist())
        assert read["points"] == sum(one.lidar.row["points"] for one in clip.frames)
        np.testing.assert_allclose(read["end"], relative(clip)[-1][:3, 3], atol=1e-6)
        assert read["frames"] == len(clip.frames)


def test_pykitti_reads_poses_calibration_sweeps_and_pictures(found, source):
    for clip, name in zip(source.clips(), ("00", "02"), strict=True):
        read = found["semantickitti"]["odometry"][name]
        assert read["points"] == [one.lidar.row["points"] for one in clip.frames]
        assert read["pictures"] == [[1242, 375]] * len(clip.frames)
        frame = clip.frames[0]
        wanted = inverse(frame.camera.world_from_camera) @ frame.lidar.world_from_lidar
        np.testing.assert_allclose(read["camera_from_lidar"], wanted, atol=4e-3)
        np.testing.assert_allclose(
            np.linalg.norm(np.array(read["poses"])[:, :3, 3], axis=1),
            [np.linalg.norm(one[:3, 3]) for one in relative(clip)], atol=0.02,
        )  # fmt: skip


def test_pykitti_reads_the_cars_way_from_the_packets(found, source):
    for clip, name in zip(source.clips(), ("0000", "0002"), strict=True):
        read = found["kitti_tracking"]["tracking"]["sequences"][name]
        assert read["pictures"] == len(clip.frames)
        imu = np.eye(4)
        imu[:3, 3] = [-0.8, 0.3, -0.8]
        world = [one.lidar.world_from_lidar @ imu for one in clip.frames]
        for pose, own in zip(read["poses"], world, strict=True):
            np.testing.assert_allclose(np.array(pose)[:3, :3], own[:3, :3], atol=1e-9)
            way = own[:3, 3] - world[0][:3, 3]
            np.testing.assert_allclose(np.array(pose)[:3, 3], way, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "reader"), [("kitti_tracking", "tracking"), ("kitti_mots", "mots")]
)
def test_trackeval_finds_the_truth_perfect(found, name, reader):
    scores = found[name][reader]["scores"]
    for kind in ("car", "pedestrian"):
        assert scores[kind]["truths"] >= 8
        assert scores[kind]["HOTA"] == scores[kind]["MOTA"] == pytest.approx(1.0)


def test_webdataset_decodes_every_sample(found, source):
    for clip, split in zip(source.clips(), ("train", "val"), strict=True):
        rows = found["webdataset"]["tars"][split]
        assert [row["frame"] for row in rows] == [frame.number for frame in clip.frames]
        assert [row["points"] for row in rows] == [f.lidar.row["points"] for f in clip.frames]
        assert {tuple(row["keys"]) for row in rows} == {tuple(rows[0]["keys"])}
        assert {"front.png", "front.depth.png", "objects.jsonl", "calib.json"} <= set(
            rows[0]["keys"]
        )
