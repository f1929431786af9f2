import numpy as np
import pytest

from synthgen.errors import UserError
from synthgen.exports.nuscenes.channels import channels
from synthgen.exports.nuscenes.recording import Mounted
from synthgen.geometry import pose, yaw_quaternion
from synthgen.rig import BODY_FROM_OPTICAL


def sensor(name, modality, yaw=0.0):
    place = pose(np.zeros(3), yaw_quaternion(np.radians(yaw)))
    return Mounted(name, modality, place @ BODY_FROM_OPTICAL if modality == "camera" else place)


ROOF = sensor("velodyne", "lidar")


@pytest.mark.parametrize(
    ("yaw", "channel"),
    [(0, "CAM_FRONT"), (-20, "CAM_FRONT"), (55, "CAM_FRONT_LEFT"), (-55, "CAM_FRONT_RIGHT"),
     (110, "CAM_BACK_LEFT"), (180, "CAM_BACK"), (-110, "CAM_BACK_RIGHT")],
)  # fmt: skip
def test_a_camera_is_called_by_where_it_looks(yaw, channel):
    found = channels([sensor("image_2", "camera", yaw), ROOF])
    assert found == {"image_2": channel, "velodyne": "LIDAR_TOP"}


def test_names_of_nuscenes_stay_and_others_make_room():
    found = channels([sensor("a", "camera"), sensor("cam_front", "camera", 3), ROOF,
                      sensor("LIDAR_TOP", "lidar"), sensor("radar_front", "radar")])  # fmt: skip
    assert found == {
        "a": "CAM_A", "cam_front": "CAM_FRONT", "velodyne": "LIDAR_VELODYNE",
        "LIDAR_TOP": "LIDAR_TOP", "radar_front": "RADAR_FRONT",
    }  # fmt: skip


def test_a_rig_without_a_lidar_is_refused():
    with pytest.raises(UserError, match="expected a rig with a lidar, got none"):
        channels([sensor("a", "camera")])
