import numpy as np
import pytest

from synthgen.weather.air import CAMERA, LIDAR, atmosphere
from synthgen.weather.effect import DROP_FLOOR
from synthgen.weather.fog import Fog
from synthgen.weather.rain import Rain
from synthgen.world import Environment


def environment(visibility=20_000.0, rain=0.0):
    return Environment(
        sun_elevation=0.5, sun_azimuth=0.0, moon_elevation=-1.0, moon_azimuth=0.0, moon_phase=0.0,
        cloud=0.0, rain=rain, visibility=visibility, wind=0.0, wind_azimuth=0.0, wetness=0.0,
        skyglow=0.0, power=True,
    )  # fmt: skip


@pytest.mark.parametrize("visibility", [50.0, 800.0, 5000.0])
def test_contrast_is_five_percent_at_the_visibility(visibility):
    loss = Fog(visibility=visibility).extinction(550e-9)
    np.testing.assert_allclose(np.exp(-loss * visibility), 0.05)


def test_dense_fog_is_grey_and_haze_is_clearer_in_the_infrared():
    fog, haze = Fog(visibility=100.0), Fog(visibility=20_000.0)
    assert fog.extinction(LIDAR) == fog.extinction(460e-9)
    assert haze.extinction(LIDAR) < 0.6 * haze.extinction(550e-9)


def test_fog_backscatter_is_the_measured_share_of_the_visibility():
    np.testing.assert_allclose(Fog(visibility=80.0).backscatter(LIDAR), 0.046 / 80.0, rtol=0.01)


@pytest.mark.parametrize(("rate", "extinction"), [(1, 3.7e-4), (10, 1.56e-3), (100, 6.66e-3)])
def test_rain_extinction_agrees_with_mie_theory(rate, extinction):
    np.testing.assert_allclose(Rain(rate=rate).extinction(LIDAR), extinction, rtol=0.02)


def test_drop_count_is_the_integral_of_the_distribution():
    rain = Rain(rate=25.0)
    diameter = np.linspace(DROP_FLOOR, 20e-3, 400_001)
    density = 8e6 * np.exp(-rain.sizes().slope * diameter)
    np.testing.assert_allclose(rain.drops(), np.trapezoid(density, diameter), rtol=1e-6)


def test_water_in_the_air_is_about_what_the_rate_brings_down():
    rain = Rain(rate=10.0)
    diameter = np.linspace(1e-5, 12e-3, 100_001)
    fall = np.maximum(9.65 - 10.3 * np.exp(-600.0 * diameter), 0.0)
    density = 8e6 * np.exp(-rain.sizes().slope * diameter) * np.pi / 6 * diameter**3
    millimetres_per_hour = np.trapezoid(density * fall, diameter) * 3.6e6
    assert 9.0 < millimetres_per_hour < 12.5


def test_effects_add_up():
    both = atmosphere(environment(visibility=300.0, rain=20.0))
    expected = [Fog(visibility=300.0).extinction(w) + Rain(rate=20.0).extinction(w) for w in CAMERA]
    np.testing.assert_allclose(both.extinction, expected)
    assert both.rain == 20.0
    assert 0.85 < both.asymmetry < 0.89


def test_dry_air_has_no_drops():
    dry = atmosphere(environment())
    assert dry.drops == 0.0
    assert dry.drop_backscatter == 0.0


@pytest.mark.parametrize("visibility", [0.0, -1.0, float("nan")])
def test_impossible_visibility_is_refused(visibility):
    with pytest.raises(ValueError, match="visibility must be > 0 m"):
        Fog(visibility=visibility)


def test_negative_rain_is_refused():
    with pytest.raises(ValueError, match="got -3"):
        Rain(rate=-3.0)
