import numpy as np
import pytest

from synthgen.render.raycast.edges import pick


@pytest.mark.parametrize("most", [0, 1, 37, 180, 5000])
def test_the_strongest_edges_are_picked_and_of_equals_the_first(most):
    strength = np.random.default_rng(4).integers(0, 40, 2000).astype(np.float32) / 40
    order = np.argsort(-strength, kind="stable")
    strong = order[strength[order] >= 0.5][:most]
    np.testing.assert_array_equal(pick(strength, 0.5, most), np.sort(strong))
