import numpy as np
import pytest

from synthgen.projection import Projection
from synthgen.verify.lens import Lens

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
