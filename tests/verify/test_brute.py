import numpy as np

from synthgen.embree import tracer
from synthgen.geometry import pose, yaw_quaternion
from synthgen.materials import Material
from synthgen.mesh import mesh
from synthgen.rays import Rays
from synthgen.sample import CameraView
from synthgen.scene import moment
from synthgen.verify.brute import see

CAMERA_AXES = np.array([[0, 0, 1, 0], [-1, 0, 0, 0], [0, -1, 0, 0], [0, 0, 0, 1]], float)


def camera(width=320, height=120, focal=200.0, position=(0, 0, 1.65)):
    matrix = np.array([[focal, 0, width / 2 - 0.3], [0, focal, height / 2 - 0.2], [0, 0, 1]])
    there = pose(np.array(position, float), yaw_quaternion(0.0)) @ CAMERA_AXES
    return CameraView("camera", width, height, matrix, there, 0.0)


def pixel_rays(view):
    row, column = np.mgrid[: view.height, : view.width]
    direction = view.directions(column.ravel().astype(float), row.ravel().astype(float))
    origin = np.tile(view.world_from_camera[:3, 3], (len(direction), 1))
    return Rays(origin, direction, np.full(len(direction), view.time))


def test_a_wall_that_fills_the_view_has_its_depth_everywhere():
    square = np.array([[10, -50, -50], [10, 50, -50], [10, 50, 50], [10, -50, 50]], float)
    wall = mesh(square, np.array([[0, 1, 2], [0, 2, 3]]), Material("m", (1, 1, 1)), "building")
    seen = see(camera(position=(0, 0, 0)), [(7, wall, np.eye(4))])
    np.testing.assert_allclose(seen.depth, 10.0)
    assert (seen.owner == 7).all()


def test_a_triangle_behind_the_camera_is_not_seen():
    behind = mesh(
        [[-5, -1, 0], [-5, 1, 0], [-5, 0, 2]], [[0, 1, 2]], Material("m", (1, 1, 1)), "car"
    )
    assert (see(camera(), [(1, behind, np.eye(4))]).owner == -1).all()


def test_oracle_and_engine_agree_on_every_pixel_without_doubt(scenes):
    scene = scenes(
        [(12, 3), (20, -8), (9, -2), (30, 0.5), (3.6, 3.2)], yaws=[0.4, 1.2, 2.0, 0.1, 0.3]
    )
    now, view = moment(scene, 0.0), camera(position=(0, 0, 1.8))
    with tracer(scene.world) as trace:
        hits = trace.first_hits(now, pixel_rays(view))
    meshes = [(thing.number, thing.mesh, thing.track.world_from_body(0.0)) for thing in now.things]
    meshes += [(0, scene.world.stuff[0].mesh, np.eye(4))]
    seen = see(view, meshes)
    sure = ~seen.doubt
    assert sure.mean() > 0.97
    np.testing.assert_array_equal(hits.body.reshape(seen.owner.shape)[sure], seen.owner[sure])
    forward = pixel_rays(view).direction @ view.world_from_camera[:3, 2]
    depth = (forward * hits.distance).reshape(seen.depth.shape)
    near = sure & (seen.owner > 0)
    np.testing.assert_allclose(depth[near], seen.depth[near], rtol=1e-5)
