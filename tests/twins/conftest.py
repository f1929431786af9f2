"""A toy street and the same moments under five other conditions, through the real pipeline."""

import shutil
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from synthgen.build.lighting import Acting, Plot, lit
from synthgen.config import read
from synthgen.jobs.clock import Clock
from synthgen.jobs.shard import close_all, open_all_writers
from synthgen.merge import merge
from synthgen.pipeline import watched
from synthgen.rig import Mount
from synthgen.sensors.adaptation import thumbnail
from synthgen.spec.resolve import resolve
from synthgen.street.fixture import Fixture
from synthgen.world import Beam, Circuit, Lamp
from synthgen.writers.manifest import ShardRecord, write_manifest

TWINS = ("clear", "rain", "fog", "night", "blackout")
HERE = Path(__file__).parents[1]
LAMPS = ("low_beam", "tail", "daytime")


def load_toys():
    spec = spec_from_file_location("toys", HERE / "labels/conftest.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Toys()


def car(toys, name):
    """Return a box with head lamps and tail lamps."""
    circuits = tuple(Circuit(lamp, 1e4, (1.0, 1.0, 1.0)) for lamp in LAMPS)
    lamps = tuple(
        Lamp((2.05 * way, y, 0.7), (way, 0.0, -0.02), candela, Beam.LAMBERT, number)
        for number, (way, candela) in enumerate(((1, 2e3), (-1, 10.0), (1, 800.0)))
        for y in (-0.6, 0.6)
    )
    return replace(toys.box(name, (4.0, 1.8, 1.5)), circuits=circuits, lamps=lamps)


def street_lamp(toys, name, place):
    """Return a lamp on the grid above the road."""
    body = toys.box(name, (0.2, 0.2, 6.0), "street_light")
    moved = replace(body.mesh, vertices=body.mesh.vertices + np.array(place))
    lamp = Lamp((place[0], place[1] - 1.0, 6.2), (0.0, 0.0, -1.0), 3000.0, Beam.LAMBERT, 0)
    wire = Circuit("street", 5e3, (1.0, 1.0, 1.0), grid=True)
    return replace(body, mesh=moved, extent=None, circuits=(wire,), lamps=(lamp,))


@pytest.fixture(scope="module")
def stage():
    """Return a run with five twins, its clip, a toy street and what happens there."""
    toys = load_toys()
    run = read(["scene=clear_day", f"twin=[{','.join(TWINS)}]", "seed=3"])
    run = replace(run, rig=smaller(run.rig))
    spec = resolve(run, 0)
    head = Fixture(toys.signal("head"), (20.0, -2.5, 3.0), (0, 0, 1.0, 0), "crossing", 0)
    stuff, streets = toys.painted_street()
    stuff = (*stuff, street_lamp(toys, "lantern", (12.0, -5.0, 0.0)))
    cars = ((14, 3.2, 0.1), (40, 0.2, 0.0), (9, -3.4, 0.3))
    placed = [(car(toys, f"car/{n}"), (x, y, 0), yaw) for n, (x, y, yaw) in enumerate(cars)]
    placed += [(toys.figure("walker"), (16, 6.5, 0), 3.0), (head.body, head.position, np.pi)]
    scene = toys.scene_of(placed, stuff=stuff, streets=streets)
    scene = replace(scene, world=replace(scene.world, environment=spec.environment))
    tracks = scene.motion.tracks
    ego = replace(tracks[0], position=np.zeros((1, 3)))
    scene = replace(scene, motion=replace(scene.motion, tracks=(ego, *tracks[1:])))
    acts = {f"car/{n}": Acting(np.zeros(1, int), False) for n in range(len(cars))}
    plot = Plot(city_of(stuff, (head,)), drive(), acts, frozenset())
    return run, spec, plot, lit(plot, scene, spec)


def smaller(rig):
    """Return `rig` with a camera of a ninth of the pixels and a lidar of a fifth of the rays."""
    cameras = {
        name: replace(one, projection="", mount=Mount(position=(0.3, 0.0, 1.65)),
                      model=thumbnail(rig.camera(name), 3).model)
        for name, one in rig.cameras.items()
    }  # fmt: skip
    lidars = {
        name: replace(one, model=replace(one.model, columns=one.model.columns // 5))
        for name, one in rig.lidars.items()
    }
    return replace(rig, cameras=cameras, lidars=lidars, calibration=None)


def city_of(stuff, fixtures):
    region = SimpleNamespace(bounds=(-100.0, -100.0, 100.0, 100.0))
    place = SimpleNamespace(plan=SimpleNamespace(region=region))
    return SimpleNamespace(stuff=stuff, furniture=SimpleNamespace(fixtures=fixtures), place=place)


def drive():
    """Return a drive of nobody past a signal that is green."""
    return SimpleNamespace(agents=(), frames=(0.0,), lights={"crossing": (np.zeros(1), ("G",))})


@pytest.fixture(scope="module")
def samples(stage):
    run, spec, plot, scene = stage
    return list(watched(plot, scene, spec, run.rig, [0], Clock()))


@pytest.fixture(scope="module")
def made(stage, samples, tmp_path_factory):
    """Return a merged data set of one shard."""
    out = tmp_path_factory.mktemp("twins")
    shard = out / "shards" / "000000"
    writers = open_all_writers(stage[0], shard)
    for sample in samples:
        for writer in writers[sample.twin]:
            writer.add(sample)
    close_all(writers)
    run, spec, *_ = stage
    facts = {0: {"attribution": "a map"}}
    record = ShardRecord(identity=run.identity, shard=0, frames=(0,), clips=(spec,), facts=facts,
                         versions={"synthgen": "0.1.0"})  # fmt: skip
    write_manifest(shard, record)
    merge(out)
    return out


@pytest.fixture
def shard(made, tmp_path):
    """Return a copy of the shard that may be spoilt, without hashes that would tell."""
    copy = Path(shutil.copytree(made / "shards" / "000000", tmp_path / "000000"))
    (copy / "manifest.json").unlink()
    return copy
