"""Air between surface and eye: what it takes away and what it adds."""

from typing import NamedTuple

import numba
import numpy as np

from synthgen.atmosphere import Atmosphere
from synthgen.light import dome as sky_dome
from synthgen.light.sky import Sky

_ENDLESS = 500.0
"""[m] Distance beyond which all things have the same air before them."""


class Air(NamedTuple):
    """Homogeneous air up to a height.

    Attributes:
        extinction: [1/m] red, green, blue.
        scatter: [1/m] scattered part of it, green.
        asymmetry: Henyey-Greenstein g.
        fog: 0 for haze that fades into the horizon, 1 for fog that is its own light source.
        airlight: luminance [cd/m2] of endless fog, linear sRGB.
        horizon: luminance [cd/m2] of far air, 64 steps of `_turn` from +x anticlockwise.
        layer: [m] height of the air that counts along sky rays.
    """

    extinction: np.ndarray
    scatter: float
    asymmetry: float
    fog: float
    airlight: np.ndarray
    horizon: np.ndarray
    layer: float


def air_of(atmosphere: Atmosphere, sky: Sky) -> Air:
    """Return the `atmosphere` under a `sky`.

    Fog thicker than 1 km of visibility is lit by the whole sky: half of the light that reaches
    level ground, spread over all directions, E / (2 pi).
    """
    extinction = np.array(atmosphere.extinction, float)
    visibility = 2.996 / max(extinction[1], 1e-9)
    fog = float(np.clip((5000.0 - visibility) / 4000.0, 0.0, 1.0))
    up = sky.irradiance(np.array([[0.0, 0.0, 1.0]]))[0]
    level = (up + sky.direct * max(sky.direction[2], 0.0)) / (2 * np.pi)
    layer = 700.0 - 540.0 * float(np.clip((1500.0 - visibility) / 1300.0, 0.0, 1.0))
    scatter = float(extinction[1] * atmosphere.albedo)
    horizon = _horizon(sky.dome, 64)
    airlight = level * atmosphere.albedo
    return Air(extinction, scatter, atmosphere.asymmetry, fog, airlight, horizon, layer)


@numba.njit(cache=True)
def phase(g: float, cosine: float) -> float:
    """Return the Henyey-Greenstein phase function [1/sr].

    Source: L. Henyey and J. Greenstein, "Diffuse radiation in the galaxy", Astrophysical Journal
    93, 1941, eq. 2.
    """
    spread = max(1 + g * g - 2 * g * cosine, 1e-6)
    return (1 - g * g) / (4 * np.pi * spread * np.sqrt(spread))


@numba.njit(cache=True)
def _horizon(dome, count):  # type: ignore[no-untyped-def]
    out = np.empty((count, 3))
    for n in range(count):
        side, along = divmod(4.0 * n / count, 1.0)
        x, y = 1.0 - along, along
        for _ in range(int(side)):
            x, y = -y, x
        scale = 0.9982 / np.sqrt(x * x + y * y)
        out[n] = sky_dome.clear_horizon(dome, scale * x, scale * y, 0.06)
    return out


@numba.njit(cache=True)
def _turn(x, y):  # type: ignore[no-untyped-def]
    """Return how far (x, y) is round a square on its corner, from +x anticlockwise, in [0, 1).

    It grows with the angle, and costs one division instead of an arc tangent.
    """
    share = x / max(abs(x) + abs(y), 1e-12)
    turn = 0.25 * (1.0 - share) if y >= 0.0 else 0.25 * (3.0 + share)
    return turn if turn < 1.0 else 0.0


@numba.njit(cache=True)
def _airlight(air, source, x, y, z):  # type: ignore[no-untyped-def]
    """Return what endless air looks like in a direction: the horizon's sky, or fog."""
    count = len(air.horizon)
    turn = _turn(x, y) * count
    i = int(turn)
    one, two, share = air.horizon[i], air.horizon[(i + 1) % count], turn - int(turn)
    toward = max(x * source[0] + y * source[1] + z * source[2], 0.0)
    bright = (0.92 + 0.5 * toward**4) * air.fog
    near, far = (1.0 - air.fog) * (1.0 - share), (1.0 - air.fog) * share
    return (
        one[0] * near + two[0] * far + air.airlight[0] * bright,
        one[1] * near + two[1] * far + air.airlight[1] * bright,
        one[2] * near + two[2] * far + air.airlight[2] * bright,
    )


@numba.njit(cache=True)
def add_sky(out, rays, direction, dome):  # type: ignore[no-untyped-def]
    """Set `out` of the numbered `rays`, which hit nothing, to the sky with its discs."""
    for n in range(len(rays)):
        i = rays[n]
        x, y, z = (
            np.float64(direction[i, 0]),
            np.float64(direction[i, 1]),
            np.float64(direction[i, 2]),
        )
        r, g, b = sky_dome.radiance(dome, x, y, z)
        dr, dg, db = sky_dome.disc(dome, x, y, z)
        out[i, 0], out[i, 1], out[i, 2] = r + dr, g + dg, b + db


@numba.njit(cache=True)
def way(air, distance, height):  # type: ignore[no-untyped-def]
    """Return the length [m] of air along a ray: to the surface, or through the layer."""
    if distance < 1e6:
        return float(distance)
    return air.layer / max(height, 0.004) if height > 0 else 2500.0


@numba.njit(cache=True)
def veil(out, direction, distance, air, source):  # type: ignore[no-untyped-def]
    """Attenuate `out` along rays and add daylight scattered by the air, from `source` above all.

    Source: H. Koschmieder, "Theorie der horizontalen Sichtweite", 1924:
    L = L0 exp(-b d) + A (1 - exp(-b d)).
    """
    for i in range(len(out)):
        x, y, z = (
            np.float64(direction[i, 0]),
            np.float64(direction[i, 1]),
            np.float64(direction[i, 2]),
        )
        length = way(air, distance[i], z)
        light = _airlight(air, source, x, y, z)
        for k in range(3):
            keep = np.exp(-air.extinction[k] * length)
            out[i, k] = out[i, k] * keep + light[k] * (1.0 - keep)


@numba.njit(cache=True)
def add_coarse(out, width, coarse, far, distance, step):  # type: ignore[no-untyped-def]
    """Add a coarse image (every `step` px) to `out`: a smooth blend over 4 x 4 of its points.

    Points at another distance count less, so that near things keep their own air.
    """
    columns = (width + step - 1) // step
    rows = len(coarse) // columns
    across = taps(width, step, columns)
    down = taps(len(out) // width, step, rows)
    blend(out, (0, len(out)), (across, down), (coarse, far, columns), distance)


@numba.njit(cache=True)
def blend(out, some, places, image, distance):  # type: ignore[no-untyped-def]
    """Do for pixels `some` (first, last) what `add_coarse` does.

    `places` are the `taps` of columns and rows, `image` the coarse one, how far its points
    are and how many lie in a row.
    """
    (across, down), (coarse, far, columns) = places, image
    width = len(across)
    for n in range(*some):
        row, column = n // width, n % width
        own = min(distance[n], _ENDLESS) + 2.0
        total, r, g, b = 1e-12, 0.0, 0.0, 0.0
        for j in range(4):
            first = int(down[row, j, 0]) * columns
            for i in range(4):
                m = first + int(across[column, i, 0])
                there = min(far[m], _ENDLESS) + 2.0
                # 1 / (1 + 6 g^2), g being by how much the farther is farther than the nearer.
                near2, gap = min(there, own) ** 2, there - own
                weight = down[row, j, 1] * across[column, i, 1] * near2 / (near2 + 6.0 * gap * gap)
                total += weight
                r += weight * coarse[m, 0]
                g += weight * coarse[m, 1]
                b += weight * coarse[m, 2]
        out[n, 0] += r / total
        out[n, 1] += g / total
        out[n, 2] += b / total


@numba.njit(cache=True)
def taps(count, step, cells):  # type: ignore[no-untyped-def]
    """Return the four cells around each of `count` pixels and the weight of each."""
    out = np.empty((count, 4, 2))
    for n in range(count):
        x = (n - step // 2) / step
        first = int(np.floor(x)) - 1
        for k in range(4):
            out[n, k, 0] = min(max(first + k, 0), cells - 1)
            out[n, k, 1] = _spline(x - first - k)
    return out


@numba.njit(cache=True)
def _spline(x):  # type: ignore[no-untyped-def]
    """Return the cubic B-spline, four cells wide."""
    x = abs(x)
    if x < 1.0:
        return 2.0 / 3.0 - x * x + 0.5 * x * x * x
    return max(2.0 - x, 0.0) ** 3 / 6.0
