"""The toy worlds of the labels' tests, for the writers."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest

from synthgen.writers.kitti import Calibration


@pytest.fixture(scope="session")
def toys():
    """Return the builders of toy worlds."""
    path = Path(__file__).parents[1] / "labels" / "conftest.py"
    spec = spec_from_file_location("toy_worlds", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Toys()


@pytest.fixture(scope="session")
def street(toys):
    """Return a look at a small street: cars, a cyclist, a pedestrian, a motorcyclist, a far car."""
    placed = [
        (toys.box("car", (4, 1.8, 1.5), subtype="saloon"), (15, 3, 0), 0.1),
        (toys.box("hidden", (4, 1.8, 1.5), subtype="taxi"), (24, 4, 0), 0.0),
        (toys.box("cut", (4, 1.8, 1.5)), (7, -5.2, 0), 1.2),
        (toys.box("bike", (1.8, 0.3, 1.1), "bicycle"), (12, -1, 0), 2.0),
        (toys.box("rider", (0.5, 0.5, 1.0), "rider", rides="bike"), (12, -1, 0.8), 2.0),
        (toys.box("walker", (0.5, 0.6, 1.75), "pedestrian"), (18, -3, 0), -0.5),
        (toys.box("machine", (2, 0.5, 1.1), "motorcycle"), (20, 0, 0), 0.0),
        (toys.box("pilot", (0.6, 0.5, 1.0), "rider", rides="machine"), (20, 0, 0.8), 0.0),
        (toys.box("dot", (0.3, 0.3, 0.3), "dog"), (90, 1, 0), 0.0),
    ]
    return toys.look(placed, first_track=1000)


@pytest.fixture(scope="session")
def calibration(toys):
    """Return a calibration with turned axes that is true for the toy camera and lidar."""
    look = toys.look([])
    camera_from_world = np.linalg.inv(look.camera.view.world_from_camera)
    turn = np.array([[0.9999239, 0.0098, -0.0074], [-0.00987, 0.99994, -0.0043], [0, 0, 1]])
    left, _, right = np.linalg.svd(turn)
    rectification = left @ right
    shift = np.array([0.06, 0.0003, 0.0027])
    rectified = (camera_from_world @ look.lidar.world_from_lidar)[:3].copy()
    rectified[:, 3] -= shift
    plain = np.hstack([toys.matrix, np.zeros((3, 1))])
    second = np.hstack([toys.matrix, (toys.matrix @ shift)[:, None]])
    imu = np.eye(4)[:3]
    return Calibration(plain, plain, second, plain, rectification, rectification.T @ rectified, imu)
