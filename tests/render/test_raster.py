from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from synthgen.embree import tracer
from synthgen.errors import UserError
from synthgen.geometry import yaw_quaternion
from synthgen.materials import Material
from synthgen.mesh import mesh
from synthgen.motion import standing
from synthgen.rays import Rays
from synthgen.render.raster import setup
from synthgen.render.raster.agreement import depth_share, overlaps
from synthgen.sample import CameraView
from synthgen.scene import Scene, moment
from synthgen.sensors.camera import depths, pixel_rays

try:
    setup.check()
except UserError as missing:
    pytest.skip(f"the extra `raster` is not usable here: {missing}", allow_module_level=True)

from synthgen.render.raster.drawing import Placed, draw
from synthgen.render.raster.stage import seen

GREY = Material("grey", (0.5, 0.5, 0.5))
FOCAL = 720.0


def ahead(width=400, tall=240, height=1.65, time=0.0):
    """A camera at the origin that looks along x."""
    pose = np.eye(4)
    pose[:3, :3] = np.array([[0.0, 0, 1], [-1, 0, 0], [0, -1, 0]])
    pose[2, 3] = height
    matrix = np.array([[FOCAL, 0, width / 2 - 3.2], [0, FOCAL, tall / 2 - 8.7], [0, 0, 1.0]])
    return CameraView("eye", width, tall, matrix, pose, time)


def square(half=1.0, cells=1):
    """A square in the camera's plane, made of two triangles a cell, row by row."""
    line = np.linspace(-half, half, cells + 1)
    x, y = (grid.ravel() for grid in np.meshgrid(line, line))
    low = (np.arange(cells)[:, None] * (cells + 1) + np.arange(cells)).ravel()
    a, b, c, d = low, low + 1, low + cells + 2, low + cells + 1
    faces = np.stack([np.stack([a, b, c], 1), np.stack([a, c, d], 1)], 1).reshape(-1, 3)
    return mesh(np.stack([x, y, 0 * x], 1), faces, GREY, "car")


def at(x, y, z):
    place = np.eye(4)
    place[:3, 3] = x, y, z
    return place


def behind(scene):
    """The scene with the ego car behind the camera, which would sit in it."""
    away = standing((-30.0, 0, 0), yaw_quaternion(0.0))
    return Scene(scene.world, replace(scene.motion, tracks=(away, *scene.motion.tracks[1:])))


def by_rays(now, view):
    rays = pixel_rays(view)
    with tracer(now.scene.world) as trace:
        hits = trace.first_hits(now, rays)
    return hits.body.reshape(view.height, view.width), depths(view, rays, hits)


def opinion(scene, drawn=None):
    """Overlap by body of rays cast at `scene` and of `drawn` (the same scene if None)."""
    view = ahead()
    body, depth = by_rays(moment(scene, 0.0), view)
    other = seen(moment(drawn or scene, 0.0), view)
    return overlaps(body, other.body, 400), depth_share(depth, other.depth)


# Drawing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("offset", [0.0, 0.3, -0.45])
def test_a_square_covers_the_pixels_whose_centres_lie_in_its_projection(offset):
    view, half, far = ahead(), 1.0, 10.0
    drawn = draw(view, [Placed(square(half), at(offset, 0.0, far))])
    column, row = np.meshgrid(np.arange(view.width), np.arange(view.height))
    x = (column - view.matrix[0, 2]) * far / FOCAL - offset
    y = (row - view.matrix[1, 2]) * far / FOCAL
    inside = (np.abs(x) < half) & (np.abs(y) < half)
    np.testing.assert_array_equal(drawn.number >= 0, inside)
    np.testing.assert_allclose(drawn.depth[inside], far, rtol=1e-4)
    assert (drawn.depth[~inside] == 0).all()


def test_both_sides_of_a_surface_are_drawn():
    view, turned = ahead(), at(0.0, 0.0, 10.0)
    turned[:3, :3] = np.diag([-1.0, 1.0, -1.0])
    front, back = (draw(view, [Placed(square(), pose)]) for pose in (at(0, 0, 10.0), turned))
    assert (front.number >= 0).sum() > 20_000
    np.testing.assert_array_equal(front.number >= 0, back.number >= 0)


def test_every_triangle_has_its_own_number_beyond_two_bytes():
    cells, view = 300, ahead(300, 300)
    view.matrix[:2, 2] = 149.5
    drawn = draw(view, [Placed(square(), at(0.0, 0.0, 4.0)),
                        Placed(square(cells=cells), at(0.02 / 9, -0.02 / 7, 4.8))])  # fmt: skip
    hidden = draw(view, [Placed(square(cells=cells), at(0.02 / 9, -0.02 / 7, 4.8))])
    column, row = np.meshgrid(np.arange(300), np.arange(300))
    x, y = ((n - 149.5) * 4.8 / FOCAL + 1.0 - shift for n, shift in
            ((column, 0.02 / 9), (row, -0.02 / 7)))  # fmt: skip
    cell = (y / 2 * cells).astype(int) * cells + (x / 2 * cells).astype(int)
    within = np.mod(y / 2 * cells, 1) > np.mod(x / 2 * cells, 1)
    assert hidden.number.max() > 2**16
    wanted = 2 * cell + within
    margin = np.abs(np.mod(y / 2 * cells, 1) - np.mod(x / 2 * cells, 1)) > 0.02
    for part in (x, y):
        margin &= np.abs(np.mod(part / 2 * cells + 0.5, 1) - 0.5) > 0.02
    assert margin.mean() > 0.8
    np.testing.assert_array_equal(hidden.number[margin], wanted[margin])
    assert set(np.unique(drawn.number)) == {0, 1}, "the near one hides it"


def test_level_ground_is_as_deep_as_the_plane():
    view = ahead()
    ground = square(400.0)
    pose = np.array([[0.0, -1, 0, 0], [0, 0, -1, 1.65], [1, 0, 0, 0], [0, 0, 0, 1]])
    drawn = draw(view, [Placed(ground, pose)])
    row = np.arange(view.height) - view.matrix[1, 2]
    below = row > 3
    wanted = 1.65 * FOCAL / row[below]
    np.testing.assert_allclose(drawn.depth[below][:, 200], wanted, rtol=2e-3)


def test_a_lens_that_bends_lines_is_refused():
    view = replace(ahead(), projection_model="fisheye", distortion=(0.0,) * 4)
    with pytest.raises(ValueError, match="projection_model=fisheye: a rasteriser needs a pinhole"):
        draw(view, [])


# Bodies -----------------------------------------------------------------------------------------


def test_things_are_drawn_where_they_are_at_the_time_of_the_view(scenes):
    still = behind(scenes([(10.0, 0.0)]))
    track = still.motion.tracks[1]
    moving = replace(
        track, time=np.array([-1.0, 1.0]), phase=np.zeros(2), level=np.zeros((2, 0)),
        position=np.array([[10.0, -2.0, 0], [10.0, 2.0, 0]]),
        quaternion=track.quaternion.repeat(2, 0),
    )  # fmt: skip
    scene = Scene(still.world, replace(still.motion, tracks=(still.motion.tracks[0], moving)))
    now = moment(scene, 0.0)
    middles = []
    for time in (-0.1, 0.0, 0.1):
        body = seen(now, ahead(time=time)).body
        middles.append(np.nonzero(body == 2)[1].mean())
    step = FOCAL * 0.2 / 8.0  # 0.2 m to the left at the box's rear, 8 m ahead
    np.testing.assert_allclose(np.diff(middles), -step, rtol=0.03)


def test_bodies_outside_the_image_change_nothing(scenes):
    near = behind(scenes([(12.0, 1.0)]))
    more = behind(scenes([(12.0, 1.0), (-12.0, 0.0), (5.0, 40.0), (9.0, -6.5)]))
    one, other = (seen(moment(scene, 0.0), ahead()) for scene in (near, more))
    np.testing.assert_array_equal(one.body, other.body)
    np.testing.assert_array_equal(one.depth, other.depth)


def without_worst_lines(*images):
    """Return images without the row and the column in which the first two differ most."""
    row, column = ((images[0] != images[1]).sum(axis=axis).argmax() for axis in (1, 0))
    return [np.delete(np.delete(image, row, 0), column, 1) for image in images]


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000))
@example(seed=244)
def test_masks_and_depth_agree_with_rays_on_any_boxes(scenes, seed):
    """An edge may run along the middles of a row or a column of pixels: 114 px of one row, 244."""
    rng = np.random.default_rng(seed)
    rows = np.stack(np.meshgrid(np.arange(8.0, 60.0, 7.0), [-6.5, 0.0, 6.5]), -1).reshape(-1, 2)
    place = rows + rng.uniform(-1, 1, rows.shape)
    now = moment(behind(scenes(place, rng.uniform(-3, 3, len(rows)))), 0.0)
    (body, depth), drawn = by_rays(now, ahead()), seen(now, ahead())
    body, other, depth, drawn_depth = without_worst_lines(body, drawn.body, depth, drawn.depth)
    found = overlaps(body, other, 400)
    assert len(found) >= 4
    assert min(part.iou for part in found) >= 0.99
    assert depth_share(depth, drawn_depth) >= 0.99


@pytest.mark.parametrize("shift", [0.0, 0.02])
def test_two_centimetres_at_ten_metres_are_found(scenes, shift):
    scene = behind(scenes([(12.0, 0.0)]))
    aside = replace(scene.motion.tracks[1], position=np.array([[12.0, shift, 0.0]]))
    tracks = scene.motion.tracks[0], aside
    moved = Scene(scene.world, replace(scene.motion, tracks=tracks))
    found, _ = opinion(scene, drawn=moved)
    iou = {part.body: part.iou for part in found}[2]
    # The rear is 10 m away and 2 m wide: 144 px, of which one or two change on either side.
    assert iou == pytest.approx((144 - 72 * shift) / (144 + 72 * shift), abs=0.007)
    assert (iou >= 0.99) == (shift == 0.0)


def test_a_depth_that_is_two_percent_off_is_found(scenes):
    scene = behind(scenes([(12.0, 0.0)]))
    now = moment(scene, 0.0)
    _, depth = by_rays(now, ahead())
    assert depth_share(depth, seen(now, ahead()).depth) > 0.999
    sky = float((depth == 0).mean())
    assert depth_share(depth, seen(now, ahead()).depth * 1.02) == pytest.approx(sky, abs=0.001)


def test_a_primitive_is_the_triangle_that_rays_hit(scenes):
    rng = np.random.default_rng(5)
    scene = behind(scenes(rng.uniform([4.0, -4.0], [30.0, 4.0], (6, 2)), rng.uniform(-3, 3, 6)))
    now, view = moment(scene, 0.0), ahead()
    rays = pixel_rays(view)
    with tracer(scene.world) as trace:
        hits = trace.first_hits(now, Rays(rays.origin, rays.direction, rays.time))
    drawn = seen(now, view)
    same = drawn.primitive.ravel() == hits.primitive
    assert same.mean() > 0.998  # edges between two triangles of one box remain
    assert len(np.unique(drawn.primitive)) > 4


def test_overlap_counts_pixels_in_both_masks_over_pixels_in_any():
    one, other = np.full((2, 4, 10), -1)
    one[:, 2:6], other[:, 3:8] = 7, 7
    found = {part.body: part for part in overlaps(one, other, 5)}
    assert found[7].pixels == 20
    assert found[7].iou == 12 / 24
    assert found[-1].iou == (8 + 8) / 28
    assert 7 not in {part.body for part in overlaps(one, other, 20)}


def test_a_world_with_nothing_in_view_is_sky(scenes):
    drawn = seen(moment(behind(scenes([], ground=False)), 0.0), ahead())
    assert (drawn.body == -1).all()
    assert (drawn.primitive == -1).all()
    assert (drawn.depth == 0).all()


def test_finer_corners_tell_slivers_apart_that_coarse_ones_move():
    """Slivers up to a twenty-fifth of a pixel wide, held against their own inequalities."""
    rng = np.random.default_rng(1)
    place = rng.uniform([-0.25, -0.15], [0.25, 0.15], (4000, 2))
    low = np.concatenate([place, np.ones((4000, 1))], axis=1)
    high = low + np.array([0.0, 0.02, 0.0])
    width = 2.0 / FOCAL * rng.uniform(0.0, 0.02, (4000, 1)) * [1.0, 0, 0]
    corners = np.concatenate([low, low + width, high])
    faces = np.arange(4000)[:, None] + [0, 4000, 8000]
    one = Placed(mesh(corners, faces, GREY, "tree"), np.eye(4))
    view = ahead()
    column, row = (n.ravel() for n in np.meshgrid(np.arange(view.width), np.arange(view.height)))
    x, y = (column - view.matrix[0, 2]) / FOCAL, (row - view.matrix[1, 2]) / FOCAL
    inside = np.zeros(len(x), bool)
    for (left, bottom, _), wide in zip(low, width[:, 0], strict=True):
        near = np.flatnonzero((np.abs(x - left) < 0.01) & (y >= bottom) & (y <= bottom + 0.02))
        share = 1 - (y[near] - bottom) / 0.02
        inside[near] |= (x[near] >= left) & (x[near] <= left + wide * share)
    wrong = [((draw(view, [one], fine).number.ravel() >= 0) != inside).sum() for fine in (1, 5)]
    assert inside.sum() > 100
    assert wrong[1] < 0.35 * wrong[0]
