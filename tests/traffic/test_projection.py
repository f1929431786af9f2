import numpy as np

from synthgen.traffic.projection import project


def test_meridian_degree_has_its_known_length():
    """A degree of latitude at 45 degrees is 111 131.75 m long on WGS 84 (44.5 to 45.5)."""
    north = project(np.array([[44.5, 9.0], [45.5, 9.0]]), (45.0, 9.0))[:, 1]
    assert abs((north[1] - north[0]) - 111_131.75) < 0.5


def test_parallel_has_the_length_of_its_circle():
    latitude, step = np.deg2rad(37.8), 1e-3
    east = project(np.array([[37.8, -122.3 + step]]), (37.8, -122.3))[0, 0]
    e2 = (2 - 1 / 298.257223563) / 298.257223563
    radius = 6378137.0 * np.cos(latitude) / np.sqrt(1 - e2 * np.sin(latitude) ** 2)
    np.testing.assert_allclose(east, radius * np.deg2rad(step), rtol=1e-6)


def test_the_center_is_the_origin():
    np.testing.assert_allclose(project(np.array([[-33.0, 18.0]]), (-33.0, 18.0)), 0, atol=1e-6)
