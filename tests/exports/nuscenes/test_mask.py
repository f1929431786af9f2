import numpy as np
import pytest

from synthgen.exports.nuscenes.mask import MARGIN, SCALE, mask, window

SQUARE = np.array([[0.0, 0], [10, 0], [10, 5], [0, 5]])


@pytest.mark.parametrize(
    ("x", "y", "level"), [(5, 2.5, 255), (9.8, 4.8, 255), (10.3, 2, 0), (5, -0.3, 0), (5, 5.3, 0)]
)
def test_a_pixel_is_white_where_ground_is_with_the_origin_at_the_lower_left(x, y, level):
    seen = window(np.array([[-20.5, 3.0], [30.0, 8.0]]))
    assert seen.origin == (-121.0, -97.0)
    column = round((x - seen.origin[0]) * SCALE)
    row = seen.height - round((y - seen.origin[1]) * SCALE)
    picture = mask([SQUARE], seen)
    assert picture[row, column] == level
    assert abs(np.count_nonzero(picture) / SCALE**2 - 50) < 2


def test_the_window_leaves_room_round_the_way_and_what_is_outside_is_left_out():
    seen = window(np.array([[0.0, 0.0]]))
    assert (seen.width, seen.height) == (2 * MARGIN * SCALE,) * 2
    assert not mask([SQUARE + 500], seen).any()
