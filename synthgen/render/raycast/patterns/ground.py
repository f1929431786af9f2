"""Patterns of the ground: asphalt, concrete, paving, grass, soil, worn paint."""

import numba
import numpy as np

from synthgen.light.noise import faded, indicator, lattice, noise2, smooth
from synthgen.render.raycast.patterns.spot import (
    cloudy,
    finest,
    inside,
    mix3,
    point,
    put,
    speckle,
    times,
)


@numba.njit(cache=True)
def asphalt(spot, color, parameters):  # type: ignore[no-untyped-def]
    """Return aggregate, mottling, repair patches, sealed cracks and oil stains."""
    contrast = parameters[0] if parameters[0] > 0 else 0.5
    a, b, size = spot.a, spot.b, spot.size
    grain = 1.1 * speckle(a, b, 0.009, size, 3) + 0.8 * speckle(a, b, 0.021, size, 4)
    grain += 0.5 * speckle(a, b, 0.07, size, 9)
    mottle = 0.3 * cloudy(a, b, 3.1, 4, size, 11) + 0.35 * cloudy(a, b, 17.0, 3, size, 21)
    level = 1.0 + contrast * (1.2 * grain + 1.0 * mottle + 0.6 * finest(a, b, size, 201))
    if size < 0.8:
        patch, tar = _patches(a, b, size)
        level *= 1.0 - 0.28 * patch
        level *= 1.0 - 0.62 * tar
        drip = noise2(a / 0.4, b / 0.4, 31) + 0.35 * noise2(a / 0.11, b / 0.11, 32)
        level *= 1.0 - 0.26 * faded(smooth(0.98, 1.16, drip), 0.03, 0.4, size)
    warm = 1.0 + 0.02 * cloudy(a, b, 5.0, 2, size, 41)
    level = min(max(level, 0.25), 1.7)
    return (color[0] * level * warm, color[1] * level, color[2] * level / warm), 0.0


@numba.njit(cache=True)
def _patches(a, b, size):  # type: ignore[no-untyped-def]
    """Return the cover of darker repair patches and of tar seams and sealed cracks."""
    i, j = np.floor(a / 13.0), np.floor(b / 11.0)
    hash_one, hash_two = lattice(int(i), int(j), 51), lattice(int(i), int(j), 52)
    x, y = a - (i + 0.5) * 13.0, b - (j + 0.5) * 11.0
    angle = 3.1416 * hash_two
    c, s = np.cos(angle), np.sin(angle)
    x, y = c * x + s * y, c * y - s * x
    half, deep = 0.6 + 2.4 * hash_two, 0.5 + 1.3 * lattice(int(i), int(j), 53)
    patch = inside(x, half, size) * inside(y, deep, size) * indicator(hash_one < 0.35)
    rim = inside(x, half + 0.035, size) * inside(y, deep + 0.035, size) * indicator(hash_one < 0.35)
    wave = noise2(a / 1.9, b / 2.6, 61) + 0.25 * noise2(a / 0.31, b / 0.31, 62)
    gate = smooth(0.60, 0.68, noise2(a / 9.0, b / 9.0, 63))
    gate *= smooth(0.35, 0.5, noise2(a / 1.3, b / 1.3, 64))
    crack = inside(abs(wave - 0.62), 0.006, max(size, 0.004)) * gate
    return patch, min(max(rim - patch, 0.0) + 0.8 * crack, 1.0)


@numba.njit(cache=True)
def concrete(spot, color, parameters):  # type: ignore[no-untyped-def]
    """Return cast concrete: fine grain, blotches, pores."""
    contrast = parameters[0] if parameters[0] > 0 else 0.4
    a, b, size = spot.a, spot.b, spot.size
    level = 1.0 + contrast * (
        0.5 * speckle(a, b, 0.012, size, 71)
        + 0.6 * cloudy(a, b, 1.3, 4, size, 72)
        + 0.4 * cloudy(a, b, 6.0, 2, size, 73)
        + 0.5 * finest(a, b, size, 217)
    )
    return times(color, min(max(level, 0.3), 1.5)), 0.0


@numba.njit(cache=True)
def paving(spot, color, parameters):  # type: ignore[no-untyped-def]
    """Return slabs of 0.5 m in running bond with dark joints, each slab its own tone."""
    contrast = parameters[0] if parameters[0] > 0 else 0.5
    size, pitch = spot.size, 0.5
    row = np.floor(spot.b / pitch)
    a = spot.a + 0.5 * pitch * (int(row) & 1)
    column = np.floor(a / pitch)
    x, y = a - (column + 0.5) * pitch, spot.b - (row + 0.5) * pitch
    slab = inside(x, pitch / 2 - 0.006, size) * inside(y, pitch / 2 - 0.006, size)
    tone = faded(lattice(int(column), int(row), 81), 0.5, pitch, size) - 0.5
    level = 1.0 + contrast * (
        0.45 * tone
        + 0.5 * speckle(spot.a, spot.b, 0.011, size, 82)
        + 0.7 * cloudy(spot.a, spot.b, 2.0, 4, size, 83)
        + 0.5 * finest(spot.a, spot.b, size, 233)
    )
    gum = smooth(0.80, 0.84, noise2(spot.a / 0.09, spot.b / 0.09, 84))
    level *= 1.0 - 0.35 * faded(gum, 0.03, 0.08, size)
    return times(color, min(max(level, 0.3), 1.5) * (0.42 + 0.58 * slab)), 0.0


@numba.njit(cache=True)
def grass(spot, color, parameters):  # type: ignore[no-untyped-def]
    """Return blades, tufts and dry or bare patches."""
    contrast = parameters[0] if parameters[0] > 0 else 0.7
    a, b, size = spot.a, spot.b, spot.size
    blade = speckle(a * 1.0, b * 1.0, 0.015, size, 91) + 0.8 * speckle(a, b, 0.05, size, 92)
    tuft = cloudy(a, b, 0.5, 4, size, 93)
    dry = smooth(0.52, 0.75, 0.5 + cloudy(a, b, 4.0, 4, size, 94))
    level = 1.0 + contrast * (1.0 * blade + 1.2 * tuft + 1.5 * finest(a, b, size, 249))
    level = min(max(level, 0.25), 1.8)
    straw = (color[1] * 1.05 + 0.03, color[1] * 0.86 + 0.02, color[2] * 0.9 + 0.01)
    return times(mix3(color, straw, 0.65 * dry), level), 0.0


@numba.njit(cache=True)
def soil(spot, color, parameters):  # type: ignore[no-untyped-def]
    """Return crumbs, stones and damp blotches."""
    contrast = parameters[0] if parameters[0] > 0 else 0.6
    a, b, size = spot.a, spot.b, spot.size
    level = 1.0 + contrast * (
        1.1 * speckle(a, b, 0.02, size, 101)
        + 0.8 * speckle(a, b, 0.08, size, 102)
        + 0.9 * cloudy(a, b, 1.2, 4, size, 103)
        + 0.7 * finest(a, b, size, 265)
    )
    return times(color, min(max(level, 0.3), 1.6)), 0.0


@numba.njit(cache=True)
def marking(spot, color, parameters):  # type: ignore[no-untyped-def]
    """Return road paint, worn through to the asphalt where wheels roll."""
    wear = parameters[0]
    a, b, size = spot.a, spot.b, spot.size
    rubbed = 0.5 + cloudy(a, b, 0.6, 4, size, 111) + 0.6 * speckle(a, b, 0.013, size, 112)
    gone = smooth(0.95 - 0.75 * wear, 1.15 - 0.60 * wear, rubbed)
    tread = 1.0 - 0.18 * (0.5 + cloudy(a, b, 2.2, 3, size, 113))
    dirty = times(color, tread * (1.0 + 0.1 * speckle(a, b, 0.03, size, 114)))
    return mix3(dirty, (0.11, 0.11, 0.112), gone), 0.1 * gone


@numba.njit(cache=True)
def asphalt_all(out, extra, which, table):  # type: ignore[no-untyped-def]
    """Evaluate `asphalt` at the numbered places, of which `table` has a row each."""
    for i in range(len(which)):
        put(out, extra, which[i], asphalt(*point(table, i)))


@numba.njit(cache=True)
def concrete_all(out, extra, which, table):  # type: ignore[no-untyped-def]
    """Evaluate `concrete` at the numbered places, of which `table` has a row each."""
    for i in range(len(which)):
        put(out, extra, which[i], concrete(*point(table, i)))


@numba.njit(cache=True)
def paving_all(out, extra, which, table):  # type: ignore[no-untyped-def]
    """Evaluate `paving` at the numbered places, of which `table` has a row each."""
    for i in range(len(which)):
        put(out, extra, which[i], paving(*point(table, i)))


@numba.njit(cache=True)
def grass_all(out, extra, which, table):  # type: ignore[no-untyped-def]
    """Evaluate `grass` at the numbered places, of which `table` has a row each."""
    for i in range(len(which)):
        put(out, extra, which[i], grass(*point(table, i)))


@numba.njit(cache=True)
def soil_all(out, extra, which, table):  # type: ignore[no-untyped-def]
    """Evaluate `soil` at the numbered places, of which `table` has a row each."""
    for i in range(len(which)):
        put(out, extra, which[i], soil(*point(table, i)))


@numba.njit(cache=True)
def marking_all(out, extra, which, table):  # type: ignore[no-untyped-def]
    """Evaluate `marking` at the numbered places, of which `table` has a row each."""
    for i in range(len(which)):
        put(out, extra, which[i], marking(*point(table, i)))
