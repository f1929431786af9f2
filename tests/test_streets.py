import numpy as np

from synthgen.streets import Boundary, sample


def line(rise):
    """Return a line of 100 m over the ground that rises evenly, dashed along the slope."""
    ends = np.array([[0.0, 0.0, 0.0], [100.0, 0.0, 100.0 * rise]])
    length = 100 * np.hypot(1, rise)
    painted = np.array([[0.0, 3.0], [length - 6.0, length - 3.0]])
    return Boundary("one", "dashed", "white", ends, 0.12, 0.0, painted)


def test_paint_lies_where_it_does_along_the_slope():
    for rise in (0.0, 0.1):
        point, painted = sample(line(rise))
        scale = np.hypot(1, rise)
        way = point[:, 0] * scale
        length = 100 * scale
        wanted = (way <= 3) | ((way >= length - 6 - 1e-9) & (way <= length - 3 + 1e-9))
        np.testing.assert_array_equal(painted, wanted)
        np.testing.assert_allclose(point[:, 2], rise * point[:, 0], atol=1e-9)


def test_samples_are_a_metre_apart_at_most():
    point, _ = sample(line(0.3))
    assert np.linalg.norm(np.diff(point, axis=0), axis=1).max() <= 1 + 1e-9
