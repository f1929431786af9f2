import numpy as np
import pytest

from synthgen.verify.faults import Tally
from synthgen.verify.frame import CameraFiles
from synthgen.verify.image_checks import _check_projection

SIZE = np.array([4.3, 1.8, 1.6])


def camera():
    """Return a KITTI-like camera at the origin that looks along +x, 1.65 m up."""
    none = np.zeros((375, 1242))
    return CameraFiles(
        np.zeros((375, 1242, 3), np.uint8), none.astype(np.uint16), none.astype(np.uint8), none,
        np.array([[721.5, 0, 609.6], [0, 721.5, 172.9], [0, 0, 1]]),
        np.array([[0, 0, 1, 0], [-1, 0, 0, 0], [0, -1, 0, 1.65], [0, 0, 0, 1.0]]),
    )  # fmt: skip


def check(x: float, y: float, share: float = 1.0) -> Tally:
    """Check a car with cut corners whose box is `share` of its height."""
    cut = np.array([[0.5, 0.25], [0.4, 0.5]])
    plan = np.concatenate([cut * [a, b] for a in (-1, 1) for b in (-1, 1)])
    body = np.concatenate([np.column_stack([plan, np.full(8, z)]) for z in (-0.5, 0.5)]) * SIZE
    center = np.array([x, y, 0.8])
    one = camera()
    pixel, _ = one.project(body + center)
    row = {
        "class": "car", "subtype": "saloon", "track": 1,
        "center": center - [0, 0, 0.8 * (1 - share)], "size": SIZE * [1, 1, share],
        "quaternion": [0, 0, 0, 1.0],
        "unclipped_box": [*np.ceil(pixel.min(axis=0)), *np.floor(pixel.max(axis=0))],
    }  # fmt: skip
    tally = Tally()
    _check_projection(0, row, one, tally)
    return tally


@pytest.mark.parametrize("x", [6.0, 12.0, 40.0])
def test_a_car_with_cut_corners_fills_its_box(x):
    tally = check(x, 2.5)
    assert tally.checks["3D box tight"] == 1
    assert not tally.violations


@pytest.mark.parametrize("x", [6.0, 12.0, 40.0])
def test_a_box_of_half_height_is_caught(x):
    assert check(x, 2.5, 0.5).violations


def test_the_corners_of_a_box_beside_the_camera_are_not_asked_for():
    tally = check(2.9, 2.9)
    assert tally.checks["silhouette in 3D box"] == 1
    assert tally.checks["3D box tight"] == 0
    assert not tally.violations


@pytest.mark.parametrize(("out", "good"), [(0.3, True), (0.45, False)])
def test_a_mirror_that_stands_out_towards_the_camera_is_met_at_its_own_depth(out, good):
    """A car across the axis, 6 m aside: seen at 83 degrees, 0.3 m nearer is twice as far aside."""
    one, center = camera(), np.array([1.6, 6.0, 0.8])
    signs = np.array([[a, b, c] for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)])
    body = signs * SIZE[[1, 0, 2]] / 2 + center
    mirror = center + np.array([-0.9 - out, 2.1, 0.2])
    pixel, _ = one.project(np.concatenate([body, mirror[None]]))
    row = {
        "class": "car", "subtype": "saloon", "track": 1, "center": center, "size": SIZE,
        "quaternion": [0, 0, np.sqrt(0.5), np.sqrt(0.5)],
        "unclipped_box": [*np.ceil(pixel.min(axis=0)), *np.floor(pixel.max(axis=0))],
    }  # fmt: skip
    tally = Tally()
    _check_projection(0, row, one, tally)
    assert tally.checks["silhouette in 3D box"] == 1
    assert bool(tally.violations) != good
