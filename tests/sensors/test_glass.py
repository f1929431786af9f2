from dataclasses import replace

import numpy as np
import pytest

from synthgen.embree import tracer
from synthgen.labels.contrast import contrast
from synthgen.labels.mask import visible_masks
from synthgen.rng import stream
from synthgen.scene import Scene, moment
from synthgen.sensors.blots import bend, draw_dirt, draw_drops
from synthgen.sensors.camera import observe, view_of
from synthgen.sensors.condensation import mist
from synthgen.sensors.dirt import dirt_on
from synthgen.sensors.glass import Pane, pane, through
from synthgen.sensors.wiper import bearing
from synthgen.world import Glass


@pytest.fixture
def model(rig):
    return rig.camera("image_2").model


@pytest.fixture
def view(rig, scenes):
    return view_of(rig.camera("image_2"), moment(scenes([]), 0.0))


def before(model, glass, time=3.0):
    return Pane(model, "image_2", glass, time, 0.0)


def test_a_ray_bends_by_snells_law():
    for slope in np.radians([5.0, 20.0, 40.0]):
        out = slope + bend(slope)
        np.testing.assert_allclose(np.sin(out), 1.333 * np.sin(slope))
    assert np.isnan(bend(np.radians(49.0)))


def test_a_drop_shows_the_scene_upside_down_and_wide():
    scene = np.zeros((200, 200, 3))
    scene[:100] = 1.0
    cover, light = np.zeros((200, 200)), np.zeros((200, 200, 3))
    draw_drops(cover, light, np.array([[100.0, 100.0, 20.0, 0.6, 0.0, 0.0]]), scene, 200.0)
    assert cover[100, 100] == 1
    assert light[90, 100, 0] < 0.05
    assert light[110, 100, 0] > 0.8
    np.testing.assert_allclose(
        cover.sum(), np.pi * 20**2 * (1 + 0.1**2 / 2 + 0.06**2 / 2), rtol=0.02
    )


def test_the_disc_of_a_point_on_the_glass_is_as_large_as_a_thin_lens_says(model):
    focal = model.matrix[0][0] * model.pixel
    # 1 / f = 1 / object + 1 / image: an image plane at f, a point at d.
    image = 1 / (1 / focal - 1 / model.glass)
    disc = focal / model.f_number * (image - focal) / image / model.pixel
    np.testing.assert_allclose(before(model, Glass()).blur, disc, rtol=1e-6)


def test_an_even_scene_stays_even_behind_drops_and_mist(model, view):
    even = np.full((view.height, view.width, 3), 50.0)
    found = through(even, view, before(model, Glass(rain=10.0, condensation=0.6, seed=2)))
    assert 0.02 < found.covered < 0.5
    assert 0.05 < found.veiled < 0.6
    # Drops take what their rim reflects; mist takes nothing.
    assert found.radiance.max() <= 50.001
    assert found.radiance.min() > 30.0
    misty = through(even, view, before(model, Glass(condensation=0.6, seed=2)))
    np.testing.assert_allclose(misty.radiance, 50.0, rtol=1e-4)


def test_film_smears_a_lamp_along_the_blade_and_keeps_its_light(model, view):
    lamp = np.zeros((view.height, view.width, 3))
    lamp[180:184, 600:604] = 1e5
    glass = Glass(rain=1e-6, wiper=1.0, seed=4)
    pass_time = before(model, glass).wiper.passes(5, np.zeros((1, 2)))[0]
    found = through(lamp, view, before(model, glass, pass_time + 0.15))
    assert found.veiled > 0.05
    np.testing.assert_allclose(found.radiance.sum(), lamp.sum(), rtol=0.05)
    row, column = np.nonzero(found.radiance[..., 1] > 1.0)
    spread = np.cov(column, row)
    assert spread[1, 1] > 5 * spread[0, 0]


def test_the_blade_hides_what_is_behind_it(model, view):
    even = np.full((view.height, view.width, 3), 50.0)
    glass = Glass(rain=1e-6, wiper=1.0, seed=4)
    pass_time = before(model, glass).wiper.passes(5, np.zeros((1, 2)))[0]
    now, later = (through(even, view, before(model, glass, pass_time + t)) for t in (0, 0.3))
    assert now.radiance[170, 610, 1] < 3.0
    assert now.clear[170, 610] < 0.05
    assert now.covered > 0.05
    np.testing.assert_allclose(later.radiance[170, 610], 50.0, rtol=1e-3)


def test_dirt_stays_through_the_clip_and_dry_glass_is_not_there(model, view, scenes):
    even = np.full((view.height, view.width, 3), 50.0)
    glass = Glass(dirt=0.8, seed=6)
    one, two = (through(even, view, before(model, glass, time)) for time in (0.0, 9.0))
    np.testing.assert_array_equal(one.radiance, two.radiance)
    assert 0 < one.covered < 0.3
    assert one.soiled > 0.05
    assert pane(model, "image_2", moment(scenes([]), 0.0)) is None
    assert through(even, view, None).radiance is even


def test_twice_as_much_dirt_covers_twice_as_much():
    half = (0.5, 0.5)
    light, heavy = (dirt_on(amount, 1, "front", half) for amount in (0.3, 0.6))
    np.testing.assert_allclose(len(heavy.radius) / len(light.radius), 2.0, rtol=0.1)
    cover, shade = np.zeros((40, 40)), np.ones((40, 40, 3))
    draw_dirt(cover, shade, np.array([[20.0, 20.0, 0.2, 0.9]]), np.zeros(3))
    np.testing.assert_allclose(cover[20, 20], 0.9 * np.pi * 0.2**2 * 0.7, rtol=1e-6)


def test_mist_clears_from_below():
    found = mist(0.8, 1, "front", (60, 200), 0.0)
    assert found[:5].mean() > found[-5:].mean() + 0.2
    assert found.max() <= 0.97
    assert mist(0.8, 1, "front", (60, 200), 20.0).mean() < found.mean()


def test_labels_stay_and_discernible_sees_what_the_glass_hides(rig, scenes, clear):
    camera = rig.camera("image_2")

    def flat(tracer, moment, view, hits, atmosphere, seed):
        shade = np.where(hits.body < 0, 400.0, 300.0 + 15.0 * hits.body)
        return np.repeat(shade.reshape(view.height, view.width, 1), 3, axis=2)

    def take(glass):
        scene = scenes([(15.0, 0.0)])
        air = replace(scene.world.environment, glass=glass)
        scene = Scene(replace(scene.world, environment=air), scene.motion)
        with tracer(scene.world) as trace:
            return observe(camera, trace, moment(scene, 0.0), flat, clear, stream(0, "camera"))

    place = np.zeros((1, 2))
    seed = next(
        seed
        for seed in range(4000)
        if abs(before(camera.model, Glass(rain=1.0, wiper=1.0, seed=seed), 0.0).wiper.angle(0.0)
               - bearing(place)[0]) < 0.004
    )  # fmt: skip
    every = (Glass(), Glass(condensation=1.0, seed=3), Glass(rain=40.0, seed=3),
             Glass(rain=1.0, wiper=1.0, seed=seed))  # fmt: skip
    clean, misted, wet, wiping = (take(glass) for glass in every)
    assert (clean.covered, clean.veiled) == (0.0, 0.0)
    for one in (misted, wet, wiping):
        np.testing.assert_array_equal(one.body, clean.body)
        np.testing.assert_array_equal(one.depth, clean.depth)
        assert one.image.tobytes() != clean.image.tobytes()
    mask = visible_masks(clean.body, 1)[2]
    seen = [contrast(one.signal, one.noise, mask) for one in (clean, wet, wiping)]
    assert seen[0] > seen[1] > seen[2]
    # The blade covers the middle of the car and lets its sides through.
    assert seen[0] > 4 * seen[2]
    # Mist is at the top of the pane.
    assert misted.noise[:20].mean() > 1.5 * clean.noise[:20].mean()
