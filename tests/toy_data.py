"""A finished data set of toy frames: two shards, a drive past things that stand and move."""

import json
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from synthgen.atmosphere import Atmosphere
from synthgen.calibration import Calibration
from synthgen.jobs.shard import kitti_calibration
from synthgen.labels.environment import environment_record
from synthgen.spec.clip import ClipSpec, PlaceSpec, TrafficSpec
from synthgen.spec.identity import plain
from synthgen.writers.coco_files import CocoFiles
from synthgen.writers.kitti_files import KittiFiles
from synthgen.writers.lamp_table import LampTable
from synthgen.writers.lidar_table import LidarTable
from synthgen.writers.manifest import ShardRecord, write_manifest
from synthgen.writers.map_tables import MapTables
from synthgen.writers.sensor_files import SensorFiles
from synthgen.writers.tables import Tables

AIR = Atmosphere((3e-4,) * 3, 3e-4, 0.0, 0.0, 0.0, 0.9, 0.8, 0.0)
HERE = Path(__file__).parent
SHARDS = {0: {0: (0, 1, 2)}, 1: {2: (20, 21)}}
"""Frames of each clip of each shard."""
GAP = 0.1
SPEED = 8.0
"""[m/s] of the car that carries the sensors, along x."""


def toys():
    """Return the builders of toy worlds."""
    spec = spec_from_file_location("toy_worlds", HERE / "labels/conftest.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Toys()


def placed(make):
    """Return what is on the street: half of it moves."""
    rolling = make.even_track((14, 6.5, 0), (6.0, 0, 0))
    cycle, rider = ((make.even_track((13, -2, z), (3.0, 0.4, 0), 0.1)) for z in (0, 0.8))
    return [
        (make.box("parked", (4, 1.8, 1.5), subtype="saloon"), (15, 3, 0), 0.1),
        (make.box("rolling", (4.4, 1.8, 1.6), subtype="estate"), rolling, 0.0),
        (make.box("bus", (11, 2.5, 3.0), "bus"), (34, -6, 0), 0.0),
        (make.box("bike", (1.8, 0.3, 1.1), "bicycle"), cycle, 0.1),
        (make.box("rider", (0.5, 0.5, 1.0), "rider", rides="bike"), rider, 0.1),
        (make.box("cut", (4, 1.8, 1.5)), (7.5, -5.2, 0), 1.2),
        (make.figure("walker"), make.even_track((11, 4.6, 0), (0.2, 1.3, 0), 1.4), 0.0),
        (make.figure("waiting"), (16, -4.5, 0), -0.5),
        (make.box("dog", (0.7, 0.3, 0.6), "dog"), (9, 1.6, 0), 0.0),
    ]


def calibration(look) -> Calibration:
    """Return a published calibration, with turned axes, of the toy camera and lidar."""
    turn = np.array([[0.9999239, 0.0098, -0.0074], [-0.00987, 0.99994, -0.0043], [0, 0, 1]])
    left, _, right = np.linalg.svd(turn)
    rectification = left @ right
    shift = np.array([0.06, 0.0003, 0.0027])
    view = look.camera.view
    rectified = (np.linalg.inv(view.world_from_camera) @ look.lidar.world_from_lidar)[:3]
    rectified = rectified - np.pad(shift[:, None], ((0, 0), (3, 0)))
    plain_p = np.hstack([view.matrix, np.zeros((3, 1))])
    second = np.hstack([view.matrix, (view.matrix @ shift)[:, None]])
    projections = {"P0": plain_p, "P1": plain_p, "P2": second, "P3": plain_p}
    imu = np.hstack([np.eye(3), [[-0.8], [0.3], [-0.8]]])
    return Calibration(
        lidar="roof",
        projections={name: tuple(one.ravel().tolist()) for name, one in projections.items()},
        rectification=tuple(rectification.ravel().tolist()),
        camera_from_lidar=tuple((rectification.T @ rectified).ravel().tolist()),
        lidar_from_imu=tuple(imu.ravel().tolist()),
    )


def rig_like(known: Calibration):
    """Return what of a rig the KITTI calibration is made of."""
    model = SimpleNamespace(projection_model="pinhole", distortion=())
    cameras = {"front": SimpleNamespace(projection="P2", model=model)}
    return SimpleNamespace(cameras=cameras, matrices=lambda *_: known.matrices)


def write_dataset(folder: Path) -> None:
    """Write the data set into `folder`."""
    make = toys()
    known = None
    for shard, clips in SHARDS.items():
        home = folder / "shards" / f"{shard:06d}"
        for clip, frames in clips.items():
            looks = [look_at(make, clip, index) for index in range(len(frames))]
            known = known or calibration(looks[0])
            write_shard(home, make, looks, known, shard, clip, frames)
    rig = {
        "name": "toy", "calibration": plain(known),
        "cameras": {"front": {"projection": "P2", "mount": None}},
        "lidars": {"roof": {"mount": {}}},
    }  # fmt: skip
    run = {"identity": "abc", "spec": {"rig": rig, "seed": 0, "scene": "toy"}, "versions": {}}
    (folder / "run.json").write_text(json.dumps(run))


def look_at(make, clip, index):
    """Return what is seen at a frame of a clip; clips start at different places."""
    way = make.even_track((2.0 * clip, 0, 0), (SPEED, 0.3, 0), 0.0, 0.05)
    first = 100_000 * clip
    return make.look(placed(make), driven=way, time=GAP * index, first_track=first)


def write_shard(home, make, looks, known, shard, clip, frames):
    """Write one shard of one clip by the real writers."""
    rules, matrices = make.rules(), kitti_calibration(rig_like(known), "front", "roof")
    writers = [
        SensorFiles(home),
        KittiFiles(home, "front", "roof", matrices, rules),
        CocoFiles(home, "front", rules),
        Tables(home, "front", "roof", matrices, rules),
        MapTables(home),
        LampTable(home),
        LidarTable(home),
    ]
    for frame, look in zip(frames, looks, strict=True):
        scene = look.moment.scene
        record = environment_record(scene, look.moment, AIR, 9e4, {"rain": 0.0})
        for writer in writers:
            writer.add(replace(look.sample(frame, clip, **record)))
    for writer in writers:
        writer.close()
    spec = ClipSpec(
        identity="abc", seed=0, clip=clip, frames=10, gap=GAP, distance=0.0,
        place=PlaceSpec(kind="suburb", file="", city=shard),
        environment=looks[0].moment.scene.world.environment,
        traffic=TrafficSpec(
            vehicles=9, pedestrians=9, parked=0.3, shares={"car": 1.0}, responding=0.5
        ),
        draws={"rain": 0.0},
    )  # fmt: skip
    record = ShardRecord(identity="abc", shard=shard, frames=frames, clips=(spec,), facts={},
                         versions={"synthgen": "0.1.0"})  # fmt: skip
    write_manifest(home, record)
