"""A shard of toy frames, written by the real writers."""

from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from scipy.spatial.transform import Rotation

from synthgen.streets import Control

HERE = Path(__file__).parents[1]
SPEED = 9.0
"""[m/s] that the labels of toy cars claim, for what depends on it; nothing moves in one frame."""


def load(path):
    """Return the module in the file `path` below tests/."""
    spec = spec_from_file_location(path.replace("/", "_"), HERE / path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ahead(label):
    """Return the velocity of a thing that moves where it looks."""
    return tuple((SPEED * Rotation.from_quat(label.quaternion).apply([1, 0, 0])).tolist())


@pytest.fixture(scope="session")
def toys():
    """Return the builders of toy worlds."""
    return load("labels/conftest.py").Toys()


def short_lane(toys):
    """Return a lane that ends at 18 m, for a traffic light at 20 m."""
    one = toys.lane("short", -3.5, 1, edge="short", kind="bicycle")
    return replace(one, line=one.line - [82, 0, 0])


@pytest.fixture(scope="session")
def clean_shard(toys, tmp_path_factory):
    """Return a shard of one frame with cars, a van, a cyclist and a pedestrian."""
    placed = [
        (toys.box("car", (4, 1.8, 1.5)), (15, 3, 0), 0.1),
        (toys.box("other", (4.4, 1.8, 1.5)), (12, -3.6, 0), 1.9),
        (toys.box("van", (5.2, 2, 2.2), "van"), (26, 6, 0), 0.2),
        (toys.box("cut", (4, 1.8, 1.5)), (7, -5.4, 0), 1.2),
        (toys.box("bike", (1.8, 0.3, 1.1), "bicycle"), (16, -1, 0), 2.0),
        (toys.box("rider", (0.5, 0.5, 1.0), "rider", rides="bike"), (16, -1, 0.8), 2.0),
        (toys.figure("walker"), (14, 6.5, 0), 3.0),
        (toys.figure("behind"), (15, 1.5, 0), 0.3),
        (toys.signal("head"), (20, -2.5, 3), 3.1, (1.0, 0.0, 0.0)),
    ]
    stuff, streets = toys.painted_street()
    streets = replace(streets, controls={"head": Control("crossing", 3, ("short",))})
    streets = replace(streets, lanes=(*streets.lanes, short_lane(toys)))
    look = toys.look(placed, stuff=stuff, streets=streets, first_track=1000)
    moving = tuple(
        replace(one, velocity=ahead(one)) if one.kind == "car" else one for one in look.labels
    )
    folder = tmp_path_factory.mktemp("clean")
    writers = load("writers/test_files_on_disk.py")
    calibration = load("writers/conftest.py").calibration.__wrapped__(toys)
    writers.write_shard(folder, toys, replace(look, labels=moving), calibration, frames=(20,))
    return folder
