"""Round things on glass drawn into coarse maps: drops that bend light, dirt that stops it."""

import numba
import numpy as np

WATER = 1.333
"""Refractive index. Source: G. Hale and M. Querry, Appl. Opt. 12, 1973."""


@numba.njit(cache=True)
def bend(slope):  # type: ignore[no-untyped-def]
    """Return by what angle [rad] a face of water inclined by `slope` [rad] bends a ray.

    The ray comes through flat glass square on and leaves the water at `slope` off its normal:
    asin(n sin slope) - slope by Snell's law; nan where it is reflected back in.
    """
    sine = WATER * np.sin(slope)
    return np.arcsin(sine) - slope if sine < 1.0 else np.nan


@numba.njit(cache=True)
def draw_drops(cover, light, rows, scene, focal):  # type: ignore[no-untyped-def]
    """Draw drops over `cover` and `light` (premultiplied).

    Args:
        cover: share of each pixel that is covered.
        light: what comes through it.
        rows: column, row, radius [px of the maps], contact angle [rad], two phases [rad].
        scene: what is to be seen, on the grid of the maps.
        focal: [px of the maps].
    """
    height, width = cover.shape
    for n in range(len(rows)):
        column, row, radius, contact, first, second = rows[n]
        reach = radius * 1.25
        for v in range(max(int(row - reach), 0), min(int(row + reach) + 2, height)):
            for u in range(max(int(column - reach), 0), min(int(column + reach) + 2, width)):
                x, y = u - column, v - row
                away = np.sqrt(x * x + y * y)
                turn = np.arctan2(y, x)
                rim = radius * (
                    1 + 0.10 * np.cos(2 * turn + first) + 0.06 * np.cos(3 * turn + second)
                )
                share = min(max(rim - away + 0.5, 0.0), 1.0)
                if share <= 0.0:
                    continue
                # A cap of a sphere: the sine of its slope grows with the way from its middle.
                out = min(away / rim, 1.0)
                angle = bend(np.arcsin(out * np.sin(contact)))
                if np.isnan(angle):
                    angle, dim = 1.4, 0.15
                else:
                    dim = 0.97 - 0.45 * out**8
                shift = focal * np.tan(angle) / max(away, 1e-6)
                _blend(cover, light, v, u, share, scene, (u - shift * x, v - shift * y, dim))


@numba.njit(cache=True)
def _blend(cover, light, v, u, share, scene, look):  # type: ignore[no-untyped-def]
    """Put what the `scene` shows at `look` (column, row, factor) over pixel (v, u)."""
    height, width = scene.shape[:2]
    x = min(max(look[0], 0.0), width - 1.001)
    y = min(max(look[1], 0.0), height - 1.001)
    i, j = int(x), int(y)
    a, b = x - i, y - j
    cover[v, u] += share * (1 - cover[v, u])
    for k in range(3):
        seen = (1 - b) * ((1 - a) * scene[j, i, k] + a * scene[j, i + 1, k]) + b * (
            (1 - a) * scene[j + 1, i, k] + a * scene[j + 1, i + 1, k]
        )
        light[v, u, k] += share * (look[2] * seen - light[v, u, k])


@numba.njit(cache=True)
def draw_dirt(cover, light, rows, color):  # type: ignore[no-untyped-def]
    """Draw discs (column, row, radius [px], opacity) of one `color` over `cover` and `light`.

    Discs finer than a pixel cover it by their area.
    """
    height, width = cover.shape
    for n in range(len(rows)):
        column, row, radius, opacity = rows[n]
        thin = min(np.pi * radius * radius, 1.0)
        for v in range(max(int(row - radius), 0), min(int(row + radius) + 2, height)):
            for u in range(max(int(column - radius), 0), min(int(column + radius) + 2, width)):
                away = np.sqrt((u - column) ** 2 + (v - row) ** 2)
                share = opacity * thin * min(max(radius + 0.5 - away, 0.0), 1.0)
                cover[v, u] += share * (1 - cover[v, u])
                for k in range(3):
                    light[v, u, k] += share * (color[k] - light[v, u, k])
