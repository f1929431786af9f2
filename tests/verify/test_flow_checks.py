"""Wrong flow on purpose: every kind of mistake is told."""

import shutil
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest

from synthgen.embree import tracer
from synthgen.geometry import pose, yaw_quaternion
from synthgen.labels.annotate import annotate
from synthgen.labels.flow import flow
from synthgen.sample import CameraView, Sample
from synthgen.scene import moment
from synthgen.verify.faults import Tally
from synthgen.verify.flow_checks import check_flow
from synthgen.verify.frame import read_frame
from synthgen.writers.files import png
from synthgen.writers.sensor_files import SensorFiles
from synthgen.writers.tables import Tables

WIDTH, HEIGHT = 400, 120
"""A camera of KITTI's field of view, a third as fine."""


def load(path):
    """Return the module in the file `path` below tests/."""
    spec = spec_from_file_location(path.replace("/", "_"), Path(__file__).parents[1] / path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def reading(caster, now, view):
    """Return what the camera sees, and its rays' hits."""
    row, column = np.divmod(np.arange(WIDTH * HEIGHT), WIDTH)
    rays = view.rays(column, row)
    seen = load("labels/conftest.py")._photograph(caster, now, view)
    return seen, caster.first_hits(now, rays)


def record(toys, folder):
    """Write two frames of a drive past a moving car and a wall, with flow."""
    car = toys.box("car", (4, 1.8, 1.5))
    placed = [
        (car, toys.even_track((14, 1.5, 0), (3.0, -4.0, 0)), 0.0),
        (toys.box("wall", (1, 2, 3)), (22, -4, 0), 0.3),
    ]
    scene, matrix = toys.scene_of(placed), toys.matrix * np.array([[0.32], [0.32], [1.0]])
    views = [
        CameraView("front", WIDTH, HEIGHT, matrix,
                   pose(np.array([8.0 * t, 0, 0]), yaw_quaternion(0.05 * t)) @ toys.axes, t)
        for t in (-0.1, 0.0, 0.1, 0.2)
    ]  # fmt: skip
    calibration = load("writers/conftest.py").calibration.__wrapped__(toys)
    rules = toys.rules()
    writers = [SensorFiles(folder), Tables(folder, "front", "roof", calibration, rules)]
    with tracer(scene.world) as caster:
        for frame, place in enumerate((1, 2)):
            sides = [(moment(scene, one.time), one) for one in views[place - 1 : place + 2]]
            now = sides[1]
            seen, hits = reading(caster, *now)
            lidar = load("labels/conftest.py")._sweep(caster, now[0], np.eye(4))
            labels = annotate(caster, now[0], seen, {"roof": lidar}, 0)
            both = flow(caster, now, hits, sides[2]), flow(caster, now, hits, sides[0])
            sample = Sample(frame, 0, now[0], {"front": seen}, {"roof": lidar}, {"front": labels},
                            {"rain": 0.0}, flows={"front": both})  # fmt: skip
            for writer in writers:
                writer.add(sample)
    for writer in writers:
        writer.close()
    return folder


@pytest.fixture(scope="module")
def drive(toys, tmp_path_factory):
    """Return two frames of a drive on disk."""
    return record(toys, tmp_path_factory.mktemp("drive"))


def tally_of(folder):
    tally, before = Tally(), None
    rows = pq.read_table(folder / "frames.parquet").to_pylist()
    objects = pq.read_table(folder / "objects.parquet").to_pylist()
    for row in rows:
        files = read_frame(folder, row, [one for one in objects if one["frame"] == row["frame"]])
        check_flow(folder, files, before, tally)
        before = files
    return tally


def test_a_good_drive_passes_every_check(drive):
    tally = tally_of(drive)
    assert not tally.violations
    assert set(tally.checks) == {
        "flow meets motion", "ground stands still", "flow of vehicles", "flow outside",
        "flow states", "flow finds it", "flow finds it hidden",
    }  # fmt: skip


def change(folder, kind, frame, edit):
    path = folder / "sensor" / "front" / kind / f"{frame:06d}.png"
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)[..., ::-1].copy()
    path.write_bytes(png(edit(image.astype(int)).astype(np.uint16)))


def shifted(image):
    """Return flow 1 px too far to the right."""
    image[image[..., 2] > 0, 0] += 64
    return image


def reversed_(image):
    """Return flow or motion the other way."""
    image[..., :2] = 65_536 - image[..., :2]
    return image


def both_reversed(image):
    whole = image.any(axis=-1)
    image[whole] = 65_536 - image[whole]
    return image


def all_seen(image):
    image[..., 2] = np.where(image[..., 2] == 2, 1, image[..., 2])
    return image


def all_hidden(image):
    image[..., 2] = np.where(image[..., 2] == 1, 2, image[..., 2])
    return image


def never_outside(image):
    image[..., 2] = np.where(image[..., 2] == 3, 1, image[..., 2])
    return image


def creeping(image):
    """Return motion of 2 cm more of everything."""
    image[image.any(axis=-1), 2] += 20
    return image


@pytest.mark.parametrize(
    ("kind", "edit", "told"),
    [
        ("flow_next", shifted, "flow meets motion"),
        ("flow_previous", reversed_, "flow meets motion"),
        ("motion_next", both_reversed, "flow of vehicles"),
        ("motion_previous", creeping, "ground stands still"),
        ("flow_next", all_seen, "flow finds it"),
        ("flow_next", all_hidden, "flow finds it hidden"),
        ("flow_next", never_outside, "flow outside"),
    ],
)
def test_every_mistake_is_told(drive, tmp_path, kind, edit, told):
    folder = tmp_path / "wrong"
    shutil.copytree(drive, folder)
    for frame in (0, 1):
        change(folder, kind, frame, edit)
    assert told in {fault.kind for fault in tally_of(folder).violations}


def test_flow_of_the_two_directions_swapped_is_told(drive, tmp_path):
    folder = tmp_path / "swapped"
    shutil.copytree(drive, folder)
    home = folder / "sensor" / "front"
    for kind in ("flow", "motion"):
        (home / f"{kind}_next").rename(home / "aside")
        (home / f"{kind}_previous").rename(home / f"{kind}_next")
        (home / "aside").rename(home / f"{kind}_previous")
    assert "flow meets motion" in {fault.kind for fault in tally_of(folder).violations}
