"""Fog banks, smoke and spray before a camera: what they take away and what they add.

Attenuation is exact along every ray. What a puff adds comes from its middle as the ray sees it:
it is lit evenly, by sun and sky through what hangs above it and by the lamps around.
"""

from typing import NamedTuple

import numba
import numpy as np
from jaxtyping import Float

from synthgen.density import BLOCK, Clouds, depths, gather, layer_depth, puff_depth
from synthgen.geometry import Array
from synthgen.light.sky import Sky
from synthgen.render.raycast import air as even
from synthgen.render.raycast import lantern
from synthgen.render.raycast.air import Air, phase
from synthgen.render.raycast.lantern import Lamps, reach, vector

GROUND = 0.15
"""Reflectance of what lies under a puff."""
UP = np.array([0.0, 0.0, 1.0])
LITTLE = 0.02
"""Optical depth of the air between two puffs that may be taken in any order with them."""
MANY = 256
"""Most puffs that count along one ray."""
BROAD = 6.0
"""[m] Standard deviation from which on a puff is broad."""
LIT_BY_DAY = 300.0
"""[lx] Illuminance from which on lamps do not count, as for all lamp light in the air."""


class Haze(NamedTuple):
    """Clouds, and how they are lit.

    Attributes:
        puffs: see `density.Clouds`.
        layers: the same.
        matters: the same.
        glow: [cd/m2] that endless air like each puff sends on from all sides but the sun and the
            moon, linear sRGB.
        sun: [lx] light of the sun or the moon that reaches each puff, as linear sRGB.
        fog: [cd/m2] luminance of endless fog, as `Air.airlight` has it.
        late: [s] time of the camera's rays less that of the puffs.
        broad: which puffs are so wide that lamps light them unevenly, see `bank_glow`.
    """

    puffs: np.ndarray
    layers: np.ndarray
    matters: np.ndarray
    glow: np.ndarray
    sun: np.ndarray
    fog: np.ndarray
    late: float
    broad: np.ndarray


def haze_of(
    clouds: Clouds, sky: Sky, around: Air, lamps: Lamps, eye: Float[Array, "3"], late: float = 0.0
) -> Haze | None:
    """Return the `clouds` as they are lit, None without any."""
    if clouds.clear:
        return None
    rows, matters = clouds.puffs, clouds.matters
    broad = rows[:, 14] > BROAD
    kind = rows[:, 13].astype(int)
    albedo, forward = matters[kind, 3:6], matters[kind, 6]
    above, aside = (_thinned(clouds, forward, way) for way in (UP, sky.direction))
    over = sky.irradiance(UP[None])[0]
    level = over + sky.direct * max(sky.direction[2], 0.0)
    glow = 0.5 / np.pi * (above[:, None] * over + GROUND * level) * albedo
    if sky.illuminance < LIT_BY_DAY:
        lit = lantern.chosen(lamps, np.flatnonzero(lamps.body >= -1))
        level = _lamp_light(rows, forward, lit, eye, around.extinction[1])
        glow += albedo * level * ~broad[:, None]
    sun = aside[:, None] * sky.direct * albedo
    return Haze(rows, clouds.layers, matters, glow, sun, around.airlight, late, broad)


def _thinned(clouds: Clouds, forward: Array, way: Array) -> Array:
    """Return what of the light from a direction gets to each puff: what is scattered a little
    aside goes on, so that only 1 - g of the depth counts.
    """
    rows = clouds.puffs
    weight = 1.0 - clouds.matters[:, 6] * clouds.matters[:, 4]
    ways = np.tile(way, (len(rows), 1))
    endless, now = np.full(len(rows), np.inf), np.zeros(len(rows))
    start = np.ascontiguousarray(rows[:, :3])
    depth = depths(rows, clouds.layers, weight, start, ways, endless, now)
    return np.exp(-depth)


@numba.njit(cache=True)
def _lamp_light(puffs, forward, lamps, eye, loss):  # type: ignore[no-untyped-def]
    """Return the light of lamps that each puff sends to the eye [cd/m2] per albedo."""
    out = np.zeros((len(puffs), 3))
    for k in range(len(puffs)):
        point = vector(puffs, k)
        x, y, z = eye[0] - point[0], eye[1] - point[1], eye[2] - point[2]
        far = max(np.sqrt(x * x + y * y + z * z), 1e-3)
        # Near a lamp a puff is lit over its own width.
        wide = 3.0 / (puffs[k, 3] + puffs[k, 4] + puffs[k, 5])
        for n in range(len(lamps.rows)):
            share, toward = reach(lamps.rows, lamps.tables, n, point)
            if share <= 0.0:
                continue
            lamp = lamps.rows[n]
            gap2 = (lamp[0] - point[0]) ** 2 + (lamp[1] - point[1]) ** 2 + (lamp[2] - point[2]) ** 2
            share *= (gap2 + lamp[13]) / (gap2 + lamp[13] + wide)
            cosine = -(toward[0] * x + toward[1] * y + toward[2] * z) / far
            level = share * phase(forward[k], cosine) * np.exp(-loss * np.sqrt(gap2))
            for c in range(3):
                out[k, c] += lamps.intensity[n, c] * level
    return out


def veil(
    out: Float[Array, "n 3"],
    origin: Float[Array, "n 3"],
    direction: Float[Array, "n 3"],
    distance: Float[Array, "n"],
    through: tuple[Air, Haze | None, Sky],
) -> None:
    """Attenuate `out` along rays and add daylight scattered by the air and what hangs in it."""
    air, haze, sky = through
    if haze is None:
        even.veil(out, direction, distance, air, sky.dome.source)
    else:
        _veil(out, origin, direction, distance, air, haze, (sky.dome.source, sky.direction))


def passed(
    origin: Float[Array, "n 3"],
    direction: Float[Array, "n 3"],
    distance: Float[Array, "n"],
    haze: Haze,
) -> Float[Array, "n 3"]:
    """Return the share of red, green and blue that gets through what hangs in the air."""
    late = np.full(len(origin), haze.late)
    rays = origin, direction, np.asarray(distance, float), late
    shares = [depths(haze.puffs, haze.layers, haze.matters[:, k], *rays) for k in range(3)]
    return np.exp(-np.stack(shares, -1))


@numba.njit(cache=True)
def _veil(out, origin, direction, distance, air, haze, sources):  # type: ignore[no-untyped-def]
    notes = np.empty(MANY), np.empty(MANY), np.empty(MANY, np.int64), np.empty(3), np.empty(3)
    near, rays = np.empty(len(haze.puffs), np.int64), (origin, direction, distance)
    for first in range(0, len(out), BLOCK):
        block = first, min(first + BLOCK, len(out))
        close = gather(haze.puffs, origin, direction, block, abs(haze.late), near)
        veil_some(out, rays, block, air, (haze, near[:close]), sources, notes)


@numba.njit(cache=True)
def veil_some(out, rays, block, air, hung, sources, notes):  # type: ignore[no-untyped-def]
    """Do for rays `block` (first, last) what `veil` does; `hung` are the haze and what puffs count.

    `sources` are where the light comes from that the air and the haze scatter; `notes` are room
    for places, depths and numbers of puffs and two colours.
    """
    (origin, direction, distance), (haze, near), (source, sun) = rays, hung, sources
    place, depth, which, through, light = notes
    for i in range(*block):
        start, way = vector(origin, i), vector(direction, i)
        length = even.way(air, distance[i], way[2])
        end = min(np.float64(distance[i]), 3000.0)
        count = _met(haze, near, (start, way), end, (place, depth, which))
        here = even._airlight(air, source, way[0], way[1], way[2])
        toward = max(way[0] * source[0] + way[1] * source[1] + way[2] * source[2], 0.0)
        bright = 0.92 + 0.5 * toward**4
        cosine = way[0] * sun[0] + way[1] * sun[1] + way[2] * sun[2]
        through[:], light[:] = 1.0, 0.0
        before, thick = 0.0, air.extinction[2] + haze.layers[:, 2].sum()
        for n in range(count + 1):
            after = place[n] if n < count else max(length, end)
            # So little air on the way to a puff that it does not matter which comes first waits.
            if n == count or thick * (after - before) > LITTLE:
                span = before, after, length
                _stretch(through, light, air, haze, here, bright, (start, way), span)
                before = after
            if n < count:
                _puff(through, light, haze, which[n], depth[n], bright, cosine)
        for c in range(3):
            out[i, c] = out[i, c] * through[c] + light[c]


@numba.njit(cache=True)
def _met(haze, near, ray, end, found):  # type: ignore[no-untyped-def]
    """Fill in the puffs that a ray meets, the nearest first, and return how many."""
    (start, way), (place, depth, which) = ray, found
    count = 0
    for k in near:
        here, where = puff_depth(haze.puffs[k], start, way, end, haze.late)
        if here < 1e-5 or count >= MANY:
            continue
        n = count
        while n > 0 and place[n - 1] > where:
            place[n], depth[n], which[n] = place[n - 1], depth[n - 1], which[n - 1]
            n -= 1
        place[n], depth[n], which[n] = where, here, k
        count += 1
    return count


@numba.njit(cache=True)
def _stretch(through, light, air, haze, here, bright, ray, span):  # type: ignore[no-untyped-def]
    """Add what even air and layers send on from a stretch of a ray, and take what they take.

    Even air ends at `span[2]` [m], see `air.way`.
    """
    start, way = ray
    before, after, most = span
    if after <= before:
        return
    first = max(min(after, most) - min(before, most), 0.0)
    for c in range(3):
        own = air.extinction[c] * first
        fog = 0.0
        for k in range(len(haze.layers)):
            tint = haze.matters[int(haze.layers[k, 3]), c]
            height = start[2] + way[2] * before
            fog += tint * layer_depth(haze.layers[k], height, way[2], after - before)
        total = own + fog
        if total <= 0.0:
            continue
        kept = np.exp(-total)
        level = (own * here[c] + fog * haze.fog[c] * bright) / total
        light[c] += through[c] * (1.0 - kept) * level
        through[c] *= kept


@numba.njit(cache=True)
def _puff(through, light, haze, k, depth, bright, cosine):  # type: ignore[no-untyped-def]
    """Add what a puff sends on, and take what it takes."""
    matter = haze.matters[int(haze.puffs[k, 13])]
    # Light that has been scattered more than once comes from all sides.
    angle = 0.5 * phase(matter[6], cosine) + 0.5 / (4.0 * np.pi)
    grey = np.exp(-depth)
    for c in range(3):
        kept = grey if matter[c] == 1.0 else np.exp(-depth * matter[c])
        level = haze.glow[k, c] + haze.sun[k, c] * angle
        light[c] += through[c] * (1.0 - kept) * level
        through[c] *= kept
