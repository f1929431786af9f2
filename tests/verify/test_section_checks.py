import pytest

from synthgen.verify.faults import Tally
from synthgen.verify.section_checks import check_sections


def row(track, kind, x, length, part_of=0, **more):
    lamps = {"brake": True, "tail": None, "reverse": False, "indicator": "left"}
    return {"camera": "front", "track": track, "class": kind, "part_of": part_of,
            "center": [x, 2.0, 1.5], "size": [length, 2.5, 3.0], "quaternion": [0, 0, 0, 1],
            **lamps, **more}  # fmt: skip


def faults(*rows):
    tally = Tally()
    check_sections(20, rows, tally)
    return tally


BUS = row(7, "bus", 30.0, 10.0, brake=None)
TOWED = row(8, "bus", 21.0, 8.0, 7)


def test_both_sections_of_a_bus_meet_and_so_do_those_of_a_truck():
    tally = faults(BUS, TOWED, row(1, "car", 5.0, 4.0))
    assert not tally.violations
    assert not faults(row(7, "truck", 30, 6.0), row(8, "trailer", 24.6, 13.0, 7)).violations


@pytest.mark.parametrize(
    "wrong",
    [{"part_of": 9}, {"class": "car"}, {"center": [20.5, 2, 1.5]}, {"center": [21, 2.5, 1.5]},
     {"indicator": "off"}, {"size": [7.0, 2.5, 3.0]}, {"quaternion": [0, 0, 0.1, 0.995]}],
)  # fmt: skip
def test_sections_that_part_or_disagree_are_caught(wrong):
    assert faults(BUS, {**TOWED, **wrong}).violations
