from dataclasses import replace

import numpy as np
import pytest

from synthgen.density import Matter, clouds, depths, puffs
from synthgen.rays import Rays
from synthgen.rng import stream
from synthgen.sample import CAUSES
from synthgen.sensors.clouds import cloud, got_through
from synthgen.sensors.mist import fog

FOG = Matter("fog", (1.0, 1.0, 1.0), (1.0, 1.0, 1.0), 0.86, 1.0, 65.1)
SPRAY = Matter("spray", (1.0, 1.0, 1.0), (1.0, 1.0, 1.0), 0.85, 1.0, 18.8)
EMPTY, EVEN = np.zeros((0, 15)), np.zeros((0, 4))
LOSS = 2.996 / 50.0


@pytest.fixture
def lidar(rig):
    return rig.lidar("velodyne")


def ahead(count):
    origin, direction = np.zeros((count, 3)), np.tile([1.0, 0.0, 0.0], (count, 1))
    origin[:, 2] = 1.5
    return Rays(origin, direction, np.zeros(count))


def ball(x, spread, peak, velocity=(0.0, 0.0, 0.0)):
    center = np.array([[x, 0.0, 1.5]])
    return puffs(center, np.eye(3)[None], np.full((1, 3), spread), np.array([peak]),
                 np.array([velocity]))  # fmt: skip


def strong(found, model):
    return found.strength > model.threshold


def test_a_layer_far_above_the_beam_returns_as_even_fog_does(lidar, clear):
    model, count = lidar.model, 60_000
    even = replace(clear, lidar_extinction=LOSS, backscatter=LOSS / 65.1)
    layer = replace(clear, clouds=clouds([(FOG, EMPTY, np.array([[200.0, 1.0, LOSS, 0.0]]))]))
    free = np.full(count, 60.0)
    one = fog(model, even, free, stream(1, "fog"))
    other, kind = cloud(model, layer, ahead(count), (free, np.zeros(count)), stream(2, "fog"))
    np.testing.assert_allclose(strong(other, model).mean(), strong(one, model).mean(), rtol=0.05)
    places = [np.median(c.distance[strong(c, model)]) for c in (one, other)]
    np.testing.assert_allclose(places[1], places[0], rtol=0.05)
    assert not kind.any()


def test_a_pulse_gets_through_as_the_closed_form_of_a_puff_says(clear):
    spray = clouds([(SPRAY, ball(20.0, 2.0, 0.1), EVEN)])
    rays = ahead(3)
    shares = got_through(spray, rays, np.array([10.0, 20.0, 40.0]), np.zeros(3))
    whole = 0.1 * 2.0 * np.sqrt(2 * np.pi)
    np.testing.assert_allclose(shares, np.exp([0.0, -whole / 2, -whole]), rtol=1e-5)
    assert got_through(clear.clouds, rays, np.ones(3), np.zeros(3)) == 1.0


def test_spray_returns_from_where_it_is_and_nothing_from_behind_a_wall(lidar, clear):
    model, count = lidar.model, 20_000
    air = replace(clear, clouds=clouds([(SPRAY, ball(20.0, 1.0, 0.3), EVEN)]))
    rays, late = ahead(count), np.zeros(count)
    found, kind = cloud(model, air, rays, (np.full(count, np.inf), late), stream(3, "spray"))
    seen = strong(found, model)
    assert seen.mean() > 0.3
    assert np.abs(found.distance[seen] - 20.0).max() < 3.0
    assert air.clouds.names[kind[seen][0]] == "spray"
    walled, _ = cloud(model, air, rays, (np.full(count, 15.0), late), stream(3, "spray"))
    assert not strong(walled, model).any()


def test_spray_moves_with_its_vehicle_during_a_sweep(lidar, clear):
    model, count = lidar.model, 4000
    air = replace(
        clear, clouds=clouds([(SPRAY, ball(20.0, 0.5, 0.5, velocity=(25.0, 0.0, 0.0)), EVEN)])
    )
    late = np.where(np.arange(count) % 2, 0.05, -0.05)
    found, _ = cloud(model, air, ahead(count), (np.full(count, np.inf), late), stream(4, "spray"))
    seen = strong(found, model)
    early, lately = (np.median(found.distance[seen & (late == t)]) for t in (-0.05, 0.05))
    np.testing.assert_allclose(lately - early, 2.5, atol=0.1)


def test_rays_asked_in_blocks_meet_what_single_rays_meet():
    rng = np.random.default_rng(5)
    center = rng.uniform([5, -30, 0], [60, 30, 4], (80, 3))
    rows = puffs(center, np.tile(np.eye(3), (80, 1, 1)), rng.uniform(0.3, 4, (80, 3)),
                 rng.uniform(0.01, 0.3, 80), rng.normal(0, 20, (80, 3)))  # fmt: skip
    direction = rng.normal(size=(500, 3)) * [0.2, 0.4, 0.1] + [1, 0, 0]
    direction /= np.linalg.norm(direction, axis=1)[:, None]
    origin, late = rng.normal(size=(500, 3)), rng.uniform(-0.05, 0.05, 500)
    length, weight = np.full(500, 70.0), np.ones(1)
    whole = depths(rows, EVEN, weight, origin, direction, length, late)
    single = [
        depths(rows, EVEN, weight, *(a[i : i + 1] for a in (origin, direction, length, late)))[0]
        for i in range(500)
    ]
    assert (whole > 1e-3).sum() > 100
    np.testing.assert_array_equal(whole, single)


def test_causes_of_all_clouds_are_known_to_a_sweep():
    assert {"fog", "smoke", "spray"} <= set(CAUSES)
