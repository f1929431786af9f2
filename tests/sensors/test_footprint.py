"""Where beams get more rays: beside jumps of depth, on the side of the jump."""

import numpy as np
import pytest

from synthgen.embree import tracer
from synthgen.scene import moment
from synthgen.sensors.fired import ego_of, fire
from synthgen.sensors.footprint import _find_bent, _find_edges
from synthgen.sensors.sweep import sweep

COLUMNS = 400
UP = np.deg2rad(np.linspace(2.0, -14.0, 17))
RINGS = np.stack([np.cos(UP), np.sin(UP), np.zeros(17), np.zeros(17)], axis=1)
AZIMUTH = np.linspace(-0.5, 0.5, COLUMNS)
INNER = slice(2, COLUMNS - 2)
"""Columns whose neighbours lie beside them."""


def edges_of(out):
    """Return edges, ring by column, of shots that meet upright walls `out` [m] far out."""
    distance = (out[None, :] / np.cos(UP)[:, None]).ravel()
    bent, edges = np.zeros(len(distance), np.uint8), np.zeros(len(distance), np.uint8)
    _find_bent(bent, distance, (COLUMNS, 100.0), RINGS)
    _find_edges(edges, bent, COLUMNS, RINGS)
    return edges.reshape(17, COLUMNS)


def test_a_plane_and_a_corner_of_a_room_have_no_edges():
    plane = 20.0 / np.cos(AZIMUTH)
    corner = np.minimum(20.0 / np.cos(AZIMUTH - 0.8), 20.0 / np.cos(AZIMUTH + 0.8))
    assert not edges_of(plane)[:, INNER].any()
    assert not edges_of(corner)[:, INNER].any()


def test_only_the_beams_beside_a_jump_get_a_ray_and_only_towards_it():
    jump = np.where(np.arange(COLUMNS) < 200, 20.0, 24.0) / np.cos(AZIMUTH)
    edges = edges_of(jump)
    assert (edges[:, 199] == 2).all()
    assert (edges[:, 200] == 1).all()
    edges[:, [199, 200]] = 0
    assert not edges[:, INNER].any()


def test_a_pole_that_one_beam_meets_gets_rays_on_either_side():
    pole = np.where(np.arange(COLUMNS) == 200, 10.0, 24.0) / np.cos(AZIMUTH)
    assert edges_of(pole)[5, 199:202].tolist() == [2, 3, 1]


def test_outer_rays_that_meet_the_plane_of_their_shot_are_left_out(rig, scenes):
    lidar, scene = rig.lidar("velodyne"), scenes([(12.0, 0.0)])
    now = moment(scene, 0.0)
    with tracer(scene.world) as trace:
        fired = fire(lidar, trace, now)
    assert 50 < len(fired.edges.shot) < 2000
    away = np.abs(fired.edges.hits.distance - fired.hits.distance[fired.edges.shot])
    other = fired.edges.hits.body != fired.hits.body[fired.edges.shot]
    assert (other | (away > 0.05)).all()
    told = 1 - np.bincount(fired.edges.shot, minlength=len(fired.keep)) / 6
    np.testing.assert_allclose(fired.keep, told)


@pytest.mark.parametrize("speed", [0.0, 15.0])
def test_the_car_is_met_where_casting_it_meets_it(rig, scenes, speed, on_the_move, drive):
    lidar, track = rig.lidar("velodyne"), drive((speed, 0, 0), yaw_rate=0.3)
    scene = on_the_move(scenes([(12.0, 0.0)]), {0: track} if speed else {})
    now = moment(scene, 0.0)
    with tracer(scene.world) as trace:
        cast = sweep(lidar, scene.ego, now.time)
        plain = trace.sweep_hits(now, cast.rays, 80.0)
        first, again = (fire(lidar, trace, now).hits for _ in range(2))
    assert (plain.body == ego_of(now)).sum() > 1000
    assert (plain.body == first.body).mean() > 0.9999
    same = (plain.body == first.body) & plain.hit
    np.testing.assert_allclose(plain.distance[same], first.distance[same], atol=1e-3)
    np.testing.assert_array_equal(first.distance, again.distance)
