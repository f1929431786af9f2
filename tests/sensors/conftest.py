"""KITTI's car and worlds to scan."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pydantic
import pytest
import yaml

from synthgen.atmosphere import Atmosphere
from synthgen.config_camera import with_makes
from synthgen.geometry import yaw_quaternion
from synthgen.motion import Motion, Track
from synthgen.rig import Lidar, Rig
from synthgen.scene import Scene

FILE = Path(__file__).parents[2] / "conf" / "rig" / "kitti.yaml"
CLEAR = Atmosphere((0.0, 0.0, 0.0), 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def straight(velocity, start=(0.0, 0.0, 0.0), yaw_rate=0.0, steps=41) -> Track:
    """Return a drive at constant `velocity` and turn rate from -1 to 1 s, at `start` at 0 s."""
    time = np.linspace(-1, 1, steps)
    position = np.array(start) + time[:, None] * np.array(velocity)
    return Track(
        time, position, yaw_quaternion(yaw_rate * time), np.zeros(steps), np.zeros((steps, 0)),
        ((-1.0, 1.0),),
    )  # fmt: skip


def moving(scene: Scene, tracks: dict[int, Track]) -> Scene:
    """Return `scene` with some tracks replaced."""
    old = scene.motion.tracks
    return Scene(
        scene.world,
        Motion(tuple(tracks.get(i, track) for i, track in enumerate(old)), scene.motion.times),
    )


def ideal(lidar: Lidar) -> Lidar:
    """Return `lidar` without noise, threshold and losses, its beams as thin as rays."""
    model = replace(
        lidar.model, range_noise=0.0, weak_noise=0.0, range_step=1e-9, lost=0.0, threshold=1e-12,
        bias=(0.0,) * lidar.model.beams, nearest=0.05, farthest=500.0,
        false_alarms=1e-12, bloom=0.0, divergence=1e-9,
    )  # fmt: skip
    return replace(lidar, model=model)


@pytest.fixture(scope="session")
def rig() -> Rig:
    """Return KITTI's rig."""
    return pydantic.TypeAdapter(Rig).validate_python(with_makes(yaml.safe_load(FILE.read_text())))


@pytest.fixture
def clear() -> Atmosphere:
    """Return a vacuum."""
    return CLEAR


@pytest.fixture(scope="session")
def drive():
    """Return the builder of straight drives."""
    return straight


@pytest.fixture(scope="session")
def on_the_move():
    """Return the function that replaces tracks of a scene."""
    return moving


@pytest.fixture(scope="session")
def perfect():
    """Return the function that takes a lidar's faults away."""
    return ideal
