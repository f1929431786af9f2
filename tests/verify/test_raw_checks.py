from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from synthgen.geometry import inverse, transform
from synthgen.rng import stream
from synthgen.verify.faults import Tally
from synthgen.verify.frame import FrameFiles, LidarFiles
from synthgen.verify.raw_checks import check_raw


def sweep() -> LidarFiles:
    """Return a sweep of a car that drives 20 m/s and turns 0.5 rad/s, raw and compensated."""
    rng = stream(0, "raw")
    fired = np.sort(rng.uniform(-0.05, 0.05, 500))
    world = rng.uniform(-40, 40, (500, 3)) + np.array([100.0, 50.0, 0])

    def pose(time):
        matrix = np.eye(4)
        matrix[:3, :3] = Rotation.from_euler("z", 0.5 * time).as_matrix()
        matrix[:3, 3] = [100.0 + 20 * time, 50.0, 1.7]
        return matrix

    raw = [transform(inverse(pose(t)), p[None])[0] for t, p in zip(fired, world, strict=True)]
    after = np.linspace(-0.05, 0.05, 13)
    poses = [[t, *pose(t)[:3, 3], *Rotation.from_matrix(pose(t)[:3, :3]).as_quat()] for t in after]
    points = np.column_stack([transform(inverse(pose(0.0)), world), np.zeros(500)])
    nothing = np.zeros(500, np.int64)
    return LidarFiles(
        points.astype("<f4"), nothing, nothing, nothing, fired.astype("<f4"), pose(0.0),
        np.array(raw).astype("<f4"), np.array(poses),
    )  # fmt: skip


def faults(lidar: LidarFiles) -> set[str]:
    tally = Tally()
    check_raw(FrameFiles(0, {}, [], {}, {"roof": lidar}), "roof", tally)
    return {one.kind for one in tally.violations}


def test_raw_points_of_a_moving_car_are_in_place():
    assert faults(sweep()) == set()


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda one: {"raw": one.points[:, :3]}, "raw points in place"),
        (lambda one: {"raw": one.raw[:-1]}, "raw points agree"),
        (lambda one: {"raw": np.roll(one.raw, 1, axis=0)}, "raw points in place"),
        (lambda one: {"fired": one.fired + np.float32(5e-4)}, "raw points in place"),
        (lambda one: {"poses": one.poses + 0.01 * np.eye(8)[2]}, "raw points in place"),
        (lambda one: {"poses": one.poses[::-1] * [-1, 1, 1, 1, 1, 1, 1, 1]}, "raw points in place"),
    ],
)
def test_every_wrong_sweep_is_caught(change, kind):
    right = sweep()
    assert faults(replace(right, **change(right))) == {kind}
