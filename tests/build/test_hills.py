"""Roads with grade and tilt, from the map's file to what the sensors see."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pydantic
import pytest
import yaml

from synthgen.atmosphere import Atmosphere
from synthgen.build.slopes import settled
from synthgen.config_camera import with_makes
from synthgen.embree import tracer
from synthgen.geometry import inverse, rotate, transform, yaw_quaternion
from synthgen.materials import Material
from synthgen.mesh import mesh
from synthgen.motion import Motion, standing
from synthgen.place.city import build_place
from synthgen.place.heightfield import heightfield
from synthgen.place.lift import lift
from synthgen.rays import Rays
from synthgen.rig import Rig
from synthgen.rng import stream
from synthgen.scene import Scene, moment
from synthgen.sensors.camera import view_of
from synthgen.sensors.lidar import observe
from synthgen.traffic.maps import import_map
from synthgen.world import Body, Environment, Extent, World

FILE = Path(__file__).parents[2] / "conf" / "rig" / "kitti.yaml"
NOON = Environment(1, 0, -1, 0, 0, 0, 0, 1e4, 0, 0, 0, 0, True)
VACUUM = Atmosphere((0.0, 0.0, 0.0), 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0)
PROFILE = '<elevation s="0" a="120" b="0.08" c="0" d="0"/>'
TILT = f'<superelevation s="0" a="{np.arctan(0.04)}" b="0" c="0" d="0"/>'
ROADS = {"grade": ({"profile": PROFILE}, 0.08, 0.0), "tilt": ({"tilt": TILT}, 0.0, 0.04)}
"""Road due east, its rise along and to the left."""


@pytest.fixture(scope="module", params=list(ROADS))
def hill(request, tmp_path_factory, xodr):
    """A road of 300 m in the middle of its lifted place, the plane that it is, and its field."""
    words, along, aside = ROADS[request.param]
    folder = tmp_path_factory.mktemp("hill")
    (folder / "hill.xodr").write_text(xodr.straight(300.0, **words))
    network, _ = import_map("opendrive", folder / "hill.xodr", folder)
    place = build_place(network, stream(1, "hill"))
    low, high = np.array(place.plan.region.bounds).reshape(2, 2)
    field = heightfield(network.ribbons, low, high)
    origin = network.ribbons[0].line[0, :2]

    def plane(points):
        """Height of the road's plane; the middle of the road is the zero of heights."""
        return (points[:, 0] - origin[0] - 150.0) * along + (points[:, 1] - origin[1]) * aside

    return lift(place.stuff, place.buildings, field), plane, field, origin, (along, aside)


def ego(field, place, yaw=0.0):
    size = (4.4, 1.8, 1.6)
    body = Body("ego", "car", "", _nothing(), Extent((0, 0, 0.8), size))
    track = standing(np.array([*place, 0.0]), yaw_quaternion(yaw))
    return body, settled(track, body, field)


def _nothing():
    """A speck below the road."""
    corners = np.array([[0, 0, -0.5], [0.01, 0, -0.5], [0, 0.01, -0.5]])
    return mesh(corners, np.array([[0, 1, 2]]), Material("x", (0.5, 0.5, 0.5)), "car")


def scene_of(hill, yaw=0.0):
    stuff, _, field, origin, _ = hill
    ground = tuple(body for body in stuff if body.name.startswith("ground/"))
    body, track = ego(field, origin + np.array([150.0, -1.75]), yaw)
    return Scene(World(ground, (body,), 0, NOON), Motion((track,), (0.0,)))


def rig():
    return pydantic.TypeAdapter(Rig).validate_python(with_makes(yaml.safe_load(FILE.read_text())))


def test_road_sidewalk_and_paint_lie_on_the_plane(hill):
    stuff, plane, _, origin, _ = hill
    rng = np.random.default_rng(0)
    world = World(stuff, (), -1, NOON)
    share = rng.uniform([5.0, -5.9], [295.0, 5.9], (3000, 2)) + origin
    start = np.column_stack([share, plane(share) + 1.5])
    down = np.tile([0.0, 0.0, -1.0], (len(start), 1))
    with tracer(world) as trace:
        hits = trace.stuff_hits(Rays(start, down, np.zeros(len(start))))
    found = start[:, 2] - hits.distance - plane(share)
    kinds = np.array([world.bodies[i].kind if i >= 0 else "" for i in hits.body])
    assert {"road", "sidewalk"} <= set(kinds)
    np.testing.assert_allclose(found[kinds == "road"], 0.0, atol=0.004)
    off = np.abs(share[:, 1] - origin[1])
    walk = found[(kinds == "sidewalk") & (off > 4.3)]
    np.testing.assert_allclose(walk, 0.12, atol=0.004)


@pytest.mark.parametrize("yaw", [0.0, np.pi])
def test_lidar_points_of_the_road_lie_on_the_plane(hill, yaw):
    lidar = rig().lidar("velodyne")
    model = replace(lidar.model, range_noise=0.0, weak_noise=0.0, range_step=1e-9, lost=0.0,
                    threshold=1e-12, bias=(0.0,) * lidar.model.beams)  # fmt: skip
    scene, plane = scene_of(hill, yaw), hill[1]
    with tracer(scene.world) as trace:
        now = moment(scene, 0.0)
        reading = observe(replace(lidar, model=model), trace, now, VACUUM, stream(0, "lidar"))
    world = transform(reading.world_from_lidar, np.asarray(reading.point, float))
    road = np.array([scene.world.bodies[i].kind == "road" for i in reading.body])
    assert road.sum() > 10_000
    off = world[road, 2] - plane(world[road])
    assert np.abs(off).max() < 0.03
    assert abs(np.median(off)) < 0.005


def test_the_road_s_vanishing_point_stays_and_the_horizon_moves_by_the_grade(hill):
    along, aside = hill[4]
    scene = scene_of(hill)
    view = view_of(rig().camera("image_2"), moment(scene, 0.0))
    level = rig().camera("image_2")
    ahead = np.array([[1.0, 0.0, along], [1.0, 0.0, 0.0]])
    local = rotate(inverse(view.world_from_camera), ahead)
    pixel = local @ view.matrix.T
    row = pixel[:, 1] / pixel[:, 2]
    flat_scene = replace(scene, motion=Motion((standing((0, 0, 0), (0, 0, 0, 1)),), (0.0,)))
    flat = view_of(level, moment(flat_scene, 0.0))
    straight = rotate(inverse(flat.world_from_camera), ahead[1:]) @ flat.matrix.T
    if aside == 0.0:
        assert row[0] == pytest.approx(straight[0, 1] / straight[0, 2], abs=1e-3)
    focal = view.matrix[1, 1]
    assert row[1] - row[0] == pytest.approx(focal * along, rel=0.02)
    left = rotate(inverse(view.world_from_camera), np.array([[0.0, 1.0, aside]]))[0]
    plain = rotate(inverse(flat.world_from_camera), np.array([[0.0, 1.0, 0.0]]))[0]
    np.testing.assert_allclose(left / np.linalg.norm(left), plain, atol=1e-6)
