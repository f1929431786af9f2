from dataclasses import replace

import numpy as np
import pytest

from synthgen.lidar_model import ENCODINGS, LidarModel
from synthgen.sensors.coding import IDEAL, coded
from synthgen.sensors.echo import receiver_gain

RANGES = np.array([5.0, 20.0, 80.0])


@pytest.fixture
def model(rig) -> LidarModel:
    """Return a lidar whose receiver makes up for distance up to 25 m."""
    return replace(rig.lidars["velodyne"].model, plateau=25.0, border=100)


def code(model, encoding, reflectance, **more):
    """Return the code of a target that fills the beam squarely, at three ranges."""
    one = replace(model, encoding=encoding, **more)
    return coded(one, reflectance * receiver_gain(one, RANGES), RANGES)


@pytest.mark.parametrize("reflectance", [0.1, 0.55, 1.0])
@pytest.mark.parametrize("encoding", ["reflectivity", "percent"])
def test_a_diffuse_target_reads_its_reflectance_at_any_range(model, encoding, reflectance):
    np.testing.assert_allclose(255 * code(model, encoding, reflectance), 100 * reflectance)


def test_velodyne_keeps_what_is_above_its_border_for_retroreflectors(model):
    assert (255 * code(model, "reflectivity", 1.05) >= 100).all()
    np.testing.assert_allclose(255 * code(model, "reflectivity", IDEAL), 255)
    middle = 255 * code(model, "reflectivity", np.sqrt(IDEAL), border=110)
    np.testing.assert_allclose(middle, 110 + 145 / 2, atol=0.5)


def test_hesai_counts_on_to_255_percent(model):
    assert (255 * code(model, "percent", 2.0) == 200).all()
    assert (255 * code(model, "percent", 7.0) == 255).all()


def test_photons_fall_with_the_square_of_range(model):
    found = 65535 * code(model, "signal", 0.5, intensity_gain=1.6e5)
    np.testing.assert_allclose(found, 0.5 * 1.6e5 / RANGES**2, atol=0.5)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_is_in_0_to_1_and_never_falls(model, encoding):
    strength = np.geomspace(1e-6, 1e5, 200)
    found = coded(replace(model, encoding=encoding), strength, np.full(200, 10.0))
    assert found.min() >= 0
    assert found.max() <= 1
    assert (np.diff(found) >= 0).all()
