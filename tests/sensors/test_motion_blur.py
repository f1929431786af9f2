"""Motion blur against the mean of many pictures taken while the shutter is open."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from synthgen.electronics import Setting
from synthgen.embree import tracer
from synthgen.rng import stream
from synthgen.scene import moment
from synthgen.sensors.camera import observe, pixel_rays, seen, view_of
from synthgen.sensors.flow import displacement
from synthgen.sensors.motion_blur import blurred

EXPOSURE = 0.015


def stripes(place, distance):
    """A smooth pattern on everything, by where it is in the world or on its body [m].

    It fades where a pixel would hold much of a wave.
    """
    wave = np.sin(5.0 * place).sum(axis=1)
    return 200.0 + 100.0 * wave * np.exp(-((distance / 9.0) ** 2))


def picture(trace, now, view):
    """Radiance of all pixels (a pattern fixed to each body), their depth and body."""
    rays = pixel_rays(view)
    _, hits = seen(trace, now, view, rays)
    distance = np.where(hits.hit, hits.distance, 0)
    place = rays.origin + rays.direction * distance[:, None]
    level = stripes(place, distance)
    for thing in now.things:
        own = hits.body == thing.number
        pose = np.linalg.inv(thing.track.world_from_body(view.time))
        local = place[own] @ pose[:3, :3].T + pose[:3, 3]
        level[own] = 2 * stripes(local, distance[own]) + 100.0 * thing.number
    level[~hits.hit] = 900.0
    shape = view.height, view.width
    along = view.depth_per_way(rays.direction, np.zeros(len(rays)))
    depth = np.where(hits.hit, hits.distance * along, 0.0)
    return (
        np.repeat(level.reshape(*shape, 1), 3, axis=2),
        depth.reshape(shape).astype(np.float32),
        hits.body.reshape(shape),
    )


def streets(scenes, on_the_move, drive):
    """Two cars that cross and one that comes, from a car that turns."""
    scene = scenes([(14, 2), (22, -6), (11, -3), (30, 0.5)], yaws=[0.4, 1.2, 2.0, 0.1])
    return on_the_move(scene, {
        0: drive((10.0, 0.0, 0.0), yaw_rate=0.3), 1: drive((-8, 13, 0), (12, 2, 0), 0.6),
        2: drive((0, 24, 0), (22, -6, 0), 0.0), 3: drive((0, 8, 0), (9, -3, 0), 0.0),
    })  # fmt: skip


def small(camera, **changes):
    model = replace(
        camera.model, width=414, height=125, motion_blur=True,
        matrix=((240.5, 0.0, 203.0), (0.0, 240.5, 57.0), (0.0, 0.0, 1.0)), **changes,
    )  # fmt: skip
    return replace(camera, model=model)


LENSES = {
    "pinhole": {},
    "fisheye": {"projection_model": "fisheye", "distortion": (0.04, -0.01, 0.002, -0.0004)},
    "brown": {"projection_model": "brown", "distortion": (-0.2, 0.05, 1e-3, -1e-3)},
}


@pytest.mark.parametrize("lens", LENSES)
def test_what_a_pixel_shows_moves_as_its_surface_point_does(lens, rig, scenes, on_the_move, drive):
    """Against projecting the very points, half an exposure before and after."""
    scene, camera = (
        streets(scenes, on_the_move, drive),
        small(rig.camera("image_2"), **LENSES[lens]),
    )
    now = moment(scene, 0.0)
    view = view_of(camera, now)
    with tracer(scene.world) as trace:
        _, depth, body = picture(trace, now, view)
    way = displacement(view, now, depth, body, EXPOSURE)
    ends = [view_of(camera, replace(now, time=share * EXPOSURE)) for share in (-0.5, 0.5)]
    checked = set()
    for row, column in np.argwhere(depth > 0)[::97]:
        place = np.array([float(column)]), np.array([float(row)])
        point = view.points(*place, depth[row, column][None].astype(float))
        thing = now.by_number.get(int(body[row, column]))
        there = []
        for end in ends:
            moved = point
            if thing is not None:
                now_pose, then = (thing.track.world_from_body(t) for t in (0.0, end.time))
                moved = (np.append(point, 1) @ (then @ np.linalg.inv(now_pose)).T)[None, :3]
            there.append(end.project(moved)[0][0])
        size = np.linalg.norm(there[1] - there[0])
        np.testing.assert_allclose(way[row, column], there[1] - there[0], atol=0.03 + 0.01 * size)
        checked.add(int(body[row, column]))
    assert checked >= {0, 2, 4}
    sky = np.argwhere(depth == 0)
    assert len(sky) > 100
    # The sky goes by as the car turns: 0.3 rad/s to the left moves it to the right.
    middle = way[2, 203] if lens == "pinhole" else None
    if middle is not None:
        assert middle[0] == pytest.approx(0.3 * EXPOSURE * 240.5, rel=0.1)


def smooth(trace, camera, now):
    """Radiance with four rays a pixel, so that edges are where they are within a pixel."""
    level, _, _ = picture(trace, now, view_of(finer(camera), now))
    high, wide = level.shape[0] // 2, level.shape[1] // 2
    return level.reshape(high, 2, wide, 2, 3).mean(axis=(1, 3))


def finer(camera):
    """The camera with twice as many pixels each way."""
    model = camera.model
    (fx, _, cx), (_, fy, cy), last = model.matrix
    fine = ((2 * fx, 0.0, 2 * cx + 0.5), (0.0, 2 * fy, 2 * cy + 0.5), last)
    size = {"width": 2 * model.width, "height": 2 * model.height}
    return replace(camera, model=replace(model, **size, matrix=fine))


@pytest.mark.parametrize("lens", ["pinhole", "fisheye"])
def test_blur_is_the_mean_of_many_pictures(lens, rig, scenes, on_the_move, drive):
    """Issue 4: within a stated error of a true integral: 0.45 of what blur changes.

    The error is a pixel or two along edges, where there is no telling what lies behind; all else
    agrees within 0.5 %.
    """
    scene = streets(scenes, on_the_move, drive)
    camera = finer(small(rig.camera("image_2"), **LENSES[lens]))
    now, exposure = moment(scene, 0.0), 0.03
    view = view_of(camera, now)
    with tracer(scene.world) as trace:
        sharp = smooth(trace, camera, now)
        _, depth, body = picture(trace, now, view)
        shares = (np.arange(10) + 0.5) / 10 - 0.5
        times = [replace(now, time=share * exposure) for share in shares]
        true = np.mean([smooth(trace, camera, one) for one in times], axis=0)
    found = blurred(sharp, depth, displacement(view, now, depth, body, exposure))
    changed = np.sqrt(np.mean((sharp - true) ** 2))
    left = np.sqrt(np.mean((found - true) ** 2))
    assert changed > 4.0
    assert left < 0.45 * changed
    inner = cv2.dilate(cv2.Canny((body * 40 + 60).astype(np.uint8), 1, 2), np.ones((15, 15))) == 0
    assert inner.mean() > 0.5
    off = (np.abs(found - true) / true)[inner]
    assert np.quantile(off, 0.999) < 0.005


def test_a_line_is_smeared_over_speed_times_exposure():
    """A line of light that moves 12 px: a twelfth of its light in each of 12 pixels."""
    sharp = np.zeros((64, 128, 3))
    sharp[:, 60] = 1200.0
    way = np.zeros((64, 128, 2), np.float32)
    way[..., 0] = 12.0
    found = blurred(sharp, np.ones((64, 128), np.float32), way)
    middle = found[32, :, 0]
    assert middle.sum() == pytest.approx(1200.0, rel=1e-6)
    column = np.arange(128.0)
    center = np.average(column, weights=middle)
    wide = np.sqrt(12 * np.average((column - center) ** 2, weights=middle))
    assert wide == pytest.approx(12.0, abs=0.3)
    np.testing.assert_allclose(middle[56:65], 100.0, rtol=0.25)  # one sample each 1.5 px


def test_a_lamp_that_passes_leaves_its_light_in_a_streak_before_what_stands():
    """A bright thing of 4 px moves 20 px before a dark wall: its light is spread, not more."""
    sharp, depth = np.full((64, 128, 3), 10.0), np.full((64, 128), 30.0, np.float32)
    way = np.zeros((64, 128, 2), np.float32)
    lamp = (slice(30, 34), slice(60, 64))
    sharp[lamp], depth[lamp], way[lamp] = 4000.0, 12.0, (20.0, 0.0)
    found = blurred(sharp, depth, way)
    light = (found[30:34, :, 0] - 10.0).sum()
    assert light == pytest.approx(4 * 4 * 3990.0, rel=0.06)
    row = found[32, :, 0] > 100.0
    assert row.sum() == pytest.approx(24, abs=2)
    np.testing.assert_allclose(found[20], sharp[20])


def test_nothing_moves_in_a_short_exposure_and_masks_stay_sharp(
    rig, scenes, on_the_move, drive, clear
):
    scene, camera = streets(scenes, on_the_move, drive), small(rig.camera("image_2"))
    # At night: the sun's glare would drown all else in such an exposure.
    night = replace(scene.world.environment, sun_elevation=-0.4)
    scene = replace(scene, world=replace(scene.world, environment=night))

    def flat(tracer, moment, view, hits, atmosphere, seed):
        shade = np.where(hits.body < 0, 9.0, 0.3 + 1.5 * hits.body)
        return np.repeat(shade.reshape(view.height, view.width, 1), 3, axis=2)

    def take(blurs, time):
        model = replace(camera.model, motion_blur=blurs)
        with tracer(scene.world) as trace:
            return observe(replace(camera, model=model, setting=Setting(time, 1.0)), trace,
                           moment(scene, 0.0), flat, clear, stream(0, "camera"))  # fmt: skip

    short, long = take(True, 1e-5), take(True, EXPOSURE)
    np.testing.assert_array_equal(short.image, take(False, 1e-5).image)
    sharp = take(False, EXPOSURE)
    assert (np.abs(long.signal / sharp.signal - 1) > 0.02).mean() > 0.005
    np.testing.assert_array_equal(long.body, sharp.body)
    np.testing.assert_array_equal(long.depth, sharp.depth)
