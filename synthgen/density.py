"""Air that is denser in places: puffs and layers of fog, smoke and spray.

A puff is a Gaussian in three dimensions, a layer a logistic function of height; the optical depth
of both along any ray has a closed form, so that camera and lidar see the same exact attenuation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erf
from typing import NamedTuple

import numba
import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array

FAR = 3000.0
"""[m] Length of a ray that meets nothing."""
BLOCK = 64
"""Neighbouring rays that are asked together which puffs they may meet."""
EDGE = 9.0
"""Half the squared distance, in standard deviations, at which a puff is left out: 1e-4 of its
peak."""


@dataclass(frozen=True)
class Matter:
    """What hangs in the air.

    Attributes:
        name: fog, smoke or spray; the cause of what a lidar gets back from it.
        tint: extinction at 620, 545 and 460 nm over that at 545 nm.
        albedo: single-scattering albedo, linear red, green and blue.
        asymmetry: Henyey-Greenstein g.
        lidar: extinction at 905 nm over that at 545 nm.
        ratio: [sr] extinction over backscatter at 905 nm.
    """

    name: str
    tint: tuple[float, float, float]
    albedo: tuple[float, float, float]
    asymmetry: float
    lidar: float
    ratio: float


class Clouds(NamedTuple):
    """Everything that is not spread evenly, as plain arrays.

    Attributes:
        puffs: rows of centre [m], precision xx, yy, zz, xy, xz, yz [1/m2], extinction at the
            centre at 545 nm [1/m], velocity [m/s], index of the matter, largest standard
            deviation [m].
        layers: rows of height [m] at which the density is half, thickness of the top [m],
            extinction below it at 545 nm [1/m], index of the matter.
        matters: rows of tint (3), albedo (3), asymmetry, lidar extinction over that at 545 nm,
            lidar backscatter [1/m/sr] over extinction at 545 nm [1/m].
        names: of the matters.
    """

    puffs: np.ndarray
    layers: np.ndarray
    matters: np.ndarray
    names: tuple[str, ...]

    @property
    def clear(self) -> bool:
        """Whether nothing hangs in the air."""
        return not (len(self.puffs) or len(self.layers))


NO_CLOUDS = Clouds(np.zeros((0, 15)), np.zeros((0, 4)), np.zeros((0, 9)), ())


def puffs(
    center: Float[Array, "n 3"],
    axes: Float[Array, "n 3 3"],
    spread: Float[Array, "n 3"],
    peak: Float[Array, "n"],
    velocity: Float[Array, "n 3"] | None = None,
) -> Float[Array, "n 15"]:
    """Return rows of puffs of the first matter.

    Args:
        center: [m].
        axes: unit vectors, one a row: forward, left, up of each puff.
        spread: [m] standard deviation along each axis.
        peak: [1/m] extinction at the centre at 545 nm.
        velocity: [m/s], 0 without it.
    """
    precision = np.einsum("nki,nk,nkj->nij", axes, 1 / spread**2, axes)
    six = [precision[:, i, j] for i, j in ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))]
    moved = np.zeros_like(center) if velocity is None else velocity
    rest = np.stack([np.zeros(len(center)), spread.max(axis=1)], -1)
    return np.concatenate([center, np.stack(six, -1), peak[:, None], moved, rest], axis=1)


def clouds(
    parts: Sequence[tuple[Matter, Float[Array, "n 15"], Float[Array, "m 4"]]],
) -> Clouds:
    """Return puffs and layers of several matters as one; empty parts are left out."""
    there = [part for part in parts if len(part[1]) or len(part[2])]
    if not there:
        return NO_CLOUDS
    for index, (_, some, layers) in enumerate(there):
        some[:, 13], layers[:, 3] = index, index
    rows = [
        (*one.tint, *one.albedo, one.asymmetry, one.lidar, one.lidar / one.ratio)
        for one, _, _ in there
    ]
    return Clouds(
        np.concatenate([some for _, some, _ in there]),
        np.concatenate([layers for _, _, layers in there]),
        np.array(rows),
        tuple(one.name for one, _, _ in there),
    )


@numba.njit(cache=True)
def puff_depth(puff, start, way, length, late):  # type: ignore[no-untyped-def]
    """Return the optical depth of a puff along a ray at 545 nm, and its mean place [m].

    With u the standard deviations from the nearest point along the ray, the integral of
    peak exp(-(rest + u^2) / 2) is a difference of error functions, its mean u a difference of
    Gaussians. `late` [s] is the ray's time less that of the puffs.
    """
    x = start[0] - puff[0] - puff[10] * late
    y = start[1] - puff[1] - puff[11] * late
    z = start[2] - puff[2] - puff[12] * late
    wx = puff[3] * way[0] + puff[6] * way[1] + puff[7] * way[2]
    wy = puff[6] * way[0] + puff[4] * way[1] + puff[8] * way[2]
    wz = puff[7] * way[0] + puff[8] * way[1] + puff[5] * way[2]
    steep = wx * way[0] + wy * way[1] + wz * way[2]
    slope = wx * x + wy * y + wz * z
    cross = puff[6] * x * y + puff[7] * x * z + puff[8] * y * z
    square = puff[3] * x * x + puff[4] * y * y + puff[5] * z * z + 2.0 * cross
    rest = 0.5 * (square - slope * slope / steep)
    if rest > EDGE:
        return 0.0, 0.0
    scale = np.sqrt(steep)
    first = slope / scale
    last = first + scale * length
    if last < -4.5 or first > 4.5:
        return 0.0, 0.0
    share = 0.5 * (erf(last * 0.7071067811865476) - erf(first * 0.7071067811865476))
    if share < 1e-9:
        return 0.0, 0.0
    depth = puff[9] * np.exp(-rest) * 2.5066282746310002 / scale * share
    lean = 0.3989422804014327 * (np.exp(-0.5 * first * first) - np.exp(-0.5 * last * last))
    return depth, min(max((lean / share - first) / scale, 0.0), length)


@numba.njit(cache=True)
def layer_depth(layer, height, climb, length):  # type: ignore[no-untyped-def]
    """Return the optical depth of a layer at 545 nm along a ray from `height` [m].

    `climb` is the z of the ray's unit direction. The integral of the logistic function
    1 / (1 + exp((z - top) / k)) is -k log(1 + exp(-(z - top) / k)).
    """
    one, other = (height - layer[0]) / layer[1], (height + climb * length - layer[0]) / layer[1]
    if abs(other - one) < 1e-4:
        return layer[2] * length * _logistic(0.5 * (one + other))
    return layer[2] * layer[1] / climb * (_soft(-one) - _soft(-other))


@numba.njit(cache=True)
def _logistic(x):  # type: ignore[no-untyped-def]
    return 1.0 / (1.0 + np.exp(min(x, 500.0)))


@numba.njit(cache=True)
def _soft(x):  # type: ignore[no-untyped-def]
    """Return log(1 + exp(x))."""
    return max(x, 0.0) + np.log1p(np.exp(-abs(x)))


@numba.njit(cache=True)
def puff_density(puff, point, late):  # type: ignore[no-untyped-def]
    """Return the extinction [1/m] of a puff at a `point` [m] at 545 nm."""
    x = point[0] - puff[0] - puff[10] * late
    y = point[1] - puff[1] - puff[11] * late
    z = point[2] - puff[2] - puff[12] * late
    cross = puff[6] * x * y + puff[7] * x * z + puff[8] * y * z
    half = 0.5 * (puff[3] * x * x + puff[4] * y * y + puff[5] * z * z) + cross
    return puff[9] * np.exp(-half) if half < EDGE else 0.0


@numba.njit(cache=True)
def layer_density(layer, height):  # type: ignore[no-untyped-def]
    """Return the extinction [1/m] of a layer at a `height` [m] at 545 nm."""
    return layer[2] * _logistic((height - layer[0]) / layer[1])


@numba.njit(cache=True)
def gather(puffs, origin, direction, block, slow, found):  # type: ignore[no-untyped-def]
    """Fill in the numbers of the puffs that rays `block` (first, last) may meet, return how many.

    They are those whose sphere reaches into the cone round the rays. `slow` [s] is the most that
    a ray's time differs from that of the puffs.
    """
    first, last = block
    x, y, z = 0.0, 0.0, 0.0
    for i in range(first, last):
        x, y, z = x + direction[i, 0], y + direction[i, 1], z + direction[i, 2]
    scale = 1.0 / max(np.sqrt(x * x + y * y + z * z), 1e-9)
    x, y, z = x * scale, y * scale, z * scale
    apart, lean = 0.0, 1.0
    for i in range(first, last):
        lean = min(lean, x * direction[i, 0] + y * direction[i, 1] + z * direction[i, 2])
        gap = 0.0
        for c in range(3):
            gap += (origin[i, c] - origin[first, c]) ** 2
        apart = max(apart, gap)
    lean, apart = max(min(lean, 1.0) - 1e-5, -1.0), np.sqrt(apart)
    spread = np.sqrt(1.0 - lean * lean)
    count = 0
    for k in range(len(puffs)):
        puff = puffs[k]
        speed = np.sqrt(puff[10] ** 2 + puff[11] ** 2 + puff[12] ** 2)
        size = 4.25 * puff[14] + apart + speed * slow
        u, v, w = puff[0] - origin[first, 0], puff[1] - origin[first, 1], puff[2] - origin[first, 2]
        away = np.sqrt(u * u + v * v + w * w)
        if away > size and lean > 0.0:
            # The cosine of the sum of the cone's half angle and that of the sphere.
            sine = size / away
            wide = lean * np.sqrt(1.0 - sine * sine) - spread * sine
            if u * x + v * y + w * z < away * wide:
                continue
        found[count] = k
        count += 1
    return count


@numba.njit(cache=True)
def depths(puffs, layers, weight, origin, direction, length, late):  # type: ignore[no-untyped-def]
    """Return the optical depth of everything along rays, matters weighted by `weight`.

    Args:
        puffs: see `Clouds`.
        layers: see `Clouds`.
        weight: of each matter, e.g. lidar extinction over that at 545 nm.
        origin: [m] (n, 3).
        direction: unit vectors (n, 3).
        length: [m] (n), infinite where nothing is met.
        late: [s] (n) time of the rays less that of the puffs.
    """
    out, near = np.zeros(len(origin)), np.empty(len(puffs), np.int64)
    many = 0
    for i in range(len(origin)):
        if i % BLOCK == 0:
            last = min(i + BLOCK, len(origin))
            slow = np.abs(late[i:last]).max()
            many = gather(puffs, origin, direction, (i, last), slow, near)
        start = (float(origin[i, 0]), float(origin[i, 1]), float(origin[i, 2]))
        way = (float(direction[i, 0]), float(direction[i, 1]), float(direction[i, 2]))
        end = min(float(length[i]), FAR)
        for k in near[:many]:
            depth, _ = puff_depth(puffs[k], start, way, end, late[i])
            out[i] += depth * weight[int(puffs[k, 13])]
        for k in range(len(layers)):
            depth = layer_depth(layers[k], start[2], way[2], end)
            out[i] += depth * weight[int(layers[k, 3])]
    return out


@numba.njit(cache=True)
def span(clouds, near, ray, length, late, met):  # type: ignore[no-untyped-def]
    """Return from where to where [m] a ray (start, way) is among clouds; (0, 0) where nowhere.

    `clouds` are puffs and layers; of the puffs those with numbers `near` are looked at. They count
    to 2.5 standard deviations, layers to five times the thickness of their top. The numbers of the
    puffs that count are filled into `met`; how many is the third to return.
    """
    (puffs, layers), (start, way) = clouds, ray
    first, last, count = length, 0.0, 0
    for k in near:
        depth, middle = puff_depth(puffs[k], start, way, length, late)
        if depth < 1e-3:
            continue
        met[count] = k
        count += 1
        half = 2.5 / np.sqrt(_steep(puffs[k], way))
        first, last = min(first, max(middle - half, 0.0)), max(last, min(middle + half, length))
    for k in range(len(layers)):
        if layer_depth(layers[k], start[2], way[2], length) < 1e-3:
            continue
        high = layers[k, 0] + 5.0 * layers[k, 1] - start[2]
        if high > 0.0:
            first, last = 0.0, max(last, min(length, high / way[2] if way[2] > 1e-6 else length))
        else:
            last = length
            first = min(first, min(length, high / way[2])) if way[2] < -1e-6 else 0.0
    return (first, last, count) if last > first else (0.0, 0.0, 0)


@numba.njit(cache=True)
def _steep(puff, way):  # type: ignore[no-untyped-def]
    """Return the squared standard deviations [1/m2] that a puff has per metre along `way`."""
    steep = way[0] * (puff[3] * way[0] + 2.0 * (puff[6] * way[1] + puff[7] * way[2]))
    steep += way[1] * (puff[4] * way[1] + 2.0 * puff[8] * way[2])
    return steep + puff[5] * way[2] * way[2]


def extinction_at(found: Clouds, point: Float[Array, "3"]) -> float:
    """Return the extinction [1/m] at `point` [m] at 545 nm."""
    x, y, z = (float(one) for one in point)
    total = sum(puff_density(one, (x, y, z), 0.0) for one in found.puffs)
    return float(total + sum(layer_density(one, z) for one in found.layers))
