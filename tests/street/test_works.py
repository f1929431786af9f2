import numpy as np
import pytest

from synthgen.street.works import BOARD, barrier_board


def test_a_board_stands_on_the_ground_within_its_box():
    body = barrier_board("one")
    low, high = body.mesh.vertices.min(axis=0), body.mesh.vertices.max(axis=0)
    assert low[2] == pytest.approx(0.0, abs=0.01)
    np.testing.assert_allclose(np.array(body.extent.size), high - low)
    assert body.name == "one"


def test_a_board_is_as_wide_as_the_rules_say_and_its_stripes_cover_it():
    body = barrier_board("b")
    assert body.extent.size[1] == pytest.approx(BOARD[0], abs=0.01)
    points = body.mesh.vertices[np.abs(body.mesh.vertices[:, 2] - 0.925) < 0.14]
    assert np.ptp(points[:, 1]) == pytest.approx(BOARD[0], abs=0.01)
