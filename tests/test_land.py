import numpy as np

from synthgen.land import HeightField


def test_the_field_is_linear_on_each_half_cell_and_continuous():
    rng = np.random.default_rng(1)
    field = HeightField(np.zeros(2), 2.0, rng.normal(0, 1, (6, 7)))
    inner = np.array([[2.1, 4.1], [3.7, 4.2], [2.2, 5.6]])
    middle = inner.mean(axis=0)[None]
    np.testing.assert_allclose(field.height(middle), field.height(inner).mean())
    seam = np.array([[3.0, 5.0], [4.0, 4.5], [2.6, 6.0]])
    for step in ([1e-9, 0], [0, 1e-9], [1e-9, 1e-9]):
        np.testing.assert_allclose(field.height(seam - step), field.height(seam + step), atol=1e-7)


def test_the_slope_of_a_plane_is_its_gradient():
    x, y = np.meshgrid(np.arange(9) * 2.0, np.arange(8) * 2.0)
    field = HeightField(np.zeros(2), 2.0, 0.08 * x - 0.03 * y)
    found = field.slope(np.random.default_rng(2).uniform(0, 14, (50, 2)))
    np.testing.assert_allclose(found, np.tile([0.08, -0.03], (50, 1)))
