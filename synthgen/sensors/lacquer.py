"""What lacquered paint sends back to a laser: a clear coat over pigment and metal flakes.

A paint's reflectance is what an integrating sphere reads of the finished panel, so that it holds
the 4 % which the clear coat mirrors away. The rest is pigment, diffuse under the coat, and flakes,
which lie nearly flat: they send light back only where the panel is met almost squarely.
"""

import numba
import numpy as np

from synthgen.sensors.fresnel import fresnel

COAT = 1.5
"""Refractive index of clear coats."""

FACE = 0.04
"""Share that a clear coat mirrors of light that meets it squarely: (n - 1)^2 / (n + 1)^2."""

INSIDE = 0.596
"""Share of diffuse light from below that a clear coat turns back.

Source: D. Judd, "Fresnel reflection of diffusely incident light", Journal of Research of the
National Bureau of Standards 29, 1942, for n = 1.5."""

SLOPE = 0.2
"""Root mean square of the slopes of flakes: an estimate, 11 degrees off the plane of the panel."""


@numba.njit(cache=True)
def pigment(reflectance, cosine):  # type: ignore[no-untyped-def]
    """Return the reflectance of a bare diffuse plate that answers as the pigment under the coat.

    `reflectance` is that of the finished panel, `cosine` that of the angle of incidence. Light
    goes in and out through the face and spreads by n^2 on its way out; what the pigment returns
    after having been turned back inside is in the panel's reflectance already.

    Source: J. Saunderson, "Calculation of the color of pigmented plastics", Journal of the Optical
    Society of America 32, 1942, equation 1, solved for the pigment; for one direction instead of
    all, (1 - F)^2 / n^2.
    """
    through = (1 - fresnel(cosine, COAT)) ** 2 / COAT**2
    return max(reflectance - FACE, 0.0) * through / ((1 - FACE) * (1 - INSIDE))


@numba.njit(cache=True)
def flakes(reflectance, cosine):  # type: ignore[no-untyped-def]
    """Return the effective reflectance of a panel whose coat covers nothing but flakes.

    They are facets under a refracting face whose slopes have an exponential density in the plane,
    of which those answer that the refracted beam meets squarely.

    Source: T. Germer and E. Marx, "Ray model of light scattering by flake pigments or rough
    surfaces with smooth transparent coatings", Applied Optics 43, 2004: P / (4 cos^4) of the
    facets' tilt, over the cosines inside and n^2; the exponential slope distribution is that of
    their library SCATMECH.
    """
    inner = np.sqrt(1 - (1 - cosine * cosine) / COAT**2)
    slope = np.sqrt(1 - inner * inner) / inner
    density = 3 / (np.pi * SLOPE**2) * np.exp(-np.sqrt(6.0) * slope / SLOPE)
    through = (1 - fresnel(cosine, COAT)) ** 2 / COAT**2
    share = max(reflectance - FACE, 0.0) / (1 - FACE) ** 2
    return np.pi * share * through * density * cosine / (4 * inner**6)
