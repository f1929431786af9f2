import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.pieces import boxes, clusters, parts

coordinates = st.lists(st.tuples(*[st.integers(0, 12)] * 3), min_size=1, max_size=12)


def test_triangles_that_share_corners_are_one_part():
    triangles = np.array([[7, 8, 9], [0, 1, 2], [9, 10, 11], [2, 3, 4]])
    assert parts(triangles).tolist() == [1, 0, 1, 0]


def test_each_part_has_its_box():
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 2, 0], [5, 5, 5], [6, 5, 5], [5, 5, 7.0]])
    low, high = boxes(vertices, np.array([[0, 1, 2], [3, 4, 5]]), np.array([0, 1]))
    np.testing.assert_array_equal(low, [[0, 0, 0], [5, 5, 5]])
    np.testing.assert_array_equal(high, [[1, 2, 0], [6, 5, 7]])


@settings(deadline=None)
@given(coordinates, st.integers(0, 4))
def test_clusters_are_the_closure_of_being_near(places, near):
    low = np.array(places, float)
    high = low + 1.0
    gap = np.maximum(low[:, None] - high[None], low[None] - high[:, None]).max(axis=2)
    linked = gap <= near
    for _ in range(len(low)):
        linked = linked @ linked
    label = clusters(low, high, float(near))
    np.testing.assert_array_equal(label[:, None] == label[None], linked)
    assert sorted(set(label.tolist())) == list(range(label.max() + 1))
