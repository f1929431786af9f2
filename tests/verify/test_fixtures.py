"""Analytic fixtures: a cube, a sphere and a thin pole at known poses, right to half a pixel.

Pixel centres lie at integers, so a silhouette whose outline is at x has its outermost pixel centre
less than one pixel inside it: outline = outermost centre + 0.5 on average, to within 0.5.
"""

import numpy as np
import pytest
from scipy.spatial import ConvexHull

HALF = 0.51
"""[px] half a pixel and single precision."""


def corners_of(size, position, yaw):
    """Corners of a box that stands on `position`, turned by `yaw`, world frame."""
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (0, 2)]) / 2
    local = signs * np.array(size)
    c, s = np.cos(yaw), np.sin(yaw)
    return local @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]]) + np.array(position)


def pixels_of(toys, points):
    """Pixel coordinates of world points: x forward, y left, z up, eye 1.65 m above the origin."""
    x, y, z = np.asarray(points, float).T
    k = toys.matrix
    return np.column_stack([k[0, 2] - k[0, 0] * y / x, k[1, 2] + k[1, 1] * (1.65 - z) / x])


def inside(hull, column, row, margin=0.0):
    """Whether pixel centres lie in a convex outline by more than `margin` [px]."""
    points = np.stack([np.ravel(column), np.ravel(row)], 1)
    return (points @ hull.equations[:, :2].T + hull.equations[:, 2] <= -margin).all(axis=1)


def assert_box(box, low, high):
    """Assert that `box`, grown by half a pixel to the pixels' rims, is the outline."""
    rim = np.array(box, float) + np.array([-0.5, -0.5, 0.5, 0.5])
    np.testing.assert_allclose(rim, [*low, *high], atol=HALF)


def mask_of(look, label):
    return look.camera.body == label.number


CUBES = [((20, 0, 0), 0.0), ((14, 4, 0), 0.6), ((9, -3, 0), 2.4), ((35, 8, 0), -1.0)]


@pytest.mark.parametrize(("position", "yaw"), CUBES)
def test_box_and_mask_of_a_cube_are_its_projected_hull(toys, position, yaw):
    look = toys.look([(toys.box("cube", (1.6, 1.6, 1.6)), position, yaw)])
    label = look.of("cube")
    outline = pixels_of(toys, corners_of((1.6, 1.6, 1.6), position, yaw))
    assert_box(label.visible_box, outline.min(axis=0), outline.max(axis=0))
    assert label.amodal_box == label.visible_box
    hull = ConvexHull(outline)
    row, column = np.mgrid[:375, :1242]
    shown = mask_of(look, label).ravel()
    assert shown[inside(hull, column, row, 0.01)].all()
    assert not shown[~inside(hull, column, row, -0.01)].any()
    np.testing.assert_allclose(label.visible_pixels, hull.volume, atol=0.5 * hull.area)
    assert (label.occlusion, label.truncation) == (0, 0)
    np.testing.assert_allclose(label.center, np.add(position, (0, 0, 0.8)))
    np.testing.assert_allclose(label.size, 1.6)


def sphere_outline(toys, center, radius):
    """(low, high) [px] of a sphere's outline: tangent planes through the eye.

    In the plane of the axis and one image axis, a sphere at depth x and offset u has tangents
    at tan(atan2(u, x) +- asin(r / sqrt(x^2 + u^2))).
    """
    x, y, z = center
    found = []
    for axis, offset in ((0, -y), (1, 1.65 - z)):
        middle, half = np.arctan2(offset, x), np.arcsin(radius / np.hypot(x, offset))
        slopes = np.tan([middle - half, middle + half])
        found.append(toys.matrix[axis, 2] + toys.matrix[axis, axis] * slopes)
    return np.array(found).T


def sphere_cone(toys, center, radius, column, row):
    """Sine of the angle by which pixel rays pass within the cone that touches the sphere."""
    k = toys.matrix
    ray = np.stack(
        [np.ones(np.shape(column)), -(column - k[0, 2]) / k[0, 0], -(row - k[1, 2]) / k[1, 1]], -1
    )
    way = np.array(center) - [0, 0, 1.65]
    along = ray @ way / np.linalg.norm(ray, axis=-1)
    return radius - np.sqrt(np.maximum(way @ way - along**2, 0))


SPHERES = [((12, 0, 1.65), 1.5), ((9, 3, 1.4), 0.9), ((30, -10, 2.0), 1.2)]


@pytest.mark.parametrize(("center", "radius"), SPHERES)
def test_box_and_mask_of_a_sphere_are_those_of_its_tangent_cone(toys, center, radius):
    look = toys.look([(toys.ball("ball", radius, steps=128), center, 0.0)])
    label = look.of("ball")
    low, high = sphere_outline(toys, center, radius)
    assert_box(label.visible_box, low, high)
    row, column = np.mgrid[:375, :1242].astype(float)
    depth = sphere_cone(toys, center, radius, column, row)
    shown = mask_of(look, label)
    half = 0.5 * center[0] / toys.matrix[0, 0]
    assert shown[depth > half].all()
    assert not shown[depth < 0].any()
    assert (label.occlusion, label.truncation) == (0, 0)


POLES = [((20, 3, 0), 0.12, 4.0), ((15, -4, 0), 0.06, 3.0), ((40, 6, 0), 0.10, 5.0)]


@pytest.mark.parametrize(("position", "width", "height"), POLES)
def test_box_of_a_thin_pole_is_right_where_its_columns_hold_pixel_centres(
    toys, position, width, height
):
    pole = toys.box("pole", (width, width, height), "traffic_sign")
    look = toys.look([(pole, position, 0.0)])
    label = look.of("pole")
    outline = pixels_of(toys, corners_of((width, width, height), position, 0.0))
    low, high = outline.min(axis=0), outline.max(axis=0)
    assert_box(label.visible_box, low, high)
    columns = np.arange(np.ceil(low[0]), np.floor(high[0]) + 1)
    shown = np.flatnonzero(mask_of(look, label).any(axis=0))
    np.testing.assert_array_equal(shown, columns)
    rows = high[1] - low[1]
    np.testing.assert_allclose(label.visible_pixels, rows * len(columns), atol=len(columns) + 1)


@pytest.mark.parametrize("offset", [-0.9, -0.4, 0.0, 0.7])
def test_occlusion_of_a_sphere_by_a_board_is_the_segment_cut_off(toys, offset):
    """A board that ends `offset` radii right of a sphere's middle hides a circular segment."""
    radius, x = 1.0, 30.0
    scale = radius / np.sqrt(x**2 - radius**2)
    rim = -offset * scale * 10
    board = toys.box("board", (0.001, 6, 6))
    look = toys.look(
        [(toys.ball("ball", radius, steps=128), (x, 0, 1.65), 0.0), (board, (10, rim + 3, 0), 0.0)]
    )
    label = look.of("ball")
    segment = 0.5 + (offset * np.sqrt(1 - offset**2) + np.arcsin(offset)) / np.pi
    circle = toys.matrix[0, 0] * scale
    edge = 2 * circle * np.sqrt(1 - offset**2)
    off = abs(label.occlusion - segment) * np.pi * circle**2
    assert off <= 0.5 * edge + 1
    expected = toys.matrix[0, 2] + offset * circle
    np.testing.assert_allclose(label.visible_box[0] - 0.5, expected, atol=HALF)


@pytest.mark.parametrize("beyond", [0.2, 0.5, 0.9])
def test_truncation_of_a_cube_is_the_solid_angle_that_the_rim_cuts_off(toys, beyond):
    """A face of a cube, `beyond` of its width right of the image."""
    x, size, thick = 15.0, 1.6, 0.001
    rim = (1241.5 - toys.matrix[0, 2]) / toys.matrix[0, 0] * x
    right = rim + (beyond - 0.5) * size
    board = toys.box("board", (thick, size, size))
    label = toys.look([(board, (x + thick / 2, -right, 0), 0.0)]).of("board")

    def angle(left, far):
        def corner(u, v):
            return np.arctan(u * v / np.sqrt(1 + u * u + v * v))

        top, bottom = (1.65 - size) / x, 1.65 / x
        return corner(far, bottom) - corner(left, bottom) - corner(far, top) + corner(left, top)

    low, high = (right - size / 2) / x, (right + size / 2) / x
    expected = angle(rim / x, high) / angle(low, high)
    pixel = x / toys.matrix[0, 0] / size
    np.testing.assert_allclose(label.truncation, expected, atol=0.5 * pixel + 0.002)
    np.testing.assert_allclose(
        label.unclipped_box[2] + 0.5, toys.matrix[0, 2] + toys.matrix[0, 0] * high, atol=HALF
    )
    assert label.amodal_box[2] == 1241
