"""What a lens that is focused at one distance makes of all others."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from synthgen.embree import tracer
from synthgen.rng import stream
from synthgen.scene import moment
from synthgen.sensors.camera import depths, observe, pixel_rays, view_of
from synthgen.sensors.focus import LEAST, MOST, RATIO, circles, focused, kernel, layers, radius


@pytest.fixture(scope="module")
def lens(rig):
    """A 12 mm lens at f/1.4 before pixels of 3 um, focused at 10 m."""
    return replace(
        rig.camera("image_2").model, width=192, height=160, pixel=3e-6, f_number=1.4, focus=10.0,
        matrix=((4000.0, 0, 95.5), (0, 4000.0, 79.5), (0, 0, 1.0)),
    )  # fmt: skip


def circle(model, depth):
    """The closed form: f^2 |z - d| / (N z (d - f)) over the pitch, 1 / f = 1 / v + 1 / d."""
    image = model.matrix[0][0] * model.pixel
    f = 1 / (1 / image + 1 / model.focus)
    size = f**2 * abs(depth - model.focus) / (model.f_number * depth * (model.focus - f))
    return size / model.pixel


@pytest.mark.parametrize("depth", [2.5, 4.0, 6.0, 9.0, 14.0, 30.0, 1e9])
def test_a_point_becomes_a_disc_as_wide_as_the_thin_lens_says(lens, depth):
    """Within 5 %; the deviation of an even disc along an axis is a quarter of its width."""
    point = np.zeros((160, 192, 3))
    point[80, 96] = 1000.0
    seen = focused(point, np.full((160, 192), depth), lens)[..., 1]
    row, column = np.mgrid[:160, :192]
    total = seen.sum()
    assert total == pytest.approx(1000.0, rel=1e-4)
    for along in (row, column):
        middle = (seen * along).sum() / total
        width = 4 * np.sqrt((seen * (along - middle) ** 2).sum() / total)
        assert width == pytest.approx(circle(lens, depth), rel=0.05)


def test_an_endless_distance_is_the_sky(lens):
    sky, far = (circles(np.full((1, 1), depth), lens) for depth in (0.0, 1e12))
    np.testing.assert_allclose(sky, far)
    assert sky < 0 < circles(np.full((1, 1), 5.0), lens)


@given(st.floats(-200, 200))
@hypothesis_settings(max_examples=60, deadline=None)
def test_every_disc_is_drawn_within_four_percent_of_its_width(diameter):
    layer = int(layers(np.array([[diameter]]))[0, 0])
    if abs(diameter) < LEAST:
        assert layer == 0
        return
    assert np.sign(layer) == np.sign(diameter)
    drawn, wanted = 2 * radius(layer), min(abs(diameter), MOST)
    assert abs(drawn / wanted - 1) < np.sqrt(RATIO) - 1 + 1e-6


@pytest.mark.parametrize("size", [0.15, 0.6, 0.99, 1.01, 1.7, 4.3, 20.0])
def test_a_kernel_keeps_light_and_has_the_deviation_of_a_disc(size):
    disc = kernel(size)
    place = np.arange(len(disc)) - len(disc) // 2
    assert disc.sum() == pytest.approx(1.0, abs=1e-5)
    assert disc.min() >= 0
    deviation = np.sqrt((disc.sum(axis=0) * place**2).sum())
    assert deviation == pytest.approx(size / 2, rel=0.02)


def test_what_is_in_focus_stays_sharp_before_a_soft_background(lens):
    depth = np.full((160, 192), 100.0)
    depth[:, :96] = 10.0
    picture = np.where(depth[..., None] < 50, 100.0, 900.0) * np.ones(3)
    seen = focused(picture, depth, lens)
    np.testing.assert_allclose(seen, picture, rtol=1e-5)


def test_a_near_edge_is_soft_on_both_sides_and_shows_what_lies_behind(lens):
    """Half of its disc lies on either side: a disc's own edge spread, within 2 %."""
    depth = np.full((160, 192), 10.0)
    depth[:, :96] = 2.0
    picture = np.where(depth[..., None] < 5, 0.0, 900.0) * np.ones(3)
    seen = focused(picture, depth, lens)[80, :, 1] / 900
    half = circle(lens, 2.0) / 2
    share = np.clip((np.arange(192) - 95.5) / half, -1, 1)
    wanted = 0.5 + (share * np.sqrt(1 - share**2) + np.arcsin(share)) / np.pi
    assert half > 5
    np.testing.assert_allclose(seen, wanted, atol=0.02)


def test_even_light_stays_even_at_every_depth(lens):
    depth = np.repeat(np.geomspace(2.0, 200.0, 160)[:, None], 192, axis=1)
    seen = focused(np.full((160, 192, 3), 50.0), depth, lens)
    np.testing.assert_allclose(seen, 50.0, rtol=1e-4)


def test_a_pinhole_is_left_alone(lens):
    picture = stream(1, "p").random((160, 192, 3))
    assert focused(picture, np.full((160, 192), 3.0), replace(lens, focus=0.0)) is picture


def patches(trace, now, view):
    """Shades of bodies in stripes, for rays from wherever they start."""
    rays = pixel_rays(view)
    hits = trace.first_hits(now, rays)
    shade = np.where(hits.body < 0, 40.0, 5.0 + 7.0 * hits.body)
    place = rays.origin + rays.direction * np.minimum(hits.distance, 1e4)[:, None]
    shade = shade + 3.0 * np.sin(place @ [1.0, 1.5, 2.0]) * (hits.body >= 0)
    shape = (view.height, view.width)
    return np.repeat(shade.reshape(*shape, 1), 3, axis=2), depths(view, rays, hits)


def halved(picture):
    """The means of two by two pixels: rays of pixel centres have hard edges."""
    high, wide = picture.shape[0] // 2, picture.shape[1] // 2
    return picture.reshape(high, 2, wide, 2, 3).mean(axis=(1, 3))


def moved(view, across, down):
    """The view from a point of the lens [m], turned so that what is in focus stays in place."""
    pose, matrix = view.world_from_camera.copy(), view.matrix.copy()
    pose[:3, 3] += pose[:3, 0] * across + pose[:3, 1] * down
    matrix[0, 2] += matrix[0, 0] * across / view.focus
    matrix[1, 2] += matrix[1, 1] * down / view.focus
    return replace(view, world_from_camera=pose, matrix=matrix)


def test_it_is_the_mean_of_pictures_through_all_of_the_lens(rig, scenes):
    """A street of boxes, focus at 8 m, against 128 points of a wide lens: 0.4 of what it changes.

    The error is a pixel along edges, which pinhole pictures mix; all else agrees within 3 %.
    """
    camera = rig.camera("image_2")
    model = replace(
        camera.model, width=200, height=60, pixel=12e-6, f_number=0.06, focus=8.0,
        matrix=((450.0, 0, 99.5), (0, 450.0, 29.5), (0, 0, 1.0)),
    )  # fmt: skip
    fine = replace(
        model, width=400, height=120, matrix=((900.0, 0, 199.5), (0, 900.0, 59.5), (0, 0, 1.0))
    )
    now = moment(scenes([(5.0, 1.2), (9.0, -1.2), (16.0, 1.8), (40.0, -3.0)]), 0.0)
    with tracer(now.scene.world) as trace:
        views = [view_of(replace(camera, model=each), now) for each in (model, fine)]
        _, depth = patches(trace, now, views[0])
        sharp, _ = patches(trace, now, views[1])
        count = 128
        away = np.sqrt((np.arange(count) + 0.5) / count) * model.aperture / 2
        turn = np.arange(count) * np.pi * (3 - np.sqrt(5))
        true = np.mean(
            [patches(trace, now, moved(views[1], r * np.cos(a), r * np.sin(a)))[0]
             for r, a in zip(away, turn, strict=True)], axis=0,
        )  # fmt: skip
    before, seen = halved(sharp), halved(true)
    after = focused(before, depth, model)
    changed, left = (np.sqrt(np.mean((one - seen) ** 2)) for one in (before, after))
    assert np.abs(circles(depth, model)).max() > 7
    assert left < 0.4 * changed, (left, changed)
    steps = np.abs(np.diff(depth, axis=0, prepend=depth[:1])) > 1
    steps |= np.abs(np.diff(depth, axis=1, prepend=depth[:, :1])) > 1
    inner = cv2.dilate(steps.astype(np.uint8), np.ones((7, 7))) == 0
    assert inner.mean() > 0.5
    assert np.quantile((np.abs(after - seen) / seen)[inner], 0.99) < 0.03


def test_masks_and_depth_stay_those_of_the_pinhole(rig, scenes, clear):
    def flat(tracer, moment, view, hits, atmosphere, seed):
        shade = np.where(hits.body < 0, 4000.0, 300.0 + 150.0 * hits.body)
        return np.repeat(shade.reshape(view.height, view.width, 1), 3, axis=2)

    camera = rig.camera("image_2")
    dim = replace(camera.model, focus=3.0, f_number=0.2, lens_transmission=0.011)
    soft = replace(camera, model=dim)
    now = moment(scenes([(9.0, 2.0), (25.0, 0.0)]), 0.0)
    with tracer(now.scene.world) as trace:
        one, two, three = (
            observe(each, trace, now, flat, clear, stream(0, "c"))
            for each in (camera, soft, replace(soft, sampled=True))
        )
    np.testing.assert_array_equal(one.body, two.body)
    np.testing.assert_array_equal(one.depth, two.depth)
    edge = np.diff(one.body, axis=1) != 0
    steps = [np.abs(np.diff(each.signal / each.signal.max(), axis=1))[edge].mean()
             for each in (one, two, three)]  # fmt: skip
    assert steps[1] < 0.8 * steps[0]
    # A renderer that samples the lens has done it already.
    assert steps[2] == pytest.approx(steps[0], rel=0.05)


@pytest.mark.parametrize("focus", [-1.0, 0.01, 1e5])
def test_an_impossible_focus_is_refused(rig, focus):
    with pytest.raises(ValueError, match="camera focus must be 0"):
        replace(rig.camera("image_2").model, focus=focus)
