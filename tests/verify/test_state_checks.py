"""Lenses drawn by hand: what the picture shows decides what a signal may say."""

import numpy as np
import pytest

from synthgen.verify.faults import Tally
from synthgen.verify.frame import CameraFiles, FrameFiles
from synthgen.verify.state_checks import check_states

K = np.array([[721.5, 0, 100.0], [0, 721.5, 60.0], [0, 0, 1]])
BGR = {"red": (30, 40, 250), "amber": (20, 180, 250), "green": (180, 220, 30)}
CIRCUITS = {"off": "", "red_amber": "red,amber", "flashing_amber": "amber",
            "flashing_red": "red"}  # fmt: skip
DAY = {"sun_elevation": 0.8, "visibility": 4e4, "rain": 0.0}


def head(state, lit, distance=15.0, turn=np.pi):
    """Return files of one head 0.7 m wide with its `lit` lenses bright, and its row."""
    view = np.array([[0, 0, 1, 0], [-1, 0, 0, 0], [0, -1, 0, 0], [0, 0, 0, 1.0]])
    row, column = np.mgrid[0:121, 0:201].astype(float)
    y, z = -(column - 100) / K[0, 0] * distance, -(row - 60) / K[1, 1] * distance
    mask = (np.abs(y) < 0.33) & (np.abs(z) < 0.72)
    image = np.full((121, 201, 3), 150, np.uint8)
    image[mask] = 40
    for name, height in (("red", 0.36), ("amber", 0.0), ("green", -0.36)):
        if name in lit:
            image[np.hypot(y, z - height) < 0.15] = BGR[name]
    camera = CameraFiles(image, mask.astype(np.uint16), np.zeros_like(mask, np.uint8),
                         np.where(mask, distance, 0.0), K, view)  # fmt: skip
    rows, columns = np.nonzero(mask)
    label = {
        "camera": "front", "class": "traffic_light", "track": 1, "instance": 1, "state": state,
        "circuits": CIRCUITS.get(state, state), "lanes": [], "state_lit": state != "off",
        "center": [distance, 0.0, 0.0], "size": [0.4, 0.66, 1.44],
        "quaternion": [0, 0, np.sin(turn / 2), np.cos(turn / 2)],
        "visible_box": [columns.min(), rows.min(), columns.max(), rows.max()],
    }  # fmt: skip
    return FrameFiles(0, DAY, [label], {"front": camera}, {})


def found(files):
    tally = Tally()
    check_states(files, "front", {}, tally)
    return tally


@pytest.mark.parametrize("state", ["red", "amber", "green"])
def test_the_lens_that_shines_is_the_state(state):
    tally = found(head(state, {state}))
    assert tally.checks["signal lens"] == 1
    assert not tally.violations


@pytest.mark.parametrize(("state", "lit"), [("red", "green"), ("green", "amber"), ("amber", "red")])
def test_another_lens_is_caught(state, lit):
    assert [one.kind for one in found(head(state, {lit})).violations] == ["signal lens"]


def test_red_with_amber_needs_both(tmp_path):
    assert not found(head("red_amber", {"red", "amber"})).violations
    assert found(head("red_amber", {"red"})).violations


@pytest.mark.parametrize("color", ["amber", "red"])
def test_what_flashes_is_as_bright_as_it_says(color):
    for lit in (True, False):
        for bright in ({color}, set()):
            files = head(f"flashing_{color}", bright)
            files.objects[0]["state_lit"] = lit
            kinds = [one.kind for one in found(files).violations]
            assert kinds == ([] if lit == bool(bright) else ["signal lens"])


@pytest.mark.parametrize(("state", "lit"), [("red", False), ("off", True)])
def test_what_does_not_flash_is_bright_when_it_is_on(state, lit):
    files = head(state, {state} - {"off"}, distance=120.0)
    files.objects[0]["state_lit"] = lit
    assert [one.kind for one in found(files).violations] == ["signal lit"]


@pytest.mark.parametrize("turn", [0.0, np.pi / 2])
def test_heads_that_look_elsewhere_are_not_judged(turn):
    assert found(head("red", {"green"}, turn=turn)).checks["signal lens"] == 0


def test_heads_far_off_are_not_judged():
    assert found(head("red", {"green"}, distance=120.0)).checks["signal lens"] == 0


def test_a_state_that_is_not_its_circuits_is_caught():
    files = head("red", {"red"})
    files.objects[0]["circuits"] = "green"
    assert {one.kind for one in found(files).violations} == {"signal state"}


@pytest.mark.parametrize(
    ("speed", "reverse", "kinds"),
    [
        (-1.5, True, []), (-1.5, False, ["reversing lamps"]), (9.0, True, ["reversing lamps"]),
        (9.0, False, []), (0.1, True, []), (-1.5, None, []),
    ],
)  # fmt: skip
def test_reversing_lamps_follow_the_way(speed, reverse, kinds):
    turn = 2.0
    car = {
        "camera": "front", "class": "car", "track": 4, "circuits": "reverse" if reverse else "",
        "brake": None, "tail": None, "reverse": reverse, "beacon": None, "indicator": "",
        "velocity": [speed * np.cos(turn), speed * np.sin(turn), 0.0],
        "size": [4.4, 1.8, 1.5], "center": [20.0, 0.0, 0.8],
        "quaternion": [0, 0, np.sin(turn / 2), np.cos(turn / 2)],
    }  # fmt: skip
    files = head("red", {"red"})
    assert [one.kind for one in found(FrameFiles(0, DAY, [car], files.cameras, {})).violations] == (
        kinds
    )
