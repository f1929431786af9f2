import numpy as np
import pytest

from synthgen.foliage import tufts
from synthgen.place.palette import foliage
from synthgen.place.vegetation import blobs
from synthgen.rng import stream


def made(count=4000, seed=1):
    middle = np.tile([[3.0, -2.0, 5.0]], (count, 1))
    half = np.tile([[1.5, 1.5, 1.0]], (count, 1))
    return tufts(middle, half, np.full(count, 0.3), stream(seed, "tufts"))


def test_tufts_lie_about_the_skin_of_their_ball():
    corners, _ = made()
    reach = np.linalg.norm((corners - [3.0, -2.0, 5.0]) / [1.5, 1.5, 1.0], axis=-1)
    assert reach.min() > 0.5
    assert reach.max() < 1.02 + 0.3 * 1.4 * 1.25 / 1.0
    middle = np.linalg.norm((corners.mean(axis=1) - [3.0, -2.0, 5.0]) / [1.5, 1.5, 1.0], axis=-1)
    assert 0.75 < np.median(middle) < 1.05


def test_tufts_are_seen_from_outside_and_lit_as_the_ball_is():
    corners, normals = made()
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    out = corners.mean(axis=1) - [3.0, -2.0, 5.0]
    assert (np.einsum("ij,ij->i", face, out) > 0).mean() > 0.95
    assert (np.einsum("ij,ij->i", face, normals[:, 0]) > 0).all()
    np.testing.assert_allclose(np.linalg.norm(normals, axis=-1), 1.0, rtol=1e-9)


@pytest.mark.parametrize("leaves", [36, 60, 180])
def test_any_number_of_tufts_covers_as_much_of_a_bush(leaves):
    count, radius = 60, 1.4
    middle = np.tile([[0.0, 0.0, 2.0]], (count, 1))
    patch = blobs(middle, np.full((count, 3), radius), foliage(58, 84, 38), stream(2, "b"), leaves)
    assert len(patch.corners) == count * (20 + leaves)
    tips = patch.corners[20 * count :]
    area = np.linalg.norm(np.cross(tips[:, 1] - tips[:, 0], tips[:, 2] - tips[:, 0]), axis=1) / 2
    assert area.sum() / (count * 4 * np.pi * radius**2) == pytest.approx(0.6, rel=0.15)
