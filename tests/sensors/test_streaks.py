from dataclasses import replace

import numpy as np
import pytest

from synthgen.precipitation import rain_sizes, snow_sizes
from synthgen.rng import stream
from synthgen.scene import moment
from synthgen.sensors.camera import view_of
from synthgen.sensors.falling import Falling, drops, fall_speed, flakes, rain_drops
from synthgen.sensors.streaks import brightness, ends, streaked, surroundings
from synthgen.world import Beam, Circuit, Lamp


@pytest.fixture
def camera(rig):
    return rig.camera("image_2")


def drop_ahead(view, away, diameter=2e-3):
    position = view.world_from_camera[:3, 3] + away * view.world_from_camera[:3, 2]
    return rain_drops(position[None], np.array([diameter]))


def test_every_streak_is_as_long_as_fall_speed_times_exposure(camera, scenes):
    now = moment(scenes([]), 0.0)
    view = view_of(camera, now)
    falling = drops(view, rain_sizes(20.0), stream(3, "rain"))
    start, end, _ = ends(now, view, falling, 0.01)
    _, depth = view.project(falling.position)
    length = np.linalg.norm(end - start, axis=1)
    law = view.matrix[0, 0] * fall_speed(falling.diameter) * 0.01 / depth
    # The camera looks up by 0.5 deg: a drop that falls comes by 1 % of its way nearer.
    np.testing.assert_allclose(length, law, rtol=0.02)
    assert len(length) > 1000


def test_a_car_that_drives_shifts_drops_ahead_along_the_ray_only(
    camera, scenes, drive, on_the_move
):
    scene = on_the_move(scenes([]), {0: drive((10.0, 0, 0))})
    now = moment(scene, 0.0)
    view = view_of(camera, now)
    falling = drop_ahead(view, 5.0)
    start, end, _ = ends(now, view, falling, 0.01)
    fall = fall_speed(falling.diameter)[0] * 0.01
    np.testing.assert_allclose(
        np.linalg.norm(end - start), view.matrix[0, 0] * fall / 5.0, rtol=0.02
    )


@pytest.mark.parametrize("exposure", [0.002, 0.005, 0.015])
def test_a_streak_covers_what_the_drop_covers_on_average(camera, scenes, exposure):
    # Garg and Nayar: a pixel keeps its light but for the time that the drop is before it.
    now = moment(scenes([]), 0.0)
    view = view_of(camera, now)
    falling = drop_ahead(view, 4.0, 4e-3)
    grey = np.zeros((view.height, view.width, 3))
    grey[:5] = 1000.0
    far = np.zeros((view.height, view.width))
    drawn = streaked(grey, far, now, view, falling, (camera.model, exposure))
    bright = brightness(grey, now, view, falling)[0, 0]
    area = drawn[100:, :, 0].sum() / bright
    np.testing.assert_allclose(area, np.pi / 4 * (view.matrix[0, 0] * 4e-3 / 4) ** 2, rtol=0.05)
    start, end, _ = ends(now, view, falling, exposure)
    width = view.matrix[0, 0] * 4e-3 / 4
    length = np.linalg.norm(end - start)
    if length > 5 * width:
        # In a row amid the streak: mean width pi / 4 w for a share w / length of the time.
        middle = drawn[int((start[0, 1] + end[0, 1]) / 2), :, 0].sum() / bright
        np.testing.assert_allclose(middle, np.pi / 4 * width * width / length, rtol=0.2)


def test_drops_behind_a_surface_are_not_drawn(camera, scenes):
    now = moment(scenes([]), 0.0)
    view = view_of(camera, now)
    radiance = np.random.default_rng(0).random((view.height, view.width, 3))
    falling = drops(view, rain_sizes(20.0), stream(9, "rain"))
    assert len(falling.diameter) > 500
    wall = np.full((view.height, view.width), 0.5)
    same = streaked(radiance, wall, now, view, falling, (camera.model, 0.01))
    np.testing.assert_array_equal(same, radiance)


def test_surroundings_of_single_precision_are_means_in_double(camera, scenes):
    view = view_of(camera, moment(scenes([]), 0.0))
    uneven = stream(3, "uneven").gamma(0.5, 40.0, (view.height, view.width, 3)).astype(np.float32)
    exact = surroundings(uneven.astype(float), view)
    np.testing.assert_allclose(surroundings(uneven, view), exact, rtol=1e-6)


def test_what_falls_is_as_bright_as_its_surroundings(camera, scenes):
    now = moment(scenes([]), 0.0)
    view = view_of(camera, now)
    even = np.full((view.height, view.width, 3), 50.0)
    np.testing.assert_allclose(surroundings(even, view), 50.0)
    np.testing.assert_allclose(brightness(even, now, view, drop_ahead(view, 5.0)), 47.0)
    # Sky above counts beyond the image: three quarters of the view of a drop lie there.
    even[: view.height // 2] = 1000.0
    assert 400 < surroundings(even, view)[0] < 600


def lit(scene):
    """The scene with a low beam on the ego car."""
    ego = scene.world.things[0]
    lamp = Lamp((2.2, 0.0, 0.7), (1.0, 0.0, 0.0), 20_000.0, Beam.LOW_BEAM, 0)
    on = replace(ego, lamps=(lamp,), circuits=(Circuit("low_beam", 1e6, (1.0, 1.0, 1.0)),))
    track = scene.motion.tracks[0]
    burning = replace(track, level=np.ones((len(track.time), 1)))
    world = replace(scene.world, things=(on, *scene.world.things[1:]))
    motion = replace(scene.motion, tracks=(burning, *scene.motion.tracks[1:]))
    return replace(scene, world=world, motion=motion)


def test_head_lamps_light_flakes_more_than_drops(camera, scenes):
    now = moment(lit(scenes([])), 0.0)
    view = view_of(camera, now)
    dark = np.full((view.height, view.width, 3), 0.1)
    place = np.array([[7.2, 0.0, 0.5]])
    drop = rain_drops(place, np.array([2e-3]))
    flake = Falling(place, drop.diameter, drop.area, drop.velocity, white=0.9)
    clear, white = (brightness(dark, now, view, one)[0, 1] for one in (drop, flake))
    assert clear > 0.1
    # At 5 m, just below the axis, the lamp gives about 20 000 / 25 lx.
    np.testing.assert_allclose(white, 0.9 * 2 / 3 / np.pi * 20_000 / 25, rtol=0.35)
    np.testing.assert_allclose((white - 0.09) / (clear - 0.094), 0.6 / np.pi / 0.15 * 4 * np.pi)


def test_flakes_hide_a_black_wall_by_their_area(camera, scenes):
    now = moment(scenes([]), 0.0)
    view = view_of(camera, now)
    falling = flakes(view, snow_sizes(1.0), stream(4, "snow"))
    even = np.full((view.height, view.width, 3), 100.0)
    far = np.zeros((view.height, view.width))
    drawn = streaked(even, far, now, view, falling, (camera.model, 0.002))
    assert drawn.min() > 89.0
    assert 95.0 < drawn.mean() < 99.99
