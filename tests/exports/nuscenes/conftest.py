"""A recording of plain values: a car that turns past what stands and moves, and two stills."""

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from synthgen.classes import CLASSES
from synthgen.exports.nuscenes.recording import Car, Clip, Frame, Mounted, Seen, Shot
from synthgen.exports.nuscenes.tree import write_tree
from synthgen.geometry import inverse, pose, transform, yaw_quaternion
from synthgen.radar.fields import FIELDS, pcd
from synthgen.readers.sensors import Sweep

BEAMS = 8
LIDAR = pose(np.array([0.9, 0.0, 1.8]), yaw_quaternion(0.02))
RADAR = pose(np.array([2.2, 0.0, 0.5]), yaw_quaternion(0.0))
DETECTION = np.dtype([(name, f"<{kind}") for name, kind in FIELDS])
OPTICAL = np.array([[0.0, 0, 1, 1.5], [-1, 0, 0, 0.1], [0, -1, 0, 1.4], [0, 0, 0, 1]])
K = np.array([[60.0, 0, 40], [0, 60, 24], [0, 0, 1]])
GROUND = np.array([[-50.0, -4], [200, -4], [200, 4], [-50, 4]])


@dataclass(frozen=True)
class Toy:
    """Something that moves evenly: where it is at 0 s, how fast, how large."""

    track: int
    kind: str
    subtype: str
    center: tuple[float, float, float]
    size: tuple[float, float, float]
    velocity: tuple[float, float, float] = (0.0, 0.0, 0.0)
    yaw: float = 0.0
    rides: int = 0
    ridden_by: int = 0
    posture: str = ""
    lit: bool = False

    def at(self, time):
        """Return its row at `time`."""
        return Seen(
            track=self.track, instance=self.track % 100, kind=self.kind,
            subtype=self.subtype, rides=self.rides, ridden_by=self.ridden_by,
            center=tuple(np.array(self.center) + time * np.array(self.velocity)),
            size=self.size, quaternion=tuple(yaw_quaternion(self.yaw)), velocity=self.velocity,
            posture=self.posture, lit=self.lit, visible=0.5,
        )  # fmt: skip


TOYS = (
    Toy(1, "car", "saloon", (12, 3, 0.8), (4.4, 1.8, 1.5), (6, 0, 0), lit=True),
    Toy(2, "car", "saloon", (20, -3.2, 0.8), (4.5, 1.8, 1.5), yaw=0.1),
    Toy(3, "bicycle", "bicycle", (9, -1, 0.55), (1.8, 0.5, 1.1), (3, 0, 0), ridden_by=4),
    Toy(4, "rider", "cyclist", (8.9, -1, 1.3), (0.6, 0.5, 1.0), (3, 0, 0), rides=3),
    Toy(5, "pedestrian", "child", (11, 5, 0.6), (0.5, 0.5, 1.2), (0, 1.2, 0), posture="walking"),
    Toy(6, "traffic_light", "three_lens", (30, 5, 3), (0.3, 0.3, 0.9)),
    Toy(7, "traffic_cone", "", (15, 1, 0.4), (0.4, 0.4, 0.75)),
)


def car_at(time):
    """Return the pose of the ego car."""
    return pose(np.array([4.0 * time, 0.2 * time, 0.0]), yaw_quaternion(0.05 * time))


def sweep_at(time, rng):
    """Return points in and about every toy and on the ground, and their truth."""
    places, kinds, names = [], [], []
    for toy in TOYS:
        row = toy.at(time)
        local = rng.uniform(-0.55, 0.55, (60, 3)) * row.size
        places.append(transform(pose(np.array(row.center), np.array(row.quaternion)), local))
        kinds += [CLASSES[toy.kind].semantic] * 60
        names += [row.instance] * 60
    places.append(rng.uniform([-20, -15, 0], [40, 15, 0.01], (300, 3)))
    kinds += [CLASSES["road"].semantic] * 300
    point = transform(inverse(car_at(time) @ LIDAR), np.concatenate(places))
    count = len(point)
    return Sweep(
        point.astype(np.float32), rng.random(count).astype(np.float32),
        np.array(kinds, np.uint16), np.array(names + [0] * 300, np.uint16),
        np.zeros(count, np.uint8), np.zeros(count, np.float32),
        rng.integers(0, BEAMS, count).astype(np.uint8),
    )  # fmt: skip


def detections_at(time):
    """Return two detections of the parked car, as high as a radar takes them, and one of nothing.

    Late in the drive there are none.
    """
    rows = np.zeros(1 if time > 8.8 else 3, DETECTION)
    if time > 8.8:
        rows["x"] = np.nan
        return rows
    world = np.array([[19.0, -3.0, 0.5], [20.5, -3.1, 9.0], [60.0, 20.0, 0.5]])
    point = transform(inverse(car_at(time) @ RADAR), world)
    rows["x"], rows["y"], rows["z"] = point.T
    rows["ambig_state"] = 3
    return rows


def frame(folder: Path, number: int, time: float, rng) -> Frame:
    """Return one frame; its camera looks 10 ms after its lidar's time."""
    late = time + 0.01
    image = folder / f"front/{number:06d}.png"
    image.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(image), rng.integers(0, 255, (48, 80, 3), np.uint8))
    sweep, early = sweep_at(time, rng), time - 0.02
    listed = folder / f"radar_front/{number:06d}.pcd"
    listed.parent.mkdir(parents=True, exist_ok=True)
    listed.write_bytes(pcd(detections_at(early)))
    shots = {
        "front": Shot("front", image, late, car_at(late), 80, 48),
        "roof": Shot("roof", folder / f"roof/{number}.bin", time, car_at(time), read=lambda: sweep),
        "radar_front": Shot("radar_front", listed, early, car_at(early)),
    }
    return Frame(number, time, shots, tuple(toy.at(time) for toy in TOYS))


def record(folder: Path) -> tuple[Car, list[Clip]]:
    """Return a car, and a drive of 1.2 s at 10 Hz and two stills."""
    rng = np.random.default_rng(1)
    sensors = {
        "front": Mounted("front", "camera", OPTICAL, K),
        "roof": Mounted("roof", "lidar", LIDAR, beams=BEAMS),
        "radar_front": Mounted("radar_front", "radar", RADAR),
    }
    drive = tuple(frame(folder, n, 8 + 0.1 * n, rng) for n in range(13))
    stills = tuple(frame(folder, 20 + n, 3.0 * n, rng) for n in range(2))
    clips = [
        Clip(0, "suburb", "Day, clear, suburb", "2026-06-21", drive, (GROUND,)),
        Clip(2, "rural", "Night, rain, rural", "2026-06-21", stills, (GROUND,)),
    ]
    return Car("toy", "abc", sensors, (-1.3, 0.0, 0.0)), clips


@pytest.fixture(scope="session")
def toy_tree(tmp_path_factory):
    """Return the folder of an exported toy recording; copy it to change it."""
    folder = tmp_path_factory.mktemp("toy_nuscenes")
    car, clips = record(folder / "data")
    write_tree(car, clips, {20, 21}, folder / "tree")
    return folder / "tree"


@pytest.fixture
def toys():
    """Return the recording's parts."""
    return SimpleNamespace(record=record, toys=TOYS, lidar=LIDAR, car_at=car_at, beams=BEAMS)
