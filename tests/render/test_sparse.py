import numpy as np
import pytest

from synthgen.render.raycast.sparse import filled

ROWS, COLUMNS = 41, 64
V, U = (grid.ravel().astype(float) for grid in np.mgrid[:ROWS, :COLUMNS])


def asked(level, distance):
    """Return what `filled` makes of `level` (a number per point), and which points it asked."""
    calls = []

    def evaluate(some):
        calls.append(some)
        return level[some, None] * [1.0, 0.5, 0.25]

    found = filled(distance, COLUMNS, evaluate)
    every = np.concatenate(calls)
    assert len(np.unique(every)) == len(every)
    return found, np.isin(np.arange(len(level)), every)


def test_a_slope_is_evaluated_at_a_quarter_of_the_points_and_exact_between():
    level = 5.0 + 0.01 * U + 0.02 * V
    found, known = asked(level, np.full(len(level), 30.0))
    np.testing.assert_allclose(found, level[:, None] * [1.0, 0.5, 0.25], rtol=1e-12)
    assert known.mean() < 0.33


@pytest.mark.parametrize("width", [3.0, 6.0, 15.0])
def test_a_halo_is_known_within_8_percent_and_a_sharp_core_exactly(width):
    away = np.hypot(U - 31.3, V - 17.6)
    level = 0.2 + 1.0 / (0.1 + (away / width) ** 2)
    found, known = asked(level, np.full(len(level), 30.0))
    assert np.abs(found[:, 0] / level - 1).max() < 0.08
    assert width > 6.0 or known[away < 0.4 * width].all()
    assert known.mean() < 0.75


def test_nothing_is_spread_over_a_silhouette():
    near = (U > 20) & (V > 11)
    level = np.where(near, 1.0, 1.1)
    found, known = asked(level, np.where(near, 12.0, np.inf))
    np.testing.assert_allclose(found[:, 0], level, rtol=1e-12)
    assert known.mean() < 0.4


def test_the_dark_is_left_dark():
    found, _ = asked(np.zeros(len(U)), np.full(len(U), 30.0))
    assert (found == 0).all()
