import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from synthgen.writers.rle import rle


@given(
    st.integers(1, 9), st.integers(1, 9), st.integers(0, 4), st.integers(0, 4),
    st.integers(0, 4), st.integers(0, 4), st.integers(0, 2**32 - 1), st.sampled_from([0, 0.3, 1]),
)  # fmt: skip
def test_decoding_gives_the_mask_back(h, w, left, right, above, below, seed, share):
    cut = np.random.Generator(np.random.Philox(seed)).random((h, w)) < share
    full = np.zeros((above + h + below, left + w + right), bool)
    full[above : above + h, left : left + w] = cut
    made = rle(cut, left, above, *full.shape)
    np.testing.assert_array_equal(coco_mask.decode(made).astype(bool), full)
    own = coco_mask.encode(np.asfortranarray(full.astype(np.uint8)))
    assert made["counts"] == own["counts"].decode()


@pytest.mark.parametrize("corner", [(0, 0), (5, 7)])
def test_a_single_pixel_has_area_one(corner):
    made = rle(np.ones((1, 1), bool), corner[1], corner[0], 6, 8)
    assert coco_mask.area(made) == 1
