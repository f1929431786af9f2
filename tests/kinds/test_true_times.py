"""Two cameras, each at the time at which the lidar passes its axis, in a street where all drive."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthgen.jobs.clock import Clock
from synthgen.jobs.shard import close_all, open_all_writers
from synthgen.motion import Motion, Track
from synthgen.mounting import Mount, Trigger
from synthgen.pipeline import watched
from synthgen.rig import CameraMount
from synthgen.verify.shard import tally_shard

YAWS = {"left": 45.0, "ahead": 0.0, "back": 180.0}


def driving(start, velocity):
    """Return the way of what drives along x."""
    time = np.array([-1.0, 10.0])
    place = np.stack([start[0] + velocity * time, np.full(2, start[1]), np.zeros(2)], axis=-1)
    return Track(time=time, position=place, quaternion=np.tile([0, 0, 0, 1.0], (2, 1)),
                 phase=np.zeros(2), level=np.zeros((2, 0)), windows=((-1.0, 10.0),))  # fmt: skip


@pytest.fixture(scope="module")
def drive(request):
    """Return a run of three cameras, its samples and its shard."""
    stage = request.getfixturevalue("stage")
    run, spec, plot, scene = stage
    one, lidar = run.rig.cameras["image_2"], run.rig.lidars["velodyne"]
    cameras = {
        name: CameraMount(
            model=one.model, mount=Mount(position=(1.0, 0.0, 1.6), yaw_deg=yaw),
            trigger=Trigger(lidar="velodyne"),
        )
        for name, yaw in YAWS.items()
    }  # fmt: skip
    nose = replace(lidar, mount=Mount(position=(2.4, 0.0, 0.6)))
    lidars = {"velodyne": lidar, "nose": nose}
    rig = replace(run.rig, cameras=cameras, lidars=lidars, sensors={})
    ego, *_ = scene.motion.tracks
    tracks = (ego, driving((14.0, 3.4), 14.0), driving((-8.0, 0.3), 8.0))
    moved = replace(scene, motion=Motion(tracks, scene.motion.times))
    samples = list(watched(plot, moved, replace(spec, twins={}), rig, [0, 1, 2], Clock()))
    shard = request.getfixturevalue("tmp_path_factory").mktemp("times") / "000000"
    writers = open_all_writers(replace(run, rig=rig, twins=()), shard)
    for sample in samples:
        for writer in writers[""]:
            writer.add(sample)
    close_all(writers)
    return rig, samples, shard


def objects(shard, frame, camera):
    rows = pq.read_table(shard / "objects.parquet").to_pylist()
    return [row for row in rows if row["frame"] == frame and row["camera"] == camera]


def test_each_camera_has_its_time_and_is_where_the_car_is_then(drive):
    rig, samples, _ = drive
    assert rig.camera("left").offset == pytest.approx(0.0125, abs=1e-4)
    assert rig.camera("back").offset == pytest.approx(-0.05, abs=1e-4)
    for sample in samples:
        for name, reading in sample.cameras.items():
            late = rig.camera(name).offset
            assert reading.view.time == pytest.approx(sample.moment.time + late, abs=1e-12)
            assert reading.view.world_from_camera[0, 3] == pytest.approx(10 * reading.view.time + 1)


def test_boxes_are_of_the_cameras_time_and_counted_at_the_sweeps(drive):
    rig, samples, _ = drive
    for sample in samples:
        for name, labels in sample.objects.items():
            late, seen = rig.camera(name).offset, {one.number: one for one in labels}
            car = seen[min(seen)]
            assert car.center[0] == pytest.approx(14 + 14 * (sample.moment.time + late), abs=1e-9)
            if late:
                then = 14 + 14 * sample.moment.time
                assert car.sweep_center[0] == pytest.approx(then, abs=1e-9)
            else:
                assert car.sweep_center is None
    held = {label.lidar_points for one in samples[1].objects.values() for label in one[:1]}
    assert len(held) == 1  # one sweep, one count, whichever camera's row
    assert held.pop() > 50


def test_verification_passes_at_true_times(drive):
    tally = tally_shard(drive[2])
    assert not tally.violations
    for kind in ("sweep box", "sensor's time", "points on mask", "KITTI sweep", "KITTI place"):
        assert tally.checks[kind], kind


def test_kittis_sweep_is_compensated_to_the_images_time(drive):
    rig, samples, shard = drive
    late = rig.camera("left").offset
    for sample in samples:
        name = f"{sample.frame:06d}.bin"
        ours = np.fromfile(shard / "sensor/velodyne" / name, "<f4").reshape(-1, 4)
        kitti = np.fromfile(shard / "kitti/training/velodyne" / name, "<f4").reshape(-1, 4)
        # The car has driven on by 10 m/s times the offset: all points are so much nearer.
        assert np.allclose(ours[:, 0] - kitti[:, 0], 10 * late, atol=1e-4)
        assert np.allclose(ours[:, 1:], kitti[:, 1:], atol=1e-5)


@pytest.fixture
def copy(drive, tmp_path):
    return Path(shutil.copytree(drive[2], tmp_path / "000000"))


def rewrite(shard, table, change):
    path = shard / f"{table}.parquet"
    rows = [change(row) for row in pq.read_table(path).to_pylist()]
    pq.write_table(pa.Table.from_pylist(rows, schema=pq.read_schema(path)), path)


def late_camera(row):
    cameras = [c | {"time": row["time"]} for c in row["cameras"]]
    return row | {"cameras": cameras}


def box_at_the_cameras_time(row):
    told = row["sweep_center"]
    return row | {"sweep_center": None if told is None else row["center"]}


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("frames", late_camera, "sensor's time"),
        ("objects", box_at_the_cameras_time, "sweep box"),
        ("objects", box_at_the_cameras_time, "lidar points in box"),
        ("objects", lambda row: row | {"sweep_center": None}, "sweep box told"),
        ("objects", lambda row: row | {"lidar_hits": row["lidar_hits"] // 2}, "lidar hits"),
    ],
)
def test_times_that_are_mixed_up_are_found(copy, table, change, said):
    rewrite(copy, table, change)
    assert said in {violation.kind for violation in tally_shard(copy).violations}


def test_an_uncompensated_kitti_sweep_is_found(copy):
    name = "000001.bin"
    path = copy / "kitti/training/velodyne" / name
    path.unlink()
    shutil.copyfile(copy / "sensor/velodyne" / name, path)
    assert "KITTI sweep" in {violation.kind for violation in tally_shard(copy).violations}
