"""Bushes and garden trees that have lost their leaves: twigs where these were."""

import numpy as np
from jaxtyping import Float, Int

from synthgen.branching import TWIG, TWIGS, shoots, wood
from synthgen.geometry import Array, unit
from synthgen.place.facets import Patch

STEMS, BRUSH = 5, 36
"""Stems of a bare bush, and twigs on each."""
SPRIG = 0.019
"""[m] Width of the twigs of a bush, with their side shoots."""
FULL = 120
"""Twigs of a lump of a crown that is seen from close by."""
NEAR = 50
"""Tufts of such a lump, at least; the twigs of others stand for several each."""


def brush(
    centers: Float[Array, "n 3"], radii: Float[Array, "n 3"], rng: np.random.Generator
) -> Patch:
    """Return bare bushes around `centers` with half axes `radii` [m].

    Twigs fork from stems that come out of the ground below the middle and fill the whole bush.
    """
    foot = np.repeat(centers - [0, 0, 1] * radii, STEMS, axis=0)
    foot[:, :2] += 0.15 * np.repeat(radii[:, :2], STEMS, axis=0) * rng.normal(size=(len(foot), 2))
    owner = np.repeat(np.arange(len(foot)), BRUSH)
    out = unit(rng.normal(size=(len(owner), 3))) * rng.uniform(0.1, 1, (len(owner), 1)) ** (1 / 3)
    tips = centers[owner // STEMS] + out * radii[owner // STEMS]
    return twigs(foot, tips, owner, SPRIG, rng)


def shed(
    crown: Patch, lumps: int, left: float, rng: np.random.Generator
) -> tuple[list[Patch], Float[Array, "n 3"], Int[Array, "n"]]:
    """Return what is left of a `crown` of `vegetation.blobs`, if anything, and where leaves were.

    That is where the tips of twigs are [m], and the number of the lump that each belongs to.
    """
    core = 20 * lumps
    leaves = (len(crown.corners) - core) // lumps
    kept = rng.random(lumps * leaves) < left
    each = max(round(FULL / leaves), 1) if leaves >= NEAR else 1
    where = np.repeat(np.flatnonzero(~kept), each)
    reach = np.linalg.norm(np.diff(crown.corners[core:, :2], axis=1)[:, 0], axis=1)[where]
    tips = crown.corners[core + where, 2] + 0.4 * reach[:, None] * rng.normal(size=(len(where), 3))
    whole = np.concatenate([np.full(core, left > 0.5), kept])
    rest = [] if not kept.any() else [part_of(crown, whole)]
    return rest, tips, where // leaves


def part_of(patch: Patch, which: Array) -> Patch:
    """Return some triangles of a patch that has shading normals of its own."""
    normals = None if patch.normals is None else patch.normals[which]
    return Patch(patch.corners[which], patch.material, patch.uv[which], patch.circuit, normals)


def thickness(leaves: int) -> float:
    """Return the width [m] of the twigs of lumps of `leaves` tufts: fewer cover as much."""
    return TWIG * (FULL / min(max(leaves, 1), FULL) if leaves < NEAR else 1.0) ** 0.7


def twigs(
    roots: Float[Array, "r 3"],
    tips: Float[Array, "n 3"],
    owner: Int[Array, "n"],
    width: float,
    rng: np.random.Generator,
) -> Patch:
    """Return the wood from each root to the tips that it owns [m], of twigs `width` [m] wide."""
    faces, normals = wood(shoots(roots, tips, owner, rng), rng, width)
    return Patch(faces, TWIGS, faces[:, :, :2], -1, normals)
