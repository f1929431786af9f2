from dataclasses import replace

import numpy as np
import pytest

from synthgen.embree import tracer
from synthgen.light.sky import sunlight
from synthgen.scene import Scene, moment
from synthgen.sensors.camera import view_of
from synthgen.sensors.sun import sun_spot


@pytest.fixture
def sight(rig, scenes, clear):
    """What the camera has of a sun at (elevation, azimuth) [rad], things at some places."""

    def look(elevation, azimuth, places=(), drawn=0.0, taller=1.0):
        scene = scenes(list(places))
        world = scene.world
        tall = [replace(one, mesh=replace(one.mesh, vertices=one.mesh.vertices * [1, 1, taller]))
                for one in world.things[1:]]  # fmt: skip
        world = replace(world, things=(world.things[0], *tall))
        above = replace(world.environment, sun_elevation=elevation, sun_azimuth=azimuth, cloud=0.0)
        scene = Scene(replace(world, environment=above), scene.motion)
        now = moment(scene, 0.0)
        view = view_of(rig.camera("image_2"), now)
        radiance = np.full((view.height, view.width, 3), drawn)
        with tracer(scene.world) as trace:
            return sun_spot(trace, now, view, clear, radiance), view, above

    return look


def test_the_image_of_the_sun_holds_its_illuminance(sight):
    spot, view, above = sight(0.15, 0.1)
    toward, light = sunlight(above)
    local = toward @ view.world_from_camera[:3, :3]
    flat = view.matrix @ (local / local[2])
    np.testing.assert_allclose(spot.position[0], flat[:2], atol=1e-6)
    # A pixel at angle t off the axis sees cos^3 t / f^2.
    area = local[2] ** 3 / (view.matrix[0, 0] * view.matrix[1, 1])
    np.testing.assert_allclose(spot.energy[0], light / area, rtol=1e-6)


def test_what_is_drawn_of_the_disc_is_not_added_again(sight):
    spot, *_ = sight(0.15, 0.1)
    dimmed, *_ = sight(0.15, 0.1, drawn=2e7)
    assert 0 < dimmed.energy[0, 1] < spot.energy[0, 1]


def test_the_sun_beside_the_frame_counts_and_behind_the_camera_does_not(sight):
    beside, *_ = sight(0.6, 0.0)
    assert beside.position[0, 1] < 0
    assert beside.energy[0, 1] > 1e9
    behind, *_ = sight(0.6, np.pi)
    assert len(behind.position) == 0


def test_what_stands_before_the_sun_hides_it(sight):
    free, *_ = sight(0.01, 0.0)
    hidden, *_ = sight(0.01, 0.0, [(12.0, 0.0)], taller=10.0)
    assert len(free.position) == 1
    assert len(hidden.position) == 0


def test_no_sun_at_night(sight):
    assert len(sight(-0.3, 0.1)[0].position) == 0
