"""How much light sun and moon give, from full day to night."""

import numpy as np

_SUN = (
    (20.0, (3.74, 3.97, -4.07, 1.47)),
    (5.0, (3.05, 13.28, -45.98, 64.33)),
    (-0.8, (2.88, 22.26, -207.64, 1034.30)),
    (-5.0, (2.88, 21.81, -258.11, -858.36)),
    (-12.0, (2.70, 12.17, -431.69, -1899.83)),
    (-18.0, (13.84, 262.72, 1447.42, 2797.93)),
)
_MOON = (
    (20.0, (-1.95, 4.06, -4.24, 1.56)),
    (5.0, (-2.58, 12.58, -42.58, 59.06)),
    (-0.8, (-2.79, 24.27, -252.95, 1321.29)),
)


def _polynomial(elevation: float, rows: tuple, floor: float) -> float:
    degrees = np.rad2deg(elevation)
    for limit, coefficients in rows:
        if degrees >= limit:
            return float(10 ** np.polyval(coefficients[::-1], degrees / 90))
    return floor


def sun_horizontal(elevation: float) -> float:
    """Return the horizontal illuminance [lx] by sun and clear sky at sun `elevation` [rad].

    Source: P. M. Janiczek and J. A. DeYoung, "Computer programs for sun and moon illuminance",
    US Naval Observatory Circular 171, 1987; valid from -18 to 90 degrees, 0 below.
    """
    return _polynomial(elevation, _SUN, 0.0)


def moon_horizontal(elevation: float, phase: float) -> float:
    """Return the horizontal illuminance [lx] by the moon with lit share `phase`.

    Source: Janiczek and DeYoung 1987, as `sun_horizontal`; log10 of the phase factor is
    -8.68e-3 f - 2.2e-9 f^4 for a phase angle of f degrees.
    """
    angle = np.rad2deg(np.arccos(np.clip(2 * phase - 1, -1, 1)))
    dimming = 10 ** (-8.68e-3 * angle - 2.2e-9 * angle**4)
    return _polynomial(elevation, _MOON, 0.0) * float(dimming)


def air_mass(elevation: float) -> float:
    """Return the relative optical air mass at `elevation` [rad], 0 to 90 degrees.

    Source: F. Kasten and A. Young, "Revised optical air mass tables and approximation formula",
    Applied Optics 28, 1989, eq. 3.
    """
    degrees = max(np.rad2deg(elevation), 0.0)
    return float(1 / (np.sin(np.deg2rad(degrees)) + 0.50572 * (degrees + 6.07995) ** -1.6364))


def sun_normal(elevation: float) -> float:
    """Return the illuminance [lx] of a plane facing the sun at `elevation` [rad], clear sky.

    Source: IESNA RP-21-84, "Calculation of daylight availability": 128 klx outside the
    atmosphere, extinction 0.21 per air mass.
    """
    if elevation < np.deg2rad(-0.8):
        return 0.0
    return float(128e3 * np.exp(-0.21 * air_mass(elevation)))


def beam_color(elevation: float) -> np.ndarray:
    """Return the colour (linear sRGB, luminance 1) of sunlight that came through the air.

    Optical depths per air mass at 620, 545 and 460 nm: Rayleigh 0.00877 lambda^-4.05, aerosol
    0.06 lambda^-1.3 (Angstrom, clean air), ozone 0.03, 0.03, 0.003 (lambda in micrometres).
    Source: A. Preetham, P. Shirley and B. Smits, "A practical analytic model for daylight",
    SIGGRAPH 1999, appendix 1 (Rayleigh and Angstrom forms).
    """
    depth = np.array([0.203, 0.265, 0.372])
    color = np.array([1.04, 1.0, 0.94]) * np.exp(-depth * min(air_mass(elevation), 12.0))
    return color / luminance(color)


def luminance(color: np.ndarray) -> np.ndarray:
    """Return the luminance of linear sRGB `color` (Source: IEC 61966-2-1)."""
    return np.asarray(color) @ np.array([0.2126, 0.7152, 0.0722])


def cloud_factor(cloud: float) -> float:
    """Return the share of clear-sky horizontal light that cloud cover `cloud` lets through.

    Source: F. Kasten and G. Czeplak, "Solar and terrestrial radiation dependent on the amount
    and type of cloud", Solar Energy 24, 1980: 1 - 0.75 N^3.4.
    """
    return float(1 - 0.75 * cloud**3.4)
