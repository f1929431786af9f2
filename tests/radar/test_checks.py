"""What a list of a radar is held against."""

import numpy as np
import pytest

from synthgen.radar.checks import Listed, _check_field, check_objects

SCAN = {"name": "image", "field_deg": 60.0, "azimuth_accuracy_deg": 0.1, "farthest": 300.0}


def verdict(side, up, distance=50.0):
    """Return what the check says of a point at these sines of the angles from the two planes."""
    ahead = np.sqrt(1 - side**2 - up**2)
    rows = np.array([(ahead * distance, side * distance, up * distance)], "f4,f4,f4")
    rows.dtype.names = ("x", "y", "z")
    model = {"distance_step": 0.0, "scans": [SCAN]}
    listed = Listed(rows, {"scan": np.zeros(1)}, [], model, np.zeros(3), np.eye(4))
    said = []
    _check_field(listed, lambda kind, good, what: said.append(good))
    return said[0]


@pytest.mark.parametrize("up", [0.0, 0.2, -0.3])
def test_a_field_ends_at_its_sine_at_every_height(up):
    """High up the azimuth of that edge is larger: 65 degrees at a sine of 0.3 up."""
    edge = np.sin(np.radians(60.0))
    assert verdict(edge, up)
    assert verdict(-edge, up)
    assert not verdict(edge + 0.02, up)


def test_nothing_is_listed_beyond_the_farthest_range():
    assert verdict(0.1, 0.0, 299.0)
    assert not verdict(0.1, 0.0, 302.0)


@pytest.mark.parametrize(("speed", "grown", "good"), [(2.15, 0.165, True), (0.0, 0.165, False)])
def test_the_box_of_a_brisk_walker_grows_with_the_stride_and_that_of_one_who_stands_does_not(
    speed, grown, good
):
    """8.2 m/s at a speed of 2.15 m/s, as measured; a radar that looks 20 ms later sees it."""
    row = {
        "instance": 1, "class": "pedestrian", "center": [5.0, 0.0, 0.9], "velocity": [speed, 0, 0],
        "quaternion": [0.0, 0.0, 0.0, 1.0], "size": [0.6, 0.5, 1.8],
    }  # fmt: skip
    box = {**row, "size": [0.6 + grown, 0.5, 1.8], "center": [5.0 + 0.02 * speed, 0.0, 0.9]}
    listed = Listed(np.zeros(0), {}, [box], {}, np.zeros(3), np.eye(4))
    said = []
    check_objects(listed, [row], 0.02, lambda kind, holds, what: said.append(holds))
    assert said == [good]
