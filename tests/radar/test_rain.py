import numpy as np
import pytest

from synthgen.precipitation import NONE, rain_sizes
from synthgen.radar.rain import backscatter, extinction, loss, mie, water


@pytest.mark.parametrize(
    ("frequency", "horizontal", "k", "alpha"),
    # Recommendation ITU-R P.838-3, table 5.
    [
        (10e9, True, 0.01217, 1.2571), (10e9, False, 0.01129, 1.2156),
        (40e9, True, 0.4431, 0.8673), (40e9, False, 0.4274, 0.8421),
        (80e9, True, 1.1704, 0.7115), (80e9, False, 1.1668, 0.7021),
    ],
)  # fmt: skip
def test_loss_is_that_of_the_recommendations_own_table(frequency, horizontal, k, alpha):
    for rate in (1.0, 20.0):
        found = loss(rate, frequency, horizontal) * 1000
        assert found == pytest.approx(k * rate**alpha, rel=2e-3)


def test_drops_take_about_what_the_recommendation_says():
    # Marshall and Palmer have more small drops than the recommendation's spectra.
    for rate in (1.0, 10.0, 50.0):
        from_drops = 4.343 * extinction(rain_sizes(rate), 77e9)
        assert from_drops / loss(rate, 77e9, False) == pytest.approx(1.13, abs=0.22)


def test_small_spheres_scatter_as_rayleigh_says():
    index = np.sqrt(water(10e9))
    factor = abs((index**2 - 1) / (index**2 + 2)) ** 2
    assert mie(0.01, index)[1] == pytest.approx(4 * 0.01**4 * factor, rel=1e-3)


def test_large_metal_spheres_scatter_their_area_back_and_take_twice_it():
    extinct, back = mie(60.0, 1e4 + 1e4j)
    assert back == pytest.approx(1.0, abs=0.02)
    assert extinct == pytest.approx(2.0, abs=0.05)


def test_at_ten_centimetres_rain_shines_as_marshall_and_palmer_found():
    # Z = 200 R^1.6 [mm6/m3] at S band, eta = pi^5 |K|^2 Z / lambda^4, |K|^2 = 0.93.
    rate, wavelength = 10.0, 0.1
    expected = np.pi**5 * 0.93 * 200 * rate**1.6 * 1e-18 / wavelength**4
    found = backscatter(rain_sizes(rate), 299_792_458.0 / wavelength)
    assert 10 * np.log10(found / expected) == pytest.approx(0.0, abs=1.5)


def test_dry_air_takes_and_returns_nothing():
    assert loss(0.0, 77e9, True) == backscatter(NONE, 77e9) == extinction(NONE, 77e9) == 0.0
