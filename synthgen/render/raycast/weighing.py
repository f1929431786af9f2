"""How much of each lamp's light many spots send to the eye: one lamp, up to 128 spots at a time.

The numbers of the spots lie side by side in the rows of one table, and every loop below does the
same to all of them without a branch: compilers turn such loops into vector instructions. They are
of single precision, of which twice as many fit into one; so constants are too, since a literal
would make its whole loop double.
"""

import numba
import numpy as np

from synthgen.light.beams import table_gain
from synthgen.render.raycast.lantern import vector
from synthgen.render.raycast.passage import scattered_flux, slanted, straight
from synthgen.world import Beam

SPOTS = 128
"""Columns of a table."""
_VECTOR = 32
SHINES = 0.01
"""Reflectance at normal incidence from which a layer shines."""
_STREETS = tuple(np.float32(x) for x in (1e-9, 0.16, 2.6, 0.25, 0.55, 0.17, 1.0 / 0.19, 3.0))
_ISOTROPIC, _LAMBERT, _STREET = int(Beam.ISOTROPIC), int(Beam.LAMBERT), int(Beam.STREET)
_ZERO, _HALF, _ONE, _TWO = np.float32(0.0), np.float32(0.5), np.float32(1.0), np.float32(2.0)
_TINY, _TINIER = np.float32(1e-6), np.float32(1e-12)
_OVER_PI = np.float32(1.0 / np.pi)
_BRIGHTEST = np.float32(400.0)
# Rows: where a spot is and how it answers light.
_POINT, _FACE, _NORMAL, _EYE = 0, 3, 6, 9
_WHITE, _SHINY, _RETRO, _ALPHA2, _N_VIEW, _SEEN, _GLOSSY, _BODY = 12, 13, 14, 15, 16, 17, 18, 19
# Rows: what one lamp does.
_LIGHT, _FORWARD, _LEFT, _UP = 20, 23, 24, 25
STRENGTH, LEVEL, FLAT, GLOSS, HALF = 26, 27, 28, 29, 30
"""Rows: gain / d^2 [lx/cd]; luminance [cd/m2]; n.l / pi; mirrored layer [1/sr], Fresnel left out;
cosine between view and half vector."""
_ALONG, _ACROSS, _PLACE, _BOX = 31, 32, 33, 36
"""Rows, filled in fog: the two fluxes of scattered light (see `passage`) over the intensity; where
a spot lies in the box around all of them, 0 to 1 on each axis; low and high corner of that box,
side by side."""
_ROWS = 37
_FEW = 5
"""Spots for which scattered light is asked for one by one, not at the corners of their box."""


@numba.njit(cache=True)
def table():  # type: ignore[no-untyped-def]
    """Return an empty table."""
    return np.zeros((_ROWS, SPOTS), np.float32)


@numba.njit(cache=True)
def fill(t, spots, coat, which):  # type: ignore[no-untyped-def]
    """Put the spots numbered `which` (up to `SPOTS`) into the first columns of table `t`.

    Return whether any of them retroreflects.
    """
    signs = False
    position, face, normal, eye, body = (
        spots.position, spots.face, spots.normal, spots.eye, spots.body
    )  # fmt: skip
    diffuse, specular, roughness, retro = (
        coat.diffuse, coat.specular, coat.roughness, coat.retroreflection
    )  # fmt: skip
    for i in range(len(which)):
        n = which[i]
        for k in range(3):
            t[_POINT + k, i] = position[n, k]
            t[_FACE + k, i] = face[n, k]
            t[_NORMAL + k, i] = normal[n, k]
            t[_EYE + k, i] = eye[n, k]
        red, green, blue = vector(diffuse, n)
        shiny = np.float64(specular[n, 1])
        alpha2 = max(np.float64(roughness[n]), 0.03) ** 4
        n_view = 0.0
        for k in range(3):
            n_view += t[_NORMAL + k, i] * t[_EYE + k, i]
        n_view = max(n_view, 1e-3)
        t[_WHITE, i], t[_SHINY, i] = 0.3 * red + 0.6 * green + 0.1 * blue, shiny
        t[_RETRO, i], t[_BODY, i] = retro[n], body[n]
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
    candela = np.float32(row[12])
    # Whole vectors: what is left over would go one by one. Columns too many are read by nobody.
    wide = (count + _VECTOR - 1) // _VECTOR * _VECTOR
    _aim(t, wide, row)
    foggy = every.air.extinction > 0.0
    if foggy:
        _surround(t, count, row, every)
    if _limit(t, wide, row, every) == 0:
        return False
    _answer(t, wide, candela)
    if signs:
        _send_back(t, count, candela)
    if foggy:
        _soften(t, wide, candela)
    return True


@numba.njit(cache=True, error_model="numpy")
def _aim(t, count, lamp):  # type: ignore[no-untyped-def]
    """Set the direction to the lamp, its cosines to the lamp's axes, and 1 / d^2.

    The panels around a lens get none of its light: housings are deeper than they are modelled.
    """
    x, y, z = np.float32(lamp[0]), np.float32(lamp[1]), np.float32(lamp[2])
    fx, fy, fz = np.float32(lamp[3]), np.float32(lamp[4]), np.float32(lamp[5])
    lx, ly, lz = np.float32(lamp[6]), np.float32(lamp[7]), np.float32(lamp[8])
    ux, uy, uz = np.float32(lamp[9]), np.float32(lamp[10]), np.float32(lamp[11])
    square, own, everywhere = np.float32(lamp[13]), np.float32(lamp[15]), lamp[14] == _ISOTROPIC
    for i in range(count):
        dx, dy, dz = x - t[_POINT, i], y - t[_POINT + 1, i], z - t[_POINT + 2, i]
        gap2 = dx * dx + dy * dy + dz * dz
        scale = _ONE / np.sqrt(max(gap2, _TINY))
        dx, dy, dz = dx * scale, dy * scale, dz * scale
        t[_LIGHT, i], t[_LIGHT + 1, i], t[_LIGHT + 2, i] = dx, dy, dz
        forward = -(dx * fx + dy * fy + dz * fz)
        t[_FORWARD, i] = forward
        t[_LEFT, i] = -(dx * lx + dy * ly + dz * lz)
        t[_UP, i] = -(dx * ux + dy * uy + dz * uz)
        facing = t[_FACE, i] * dx + t[_FACE + 1, i] * dy + t[_FACE + 2, i] * dz
        strength = _ONE / max(gap2 + square, _TINY)
        lit = (facing > _ZERO) & (everywhere | (forward > _ZERO))
        lit = lit & ((t[_BODY, i] != own) | (gap2 >= _ONE))
        t[STRENGTH, i] = strength if lit else _ZERO


@numba.njit(cache=True, error_model="numpy")
def _street(forward, left, up):  # type: ignore[no-untyped-def]
    """Return `beams.street` in single precision."""
    flat = max(left * left + up * up, _STREETS[0])
    along = left * left / flat
    rise = min(_ONE / max(forward * forward, _STREETS[1]), _STREETS[2])
    shape = (_ONE + (rise - _ONE) * (_STREETS[3] + _STREETS[4] * along)) * (
        _ONE - (_ONE - along) * _HALF * flat
    )
    share = min(max((forward - _STREETS[5]) * _STREETS[6], _ZERO), _ONE)
    return shape * share * share * (_STREETS[7] - _TWO * share)


@numba.njit(cache=True)
def _limit(t, count, lamp, every):  # type: ignore[no-untyped-def]
    """Multiply `STRENGTH` by the beam's gain, 0 below the floor; return how many are left.

    In fog by what comes straight, too; scattered light may save a spot from the floor.
    """
    least = np.float32(every.floor / max(lamp[12], 1e-12))
    _shape(t, count, lamp, every, least)
    if every.air.extinction > 0.0:
        return _limit_in_fog(t, count, lamp, every, least)
    left = 0
    for i in range(count):
        lit = t[STRENGTH, i] > least
        t[STRENGTH, i] = t[STRENGTH, i] if lit else _ZERO
        left += lit
    return left


@numba.njit(cache=True)
def _shape(t, count, lamp, every, least):  # type: ignore[no-untyped-def]
    """Multiply `STRENGTH` by the beam's gain."""
    beam = int(lamp[14])
    if beam == _LAMBERT:
        for i in range(count):
            t[STRENGTH, i] *= max(t[_FORWARD, i], _ZERO)
    elif beam == _STREET:
        for i in range(count):
            t[STRENGTH, i] *= _street(t[_FORWARD, i], t[_LEFT, i], t[_UP, i])
    elif beam != _ISOTROPIC:
        for i in range(count):
            if t[STRENGTH, i] > least:
                way = np.float64(t[_FORWARD, i]), np.float64(t[_LEFT, i]), np.float64(t[_UP, i])
                t[STRENGTH, i] *= table_gain(every.tables, beam, way[0], way[1], way[2])


@numba.njit(cache=True, error_model="numpy")
def _limit_in_fog(t, count, lamp, every, least):  # type: ignore[no-untyped-def]
    x, y, z = np.float32(lamp[0]), np.float32(lamp[1]), np.float32(lamp[2])
    extinction, left = np.float32(every.air.extinction), 0
    for i in range(count):
        dx, dy, dz = x - t[_POINT, i], y - t[_POINT + 1, i], z - t[_POINT + 2, i]
        strength = t[STRENGTH, i] * straight(extinction * np.sqrt(dx * dx + dy * dy + dz * dz))
        lit = strength + t[_ALONG, i] + t[_ACROSS, i] > least
        t[STRENGTH, i] = strength if lit else _ZERO
        t[_ALONG, i] = t[_ALONG, i] if lit else _ZERO
        t[_ACROSS, i] = t[_ACROSS, i] if lit else _ZERO
        left += lit
    return left


@numba.njit(cache=True)
def enclose(t, count):  # type: ignore[no-untyped-def]
    """Put a box around the first `count` spots: what `weigh` wants in fog."""
    for k in range(3):
        low = high = t[_POINT + k, 0]
        for i in range(1, count):
            low, high = min(low, t[_POINT + k, i]), max(high, t[_POINT + k, i])
        t[_BOX, k], t[_BOX, 3 + k] = low, high
        scale = _ONE / max(high - low, _TINY)
        for i in range(SPOTS):
            t[_PLACE + k, i] = min(max((t[_POINT + k, i] - low) * scale, _ZERO), _ONE)


@numba.njit(cache=True)
def _surround(t, count, lamp, every):  # type: ignore[no-untyped-def]
    """Set what is scattered on the way to the spots, one by one or from the corners of their box.

    It changes so little within a box that it is taken for linear.
    """
    if count < _FEW:
        for i in range(count):
            point = t[_POINT, i], t[_POINT + 1, i], t[_POINT + 2, i]
            along, across = _around(point, lamp, every)
            t[_ALONG, i], t[_ACROSS, i] = t[STRENGTH, i] * along, t[STRENGTH, i] * across
        return
    low = t[_BOX, 0], t[_BOX, 1], t[_BOX, 2]
    a, e = _around(low, lamp, every)
    b, f = _around((t[_BOX, 3], low[1], low[2]), lamp, every)
    c, g = _around((low[0], t[_BOX, 4], low[2]), lamp, every)
    d, h = _around((low[0], low[1], t[_BOX, 5]), lamp, every)
    b, c, d, f, g, h = b - a, c - a, d - a, f - e, g - e, h - e
    for i in range(count):
        u, v, w = t[_PLACE, i], t[_PLACE + 1, i], t[_PLACE + 2, i]
        strength = t[STRENGTH, i]
        t[_ALONG, i] = strength * max(a + u * b + v * c + w * d, _ZERO)
        t[_ACROSS, i] = strength * max(e + u * f + v * g + w * h, _ZERO)


@numba.njit(cache=True)
def _around(point, lamp, every):  # type: ignore[no-untyped-def]
    """Return the two fluxes of light that is scattered on its way to a `point`, over I / d^2."""
    x, y, z = point[0] - lamp[0], point[1] - lamp[1], point[2] - lamp[2]
    gap = max(np.sqrt(x * x + y * y + z * z), 1e-3)
    forward = (x * lamp[3] + y * lamp[4] + z * lamp[5]) / gap
    left = (x * lamp[6] + y * lamp[7] + z * lamp[8]) / gap
    up = (x * lamp[9] + y * lamp[10] + z * lamp[11]) / gap
    beam, level = int(lamp[14]), 0.0
    if forward > 0.0 or beam == _ISOTROPIC:
        level = table_gain(every.tables, beam, forward, left, up)
    along, across = scattered_flux(every.air, beam, forward, level, gap)
    return np.float32(along), np.float32(across)


@numba.njit(cache=True, error_model="numpy")
def _soften(t, count, candela):  # type: ignore[no-untyped-def]
    """Add scattered light to `FLAT` and `LEVEL`: too soft for mirrors, and for signs to return."""
    for i in range(count):
        cosine = t[_NORMAL, i] * t[_LIGHT, i]
        cosine += t[_NORMAL + 1, i] * t[_LIGHT + 1, i] + t[_NORMAL + 2, i] * t[_LIGHT + 2, i]
        soft = _OVER_PI * slanted(t[_ALONG, i], t[_ACROSS, i], max(cosine, _ZERO))
        t[FLAT, i] += soft
        t[LEVEL, i] += candela * t[_WHITE, i] * soft


@numba.njit(cache=True, error_model="numpy")
def _answer(t, count, candela):  # type: ignore[no-untyped-def]
    """Set `LEVEL`, `FLAT`, `GLOSS`, `HALF` by `answer`, `lobe` and `schlick` of `brdf`."""
    for i in range(count):
        dx, dy, dz = t[_LIGHT, i], t[_LIGHT + 1, i], t[_LIGHT + 2, i]
        nx, ny, nz = t[_NORMAL, i], t[_NORMAL + 1, i], t[_NORMAL + 2, i]
        ex, ey, ez = t[_EYE, i], t[_EYE + 1, i], t[_EYE + 2, i]
        n_light = nx * dx + ny * dy + nz * dz
        hx, hy, hz = ex + dx, ey + dy, ez + dz
        scale = _ONE / np.sqrt(max(hx * hx + hy * hy + hz * hz, _TINIER))
        hx, hy, hz = hx * scale, hy * scale, hz * scale
        n_half = min(nx * hx + ny * hy + nz * hz, _ONE)
        v_half = ex * hx + ey * hy + ez * hz
        # 1 - n_half^2 as the square of a sine: the difference would lose a sharp highlight's peak.
        ax, ay, az = ny * hz - nz * hy, nz * hx - nx * hz, nx * hy - ny * hx
        alpha2, n_view = t[_ALPHA2, i], t[_N_VIEW, i]
        base = ax * ax + ay * ay + az * az + n_half * n_half * alpha2
        shade = n_view * np.sqrt(n_light * n_light * (_ONE - alpha2) + alpha2)
        mask = max(n_light * t[_SEEN, i] + shade, _TINY)
        gloss = alpha2 * _OVER_PI * _HALF * n_light * t[_GLOSSY, i] / (base * base * mask)
        gloss = min(gloss, _BRIGHTEST)
        flat = n_light * _OVER_PI
        m = min(max(_ONE - v_half, _ZERO), _ONE)
        mirror = t[_SHINY, i] + (_ONE - t[_SHINY, i]) * m * m * m * m * m
        sent = t[_WHITE, i] * flat + mirror * gloss
        strength = t[STRENGTH, i] if n_light > _ZERO else _ZERO
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
