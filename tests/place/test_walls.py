import numpy as np
import pytest

from synthgen.place.palette import FRAME_WHITE
from synthgen.place.walls import FRONT, Wall, casings

WALL = Wall(np.array([2.0, 1.0]), np.array([1.0, 0.0]), 8.0, 0.5, FRONT)


def test_a_casing_is_a_rim_before_the_wall_with_an_open_middle():
    patch = casings(WALL, [[1.0, 2.2, 0.9, 2.3]], 0.1, 0.09, FRAME_WHITE)
    a, b, c = patch.corners.swapaxes(0, 1)
    normal = np.cross(b - a, c - a) / 2
    front = normal[:, 1] < -1e-9
    assert len(patch.corners) == 24
    assert -normal[front, 1].sum() == pytest.approx(1.4 * 1.6 - 1.2 * 1.4)
    np.testing.assert_allclose(patch.corners[front][..., 1], 1.0 - 0.09)
    assert patch.corners[..., 1].max() == pytest.approx(1.0)


def test_the_faces_of_a_casing_look_away_from_its_wood():
    patch = casings(WALL, [[1.0, 2.2, 0.9, 2.3]], 0.1, 0.09, FRAME_WHITE)
    a, b, c = patch.corners.swapaxes(0, 1)
    normal = np.cross(b - a, c - a)
    middle = np.array([2.0 + 1.6, 0.955, 0.5 + 1.6])
    away = (a + b + c) / 3 - middle
    aside = np.abs(normal[:, 1]) < 1e-9
    inner = np.abs(away[:, 0] / 0.61) < 1.0
    inner &= np.abs(away[:, 2] / 0.71) < 1.0
    assert (aside & inner).sum() == (aside & ~inner).sum() == 8
    toward = np.einsum("ij,ij->i", normal, away)
    assert (toward[aside & inner] < 0).all()
    assert (toward[aside & ~inner] > 0).all()
