from dataclasses import replace

import numpy as np
import pytest

from synthgen.embree import tracer
from synthgen.rng import stream
from synthgen.scene import Scene, moment
from synthgen.sensors.echo import oren_nayar
from synthgen.sensors.fired import fire
from synthgen.sensors.lidar import observe
from synthgen.sensors.snow import laid_on
from synthgen.snowpack import NEAR_INFRARED
from synthgen.streets import StreetLane, Streets


@pytest.fixture
def lidar(rig, perfect):
    return perfect(rig.lidar("velodyne"))


def snowy(scene, depth, wetness=0.0, streets=None):
    around = replace(scene.world.environment, snow_cover=depth, wetness=wetness)
    return Scene(replace(scene.world, environment=around, streets=streets or Streets()),
                 scene.motion)  # fmt: skip


def met(lidar, scene):
    """Return what a sweep meets as it is and under snow, the wetness of each, and the cosines."""
    now = moment(scene, 0.0)
    with tracer(scene.world) as trace:
        fired = fire(lidar, trace, now)
        rays, hits = fired.cast.rays, fired.hits
        lain = laid_on(fired.surface, now, rays, hits, trace, lidar.model.wavelength)
    return hits, fired.surface, lain


def test_without_snow_surfaces_are_as_wet_as_the_road(lidar, scenes):
    _, _, lain = met(lidar, snowy(scenes([]), 0.0, 0.4))
    assert not lain.snow.any()
    np.testing.assert_array_equal(lain.wetness, 0.4)


def test_under_snow_ground_has_snows_reflectance_and_is_not_wet(lidar, scenes):
    hits, bare, lain = met(lidar, snowy(scenes([(15.0, 0.0)]), 30.0, 0.4))
    ground = (hits.body == 0) & (hits.distance < 12)
    free = lain.snow[ground] > 0.5
    assert free.mean() > 0.9
    np.testing.assert_allclose(lain.snow[ground][free], 1.0, atol=1e-4)
    np.testing.assert_allclose(lain.bright[ground][free], NEAR_INFRARED, atol=1e-4)
    assert lain.wetness[ground][free].max() < 1e-3
    assert lain.pool[ground][free].max() < 1e-3
    walls = (hits.body == 2) & (np.abs(bare.normal[:, 2]) < 0.1)
    assert walls.sum() > 50
    assert not lain.snow[walls].any()
    np.testing.assert_array_equal(lain.wetness[walls], 0.4)


def test_snow_is_black_to_a_laser_of_1550_nm(lidar, scenes):
    far = replace(lidar, model=replace(lidar.model, wavelength=1550e-9))
    hits, _, lain = met(far, snowy(scenes([]), 30.0))
    ground = (hits.body == 0) & (hits.distance < 12)
    assert 0.05 < lain.bright[ground].mean() < 0.15


def test_snow_answers_a_laser_as_a_rough_plate_of_its_reflectance(lidar, scenes, clear):
    model = replace(lidar.model, dark=1e-9, intensity_gain=0.02, intensity_step=1e-9)
    plain, level = replace(lidar, model=model), []
    for depth in (0.0, 30.0):
        scene = snowy(scenes([]), depth)
        with tracer(scene.world) as trace:
            reading = observe(plain, trace, moment(scene, 0.0), clear, stream(0, "lidar"))
        near = (reading.ring == 40) & (reading.body == 0)
        point = reading.point[near]
        level.append(np.exp(reading.intensity[near] / 0.02))
    cosine = 1.73 / np.linalg.norm(point, axis=1)
    wanted = (
        NEAR_INFRARED / 0.3 * oren_nayar(cosine, np.ones(1)) / oren_nayar(cosine, np.full(1, 0.8))
    )
    assert np.median(level[1] / level[0] / wanted) == pytest.approx(1.0, abs=0.02)


def test_wheel_tracks_of_a_busy_road_are_dark_and_wet(lidar, scenes):
    line = np.array([[-100.0, 5.0, 0], [100.0, 5.0, 0]])
    lane = StreetLane("a", "", "", "drive", "primary", 13.9, 3.5, line, line[:, :2])
    scene = snowy(scenes([]), 8.0, 0.2, Streets((lane,)))
    hits, _, lain = met(lidar, scene)
    now = moment(scene, 0.0)
    with tracer(scene.world) as trace:
        rays = fire(lidar, trace, now).cast.rays
    y = rays.origin[:, 1] + rays.direction[:, 1] * hits.distance
    track = hits.hit & (np.abs(np.abs(y - 5.0) - 0.76) < 0.15)
    beside = hits.hit & (np.abs(y + 5.0) < 1.0)
    assert track.sum() > 100
    white = lain.snow * lain.bright
    assert white[track].mean() < 0.5 * white[beside].mean()
    assert lain.wetness[track].mean() > 0.6
