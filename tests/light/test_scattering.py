import numpy as np
import pytest

from synthgen.light.dome import radiances
from synthgen.light.illuminance import luminance
from synthgen.light.scattering import _SHELLS, _layers, shares
from synthgen.light.sky import sky
from synthgen.world import Environment

XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
"""From linear sRGB; IEC 61966-2-1."""
SOLAR = 133.1e3
"""[lx] of a plane that faces the sun outside the air; CIE 85:1989."""


def dome(degrees):
    return sky(
        Environment(
            sun_elevation=np.deg2rad(degrees), sun_azimuth=0.0, moon_elevation=-0.5,
            moon_azimuth=2.0, moon_phase=0.0, cloud=0.0, rain=0.0, visibility=4e4, wind=0.0,
            wind_azimuth=1.0, wetness=0.0, skyglow=0.0, power=True,
        )
    ).dome  # fmt: skip


def ways(elevation, azimuth):
    high, round_ = np.deg2rad(elevation), np.deg2rad(azimuth)
    flat = np.cos(high)
    return np.stack([flat * np.cos(round_), flat * np.sin(round_), np.sin(high)], axis=-1)


def lux(air):
    """Horizontal illuminance by the sky in units of `air`, by an own sum over the sphere."""
    height, round_ = np.meshgrid((np.arange(90) + 0.5), np.arange(2.5, 360, 5))
    toward = ways(height.ravel(), round_.ravel())
    area = np.deg2rad(1) * np.deg2rad(5) * np.cos(np.deg2rad(height.ravel()))
    return (area * toward[:, 2]) @ luminance(radiances(air, toward))


@pytest.mark.parametrize("degrees", [10, 20, 40, 60, 80])
def test_the_sky_gives_the_light_that_was_measured(degrees):
    """Clear sky: 0.8 + 15.5 sqrt(sin h) klx, IESNA RP-21-84, by no scaling of ours."""
    measured = 0.8e3 + 15.5e3 * np.sqrt(np.sin(np.deg2rad(degrees)))
    computed = SOLAR * lux(dome(degrees)._replace(clear=1.0))
    assert computed == pytest.approx(measured, rel=0.2)


@pytest.mark.parametrize("degrees", [20, 40, 60])
def test_luminance_is_spread_as_the_standard_clear_sky(degrees):
    """ISO 15469:2004 (CIE S 011), type 12, "CIE standard clear sky, low turbidity".

    Beyond 40 degrees from the sun, where haze does not decide.
    """
    air, source = dome(degrees), ways(degrees, 0.0)
    height, round_ = np.meshgrid([5, 10, 20, 35, 50, 70, 90], [60, 90, 120, 150, 180])
    toward = ways(height.ravel(), round_.ravel())
    angle = np.arccos(np.clip(toward @ source, -1, 1))
    toward, angle = toward[angle > np.deg2rad(40)], angle[angle > np.deg2rad(40)]
    graded = 1 - np.exp(-0.32 / toward[:, 2])
    indicatrix = 1 + 10 * (np.exp(-3 * angle) - np.exp(-1.5 * np.pi)) + 0.45 * np.cos(angle) ** 2
    expected = graded * indicatrix
    ratio = luminance(radiances(air, toward)) / expected
    assert np.max(ratio) / np.min(ratio) < 2.0


@pytest.mark.parametrize("degrees", [10, 20, 40, 60])
@pytest.mark.parametrize("azimuth", [90, 135, 180])
def test_no_height_of_the_sky_is_pink(degrees, azimuth):
    """Chromaticities of skylight lie along the daylight locus, y = 2.870 x - 3 x^2 - 0.275.

    Source: D. Judd, D. MacAdam and G. Wyszecki, "Spectral distribution of typical daylight",
    JOSA 54, 1964; pink lies well below it. Skies reach beyond 25000 K, where the locus ends.
    """
    color = radiances(dome(degrees), ways(np.array([1.0, 3, 6, 12, 25, 50, 89]), azimuth)) @ XYZ.T
    x, y = (color[:, :2] / color.sum(axis=1, keepdims=True)).T
    assert np.all(np.abs(y - (2.870 * x - 3 * x**2 - 0.275)) < 0.012)
    assert np.all(x < 0.325)


@pytest.mark.parametrize("degrees", [20, 40, 60])
def test_the_horizon_is_paler_than_the_sky_above_it(degrees):
    low, high = radiances(dome(degrees), ways(np.array([1.0, 45.0]), 180.0))
    assert low[2] / low[0] < 1.6
    assert high[2] / high[0] > 2.2


def test_air_overhead_is_as_thick_as_measured():
    """0.0973 at 550 nm: A. Bucholtz, "Rayleigh-scattering calculations for the terrestrial

    atmosphere", Applied Optics 34, 1995, table 3 (interpolated); our shells are 540 and 560 nm.
    """
    air, _, _ = _layers()
    depth = (air * np.diff(_SHELLS)[:, None]).sum(axis=0)
    assert np.sqrt(depth[7] * depth[8]) == pytest.approx(0.0973, rel=0.01)


def test_light_scattered_by_air_and_scattered_often_is_blue_overhead():
    rows = shares(np.deg2rad(30))
    overhead = rows[-1]
    assert overhead[2] > overhead[1] > overhead[0] > 0
    assert overhead[8] > overhead[7] > overhead[6] > 0


@pytest.mark.parametrize("elevation", [0.0, 1.6, np.nan])
def test_a_sun_outside_the_range_is_refused(elevation):
    with pytest.raises(ValueError, match="2 to 90 degrees"):
        shares(elevation)
