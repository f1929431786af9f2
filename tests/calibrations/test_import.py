"""Rigs from calibration files: they load, and every number is the file's to the last digit."""

import json
import shutil

import numpy as np
import pytest
import yaml
from scipy.spatial.transform import Rotation

from synthgen.__main__ import main
from synthgen.config import read
from synthgen.errors import UserError

KITTI = {
    "P0": "7.215377e+02 0.0 6.095593e+02 0.0 0.0 7.215377e+02 1.728540e+02 0.0 0.0 0.0 1.0 0.0",
    "P1": "7.215377e+02 0.0 6.095593e+02 -3.875744e+02 0.0 7.215377e+02 1.728540e+02 0.0 0.0 0.0 "
          "1.0 0.0",
    "P2": "7.215377e+02 0.0 6.095593e+02 4.485728e+01 0.0 7.215377e+02 1.728540e+02 2.163791e-01 "
          "0.0 0.0 1.0 2.745884e-03",
    "P3": "7.215377e+02 0.0 6.095593e+02 -3.395242e+02 0.0 7.215377e+02 1.728540e+02 2.199936e+00 "
          "0.0 0.0 1.0 2.729905e-03",
    "R0_rect": "9.999239e-01 9.837760e-03 -7.445048e-03 -9.869795e-03 9.999421e-01 -4.278459e-03 "
               "7.402527e-03 4.351614e-03 9.999631e-01",
    "Tr_velo_to_cam": "7.533745e-03 -9.999714e-01 -6.166020e-04 -4.069766e-03 1.480249e-02 "
                      "7.280733e-04 -9.998902e-01 -7.631618e-02 9.998621e-01 7.523790e-03 "
                      "1.480755e-02 -2.717806e-01",
    "Tr_imu_to_velo": "9.999976e-01 7.553071e-04 -2.035826e-03 -8.086759e-01 -7.854027e-04 "
                      "9.998898e-01 -1.482298e-02 3.195559e-01 2.024406e-03 1.482454e-02 "
                      "9.998881e-01 -7.997231e-01",
}  # fmt: skip
"""Source: KITTI, calibration of 26 September 2011."""
RECORDS = {
    "CAM_FRONT": ([1.70079118954, 0.0159456324149, 1.51095763913],
                  [0.4998015430569128, -0.5030316162024876, 0.4997798114386805,
                   -0.49737083824542755],
                  [[1266.417203046554, 0.0, 816.2670197447984],
                   [0.0, 1266.417203046554, 491.50706579294757], [0.0, 0.0, 1.0]]),
    "LIDAR_TOP": ([0.943713, 0.0, 1.84023],
                  [0.7077955119163518, -0.006492242056004365, 0.010646214713995808,
                   -0.7063073142877817], []),
    "RADAR_FRONT": ([3.412, 0.0, 0.5], [0.9999984769132877, 0.0, 0.0, 0.0017453283658983088], []),
}  # fmt: skip
"""Source: nuScenes, vehicle n015: translation, rotation (w, x, y, z), camera_intrinsic."""


def numbers(text):
    return tuple(float(word) for word in text.split())


def made(source, tmp_path):
    """Return the rig that the command line makes of `source`."""
    out = tmp_path / "mine.yaml"
    assert main(["task=rig", f"from={source}", f"out={out}"]) == 0
    return read([f"rig={out}"]).rig


@pytest.fixture
def calib(tmp_path):
    path = tmp_path / "000000.txt"
    path.write_text("\n".join(f"{name}: {text}" for name, text in KITTI.items()) + "\n\n")
    return path


@pytest.fixture
def raw(tmp_path):
    folder = tmp_path / "2011_09_26"
    folder.mkdir()
    lines = [f"R_rect_00: {KITTI['R0_rect']}"]
    for n in range(4):
        lines += [f"S_rect_0{n}: 1.24{n}e+03 3.75{n}e+02", f"P_rect_0{n}: {KITTI[f'P{n}']}"]
    (folder / "calib_cam_to_cam.txt").write_text("calib_time: 09-Jan-2012\n" + "\n".join(lines))
    for name, key in (("velo", "Tr_velo_to_cam"), ("imu", "Tr_imu_to_velo")):
        words = KITTI[key].split()
        turn = " ".join(words[4 * row + k] for row in range(3) for k in range(3))
        shift = " ".join(words[4 * row + 3] for row in range(3))
        target = "cam" if name == "velo" else "velo"
        (folder / f"calib_{name}_to_{target}.txt").write_text(f"R: {turn}\nT: {shift}\n")
    return folder


@pytest.fixture
def version(tmp_path):
    folder = tmp_path / "v1.0-mini"
    folder.mkdir()
    sensors, rows = [], []
    for channel, (shift, turn, matrix) in RECORDS.items():
        modality = {"C": "camera", "L": "lidar", "R": "radar"}[channel[0]]
        sensors.append({"token": f"s{channel}", "channel": channel, "modality": modality})
        rows.append({"token": channel, "sensor_token": f"s{channel}", "translation": shift,
                     "rotation": turn, "camera_intrinsic": matrix})  # fmt: skip
        rows.append({**rows[-1], "token": f"{channel}2", "translation": [9.0, 9.0, 9.0]})
    (folder / "sensor.json").write_text(json.dumps(sensors))
    (folder / "calibrated_sensor.json").write_text(json.dumps(rows))
    return folder


INFO = {
    "image_width": 1280, "image_height": 960, "camera_name": "front",
    "camera_matrix": {"rows": 3, "cols": 3,
                      "data": [812.123456789012, 0.0, 640.25, 0.0, 811.9876543210987, 480.75, 0.0,
                               0.0, 1.0]},
    "distortion_model": "plumb_bob",
    "distortion_coefficients": {"rows": 1, "cols": 5,
                                "data": [-0.2412345678901234, 0.0712, 0.00012, -0.00034, -0.0093]},
}  # fmt: skip
TURN = {"x": -0.49950012, "y": 0.50049963, "z": -0.4995, "w": 0.5004998}


@pytest.fixture
def ros(tmp_path):
    folder = tmp_path / "ros"
    folder.mkdir()
    (folder / "front.yaml").write_text(yaml.safe_dump(INFO))
    stamped = [
        {"header": {"frame_id": "base_link"}, "child_frame_id": child,
         "transform": {"translation": shift, "rotation": turn}}
        for child, shift, turn in (
            ("front_optical_frame", {"x": 1.7123456789012345, "y": 0.0, "z": 1.45}, TURN),
            ("velodyne_top", {"x": 0.9, "y": -0.001, "z": 1.987654321}, {**TURN, "x": 0.0, "y": 0.0,
             "z": 0.0, "w": 1.0}),
        )
    ]  # fmt: skip
    (folder / "tf_static.yaml").write_text(yaml.safe_dump({"transforms": stamped}))
    return folder


def test_kittis_object_calibration_keeps_every_digit(calib, tmp_path):
    rig = made(calib, tmp_path)
    for name in ("P0", "P1", "P2", "P3"):
        assert rig.calibration.projections[name] == numbers(KITTI[name])
    assert rig.calibration.rectification == numbers(KITTI["R0_rect"])
    assert rig.calibration.camera_from_lidar == numbers(KITTI["Tr_velo_to_cam"])
    assert rig.calibration.lidar_from_imu == numbers(KITTI["Tr_imu_to_velo"])
    assert set(rig.cameras) == {"image_2", "image_3"}


def test_kittis_devkit_projects_a_point_where_the_rig_does(calib, tmp_path):
    rig = made(calib, tmp_path)
    point = np.array([12.0, -1.5, 0.4, 1.0])
    rect, velo = np.eye(4), np.eye(4)
    rect[:3, :3] = np.reshape(numbers(KITTI["R0_rect"]), (3, 3))
    velo[:3] = np.reshape(numbers(KITTI["Tr_velo_to_cam"]), (3, 4))
    for name, matrix in (("image_2", "P2"), ("image_3", "P3")):
        u, v, w = np.reshape(numbers(KITTI[matrix]), (3, 4)) @ rect @ velo @ point
        camera = rig.camera(name)
        ego = rig.lidar("velodyne").ego_from_lidar @ point
        x, y, z, _ = np.linalg.inv(camera.ego_from_camera) @ ego
        own = np.array(camera.model.matrix) @ [x, y, z] / z
        assert own[:2] == pytest.approx([u / w, v / w], abs=1e-3)


def test_raw_recordings_say_the_same_and_how_large_images_are(raw, calib, tmp_path):
    rig, same = made(raw, tmp_path), made(calib, tmp_path)
    assert rig.calibration == same.calibration
    assert (rig.cameras["image_2"].model.width, rig.cameras["image_3"].model.height) == (1242, 375)
    assert made(raw / "calib_cam_to_cam.txt", tmp_path).calibration == rig.calibration


def test_nuscenes_keeps_every_digit_of_the_first_calibration_of_each_channel(version, tmp_path):
    rig = made(version, tmp_path)
    shift, (w, x, y, z), matrix = RECORDS["CAM_FRONT"]
    camera = rig.cameras["CAM_FRONT"]
    assert camera.mount.position == tuple(shift)
    assert camera.mount.quaternion == (x, y, z, w)
    assert [list(row) for row in camera.model.matrix] == matrix
    shift, (w, x, y, z), _ = RECORDS["LIDAR_TOP"]
    lidar = rig.lidars["LIDAR_TOP"]
    assert (lidar.mount.position, lidar.mount.quaternion) == (tuple(shift), (x, y, z, w))
    radar, (w, x, y, z) = rig.sensors["RADAR_FRONT"], RECORDS["RADAR_FRONT"][1]
    assert (radar.kind, radar.mount.quaternion) == ("radar", (x, y, z, w))
    ours = read(["rig=nuscenes"]).rig
    np.testing.assert_array_equal(
        rig.camera("CAM_FRONT").ego_from_camera, ours.camera("CAM_FRONT").ego_from_camera
    )


def test_ros_keeps_every_digit_and_turns_optical_frames(ros, tmp_path):
    rig = made(ros, tmp_path)
    camera = rig.cameras["front"]
    assert camera.mount.position == (1.7123456789012345, 0.0, 1.45)
    assert camera.mount.quaternion == tuple(TURN.values())
    data = INFO["camera_matrix"]["data"]
    assert [one for row in camera.model.matrix for one in row] == data
    assert camera.model.distortion == tuple(INFO["distortion_coefficients"]["data"])
    # By hand: the optical frame's z axis is where the camera looks.
    ahead = Rotation.from_quat(list(TURN.values())).apply([0, 0, 1])
    np.testing.assert_allclose(rig.camera("front").ego_from_camera[:3, 2], ahead, atol=1e-12)
    assert rig.lidars["velodyne_top"].mount.position == (0.9, -0.001, 1.987654321)


def test_ros_frames_below_frames_are_chained(ros, tmp_path):
    (ros / "tf_static.yaml").unlink()
    (ros / "sensors.yaml").write_text(yaml.safe_dump({
        "base_link": {"kit": {"x": 1.0, "y": 0.0, "z": 2.0, "roll": 0.0, "pitch": 0.0,
                              "yaw": 1.5707963267948966}},
        "kit": {name: {"x": 0.5, "y": 0.1, "z": -0.2, "roll": 0.0, "pitch": 0.1, "yaw": 0.0}
                for name in ("front/camera_link", "velodyne_top_base_link")},
    }))  # fmt: skip
    rig = made(ros, tmp_path)
    place = rig.camera("front").ego_from_camera[:3, 3] - rig.origin
    assert place == pytest.approx([1.0 - 0.1, 0.5, 1.8])
    ahead = rig.camera("front").ego_from_camera[:3, 2]
    assert ahead == pytest.approx([0, np.cos(0.1), -np.sin(0.1)], abs=1e-12)


def broken(path, change):
    path.write_text(change(path.read_text()))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("P2: 7.215377e+02", "P2:"), "line 3: P2: expected 12 numbers"),
        (lambda text: text.replace("R0_rect:", "R1_rect:"), "R0_rect: missing"),
        (lambda text: text.replace("-4.069766e-03", "-4,069766e-03"), "expected numbers"),
        (lambda text: text.replace("9.837760e-03", "9.837760e-01"), "not a rotation"),
        (lambda text: "", "P0: missing"),
    ],
)
def test_a_bad_kitti_file_is_one_line(calib, tmp_path, capsys, change, said):
    broken(calib, change)
    assert main(["task=rig", f"from={calib}", f"out={tmp_path / 'mine.yaml'}"]) == 2
    line = capsys.readouterr().err
    assert said in line
    assert line.count("\n") == 1


@pytest.mark.parametrize(
    ("file", "change", "said"),
    [
        ("sensor.json", lambda text: text[:-3], "expected JSON"),
        ("sensor.json", lambda text: text.replace("sCAM_FRONT", "s"), "no such sensor"),
        (
            "calibrated_sensor.json",
            lambda text: text.replace("0.943713, ", ""),
            "expected 3 values",
        ),
        ("calibrated_sensor.json", lambda text: text.replace("rotation", "turn"), "rotation=None"),
        ("calibrated_sensor.json", lambda text: "{}", "expected a list"),
    ],
)
def test_a_bad_nuscenes_file_is_one_line(version, tmp_path, capsys, file, change, said):
    broken(version / file, change)
    assert main(["task=rig", f"from={version}", f"out={tmp_path / 'mine.yaml'}"]) == 2
    line = capsys.readouterr().err
    assert said in line
    assert line.count("\n") == 1


@pytest.mark.parametrize(
    ("file", "change", "said"),
    [
        ("front.yaml", lambda text: text.replace("plumb_bob", "fov"), "distortion_model=fov"),
        ("front.yaml", lambda text: text.replace("- 640.25\n", ""), "data of 9 numbers"),
        ("front.yaml", lambda text: text.replace("name: front", "name: frnt"), "no transform to"),
        ("front.yaml", lambda text: "a: [1", "expected YAML"),
        ("tf_static.yaml", lambda text: text.replace("w: 0.5004998", "w: 0.9"), "of length 1"),
        ("tf_static.yaml", lambda text: text.replace("velodyne", "imu"), "a frame of a lidar"),
        ("tf_static.yaml", lambda text: text.replace("frame_id: base_link", "id: x"), "expected h"),
    ],
)
def test_a_bad_ros_file_is_one_line(ros, tmp_path, capsys, file, change, said):
    broken(ros / file, change)
    assert main(["task=rig", f"from={ros}", f"out={tmp_path / 'mine.yaml'}"]) == 2
    line = capsys.readouterr().err
    assert said in line
    assert line.count("\n") == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["out=mine.yaml"], "from: missing"),
        (["from=none.txt", "out=mine.yaml"], "none.txt: no such file or folder"),
        (["from=none.txt"], "out: missing"),
        (["from=none.txt", "out=mine"], "expected a YAML file"),
    ],
)
def test_what_the_command_lacks_is_one_line(given, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["task=rig", *given]) == 2
    assert said in capsys.readouterr().err


def test_a_folder_of_something_else_says_what_was_expected(tmp_path):
    from synthgen.calibrations.task import rig_of

    shutil.rmtree(tmp_path / "empty", ignore_errors=True)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="expected a calib file of KITTI"):
        rig_of(tmp_path / "empty")
