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
from synthgen.sensors.clutter import Clutter
from synthgen.sensors.echo import LIGHT, receiver_gain

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
    """Return what clouds send back before something solid, and the number of its matter.

    `free` is where something solid stands [m], and the time [s] of the rays less that of the
    clouds. The cell that wins is drawn as even fog's: by what gets there and back; see
    `clutter.fog`, also for its strength.
    """
    clouds = atmosphere.clouds
    end = np.minimum(free[0], model.farthest)
    place, loss, sent, kind = _drawn(
        (clouds.puffs, clouds.layers, clouds.matters), rays.origin, rays.direction,
        (np.full(len(end), model.nearest), end, free[1]), rng.random(len(end)),
    )  # fmt: skip
    cell = np.pi * sent * LIGHT * model.pulse / 2
    speckle = rng.exponential(size=len(end))
    through = np.exp(-2 * (loss + atmosphere.lidar_extinction * place))
    strength = cell * speckle * through * receiver_gain(model, place)
    return Clutter(place, strength), kind


@numba.njit(cache=True)
def _drawn(clouds, origin, direction, free, luck):  # type: ignore[no-untyped-def]
    """Return a place [m] along each ray, the depth up to it, backscatter [1/m/sr] and matter."""
    puffs, layers = clouds[0], clouds[1]
    count = len(origin)
    place, loss, sent = np.ones(count), np.zeros(count), np.zeros(count)
    kind = np.zeros(count, np.int64)
    depth, met = np.empty(PLACES), np.empty(len(puffs), np.int64)
    by, near, close = np.empty(len(clouds[2])), np.empty(len(puffs), np.int64), 0
    for i in range(count):
        if i % BLOCK == 0:
            end = min(i + BLOCK, count)
            slow = np.abs(free[2][i:end]).max()
            close = gather(puffs, origin, direction, (i, end), slow, near)
        start = (float(origin[i, 0]), float(origin[i, 1]), float(origin[i, 2]))
        way = (float(direction[i, 0]), float(direction[i, 1]), float(direction[i, 2]))
        late = free[2][i]
        first, last, many = span((puffs, layers), near[:close], (start, way), free[1][i], late, met)
        first = max(first, free[0][i])
        if last <= first:
            continue
        step = (last - first) / (PLACES - 1)
        _summed(depth, clouds, (start, way), (first, step, late), met[:many])
        place[i], loss[i] = _where(depth, first, step, luck[i])
        _sent(by, clouds, (start, way), (place[i], late), met[:many])
        sent[i], kind[i] = by.sum(), by.argmax()
    return place, loss, sent, kind


@numba.njit(cache=True)
def _summed(depth, clouds, ray, steps, met):  # type: ignore[no-untyped-def]
    """Fill in the optical depth at even places along a ray, by the trapezium rule.

    Up to the first of them it is exact.
    """
    puffs, layers, matters = clouds
    start, way = ray
    first, step, late = steps
    before, total = 0.0, 0.0
    for k in met:
        total += puff_depth(puffs[k], start, way, first, late)[0] * matters[int(puffs[k, 13]), 7]
    for k in range(len(layers)):
        found = layer_depth(layers[k], start[2], way[2], first)
        total += found * matters[int(layers[k, 3]), 7]
    for n in range(PLACES):
        t = first + n * step
        point = (start[0] + t * way[0], start[1] + t * way[1], start[2] + t * way[2])
        here = 0.0
        for k in met:
            here += puff_density(puffs[k], point, late) * matters[int(puffs[k, 13]), 7]
        for k in range(len(layers)):
            here += layer_density(layers[k], point[2]) * matters[int(layers[k, 3]), 7]
        depth[n] = depth[n - 1] + 0.5 * step * (before + here) if n else total
        before = here


@numba.njit(cache=True)
def _where(depth, first, step, luck):  # type: ignore[no-untyped-def]
    """Return a place drawn by what is lost there of light that gets there and back, its depth."""
    near = np.exp(-2.0 * depth[0])
    wanted = -0.5 * np.log(max(near - luck * (near - np.exp(-2.0 * depth[-1])), 1e-300))
    for n in range(PLACES - 1):
        if wanted <= depth[n + 1]:
            share = (wanted - depth[n]) / max(depth[n + 1] - depth[n], 1e-300)
            return first + (n + min(max(share, 0.0), 1.0)) * step, wanted
    return first + (PLACES - 1) * step, depth[-1]


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
