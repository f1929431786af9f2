from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from synthgen.embree import tracer
from synthgen.geometry import transform
from synthgen.motion import standing
from synthgen.rng import stream
from synthgen.sample import LidarReading
from synthgen.scene import moment
from synthgen.sensors.lidar import observe
from synthgen.sensors.raw_points import with_raw
from synthgen.sensors.sweep import beams

WALL = 25.0
"""[m] Where the face of a long wall stands beside the road."""


@pytest.fixture
def reading(rig, scenes, clear, perfect, on_the_move, drive) -> LidarReading:
    """Return a sweep from a car at 20 m/s that turns, past a wall of 80 m."""
    lidar = perfect(rig.lidar("velodyne"))
    scene = scenes([(0.0, 0.0)], ground=False)
    wall, size = scene.world.things[1], np.array([80.0, 2.0, 20.0])
    shape = replace(wall.mesh, vertices=wall.mesh.vertices / [4.0, 2.0, 1.5] * size)
    world = replace(scene.world, things=(scene.world.things[0], replace(wall, mesh=shape)))
    place = standing((0, WALL + 1, -5.0), (0, 0, 0, 1))
    track = drive((20, 0, 0), yaw_rate=0.5)
    scene = on_the_move(replace(scene, world=world), {0: track, 1: place})
    with tracer(world) as trace:
        seen = observe(lidar, trace, moment(scene, 0.0), clear, stream(0, "raw"))
    return with_raw(lidar, seen, track)


def unevenness(points) -> float:
    """Return how far points lie from the plane that fits them best [m]."""
    middle = points - points.mean(axis=0)
    return float(np.abs(middle @ np.linalg.svd(middle, full_matrices=False)[2][2]).max())


def test_a_wall_lies_flat_once_motion_is_made_up_for_and_not_before(reading):
    wall = reading.body == 1
    assert wall.sum() > 5000
    assert unevenness(reading.point[wall]) < 0.01
    assert unevenness(reading.raw[wall]) > 0.1


def test_raw_points_lie_on_the_beams_of_the_lidar(rig, perfect, reading):
    shots = beams(perfect(rig.lidar("velodyne")).model)
    fired = zip(shots.ring, shots.fired, strict=True)
    known = {(ring, round(1e9 * time)): n for n, (ring, time) in enumerate(fired)}
    for n in range(0, len(reading.raw), 997):
        shot = known[(reading.ring[n], round(1e9 * reading.fired[n]))]
        way = reading.raw[n] - shots.origin[shot]
        np.testing.assert_allclose(way / np.linalg.norm(way), shots.direction[shot], atol=1e-6)


def test_poses_carry_raw_points_to_the_compensated_ones(reading):
    assert reading.poses.shape == (13, 8)
    after, way = reading.poses[:, 0], [np.interp(reading.fired, reading.poses[:, 0], column)
                                       for column in reading.poses[:, 1:].T]  # fmt: skip
    assert (np.diff(after) > 0).all()
    place, turn = np.stack(way[:3], -1), Rotation.from_quat(np.stack(way[3:], -1))
    world = transform(reading.world_from_lidar, reading.point)
    np.testing.assert_allclose(turn.apply(reading.raw) + place, world, atol=2e-4)
