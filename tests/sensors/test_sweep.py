"""When and where the lasers of each make fire."""

from dataclasses import replace

import numpy as np
import pytest

from synthgen.config import read
from synthgen.config_camera import makes
from synthgen.embree import tracer
from synthgen.motion import Track
from synthgen.rig import Lidar
from synthgen.scene import moment
from synthgen.sensors.lidar import fire
from synthgen.sensors.sweep import beams, sweep

WALL = 12.0
"""[m] Where the front of the plate of the mirror test stands ahead of the car's middle."""


def lidar(name: str, *more: str) -> Lidar:
    """Return a lidar of make `name` on the roof of KITTI's car."""
    mount = "rig.lidars.velodyne"
    return read([f"{mount}.model.lidar={name}", *more]).rig.lidar("velodyne")


def heads(model) -> np.ndarray:
    """Return where the head looks [rad] at each shot, from the shots' own directions."""
    shots = beams(model)
    azimuth = np.arctan2(shots.direction[:, 1], shots.direction[:, 0])
    return azimuth - np.deg2rad(model.table("azimuth_deg"))[shots.ring]


def wrapped(angle) -> np.ndarray:
    """Return angles between -pi and pi."""
    return (np.asarray(angle) + np.pi) % (2 * np.pi) - np.pi


@pytest.mark.parametrize("name", sorted(makes("lidar")))
def test_beams_leave_at_the_angles_of_the_table(name):
    model = lidar(name).model
    shots = beams(model)
    up = np.rad2deg(np.arcsin(shots.direction[:, 2]))
    np.testing.assert_allclose(up, model.table("elevation_deg")[shots.ring], atol=1e-9)
    sense = -1 if model.clockwise else 1
    turn = sense * 2 * np.pi * model.rate * (model.field_deg / 360) / model.scanning
    ahead = np.deg2rad(model.start_deg) + sense * np.deg2rad(model.field_deg) * model.stamp
    np.testing.assert_allclose(wrapped(heads(model) - ahead - turn * shots.fired), 0, atol=1e-9)


@pytest.mark.parametrize("name", sorted(makes("lidar")))
def test_lasers_of_a_column_fire_when_the_table_says(name):
    model = lidar(name).model
    shots = beams(model)
    start = shots.fired - model.table("firing")[shots.ring]
    column = start * model.frequency
    np.testing.assert_allclose(column, np.rint(column), atol=1e-6)
    assert np.unique(np.rint(column)).size == model.columns_per_sweep
    assert np.bincount(shots.ring).tolist() == [model.columns_per_sweep] * model.beams


def test_a_sweep_may_be_stamped_at_its_end_as_nuscenes_does():
    model = replace(lidar("hdl32e").model, rate=20.0, stamp=1.0, start_deg=90.0)
    shots, head = beams(model), heads(model)
    assert -0.05 < shots.fired.min() < 0 >= shots.fired.max() - 46.08e-6
    first, last = (shots.fired[shots.ring == 3].argsort()[[0, -1]], shots.ring == 3)
    np.testing.assert_allclose(wrapped(head[last][first] - np.pi / 2), 0, atol=0.01)


def test_velodynes_turn_clockwise_seen_from_above():
    model = lidar("vlp16").model
    shots = beams(model)
    mine = (shots.ring == 0) & (np.abs(shots.fired) < 0.02)
    azimuth = heads(model)[mine][np.argsort(shots.fired[mine])]
    assert (np.diff(azimuth) < 0).all()


def test_a_mirror_covers_its_field_in_half_of_its_time_and_its_faces_take_turns():
    at = lidar("at128")
    shots, head = beams(at.model), np.rad2deg(heads(at.model))
    assert head.max() == pytest.approx(60, abs=0.1)
    assert head.min() == pytest.approx(-60, abs=0.1)
    assert np.ptp(shots.fired) == pytest.approx(0.05, abs=1e-4)
    tilted = replace(at, model=replace(at.model, faces_deg=(0.05, 0.0, -0.05)))
    ego = Track(
        np.array([-9.0, 9.0]), np.zeros((2, 3)), np.tile([0, 0, 0, 1.0], (2, 1)), np.zeros(2),
        np.zeros((2, 0)), ((-9.0, 9.0),),
    )  # fmt: skip
    up = [
        np.rad2deg(np.arcsin(sweep(tilted, ego, time).rays.direction[0, 2]))
        for time in (0.0, 0.1, 0.2, 0.3)
    ]
    np.testing.assert_allclose(np.array(up) - 12.93, [0.05, 0.0, -0.05, 0.05], atol=1e-9)


def test_an_encoder_reports_its_steps_and_nothing_of_the_elevation():
    model = lidar("hdl64e_s2").model
    shots = beams(model)
    off = np.rad2deg(np.arctan2(shots.told[:, 1], shots.told[:, 0])
                     - np.arctan2(shots.direction[:, 1], shots.direction[:, 0]))  # fmt: skip
    off = (off + 180) % 360 - 180
    assert np.abs(off).max() == pytest.approx(0.045, abs=1e-3)
    assert abs(off.mean()) < 1e-3
    np.testing.assert_allclose(shots.told[:, 2], shots.direction[:, 2], atol=1e-15)


def test_beams_of_an_ouster_start_on_a_circle_where_the_head_looks():
    model = lidar("os0_128").model
    shots, head = beams(model), heads(model)
    circle = 0.027116 * np.stack([np.cos(head), np.sin(head)], -1)
    np.testing.assert_allclose(shots.origin[:, :2], circle, atol=1e-12)


def test_lasers_of_an_hdl64e_sit_beside_their_beams():
    model = lidar("hdl64e_s2").model
    shots = beams(model)
    flat = shots.direction[:, :2] / np.linalg.norm(shots.direction[:, :2], axis=1, keepdims=True)
    left = flat[:, 0] * shots.origin[:, 1] - flat[:, 1] * shots.origin[:, 0]
    np.testing.assert_allclose(left, model.table("side")[shots.ring], atol=1e-12)


@pytest.mark.parametrize("name", ["vlp16", "hdl64e_kitti", "vls128", "pandar64"])
def test_a_plate_that_is_there_for_an_instant_is_met_by_who_fires_then(name, scenes, on_the_move):
    """A plate is before the lidar for 24 us of a column of 48 to 56, else 100 m above it."""
    one, instant = lidar(name), 12e-6
    there, away = [WALL, 0.0, -4.0], [WALL, 0.0, 100.0]
    time = np.array([-1.0, -instant - 1e-9, -instant, instant, instant + 1e-9, 1.0])
    place = np.array([away, away, there, there, away, away])
    still = np.tile([0, 0, 0, 1.0], (6, 1))
    track = Track(time, place, still, np.zeros(6), np.zeros((6, 0)), ((-1.0, 1.0),))
    scene = scenes([(0.0, 0.0)], ground=False)
    size = np.array([0.5, 20.0, 12.0])
    plate = scene.world.things[1]
    shape = replace(plate.mesh, vertices=plate.mesh.vertices / [4.0, 2.0, 1.5] * size)
    world = replace(scene.world, things=(scene.world.things[0], replace(plate, mesh=shape)))
    scene = on_the_move(replace(scene, world=world), {1: track})
    with tracer(world) as trace:
        shot = fire(one, trace, moment(scene, 0.0))
    origin, direction = shot.cast.rays.origin, shot.cast.rays.direction
    ahead = direction[:, 0] > 0
    point = origin + direction * ((WALL - 0.25 - origin[:, 0]) / direction[:, 0])[:, None]
    aims = ahead & (np.abs(point[:, 1]) < 10) & (point[:, 2] > -4) & (point[:, 2] < 8)
    aims &= shot.hits.body != scene.world.ego  # the roof is before some
    fires = np.abs(shot.cast.fired) <= instant
    np.testing.assert_array_equal(shot.hits.body == 1, aims & fires)
    lasers = np.unique(shot.cast.ring[aims & fires]).size
    assert 3 <= lasers < 0.8 * np.unique(shot.cast.ring[aims]).size
