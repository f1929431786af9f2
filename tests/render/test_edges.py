import numpy as np
import pytest

from synthgen.render.raycast import edges
from synthgen.render.raycast.edges import pick


@pytest.mark.parametrize("most", [0, 1, 37, 180, 5000])
def test_the_strongest_edges_are_picked_and_of_equals_the_first(most):
    strength = np.random.default_rng(4).integers(0, 40, 2000).astype(np.float32) / 40
    order = np.argsort(-strength, kind="stable")
    strong = order[strength[order] >= 0.5][:most]
    np.testing.assert_array_equal(pick(strength, 0.5, most), np.sort(strong))


def marked(body):
    height, width = body.shape
    strength = np.zeros(body.size, np.float32)
    count = edges.thin(strength, body.ravel().astype(np.int32), height, width)
    found = (strength > 2.02).reshape(body.shape)
    assert count == found.sum()
    return found


def test_a_wire_a_pixel_wide_and_its_neighbours_come_before_every_other_edge():
    body = np.full((9, 12), -1)
    body[:, 5] = 3
    found = marked(body)
    assert found[1:8, 4:7].all()
    assert not found[:, :4].any()
    assert not found[:, 7:].any()


def test_what_is_wider_is_left_to_its_contrast():
    body = np.full((12, 12), -1)
    body[3:9, 3:9] = 3
    assert not marked(body).any()


def test_a_gap_a_pixel_wide_counts_as_a_twig_does():
    body = np.full((12, 12), 3)
    body[6] = -1
    found = marked(body)
    assert found[5:8, 1:11].all()
    assert found.sum() == 3 * 10 + 2


def test_picking_takes_thin_pixels_first_where_not_all_can_be_had():
    strength = np.full(100, 2.0, np.float32)
    body = np.full((10, 10), -1, np.int32)
    body[4, 4] = 7
    count = edges.thin(strength, body.ravel(), 10, 10)
    assert set(edges.pick(strength, 0.06, count)) == {34, 43, 44, 45, 54}
