from datetime import date
from math import degrees, pi, radians

import pytest

from synthgen.light.ephemeris import heavens, julian, moon_ecliptic, sidereal, sun_ecliptic


def century(day):
    return (julian(day) - 2_451_545.0) / 36_525


def compass(azimuth):
    """Return degrees clockwise from north."""
    return (90 - degrees(azimuth)) % 360


def test_the_suns_longitude_is_that_of_meeus_example_25a():
    assert degrees(sun_ecliptic(century(date(1992, 10, 13)))[0]) == pytest.approx(199.909, abs=0.01)


def test_sidereal_time_is_that_of_meeus_example_12a():
    hours = 13 + 10 / 60 + 46.3668 / 3600
    assert degrees(sidereal(century(date(1987, 4, 10)))) / 15 == pytest.approx(hours, abs=1e-5)


def test_the_moon_is_where_meeus_example_47a_has_it():
    long, lat, parallax = moon_ecliptic(century(date(1992, 4, 12)))
    assert degrees(long) == pytest.approx(133.1627, abs=0.05)
    assert degrees(lat) == pytest.approx(-3.2291, abs=0.02)
    assert degrees(parallax) == pytest.approx(0.9920, abs=0.005)


def test_the_moons_phase_is_that_of_meeus_example_48a():
    assert heavens(date(1992, 4, 12), 0.0, 0, 0).moon_phase == pytest.approx(0.6786, abs=0.002)


def test_the_sun_stands_where_nrels_algorithm_has_it():
    """I. Reda and A. Andreas, NREL/TP-560-34302, 2008, table A5.1: zenith 50.11162, 194.34024.

    17 October 2003, 12:30:30 at UTC - 7 h, 39.742476 north, 105.1786 west.
    """
    found = heavens(date(2003, 10, 17), 19.5083, radians(39.742476), radians(-105.1786))
    assert 90 - degrees(found.sun_elevation) == pytest.approx(50.1116, abs=0.02)
    assert compass(found.sun_azimuth) == pytest.approx(194.3402, abs=0.02)


def test_moon_and_sun_meet_at_the_eclipse_of_2017():
    """Greatest eclipse 21 August 2017, 18:25:32 UT, 36.97 north, 87.67 west; sun 64 degrees high.

    Source: F. Espenak, NASA/GSFC, "Total solar eclipse of 2017 August 21".
    """
    found = heavens(date(2017, 8, 21), 18 + 25.5 / 60, radians(36.97), radians(-87.67))
    assert degrees(found.sun_elevation) == pytest.approx(63.9, abs=0.2)
    assert degrees(found.moon_elevation) == pytest.approx(degrees(found.sun_elevation), abs=0.1)
    assert compass(found.moon_azimuth) == pytest.approx(compass(found.sun_azimuth), abs=0.25)
    assert found.moon_phase < 1e-3


def test_the_full_moon_stands_opposite_the_sun():
    """Full moon 31 January 2018, 13:27 UT, with a total lunar eclipse (NASA/GSFC)."""
    found = heavens(date(2018, 1, 31), 13.5, radians(10), radians(155))
    assert found.moon_phase > 0.999
    apart = abs((found.moon_azimuth - found.sun_azimuth) % (2 * pi) - pi)
    assert apart < radians(3)
