import numpy as np
import pytest

from synthgen.light.illuminance import luminance
from synthgen.light.sky import sky
from synthgen.light.stars import COUNTS, field, illuminance_of, magnitudes, seen
from synthgen.world import Environment


def night(cloud=0.0, skyglow=0.0, sun=-40.0):
    return sky(
        Environment(
            np.deg2rad(sun), 0.0, -0.5, 0.0, 0.0, cloud, 0.0, 4e4, 0.0, 0.0, 0.0, skyglow, False
        )
    )


def test_there_are_as_many_of_each_magnitude_as_hipparcos_counts():
    found = magnitudes((np.arange(COUNTS[-1]) + 0.5) / COUNTS[-1])
    counted = [int((found < limit).sum()) for limit in range(-1, 7)]
    np.testing.assert_allclose(counted, COUNTS, atol=1)


def test_magnitudes_are_those_of_the_sun_and_sirius():
    assert illuminance_of(np.array(-26.74)) == pytest.approx(128e3, rel=0.03)
    assert magnitudes(np.array([0.0]))[0] == -1.46


def test_all_stars_together_are_as_bright_as_a_hundred_of_magnitude_0():
    """Source: R. Fienberg, Sky & Telescope: those to magnitude 6.5 add up to almost -5."""
    total = luminance(field(3).light).sum() / illuminance_of(np.array(0.0))
    assert 60 < total < 110


@pytest.mark.parametrize("seed", range(3))
def test_stars_lie_evenly_over_the_sphere(seed):
    way = field(seed).direction
    np.testing.assert_allclose(np.linalg.norm(way, axis=1), 1.0)
    np.testing.assert_allclose(way.mean(axis=0), 0.0, atol=0.03)
    np.testing.assert_allclose(way.T @ way / len(way), np.eye(3) / 3, atol=0.03)


def test_a_moonless_clear_night_has_0_0002_to_0_002_lx_and_stars_are_part_of_it():
    dark = night()
    stars = seen(dark.dome)
    level = float(luminance(stars.light) @ stars.direction[:, 2])
    assert 1e-5 < level < 2e-4
    assert 2e-4 < dark.illuminance + level < 2e-3


def test_clouds_hide_stars():
    clear, broken, closed = (
        float(luminance(seen(night(cloud).dome).light).sum()) for cloud in (0.0, 0.5, 1.0)
    )
    assert clear > broken > closed == pytest.approx(0.0, abs=1e-9)


def test_low_stars_are_dimmer():
    stars = seen(night().dome)
    every = field(night().dome.seed)
    kept = luminance(stars.light) / luminance(every.light[every.direction[:, 2] > 0])
    high, low = stars.direction[:, 2] > 0.95, stars.direction[:, 2] < 0.1
    assert kept[high].min() == pytest.approx(np.exp(-0.21 / 0.95), rel=0.01)
    assert kept[low].max() < 0.15
