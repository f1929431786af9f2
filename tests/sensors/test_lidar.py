import time as clock
from dataclasses import replace

import numpy as np
import pytest

from synthgen.embree import tracer
from synthgen.geometry import inverse, transform
from synthgen.precipitation import flake_area, flake_size, rain_sizes, snow_sizes
from synthgen.rng import stream
from synthgen.sample import CAUSES
from synthgen.scene import moment
from synthgen.sensors.clutter import DROP, FLAKE, rain, snow
from synthgen.sensors.lidar import observe
from synthgen.sensors.mist import fog
from synthgen.sensors.sweep import firings, sweep


def scan(lidar, scene, air, seed=0):
    now = moment(scene, 0.0)
    with tracer(scene.world) as trace:
        return observe(lidar, trace, now, air, stream(seed, "lidar"))


@pytest.fixture
def lidar(rig):
    return rig.lidar("velodyne")


def test_rings_have_the_elevations_and_origins_of_the_table(lidar, scenes, clear, perfect):
    reading = scan(perfect(lidar), scenes([]), clear)
    for ring in range(20, 55):
        x, y, z = reading.point[reading.ring == ring].T
        # On flat ground each ring is a circle: two heights tell slope and origin apart.
        flat = np.hypot(x, y)
        slope = (z - lidar.model.height[ring]) / flat
        np.testing.assert_allclose(
            np.rad2deg(np.arctan(slope)), lidar.model.elevation_deg[ring], atol=0.01
        )


def test_a_revolution_has_every_column_once_and_looks_ahead_at_the_frame(lidar):
    fired, ring = firings(lidar.model)
    assert len(fired) == 64 * 2083
    ahead = np.abs(fired[ring == 0]).argmin()
    assert abs(fired[ring == 0][ahead]) < 1 / 10 / 2083
    assert fired.max() - fired.min() < 0.1
    first = fired[ring == 5]
    step = np.diff(np.sort(first))
    np.testing.assert_allclose(step, 0.1 / 2083, rtol=1e-6)


def test_rays_turn_anticlockwise_from_ahead(lidar, drive):
    cast = sweep(lidar, drive((0, 0, 0)), 0.0)
    ring = cast.rays.direction[cast.ring == 0]
    azimuth = np.unwrap(np.arctan2(ring[:, 1], ring[:, 0]))
    assert abs(azimuth[0]) < 0.01
    assert np.all(np.diff(azimuth) > 0)


def test_rays_start_where_the_track_has_the_car_at_their_time(lidar, drive):
    track = drive((12.0, 3.0, 0.2), yaw_rate=1.3, steps=57)
    cast = sweep(lidar, track, 0.3)
    for n in range(0, len(cast.rays), 7001):
        pose = track.world_from_body(0.3 + cast.fired[n]) @ lidar.ego_from_lidar
        start, end = cast.shots.origin[n], cast.shots.origin[n] + cast.shots.direction[n]
        there = transform(pose, np.stack([start, end]))
        np.testing.assert_allclose(cast.rays.origin[n], there[0], atol=1e-12)
        np.testing.assert_allclose(cast.rays.direction[n], there[1] - there[0], atol=1e-12)


def test_flat_ground_scanned_at_speed_lies_flat_and_still(
    lidar, scenes, clear, perfect, on_the_move, drive
):
    scene = on_the_move(scenes([(15.0, 4.0), (-12.0, -5.0)]), {0: drive((20, 0, 0), yaw_rate=0.4)})
    still = scenes([(15.0, 4.0), (-12.0, -5.0)])
    reading, truth = scan(perfect(lidar), scene, clear), scan(perfect(lidar), still, clear)
    ground = reading.body == 0
    assert np.abs(reading.point[ground, 2] + 1.73).max() < 0.01
    for body in (2, 3):
        seen, there = reading.point[reading.body == body], truth.point[truth.body == body]
        np.testing.assert_allclose(seen.min(0)[:2], there.min(0)[:2], atol=0.06)


def test_points_on_a_moving_target_are_on_it_at_their_firing_time(
    lidar, scenes, clear, perfect, on_the_move, drive
):
    scene = on_the_move(
        scenes([(0.0, 0.0)]),
        {0: drive((14, 0, 0)), 1: drive((-16, 2, 0), start=(12, 3, 0))},
    )
    reading = scan(perfect(lidar), scene, clear)
    mine = np.flatnonzero(reading.body == 2)
    assert len(mine) > 200
    world = transform(reading.world_from_lidar, reading.point[mine])
    for point, fired in zip(world[::20], reading.fired[mine][::20], strict=True):
        place = scene.motion.tracks[1].world_from_body(reading.time + fired)
        local = transform(inverse(place), point[None])[0]
        outside = np.abs(local - [0, 0, 0.75]) - [2.0, 1.0, 0.75]
        assert np.abs(outside.max()) < 2e-3


def test_attenuated_strength_follows_beer_and_lambert(lidar, scenes, clear, perfect):
    air = replace(clear, lidar_extinction=0.01)
    scene = scenes([(20.0, 0.0)])
    model = replace(perfect(lidar).model, dark=1e-9, intensity_gain=0.02, intensity_step=1e-9)
    plain = replace(lidar, model=model)
    free, dim = (scan(plain, scene, one) for one in (clear, air))
    mine = free.body == 2
    ratio = np.exp((dim.intensity[mine] - free.intensity[mine]) / 0.02)
    distance = np.linalg.norm(free.point[mine] - [0, 0, 0.2], axis=1)
    np.testing.assert_allclose(ratio, np.exp(-2 * 0.01 * distance), rtol=2e-3)


def test_noise_along_a_ring_of_road_is_that_of_kitti(lidar, scenes, clear):
    """8 to 12 mm about a smooth curve, measured on KITTI's roads between 2.5 and 30 m."""
    reading = scan(lidar, scenes([]), clear)
    for ring in (25, 30, 35, 40):
        mine = (reading.ring == ring) & (reading.cause == 0)
        distance = np.linalg.norm(reading.point[mine] - [0, 0, lidar.model.height[ring]], axis=1)
        assert 0.008 < distance.std() < 0.016


def test_sensor_height_is_recovered_from_the_road(lidar, scenes, clear):
    reading = scan(lidar, scenes([]), clear)
    near = reading.point[
        (np.hypot(reading.point[:, 0], reading.point[:, 1]) < 25) & (reading.cause == 0)
    ]
    np.testing.assert_allclose(np.median(near[:, 2]), -1.73, atol=0.005)


def test_own_car_is_not_returned_and_losses_are_counted(lidar, scenes, clear):
    reading = scan(lidar, scenes([(12.0, 0.0)]), clear)
    assert not np.any(reading.body == 1)
    assert reading.fired_count == 64 * 2083
    assert reading.dropped > 0.004 * len(reading.point)
    distance = np.linalg.norm(reading.point, axis=1)
    assert distance.max() < 80.3
    assert (reading.cause == 0).mean() > 0.99
    assert set(np.unique(reading.cause)) <= {
        CAUSES.index(name) for name in ("surface", "ghost", "mixed", "noise")
    }
    steps = reading.intensity / 0.01
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-9)


def test_same_stream_gives_the_same_bytes(lidar, scenes, clear):
    one, two = (scan(lidar, scenes([(12.0, 0.0)]), clear, seed=4) for _ in range(2))
    assert one.point.tobytes() == two.point.tobytes()
    assert one.intensity.tobytes() == two.intensity.tobytes()


def test_dense_fog_shortens_sight_and_returns_some_of_itself(lidar, clear):
    extinction = 2.996 / 40.0
    air = replace(clear, lidar_extinction=extinction, backscatter=extinction / 65.1)
    found = fog(lidar.model, air, np.full(50_000, np.inf), stream(3, "fog"))
    returned = found.strength > lidar.model.threshold
    assert 0.02 < returned.mean() < 0.5
    assert np.median(found.distance[returned]) < 8.0
    behind = fog(lidar.model, air, np.full(50_000, 5.0), stream(3, "fog"))
    assert behind.distance.max() <= 5.0


def test_as_many_beams_return_rain_as_the_poisson_process_of_drops_says(lidar, clear):
    model, sizes, count = lidar.model, rain_sizes(25.0), 400_000
    air = replace(clear, lidar_extinction=2.8e-3, drops=1750.0, rain=25.0, drop_sizes=sizes)
    found = rain(model, air, np.full(count, np.inf), stream(3, "rain"))
    returned = (found.strength > model.threshold).mean()
    size = np.linspace(0.5e-3, 6.5e-3, 300)
    way = np.linspace(model.nearest, 20.0, 800)[:, None]
    width = model.aperture + model.divergence * way
    mean = DROP * (size / width) ** 2 * np.exp(-2 * air.lidar_extinction * way)
    each = sizes.density(size) * np.pi / 4 * width**2 * np.exp(-model.threshold / mean)
    expected = np.trapezoid(np.trapezoid(each, size, axis=1), way[:, 0])
    assert 1e-4 < expected < 0.03
    np.testing.assert_allclose(returned, 1 - np.exp(-expected), rtol=0.06)
    assert np.median(found.distance[found.strength > model.threshold]) < 4.0


def snowy(clear, rate=2.0):
    return replace(clear, lidar_extinction=2e-3, snow=rate, flake_sizes=snow_sizes(rate))


def test_as_many_beams_return_snow_as_the_poisson_process_of_flakes_says(lidar, clear):
    model, air, count = lidar.model, snowy(clear), 200_000
    found = snow(model, air, np.full(count, np.inf), stream(3, "snow"))
    returned = (found.strength > model.threshold).mean()
    melted = np.linspace(0.1e-3, 6e-3, 400)
    way = np.linspace(model.nearest, 60.0, 1500)[:, None]
    width = model.aperture + model.divergence * way
    mean = FLAKE * flake_area(flake_size(melted)) / (np.pi / 4 * width**2)
    mean *= np.minimum(1, (model.plateau / way) ** 2) * np.exp(-2 * air.lidar_extinction * way)
    each = air.flake_sizes.density(melted) * np.pi / 4 * width**2 * np.exp(-model.threshold / mean)
    expected = np.trapezoid(np.trapezoid(each, melted, axis=1), way[:, 0])
    assert 0.02 < expected < 0.5
    np.testing.assert_allclose(returned, 1 - np.exp(-expected), rtol=0.03)


def test_flakes_behind_a_surface_do_not_return(lidar, clear):
    found = snow(lidar.model, snowy(clear), np.full(50_000, 6.0), stream(3, "snow"))
    assert (found.strength > lidar.model.threshold).any()
    assert found.distance[found.strength > 0].max() < 6.0


def test_snow_in_a_sweep_has_its_cause_and_no_body(lidar, scenes, clear):
    reading = scan(lidar, scenes([(12.0, 0.0)]), snowy(clear))
    flake = reading.cause == CAUSES.index("snow")
    assert 0.005 < flake.mean() < 0.3
    assert set(reading.body[flake]) == {-1}
    assert not reading.semantic[flake].any()
    distance = np.linalg.norm(reading.point[flake], axis=1)
    assert np.median(distance) < 15.0


@pytest.mark.long
def test_a_sweep_is_cheap(lidar, scenes, clear):
    scene = scenes([(10.0 + 3 * i, 4.0) for i in range(10)])
    now = moment(scene, 0.0)
    with tracer(scene.world) as trace:
        observe(lidar, trace, now, clear, stream(0, "lidar"))
        start = clock.process_time()
        observe(lidar, trace, now, clear, stream(0, "lidar"))
    assert clock.process_time() - start < 0.8
