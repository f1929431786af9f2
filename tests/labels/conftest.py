"""A toy camera and lidar that look at toy worlds through Embree, without light."""

from dataclasses import MISSING, dataclass, fields, replace

import numpy as np
import pytest

from synthgen.classes import CLASSES
from synthgen.embree import tracer
from synthgen.geometry import pose, yaw_quaternion
from synthgen.labels.annotate import annotate
from synthgen.labels.drivable import drivable
from synthgen.labels.lines import lane_lines
from synthgen.labels.rules import CocoCategory, LabelRules
from synthgen.materials import Material
from synthgen.mesh import mesh
from synthgen.motion import Motion, Track, standing
from synthgen.rays import Rays
from synthgen.sample import CameraReading, CameraView, LidarReading, Sample, Silhouette
from synthgen.scene import Scene, moment
from synthgen.streets import NO_STREETS, Boundary, StreetLane, Streets
from synthgen.world import Body, Circuit, Environment, Extent, World

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
    numbers = {one.name: 0.0 for one in fields(Environment) if one.default is MISSING}
    return Environment(**{**numbers, "visibility": 4e4, "power": True, **changes})


def figure(name, **more):
    """Return a thin box of a person with joints in it: looks along x, wrists swing with the gait.

    At rest the left wrist is as far before the middle as the right one is behind it: 0.
    """
    body = box(name, (0.2, 0.52, 1.75), "pedestrian", posture="standing", **more)
    return replace(body, keypoints=figure_joints)


def figure_joints(phase):
    """Return the 17 joints of `figure` [m]."""
    pairs = [(0.06, 0.03, 1.66), (0.03, 0.07, 1.64), (0, 0.19, 1.42), (0, 0.23, 1.13),
             (0.02, 0.24, 0.88), (0, 0.11, 0.93), (0, 0.12, 0.5), (0, 0.12, 0.09)]  # fmt: skip
    rows = [(0.07, 0.0, 1.62)]
    for x, y, z in pairs:
        rows += [(x, y, z), (x, -y, z)]
    joints = np.array(rows)
    joints[9:11, 0] += 0.05 * np.sin(2 * np.pi * phase) * np.array([1, -1])
    return joints


def signal(name, **more):
    """Return a traffic light of three circuits that looks along x, its middle at the origin."""
    tints = {"red": (4.1, 0.16, 0.05), "amber": (2.2, 0.73, 0.02), "green": (0.02, 1.28, 1.1)}
    circuits = tuple(Circuit(lens, 5e3, tint, grid=True) for lens, tint in tints.items())
    body = box(name, (0.3, 0.66, 1.44), "traffic_light", circuits=circuits, **more)
    sunk = replace(body.mesh, vertices=body.mesh.vertices - [0, 0, 0.72])
    return replace(body, mesh=sunk, extent=Extent((0, 0, 0), body.extent.size))


def lane(name, y, way, **more):
    """Return a lane of 3.5 m at `y` along x, from 0 to 100 m, driven along x when `way` is 1."""
    line = np.array([[-5.0, y, 0], [100.0, y, 0]])[::way]
    area = np.array([[-5, y - 1.75], [100, y - 1.75], [100, y + 1.75], [-5, y + 1.75]], float)
    given = {"edge": "out" if way > 0 else "back", "junction": "", "kind": "drive",
             "road": "primary", "speed": 13.9, "width": 3.5, **more}  # fmt: skip
    return StreetLane(name, line=line, area=area, **given)


def painted_street():
    """Return stuff and map of a straight road: two lanes on, one back, a stop line, a way ahead."""
    line = [np.array([[-5.0, y, 0.004], [100.0, y, 0.004]]) for y in (1.75, 5.25, -1.75)]
    stop = np.array([[99.0, -1.6, 0.004], [99.0, 1.6, 0.004]])
    dashes = np.array([[start, start + 3.0] for start in range(3, 100, 9)], float)
    bounds = (
        Boundary("divider", "dashed", "white", line[0], 0.12, 0.0, dashes),
        Boundary("centre", "double_solid", "yellow", line[1], 0.12, 0.24, np.array([[0.0, 105.0]])),
        Boundary("edge", "road_edge", "", line[2], 0.0, 0.0, np.zeros((0, 2))),
        Boundary("stop", "stop_line", "white", stop, 0.4, 0.0, np.array([[0.0, 3.2]])),
    )
    lanes = (
        lane("right", 0.0, 1, left=("divider",), right=("edge",), stop=("stop",)),
        lane("left", 3.5, 1, left=("centre",), right=("divider",)),
        lane("back", 7.0, -1, left=("centre",)),
    )
    quads = [(start - 5, start - 2, 1.69, 1.81) for start, _ in dashes]
    quads += [(-5, 100, y - 0.06, y + 0.06) for y in (5.13, 5.37)] + [(98.8, 99.2, -1.6, 1.6)]
    return (ground(), paint(quads)), Streets(lanes, bounds)


def paint(quads):
    """Return a body of flat rectangles (x from, to, y from, to) 4 mm above the road."""
    corners = [[(a, c, 0.004), (b, c, 0.004), (b, d, 0.004), (a, d, 0.004)] for a, b, c, d in quads]
    faces = np.concatenate([np.array([[0, 1, 2], [0, 2, 3]]) + 4 * k for k in range(len(quads))])
    shape = mesh(np.array(corners, float).reshape(-1, 3), faces, GREY, "lane_marking")
    return Body("paint", "lane_marking", "", shape)


@dataclass(frozen=True, eq=False)
class Look:
    """What was seen."""

    moment: object
    camera: CameraReading
    lidar: LidarReading
    labels: tuple
    lines: tuple = ()
    drivable: object = None

    def sample(self, frame=0, clip=0, **record):
        return Sample(
            frame, clip, self.moment, {"front": self.camera}, {"roof": self.lidar},
            {"front": self.labels}, record, {"front": self.lines}, {"front": self.drivable},
        )  # fmt: skip

    def of(self, name):
        """Return the label of the body called `name`."""
        numbers = [t.number for t in self.moment.things if t.body.name == name]
        return next(label for label in self.labels if label.number in numbers)


GROUND = ground()


def scene_of(placed, stuff=(GROUND,), streets=NO_STREETS, driven=None, **changes):
    """Return a scene of (body, position or track, yaw, and levels if not all on).

    The ego car is far off, or where its track `driven` takes it.
    """
    ego = Body("ego", "ego", "", box("ego", (1, 1, 1), "ego").mesh)
    things = (ego, *(body for body, *_ in placed))
    tracks = [driven or standing((0, 0, -50), (0, 0, 0, 1))]
    for body, position, yaw, *level in placed:
        if isinstance(position, Track):
            tracks.append(position)
            continue
        on = level[0] if level else (1.0,) * len(body.circuits)
        tracks.append(standing(position, yaw_quaternion(yaw), on))
    world = World(stuff, things, 0, environment(**changes), streets=streets)
    return Scene(world, Motion(tuple(tracks), (0.0,)))


LIDAR_PLACE = pose(np.array([-0.27, 0.02, 1.73]), np.array([0, 0.01, 0, 1]))


def even_track(position, velocity, yaw=0.0, turn=0.0, end=5.0):
    """Return a track that moves evenly, from `position` and `yaw` at 0 s, for -1 s to `end`."""
    time = np.arange(-1.0, end + 0.05, 0.1)
    places = np.asarray(position, float) + time[:, None] * np.asarray(velocity, float)
    turns = yaw_quaternion(yaw + turn * time)
    level = np.ones((len(time), 1))
    return Track(time, places, turns, np.zeros(len(time)), level, ((-1.0, end),))


def look(
    placed, *, stuff=(GROUND,), streets=NO_STREETS, camera_from=CAMERA_AXES, first_track=0,
    driven=None, time=0.0, **changes,
):  # fmt: skip
    """Return what a KITTI-like camera and a small lidar see at `time`.

    They stand at the world's origin, or on the ego car where its track `driven` takes it.
    """
    scene = scene_of(placed, stuff, streets, driven, **changes)
    now = moment(scene, time)
    car = driven.world_from_body(time) if driven else np.eye(4)
    view = CameraView("front", 1242, 375, K, car @ camera_from, time)
    with tracer(scene.world) as rays:
        camera, lidar = _photograph(rays, now, view), _sweep(rays, now, car @ LIDAR_PLACE)
        labels = annotate(rays, now, camera, {"roof": lidar}, first_track)
    return Look(now, camera, lidar, labels, lane_lines(now, camera), drivable(now, camera))


def _photograph(caster, now, view):
    column, row = (g.ravel() for g in np.meshgrid(np.arange(view.width), np.arange(view.height)))
    direction = view.directions(column.astype(float), row.astype(float))
    origin = np.tile(view.world_from_camera[:3, 3], (len(column), 1))
    rays = Rays(origin, direction, np.full(len(column), now.time))
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


def _sweep(caster, now, world_from_lidar):
    turn, tilt = (
        g.ravel() for g in np.meshgrid(np.linspace(-1, 1, 1200), np.linspace(-0.4, 0.1, 60))
    )
    local = np.stack([np.cos(tilt) * np.cos(turn), np.cos(tilt) * np.sin(turn), np.sin(tilt)], -1)
    direction = local @ world_from_lidar[:3, :3].T
    origin = np.tile(world_from_lidar[:3, 3], (len(local), 1))
    hits = caster.first_hits(now, Rays(origin, direction, np.full(len(local), now.time)))
    keep = hits.hit & (hits.distance < 120)
    kinds = np.array([CLASSES[b.kind].semantic for b in now.scene.world.bodies], np.uint8)
    count = int(keep.sum())
    return LidarReading(
        "roof", now.time, world_from_lidar, local[keep] * hits.distance[keep, None],
        np.full(count, 0.25), np.linspace(-0.05, 0.05, count), np.zeros(count, int),
        hits.body[keep], kinds[hits.body[keep]], np.zeros(count, np.uint8), len(local), 0,
        np.zeros(count, np.uint8), np.full(count, 100.0),
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
    figure = staticmethod(figure)
    figure_joints = staticmethod(figure_joints)
    signal = staticmethod(signal)
    lane = staticmethod(lane)
    painted_street = staticmethod(painted_street)
    even_track = staticmethod(even_track)
    scene_of = staticmethod(scene_of)
    look = staticmethod(look)
    rules = staticmethod(plain_rules)
    axes = CAMERA_AXES
    matrix = K


@pytest.fixture(scope="session")
def toys():
    """Return the builders of toy worlds."""
    return Toys()
