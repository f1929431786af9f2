"""Water on surfaces: darkening, film and puddles."""

import numba
import numpy as np

from synthgen.light.noise import add_noise2, noise3, smooth
from synthgen.materials import Texture
from synthgen.render.raycast.lantern import vector
from synthgen.standing_water import puddles

_ASPHALT, _MARKING = int(Texture.ASPHALT), int(Texture.MARKING)
_CONCRETE, _PAVING = int(Texture.CONCRETE), int(Texture.PAVING)
_SOIL, _FOLIAGE, _GRASS = int(Texture.SOIL), int(Texture.FOLIAGE), int(Texture.GRASS)
_CLOTH = int(Texture.CLOTH)
FILM = 0.02
"""Reflectance of water at normal incidence, refractive index 1.33 (Fresnel)."""


_FALL = 6.5
"""[m/s] of rain drops, see `driven`."""
_BEADS = 0.09
"""Roughness that drops add to lacquer and other smooth faces."""


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
def soak(coat, spots, porosity, kinds, around):  # type: ignore[no-untyped-def]
    """Wet every spot that is not glass; `porosity` is by material, `kinds` by spot."""
    level = np.empty(len(kinds), np.int64)
    count = wet(level, coat, spots, porosity, kinds, around)
    if count:
        _flood(level[:count], coat, spots, around)


@numba.njit(cache=True)
def _soaked(up, wetness):  # type: ignore[no-untyped-def]
    """Return how soaked a face is whose normal has the upward part `up`."""
    return min(wetness * 1.3, 1.0) * (0.35 + 0.65 * smooth(-0.2, 0.6, up))


@numba.njit(cache=True)
def driven(normal, wind):  # type: ignore[no-untyped-def]
    """Return how much rain falls on a face, over what falls on open level ground.

    Drops fall at 6.5 m/s and go with the `wind` [m/s along x and y]: a wall gets wind / fall speed
    times the cosine between wind and wall, its lee side nothing.
    Source: D. Atlas, R. Srivastava and R. Sekhon, "Doppler radar characteristics of precipitation
    at vertical incidence", Reviews of Geophysics 11, 1973: 9.65 - 10.3 exp(-0.6 D) m/s for drops of
    D = 2 mm.
    """
    return max(normal[2] - (wind[0] * normal[0] + wind[1] * normal[1]) / _FALL, 0.0)


@numba.njit(cache=True)
def _caught(normal, place, wind):  # type: ignore[no-untyped-def]
    """Return how soaked a face is in rain, 0 to 1: lee sides a fifth, by splash; walls in runs."""
    share = 0.2 + 0.8 * smooth(0.0, 0.5, driven(normal, wind))
    if normal[2] < 0.5:
        runs = noise3(place[0] / 1.1, place[1] / 1.1, place[2] / 3.5, 231)
        share = min(share * (0.6 + 0.7 * runs), 1.0)
    return share


@numba.njit(cache=True)
def wet(level, coat, spots, porosity, kinds, around):  # type: ignore[no-untyped-def]
    """Darken surfaces and lay films over all but level ground, which `level` is to list.

    Return how many spots that are.
    """
    face, material, local = spots.face, spots.material, spots.local
    diffuse, specular, roughness = coat.diffuse, coat.specular, coat.roughness
    wetness, rain, wind = around.wetness, around.rain, around.wind
    count = 0
    for n in range(len(kinds)):
        if specular[n, 1] >= 0.06 and roughness[n] <= 0.1:
            continue
        kind, soaked = kinds[n], _soaked(face[n, 2], wetness)
        if rain > 0.0:
            soaked = min(wetness * 1.3, 1.0) * _caught(vector(face, n), vector(local, n), wind)
        pores = porosity[material[n]] * 1.6
        if kind == _CLOTH:
            pores = max(pores, 1.0)
        share = soaked * min(pores, 1.0)
        for k in range(3):
            dry = np.float64(diffuse[n, k])
            diffuse[n, k] = dry + (darkened(dry) - dry) * share
        if kind in (_FOLIAGE, _GRASS, _CLOTH):
            roughness[n] = roughness[n] * (1.0 - 0.3 * soaked)
        elif face[n, 2] > 0.9 and kind in (_ASPHALT, _MARKING, _CONCRETE, _PAVING, _SOIL):
            level[count] = n
            count += 1
        elif rain > 0.0 and roughness[n] <= 0.2:
            roughness[n] += _BEADS * soaked
        elif roughness[n] > 0.2 and specular[n, 0] < 0.1:
            roughness[n] += (0.45 - roughness[n]) * 0.6 * soaked
            for k in range(3):
                specular[n, k] = max(specular[n, k], FILM * soaked)
    return count


@numba.njit(cache=True)
def _flood(level, coat, spots, around):  # type: ignore[no-untyped-def]
    """Lay the film of a wet road on `level` ground: glossy in patches, a mirror where water stands.

    Normals are flattened under water and rippled where rain falls into puddles.
    """
    local = spots.local
    a, b = np.empty(len(level)), np.empty(len(level))
    for i in range(len(level)):
        a[i], b[i] = local[level[i], 0], local[level[i], 1]
    pools, patchy = puddles(a, b, around.wetness), np.full(len(level), 0.5 - 0.12 * 0.5)
    add_noise2(patchy, a / 1.1, b / 1.1, 0.5, 211)
    add_noise2(patchy, a / 0.2, b / 0.2, 0.12, 212)
    film((level, a, b, pools, patchy), coat, spots, around)


@numba.njit(cache=True)
def film(places, coat, spots, around):  # type: ignore[no-untyped-def]
    """Lay the film at `places`: numbers of spots, where they are [m], puddles and patches there."""
    level, a, b, pools, patchy = places
    face, normal, size = spots.face, spots.normal, spots.size
    diffuse, specular, roughness, signs = (
        coat.diffuse, coat.specular, coat.roughness, coat.retroreflection
    )  # fmt: skip
    for i in range(len(level)):
        n, pool = level[i], pools[i]
        soaked = _soaked(face[n, 2], around.wetness)
        dull = 0.46 - 0.24 * soaked * min(patchy[i], 1.2)
        gloss = dull + (0.035 - dull) * pool
        roughness[n] += (gloss - roughness[n]) * min(1.2 * soaked, 1.0)
        for k in range(3):
            specular[n, k] += (FILM - specular[n, k]) * soaked
            diffuse[n, k] *= 1.0 - 0.35 * pool
        signs[n] *= 1.0 - 0.8 * soaked
        share = min(0.75 * soaked + 0.25 * pool, 1.0)
        tilt = _ripple(a[i], b[i], np.float64(size[n]), pool, around.rain, around.time)
        total = 0.0
        for k in range(3):
            normal[n, k] += (face[n, k] - normal[n, k]) * share + tilt[k]
            total += normal[n, k] ** 2
        for k in range(3):
            normal[n, k] /= np.sqrt(total)


@numba.njit(cache=True)
def _ripple(a, b, size, pool, rain, time):  # type: ignore[no-untyped-def]
    """Return by how much rings of falling drops tilt the normal of a puddle at (a, b) [m]."""
    if rain <= 0.0 or pool <= 0.05:
        return 0.0, 0.0, 0.0
    high = 0.05 * pool * min(rain / 10.0, 1.0) * (1.0 - smooth(0.03, 0.4, size))
    if high <= 0.0:
        return 0.0, 0.0, 0.0
    x, y, z = a / 0.05, b / 0.05, time * 8.0
    return (
        high * 2.0 * (noise3(x, y, z, 221) - 0.5), high * 2.0 * (noise3(x, y, z, 222) - 0.5), 0.0
    )  # fmt: skip
