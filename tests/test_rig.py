from dataclasses import replace
from pathlib import Path

import numpy as np
import pydantic
import pytest
import yaml

from synthgen.config_camera import with_makes
from synthgen.geometry import inverse, transform
from synthgen.rig import CameraMount, Mount, Rig
from synthgen.sample import CameraView

FILE = Path(__file__).parents[1] / "conf" / "rig" / "kitti.yaml"


@pytest.fixture(scope="module")
def rig():
    return pydantic.TypeAdapter(Rig).validate_python(with_makes(yaml.safe_load(FILE.read_text())))


def pixels(matrices, projection, points):
    """The chain of KITTI's devkit, written out."""
    rectification = np.eye(4)
    rectification[:3, :3] = matrices.rectification
    homogeneous = np.column_stack([points, np.ones(len(points))])
    flat = (
        homogeneous
        @ (matrices.projections[projection] @ rectification @ matrices.camera_from_lidar).T
    )
    return flat[:, :2] / flat[:, 2:]


def view_of(camera, world_from_ego):
    model = camera.model
    pose = world_from_ego @ camera.ego_from_camera
    return CameraView(camera.name, model.width, model.height, np.array(model.matrix), pose, 0.0)


def random_points(seed=3):
    draw = np.random.default_rng(seed)
    return np.column_stack([draw.uniform(4, 70, 200), draw.uniform(-15, 15, (200, 2))])


def test_projection_chain_of_the_calibration_is_the_camera(rig):
    points = random_points()
    world_from_ego = Mount(position=(310.0, -75.0, 3.0), yaw_deg=130.0).ego_from_sensor
    world = transform(world_from_ego @ rig.lidar("velodyne").ego_from_lidar, points)
    found, _ = view_of(rig.camera("image_2"), world_from_ego).project(world)
    chain = pixels(rig.matrices("image_2", "velodyne"), "P2", points)
    np.testing.assert_allclose(found, chain, atol=1e-6)


def test_written_rotations_are_rotations_and_the_published_ones(rig):
    matrices = rig.matrices("image_2", "velodyne")
    for matrix in (matrices.rectification, matrices.camera_from_lidar[:3, :3]):
        np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), atol=1e-14)
    published = np.array(rig.calibration.camera_from_lidar).reshape(3, 4)
    np.testing.assert_allclose(matrices.camera_from_lidar[:3], published, atol=2e-7)


def test_camera_and_lidar_stand_as_high_as_published(rig):
    assert rig.lidar("velodyne").ego_from_lidar[2, 3] == 1.73
    np.testing.assert_allclose(rig.camera("image_2").ego_from_camera[2, 3], 1.65, atol=0.01)


def test_camera_looks_ahead(rig):
    forward = rig.camera("image_2").ego_from_camera[:3, 2]
    np.testing.assert_allclose(forward, [1, 0, 0], atol=0.03)


def test_beams_are_those_of_the_instrument(rig):
    model = rig.lidars["velodyne"].model
    assert model.beams == 64
    assert (model.elevation_deg[0], model.elevation_deg[63]) == (1.937, -25.003)
    assert max(model.firing) < 1 / model.rate / model.columns
    assert len(set(model.firing)) == 32


def test_a_mounted_camera_gets_its_own_calibration(rig):
    mount = Mount(position=(0.5, 0.3, 1.4), roll_deg=1.0, pitch_deg=-2.0, yaw_deg=35.0)
    own = CameraMount(model=rig.cameras["image_2"].model, mount=mount)
    wider = replace(rig, cameras={**rig.cameras, "side": own})
    turned = Mount(position=(0, 0, 0), yaw_deg=35.0).ego_from_sensor
    points = transform(turned, random_points())
    world = transform(wider.lidar("velodyne").ego_from_lidar, points)
    found, _ = view_of(wider.camera("side"), np.eye(4)).project(world)
    chain = pixels(wider.matrices("side", "velodyne"), "P2", points)
    np.testing.assert_allclose(found, chain, atol=1e-6)


def test_mount_angles_turn_as_named():
    looking_down = Mount(position=(0, 0, 0), pitch_deg=10.0).ego_from_sensor[:3, 0]
    looking_left = Mount(position=(0, 0, 0), yaw_deg=10.0).ego_from_sensor[:3, 0]
    assert looking_down[2] < 0
    assert looking_left[1] > 0


def test_imu_is_where_the_car_has_it(rig):
    matrices = rig.matrices("image_2", "velodyne")
    imu = (rig.lidar("velodyne").ego_from_lidar @ matrices.lidar_from_imu)[:3, 3]
    np.testing.assert_allclose(imu[[0, 2]], [-1.33, 0.93], atol=0.01)
    inverse(matrices.lidar_from_imu)


def test_wrong_numbers_are_refused(rig):
    model = rig.lidars["velodyne"].model
    with pytest.raises(ValueError, match="one value for each of 64 beams, got 3"):
        replace(model, height=(0.0, 0.0, 0.0))
    with pytest.raises(ValueError, match="either a mount or a projection"):
        CameraMount(model=rig.cameras["image_2"].model)
    camera = CameraMount(model=rig.cameras["image_2"].model, projection="P9")
    with pytest.raises(ValueError, match="not in the calibration, got P9"):
        replace(rig, cameras={"image_2": camera})


def test_the_surround_view_looks_all_round(rig):
    four = yaml.safe_load(FILE.with_name("fisheye.yaml").read_text())
    four = pydantic.TypeAdapter(Rig).validate_python(with_makes(four))
    assert list(four.cameras) == ["front", "left", "rear", "right"]
    turn = np.radians(np.arange(0, 360, 5.0))
    around = 30 * np.stack([np.cos(turn), np.sin(turn), np.zeros(len(turn))], -1)
    seen = np.zeros(len(turn), int)
    for name in four.cameras:
        camera = four.camera(name)
        model = camera.model
        view = CameraView(
            name, model.width, model.height, np.array(model.matrix), camera.ego_from_camera, 0.0,
            model.projection_model, model.distortion, model.half,
        )  # fmt: skip
        pixel, depth = view.project(around + np.array([0, 0, 1.0]))
        seen += (depth > 0) & (pixel >= 0).all(axis=1) & (pixel < [1280, 960]).all(axis=1)
    assert seen.min() >= 1
    assert (seen >= 2).mean() > 0.9


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"projection_model": "fish_eye"}, "one of pinhole, brown, fisheye; did you mean fisheye?"),
        ({"projection_model": "fisheye"}, "distortion of a fisheye needs one of 4 numbers, got 0"),
        ({"projection_model": "brown", "distortion": (0.1,) * 3}, "one of 4, 5, 8 numbers, got 3"),
        ({"distortion": (0.1,) * 4}, "distortion of a pinhole needs one of 0 numbers, got 4"),
        ({"field_deg": 100.0}, "a pinhole has none"),
        (
            {"projection_model": "fisheye", "distortion": (0.0,) * 4, "field_deg": 400.0},
            "field_deg",
        ),
        ({"projection_model": "brown", "distortion": (-1e8, 0, 0, 0)}, "inside out"),
    ],
)
def test_a_lens_that_cannot_be_is_refused(rig, changes, said):
    model = rig.camera("image_2").model
    with pytest.raises(ValueError, match=said.replace("?", r"\?")):
        replace(model, **changes)
