"""Water on surfaces: darkening, film and puddles."""

import numba
import numpy as np

from synthgen.light.noise import fbm2, noise2, noise3, smooth
from synthgen.materials import Texture

_ASPHALT, _MARKING = int(Texture.ASPHALT), int(Texture.MARKING)
_CONCRETE, _PAVING = int(Texture.CONCRETE), int(Texture.PAVING)
_SOIL, _FOLIAGE, _GRASS = int(Texture.SOIL), int(Texture.FOLIAGE), int(Texture.GRASS)
_CLOTH = int(Texture.CLOTH)
_FILM = 0.02
"""Reflectance of water at normal incidence, refractive index 1.33 (Fresnel)."""


@numba.njit(cache=True)
def darkened(reflectance: float) -> float:
    """Return the diffuse reflectance of a rough surface whose pores are full of water.

    Light that the surface scatters is partly turned back at the water's face and gets another
    chance to be absorbed.
    Source: J. Lekner and M. Dorf, "Why some things are darker when wet", Applied Optics 27, 1988,
    eq. 3 to 7, with n = 1.33: p = 1 - (1 - 0.066) / n^2 = 0.47, entry loss 0.066.
    """
    return 0.934 * 0.53 * reflectance / (1.0 - 0.47 * reflectance)


@numba.njit(cache=True)
def puddle(a: float, b: float, wetness: float) -> float:
    """Return how much of a puddle stands at (a, b) [m] of level ground, 0 to 1."""
    low = 0.65 * fbm2(a / 4.5, b / 4.5, 3, 201) + 0.35 * fbm2(a / 0.9, b / 0.9, 2, 207)
    gate = 0.86 - 0.32 * wetness
    return smooth(gate, gate + 0.11, low)


@numba.njit(cache=True)
def soak(coat, spots, porosity, kinds, around):  # type: ignore[no-untyped-def]
    """Wet every spot that is not glass; `porosity` is by material, `kinds` by spot."""
    for n in range(len(kinds)):
        if coat.specular[n, 1] < 0.06 or coat.roughness[n] > 0.1:
            _wet(coat, spots, n, porosity[spots.material[n]], kinds[n], around)


@numba.njit(cache=True)
def _wet(coat, spots, n, porosity, kind, around):  # type: ignore[no-untyped-def]
    """Soak surface point `n`: darken it, lay a film over it, fill its hollows."""
    up = spots.face[n, 2]
    exposed = 0.35 + 0.65 * smooth(-0.2, 0.6, up)
    soaked = min(around.wetness * 1.3, 1.0) * exposed
    share = soaked * min(porosity * 1.6, 1.0)
    for k in range(3):
        dry = np.float64(coat.diffuse[n, k])
        coat.diffuse[n, k] = dry + (darkened(dry) - dry) * share
    if kind in (_FOLIAGE, _GRASS, _CLOTH):
        coat.roughness[n] = coat.roughness[n] * (1.0 - 0.3 * soaked)
        return
    paved = kind in (_ASPHALT, _MARKING, _CONCRETE, _PAVING)
    if up > 0.9 and (paved or kind == _SOIL):
        _flood(coat, spots, n, soaked, around)
    elif coat.roughness[n] > 0.2 and coat.specular[n, 0] < 0.1:
        coat.roughness[n] += (0.45 - coat.roughness[n]) * 0.6 * soaked
        for k in range(3):
            coat.specular[n, k] = max(coat.specular[n, k], _FILM * soaked)


@numba.njit(cache=True)
def _flood(coat, spots, n, soaked, around):  # type: ignore[no-untyped-def]
    """Lay the film of a wet road: glossy in patches, mirrors where water stands."""
    a, b = np.float64(spots.local[n, 0]), np.float64(spots.local[n, 1])
    pool = puddle(a, b, around.wetness)
    patchy = (
        0.5 + 0.5 * noise2(a / 1.1, b / 1.1, 211) + 0.12 * (noise2(a / 0.2, b / 0.2, 212) - 0.5)
    )
    film = 0.46 - 0.24 * soaked * min(patchy, 1.2)
    gloss = film + (0.035 - film) * pool
    coat.roughness[n] += (gloss - coat.roughness[n]) * min(1.2 * soaked, 1.0)
    for k in range(3):
        coat.specular[n, k] += (_FILM - coat.specular[n, k]) * soaked
        coat.diffuse[n, k] *= 1.0 - 0.35 * pool
    coat.retroreflection[n] *= 1.0 - 0.8 * soaked
    _calm(spots, n, 0.75 * soaked + 0.25 * pool, pool, around)


@numba.njit(cache=True)
def _calm(spots, n, share, pool, around):  # type: ignore[no-untyped-def]
    """Flatten the normal under water and ripple it where rain falls into puddles."""
    size = np.float64(spots.size[n])
    ripple = 0.0
    if around.rain > 0.0 and pool > 0.05:
        ripple = 0.05 * pool * min(around.rain / 10.0, 1.0) * (1.0 - smooth(0.03, 0.4, size))
    x, y = spots.local[n, 0] / 0.05, spots.local[n, 1] / 0.05
    z = around.time * 8.0
    total = 0.0
    for k in range(3):
        spots.normal[n, k] += (spots.face[n, k] - spots.normal[n, k]) * min(share, 1.0)
        if ripple > 0.0 and k < 2:
            spots.normal[n, k] += ripple * 2.0 * (noise3(x, y, z, 221 + k) - 0.5)
        total += spots.normal[n, k] ** 2
    for k in range(3):
        spots.normal[n, k] /= np.sqrt(total)
