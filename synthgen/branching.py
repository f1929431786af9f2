"""Bare wood of trees and bushes: branches that fork from a root to many tips, as triangles."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.spatial.transform import Rotation

from synthgen.geometry import Array, unit
from synthgen.materials import Material, srgb

TWIGS = Material("twigs", srgb(100, 88, 76), 0.95, reflectance=0.3, porosity=0.6)

TWIG = 0.013
"""[m] Width of a twig where it begins; it ends in a point."""
GIRTH = 0.48
"""Power of the number of twigs that a branch is as thick as.

Source: C. Eloy, "Leonardo's rule, self-similarity, and wind-induced stresses in trees", Physical
Review Letters 107, 258101, 2011: diameters above a fork, to the power of 1.8 to 2.3, add up to
that below.
"""
ROUND = 16
"""Twigs from which on a branch is a prism; thinner ones are flat."""
SIDES = 4
"""Of a prism."""


@dataclass(frozen=True, eq=False)
class Shoots:
    """Pieces of wood from fork to fork.

    Attributes:
        start: [m] nearer to the root.
        end: [m].
        twigs: how many tips the piece feeds; a last piece feeds one.
    """

    start: Float[Array, "n 3"]
    end: Float[Array, "n 3"]
    twigs: Int[Array, "n"]


def shoots(
    roots: Float[Array, "r 3"],
    tips: Float[Array, "n 3"],
    owner: Int[Array, "n"],
    rng: np.random.Generator,
) -> Shoots:
    """Return the wood from `roots` to the `tips`, each of which is its `owner`'s [m].

    All trees fork at once: the tips behind a fork are cut in two across their greatest extent,
    and a branch goes to each part, about two fifths of the way to its middle.
    """
    points, group, forks = np.asarray(tips, float), np.asarray(owner), np.asarray(roots, float)
    pieces = [Shoots(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0, np.int64))]
    while len(points):
        alone = np.bincount(group)[group] == 1
        last = forks[group[alone]]
        pieces.append(Shoots(last, points[alone], np.ones(len(last), np.int64)))
        points, group = points[~alone], group[~alone]
        part, group = np.unique(2 * group + _halved(points, group, rng), return_inverse=True)
        begin, count = forks[part // 2], np.bincount(group, minlength=len(part))
        middle = np.stack([np.bincount(group, points[:, k], len(part)) for k in range(3)], axis=1)
        way = middle / count[:, None] - begin
        sway = 0.1 * np.linalg.norm(way, axis=1, keepdims=True) * rng.normal(size=way.shape)
        forks = begin + rng.uniform(0.3, 0.5, (len(way), 1)) * way + sway
        # A part of one tip needs no fork of its own: its last piece starts at the one before.
        single = count == 1
        forks[single] = begin[single]
        pieces.append(Shoots(begin[~single], forks[~single], count[~single]))
    start, end, twigs = zip(*((one.start, one.end, one.twigs) for one in pieces), strict=True)
    return Shoots(np.concatenate(start), np.concatenate(end), np.concatenate(twigs))


def _halved(
    points: Float[Array, "n 3"], group: Int[Array, "n"], rng: np.random.Generator
) -> Bool[Array, "n"]:
    """Return which points are in the second part of their group, cut across its longest axis."""
    if not len(points):
        return np.zeros(0, bool)
    turned = Rotation.random(random_state=rng).apply(points)
    count = np.bincount(group)
    order = np.argsort(group, kind="stable")
    present = count > 0
    first = np.zeros(len(count), np.int64)
    first[present] = np.cumsum(count[present]) - count[present]
    starts = first[present]
    extent = np.zeros((len(count), 3))
    sorted_ = turned[order]
    extent[present] = np.maximum.reduceat(sorted_, starts) - np.minimum.reduceat(sorted_, starts)
    key = np.take_along_axis(turned, extent.argmax(axis=1)[group][:, None], axis=1)[:, 0]
    order = np.lexsort((key, group))
    rank = np.empty(len(points), np.int64)
    rank[order] = np.arange(len(points)) - first[group[order]]
    cut = np.round(count * rng.uniform(0.35, 0.65, len(count)))
    return rank >= np.clip(cut, 1, np.maximum(count - 1, 1))[group]


def wood(
    pieces: Shoots, rng: np.random.Generator, twig: float = TWIG
) -> tuple[Float[Array, "t 3 3"], Float[Array, "t 3 3"]]:
    """Return triangles of the `pieces` and their shading normals; a twig is `twig` [m] wide.

    Twigs are one triangle, branches of few twigs flat bands, and thicker ones prisms, each as thick
    as what it feeds.
    """
    way = unit(pieces.end - pieces.start)
    aside = unit(np.cross(way, rng.normal(size=way.shape)))
    across = np.cross(way, aside)
    flat = pieces.twigs < ROUND
    made = [_strip(pieces, flat, twig, (-aside, across, aside))]
    corners = 2 * np.pi / SIDES * np.arange(SIDES + 1)
    turns = [np.cos(turn) * aside + np.sin(turn) * across for turn in corners]
    for left, right in pairwise(turns):
        made.append(_strip(pieces, ~flat, twig, (left, 0 * left, right)))
    faces, normals = zip(*made, strict=True)
    return np.concatenate(faces), np.concatenate(normals)


def girth(twigs: float | Array, twig: float = TWIG) -> float | Array:
    """Return the width [m] of a branch that bears so many `twigs` of a width of `twig` [m]."""
    return twig * twigs**GIRTH


def _strip(
    pieces: Shoots, which: Bool[Array, "n"], twig: float, turns: tuple[Array, Array, Array]
) -> tuple[Float[Array, "t 3 3"], Float[Array, "t 3 3"]]:
    """Return a side of each of the pieces `which`, between two directions away from its axis.

    `turns` are the direction to the left, what both edges face besides, and that to the right.
    """
    left, front, right = (turn[which] for turn in turns)
    count = pieces.twigs[which]
    low = girth(count[:, None], twig) / 2
    high = np.where(count[:, None] == 1, 0.0, girth(0.55 * count[:, None], twig) / 2)
    start, end = pieces.start[which], pieces.end[which]
    quad = np.stack([start + low * left, start + low * right, end + high * right,
                     end + high * left], axis=1)  # fmt: skip
    round_ = unit(np.stack([left + front, right + front, right + front, left + front], axis=1))
    faces, normals = (
        np.concatenate([four[:, [0, 1, 2]], four[count > 1][:, [0, 2, 3]]])
        for four in (quad, round_)
    )
    return faces, normals
