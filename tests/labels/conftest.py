"""A toy camera and lidar that look at toy worlds through Embree, without light."""

from dataclasses import dataclass

import numpy as np
import pytest

from synthgen.classes import CLASSES
from synthgen.embree import tracer
from synthgen.geometry import pose, yaw_quaternion
from synthgen.labels.annotate import annotate
from synthgen.labels.rules import CocoCategory, LabelRules
from synthgen.materials import Material
from synthgen.mesh import mesh
from synthgen.motion import Motion, standing
from synthgen.rays import Rays
from synthgen.sample import CameraReading, CameraView, LidarReading, Sample, Silhouette
from synthgen.scene import Scene, moment
from synthgen.world import Body, Environment, Extent, World

GREY = Material("grey", (0.5, 0.5, 0.5))
CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) / 2
FACES = np.array(
    [
        [0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1],
        [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3],
    ]
)  # fmt: skip
CAMERA_AXES = np.array([[0.0, 0, 1, 0], [-1, 0, 0, 0], [0, -1, 0, 1.65], [0, 0, 0, 1]])
K = np.array([[721.5, 0, 609.5], [0, 721.5, 172.9], [0, 0, 1]])


def box(name, size, kind="car", **more):
    """Return a box standing on its origin."""
    center = (0.0, 0.0, size[2] / 2)
    shape = mesh(CORNERS * np.array(size) + center, FACES, GREY, kind)
    return Body(name, kind, more.pop("subtype", ""), shape, Extent(center, tuple(size)), **more)


def ball(name, radius, kind="car", steps=96):
    """Return a sphere about its origin."""
    polar, turn = np.meshgrid(
        np.linspace(0, np.pi, steps), np.linspace(0, 2 * np.pi, 2 * steps), indexing="ij"
    )
    points = radius * np.stack(
        [np.sin(polar) * np.cos(turn), np.sin(polar) * np.sin(turn), np.cos(polar)], -1
    )
    grid = np.arange(polar.size).reshape(polar.shape)
    a, b, c, d = grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:]
    faces = np.concatenate([np.stack(t, -1).reshape(-1, 3) for t in ((a, b, c), (a, c, d))])
    shape = mesh(points.reshape(-1, 3), faces, GREY, kind, crease=0.0)
    return Body(name, kind, "", shape, Extent((0, 0, 0), (2 * radius,) * 3))


def ground(half=150.0):
    """Return a square of road."""
    corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * half
    return Body("ground", "road", "", mesh(corners, [[0, 1, 2], [0, 2, 3]], GREY, "road"))


def environment(**changes):
    """Return a clear noon."""
    numbers = dict.fromkeys(Environment.__dataclass_fields__, 0.0)
    return Environment(**{**numbers, "visibility": 4e4, "power": True, **changes})


@dataclass(frozen=True, eq=False)
class Look:
    """What was seen."""

    moment: object
    camera: CameraReading
    lidar: LidarReading
    labels: tuple

    def sample(self, frame=0, clip=0, **record):
        return Sample(
            frame, clip, self.moment, {"front": self.camera}, {"roof": self.lidar},
            {"front": self.labels}, record,
        )  # fmt: skip

    def of(self, name):
        """Return the label of the body called `name`."""
        numbers = [t.number for t in self.moment.things if t.body.name == name]
        return next(label for label in self.labels if label.number in numbers)


GROUND = ground()


def scene_of(placed, stuff=(GROUND,), **changes):
    """Return a scene of (body, position, yaw) with an ego car far below."""
    ego = Body("ego", "ego", "", box("ego", (1, 1, 1), "ego").mesh)
    things = (ego, *(body for body, _, _ in placed))
    tracks = [standing((0, 0, -50), (0, 0, 0, 1))]
    for body, position, yaw in placed:
        tracks.append(standing(position, yaw_quaternion(yaw), (1.0,) * len(body.circuits)))
    return Scene(World(stuff, things, 0, environment(**changes)), Motion(tuple(tracks), (0.0,)))


def look(placed, *, stuff=(GROUND,), camera_from=CAMERA_AXES, first_track=0, **changes):
    """Return what a KITTI-like camera and a small lidar see."""
    scene = scene_of(placed, stuff, **changes)
    now = moment(scene, 0.0)
    view = CameraView("front", 1242, 375, K, camera_from, 0.0)
    with tracer(scene.world) as rays:
        camera, lidar = _photograph(rays, now, view), _sweep(rays, now)
        labels = annotate(rays, now, camera, {"roof": lidar}, first_track)
    return Look(now, camera, lidar, labels)


def _photograph(caster, now, view):
    column, row = (g.ravel() for g in np.meshgrid(np.arange(view.width), np.arange(view.height)))
    direction = view.directions(column.astype(float), row.astype(float))
    origin = np.tile(view.world_from_camera[:3, 3], (len(column), 1))
    rays = Rays(origin, direction, np.zeros(len(column)))
    layers = caster.layers(now, rays)
    hits = caster.first_hits(now, rays, layers)
    shape = (view.height, view.width)
    body = hits.body.reshape(shape)
    kinds = [CLASSES[b.kind].semantic for b in now.scene.world.bodies]
    semantic = np.array([*kinds, CLASSES["sky"].semantic], np.uint8)[body]
    depth = np.where(hits.hit, hits.distance * (direction @ view.world_from_camera[:3, 2]), 0)
    silhouettes = []
    for layer in layers:
        full = np.zeros(len(column), bool)
        full[layer.index] = True
        rows, columns = np.nonzero(full.reshape(shape))
        cut = full.reshape(shape)[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        silhouettes.append(Silhouette(layer.thing, int(columns.min()), int(rows.min()), cut))
    signal = 1000.0 + 200.0 * (body % 11)
    image = np.repeat((signal / 10).astype(np.uint8)[..., None], 3, axis=-1)
    image[..., 1] = semantic * 8
    noise = np.full(shape, 30.0)
    return CameraReading(
        view, image, body, semantic, depth.reshape(shape), signal, noise, tuple(silhouettes)
    )


def _sweep(caster, now):
    turn, tilt = (
        g.ravel() for g in np.meshgrid(np.linspace(-1, 1, 1200), np.linspace(-0.4, 0.1, 60))
    )
    local = np.stack([np.cos(tilt) * np.cos(turn), np.cos(tilt) * np.sin(turn), np.sin(tilt)], -1)
    world_from_lidar = pose(np.array([-0.27, 0.02, 1.73]), np.array([0, 0.01, 0, 1]))
    direction = local @ world_from_lidar[:3, :3].T
    origin = np.tile(world_from_lidar[:3, 3], (len(local), 1))
    hits = caster.first_hits(now, Rays(origin, direction, np.zeros(len(local))))
    keep = hits.hit & (hits.distance < 120)
    kinds = np.array([CLASSES[b.kind].semantic for b in now.scene.world.bodies], np.uint8)
    count = int(keep.sum())
    return LidarReading(
        "roof", 0.0, world_from_lidar, local[keep] * hits.distance[keep, None],
        np.full(count, 0.25), np.linspace(-0.05, 0.05, count), np.zeros(count, int),
        hits.body[keep], kinds[hits.body[keep]], np.zeros(count, np.uint8), len(local), 0,
    )  # fmt: skip


def plain_rules(**changes):
    """Return rules like the default ones."""
    coco = {
        info.name: CocoCategory(info.coco, info.supercategory, info.supercategory, info.thing)
        for info in CLASSES.values()
        if info.name not in ("ego", "tree")
    }
    kitti = {"car": "Car", "pedestrian": "Pedestrian", "bus": "Truck", "car/taxi": "Van"}
    given = {"kitti": kitti, "kitti_ridden": {"bicycle": "Cyclist"}, "coco": coco}
    return LabelRules(**{**given, **changes})


@dataclass(frozen=True)
class Toys:
    """The builders above, for tests."""

    box = staticmethod(box)
    ball = staticmethod(ball)
    ground = staticmethod(ground)
    look = staticmethod(look)
    rules = staticmethod(plain_rules)
    axes = CAMERA_AXES
    matrix = K


@pytest.fixture(scope="session")
def toys():
    """Return the builders of toy worlds."""
    return Toys()
