"""Luminance of the sky in any direction, for compiled code."""

from typing import NamedTuple

import numba
import numpy as np

from synthgen.light.noise import fbm2, smooth
from synthgen.light.scattering import FORWARD, STEPS


class Dome(NamedTuple):
    """Numbers of one sky; directions are world frame, colours linear sRGB [cd/m2].

    Attributes:
        source: direction of the sun (or moon) that the clear sky scatters.
        air: rows of `scattering.shares`, what a clear sky shows by height.
        clear: factor on the clear sky's shape.
        twilight: share of the twilight colours, 0 day to 1.
        dusk: factor on the twilight shape.
        cloud: cover, 0 to 1.
        cloud_color: colour of cloud at the zenith of an overcast sky.
        cloud_sun: colour of a cloud that the sun lights, seen from the sun's side.
        glow: [cd/m2] city light at the zenith.
        flash: [cd/m2] lightning.
        bolt: direction of its channel.
        discs: direction (3), cosine of radius, colour (3) of sun and moon where they are lit, and
            the direction (3) that light comes to them from.
        ground: what the lower half looks like.
        seed: of the clouds.
    """

    source: np.ndarray
    air: np.ndarray
    clear: float
    twilight: float
    dusk: float
    cloud: float
    cloud_color: np.ndarray
    cloud_sun: np.ndarray
    glow: float
    flash: float
    bolt: np.ndarray
    discs: np.ndarray
    ground: np.ndarray
    seed: int


@numba.njit(cache=True)
def clear_sky(dome, x, y, z):  # type: ignore[no-untyped-def]
    """Return the colour of the clear sky, unscaled: light by air, by haze and scattered often.

    Phase functions of Rayleigh, 3 (1 + cos^2) / 16 pi, and of Henyey and Greenstein 1941.
    """
    cosine = x * dome.source[0] + y * dome.source[1] + z * dome.source[2]
    by_air = 3.0 / (16.0 * np.pi) * (1.0 + cosine * cosine)
    spread = 1.0 + FORWARD * FORWARD - 2.0 * FORWARD * cosine
    by_haze = (1.0 - FORWARD * FORWARD) / (4.0 * np.pi * spread * np.sqrt(spread))
    place = np.sqrt(min(max(z, 0.0), 1.0)) * (STEPS - 1)
    row = min(int(place), STEPS - 2)
    far = place - row
    low, high = dome.air[row], dome.air[row + 1]
    r = by_air * (low[0] + far * (high[0] - low[0])) + by_haze * (low[3] + far * (high[3] - low[3]))
    g = by_air * (low[1] + far * (high[1] - low[1])) + by_haze * (low[4] + far * (high[4] - low[4]))
    b = by_air * (low[2] + far * (high[2] - low[2])) + by_haze * (low[5] + far * (high[5] - low[5]))
    return (
        max(r + low[6] + far * (high[6] - low[6]), 0.0),
        max(g + low[7] + far * (high[7] - low[7]), 0.0),
        max(b + low[8] + far * (high[8] - low[8]), 0.0),
    )


@numba.njit(cache=True)
def twilight_sky(dome, x, y, z):  # type: ignore[no-untyped-def]
    """Return the colour of a sky lit from below the horizon, unscaled: warm towards the sun."""
    flat = max(np.sqrt(x * x + y * y), 1e-6)
    across = max(np.sqrt(dome.source[0] ** 2 + dome.source[1] ** 2), 1e-6)
    toward = 0.5 + 0.5 * (x * dome.source[0] + y * dome.source[1]) / (flat * across)
    toward = toward * toward
    low = np.exp(-max(z, 0.0) / 0.10)
    middle = np.exp(-max(z, 0.0) / 0.28)
    warm = low * toward
    rose = middle * (0.25 + 0.75 * toward)
    return (
        0.26 + 2.60 * warm + 0.55 * rose,
        0.42 + 1.35 * warm + 0.38 * rose,
        0.80 + 0.30 * warm + 0.30 * rose,
    )


@numba.njit(cache=True)
def cloudiness(dome, x, y, z):  # type: ignore[no-untyped-def]
    """Return cover (0 to 1) and thickness (about 1) of the cloud layer in a direction."""
    if dome.cloud <= 0.0:
        return 0.0, 1.0
    reach = 1.0 / (max(z, 0.0) + 0.12)
    px, py = 1.5 * x * reach, 1.5 * y * reach
    warp = fbm2(px * 0.7 + 11.0, py * 0.7 + 5.0, 3, dome.seed + 50)
    body = fbm2(px + 1.3 * warp, py - 1.1 * warp, 6, dome.seed)
    gate = 0.78 - 0.62 * dome.cloud
    cover = smooth(gate - 0.10, gate + 0.12, body)
    fill = smooth(0.75, 1.0, dome.cloud)
    return cover * (1.0 - fill) + fill, 0.55 + 0.9 * body


@numba.njit(cache=True)
def _cloud_light(dome, x, y, z, thick):  # type: ignore[no-untyped-def]
    """Return the CIE overcast gradient times the relief of the layer, about 1 at the zenith."""
    toward = max(x * dome.source[0] + y * dome.source[1] + z * dome.source[2], 0.0)
    silver = (1.0 - 0.8 * smooth(0.6, 1.0, dome.cloud)) * toward**6
    relief = 1.0 + (1.0 - thick) * (0.75 - 0.2 * dome.cloud)
    return (1 + 2 * max(z, 0.0)) / 3 * relief * (1.0 + 1.2 * silver)


@numba.njit(cache=True)
def _cloud_shine(dome, x, y, z, thick):  # type: ignore[no-untyped-def]
    """Return how much of the sun's light a broken cloud sends down, 1 on its sunny side.

    One sees the lit side of clouds away from the sun, their shaded side below it, and of those high
    up the base. A closed layer is lit from above only.
    """
    cosine = x * dome.source[0] + y * dome.source[1] + z * dome.source[2]
    side = 0.25 + 0.75 * (0.5 - 0.5 * cosine)
    base = 1.0 - 0.55 * max(z, 0.0) * min(thick, 1.3)
    open_ = 1.0 - smooth(0.55, 0.95, dome.cloud)
    return side * base * (1.35 - 0.5 * thick) * open_


@numba.njit(cache=True)
def _night(dome, x, y, z, cover, thick):  # type: ignore[no-untyped-def]
    """Return city glow and lightning: warmer and brighter low down, on cloud more than on air."""
    low = np.exp(-max(z, 0.0) / 0.18)
    glow = dome.glow * (1.0 + 1.6 * low) * (1.0 + cover * (thick - 1.0) * 0.9)
    away = (x - dome.bolt[0]) ** 2 + (y - dome.bolt[1]) ** 2 + (z - dome.bolt[2]) ** 2
    bolt = np.exp(-away / 0.18)
    flash = dome.flash * (0.35 + 2.2 * bolt) * (0.4 + 0.6 * thick * thick)
    return (
        glow * (1.02 + 0.35 * low) + 0.90 * flash + 0.00018,
        glow * (0.98 - 0.03 * low) + 0.98 * flash + 0.0002,
        glow * (0.95 - 0.28 * low) + 1.25 * flash + 0.00026,
    )


@numba.njit(cache=True)
def _upper(dome, x, y, z):  # type: ignore[no-untyped-def]
    cover, thick = cloudiness(dome, x, y, z)
    return _under(dome, x, y, z, cover, thick)


@numba.njit(cache=True)
def _under(dome, x, y, z, cover, thick):  # type: ignore[no-untyped-def]
    """Return the sky in a direction where clouds of some thickness cover so much of it."""
    day = dome.clear * (1.0 - dome.twilight)
    r, g, b = clear_sky(dome, x, y, z) if day > 0.0 else (0.0, 0.0, 0.0)
    tr, tg, tb = twilight_sky(dome, x, y, z) if dome.dusk > 0.0 else (0.0, 0.0, 0.0)
    white = _cloud_light(dome, x, y, z, thick) * cover
    shine = _cloud_shine(dome, x, y, z, thick) * cover
    nr, ng, nb = _night(dome, x, y, z, cover, thick)
    open_sky = 1.0 - cover
    return (
        open_sky * (day * r + dome.dusk * tr)
        + white * dome.cloud_color[0]
        + shine * dome.cloud_sun[0]
        + nr,
        open_sky * (day * g + dome.dusk * tg)
        + white * dome.cloud_color[1]
        + shine * dome.cloud_sun[1]
        + ng,
        open_sky * (day * b + dome.dusk * tb)
        + white * dome.cloud_color[2]
        + shine * dome.cloud_sun[2]
        + nb,
    )


@numba.njit(cache=True)
def radiance(dome, x, y, z):  # type: ignore[no-untyped-def]
    """Return the sky's colour [cd/m2] in unit direction (x, y, z), without sun and moon discs.

    Below the horizon it runs into the ground's colour within two degrees.
    """
    fade = min(max(-z / 0.03, 0.0), 1.0)
    if fade >= 1.0:
        return dome.ground[0], dome.ground[1], dome.ground[2]
    r, g, b = _upper(dome, x, y, max(z, 0.0))
    return (
        r * (1 - fade) + dome.ground[0] * fade,
        g * (1 - fade) + dome.ground[1] * fade,
        b * (1 - fade) + dome.ground[2] * fade,
    )


@numba.njit(cache=True)
def _sunlit(row, x, y, z):  # type: ignore[no-untyped-def]
    """Return whether the ball behind a disc is lit where direction (x, y, z) meets it."""
    along = x * row[0] + y * row[1] + z * row[2]
    size = np.sqrt(1.0 - row[3] * row[3])
    a, b, c = (
        (x - along * row[0]) / size,
        (y - along * row[1]) / size,
        (z - along * row[2]) / size,
    )
    front = np.sqrt(max(1.0 - a * a - b * b - c * c, 0.0))
    lit = a * row[7] + b * row[8] + c * row[9]
    return lit - front * (row[0] * row[7] + row[1] * row[8] + row[2] * row[9]) > 0.0


@numba.njit(cache=True)
def disc(dome, x, y, z):  # type: ignore[no-untyped-def]
    """Return what sun and moon add [cd/m2] where their discs are lit, dimmed by cloud."""
    r, g, b = 0.0, 0.0, 0.0
    for k in range(len(dome.discs)):
        row = dome.discs[k]
        if x * row[0] + y * row[1] + z * row[2] > row[3] and _sunlit(row, x, y, z):
            cover, _ = cloudiness(dome, x, y, z)
            pass_share = (1.0 - cover) ** 3
            r += row[4] * pass_share
            g += row[5] * pass_share
            b += row[6] * pass_share
    return r, g, b


@numba.njit(cache=True)
def radiances(dome, directions):  # type: ignore[no-untyped-def]
    """Return `radiance` of many directions as an array (n, 3)."""
    out = np.empty((len(directions), 3))
    for i in range(len(directions)):
        x, y, z = directions[i]
        out[i] = radiance(dome, np.float64(x), np.float64(y), np.float64(z))
    return out


@numba.njit(cache=True)
def clear_horizon(dome, x, y, z):  # type: ignore[no-untyped-def]
    """Return the sky's colour low down without the clouds' relief: what far air looks like."""
    return _under(dome, x, y, z, dome.cloud, 1.0)
