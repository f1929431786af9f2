"""When cameras look: as the lidar passes their axis, by geometry alone."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.config import read
from synthgen.lidar_model import passing
from synthgen.mounting import Mount, Trigger
from synthgen.rig import CameraMount, Rig
from synthgen.sensors.sweep import beams
from synthgen.spec.identity import digest, plain

NUSCENES = {
    "CAM_FRONT_LEFT": (55.16, -43.11), "CAM_FRONT": (0.33, -35.49),
    "CAM_FRONT_RIGHT": (-56.40, -27.61), "CAM_BACK_RIGHT": (-110.79, -20.06),
    "CAM_BACK": (179.86, -10.43), "CAM_BACK_LEFT": (108.60, -0.53),
}  # fmt: skip
"""Yaw [deg] of each camera and its stamp less the lidar's [ms].

Source: calibrated_sensor.json and sample_data.json of a keyframe of nuScenes' vehicle n015."""
KITTI = read(["rig=kitti"]).rig


def turning(**changes):
    """Return the model of KITTI's lidar, changed."""
    return replace(KITTI.lidars["velodyne"].model, firing=(), **changes)


def rig(model, **yaws):
    """Return a rig of cameras that look `yaws` [deg] and are set off by a lidar."""
    lidar = replace(KITTI.lidars["velodyne"], model=model, mount=Mount(position=(0, 0, 1.8)))
    camera, trigger = KITTI.cameras["image_2"].model, Trigger(lidar="top")
    mounts = {name: Mount(position=(1, 0, 1.5), yaw_deg=yaw) for name, yaw in yaws.items()}
    cameras = {
        name: CameraMount(model=camera, mount=mount, trigger=trigger)
        for name, mount in mounts.items()
    }
    return Rig(name="test", ego=KITTI.ego, cameras=cameras, lidars={"top": lidar})


def test_nuscenes_stamps_follow_from_geometry_alone():
    model = turning(rate=20.0, columns=1000, clockwise=True, stamp=1.0, start_deg=104.77)
    found = rig(model, **{name: yaw for name, (yaw, _) in NUSCENES.items()})
    for name, (_, late) in NUSCENES.items():
        assert 1000 * found.camera(name).offset == pytest.approx(late, abs=0.1), name


def test_kittis_camera_looks_at_the_frames_time_and_its_spec_is_what_it_was():
    assert KITTI.camera("image_2").offset == 0.0
    assert "trigger" not in plain(KITTI.cameras["image_2"])
    # Set off by the lidar itself it would be 0.1 ms off, for it looks 0.4 degrees aside.
    fitted = replace(KITTI.cameras["image_2"], trigger=Trigger(lidar="velodyne"))
    other = replace(KITTI, cameras={"image_2": fitted})
    assert abs(other.camera("image_2").offset) < 2e-4
    assert digest(other) != digest(KITTI)


@given(
    yaw=st.floats(-179.9, 179.9), clockwise=st.booleans(), rate=st.sampled_from([10.0, 20.0]),
    stamp=st.sampled_from([0.5, 1.0]), start=st.floats(0, 359),
)  # fmt: skip
def test_the_lidars_own_rays_pass_the_axis_at_that_time(yaw, clockwise, rate, stamp, start):
    """The second route is the table of rays that the sweep fires."""
    if stamp == 1.0 and rate == 10.0:
        rate = 20.0  # a sweep lies within 0.06 s of its frame
    model = turning(rate=rate, columns=1800, clockwise=clockwise, stamp=stamp, start_deg=start)
    late = passing(model, np.radians(yaw))
    assert -stamp / rate - 1e-9 <= late <= (1 - stamp) / rate + 1e-9
    shots = beams(model, 0)
    top = shots.ring == 0
    x, y, _ = shots.direction[top].T
    gap = np.abs((np.degrees(np.arctan2(y, x)) - yaw + 180) % 360 - 180)
    times = shots.fired[top][gap <= gap.min() + 1e-6]
    apart = np.abs(times - late)
    # At the seam of the sweep the axis is passed at its start and at its end.
    assert min(apart.min(), abs(apart.min() - 1 / rate)) < 0.51 / 1800 / rate


def test_a_mirror_that_does_not_sweep_there_is_refused():
    model = turning(columns=1200, field_deg=120.0, start_deg=60.0, clockwise=True, scanning=0.8)
    assert rig(model, ahead=0.0).camera("ahead").offset == pytest.approx(0.0, abs=1e-12)
    assert rig(model, left=59.9).camera("left").offset == pytest.approx(-0.04, abs=1e-3)
    with pytest.raises(ValueError, match="lidar top must sweep past its axis"):
        rig(model, back=180.0)


def test_an_offset_adds_to_what_the_lidar_says():
    found = rig(turning(), ahead=90.0)
    fitted = replace(found.cameras["ahead"], trigger=Trigger(lidar="top", offset=-0.002))
    later = replace(found, cameras={"ahead": fitted})
    quarter = found.camera("ahead").offset
    assert quarter == pytest.approx(0.025, abs=1e-4)
    assert later.camera("ahead").offset == pytest.approx(quarter - 0.002)
