import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon

from synthgen.place import palette
from synthgen.place.planar import (
    along,
    cut,
    dashes,
    lengths,
    offset,
    ribbon,
    strewn,
    surface,
    tiles,
)


def area_of(corners):
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2


@given(st.lists(st.floats(0.3, 2.0), min_size=4, max_size=12))
def test_triangles_cover_a_star_once_and_face_up(radii):
    angle = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    star = Polygon(np.column_stack([np.cos(angle), np.sin(angle)]) * np.array(radii)[:, None])
    areas = area_of(surface([star], 0.0, palette.SOIL).corners[..., :2])
    assert (areas > -1e-12).all()
    assert areas.sum() == pytest.approx(star.area)


def test_holes_stay_open():
    ring = shapely.box(0, 0, 4, 4).difference(shapely.box(1, 1, 2, 2))
    assert area_of(surface([ring], 0.0, palette.SOIL).corners[..., :2]).sum() == pytest.approx(15)


def test_tiles_keep_the_area():
    shape = shapely.Point(3, 7).buffer(25)
    assert sum(part.area for part in tiles(shape, 6.0)) == pytest.approx(shape.area)


def test_offset_of_a_right_angle_keeps_its_distance():
    line = np.array([[0.0, 0], [10, 0], [10, 10]])
    np.testing.assert_allclose(offset(line, 1.0), [[0, 1], [9, 1], [9, 10]])


def test_cut_has_the_length_asked_for():
    line = np.array([[0.0, 0], [3, 4], [3, 10]])
    assert lengths(cut(line, 2.0, 9.0))[-1] == pytest.approx(7.0)


def test_along_meets_the_corner():
    np.testing.assert_allclose(
        along(np.array([[0.0, 0], [3, 4], [3, 10]]), np.array([5.0])), [[3, 4]]
    )


def test_ribbon_area_is_length_times_width():
    quads = ribbon(np.array([[0.0, 0], [10, 0], [20, 0]]), 0.12)
    assert shapely.area(shapely.polygons(quads)).sum() == pytest.approx(2.4)


def test_dashes_fill_a_third_of_the_line():
    quads = dashes(np.array([[0.0, 0], [90, 0]]), 0.1, 3.0, 6.0)
    assert len(quads) == 10
    np.testing.assert_allclose(shapely.area(shapely.polygons(quads)), 0.3)


def test_dashes_bend_as_their_line_does():
    turn = np.linspace(0, np.pi / 2, 60)
    arc = 8.0 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    quads = dashes(arc, 0.1, 3.0, 3.0)
    radius = np.linalg.norm(quads, axis=2)
    assert len(quads) > 20
    np.testing.assert_allclose(
        radius, np.broadcast_to([8.05, 8.05, 7.95, 7.95], radius.shape), atol=0.01
    )


def test_points_are_strewn_inside_only_and_as_many_as_asked_for():
    ring = shapely.Point(3, 4).buffer(10).difference(shapely.Point(3, 4).buffer(7))
    points = strewn(ring, 300, np.random.default_rng(1))
    assert shapely.contains_xy(ring, points).all()
    assert 240 < len(points) <= 300
    assert len(strewn(shapely.Polygon(), 10, np.random.default_rng(1))) == 0
