from dataclasses import replace

import numpy as np
import pytest

from synthgen.geometry import unit
from synthgen.radar.equation import one_way_gain, snr
from synthgen.radar.model import BOLTZMANN, Sensitivity


def test_signal_falls_with_the_fourth_power_of_range(scan):
    near, far = snr(scan, np.ones(2), np.array([40.0, 80.0]))
    assert near / far == pytest.approx(16.0)


def test_a_corner_reflector_has_the_signal_that_the_radar_equation_gives(scan):
    # A trihedral with edges of 0.10 m: sigma = 4 pi a^4 / (3 lambda^2).
    wavelength = 299_792_458.0 / 77e9
    sigma = 4 * np.pi * 0.1**4 / (3 * wavelength**2)
    assert 10 * np.log10(sigma) == pytest.approx(14.41, abs=0.01)
    watts, gain, noise = 10**-1.8, 10**2.2, BOLTZMANN * 290 * 10**1.2
    ideal = watts * gain**2 * wavelength**2 * sigma * 0.02 / ((4 * np.pi) ** 3 * 50.0**4 * noise)
    found = snr(scan, np.array([sigma]), np.array([50.0]))[0]
    assert 10 * np.log10(ideal / found) == pytest.approx(scan.losses_db)
    assert 0 < scan.losses_db < 25


def test_a_sensitivity_that_power_does_not_allow_is_refused(scan):
    better = Sensitivity(cross_section_dbsm=-40.0, range=100.0, snr_db=20.0)
    with pytest.raises(ValueError, match="sensitivity is better"):
        replace(scan, sensitivity=better)


def test_range_resolution_cannot_beat_the_bandwidth(scan):
    with pytest.raises(ValueError, match=r"range_resolution must be >= 0\.5"):
        replace(scan, range_resolution=0.4)


def test_the_pattern_loses_half_of_its_decibels_one_way_and_all_behind(scan):
    angles = np.radians([0.0, 30.0, 180.0])
    flat = np.stack([np.cos(angles), np.sin(angles), np.zeros(3)], axis=1)
    gains = one_way_gain(scan, flat)
    np.testing.assert_allclose(10 * np.log10(gains[:2]), [0.0, -1.5], atol=1e-9)
    assert gains[2] == 0
    up = unit(np.array([[1.0, 0.0, np.tan(np.radians(10.0))]]))
    np.testing.assert_allclose(10 * np.log10(one_way_gain(scan, up)), -3.0)


def test_attenuation_counts_there_and_back(scan):
    dry, wet = (snr(scan, np.ones(1), np.array([100.0]), loss)[0] for loss in (0.0, 0.02))
    assert 10 * np.log10(dry / wet) == pytest.approx(4.0)
