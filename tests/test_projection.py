import cv2
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from synthgen.projection import Projection

K = np.array([[330.0, 0.0, 312.5], [0.0, 326.0, 248.0], [0.0, 0.0, 1.0]])
LENSES = {
    "pinhole": Projection("pinhole", K),
    "barrel": Projection("brown", K, (-0.32, 0.11, 0.001, -0.0007, -0.015)),
    "four": Projection("brown", K, (-0.1, 0.02, -0.002, 0.001)),
    "rational": Projection("brown", K, (0.4, 0.05, 5e-4, -3e-4, 0.002, 0.7, 0.1, 0.005)),
    "fisheye": Projection("fisheye", K, (0.0424, -0.0108, 0.0025, -0.0004), np.radians(95)),
    "turning": Projection("fisheye", K, (-0.2, 0.0, 0.0, 0.0)),
}
BENT = [name for name in LENSES if name != "pinhole"]


@pytest.fixture(params=LENSES)
def lens(request):
    return LENSES[request.param]


def grid(step=9, margin=0):
    row, column = np.mgrid[-margin : 500 + margin : step, -margin : 640 + margin : step]
    return column.ravel().astype(float), row.ravel().astype(float)


def test_rays_and_pixels_are_inverses_wherever_there_is_a_ray(lens):
    column, row = grid(margin=200)
    ray = lens.rays(column, row)
    there = ~np.isnan(ray[:, 0])
    assert there.any()
    pixel, depth = lens.pixels(7.0 * ray[there])
    np.testing.assert_allclose(pixel, np.stack([column, row], -1)[there], atol=1e-8)
    np.testing.assert_allclose(np.linalg.norm(ray[there], axis=1), 1)
    np.testing.assert_allclose(depth, 7.0 * (ray[there, 2] if lens.planar else 1.0))


@given(
    x=st.floats(-3, 3), y=st.floats(-3, 3), z=st.floats(-1, 3), name=st.sampled_from(sorted(BENT))
)
def test_every_point_with_an_image_lies_on_the_ray_of_its_pixel(x, y, z, name):
    lens, point = LENSES[name], np.array([[x, y, z]])
    assume(np.linalg.norm(point) > 1e-3)
    pixel, depth = lens.pixels(point)
    if depth[0] <= 0:
        assert np.isnan(pixel).all()
        return
    ray = lens.rays(*pixel.T)[0]
    away = np.linalg.norm(point)
    across = np.hypot(x, y)
    reach = across / z if lens.planar else np.arctan2(across, z)
    if reach < 0.99 * lens.limit:  # on the rim itself two roots meet
        np.testing.assert_allclose(away * ray, point[0], atol=1e-6 * max(away, 1))


@pytest.mark.parametrize("name", ["barrel", "four", "rational"])
def test_brown_is_opencvs(name):
    lens, points = (
        LENSES[name],
        np.random.default_rng(0).uniform([-2, -2, 1.5], [2, 2, 6], (500, 3)),
    )
    pixel, depth = lens.pixels(points)
    good = depth > 0
    found = cv2.projectPoints(points, np.zeros(3), np.zeros(3), K, np.array(lens.distortion))[0]
    assert good.sum() > 250
    np.testing.assert_allclose(pixel[good], found[good, 0], atol=1e-9)


def test_a_fisheye_is_opencvs():
    lens = LENSES["fisheye"]
    points = np.random.default_rng(0).uniform([-2, -2, 0.2], [2, 2, 6], (500, 3))
    pixel, _ = lens.pixels(points)
    zero = np.zeros((1, 1, 3))
    bends = np.array(lens.distortion)
    found, _ = cv2.fisheye.projectPoints(points[:, None], zero, zero, K, bends)
    np.testing.assert_allclose(pixel, found[:, 0], atol=1e-9)


def test_a_fisheye_sees_behind_itself_up_to_its_field_and_no_farther():
    lens = LENSES["fisheye"]
    angle = np.radians([10, 60, 90, 94.9, 95.1, 120, 180])
    _, depth = lens.pixels(np.stack([np.sin(angle), 0 * angle, np.cos(angle)], -1))
    np.testing.assert_allclose(depth, [1, 1, 1, 1, 0, 0, 0])
    assert lens.limit == pytest.approx(np.radians(95))


def test_a_curve_that_turns_back_ends_the_image_there():
    """t - 0.2 t^3 rises up to t = sqrt(1 / 0.6): beyond, one pixel would stand for two angles."""
    lens, most = LENSES["turning"], np.sqrt(1 / 0.6)
    np.testing.assert_allclose(lens.limit, most, rtol=1e-3)
    rim = K[0, 2] + K[0, 0] * (most - 0.2 * most**3)
    column = np.array([rim - 0.5, rim + 0.5])
    seen = ~np.isnan(lens.rays(column, np.full(2, K[1, 2]))[:, 0])
    assert seen.tolist() == [True, False]


@pytest.mark.parametrize("name", LENSES)
def test_solid_angles_of_pixels_are_those_between_their_rays(name):
    lens = LENSES[name]
    column, row = grid(step=40)
    h = 0.25
    a, b, c, d = (lens.rays(column + i, row + j) for i, j in ((-h, 0), (h, 0), (0, -h), (0, h)))
    area = np.linalg.norm(np.cross(b - a, d - c), axis=1) / (2 * h) ** 2
    wide = K[:2, 2] + 1.1 * (np.stack([column, row], -1) - K[:2, 2])
    good = ~np.isnan(area) & ~np.isnan(
        lens.rays(*wide.T)[:, 0]
    )  # the rim itself is infinitely wide
    np.testing.assert_allclose(lens.solid_angle(column, row)[good], area[good], rtol=2e-3)


def test_the_whole_field_of_a_fisheye_is_its_cap():
    lens = LENSES["fisheye"]
    row, column = np.mgrid[-400:900, -350:1000].astype(float)
    whole = lens.solid_angle(column.ravel(), row.ravel()).sum()
    np.testing.assert_allclose(whole, 2 * np.pi * (1 - np.cos(np.radians(95))), rtol=1e-3)


def test_a_lens_that_turns_the_image_inside_out_is_refused():
    with pytest.raises(ValueError, match="inside out"):
        _ = Projection("brown", K, (-1e8, 0.0, 0.0, 0.0)).limit
