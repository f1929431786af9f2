"""Rolling shutters: where the camera is at each row, and the image of what moves meanwhile."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from synthgen.geometry import yaw_quaternion
from synthgen.motion import Track
from synthgen.readout import readout
from synthgen.view import CameraView

OPTICAL = np.array([[0, 0, 1, 0], [-1, 0, 0, 0], [0, -1, 0, 0], [0, 0, 0, 1]], float)
ROWS, ROW_TIME = 480, 30e-6
STAMP = 0.37


def drive(velocity=(15.0, 0.0, 0.0), yaw_rate=0.0, steps=81) -> Track:
    """Return a drive that is at the origin at 0 s."""
    time = np.linspace(-1, 1, steps)
    return Track(
        time, time[:, None] * np.array(velocity), yaw_quaternion(yaw_rate * time), np.zeros(steps),
        np.zeros((steps, 0)), ((-1.0, 1.0),),
    )  # fmt: skip


def view(track: Track, row_time=ROW_TIME, kind="pinhole", mount=None) -> CameraView:
    """Return a camera carried along `track`, looking ahead."""
    mount = OPTICAL if mount is None else mount
    bends = {"pinhole": (), "brown": (-0.2, 0.05, 1e-3, -1e-3), "fisheye": (0.04, -0.01, 0, 0)}
    return CameraView(
        "camera", 640, ROWS, np.array([[400.0, 0, 319.5], [0, 400, 239.5], [0, 0, 1]]),
        track.world_from_body(STAMP) @ mount, STAMP, kind, bends[kind],
        readout=readout(track, mount, STAMP, ROWS, row_time) if row_time else None,
    )  # fmt: skip


def test_rows_are_exposed_one_after_another_about_the_time_stamp():
    one = view(drive())
    time = one.times(np.arange(float(ROWS)))
    np.testing.assert_allclose(np.diff(time), ROW_TIME, rtol=1e-9)
    assert time.mean() == pytest.approx(STAMP)
    assert one.times(np.array([-50.0]))[0] == time[0]
    assert one.times(np.array([900.0]))[0] == time[-1]


def test_the_camera_is_where_its_carrier_takes_it_at_the_time_of_each_row():
    """Against the track itself, in a bend of half a turn a second, 3 m from its middle."""
    track, mount = drive(yaw_rate=np.pi), OPTICAL.copy()
    mount[:3, 3] = [2.4, 1.5, 1.2]
    one = view(track, mount=mount)
    rows = np.arange(0.0, ROWS, 13)
    forward = one.outwards(np.tile([0.0, 0, 1], (len(rows), 1)), rows)
    for row, origin, ahead in zip(rows, one.origins(rows), forward, strict=True):
        time = STAMP + (row - (ROWS - 1) / 2) * ROW_TIME
        pose = track.world_from_body(time) @ mount
        # The chord of an arc of 2 ms: (pi 0.002)^2 / 8 x 2.8 m = 14 um.
        np.testing.assert_allclose(origin, pose[:3, 3], atol=1.5e-5)
        np.testing.assert_allclose(ahead, pose[:3, 2], atol=1e-7)


@pytest.mark.parametrize("kind", ["pinhole", "brown", "fisheye"])
@given(
    column=st.floats(40, 600), row=st.floats(40, 440), depth=st.floats(2, 60),
    speed=st.floats(-30, 30), turn=st.floats(-1, 1),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_a_point_has_its_image_where_the_ray_to_it_was_cast(kind, column, row, depth, speed, turn):
    one = view(drive((speed, 0.0, 0.0), turn), kind=kind)
    place = np.array([column]), np.array([row])
    pixel, found = one.project(one.points(*place, np.array([depth])))
    np.testing.assert_allclose(pixel[0], [column, row], atol=1e-5)
    assert found[0] == pytest.approx(depth, rel=1e-6)


def at_the_rim(inside, **more):
    """Return a masked fisheye under way, and pixels all around so far [px] within its rim."""
    one = replace(view(drive((25.0, 0.0, 0.0), 0.6), kind="fisheye"), half=0.5, **more)
    turn = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    radius = 400 * (0.5 + 0.04 * 0.5**3 - 0.01 * 0.5**5) - inside
    return one, np.stack([319.5 + radius * np.cos(turn), 239.5 + radius * np.sin(turn)], -1)


def test_a_point_just_within_the_rim_of_a_masked_lens_has_its_image():
    """At the time stamp itself half of them are beyond the rim, up to 0.7 px at 3 m."""
    one, pixel = at_the_rim(0.01)
    found, depth = one.project(one.points(*pixel.T, np.full(720, 3.0)))
    np.testing.assert_allclose(found, pixel, atol=1e-5)
    assert (depth > 0).all()


@given(column=st.floats(40, 600), row=st.floats(40, 440), depth=st.floats(2, 60))
@settings(max_examples=40, deadline=None)
def test_a_point_of_a_moving_body_has_its_image_where_the_ray_to_it_was_cast(column, row, depth):
    one, other = view(drive(yaw_rate=0.5)), drive((-12.0, 7.0, 0.0), -0.8)
    place = np.array([column]), np.array([row])
    time = float(one.times(place[1])[0])
    body = np.linalg.inv(other.world_from_body(time))
    local = one.points(*place, np.array([depth])) @ body[:3, :3].T + body[:3, 3]
    pixel, found = one.project_moving(other, local)
    np.testing.assert_allclose(pixel[0], [column, row], atol=1e-5)
    assert found[0] == pytest.approx(depth, rel=1e-6)


def test_an_upright_pole_slants_by_speed_times_row_time():
    """A pole that crosses the view at v m/s, z m away: f v / z px/s x row time a row."""
    still, speed, away, focal = view(drive((0.0, 0.0, 0.0))), 14.0, 8.0, 400.0
    pole = np.stack([np.full(9, away), np.zeros(9), np.linspace(-3, 3, 9)], -1)
    crossing = drive((0.0, speed, 0.0))
    pixel, _ = still.project_moving(crossing, pole - [0, speed * STAMP, 0])
    slope = np.polyfit(pixel[:, 1], pixel[:, 0], 1)[0]
    assert slope == pytest.approx(-focal * speed / away * ROW_TIME, rel=1e-6)


def test_a_turn_of_the_camera_leans_what_is_upright():
    """30 degrees a second over 25 ms at 1200 px: 15 px (sensors.md, 4.7)."""
    rate, focal, rows = np.radians(30), 1200.0, 1000
    track = drive((0.0, 0.0, 0.0), rate)
    matrix = np.array([[focal, 0, 639.5], [0, focal, 499.5], [0, 0, 1]])
    one = replace(
        view(track), width=1280, height=rows, matrix=matrix,
        readout=readout(track, OPTICAL, STAMP, rows, 0.025 / rows),
    )  # fmt: skip
    ahead = Rotation.from_euler("z", rate * STAMP).apply([50.0, 0, 0])
    pole = ahead + np.outer(np.linspace(-20, 20, 30), [0, 0, 1])
    pixel, _ = one.project(pole)
    slope = np.polyfit(pixel[:, 1], pixel[:, 0], 1)[0]
    assert slope * rows == pytest.approx(focal * rate * 0.025, rel=2e-3)
    assert slope * rows == pytest.approx(15.7, abs=0.1)


def test_without_row_time_all_rows_are_exposed_at_once():
    one = view(drive(yaw_rate=0.5), row_time=0.0)
    rows = np.arange(float(ROWS))
    assert set(one.times(rows)) == {STAMP}
    np.testing.assert_array_equal(
        one.origins(rows), np.tile(one.world_from_camera[:3, 3], (480, 1))
    )


@given(ahead=st.floats(0.05, 12.0), side=st.floats(-3, 3))
@settings(max_examples=60, deadline=None)
def test_a_point_that_goes_by_has_one_image_or_none(ahead, side):
    """30 m/s past points of the road: what has an image has it where its ray was cast."""
    one = view(drive((30.0, 0.0, 0.0)), row_time=60e-6)
    point = np.array([[30.0 * STAMP + ahead, side, -1.6]])
    pixel, depth = one.project(point)
    if depth[0] <= 0:
        assert ahead < 3.0  # 400 px x 1.6 m x 30 m/s / (3 m)^2 x 60 us: a seventh of a row a row
        return
    back = one.points(*pixel.T, depth)
    np.testing.assert_allclose(back, point, atol=1e-6)
    # No other time would do as well.
    times = np.linspace(one.readout.time[0], one.readout.time[-1], 200)
    local = one.readout.local(np.tile(point, (200, 1)), times)
    row = one.lens.pixels(local)[0][:, 1]
    ahead_then = local[:, 2] > 0.5
    gap = (one.readout.offsets(row) - times)[ahead_then]
    assert (np.diff(np.sign(gap)) != 0).sum() <= 1
