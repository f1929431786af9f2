import numpy as np
import pytest

from synthgen.precipitation import (
    ICE,
    drizzle_sizes,
    flake_area,
    flake_size,
    flake_speed,
    rain_sizes,
    snow_sizes,
)
from synthgen.weather.air import LIDAR
from synthgen.weather.effect import DROP_FLOOR
from synthgen.weather.rain import Rain
from synthgen.weather.snow import Snow

MELTED = np.linspace(0.05e-3, 8e-3, 4000)


@pytest.mark.parametrize("rate", [0.3, 1.0, 2.5, 5.0])
def test_flakes_bring_down_the_water_that_the_rate_says(rate):
    water = snow_sizes(rate).density(MELTED) * np.pi / 6 * MELTED**3
    flux = np.trapezoid(water * flake_speed(flake_size(MELTED)), MELTED) * 3.6e6
    np.testing.assert_allclose(flux, rate, rtol=0.06)


@pytest.mark.parametrize("rate", [1.0, 2.0, 4.0])
def test_extinction_lies_between_dry_and_wet_snow_of_the_itu(rate):
    """ITU-R P.1814, "Prediction methods required for the design of terrestrial free-space
    optical links", 2007, table 3: a S^b [dB/km], a from the wavelength in nm."""
    dry = (5.42e-5 * 905 + 5.4958776) * rate**1.38 / 4343
    wet = (1.023e-4 * 905 + 3.7855466) * rate**0.72 / 4343
    assert wet < Snow(rate=rate).extinction(LIDAR) < 1.15 * dry


def test_snow_is_grey_and_scatters_all_it_takes():
    snow = Snow(rate=2.0)
    assert snow.extinction(460e-9) == snow.extinction(LIDAR)
    assert snow.albedo() == 1.0
    assert Snow(rate=0.0).extinction(550e-9) == 0.0


def test_as_many_flakes_as_sekhon_and_srivastava_count():
    for rate in (0.5, 2.0):
        np.testing.assert_allclose(snow_sizes(rate).number(0.0), 1090 * rate**-0.49, rtol=0.01)


def test_flakes_are_never_denser_than_ice_and_never_wider_than_their_disc():
    size = flake_size(MELTED)
    assert np.all(np.diff(size) > 0)
    assert ((MELTED / size) ** 3).max() <= ICE * (1 + 1e-9)
    assert np.all(flake_area(size) <= np.pi / 4 * size**2)
    assert flake_area(np.array([5e-3]))[0] < 0.35 * np.pi / 4 * 5e-3**2


def test_drizzle_has_finer_drops_than_rain_of_the_same_rate():
    rain, drizzle = rain_sizes(0.5), drizzle_sizes(0.5)
    assert drizzle.number(0.0) > 2 * rain.number(0.0)
    assert drizzle.number(1e-3) < rain.number(1e-3)
    assert Rain(rate=0.5, drizzle=True).drops() == drizzle.number(DROP_FLOOR)


def test_drizzle_takes_light_as_twice_the_area_of_its_drops_does():
    diameter = np.linspace(1e-6, 6e-3, 20_000)
    area = drizzle_sizes(0.5).density(diameter) * np.pi / 4 * diameter**2
    loss = Rain(rate=0.5, drizzle=True).extinction(LIDAR)
    np.testing.assert_allclose(loss, 2 * np.trapezoid(area, diameter), rtol=1e-4)
    assert loss > Rain(rate=0.5).extinction(LIDAR)


@pytest.mark.parametrize("rate", [-1.0, 21.0, float("nan")])
def test_impossible_snow_is_refused(rate):
    with pytest.raises(ValueError, match="snow must be in 0 to 20"):
        Snow(rate=rate)
