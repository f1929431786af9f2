from dataclasses import replace

import numpy as np
import pytest

from synthgen.assets.fleet import draw_user
from synthgen.build.city import make_bodies
from synthgen.build.detail import OFTEN, detailed, reach_of
from synthgen.config import read
from synthgen.embree import tracer
from synthgen.geometry import yaw_quaternion
from synthgen.motion import Motion, Track, standing
from synthgen.rays import Rays
from synthgen.rng import stream
from synthgen.scene import Scene, moment

LEVEL = np.array([0.0, 0.0, 0.0, 1.0])


@pytest.fixture(scope="module")
def rig():
    return read(["scene=clear_day", "seed=0"]).rig


@pytest.fixture(scope="module")
def car():
    return make_bodies(draw_user("car", stream(2, "far car")))[0]


@pytest.fixture(scope="module")
def person():
    return make_bodies(draw_user("pedestrian", stream(2, "far person")))[0]


def street(scenes, bodies, tracks) -> Scene:
    """The ego car at the origin, and `bodies` on `tracks`."""
    empty = scenes([])
    world = replace(empty.world, things=(*empty.world.things, *bodies))
    return Scene(world, Motion((*empty.motion.tracks, *tracks), empty.motion.times))


def row(scenes, body, places) -> Scene:
    bodies = [replace(body, name=f"row/{n}") for n in range(len(places))]
    return street(scenes, bodies, [standing((x, y, 0.0), yaw_quaternion(0.4 + x))
                                   for x, y in places])  # fmt: skip


def test_half_a_pixel_of_the_kitti_camera_is_four_centimetres_at_58_metres(rig):
    assert reach_of(rig) == pytest.approx(0.08 * 721.54, abs=0.1)


def test_far_cars_of_a_design_share_a_coarse_mesh_and_near_ones_keep_theirs(scenes, rig, car):
    scene = row(scenes, car, [(20, 0), (62, 3), (70, 0), (80, 6), (-90, 0)])
    known = {}
    near, *rest = detailed(scene, rig, known).world.things[1:]
    meshes = [body.mesh for body in rest]
    assert near.mesh is car.mesh
    assert meshes[0] is car.mesh, "61 m and half a car's length are too near"
    assert len({id(mesh) for mesh in meshes[1:]}) == 1
    assert len(meshes[1].triangles) < len(car.mesh.triangles) / 2
    assert {body.extent for body in rest} == {car.extent}
    assert all(body.circuits is car.circuits and body.lamps is car.lamps for body in rest)
    assert list(known) == [car.mesh]
    again = detailed(scene, rig, known).world.things[-1]
    assert again.mesh is meshes[-1]


def test_designs_that_are_rarely_far_and_people_stay_whole(scenes, rig, car, person):
    few = row(scenes, car, [(80.0, 5.0 * n) for n in range(OFTEN - 1)])
    folk = row(scenes, person, [(80.0, 5.0 * n) for n in range(OFTEN)])
    for scene in (few, folk):
        for one, other in zip(
            detailed(scene, rig, {}).world.things, scene.world.things, strict=True
        ):
            assert one is other


def test_who_comes_near_at_a_single_frame_is_whole_in_all(scenes, rig, car):
    scene = row(scenes, car, [(80.0, 5.0 * n) for n in range(OFTEN + 1)])
    times = (0.0, 3.0, 6.0)
    place = np.array([[200.0, 0, 0], [30.0, 0, 0], [200.0, 0, 0]])
    passing = Track(np.array(times), place, np.tile(LEVEL, (3, 1)), np.zeros(3),
                    np.zeros((3, len(car.circuits))), ((0.0 - 1, 7.0),))  # fmt: skip
    away = replace(passing, windows=((-1.0, 1.0), (5.0, 7.0)))
    for track, whole in ((passing, True), (away, False)):
        motion = Motion((*scene.motion.tracks[:-1], track), times)
        body = detailed(Scene(scene.world, motion), rig, {}).world.things[-1]
        assert (body.mesh is car.mesh) == whole


def test_a_coarse_car_covers_the_same_pixels(scenes, rig, car):
    """At 66 to 120 m, in the KITTI camera's pixels; by a second route, rays on the whole mesh."""
    scene = row(scenes, car, [(66, -9), (80, -3), (100, 4), (120, 12)])
    focal, column, level = 721.5, np.arange(-140, 141), np.arange(-10, 22)
    v, u = (grid.ravel() for grid in np.meshgrid(level, column, indexing="ij"))
    way = np.stack([np.full(len(u), focal), -u, -v], axis=1) / focal
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    rays = Rays(np.tile([0.0, 0.0, 1.65], (len(u), 1)), way, np.zeros(len(u)))
    seen = []
    for one in (scene, detailed(scene, rig, {})):
        with tracer(one.world) as trace:
            now = moment(one, 0.0)
            seen.append([trace.silhouette(now, thing, rays) for thing in now.things[1:]])
    assert [thing.body.mesh is car.mesh for thing in now.things[1:]] == [False] * 4
    for whole, less in zip(*seen, strict=True):
        assert whole.sum() > 60
        assert (whole & less).sum() / (whole | less).sum() > 0.97
