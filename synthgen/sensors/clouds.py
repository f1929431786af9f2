"""Fog banks, smoke and spray before a lidar: what they take and what they send back."""

import numba
import numpy as np
from jaxtyping import Float, Int

from synthgen.atmosphere import Atmosphere
from synthgen.density import (
    BLOCK,
    Clouds,
    depths,
    gather,
    layer_density,
    layer_depth,
    puff_density,
    puff_depth,
    span,
)
from synthgen.geometry import Array
from synthgen.lidar_model import LidarModel
from synthgen.rays import Rays
from synthgen.sensors.clutter import FAINT, Clutter
from synthgen.sensors.echo import LIGHT
from synthgen.sensors.mist import BRIGHT

PLACES = 16
"""Along a ray through clouds, between which the place of a return is drawn."""


def got_through(
    clouds: Clouds, rays: Rays, distance: Float[Array, "n"], late: Float[Array, "n"]
) -> Float[Array, "n"] | float:
    """Return the share of a pulse that gets through `clouds` one way; 1.0 without any."""
    if clouds.clear:
        return 1.0
    weight = clouds.matters[:, 7]
    rows = clouds.puffs, clouds.layers, weight
    return np.exp(-depths(*rows, rays.origin, rays.direction, distance, late))


def cloud(
    model: LidarModel,
    atmosphere: Atmosphere,
    rays: Rays,
    free: tuple[Float[Array, "n"], Float[Array, "n"]],
    rng: np.random.Generator,
) -> tuple[Clutter, Int[Array, "n"]]:
    """Return the strongest that clouds send back before something solid, and its matter's number.

    `free` is where something solid stands [m], and the time [s] of the rays less that of the
    clouds. Between each two of the places along a ray lie so many cells of half a pulse length,
    as bright as even fog's (see `mist.fog`): the strongest of k exponential speckles is
    -log(1 - u^(1/k)) times their mean.
    """
    clouds = atmosphere.clouds
    count = len(rays)
    found = Clutter(np.full(count, model.nearest), np.zeros(count))
    kind = np.zeros(count, np.int64)
    end = np.minimum(free[0], model.farthest)
    beam = (
        model.nearest, LIGHT * model.pulse / 2, model.plateau, 2 * atmosphere.lidar_extinction,
        FAINT * model.level,
    )  # fmt: skip
    _drawn((found.distance, found.strength, kind), (clouds.puffs, clouds.layers, clouds.matters),
           (rays.origin, rays.direction), (end, free[1]), beam, rng)  # fmt: skip
    return found, kind


@numba.njit(cache=True)
def _drawn(out, clouds, rays, free, beam, rng):  # type: ignore[no-untyped-def]
    """Fill in place [m], strength and matter of the strongest return along each ray."""
    puffs, layers = clouds[0], clouds[1]
    origin, direction = rays
    count = len(origin)
    depth, back, along = np.empty(PLACES), np.empty(PLACES), np.empty(PLACES)
    met, near, close = np.empty(len(puffs), np.int64), np.empty(len(puffs), np.int64), 0
    by = np.empty(len(clouds[2]))
    for i in range(count):
        if i % BLOCK == 0:
            end = min(i + BLOCK, count)
            slow = np.abs(free[1][i:end]).max()
            close = gather(puffs, origin, direction, (i, end), slow, near)
        start = (float(origin[i, 0]), float(origin[i, 1]), float(origin[i, 2]))
        way = (float(direction[i, 0]), float(direction[i, 1]), float(direction[i, 2]))
        late = free[1][i]
        first, last, many = span((puffs, layers), near[:close], (start, way), free[0][i], late, met)
        first = max(first, beam[0])
        if last <= first:
            continue
        _spaced(along, first, last)
        _summed((depth, back), clouds, (start, way), (along, late), met[:many])
        place, strength = _where(depth, back, along, beam, rng)
        if strength > beam[4]:
            _sent(by, clouds, (start, way), (place, late), met[:many])
            out[0][i], out[1][i], out[2][i] = place, strength, by.argmax()


@numba.njit(cache=True)
def _spaced(along, first, last):  # type: ignore[no-untyped-def]
    """Fill in the places [m] along a ray, closer where it comes in: what is near is bright."""
    for n in range(PLACES):
        share = n / (PLACES - 1)
        along[n] = first + (last - first) * share * (0.5 + 0.5 * share)


@numba.njit(cache=True)
def _summed(out, clouds, ray, when, met):  # type: ignore[no-untyped-def]
    """Fill in optical depth and backscatter at places along a ray, by the trapezium rule.

    Up to the first of them it is exact.
    """
    depth, back = out
    puffs, layers, matters = clouds
    start, way = ray
    along, late = when
    first, before, total = along[0], 0.0, 0.0
    for k in met:
        total += puff_depth(puffs[k], start, way, first, late)[0] * matters[int(puffs[k, 13]), 7]
    for k in range(len(layers)):
        found = layer_depth(layers[k], start[2], way[2], first)
        total += found * matters[int(layers[k, 3]), 7]
    for n in range(PLACES):
        t = along[n]
        point = (start[0] + t * way[0], start[1] + t * way[1], start[2] + t * way[2])
        here, back[n] = 0.0, 0.0
        for k in met:
            dense, matter = puff_density(puffs[k], point, late), int(puffs[k, 13])
            here += dense * matters[matter, 7]
            back[n] += dense * matters[matter, 8]
        for k in range(len(layers)):
            dense, matter = layer_density(layers[k], point[2]), int(layers[k, 3])
            here += dense * matters[matter, 7]
            back[n] += dense * matters[matter, 8]
        step = t - along[n - 1] if n else 0.0
        depth[n] = depth[n - 1] + 0.5 * step * (before + here) if n else total
        before = here


@numba.njit(cache=True)
def _where(depth, back, along, beam, rng):  # type: ignore[no-untyped-def]
    """Return the place of the strongest cell along a ray, and its strength."""
    _, length, plateau, loss, faint = beam
    place, best = 0.0, 0.0
    for n in range(PLACES - 1):
        middle, step = 0.5 * (along[n] + along[n + 1]), along[n + 1] - along[n]
        mean = 0.5 * np.pi * length * (back[n] + back[n + 1])
        mean *= min(1.0, (plateau / middle) ** 2)
        mean *= np.exp(-(depth[n] + depth[n + 1]) - loss * middle)
        if mean * BRIGHT < max(faint, best):
            continue
        speckle = -np.log(max(1.0 - rng.random() ** (length / step), 1e-300))
        if mean * speckle > best:
            place, best = middle + (rng.random() - 0.5) * step, mean * speckle
    return place, best


@numba.njit(cache=True)
def _sent(by, clouds, ray, where, met):  # type: ignore[no-untyped-def]
    """Fill in the backscatter [1/m/sr] of each matter at a place along a ray."""
    puffs, layers, matters = clouds
    start, way = ray
    t, late = where
    point = (start[0] + t * way[0], start[1] + t * way[1], start[2] + t * way[2])
    by[:] = 0.0
    for k in met:
        matter = int(puffs[k, 13])
        by[matter] += puff_density(puffs[k], point, late) * matters[matter, 8]
    for k in range(len(layers)):
        matter = int(layers[k, 3])
        by[matter] += layer_density(layers[k], point[2]) * matters[matter, 8]
