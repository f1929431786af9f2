"""Which lane the check itself takes for the car's own."""

import pytest

from synthgen.verify.drivable_checks import _own
from synthgen.verify.streetmap import MapFiles

AREA = [[0.0, -1.6], [20.0, -1.6], [20.0, 1.6], [0.0, 1.6]]


@pytest.mark.parametrize("line", [[0, 20], [0, 10, 10, 20], [0, 0, 10, 20, 20]])
def test_a_point_twice_in_a_lanes_middle_does_not_lose_the_lane(line):
    lane = {"kind": "drive", "area": AREA, "center": [[float(x), 0.0, 0.0] for x in line]}
    known = MapFiles({"own": lane}, {}, {})
    assert _own({"ego_x": 10.0, "ego_y": 0.1, "ego_yaw": 0.1}, known) == ["own"]
    assert _own({"ego_x": 10.0, "ego_y": 0.1, "ego_yaw": 3.1}, known) == []
