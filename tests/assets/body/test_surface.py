import numpy as np
import pytest

from synthgen.assets.body.surface import (
    Surface,
    banded,
    border,
    cut,
    extruded,
    kept,
    smoothed,
    vertex_normals,
)


def sheet(count: int = 9) -> Surface:
    x, y = np.meshgrid(np.linspace(0, 1, count), np.linspace(0, 1, count))
    points = np.stack([x.ravel(), y.ravel(), 0 * x.ravel()], 1)
    a = (np.arange(count - 1)[:, None] * count + np.arange(count - 1)).ravel()
    b, c, d = a + 1, a + count, a + count + 1
    triangles = np.concatenate([np.stack([a, b, d], 1), np.stack([a, d, c], 1)])
    home = np.column_stack([points, np.zeros((len(points), 2))])
    return Surface(points, home, np.ones((len(points), 1)), triangles,
                   np.zeros(len(triangles), np.int64))  # fmt: skip


def area(surface: Surface, which=slice(None)) -> float:
    a, b, c = (surface.points[surface.triangles[which, i]] for i in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


@pytest.mark.parametrize("limit", [0.1, 0.37, 0.5, 0.93])
def test_a_cut_keeps_the_area_and_divides_it_exactly(limit):
    flat = sheet()
    divided, above = cut(flat, flat.home[:, 0] + 0.2 * flat.home[:, 1] - limit)
    assert area(divided) == pytest.approx(1.0)
    x = np.linspace(0, 1, 100_001)
    below = np.clip((limit - x) / 0.2, 0, 1).mean()
    assert area(divided, above) == pytest.approx(1 - below, abs=1e-4)


def test_cut_triangles_look_the_same_way_as_before():
    flat = sheet()
    divided, _ = cut(flat, flat.home[:, 0] - 0.31)
    a, b, c = (divided.points[divided.triangles[:, i]] for i in range(3))
    assert (np.cross(b - a, c - a)[:, 2] > -1e-12).all()


def test_a_band_narrower_than_any_triangle_is_painted_exactly():
    flat = banded(sheet(), [(lambda home: home[:, 0], 0.30, 0.33),
                            (lambda home: home[:, 1], 0.2, 0.9)], 5,
                  lambda home: home[:, 0] < 0.6)  # fmt: skip
    assert area(flat, flat.finish == 5) == pytest.approx(0.03 * 0.7)
    assert area(flat) == pytest.approx(1.0)


def test_the_border_of_a_sheet_is_its_four_sides_and_a_strip_moves_it():
    flat = sheet()
    edges = border(flat)
    assert len(edges) == 32
    right = np.isclose(flat.points[edges][:, :, 0], 1.0).all(axis=1)
    longer, moved = extruded(flat, edges[right], np.tile([0.5, 0, 0], (len(flat.points), 1)))
    assert area(longer) == pytest.approx(1.5)
    np.testing.assert_allclose(longer.points[moved][:, :, 0], 1.5)
    assert (vertex_normals(longer.points, longer.triangles)[:, 2] > 0.99).all()


def test_what_is_kept_has_no_loose_vertices():
    half = kept(sheet(), sheet().home[:, 0] - 0.4)
    assert set(half.triangles.ravel()) == set(range(len(half.points)))
    assert half.points[:, 0].min() == pytest.approx(0.4)


def test_smoothing_flattens_a_bump_and_leaves_a_plane_alone():
    flat = sheet()
    np.testing.assert_allclose(smoothed(flat.points, flat.triangles, 3), flat.points, atol=1e-12)
    bumped = flat.points.copy()
    bumped[40, 2] = 0.1
    again = smoothed(bumped, flat.triangles, 2)
    assert 0 < again[40, 2] < 0.06
