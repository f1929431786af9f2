from types import SimpleNamespace

import numpy as np
import pytest

from synthgen.geometry import transform
from synthgen.light.illuminance import luminance
from synthgen.light.sky import sky
from synthgen.light.stars import seen
from synthgen.render.raycast.stars import add_stars
from synthgen.view import CameraView
from synthgen.world import Environment

UP = np.array([[1.0, 0, 0, 3.0], [0, 1.0, 0, 4.0], [0, 0, 1.0, 1.5], [0, 0, 0, 1.0]])
"""A camera that looks at the zenith, world frame."""


def view(model="pinhole", focal=60.0):
    matrix = np.array([[focal, 0, 99.5], [0, focal, 79.5], [0, 0, 1.0]])
    return CameraView("front", 200, 160, matrix, UP, 0.0, model)


def frame(degrees=-40.0, cloud=0.0, extinction=0.0):
    around = Environment(np.deg2rad(degrees), 0, -0.5, 0, 0, cloud, 0, 4e4, 0, 0, 0, 0, False)
    air = SimpleNamespace(extinction=np.full(3, extinction), layer=700.0)
    return SimpleNamespace(sky=sky(around), air=air, haze=None)


def starry(now, looking, empty=None):
    image = np.zeros((looking.height, looking.width, 3))
    add_stars(image, now, looking, np.ones(image.shape[:2], bool) if empty is None else empty)
    return image


@pytest.mark.parametrize("model", ["pinhole", "fisheye"])
def test_the_picture_holds_the_light_of_the_stars_in_it(model):
    now, looking = frame(), view(model)
    row, column = np.divmod(np.arange(200 * 160), 200)
    solid = looking.lens.solid_angle(column.astype(float), row.astype(float)).reshape(160, 200)
    found = (starry(now, looking) * solid[..., None]).sum(axis=(0, 1))
    stars = seen(now.sky.dome)
    pixel, depth = looking.project(UP[:3, 3] + 1e9 * stars.direction)
    inside = (depth > 0) & (pixel >= 0).all(axis=1) & (pixel < [199, 159]).all(axis=1)
    np.testing.assert_allclose(found, stars.light[inside].sum(axis=0), rtol=1e-6)


def test_the_brightest_star_is_where_it_stands():
    now, looking = frame(), view(focal=400.0)
    stars = seen(now.sky.dome)
    pixel, depth = looking.project(UP[:3, 3] + 1e9 * stars.direction)
    inside = (depth > 0) & (pixel >= 1).all(axis=1) & (pixel < [198, 158]).all(axis=1)
    light = luminance(stars.light[inside])
    column, row = np.floor(pixel[inside][light.argmax()]).astype(int)
    patch = luminance(starry(now, looking))[row : row + 2, column : column + 2]
    assert patch.sum() / 400.0**2 == pytest.approx(light.max(), rel=0.15)


def test_what_stands_before_stars_hides_them():
    empty = np.zeros((160, 200), bool)
    empty[:, 100:] = True
    image = starry(frame(), view(), empty)
    assert image[:, 100:].any()
    assert not image[:, :100].any()


def test_day_cloud_and_fog_hide_stars():
    clear = starry(frame(), view()).sum()
    assert not starry(frame(degrees=-3.0), view()).any()
    assert not starry(frame(cloud=1.0), view()).any()
    assert starry(frame(extinction=0.03), view()).sum() < 1e-6 * clear


def test_stars_do_not_move_with_the_camera_going_ahead():
    looking = view()
    on = CameraView("front", 200, 160, looking.matrix, transform_of(50.0), 0.0)
    np.testing.assert_allclose(starry(frame(), on), starry(frame(), looking), atol=1e-5)


def transform_of(step):
    moved = UP.copy()
    moved[:3, 3] = transform(UP, np.array([[step, 0.0, 0.0]]))[0]
    return moved
