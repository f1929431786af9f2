"""Hedges, shrubs and garden trees: dark cores under tufts of leaves, or bare twigs."""

from functools import cache

import numpy as np
import shapely
from jaxtyping import Float, Int
from shapely.geometry.base import BaseGeometry

from synthgen.foliage import tufts
from synthgen.geometry import Array, unit
from synthgen.materials import Material, Texture, srgb
from synthgen.place.bare import brush, part_of, shed, thickness, twigs
from synthgen.place.facets import Patch, quads
from synthgen.place.palette import LEAVES, evergreen, foliage
from synthgen.place.walls import cylinder
from synthgen.rng import aside

BARK = Material("bark", srgb(84, 70, 56), 0.95, 0, Texture.BARK, reflectance=0.35, porosity=0.5)


@cache
def _icosphere(steps: int) -> tuple[Float[Array, "v 3"], Int[Array, "t 3"]]:
    """Unit sphere of 20 * 4^steps triangles."""
    g = (1 + 5**0.5) / 2
    points = [[-1, g, 0], [1, g, 0], [-1, -g, 0], [1, -g, 0], [0, -1, g], [0, 1, g],
              [0, -1, -g], [0, 1, -g], [g, 0, -1], [g, 0, 1], [-g, 0, -1], [-g, 0, 1]]  # fmt: skip
    faces = [[0, 11, 5], [0, 5, 1], [0, 1, 7], [0, 7, 10], [0, 10, 11], [1, 5, 9], [5, 11, 4],
             [11, 10, 2], [10, 7, 6], [7, 1, 8], [3, 9, 4], [3, 4, 2], [3, 2, 6], [3, 6, 8],
             [3, 8, 9], [4, 9, 5], [2, 4, 11], [6, 2, 10], [8, 6, 7], [9, 8, 1]]  # fmt: skip
    sphere, triangles = unit(np.array(points, float)), np.array(faces)
    for _ in range(steps):
        a, b, c = (sphere[triangles[:, i]] for i in range(3))
        ab, bc, ca = unit(a + b), unit(b + c), unit(c + a)
        parts = [(a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca)]
        corners = np.concatenate([np.stack(part, axis=1) for part in parts])
        keys, index = np.unique(corners.reshape(-1, 3).round(9), axis=0, return_inverse=True)
        sphere, triangles = keys, index.reshape(-1, 3)
    return sphere, triangles


FINE, COARSE = 180, 36
"""Tufts of a lump that is seen from close by, and of one far from all roads."""
_COVER = 3.6
"""Size of a tuft over the radius of its lump, if it were alone: tufts cover 0.6 of the surface."""


def blobs(
    centers: Float[Array, "n 3"],
    radii: Float[Array, "n 3"],
    material: Material,
    rng: np.random.Generator,
    leaves: int = 60,
) -> Patch:
    """Return lumps of leaves around `centers` with half axes `radii` [m].

    A closed core of 20 triangles, dented its own way, under `leaves` tufts.
    """
    core, normals = _cores(centers, radii, rng)
    tips, shades = _tufts(centers, radii, rng, leaves)
    faces, normals = np.concatenate([core, tips]), np.concatenate([normals, shades])
    return Patch(faces, material, faces[:, :, :2], -1, normals)


def _cores(
    centers: Float[Array, "n 3"], radii: Float[Array, "n 3"], rng: np.random.Generator
) -> tuple[Float[Array, "t 3 3"], Float[Array, "t 3 3"]]:
    """Return closed lumps, dented each its own way, and their shading normals."""
    sphere, triangles = _icosphere(0)
    shift = rng.uniform(0, 2 * np.pi, (len(centers), 1, 3))
    wave = np.sin(4.1 * sphere[None] + shift).sum(axis=2)
    shape = sphere[None] * (0.84 + 0.05 * wave[..., None])
    centers, radii = np.asarray(centers, float), np.asarray(radii, float)
    points = centers[:, None] + shape * radii[:, None]
    round_ = np.broadcast_to(sphere[triangles], (len(centers), len(triangles), 3, 3))
    return points[:, triangles].reshape(-1, 3, 3), round_.reshape(-1, 3, 3)


def _tufts(
    centers: Float[Array, "n 3"], radii: Float[Array, "n 3"], rng: np.random.Generator, leaves: int
) -> tuple[Float[Array, "t 3 3"], Float[Array, "t 3 3"]]:
    """Return `leaves` tufts on each lump, lump by lump, and their shading normals."""
    owner = np.repeat(np.arange(len(centers)), leaves)
    size = _COVER * radii[owner].mean(axis=1) / leaves**0.5
    return tufts(centers[owner], radii[owner], size, rng)


def bushes(
    centers: Float[Array, "n 3"],
    radii: Float[Array, "n 3"],
    material: Material,
    rng: np.random.Generator,
    leaves: int = 60,
    left: float = 1.0,
) -> list[Patch]:
    """Return bushes like `blobs`, whose share `left` is in leaf; the others are bare."""
    whole = blobs(centers, radii, material, rng, leaves)
    if left == 1:
        return [whole]
    other = aside(rng)
    leafy = other.random(len(centers)) < left
    kept = np.concatenate([np.repeat(leafy, 20), np.repeat(leafy, leaves)])
    parts = [part_of(whole, kept)] if leafy.any() else []
    if not leafy.all():
        parts.append(brush(np.asarray(centers)[~leafy], np.asarray(radii)[~leafy], other))
    return parts


def hedge(
    start: Float[Array, "3"],
    end: Float[Array, "3"],
    size: tuple[float, float],
    material: Material,
    rng: np.random.Generator,
) -> Patch:
    """Return a clipped hedge of `size` width and height [m] from `start` to `end` on the ground."""
    way = end - start
    count = max(int(np.linalg.norm(way) / 0.8), 2)
    side = np.array([-way[1], way[0], 0.0]) / np.linalg.norm(way[:2])
    up = np.array([0, 0, size[1]])
    across = np.array([0.45, 0.54, 0.42, 0.0, -0.42, -0.54, -0.45]) * size[0]
    levels = np.array([0.0, 0.5, 0.94, 1.0, 0.94, 0.5, 0.0])
    spine = start + np.linspace(0, 1, count + 1)[:, None] * way
    rows = spine[:, None] + across[:, None] * side + levels[:, None] * up
    rows[:, 1:-1] += rng.normal(0, 0.035, (count + 1, 5, 3))
    faces = np.stack([rows[:-1, :-1], rows[:-1, 1:], rows[1:, 1:], rows[1:, :-1]], axis=2)
    last = len(across) - 1
    caps = [
        [ends[i], ends[i + 1], ends[last - i - 1], ends[last - i]]
        for ends in (rows[0, ::-1], rows[-1])
        for i in range(last // 2)
    ]
    return quads(np.concatenate([faces.reshape(-1, 4, 3), np.array(caps)]), material)


def trees(
    feet: Float[Array, "n 3"],
    heights: Float[Array, "n"],
    material: Material,
    rng: np.random.Generator,
    leaves: int = 60,
    left: float = 1.0,
) -> tuple[list[Patch], list[Patch]]:
    """Return crowns and trunks of garden trees standing on `feet`, `heights` [m] tall.

    Each of the five lumps of a crown bears `leaves` tufts, of which the share `left` is there and
    twigs are where the others were.
    """
    count, lumps = len(feet), len(_LEVELS)
    turn = rng.uniform(0, 2 * np.pi, (count, 1)) + 2.39996 * np.arange(lumps)
    out = heights[:, None] * _REACH * rng.uniform(0.7, 1.2, (count, lumps))
    spread = np.stack([out * np.cos(turn), out * np.sin(turn), 0.0 * out], axis=2)
    centers = feet[:, None] + spread
    level = _LEVELS + rng.normal(0, 0.02, (count, lumps))
    centers[..., 2] += level * heights[:, None]
    size = _SIZES * heights[:, None] * rng.uniform(0.85, 1.15, (count, lumps))
    radii = np.stack([size, size, 0.85 * size], axis=2)
    crowns = [blobs(centers.reshape(-1, 3), radii.reshape(-1, 3), material, rng, leaves)]
    tall = 0.55
    if left < 1:
        other, width = aside(rng), thickness(leaves)
        crowns, tips, owner = shed(crowns[0], count * lumps, left, other)
        fork = feet + _FORK * heights[:, None] * [0.0, 0.0, 1.0]
        crowns.append(twigs(fork, tips, owner // lumps, width, other))
        tall = _FORK if left <= 0.5 else tall
    return crowns, [_trunk(*each, tall) for each in zip(feet, heights, strict=True)]


def _trunk(foot: Float[Array, "3"], height: float, share: float) -> Patch:
    """Return the trunk of a tree, up to a `share` of its height [m]."""
    thick = 0.015 * height + 0.02
    return cylinder(foot - [0, 0, 0.1], thick, share * height + 0.1, BARK, 0.8 * thick)


_FORK = 0.3
"""Height of a garden tree's lowest fork over its own."""
_LEVELS = np.array([0.5, 0.44, 0.58, 0.66, 0.8])
_REACH = np.array([0.14, 0.15, 0.15, 0.1, 0.03])
_SIZES = np.array([0.19, 0.17, 0.2, 0.21, 0.18])
"""Lumps of a garden tree's crown: height, distance from the trunk and radius over its height."""


NEEDLES = evergreen(40, 62, 42)


def conifers(
    feet: Float[Array, "n 3"], heights: Float[Array, "n"], rng: np.random.Generator
) -> list[Patch]:
    """Return spruces standing on `feet`, `heights` [m] tall: whorls of hanging boughs."""
    sides, whorls = 6, 7
    turn = rng.uniform(0, 2 * np.pi, (len(feet), whorls, 1))
    angle = turn + np.linspace(0, 2 * np.pi, 2 * sides + 1)
    ragged = np.where(np.arange(2 * sides + 1) % 2, 0.78, 1.0)
    level = np.linspace(0.08, 0.84, whorls)[None, :, None]
    tall, wide = heights[:, None, None], 0.19 * heights[:, None, None]
    out = wide * (1.04 - level) * ragged * rng.uniform(0.9, 1.1, (len(feet), whorls, 1))
    low = feet[:, None, None] + np.stack(
        [out * np.cos(angle), out * np.sin(angle),
         np.broadcast_to(tall * level - 0.04 * tall * (1 - ragged), out.shape)], axis=-1
    )  # fmt: skip
    tip = feet[:, None] + np.stack(
        [0 * heights[:, None] * level[:, :, 0], 0 * heights[:, None] * level[:, :, 0],
         np.minimum(level[:, :, 0] + 0.22, 1.0) * heights[:, None]], axis=-1
    )  # fmt: skip
    top = np.broadcast_to(tip[:, :, None], low[:, :, :-1].shape)
    cones = np.stack([low[:, :, :-1], low[:, :, 1:], top, top], axis=3).reshape(-1, 4, 3)
    floor = np.stack([low[:, :, 1:], low[:, :, :-1], 0.4 * top + 0.6 * low[:, :, :-1],
                      0.4 * top + 0.6 * low[:, :, 1:]], axis=3).reshape(-1, 4, 3)  # fmt: skip
    trunks = [
        cylinder(foot - np.array([0, 0, 0.1]), 0.012 * height + 0.04, 0.3 * height, BARK)
        for foot, height in zip(feet, heights, strict=True)
    ]
    return [quads(cones, NEEDLES), quads(floor, NEEDLES), *trunks]


def grove(
    area: BaseGeometry,
    count: int,
    base: float,
    street: BaseGeometry,
    rng: np.random.Generator,
    left: float = 1.0,
) -> list[Patch]:
    """Return up to `count` trees strewn over `area` on ground at `base` [m].

    Those within `CLOSE` of the `street` have fine leaves; the share `left` of them is there.
    """
    if area.is_empty:
        return []
    low_x, low_y, high_x, high_y = area.bounds
    spots = rng.uniform([low_x, low_y], [high_x, high_y], (count, 2))
    shapely.prepare(area)
    spots = spots[shapely.contains_xy(area, spots)]
    close = shapely.dwithin(shapely.points(spots), street, CLOSE)
    parts: list[Patch] = []
    for kind, leaf in enumerate(LEAVES):
        mine = np.arange(len(spots)) * len(LEAVES) // max(len(spots), 1) == kind
        for which, leaves in ((mine & close, FINE), (mine & ~close, COARSE)):
            if which.any():
                feet = np.column_stack([spots[which], np.full(int(which.sum()), base)])
                heights = rng.uniform(6, 14, len(feet))
                crowns, trunks = trees(feet, heights, foliage(*leaf), rng, leaves, left)
                parts.extend([*crowns, *trunks])
    return parts


CLOSE = 25.0
"""[m] from the street."""
