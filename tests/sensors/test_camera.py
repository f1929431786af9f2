from dataclasses import replace

import numpy as np
import pytest

from synthgen.classes import CLASSES
from synthgen.electronics import Setting
from synthgen.embree import tracer
from synthgen.precipitation import rain_sizes
from synthgen.rng import stream
from synthgen.scene import moment
from synthgen.sensors.camera import observe, pixel_rays
from synthgen.sensors.development import developed
from synthgen.sensors.exposure import aimed_mean, settled
from synthgen.sensors.image import collected
from synthgen.sensors.imager import mosaic, pattern, raw
from synthgen.sensors.tone import encoded


@pytest.fixture
def camera(rig):
    return rig.camera("image_2")


@pytest.fixture
def model(camera):
    return camera.model


def flat(tracer, moment, view, hits, atmosphere, seed):
    """Surfaces by number, sky bright: a renderer that casts nothing."""
    shade = np.where(hits.body < 0, 4000.0, 300.0 + 150.0 * hits.body)
    return np.repeat(shade.reshape(view.height, view.width, 1), 3, axis=2)


def take(camera, scene, air, seed=0):
    now = moment(scene, 0.0)
    with tracer(scene.world) as trace:
        return observe(camera, trace, now, flat, air, stream(seed, "camera"))


def shot(radiance, model, exposure, rng):
    """The developed image of `radiance`."""
    electrons = mosaic(collected(radiance, model, exposure))
    return developed(raw(electrons, model, exposure, pattern(model, "test"), rng), model, exposure)


def grey(model, level):
    return np.full((model.height, model.width, 3), float(level))


def test_maps_agree_with_one_another_and_with_geometry(camera, scenes, clear):
    scene = scenes([(15.0, 2.0), (25.0, 0.0)])
    reading = take(camera, scene, clear)
    sky = reading.body < 0
    assert np.all(reading.depth[sky] == 0)
    assert np.all(reading.semantic[sky] == CLASSES["sky"].semantic)
    assert np.all(reading.semantic[reading.body == 2] == CLASSES["car"].semantic)
    ground = reading.body == 0
    rays = pixel_rays(reading.view)
    along = rays.direction @ reading.view.world_from_camera[:3, 2]
    reach = -reading.view.world_from_camera[2, 3] / rays.direction[:, 2] * along
    np.testing.assert_allclose(
        reading.depth[ground], reach.reshape(ground.shape)[ground], rtol=1e-4
    )


def test_silhouettes_hold_what_is_visible_and_what_is_hidden(camera, scenes, clear):
    # The second box stands behind the first.
    reading = take(camera, scenes([(12.0, 0.0), (22.0, 0.0)]), clear)
    by_number = {one.thing.number: one for one in reading.silhouettes}
    for number in (2, 3):
        one = by_number[number]
        full = np.zeros(reading.body.shape, bool)
        rows, columns = one.mask.shape
        full[one.row : one.row + rows, one.column : one.column + columns] = one.mask
        assert np.all(full[reading.body == number])
        assert one.mask[0].any()
        assert one.mask[:, -1].any()
    assert by_number[3].mask.sum() > (reading.body == 3).sum()


def test_same_stream_gives_the_same_image(camera, scenes, clear):
    one, two = (
        take(camera, scenes([(12.0, 0.0)]), replace(clear, rain=10.0, drop_sizes=rain_sizes(10.0)))
        for _ in range(2)
    )
    assert one.image.tobytes() == two.image.tobytes()


@pytest.mark.parametrize("gain", [1.0, 8.0])
def test_brighter_scenes_never_give_darker_images(model, gain):
    exposure, means = Setting(0.002, gain), []
    for level in np.geomspace(0.1, 1e5, 9):
        means.append(shot(grey(model, level), model, exposure, stream(4, "e")).mean())
    assert np.all(np.diff(means) >= -0.05)
    assert means[-1] > 250


def test_exposure_reaches_its_aim_by_day_and_gives_up_in_the_dark(model):
    rng = stream(5, "scene")
    texture = np.exp(rng.normal(0, 0.8, (model.height, model.width, 1))) * np.ones(3)
    for level in (3.0, 300.0, 10_000.0):
        radiance = level * texture
        exposure = settled(radiance, model)
        mean = shot(radiance, model, exposure, stream(6, "v")).mean()
        assert abs(mean - aimed_mean(radiance.mean(axis=2))) < 10
    dark = settled(0.01 * texture, model)
    assert (dark.time, dark.gain) == (
        model.longest_exposure,
        pytest.approx(model.largest_gain, rel=1e-3),
    )


def test_a_bright_day_is_short_and_a_night_is_long(model):
    times = [settled(grey(model, level), model).time for level in (0.3, 30.0, 3000.0)]
    assert times[0] == model.longest_exposure
    assert times[0] >= times[1] > times[2]
    assert times[2] < 0.002


def test_white_comes_out_white(model):
    card = grey(model, 500.0)
    image = shot(card, model, settled(card, model), stream(7, "w"))
    red, green, blue = image.reshape(-1, 3).mean(axis=0)
    assert abs(red - green) < 1
    assert abs(blue - green) < 1


def test_colours_land_on_their_own_channel(model):
    for channel in range(3):
        radiance = grey(model, 100.0)
        radiance[:, 400:800, channel] = 400.0
        exposure = Setting(0.0015, 1.0)
        image = shot(radiance, model, exposure, stream(8, "c"))
        assert image[100:300, 500:700].mean(axis=(0, 1)).argmax() == channel


def test_the_curve_rises_from_black_to_white():
    values = encoded(np.linspace(0, 1, 500), 0.12)
    assert (values[0], values[-1]) == (0.0, pytest.approx(1.0))
    assert np.all(np.diff(values) > 0)
