import numpy as np

from synthgen.classes import CLASSES
from synthgen.report.sheet import Panel, draw, from_above, overlay


def panel():
    instance = np.zeros((60, 200), np.uint16)
    instance[20:40, 50:90] = 7
    row = {"class": "car", "instance": 7, "visible_box": (50, 20, 89, 39)}
    points = np.array([[10.0, 0, 0, 0.5], [0, 10.0, 0, 0.5], [900.0, 0, 0, 0.5]], np.float32)
    classes = np.array([CLASSES["car"].semantic, CLASSES["road"].semantic, 1])
    return Panel(3, np.full((60, 200, 3), 100, np.uint8), instance, points, classes, [row])


def test_masks_are_tinted_with_their_class_and_nothing_else_is():
    drawn = overlay(panel())
    expected = 0.55 * 100 + 0.45 * np.array(CLASSES["car"].color)
    np.testing.assert_allclose(drawn[30, 70], expected, atol=1)
    assert (drawn[5:15, 120:] == 100).all()
    np.testing.assert_array_equal(drawn[20, 60], CLASSES["car"].color)


def test_forward_is_up_and_left_is_left_from_above():
    seen = from_above(panel(), 90)
    lit = np.argwhere(seen.max(axis=2) > 20)
    np.testing.assert_array_equal(lit, [[35, 45], [45, 35]])


def test_a_row_of_the_sheet_shows_image_labels_and_sweep():
    row = draw(panel())
    assert row.shape == (540, 900 + 540, 3)
