"""Where sun and moon stand at a date, a time and a place on Earth, and the moon's phase."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import asin, atan2, cos, degrees, pi, radians, sin, sqrt, tan

_J2000 = 2_451_545.0


@dataclass(frozen=True)
class Heavens:
    """What stands in the sky, seen from one place.

    Azimuths are anticlockwise from east, as those of worlds whose x axis points east.

    Attributes:
        sun_elevation: [rad] of the disc's middle, refraction counted.
        sun_azimuth: [rad].
        moon_elevation: [rad] of the disc's middle, parallax and refraction counted.
        moon_azimuth: [rad].
        moon_phase: illuminated share of the disc.
    """

    sun_elevation: float
    sun_azimuth: float
    moon_elevation: float
    moon_azimuth: float
    moon_phase: float


def heavens(day: date, hour: float, latitude: float, longitude: float) -> Heavens:
    """Return sun and moon on `day` at `hour` [h] UTC, seen from a place [rad], east positive.

    Good to 0.02 degrees for the sun and 0.1 for the moon from 1950 to 2050, above the horizon.
    """
    century = (julian(day) + hour / 24 - _J2000) / 36_525
    star = sidereal(century) + longitude
    sun, moon = sun_ecliptic(century), moon_ecliptic(century)
    tilt = obliquity(century)
    sun_up, sun_round = _horizontal((*sun, 0.0), tilt, star, latitude)
    moon_up, moon_round = _horizontal(moon[:2], tilt, star, latitude)
    moon_up -= asin(cos(moon_up) * sin(moon[2]))
    return Heavens(
        sun_up + refraction(sun_up), sun_round, moon_up + refraction(moon_up), moon_round,
        _lit(sun[0], moon),
    )  # fmt: skip


def julian(day: date) -> float:
    """Return the Julian date of midnight UTC at the start of `day`."""
    return day.toordinal() + 1_721_424.5


def sidereal(century: float) -> float:
    """Return Greenwich mean sidereal time [rad]; `century` counts Julian centuries from J2000.

    Source: J. Meeus, "Astronomical Algorithms", 2nd ed. 1998, eq. 12.4.
    """
    days = century * 36_525
    return radians((280.46061837 + 360.98564736629 * days + 0.000387933 * century**2) % 360)


def obliquity(century: float) -> float:
    """Return the mean obliquity of the ecliptic [rad]. Source: Meeus 1998, eq. 22.2."""
    return radians(23.4392911 - 0.0130042 * century)


def sun_ecliptic(century: float) -> tuple[float]:
    """Return the sun's apparent longitude [rad], to 0.01 degrees.

    Source: Meeus 1998, chapter 25, low accuracy; NOAA's solar calculator uses the same.
    """
    mean = 280.46646 + 36_000.76983 * century + 0.0003032 * century**2
    anomaly = radians(357.52911 + 35_999.05029 * century - 0.0001537 * century**2)
    center = (1.914602 - 0.004817 * century) * sin(anomaly)
    center += (0.019993 - 0.000101 * century) * sin(2 * anomaly) + 0.000289 * sin(3 * anomaly)
    node = radians(125.04 - 1_934.136 * century)
    return (radians((mean + center - 0.00569 - 0.00478 * sin(node)) % 360),)


_LONGITUDE = (
    (6.288774, 0, 0, 1, 0), (1.274027, 2, 0, -1, 0), (0.658314, 2, 0, 0, 0),
    (0.213618, 0, 0, 2, 0), (-0.185116, 0, 1, 0, 0), (-0.114332, 0, 0, 0, 2),
    (0.058793, 2, 0, -2, 0), (0.057066, 2, -1, -1, 0), (0.053322, 2, 0, 1, 0),
    (0.045758, 2, -1, 0, 0), (-0.040923, 0, 1, -1, 0), (-0.034720, 1, 0, 0, 0),
    (-0.030383, 0, 1, 1, 0), (0.015327, 2, 0, 0, -2), (-0.012528, 0, 0, 1, 2),
    (0.010980, 0, 0, 1, -2), (0.010675, 4, 0, -1, 0), (0.010034, 0, 0, 3, 0),
)  # fmt: skip
_LATITUDE = (
    (5.128122, 0, 0, 0, 1), (0.280602, 0, 0, 1, 1), (0.277693, 0, 0, 1, -1),
    (0.173237, 2, 0, 0, -1), (0.055413, 2, 0, -1, 1), (0.046271, 2, 0, -1, -1),
    (0.032573, 2, 0, 0, 1), (0.017198, 0, 0, 2, 1),
)  # fmt: skip
_PARALLAX = (
    (0.051818, 0, 0, 1, 0), (0.009531, 2, 0, -1, 0), (0.007843, 2, 0, 0, 0),
    (0.002857, 0, 0, 2, 0),
)  # fmt: skip


def moon_ecliptic(century: float) -> tuple[float, float, float]:
    """Return the moon's longitude, latitude and horizontal parallax [rad].

    The terms above 0.01 degrees. Source: Meeus 1998, tables 47.A and 47.B; parallax: The
    Astronomical Almanac, section D, "low-precision formulae for geocentric coordinates".
    """
    mean = 218.3164477 + 481_267.88123421 * century
    angles = tuple(
        radians((start + rate * century) % 360)
        for start, rate in (
            (297.8501921, 445_267.1114034), (357.5291092, 35_999.0502909),
            (134.9633964, 477_198.8675055), (93.2720950, 483_202.0175233),
        )
    )  # fmt: skip
    longitude = mean + _sum(_LONGITUDE, angles, sin)
    parallax = 0.950724 + _sum(_PARALLAX, angles, cos)
    return (
        radians(longitude % 360), radians(_sum(_LATITUDE, angles, sin)), radians(parallax),
    )  # fmt: skip


def _sum(
    table: Sequence[tuple[float, ...]],
    angles: tuple[float, ...],
    wave: Callable[[float], float],
) -> float:
    """Return the sum of amplitude times `wave` of a whole-number combination of `angles`."""
    combined = (sum(n * a for n, a in zip(row[1:], angles, strict=True)) for row in table)
    return sum(row[0] * wave(angle) for row, angle in zip(table, combined, strict=True))


def _horizontal(
    place: tuple[float, float], tilt: float, star: float, latitude: float
) -> tuple[float, float]:
    """Return elevation, and azimuth anticlockwise from east, of an ecliptic place [rad].

    Source: Meeus 1998, eq. 13.3 to 13.6.
    """
    long, lat = place
    ascension = atan2(sin(long) * cos(tilt) - tan(lat) * sin(tilt), cos(long))
    declination = asin(sin(lat) * cos(tilt) + cos(lat) * sin(tilt) * sin(long))
    hour = star - ascension
    up = asin(sin(latitude) * sin(declination) + cos(latitude) * cos(declination) * cos(hour))
    west = atan2(sin(hour), cos(hour) * sin(latitude) - tan(declination) * cos(latitude))
    return up, (-pi / 2 - west) % (2 * pi)


def refraction(elevation: float) -> float:
    """Return how much the air lifts what stands at true `elevation` [rad]; none below -1 degree.

    Source: G. Saemundsson 1986, in Meeus 1998, eq. 16.4; 10 degrees Celsius, 1010 hPa.
    """
    up = degrees(elevation)
    if up < -1.0:
        return 0.0
    return radians(1.02 / tan(radians(up + 10.3 / (up + 5.11))) / 60)


def _lit(sun: float, moon: tuple[float, float, float]) -> float:
    """Return the illuminated share of the moon's disc.

    Source: Meeus 1998, eq. 48.1 to 48.3.
    """
    apart = cos(moon[1]) * cos(moon[0] - sun)
    far, near = 1.0, sin(radians(8.794 / 3600)) / sin(moon[2])
    angle = atan2(far * sqrt(max(1 - apart**2, 0.0)), near - far * apart)
    return (1 + cos(angle)) / 2
