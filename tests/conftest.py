"""Small worlds that tests share."""

import os
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from synthgen.compiled import folder

os.environ["NUMBA_CACHE_DIR"] = str(folder())  # before anything loads numba

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from synthgen.geometry import yaw_quaternion
from synthgen.materials import Material
from synthgen.mesh import Mesh, mesh
from synthgen.motion import Motion, standing
from synthgen.scene import Scene
from synthgen.world import Body, Environment, Extent, World

settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")  # a shared machine is slow at times

CORNERS = np.array(
    [[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)], float
)
FACES = np.array(
    [
        [0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1],
        [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3],
    ]
)  # fmt: skip
GREY = Material("grey", (0.5, 0.5, 0.5))


def box_mesh(size=(1.0, 1.0, 1.0), center=(0.0, 0.0, 0.0), kind="car", material=GREY) -> Mesh:
    """Return an axis-aligned box with outward faces."""
    return mesh(CORNERS * np.array(size) + np.array(center), FACES, material, kind)


def ground_body(half: float = 100.0, kind: str = "road", name: str = "ground") -> Body:
    """Return a flat square of ground at z = 0."""
    vertices = np.array(
        [[-half, -half, 0], [half, -half, 0], [half, half, 0], [-half, half, 0]], float
    )
    return Body(name, kind, "", mesh(vertices, np.array([[0, 1, 2], [0, 2, 3]]), GREY, kind))


def box_body(name="box", kind="car", size=(4.0, 2.0, 1.5)) -> Body:
    """Return a box that stands on the ground."""
    center = (0.0, 0.0, size[2] / 2)
    return Body(name, kind, "", box_mesh(size, center, kind), Extent(center, tuple(size)))


def noon(**changes) -> Environment:
    """Return clear air at noon with some fields changed."""
    values = {
        "sun_elevation": 0.9, "sun_azimuth": 0.5, "moon_elevation": -0.5, "moon_azimuth": 0.0,
        "moon_phase": 0.5, "cloud": 0.0, "rain": 0.0, "visibility": 40_000.0, "wind": 0.0,
        "wind_azimuth": 0.0, "wetness": 0.0, "skyglow": 0.0, "power": True,
    }  # fmt: skip
    return Environment(**{**values, **changes})


def box_scene(positions, yaws=None, environment=None, ground=True) -> Scene:
    """Return boxes standing at `positions` (x, y) with the ego car at the origin."""
    yaws = np.zeros(len(positions)) if yaws is None else yaws
    ego = box_body("ego", "ego")
    things = (ego, *(box_body(f"box/{i}") for i in range(len(positions))))
    tracks = [standing((0, 0, 0), (0, 0, 0, 1))]
    tracks += [
        standing((x, y, 0), yaw_quaternion(yaw))
        for (x, y), yaw in zip(positions, yaws, strict=True)
    ]
    stuff = (ground_body(),) if ground else ()
    world = World(stuff, things, 0, environment or noon())
    return Scene(world, Motion(tuple(tracks), (0.0,)))


@pytest.fixture(scope="session")
def scenes():
    """Return the builder of box scenes."""
    return box_scene


@pytest.fixture(scope="session")
def xodr():
    """Return the module that writes small OpenDRIVE maps."""
    found = spec_from_file_location("xodr", Path(__file__).with_name("xodr.py"))
    module = module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def toy_data(tmp_path_factory):
    """Return the folder of a finished toy data set, see `toy_data.py`; copy it to change it."""
    found = spec_from_file_location("toy_data", Path(__file__).with_name("toy_data.py"))
    module = module_from_spec(found)
    found.loader.exec_module(module)
    folder = tmp_path_factory.mktemp("toy_data")
    module.write_dataset(folder)
    return folder
