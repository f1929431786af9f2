"""How much of each lamp's light many spots send to the eye: one lamp, up to 128 spots at a time.

The numbers of the spots lie side by side in the rows of one table, and every loop below does the
same to all of them without a branch: compilers turn such loops into vector instructions.
"""

import numba
import numpy as np

from synthgen.light.beams import street, table_gain
from synthgen.render.raycast.brdf import schlick
from synthgen.render.raycast.lantern import vector
from synthgen.world import Beam

SPOTS = 128
"""Columns of a table."""
SHINES = 0.01
"""Reflectance at normal incidence from which a layer shines."""
_ISOTROPIC, _LAMBERT, _STREET = int(Beam.ISOTROPIC), int(Beam.LAMBERT), int(Beam.STREET)
_BRIGHTEST = 400.0
# Rows: where a spot is and how it answers light.
_POINT, _FACE, _NORMAL, _EYE = 0, 3, 6, 9
_WHITE, _SHINY, _RETRO, _ALPHA2, _N_VIEW, _SEEN, _GLOSSY, _BODY = 12, 13, 14, 15, 16, 17, 18, 19
# Rows: what one lamp does.
_LIGHT, _FORWARD, _LEFT, _UP = 20, 23, 24, 25
STRENGTH, LEVEL, FLAT, GLOSS, HALF = 26, 27, 28, 29, 30
"""Rows: gain / d^2 [lx/cd]; luminance [cd/m2]; n.l / pi; mirrored layer [1/sr], Fresnel left out;
cosine between view and half vector."""
_ROWS = 31


@numba.njit(cache=True)
def table():  # type: ignore[no-untyped-def]
    """Return an empty table."""
    return np.zeros((_ROWS, SPOTS))


@numba.njit(cache=True)
def fill(t, spots, coat, which):  # type: ignore[no-untyped-def]
    """Put the spots numbered `which` (up to `SPOTS`) into the first columns of table `t`.

    Return whether any of them retroreflects.
    """
    signs = False
    for i in range(len(which)):
        n = which[i]
        for k in range(3):
            t[_POINT + k, i] = spots.position[n, k]
            t[_FACE + k, i] = spots.face[n, k]
            t[_NORMAL + k, i] = spots.normal[n, k]
            t[_EYE + k, i] = spots.eye[n, k]
        red, green, blue = vector(coat.diffuse, n)
        shiny = np.float64(coat.specular[n, 1])
        alpha2 = max(np.float64(coat.roughness[n]), 0.03) ** 4
        n_view = 0.0
        for k in range(3):
            n_view += t[_NORMAL + k, i] * t[_EYE + k, i]
        n_view = max(n_view, 1e-3)
        t[_WHITE, i], t[_SHINY, i] = 0.3 * red + 0.6 * green + 0.1 * blue, shiny
        t[_RETRO, i], t[_BODY, i] = coat.retroreflection[n], spots.body[n]
        t[_ALPHA2, i], t[_N_VIEW, i] = alpha2, n_view
        t[_SEEN, i] = np.sqrt(n_view * n_view * (1.0 - alpha2) + alpha2)
        t[_GLOSSY, i] = 1.0 if shiny >= SHINES else 0.0
        signs = signs or t[_RETRO, i] > 0.0
    return signs


@numba.njit(cache=True)
def weigh(t, count, lamp, every, signs):  # type: ignore[no-untyped-def]
    """Fill the lamp rows of the first `count` columns of `t`; `LEVEL` is 0 where nothing comes.

    Return whether anything comes anywhere. `signs` tells whether any of the spots retroreflects.
    """
    row = every.rows[lamp]
    candela = row[12]
    _aim(t, count, row)
    if _limit(t, count, row, every) == 0:
        return False
    _answer(t, count, candela)
    if signs:
        _send_back(t, count, candela)
    return True


@numba.njit(cache=True, error_model="numpy")
def _aim(t, count, lamp):  # type: ignore[no-untyped-def]
    """Set the direction to the lamp, its cosines to the lamp's axes, and 1 / d^2.

    The panels around a lens get none of its light: housings are deeper than they are modelled.
    """
    x, y, z, square, own, everywhere = (
        lamp[0], lamp[1], lamp[2], lamp[13], lamp[15], lamp[14] == _ISOTROPIC
    )  # fmt: skip
    fx, fy, fz, lx, ly, lz, ux, uy, uz = (
        lamp[3], lamp[4], lamp[5], lamp[6], lamp[7], lamp[8], lamp[9], lamp[10], lamp[11]
    )  # fmt: skip
    for i in range(count):
        dx, dy, dz = x - t[_POINT, i], y - t[_POINT + 1, i], z - t[_POINT + 2, i]
        gap2 = dx * dx + dy * dy + dz * dz
        scale = 1.0 / np.sqrt(max(gap2, 1e-6))
        dx, dy, dz = dx * scale, dy * scale, dz * scale
        t[_LIGHT, i], t[_LIGHT + 1, i], t[_LIGHT + 2, i] = dx, dy, dz
        forward = -(dx * fx + dy * fy + dz * fz)
        t[_FORWARD, i] = forward
        t[_LEFT, i] = -(dx * lx + dy * ly + dz * lz)
        t[_UP, i] = -(dx * ux + dy * uy + dz * uz)
        facing = t[_FACE, i] * dx + t[_FACE + 1, i] * dy + t[_FACE + 2, i] * dz
        strength = 1.0 / max(gap2 + square, 1e-6)
        lit = (facing > 0.0) & (everywhere | (forward > 0.0))
        lit = lit & ((t[_BODY, i] != own) | (gap2 >= 1.0))
        t[STRENGTH, i] = strength if lit else 0.0


@numba.njit(cache=True)
def _limit(t, count, lamp, every):  # type: ignore[no-untyped-def]
    """Multiply `STRENGTH` by the beam's gain, 0 below the floor; return how many are left."""
    beam, least = int(lamp[14]), every.floor / max(lamp[12], 1e-12)
    if beam == _LAMBERT:
        for i in range(count):
            t[STRENGTH, i] *= max(t[_FORWARD, i], 0.0)
    elif beam == _STREET:
        for i in range(count):
            t[STRENGTH, i] *= street(t[_FORWARD, i], t[_LEFT, i], t[_UP, i])
    elif beam != _ISOTROPIC:
        for i in range(count):
            if t[STRENGTH, i] > least:
                way = t[_FORWARD, i], t[_LEFT, i], t[_UP, i]
                t[STRENGTH, i] *= table_gain(every.tables, beam, way[0], way[1], way[2])
    left = 0
    for i in range(count):
        lit = t[STRENGTH, i] > least
        t[STRENGTH, i] = t[STRENGTH, i] if lit else 0.0
        left += lit
    return left


@numba.njit(cache=True, error_model="numpy")
def _answer(t, count, candela):  # type: ignore[no-untyped-def]
    """Set `LEVEL`, `FLAT`, `GLOSS` and `HALF` by the equations of `brdf.answer` and `brdf.lobe`."""
    for i in range(count):
        dx, dy, dz = t[_LIGHT, i], t[_LIGHT + 1, i], t[_LIGHT + 2, i]
        nx, ny, nz = t[_NORMAL, i], t[_NORMAL + 1, i], t[_NORMAL + 2, i]
        ex, ey, ez = t[_EYE, i], t[_EYE + 1, i], t[_EYE + 2, i]
        n_light = nx * dx + ny * dy + nz * dz
        hx, hy, hz = ex + dx, ey + dy, ez + dz
        scale = 1.0 / np.sqrt(max(hx * hx + hy * hy + hz * hz, 1e-12))
        n_half = min((nx * hx + ny * hy + nz * hz) * scale, 1.0)
        v_half = (ex * hx + ey * hy + ez * hz) * scale
        alpha2, n_view = t[_ALPHA2, i], t[_N_VIEW, i]
        base = n_half * n_half * (alpha2 - 1.0) + 1.0
        shade = n_view * np.sqrt(n_light * n_light * (1.0 - alpha2) + alpha2)
        mask = max(n_light * t[_SEEN, i] + shade, 1e-6)
        gloss = alpha2 / (np.pi * base * base) * 0.5 / mask * n_light * t[_GLOSSY, i]
        gloss = min(gloss, _BRIGHTEST)
        flat = n_light / np.pi
        sent = t[_WHITE, i] * flat + schlick(t[_SHINY, i], v_half) * gloss
        strength = t[STRENGTH, i] if n_light > 0.0 else 0.0
        t[FLAT, i], t[GLOSS, i], t[HALF, i] = strength * flat, strength * gloss, v_half
        t[LEVEL, i] = candela * strength * sent


@numba.njit(cache=True)
def _send_back(t, count, candela):  # type: ignore[no-untyped-def]
    """Add retroreflection to `LEVEL`."""
    for i in range(count):
        if t[_RETRO, i] > 0.0 and t[LEVEL, i] > 0.0:
            cosine = 0.0
            for k in range(3):
                cosine += t[_LIGHT + k, i] * t[_EYE + k, i]
            t[LEVEL, i] += candela * t[FLAT, i] * np.pi * t[_RETRO, i] * alignment(cosine)


@numba.njit(cache=True)
def alignment(cosine):  # type: ignore[no-untyped-def]
    """Return how much of the full retroreflection comes back at an angle from light to eye.

    Falls to half at 0.5 degrees and to a twentieth at 2 degrees, as glass-bead sheeting does.
    Source: ASTM D4956, type III: R_A 250 at 0.2 degrees, 95 at 0.5 degrees observation angle.
    """
    if cosine < 0.99:
        return 0.0
    angle2 = 2.0 * max(1.0 - cosine, 0.0)
    return 1.15 / (1.0 + angle2 / 6.0e-5)
