import numpy as np
import pytest

from synthgen.verify.faults import Tally
from synthgen.verify.frame import CameraFiles, FrameFiles
from synthgen.verify.lamp_pictures import check_lamp_pictures

NIGHT = {"frame": 2, "sun_elevation": -0.5, "visibility": 2e4, "rain": 0.0, "snow": 0.0,
         "time": 4.0}  # fmt: skip
AHEAD = np.array([[0, 0, 1.0, 0], [-1.0, 0, 0, 0], [0, -1.0, 0, 0], [0, 0, 0, 1.0]])
"""A camera at the origin that looks along x, world frame."""


def lamps(**changes):
    """Return a lamp 10 m ahead that looks back at the camera: 20 px wide at (50, 40)."""
    columns = {
        "body": ["head"], "track": [3], "circuit": ["red"], "beam": ["signal"], "lit": [True],
        "radius": [0.1], "x": [10.0], "y": [0.0], "z": [0.0], "ahead_x": [-1.0], "ahead_y": [0.0],
        "ahead_z": [0.0],
    }  # fmt: skip
    return {name: np.array(value) for name, value in {**columns, **changes}.items()}


def verdict(shade, night=NIGHT, depth=10.05, objects=(), late=0.0, **changes):
    """Return how often the lamp was checked and what was found, its place being so bright."""
    image = np.zeros((80, 100, 3), np.uint8)
    image[36:45, 46:55, 2] = shade
    empty = np.zeros((80, 100), np.uint16)
    matrix = np.array([[1000.0, 0, 50], [0, 1000.0, 40], [0, 0, 1]])
    camera = CameraFiles(
        image, empty, empty.astype(np.uint8), np.full((80, 100), depth), matrix, AHEAD
    )
    told = {"name": "front", "time": night["time"] + late, "fault": night.get("fault", "")}
    row = {**night, "cameras": [told]}
    files = FrameFiles(2, row, list(objects), {"front": camera}, {})
    tally = Tally()
    check_lamp_pictures(files, "front", lamps(**changes), tally)
    return tally.checks["lamp in picture"], [one.kind for one in tally.violations]


def test_what_is_lit_is_bright_and_dark_lenses_of_signals_are_not():
    assert verdict(250) == (1, [])
    assert verdict(60) == (1, ["lamp in picture"])
    assert verdict(60, lit=[False]) == (1, [])
    assert verdict(250, lit=[False]) == (1, ["lamp in picture"])


def test_dark_lenses_of_vehicles_may_mirror_lamps():
    brake = {"circuit": ["brake"], "beam": ["marker"]}
    assert verdict(60, **brake) == (1, ["lamp in picture"])
    assert verdict(250, lit=[False], **brake) == (1, [])


@pytest.mark.parametrize(
    "changes",
    [
        {"night": {**NIGHT, "sun_elevation": 0.3}}, {"night": {**NIGHT, "visibility": 200.0}},
        {"night": {**NIGHT, "rain": 5.0}}, {"night": {**NIGHT, "lens_dirt": 0.4}},
        {"night": {**NIGHT, "fault": "frozen"}}, {"depth": 8.0}, {"ahead_x": [1.0]},
        {"radius": [0.01]}, {"circuit": ["tail"], "beam": ["marker"]}, {"y": [0.6]},
        {"objects": [{"track": 3, "state_pulse": 0.2}]},
    ],
)  # fmt: skip
def test_nothing_is_told_of_what_does_not_show(changes):
    assert verdict(60, **changes) == (0, [])


def thing(**changes):
    """Return the row of what carries the lamp: at the frame's time it is 0.2 m to the left."""
    known = {"track": 3, "camera": "front", "state": "red", "circuits": "red",
             "velocity": [0.0, -5.0, 0.0], "state_pulse": None}  # fmt: skip
    return {**known, **changes}


def test_a_lamp_is_looked_for_where_it_is_at_the_cameras_own_time():
    there = {"late": 0.04, "on": [True], "y": [0.2]}
    assert verdict(250, objects=[thing()], **there) == (1, [])
    assert verdict(60, objects=[thing()], **there) == (1, ["lamp in picture"])


@pytest.mark.parametrize(
    "changes", [{"circuits": "green"}, {"state": "flashing_red"}, {"camera": "back"}]
)
def test_what_was_switched_or_flashes_between_frame_and_camera_is_left_alone(changes):
    row = thing(**changes)
    assert verdict(60, objects=[row], late=0.04, on=[True], y=[0.2]) == (0, [])
