"""Patterns of what grows and what is worn: leaves, bark, cloth."""

import numba
import numpy as np

from synthgen.light.noise import faded, lattice, noise3, smooth
from synthgen.render.raycast.patterns.spot import mix3, point, put, times


@numba.njit(cache=True, inline="always")
def _grain(spot, cell, seed):  # type: ignore[no-untyped-def]
    return _grain_of(spot, cell, np.int64(seed))


@numba.njit(cache=True)
def _grain_of(spot, cell, seed):  # type: ignore[no-untyped-def]
    if spot.size >= cell:
        return 0.0
    value = noise3(spot.x / cell, spot.y / cell, spot.z / cell, seed)
    return faded(value, 0.5, cell, spot.size) - 0.5


@numba.njit(cache=True)
def foliage(spot, color, parameters):  # type: ignore[no-untyped-def]
    """Return leaves: dark gaps, bright tips, clumps of their own green."""
    contrast = parameters[0] if parameters[0] > 0 else 0.8
    leaf = 1.2 * _grain(spot, 0.06, 161) + 0.9 * _grain(spot, 0.15, 162)
    clump = _grain(spot, 0.5, 163) + 0.6 * _grain(spot, 1.7, 164)
    gap = smooth(0.0, 0.5, -(leaf + 0.6 * clump))
    level = min(max(1.0 + contrast * (0.9 * leaf + 0.8 * clump), 0.2), 1.9)
    young = (color[0] * 1.35 + 0.01, color[1] * 1.12 + 0.01, color[2] * 0.7)
    tinted = mix3(color, young, min(max(0.5 + 1.4 * clump, 0.0), 1.0))
    return times(tinted, level * (1.0 - 0.65 * contrast * gap)), 0.0


@numba.njit(cache=True)
def bark(spot, color, parameters):  # type: ignore[no-untyped-def]
    """Return vertical furrows and lichen."""
    contrast = parameters[0] if parameters[0] > 0 else 0.7
    furrow = noise3(spot.x / 0.03, spot.y / 0.03, spot.z / 0.22, 171)
    furrow = faded(furrow, 0.5, 0.04, spot.size) - 0.5
    level = 1.0 + contrast * (1.4 * furrow + 0.6 * _grain(spot, 0.3, 172))
    green = (color[0] * 0.88, color[1] * 0.98, color[2] * 0.72)
    moss = min(max(0.3 + 1.2 * _grain(spot, 0.6, 173), 0.0), 1.0)
    return times(mix3(color, green, moss), min(max(level, 0.2), 1.6)), 0.0


@numba.njit(cache=True)
def cloth(spot, color, parameters):  # type: ignore[no-untyped-def]
    """Return folds and weave."""
    contrast = parameters[0] if parameters[0] > 0 else 0.4
    fold = noise3(spot.x / 0.10, spot.y / 0.10, spot.z / 0.22, 181 + spot.seed)
    fold = faded(fold, 0.5, 0.15, spot.size) - 0.5
    level = 1.0 + contrast * (0.9 * fold + 0.3 * _grain(spot, 0.012, 182))
    worn = 1.0 - 0.1 * lattice(spot.seed, 5, 183)
    return times(color, min(max(level, 0.3), 1.4) * worn), 0.0


@numba.njit(cache=True)
def foliage_all(out, extra, which, table):  # type: ignore[no-untyped-def]
    """Evaluate `foliage` at the numbered places, of which `table` has a row each."""
    for i in range(len(which)):
        put(out, extra, which[i], foliage(*point(table, i)))


@numba.njit(cache=True)
def bark_all(out, extra, which, table):  # type: ignore[no-untyped-def]
    """Evaluate `bark` at the numbered places, of which `table` has a row each."""
    for i in range(len(which)):
        put(out, extra, which[i], bark(*point(table, i)))


@numba.njit(cache=True)
def cloth_all(out, extra, which, table):  # type: ignore[no-untyped-def]
    """Evaluate `cloth` at the numbered places, of which `table` has a row each."""
    for i in range(len(which)):
        put(out, extra, which[i], cloth(*point(table, i)))
