"""The rigs that come along: their numbers are those of the data sets they are named after."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from synthgen.config import read
from synthgen.config_compose import folder
from synthgen.errors import UserError
from synthgen.mounting import Mount
from synthgen.projection import Projection
from synthgen.rig import BODY_FROM_OPTICAL

CAMERAS = {
    "CAM_FRONT": (1266.4172, 816.2670, 491.5071, 1.70079, 0.01595, 1.51096, 0.33, -0.32, -35.49),
    "CAM_FRONT_RIGHT": (1260.8474, 807.9682, 495.3344, 1.55085, -0.4934, 1.49575, -56.40, -0.78,
                        -27.61),
    "CAM_FRONT_LEFT": (1272.5979, 826.6155, 479.7517, 1.52388, 0.49463, 1.50933, 55.16, 0.14,
                       -43.11),
    "CAM_BACK": (809.2210, 829.2196, 481.7784, 0.02833, 0.00345, 1.5791, 179.86, 0.96, -10.43),
    "CAM_BACK_LEFT": (1256.7415, 792.1126, 492.7757, 1.03569, 0.4848, 1.59097, 108.60, -0.92,
                      -0.53),
    "CAM_BACK_RIGHT": (1259.5137, 807.2529, 501.1958, 1.01488, -0.48057, 1.5624, -110.79, -0.93,
                       -20.06),
}  # fmt: skip
"""f, cx, cy [px], place [m] from the rear axle, yaw and pitch up [deg], stamp less lidar's [ms].

Source: nuScenes, keyframe of vehicle n015: calibrated_sensor.json, sample_data.json."""


@pytest.fixture(scope="module")
def nuscenes():
    return read(["rig=nuscenes"]).rig


@pytest.mark.parametrize("name", CAMERAS)
def test_nuscenes_cameras_stand_and_look_and_trigger_as_published(nuscenes, name):
    f, cx, cy, x, y, z, yaw, pitch, late = CAMERAS[name]
    camera = nuscenes.camera(name)
    assert (camera.model.width, camera.model.height) == (1600, 900)
    assert camera.model.matrix[0] == pytest.approx((f, 0, cx), abs=1e-4)
    assert camera.model.matrix[1] == pytest.approx((0, f, cy), abs=1e-4)
    place = camera.ego_from_camera[:3, 3] - nuscenes.origin
    assert place == pytest.approx([x, y, z], abs=1e-5)
    ahead = camera.ego_from_camera[:3, 2]
    assert np.degrees(np.arctan2(ahead[1], ahead[0])) == pytest.approx(yaw, abs=0.006)
    # The table gives the pitch of the optical frame about the car's left: down is negative there.
    assert np.degrees(np.arcsin(ahead[2])) == pytest.approx(pitch, abs=0.006)
    assert 1000 * camera.offset == pytest.approx(late, abs=0.1)


def test_nuscenes_lidar_looks_forward_in_our_frame(nuscenes):
    pose = nuscenes.lidar("LIDAR_TOP").ego_from_lidar
    assert np.degrees(np.arctan2(pose[1, 0], pose[0, 0])) == pytest.approx(0.12, abs=0.005)
    assert pose[:3, 3] == pytest.approx([0.943713 - 1.385, 0, 1.84023])
    assert pose[2, 2] > 0.999


@pytest.mark.parametrize(("name", "cameras"), [("waymo", 5), ("nuscenes", 6)])
def test_all_cameras_look_within_one_turn_of_their_lidar(name, cameras):
    rig = read([f"rig={name}"]).rig
    late = [rig.camera(one).offset for one in rig.cameras]
    lidar = next(iter(rig.lidars.values())).model
    assert len(set(late)) == cameras
    assert max(late) - min(late) < 1 / lidar.rate


def test_waymos_fields_of_view_are_the_papers():
    rig = read(["rig=waymo"]).rig
    for name in rig.cameras:
        model = rig.camera(name).model
        half = np.degrees(np.arctan(model.width / 2 / model.matrix[0][0]))
        assert half == pytest.approx(25.2, abs=0.01)
    beams = [max(one.model.elevation_deg) for one in rig.lidars.values()]
    assert beams == [2.4, 30, 30, 30, 30]


@pytest.mark.parametrize("axes", ["flu", "rdf", "rfu"])
def test_a_quaternion_turns_the_frame_that_its_axes_name(axes):
    """By hand: of a sensor that looks to the left, each frame's own turn gives one pose."""
    turn = Rotation.from_euler("z", 90, degrees=True).as_matrix()
    native = {"flu": np.eye(3), "rdf": BODY_FROM_OPTICAL[:3, :3],
              "rfu": np.array([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]])}  # fmt: skip
    quaternion = Rotation.from_matrix(turn @ native[axes]).as_quat()
    mount = Mount(position=(1, 2, 3), quaternion=tuple(quaternion), axes=axes)
    same = Mount(position=(1, 2, 3), yaw_deg=90.0)
    np.testing.assert_allclose(mount.ego_from_sensor, same.ego_from_sensor, atol=1e-12)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("quaternion: [1, 0, 0]", "must be x, y, z, w of length 1"),
        ("quaternion: [1, 1, 0, 0]", "must be x, y, z, w of length 1"),
        ("axes: rdf", "either angles or a quaternion"),
        ("axes: rfd, quaternion: [0, 0, 0, 1]", "one of flu, rdf, rfu; did you mean rf"),
        ("yaw_deg: 1, quaternion: [0, 0, 0, 1]", "either angles or a quaternion"),
    ],
)
def test_mounts_that_contradict_themselves_are_one_line(tmp_path, change, said):
    text = (folder() / "rig/fisheye.yaml").read_text()
    mine = tmp_path / "mine.yaml"
    mine.write_text(text.replace("position: [-0.2, 0.0, 1.85]", f"position: [0, 0, 2], {change}"))
    with pytest.raises(UserError, match=r"rig\.lidars\.puck\.mount") as caught:
        read([f"rig={mine}"])
    assert said in str(caught.value)


def test_a_rig_of_the_users_is_chosen_from_a_folder_of_theirs(tmp_path):
    home = tmp_path / "conf/rig"
    home.mkdir(parents=True)
    text = (folder() / "rig/nuscenes.yaml").read_text()
    (home / "mine.yaml").write_text(text.replace("name: nuscenes", "name: mine"))
    assert read(["rig=mine"], str(tmp_path / "conf")).rig.name == "mine"


RADARS = {
    "RADAR_FRONT": (3.412, 0.0, 0.5, 0.20), "RADAR_FRONT_LEFT": (2.422, 0.8, 0.78, 88.36),
    "RADAR_FRONT_RIGHT": (2.422, -0.8, 0.77, -90.98),
    "RADAR_BACK_LEFT": (-0.562, 0.628, 0.53, 174.41),
    "RADAR_BACK_RIGHT": (-0.562, -0.618, 0.53, -176.11),
}  # fmt: skip
"""Place [m] from the rear axle and yaw [deg]. Source: as `CAMERAS`."""


@pytest.mark.parametrize("name", RADARS)
def test_nuscenes_radars_stand_and_look_as_published(nuscenes, name):
    *place, yaw = RADARS[name]
    pose = nuscenes.sensor(name).ego_from_sensor
    assert pose[:3, 3] - nuscenes.origin == pytest.approx(place)
    assert np.degrees(np.arctan2(pose[1, 0], pose[0, 0])) == pytest.approx(yaw)
    assert nuscenes.sensors[name].kind == "radar"


def test_a_robotaxi_sees_all_around():
    """Fields of view [deg] overlap by 5 degrees at least: no car fits between."""
    rig = read(["rig=robotaxi"]).rig
    edges = []
    for name in rig.cameras:
        camera = rig.camera(name)
        view = Projection(camera.model.projection_model, np.array(camera.model.matrix),
                          camera.model.distortion, camera.model.half)  # fmt: skip
        columns = np.array([0.0, camera.model.width - 1.0])
        rays = view.rays(columns, np.full(2, camera.model.matrix[1][2]))
        ahead = rays @ camera.ego_from_camera[:3, :3].T
        edges.append(np.degrees(np.arctan2(ahead[:, 1], ahead[:, 0])))
    edges.sort(key=lambda pair: pair[0])
    for one, two in zip(edges, edges[1:] + edges[:1], strict=True):
        assert (one[0] - two[1] + 180) % 360 - 180 > 5
    assert {fitted.kind for fitted in rig.sensors.values()} == {"radar", "microphones"}
    assert rig.lidars["roof"].model.beams == 128
