"""Sweeps made by hand and broken by hand."""

from dataclasses import replace

import numpy as np
import pytest

from synthgen.verify.faults import Tally
from synthgen.verify.frame import LidarFiles
from synthgen.verify.sweep_checks import check_causes, check_clean

COUNT = 500


@pytest.fixture
def sweep():
    rng = np.random.default_rng(3)
    ring = np.repeat(np.arange(10), COUNT // 10).astype(np.uint8)
    fired = np.tile(np.linspace(-0.05, 0.05, COUNT // 10), 10).astype("<f4")
    way = rng.normal(size=(COUNT, 3))
    way /= np.linalg.norm(way, axis=1)[:, None]
    reach = rng.uniform(3, 60, COUNT)
    points = np.column_stack([way * reach[:, None], np.full(COUNT, 0.3)]).astype("<f4")
    noisy = points.copy()
    noisy[:, :3] += way * rng.normal(0, 0.01, COUNT)[:, None]
    cause = np.where(np.arange(COUNT) % 20 == 7, 1, 0).astype(np.uint8)
    noisy[cause == 1, :3] *= 0.1
    semantic = np.where(cause == 0, 5, 0)
    instance = np.where(semantic > 0, 2, 0)
    return LidarFiles(
        noisy, semantic, instance, cause, fired, np.eye(4), ring=ring, clean=(points, fired, ring)
    )


def faults(sweep):
    tally = Tally()
    check_causes(0, sweep, tally)
    check_clean(0, sweep, tally)
    return {one.kind for one in tally.violations}


def test_a_sound_sweep_has_no_faults(sweep):
    assert faults(sweep) == set()


def test_an_unknown_cause_is_caught(sweep):
    cause = sweep.cause.copy()
    cause[7] = 40
    assert "causes known" in faults(replace(sweep, cause=cause))


def test_fog_that_belongs_to_an_object_is_caught(sweep):
    instance = sweep.instance.copy()
    instance[sweep.cause == 1] = 2
    assert faults(replace(sweep, instance=instance)) == {"no class without a surface"}


def test_a_surface_called_fog_is_caught(sweep):
    cause = sweep.cause.copy()
    cause[0] = 1
    assert faults(replace(sweep, cause=cause)) == {"no class without a surface"}


def test_a_clean_sweep_half_a_metre_off_is_caught(sweep):
    points, fired, ring = sweep.clean
    points = points.copy()
    points[:, :3] *= 1 + 0.5 / np.linalg.norm(points[:, :3], axis=1)[:, None]
    assert faults(replace(sweep, clean=(points, fired, ring))) == {"clean ranges agree"}


def test_a_clean_sweep_without_a_ring_is_caught(sweep):
    points, fired, ring = sweep.clean
    keep = ring != 4
    clean = points[keep], fired[keep], ring[keep]
    assert "surfaces are in the clean sweep" in faults(replace(sweep, clean=clean))


def test_clean_files_of_different_length_are_caught(sweep):
    points, fired, ring = sweep.clean
    assert faults(replace(sweep, clean=(points[:-1], fired, ring))) == {"clean files agree"}
