"""Snow on what was painted: white, matt, rounded; wet and dark where it melts on roads."""

import numba
import numpy as np

from synthgen.embree import Tracer
from synthgen.light.noise import noise3, smooth
from synthgen.render.raycast.paint import Coat, Surroundings
from synthgen.render.raycast.spots import Spots
from synthgen.render.raycast.water import FILM, darkened
from synthgen.scene import Moment
from synthgen.snow_cover import Cover, Ground, Lying, lying
from synthgen.snowpack import FRESH, SLUSH
from synthgen.world import Environment

_FRESH, _SLUSH = np.array(FRESH), np.array(SLUSH)
_PUDDLES = 0.3
"""Wetness at which there are hardly any puddles."""


def surroundings(around: Environment, time: float, windows: np.ndarray) -> Surroundings:
    """Return what painting asks of `around` at `time` [s]; `windows` as of `window_light`.

    Between the snow surfaces are damp: puddles have frozen and are snowed in.
    """
    wet = min(around.wetness, _PUDDLES) if around.snow_cover > 0 else around.wetness
    toward = around.wind_azimuth
    wind = float(around.wind * np.cos(toward)), float(around.wind * np.sin(toward))
    return Surroundings(wet, around.rain, time, windows, wind)


def snow_in(
    coat: Coat, spots: Spots, leaf: np.ndarray, cover: Cover, shelter: tuple[Tracer | None, Moment]
) -> None:
    """Lay the snow of `cover` on `coat` and bend the normals of `spots` under it.

    `leaf` says which are foliage; without a tracer in `shelter` nothing shelters anything.
    """
    glass = coat.emission[:, 1] > 0
    glass |= (coat.specular[:, 1] >= 0.06) & (coat.roughness <= 0.04)
    ground = Ground(
        spots.body, spots.position, spots.local, spots.face[:, 2], glass, leaf, spots.size
    )
    _whiten(coat, spots, lying(cover, ground, *shelter))


def whitened(color: np.ndarray, spots: Spots, cover: Cover | None) -> np.ndarray:
    """Return the mean `color` of `spots` seen from afar, with snow where none has been trodden."""
    if cover is None:
        return color
    share = np.clip(spots.face[:, 2:] / 0.7, 0.0, 1.0) * (cover.kind[spots.body] > 0)[:, None]
    white: np.ndarray = color + share * (_FRESH - color)
    return white


@numba.njit(cache=True)
def _whiten(coat, spots, found: Lying):  # type: ignore[no-untyped-def]
    local, face, normal, size = spots.local, spots.face, spots.normal, spots.size
    share, dirt, melt = found.share, found.dirt, found.melt
    diffuse, specular, roughness, emission, signs = (
        coat.diffuse, coat.specular, coat.roughness, coat.emission, coat.retroreflection
    )  # fmt: skip
    for n in range(len(share)):
        wet, white = melt[n] * (1.0 - share[n]), share[n]
        if wet > 0.0:
            roughness[n] += (0.5 - roughness[n]) * 0.7 * wet
        for k in range(3):
            own = np.float64(diffuse[n, k])
            own += (darkened(own) - own) * wet
            snow = _FRESH[k] + (_SLUSH[k] - _FRESH[k]) * dirt[n]
            diffuse[n, k] = own + (snow - own) * white
            shine = max(np.float64(specular[n, k]), FILM * wet)
            specular[n, k] = shine * (1.0 - white)
            emission[n, k] *= 1.0 - white
        if white > 0.0:
            roughness[n] += (1.0 - roughness[n]) * white
            signs[n] *= 1.0 - white
            _round(normal, face, local, size, n, white)


@numba.njit(cache=True)
def _round(normal, face, local, size, n, white):  # type: ignore[no-untyped-def]
    """Bend the normal to that of soft snow: level, with drifts and grain where these are seen."""
    x, y, z = np.float64(local[n, 0]), np.float64(local[n, 1]), np.float64(local[n, 2])
    wide = np.float64(size[n])
    total = 0.0
    drift, grain = 0.16 * (1.0 - smooth(0.1, 0.6, wide)), 0.22 * (1.0 - smooth(0.01, 0.05, wide))
    for k in range(3):
        tilt = drift * (noise3(x / 0.45, y / 0.45, z / 0.45, 651 + k) - 0.5)
        if grain > 0.0:
            tilt += grain * (noise3(x / 0.035, y / 0.035, z / 0.035, 661 + k) - 0.5)
        level = 0.5 * (np.float64(face[n, k]) + np.float64(normal[n, k]))
        if k == 2:
            level += 0.3
        bent = np.float64(normal[n, k]) * (1.0 - white) + (level + tilt) * white
        normal[n, k] = bent
        total += bent * bent
    for k in range(3):
        normal[n, k] /= np.sqrt(total)
