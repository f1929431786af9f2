import numpy as np
import pytest

from synthgen.verify.faults import Tally
from synthgen.verify.lamp_checks import check_lamps

FRAME = {"frame": 4, "power": False}


def lamps(**changes):
    """Return four lamps: two of one dark block, one of a lit one, one of a car; some changed."""
    columns = {
        "body": ["a", "b", "c", "car"], "circuit": ["street"] * 3 + ["tail"],
        "track": [0, 0, 0, 7], "block": [1, 1, 2, -1], "on": [False, False, True, True],
        "lit": [False, False, True, True], "level": [0.0, 0.0, 1.0, 1.0],
        "feed": ["none", "none", "grid", "vehicle"],
    }  # fmt: skip
    return {name: np.array(value) for name, value in {**columns, **changes}.items()}


def kinds(frame=FRAME, circuits="tail,low_beam", **changes):
    tally = Tally()
    check_lamps(frame, lamps(**changes), [{"track": 7, "circuits": circuits}], tally)
    return [one.kind for one in tally.violations]


def test_lamps_that_agree_pass():
    assert kinds() == []


@pytest.mark.parametrize(
    ("by", "changes"),
    [
        ("lamp level", {"level": [0.0, 0.0, 0.0, 1.0]}),
        ("lamp level", {"on": [False, False, True, False], "circuits": "low_beam"}),
        ("lamp feed", {"feed": ["none", "none", "none", "vehicle"]}),
        ("lamp feed", {"frame": {"frame": 4, "power": True}}),
        ("lamp block", {"block": [1, 2, 2, -1]}),
        ("lamp of object", {"circuits": "low_beam"}),
    ],
)
def test_lamps_that_contradict_are_caught(by, changes):
    assert kinds(**changes) == [by]
