import numpy as np
import pytest

from synthgen.branching import TWIGS
from synthgen.place.palette import foliage
from synthgen.place.vegetation import COARSE, FINE, blobs, bushes, trees
from synthgen.rng import stream

LEAF = foliage(58, 84, 38)
FEET = np.array([[0.0, 0, 0.1], [30.0, 0, 0.1]])
HEIGHTS = np.array([8.0, 12.0])


def area(faces):
    cross = np.cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0])
    return np.linalg.norm(cross, axis=1).sum() / 2


def test_bushes_in_leaf_are_blobs_and_bare_ones_nothing_but_twigs_in_the_same_room():
    middle, half = np.array([[0.0, 0, 1.0], [9.0, 0, 1.0]]), np.full((2, 3), 1.2)
    (whole,) = bushes(middle, half, LEAF, stream(1, "b"))
    same = blobs(middle, half, LEAF, stream(1, "b"))
    np.testing.assert_array_equal(whole.corners, same.corners)
    (bare,) = bushes(middle, half, LEAF, stream(1, "b"), left=0.0)
    assert bare.material is TWIGS
    reach = np.abs(bare.corners - np.where(bare.corners[..., :1] > 4.5, middle[1], middle[0]))
    assert reach.max() < 1.6
    assert bare.corners[..., 2].max() > 1.9


def test_about_the_share_of_bushes_keeps_its_leaves():
    middle = np.column_stack([4.0 * np.arange(400), np.zeros(400), np.ones(400)])
    leafy, bare = bushes(middle, np.ones((400, 3)), LEAF, stream(1, "b"), 36, 0.65)
    assert len(leafy.corners) / (56 * 400) == pytest.approx(0.65, abs=0.06)
    assert bare.material is TWIGS


@pytest.mark.parametrize("left", [0.0, 0.65])
def test_crowns_keep_the_share_of_their_tufts_and_twigs_reach_where_others_were(left):
    parts, trunks = trees(FEET, HEIGHTS, LEAF, stream(2, "t"), FINE, left)
    whole = trees(FEET, HEIGHTS, LEAF, stream(2, "t"), FINE)[0][0]
    assert len(trunks) == 2
    kept = sum(len(one.corners) for one in parts if one.material is LEAF)
    cores = 200 if left else 0
    assert kept == pytest.approx(left * 10 * FINE + cores, rel=0.05)
    low, high = whole.corners.min(axis=(0, 1)), whole.corners.max(axis=(0, 1))
    twigs = parts[-1].corners
    assert (twigs.max(axis=(0, 1)) < high + 0.5).all()
    assert (twigs.min(axis=(0, 1))[:2] > low[:2] - 0.5).all()
    assert twigs[..., 2].max() > 0.9 * high[2]


def test_far_crowns_of_few_twigs_cover_as_much_as_near_ones():
    fine, coarse = (
        area(trees(FEET, HEIGHTS, LEAF, stream(2, "t"), leaves, 0.0)[0][-1].corners)
        for leaves in (FINE, COARSE)
    )
    assert coarse == pytest.approx(fine, rel=0.4)
