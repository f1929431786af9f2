import pytest

from synthgen.verify.faults import Tally
from synthgen.verify.snow_checks import check_snow

LINES = [
    {"snow": [0.2, 0.6, 1.0], "visibility": [2, 2, 1], "painted": [True, True, True]},
    {"snow": [0.9, 0.4], "visibility": [2, 2], "painted": [False, True]},
]


def found(lines=LINES, **row):
    tally = Tally()
    check_snow({"frame": 3, "snow_cover": 5.0, "paint_under_snow": 0.4, **row}, lines, tally)
    return [one.kind for one in tally.violations]


def test_the_mean_over_open_paint_passes_and_no_lines_have_none():
    assert not found()
    assert not found([], paint_under_snow=0.0, snow_cover=0.0)


@pytest.mark.parametrize("told", [0.39, 0.5, 0.0])
def test_another_mean_is_found(told):
    assert found(paint_under_snow=told) == ["paint under snow"]


def test_snow_on_lines_without_snow_and_shares_above_one_are_found():
    assert found(snow_cover=0.0) == ["snow on lines"]
    more = [{"snow": [1.5], "visibility": [0], "painted": [True]}]
    assert found(more, paint_under_snow=0.0) == ["snow on lines"]
