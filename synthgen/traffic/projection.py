"""Latitude and longitude to metres: a transverse Mercator around the middle of the map."""

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array

MAJOR, FLATTENING = 6378137.0, 1 / 298.257223563
"""WGS 84: major half axis [m] and flattening. Source: NGA.STND.0036, 2014, table 3.1."""


def projection_string(center: tuple[float, float]) -> str:
    """Return the PROJ definition of `project` around `center` [deg] latitude, longitude."""
    place = f"+lat_0={center[0]:.9f} +lon_0={center[1]:.9f}"
    return f"+proj=tmerc {place} +k=1 +x_0=0 +y_0=0 +ellps=WGS84 +units=m +no_defs"


def _northing(latitude: Float[Array, "n"], away: Float[Array, "n"]) -> tuple[Array, Array]:
    n = FLATTENING / (2 - FLATTENING)
    radius = MAJOR / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    alpha = (
        n / 2 - 2 / 3 * n**2 + 5 / 16 * n**3,
        13 / 48 * n**2 - 3 / 5 * n**3,
        61 / 240 * n**3,
    )
    e = 2 * np.sqrt(n) / (1 + n)
    sine = np.sin(latitude)
    t = np.sinh(np.arctanh(sine) - e * np.arctanh(e * sine))
    xi, eta = np.arctan2(t, np.cos(away)), np.arcsinh(np.sin(away) / np.hypot(t, np.cos(away)))
    east, north = eta.copy(), xi.copy()
    for j, a in enumerate(alpha, start=1):
        east += a * np.cos(2 * j * xi) * np.sinh(2 * j * eta)
        north += a * np.sin(2 * j * xi) * np.cosh(2 * j * eta)
    return radius * east, radius * north


def project(places: Float[Array, "n 2"], center: tuple[float, float]) -> Float[Array, "n 2"]:
    """Return east and north [m] of `places` [deg] latitude, longitude relative to `center`.

    Source: Krüger series to third order in n, as in C. F. F. Karney, "Transverse Mercator with
    an accuracy of a few nanometers", J. Geodesy 85, 2011, eqs. 7 to 12 and 35; below a millimetre
    within 4000 km of the centre's meridian.
    """
    latitude, longitude = np.deg2rad(np.asarray(places, float).reshape(-1, 2)).T
    east, north = _northing(latitude, longitude - np.deg2rad(center[1]))
    _, origin = _northing(np.deg2rad([center[0]]), np.zeros(1))
    return np.stack([east, north - origin[0]], axis=-1)
