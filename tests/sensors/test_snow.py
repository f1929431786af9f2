from dataclasses import replace

import numpy as np
import pytest

from synthgen.embree import tracer
from synthgen.rng import stream
from synthgen.scene import Scene, moment
from synthgen.sensors.echo import oren_nayar
from synthgen.sensors.lidar import fire, observe
from synthgen.sensors.snow import snowed_in
from synthgen.sensors.surface import surfaces
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
        bare = surfaces(now, hits)
        snow, wet = snowed_in(bare, now, rays, hits, trace)
    return hits, bare, snow, wet


def test_without_snow_surfaces_are_the_very_same(lidar, scenes):
    _, bare, snow, wet = met(lidar, snowy(scenes([]), 0.0, 0.4))
    assert snow is bare
    assert wet == 0.4


def test_under_snow_ground_has_snows_reflectance_and_is_rough_and_not_wet(lidar, scenes):
    hits, bare, snow, wet = met(lidar, snowy(scenes([(15.0, 0.0)]), 30.0, 0.4))
    ground = (hits.body == 0) & (hits.distance < 12)
    assert bare["reflectance"][ground].max() < 0.4
    free = snow["reflectance"][ground] > 0.5
    assert free.mean() > 0.9
    np.testing.assert_allclose(snow["reflectance"][ground][free], NEAR_INFRARED, atol=1e-4)
    np.testing.assert_allclose(snow["roughness"][ground][free], 1.0, atol=1e-4)
    assert wet[ground][free].max() < 1e-3
    walls = (hits.body == 2) & (np.abs(snow.normal[:, 2]) < 0.1)
    assert walls.sum() > 50
    np.testing.assert_array_equal(snow.optics[walls], bare.optics[walls])
    np.testing.assert_array_equal(wet[walls], 0.4)


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
    hits, bare, snow, wet = met(lidar, scene)
    now = moment(scene, 0.0)
    with tracer(scene.world) as trace:
        rays = fire(lidar, trace, now).cast.rays
    y = rays.origin[:, 1] + rays.direction[:, 1] * hits.distance
    track = hits.hit & (np.abs(np.abs(y - 5.0) - 0.76) < 0.15)
    beside = hits.hit & (np.abs(y + 5.0) < 1.0)
    assert track.sum() > 100
    assert snow["reflectance"][track].mean() < 0.5 * snow["reflectance"][beside].mean()
    assert wet[track].mean() > 0.6
    assert bare is not snow
