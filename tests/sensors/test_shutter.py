"""What a camera sees while its shutter is open and its rows are read out."""

from dataclasses import replace

import numpy as np
import pytest

from synthgen.embree import tracer
from synthgen.labels.annotate import annotate
from synthgen.rng import stream
from synthgen.scene import moment
from synthgen.sensors.camera import observe, pixel_rays, view_of
from synthgen.verify.brute import see

ROW_TIME = 60e-6
"""[s] 375 rows in 22.5 ms."""


@pytest.fixture
def rolling(rig):
    camera = rig.camera("image_2")
    return replace(camera, model=replace(camera.model, row_time=ROW_TIME))


def flat(tracer, moment, view, hits, atmosphere, seed):
    shade = np.where(hits.body < 0, 4000.0, 300.0 + 150.0 * hits.body)
    return np.repeat(shade.reshape(view.height, view.width, 1), 3, axis=2)


def take(camera, scene, air):
    now = moment(scene, 0.0)
    with tracer(scene.world) as trace:
        reading = observe(camera, trace, now, flat, air, stream(0, "camera"))
        return now, reading, annotate(trace, now, reading, {}, 0)


def test_a_moving_bar_slants_by_speed_times_row_time(rolling, scenes, on_the_move, drive, clear):
    """Issue 4: each edge of its mask moves by focal length x speed / depth x row time a row."""
    speed = 20.0
    scene = scenes([(14.0, 0.0)])
    bar = scene.world.things[1]
    bar = replace(
        bar, extent=None, mesh=replace(bar.mesh, vertices=bar.mesh.vertices * [1, 0.3, 5])
    )
    world = replace(scene.world, things=(scene.world.things[0], bar))
    scene = on_the_move(replace(scene, world=world), {1: drive((0, speed, 0), (14.0, 0.0, 0.0))})
    still = replace(rolling, model=replace(rolling.model, row_time=0.0))
    leans = [leaning(take(camera, scene, clear)[1].body == 2) for camera in (rolling, still)]
    front = 12.0 - rolling.ego_from_camera[0, 3]  # its near face, from the camera
    wanted = -721.5377 * speed / front * ROW_TIME
    # Half a pixel at both ends of 220 rows; KITTI's camera itself leans by 0.01.
    assert leans[0] - leans[1] == pytest.approx(wanted, abs=2 / 220)
    assert abs(wanted) > 14 / 220


def leaning(mask):
    """Return by how many columns the left edge of a mask goes from row to row."""
    rows = np.flatnonzero(mask.any(axis=1))[4:-4]
    assert len(rows) > 200
    return np.polyfit(rows, [np.flatnonzero(mask[row])[0] for row in rows], 1)[0]


def scene_on_the_move(scenes, on_the_move, drive):
    """Cars that cross, come and turn, seen from a car in a bend at 15 m/s."""
    scene = scenes(
        [(12, 3), (20, -8), (9, -2), (30, 0.5), (7.0, 6.2)], yaws=[0.4, 1.2, 2.0, 0.1, 0.3]
    )
    ego = drive((15.0, 0.0, 0.0), yaw_rate=0.6)
    return on_the_move(scene, {
        0: ego, 1: drive((-14, 3, 0), (12, 3, 0), 1.0), 2: drive((0, 22, 0), (20, -8, 0), -0.5),
        3: drive((6, 6, 0), (9, -2, 0), 2.0),
    })  # fmt: skip


def test_masks_depths_and_silhouettes_are_those_of_a_caster_that_knows_each_rows_time(
    rolling, scenes, on_the_move, drive, clear
):
    scene = scene_on_the_move(scenes, on_the_move, drive)
    now, reading, _ = take(rolling, scene, clear)
    view = view_of(rolling, now)
    row = np.arange(view.height)
    times = (row - (view.height - 1) / 2) * ROW_TIME

    def poses(track):
        return np.array([track.world_from_body(time) for time in times])

    cameras = poses(scene.ego) @ rolling.ego_from_camera
    meshes = [(thing.number, thing.mesh, poses(thing.track)) for thing in now.things]
    seen = see(view, [*meshes, (0, scene.world.stuff[0].mesh, np.eye(4))], cameras)
    sure = ~seen.doubt
    assert sure.mean() > 0.97
    np.testing.assert_array_equal(reading.body[sure], seen.owner[sure])
    near = sure & (seen.owner > 0)
    np.testing.assert_allclose(reading.depth[near], seen.depth[near], rtol=2e-5)
    for one in reading.silhouettes:
        alone = see(view, [mesh for mesh in meshes if mesh[0] == one.thing.number], cameras)
        full = np.zeros(seen.owner.shape, bool)
        rows, columns = one.mask.shape
        full[one.row : one.row + rows, one.column : one.column + columns] = one.mask
        np.testing.assert_array_equal(full[~alone.doubt], alone.owner[~alone.doubt] >= 0)
    # All at once is another picture.
    frozen = [(one.number, one.mesh, one.track.world_from_body(0.0)) for one in now.things]
    still = see(view, [(0, scene.world.stuff[0].mesh, np.eye(4)), *frozen])
    assert (still.owner != reading.body)[sure & ~still.doubt].sum() > 80


def test_what_the_border_cuts_is_labelled_as_a_larger_image_shows_it(
    rolling, scenes, on_the_move, drive, clear
):
    """Rows beyond the image are exposed with its first and last row."""
    scene = scene_on_the_move(scenes, on_the_move, drive)
    now, reading, labels = take(rolling, scene, clear)
    view = reading.view
    across, down = 700, 300
    matrix = view.matrix.copy()
    matrix[:2, 2] += [across, down]
    wide = replace(view, matrix=matrix, width=view.width + 2 * across,
                   height=view.height + 2 * down, readout=None)  # fmt: skip
    row = np.clip(np.arange(wide.height) - down, 0, view.height - 1)
    times = (row - (view.height - 1) / 2) * ROW_TIME
    cameras = np.array([scene.ego.world_from_body(t) for t in times]) @ rolling.ego_from_camera
    y, x = np.mgrid[: wide.height, : wide.width]
    angle = (((x - matrix[0, 2]) / matrix[0, 0]) ** 2 + ((y - matrix[1, 2]) / matrix[1, 1]) ** 2
             + 1) ** -1.5  # fmt: skip
    found = 0
    for label in labels:
        if not 0 < label.truncation < 1 or label.unclipped_box is None:
            continue
        thing = now.by_number[label.number]
        own = np.array([thing.track.world_from_body(t) for t in times])
        mask = see(wide, [(label.number, thing.mesh, own)], cameras).owner >= 0
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        edges = [columns[0] - across, rows[0] - down, columns[-1] - across, rows[-1] - down]
        np.testing.assert_allclose(label.unclipped_box, edges, atol=1.0)
        inner = slice(down, down + view.height), slice(across, across + view.width)
        share = 1 - (angle * mask)[inner].sum() / (angle * mask).sum()
        assert label.truncation == pytest.approx(share, abs=2e-3)
        found += 1
    assert found >= 1


def test_a_global_shutter_casts_all_rays_at_once(rig, scenes, on_the_move, drive):
    scene = scene_on_the_move(scenes, on_the_move, drive)
    view = view_of(rig.camera("image_2"), moment(scene, 0.0))
    rays = pixel_rays(view)
    assert set(rays.time) == {0.0}
    np.testing.assert_array_equal(
        rays.origin, np.tile(view.world_from_camera[:3, 3], (len(rays), 1))
    )


def test_a_camera_that_stands_before_things_that_stand_sees_the_same_either_way(
    rig, rolling, scenes, clear
):
    scene = scenes([(12, 3), (20, -8), (9, -2)], yaws=[0.4, 1.2, 2.0])
    _, one, _ = take(rig.camera("image_2"), scene, clear)
    _, other, _ = take(rolling, scene, clear)
    np.testing.assert_array_equal(one.body, other.body)
    np.testing.assert_array_equal(one.image, other.image)
    np.testing.assert_allclose(one.depth, other.depth, rtol=1e-6)
