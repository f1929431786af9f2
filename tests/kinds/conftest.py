"""A toy street driven along with sensors that only these tests know, through the real pipeline."""

import shutil
import sys
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest

from synthgen.build.lighting import Plot, lit
from synthgen.config import read
from synthgen.config_compose import folder
from synthgen.jobs.clock import Clock
from synthgen.jobs.shard import close_all, open_all_writers
from synthgen.motion import Track
from synthgen.pipeline import watched
from synthgen.spec.resolve import resolve

HERE = Path(__file__).parent
KINDS = ("synthgen.sensors.kinds", "toy_sensors")
SPEED = 10.0
SEED = 4


@pytest.fixture(scope="session", autouse=True)
def toy_sensors():
    """Let the package of toy kinds be found."""
    sys.path.insert(0, str(HERE))
    yield KINDS
    sys.path.remove(str(HERE))


@pytest.fixture(scope="session")
def street():
    """Return the module of the street that twins are tested on."""
    spec = spec_from_file_location("street", HERE.parent / "twins/conftest.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def rig_file(tmp_path_factory):
    """Return a rig of the user's: KITTI's with toy sensors."""
    path = tmp_path_factory.mktemp("rig") / "toy.yaml"
    path.write_text((folder() / "rig/kitti.yaml").read_text() + (HERE / "toy.yaml").read_text())
    return path


def moving(track):
    """Return the way of a car that drives along x through the origin at time 0."""
    time = np.array([-1.0, 10.0])
    place = np.stack([SPEED * time, np.zeros(2), np.zeros(2)], axis=-1)
    return Track(time=time, position=place, quaternion=np.tile([0, 0, 0, 1.0], (2, 1)),
                 phase=np.zeros(2), level=np.zeros((2, 0)), windows=((-1.0, 10.0),))  # fmt: skip


def staged(street, rig_file, *overrides):
    """Return a run, its clip, the street and what happens there in three frames."""
    toys = street.load_toys()
    given = ["scene=clear_day", "clip=drive", f"seed={SEED}", f"rig={rig_file}", *overrides]
    run = read(given, kinds=KINDS)
    run = replace(run, rig=street.smaller(run.rig), clip=replace(run.clip, frames=3))
    spec = resolve(run, 0)
    stuff, streets = toys.painted_street()
    placed = [(toys.box("car/0", (4.0, 1.8, 1.5)), (14, 0.4, 0), 0.1),
              (toys.box("car/1", (4.0, 1.8, 1.5)), (40, -3.2, 0), 0.0)]  # fmt: skip
    scene = toys.scene_of(placed, stuff=stuff, streets=streets)
    scene = replace(scene, world=replace(scene.world, environment=spec.environment))
    ego, *others = scene.motion.tracks
    motion = replace(scene.motion, tracks=(moving(ego), *others), times=(0.0, 0.1, 0.2))
    plot = Plot(street.city_of(stuff, ()), street.drive(), {}, frozenset())
    return run, spec, plot, lit(plot, replace(scene, motion=motion), spec)


@pytest.fixture(scope="session")
def stage(street, rig_file):
    return staged(street, rig_file, "twin=[rain]")


@pytest.fixture(scope="session")
def samples(stage):
    run, spec, plot, scene = stage
    return list(watched(plot, scene, spec, run.rig, [0, 1, 2], Clock()))


@pytest.fixture(scope="session")
def made(stage, samples, tmp_path_factory):
    """Return a shard with its files."""
    shard = tmp_path_factory.mktemp("kinds") / "000000"
    writers = open_all_writers(stage[0], shard)
    for sample in samples:
        for writer in writers[sample.twin]:
            writer.add(sample)
    close_all(writers)
    return shard


@pytest.fixture
def shard(made, tmp_path):
    """Return a copy of the shard that may be spoilt."""
    return Path(shutil.copytree(made, tmp_path / "000000"))
