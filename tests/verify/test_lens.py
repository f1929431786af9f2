import numpy as np
import pytest

from synthgen.projection import Projection
from synthgen.verify.frame import CameraFiles
from synthgen.verify.lens import Lens
from synthgen.verify.rolling import Rolling

K = np.array([[330.0, 0.0, 312.5], [0.0, 326.0, 248.0], [0.0, 0.0, 1.0]])
BENDS = {
    "pinhole": ((), np.inf),
    "brown": ((-0.32, 0.11, 0.001, -0.0007, -0.015), np.inf),
    "fisheye": ((0.0424, -0.0108, 0.0025, -0.0004), np.radians(95)),
}


@pytest.mark.parametrize("kind", BENDS)
def test_the_lens_of_the_files_is_the_cameras_by_another_way(kind):
    bends, half = BENDS[kind]
    ours, theirs = Projection(kind, K, bends, half), Lens(kind, K, bends, half)
    points = np.random.default_rng(1).normal(size=(3000, 3)) * 5
    points = points[np.abs(points[:, 2]) > 0.1]
    if kind != "pinhole":  # on the rim itself the two may differ by a hair
        angle = np.arctan2(np.hypot(points[:, 0], points[:, 1]), points[:, 2])
        limit = np.arctan(ours.limit) if ours.planar else ours.limit
        points = points[np.abs(angle / limit - 1) > 0.02]
    pixel, depth = ours.pixels(points)
    other, away = theirs.pixels(points)
    np.testing.assert_allclose(other, pixel, atol=1e-6, rtol=1e-9)
    np.testing.assert_allclose(away, depth, atol=1e-9)
    row, column = (grid.ravel().astype(float) for grid in np.mgrid[:500:11, :640:11])
    ray = ours.rays(column, row)
    good = ~np.isnan(ray[:, 0])
    reach = np.full(good.sum(), 4.0) * (ray[good, 2] if ours.planar else 1.0)
    found = theirs.points(np.stack([column, row], -1)[good], reach)
    np.testing.assert_allclose(found, 4 * ray[good], atol=1e-9)


def test_a_point_just_within_the_rim_at_its_rows_time_has_its_image_there():
    """A camera that goes ahead by 0.33 m while the image is read; the files' poses and lens."""
    time = np.linspace(-0.0072, 0.0072, 5)
    poses = np.column_stack([time, np.zeros((5, 2)), 23.0 * time, np.zeros((5, 3)), np.ones(5)])
    shutter, lens = Rolling(30e-6, 480, poses), Lens("fisheye", K, BENDS["fisheye"][0], 0.5)
    camera = CameraFiles(
        *(np.zeros((480, 640)),) * 4, K, np.eye(4), lens=lens, rolling=shutter
    )  # fmt: skip
    turn = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    radius = 0.5 + 0.0424 * 0.5**3 - 0.0108 * 0.5**5 + 0.0025 * 0.5**7 - 0.0004 * 0.5**9 - 1e-4
    pixel = np.column_stack([np.cos(turn), np.sin(turn)]) * radius @ K[:2, :2] + K[:2, 2]
    row = shutter.offsets(pixel[:, 1])
    found, depth = camera.project(shutter.world(lens.points(pixel, np.full(720, 3.0)), row))
    np.testing.assert_allclose(found, pixel, atol=1e-4)
    assert (depth > 0).all()
    np.testing.assert_allclose(camera.from_rim(pixel), 1e-4 * 330 / 1.03, rtol=0.05)
