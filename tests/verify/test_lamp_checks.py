import numpy as np
import pytest

from synthgen.verify.faults import Tally
from synthgen.verify.lamp_checks import check_lamps

FRAME = {"frame": 4, "power": False, "sun_elevation": -0.5, "illuminance": 0.1}
DAY = {**FRAME, "sun_elevation": 0.6, "illuminance": 4e4}
DUSK = {**FRAME, "sun_elevation": 0.01, "illuminance": 45.0}


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
        ("lamp feed", {"frame": {**FRAME, "power": True}}),
        ("lamp block", {"block": [1, 2, 2, -1]}),
        ("lamp of object", {"circuits": "low_beam"}),
        ("lamp by night", {"frame": DAY}),
        ("lamp by night", {"frame": {**DAY, "illuminance": 61.0}}),
        (
            "lamp by night",
            {
                "on": [False, False, False, True],
                "lit": [False, False, False, True],
                "level": [0.0, 0.0, 0.0, 1.0],
            },
        ),
        ("lamp steady", {"lit": [False, False, False, True], "level": [0.0, 0.0, 0.0, 1.0]}),
    ],
)
def test_lamps_that_contradict_are_caught(by, changes):
    assert kinds(**changes) == [by]


def test_lamps_may_burn_or_not_where_it_just_gets_dark():
    off = {"on": [False, False, False, True], "lit": [False, False, False, True],
           "level": [0.0, 0.0, 0.0, 1.0]}  # fmt: skip
    assert kinds(frame=DUSK) == []
    assert kinds(frame=DUSK, **off) == []
    assert kinds(frame={**DAY, "lightning": 900.0}) == []


def test_what_flashes_may_be_dark_while_it_is_on():
    dark = {"lit": [False, False, True, False], "level": [0.0, 0.0, 1.0, 0.0]}
    circuit = ["street"] * 3 + ["beacon_a"]
    assert kinds(circuits="beacon_a", circuit=circuit, **dark) == []
