"""Optical flow and scene flow against closed forms."""

from dataclasses import replace

import numpy as np
import pytest

from synthgen.embree import tracer
from synthgen.geometry import pose, yaw_quaternion
from synthgen.labels.flow import HIDDEN, NONE, OUTSIDE, SEEN, flow, flow_span
from synthgen.readout import readout
from synthgen.sample import CameraView
from synthgen.scene import moment

WIDTH, HEIGHT = 320, 120
SPAN = 0.1


def camera(matrix, world_from_camera, time, **more):
    """Return a small camera: KITTI's, four times coarser."""
    small = matrix * np.array([[0.25], [0.25], [1.0]])
    return CameraView("front", WIDTH, HEIGHT, small, world_from_camera, time, **more)


def seen(toys, placed, poses, span=SPAN, **more):
    """Return the flow of a scene from a camera that is at `poses`, and the view and hits."""
    scene = toys.scene_of(placed, **more)
    views = [camera(toys.matrix, one, time) for one, time in zip(poses, (0.0, span), strict=True)]
    moments = [moment(scene, view.time) for view in views]
    row, column = np.divmod(np.arange(WIDTH * HEIGHT), WIDTH)
    with tracer(scene.world) as caster:
        hits = caster.first_hits(moments[0], views[0].rays(column, row))
        found = flow(caster, (moments[0], views[0]), hits, (moments[1], views[1]))
    return found, views, hits


def moved(axes, forward=0.0, left=0.0, yaw=0.0):
    """Return the pose of a camera carried by a car."""
    return pose(np.array([forward, left, 0.0]), yaw_quaternion(yaw)) @ axes


def body_of(hits, name, toys, placed):
    number = 2 + [body.name for body, *_ in placed].index(name)
    return (hits.body == number).reshape(HEIGHT, WIDTH)


def test_a_still_world_flows_as_depth_and_poses_say(toys):
    poses = moved(toys.axes), moved(toys.axes, 1.3, 0.1, 0.02)
    found, views, hits = seen(toys, [(toys.box("wall", (1, 9, 3)), (20, 1, 0), 0.3)], poses)
    row, column = np.divmod(np.arange(len(hits)), WIDTH)
    points = views[0].rays(column, row)
    away = np.where(hits.hit, hits.distance, 1.0).astype(float)
    points = points.origin + points.direction * away[:, None]
    local = (points - poses[1][:3, 3]) @ poses[1][:3, :3]
    place = local @ views[1].matrix.T
    expected = place[:, :2] / place[:, 2:] - np.stack([column, row], axis=-1)
    known = hits.hit & (found.state.ravel() > 0)
    assert known.mean() > 0.4
    assert np.abs(found.pixel.reshape(-1, 2) - expected)[known].max() < 0.01
    assert np.abs(found.motion.reshape(-1, 3)[known]).max() == 0.0
    assert np.isnan(found.motion.reshape(-1, 3)[~hits.hit]).all()
    assert found.span == SPAN
    assert (found.world_from_camera == poses[1]).all()


def test_the_sky_flows_as_the_camera_turns_alone(toys):
    yaw = 0.01
    found, views, hits = seen(toys, [], (moved(toys.axes), moved(toys.axes, 2.0, 0.5, yaw)))
    k, sky = views[0].matrix, ~hits.hit.reshape(HEIGHT, WIDTH)
    column = np.arange(WIDTH)
    angle = np.arctan((column - k[0, 2]) / k[0, 0])
    expected = k[0, 0] * np.tan(angle + yaw) + k[0, 2] - column
    assert sky[0].all()
    inside = found.state[0] == SEEN
    assert inside.sum() > 250
    assert np.abs(found.pixel[0, :, 0] - expected)[inside].max() < 0.01


@pytest.mark.parametrize("span", [SPAN, -SPAN])
def test_a_car_moves_by_its_speed_along_the_axes_of_the_camera(toys, span):
    car = toys.box("car", (4, 1.8, 1.5))
    placed = [(car, toys.even_track((20, 0, 0), (-8.0, 3.0, 0)), 0.0)]
    found, views, hits = seen(toys, placed, (moved(toys.axes), moved(toys.axes)), span)
    own = body_of(hits, "car", toys, placed) & (found.state > 0)
    assert own.sum() > 100
    assert found.motion[own] == pytest.approx(
        np.tile([-3.0 * span, 0.0, -8.0 * span], (own.sum(), 1)), abs=1e-5
    )
    back = 18.0 - 8.0 * span
    row, column = np.argwhere(own)[0]
    k = views[0].matrix
    x = (column - k[0, 2]) / k[0, 0] * 18.0 - 3.0 * span
    assert found.pixel[row, column, 0] == pytest.approx(
        k[0, 0] * x / back + k[0, 2] - column, abs=0.01
    )


def test_limbs_move_as_their_vertices_do(toys):
    rest = toys.box("walker", (0.6, 0.6, 1.8), "pedestrian")

    def swung(phase):
        corners = rest.mesh.vertices + [0, 0.5, 0] * (rest.mesh.vertices[:, 2:] / 1.8) * phase
        return replace(rest.mesh, vertices=corners), rest.extent

    placed = [(replace(rest, pose=swung), toys.even_track((10, 0, 0), (0, 0, 0)), 0.0)]
    body, track, yaw = placed[0]
    track = replace(track, phase=2.0 * track.time, position=track.position + [[1e-9, 0, 0]] * 1)
    found, views, hits = seen(toys, [(body, track, yaw)], (moved(toys.axes), moved(toys.axes)))
    own = body_of(hits, "walker", toys, placed)
    row, _ = np.nonzero(own)
    height = 1.65 - (row - views[0].matrix[1, 2]) / views[0].matrix[1, 1] * 9.7
    front = np.abs(hits.distance.reshape(HEIGHT, WIDTH)[own] * 1.0 - 9.7) < 0.4
    expected = -0.5 * height / 1.8 * 0.2
    assert front.sum() > 50
    assert found.motion[own][front][:, 0] == pytest.approx(expected[front], abs=2e-3)
    assert np.ptp(found.motion[own][:, 0]) > 0.05


def test_what_another_thing_covers_then_is_hidden_and_what_leaves_is_outside(toys):
    van = toys.box("van", (0.5, 3, 2.5), "van")
    placed = [
        (toys.box("sign", (0.1, 1, 1.5)), (20, 0, 0), 0.0),
        (van, toys.even_track((10, 4.0, 0), (0, -40.0, 0)), 0.0),
    ]
    found, _, hits = seen(toys, placed, (moved(toys.axes), moved(toys.axes)))
    sign = body_of(hits, "sign", toys, placed)
    assert sign.sum() > 20
    assert (found.state[sign] == HIDDEN).all()
    assert (found.state[body_of(hits, "van", toys, placed)] == SEEN).mean() > 0.9  # not its side
    found, _, hits = seen(toys, placed, (moved(toys.axes), moved(toys.axes, 0, 0, 0.3)))
    place = found.pixel[..., 0] + np.arange(WIDTH)
    high = found.pixel[..., 1] + np.arange(HEIGHT)[:, None]
    beyond = (place < -0.5) | (place >= WIDTH - 0.5) | (high < -0.5) | (high >= HEIGHT - 0.5)
    assert 0.1 < beyond.mean() < 0.9
    assert ((found.state == OUTSIDE) == beyond)[found.state != NONE].all()


def test_who_is_not_there_then_has_no_flow(toys):
    car = toys.box("car", (4, 1.8, 1.5))
    gone = replace(toys.even_track((20, 0, 0), (1, 0, 0)), windows=((-1.0, 0.07),))
    found, _, hits = seen(toys, [(car, gone, 0.0)], (moved(toys.axes), moved(toys.axes)))
    own = body_of(hits, "car", toys, [(car, gone, 0.0)])
    assert own.any()
    assert (found.state[own] == NONE).all()
    assert np.isnan(found.pixel[own]).all()


def test_forth_and_back_come_to_the_same_place(toys):
    """Both ways are found apart, and flow back is taken where flow forth leads."""
    placed = [(toys.box("car", (4, 1.8, 1.5)), toys.even_track((14, 2, 0), (2, -4, 0)), 0.0)]
    scene = toys.scene_of(placed)
    poses = moved(toys.axes), moved(toys.axes, 0.8, 0, 0.01)
    views = [camera(toys.matrix, one, time) for one, time in zip(poses, (0.0, SPAN), strict=True)]
    both = [moment(scene, view.time) for view in views]
    row, column = np.divmod(np.arange(WIDTH * HEIGHT), WIDTH)
    with tracer(scene.world) as caster:
        hits = [
            caster.first_hits(now, view.rays(column, row))
            for now, view in zip(both, views, strict=True)
        ]
        sides = list(zip(both, views, strict=True))
        forth = flow(caster, sides[0], hits[0], sides[1])
        back = flow(caster, sides[1], hits[1], sides[0])
    to = np.rint(
        np.stack(np.divmod(np.arange(len(row)), WIDTH)[::-1], -1) + forth.pixel.reshape(-1, 2)
    )
    seen_then = np.flatnonzero(forth.state.ravel() == SEEN)
    there = to[seen_then].astype(int)
    same = hits[1].body.reshape(HEIGHT, WIDTH)[there[:, 1], there[:, 0]] == hits[0].body[seen_then]
    assert same.mean() > 0.99
    rest = back.pixel[there[:, 1], there[:, 0]] + forth.pixel.reshape(-1, 2)[seen_then]
    assert np.quantile(np.abs(rest[same]).max(axis=1), 0.95) < 0.3


def test_a_rolling_shutter_finds_the_row_that_sees_the_point(toys):
    """Turning at 0.5 rad/s, 60 us a row: each row's flow is that between the poses of two rows."""
    track = replace(
        toys.even_track((0, 0, 0), (10.0, 0, 0), turn=0.5),
        quaternion=yaw_quaternion(0.5 * np.arange(-1.0, 5.05, 0.1)),
    )
    scene = toys.scene_of([(toys.box("wall", (1, 30, 9)), (30, 0, 0), 0.0)], driven=track)
    views = [
        camera(
            toys.matrix, track.world_from_body(time) @ toys.axes, time,
            readout=readout(track, toys.axes, time, HEIGHT, 6e-5),
        )
        for time in (0.0, SPAN)
    ]  # fmt: skip
    both = [moment(scene, view.time) for view in views]
    row, column = np.divmod(np.arange(WIDTH * HEIGHT), WIDTH)
    with tracer(scene.world) as caster:
        rays = views[0].rays(column, row)
        hits = caster.first_hits(both[0], rays)
        found = flow(caster, (both[0], views[0]), hits, (both[1], views[1]))
    good = hits.hit & (found.state.ravel() == SEEN)
    place = found.pixel.reshape(-1, 2)[good] + np.stack([column, row], -1)[good]
    points = rays.origin[good] + rays.direction[good] * hits.distance[good].astype(float)[:, None]
    again = views[1].rays(place[:, 0], place[:, 1])
    gap = points - again.origin
    off = np.linalg.norm(np.cross(gap, again.direction), axis=1)
    assert good.sum() > 10_000
    assert off.max() < 2e-3


def test_frames_far_apart_have_flow_over_a_tenth_of_a_second():
    assert (flow_span(0.1), flow_span(0.05), flow_span(3.0), flow_span(0.0)) == (
        0.1,
        0.05,
        0.1,
        0.1,
    )
