"""Exposure and white balance that follow the light from image to image."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.electronics import Control, Setting
from synthgen.embree import tracer
from synthgen.scene import moment
from synthgen.sensors.adaptation import adapted, error, glance, remembers, thumbnail
from synthgen.sensors.camera import observe, pixel_rays, view_of

TIMES = [0.1 * number for number in range(40)]
LIGHT = Setting(0.0005, 1.0, (1.0, 1.0, 1.0))


@pytest.fixture(scope="module")
def model(rig):
    return rig.camera("image_2").model


def street(stops, balance=(1.0, 1.0, 1.0), at=1.0):
    """What a camera would settle on in light that falls by so many `stops` after a second."""
    return lambda time: LIGHT if time < at - 0.05 else Setting(0.0005 * 2**stops, 1.0, balance)


def stops(found):
    """Exposure of each image against the first's."""
    return np.array([error(one, LIGHT) for one in found])


def test_an_error_shrinks_by_the_loop_gain_from_image_to_image(model):
    found = stops(adapted(model, TIMES, street(1.0)))
    left = 1.0 - found
    assert np.all(left[:11] == 1.0)
    np.testing.assert_allclose(left[11:22], 0.7 ** np.arange(1, 12), rtol=1e-6)


def test_it_stops_at_a_quarter_of_the_hysteresis(model):
    left = 1.0 - stops(adapted(model, TIMES, street(1.0)))
    assert 0.7 * 0.025 < left[-1] <= 0.025
    assert left[-1] == left[-5]


def test_a_change_within_the_hysteresis_moves_nothing(model):
    assert np.all(stops(adapted(model, TIMES, street(0.09))) == 0)
    assert np.any(stops(adapted(model, TIMES, street(0.11))) > 0)


def test_a_leap_of_light_is_followed_half_a_stop_at_a_time(model):
    found = stops(adapted(model, TIMES, street(4.0)))
    np.testing.assert_allclose(np.diff(found)[10:14], 0.5)


def test_white_balance_follows_slower(model):
    red = [one.balance[0] for one in adapted(model, TIMES, street(0.0, (1.6, 1.0, 0.8)))]
    np.testing.assert_allclose(red[10:], 1.6 ** (1 - 0.9 ** np.arange(30)), rtol=1e-6)


def test_exposure_ends_where_shutter_and_gain_end(model):
    found = adapted(model, TIMES, street(12.0))
    assert found[-1].time == model.longest_exposure
    assert found[-1].gain == pytest.approx(model.largest_gain)


def test_single_views_are_taken_by_a_settled_camera(model):
    assert not remembers(model.control, [0.0, 3.0, 6.5])
    assert remembers(model.control, [0.0, 3.0, 3.1])
    wanted = street(2.0, at=3.0)
    assert adapted(model, [0.0, 3.0, 6.0], wanted) == tuple(map(wanted, [0.0, 3.0, 6.0]))


@given(st.lists(st.floats(-6, 4), min_size=2, max_size=12), st.integers(1, 12))
@settings(max_examples=40, deadline=None)
def test_a_setting_depends_on_the_images_before_alone(model, levels, count):
    times = [0.1 * number for number in range(len(levels))]

    def wanted(time):
        return Setting(0.0005 * 2 ** levels[round(time * 10)], 1.0)

    whole = adapted(model, times, wanted)
    assert adapted(model, times[:count], wanted) == whole[:count]
    shortest, longest = model.shortest_exposure, model.longest_exposure * model.largest_gain
    for one in whole[1:]:
        assert shortest * 0.999 <= one.time * one.gain <= longest * 1.001


def flat(tracer, moment, view, hits, atmosphere, seed):
    shade = np.where(hits.body < 0, 4000.0, 300.0 + 150.0 * hits.body)
    return np.repeat(shade.reshape(view.height, view.width, 1), 3, axis=2) * [1.0, 0.9, 0.7]


def test_a_small_picture_tells_what_the_image_would(rig, scenes, clear):
    camera, now = rig.camera("image_2"), moment(scenes([(15.0, 2.0), (25.0, 0.0)]), 0.0)
    with tracer(now.scene.world) as trace:
        small = glance(camera, trace, now, flat, clear)
        image = observe(camera, trace, now, flat, clear, np.random.default_rng(0))
        held = replace(camera, setting=Setting(0.004, 2.0, (1.1, 1.0, 0.9)))
        same = observe(held, trace, now, flat, clear, np.random.default_rng(0))
    settled = Setting(image.exposure, image.gain, image.balance)
    assert abs(error(small, settled)) < 0.05
    np.testing.assert_allclose(small.balance, settled.balance, rtol=0.01)
    assert (same.exposure, same.gain, same.balance) == (0.004, 2.0, (1.1, 1.0, 0.9))


def test_the_small_picture_shows_the_same_view(rig, scenes):
    camera, now = rig.camera("image_2"), moment(scenes([]), 0.0)
    small = pixel_rays(view_of(thumbnail(camera), now)).direction.reshape(46, 155, 3)
    full = pixel_rays(view_of(camera, now)).direction.reshape(375, 1242, 3)
    for row, column in ((0, 0), (20, 77), (45, 154)):
        between = full[8 * row + 3 : 8 * row + 5, 8 * column + 3 : 8 * column + 5].mean(axis=(0, 1))
        np.testing.assert_allclose(small[row, column], between, atol=1e-5)


@pytest.mark.parametrize(
    ("key", "value"), [("loop_gain", 0.0), ("loop_gain", 1.5), ("hysteresis", -1.0)]
)
def test_impossible_controls_are_refused(key, value):
    with pytest.raises(ValueError, match=f"control.{key} must be"):
        Control(**{key: value})
