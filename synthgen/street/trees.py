"""Trees: a forked trunk and a crown of leafy boughs, dark cores under tufts of leaves; or bare."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from jaxtyping import Float, Int
from scipy.spatial import ConvexHull

from synthgen.branching import TWIGS, shoots, wood
from synthgen.foliage import tufts
from synthgen.geometry import Array, unit
from synthgen.materials import Material, Texture, srgb
from synthgen.mesh import Mesh, merge, mesh
from synthgen.rng import aside
from synthgen.street.parts import tube


@dataclass(frozen=True)
class Species:
    """What makes a kind of tree.

    Attributes:
        name: of the species.
        height: [m] least and most.
        clear: share of the height below the crown.
        crown: half width of the crown over its half height.
        taper: 0 for a ball, 1 for a cone.
        leaf: colour of the leaves.
        bark: colour of the bark.
        tufts: of leaves, which make the crown.
        size: [m] of a tuft.
        evergreen: whether it keeps its leaves.
    """

    name: str
    height: tuple[float, float]
    clear: float
    crown: float
    taper: float
    leaf: tuple[float, float, float]
    bark: tuple[float, float, float]
    tufts: int
    size: float
    evergreen: bool = False


SPECIES = (
    Species("lime", (7, 11), 0.3, 0.75, 0.25, srgb(66, 92, 38), srgb(88, 76, 62), 1320, 0.40),
    Species("plane", (8, 13), 0.32, 1.0, 0.0, srgb(92, 108, 52), srgb(140, 132, 108), 1420, 0.46),
    Species("maple", (5, 8), 0.28, 0.95, 0.05, srgb(84, 96, 34), srgb(82, 72, 60), 1320, 0.34),
    Species("cypress", (6, 10), 0.08, 0.24, 0.7, srgb(38, 58, 34), srgb(76, 60, 48), 1340, 0.30,
            evergreen=True),
    Species("birch", (7, 11), 0.25, 0.5, 0.3, srgb(112, 124, 58), srgb(196, 192, 182), 1340, 0.34),
)  # fmt: skip
BOUGHS = 11


@dataclass(frozen=True, eq=False)
class _Boughs:
    """Lumps of a crown: middles and half axes [m], about the crown's middle."""

    middle: Float[Array, "n 3"]
    half: Float[Array, "n 3"]


def tree(species: Species, rng: np.random.Generator, left: float = 1.0) -> Mesh:
    """Return a tree at the origin, trunk of class tree and crown of class vegetation.

    That share of its leaves is `left`; bare twigs are where the others were.
    """
    height = rng.uniform(*species.height)
    clear = height * species.clear
    middle, half = np.array([0, 0, (height + clear) / 2]), (height - clear) / 2
    bark = Material(f"{species.name} bark", species.bark, 0.95, texture=Texture.BARK,
                    reflectance=0.3, porosity=0.6)  # fmt: skip
    boughs = _boughs(species, half, rng)
    spine, limbs = _limbs(height, clear, boughs.middle + middle, bark, rng)
    shade = 0.85 + 0.3 * rng.random(3)
    red, green, blue = (float(c) for c in np.clip(np.array(species.leaf) * shade, 0, 1))
    leaf = Material(f"{species.name} leaves", (red, green, blue), 0.75, texture=Texture.FOLIAGE,
                    reflectance=0.5, porosity=0.2)  # fmt: skip
    lumps = [_lump(boughs, number, leaf, rng) for number in range(BOUGHS)]
    owner, corners, normals = _leaves(species, boughs, rng)
    kept, bare = np.ones(len(owner), bool), []
    if left < 1 and not species.evergreen:
        other = aside(rng)
        kept = other.random(len(owner)) < left
        tips = corners[~kept, 2] + middle
        bare, lumps = [_bare(tips, owner[~kept], spine, other)], lumps if left > 0.5 else []
    if kept.any():
        lumps.append(_tufts(corners[kept], normals[kept], leaf))
    crown = [replace(lump, vertices=lump.vertices + middle) for lump in lumps]
    return merge([*limbs[: None if kept.any() else 1], *crown, *bare])


def _boughs(species: Species, half: float, rng: np.random.Generator) -> _Boughs:
    """Return boughs spread over the crown: a golden-angle spiral from its foot to its tip."""
    rise = (np.arange(BOUGHS) + 0.5) / BOUGHS * 2 - 1 + 0.08 * rng.normal(size=BOUGHS)
    rise = np.clip(rise, -0.95, 0.95)
    turn = np.arange(BOUGHS) * 2.39996 + rng.uniform(0, 2 * np.pi) + 0.3 * rng.normal(size=BOUGHS)
    narrow = 1 - species.taper * (rise + 1) / 2
    out = np.sqrt(1 - rise**2) * rng.uniform(0.75, 1.05, BOUGHS) * 0.56 * species.crown * narrow
    middle = np.stack([out * np.cos(turn), out * np.sin(turn), 0.64 * rise], 1)
    wide = species.crown * narrow * rng.uniform(0.46, 0.62, BOUGHS)
    tall = np.maximum(0.30, 0.42 * wide) * rng.uniform(0.9, 1.2, BOUGHS)
    return _Boughs(middle * half, np.stack([wide, wide, tall], 1) * half)


def _lump(boughs: _Boughs, number: int, leaf: Material, rng: np.random.Generator) -> Mesh:
    """Return the core of a bough's mass of leaves: a knobbly ball under the tufts."""
    knob = 0.82 + 0.1 * rng.normal(size=len(_BALL))
    points = boughs.middle[number] + _BALL * np.clip(knob, 0.6, 0.95)[:, None] * boughs.half[number]
    lump = mesh(points, _ball_faces(), leaf, "vegetation", crease=1.2)
    return replace(lump, normals=_softened(lump.vertices[lump.triangles], lump.normals))


def _softened(corners: Float[Array, "t 3 3"], normals: Float[Array, "t 3 3"]) -> Array:
    """Return normals bent away from the middle of the crown, as light on leaves falls off."""
    return unit(0.6 * normals + 0.4 * unit(corners))


def _leaves(
    species: Species, boughs: _Boughs, rng: np.random.Generator
) -> tuple[Int[Array, "n"], Float[Array, "n 3 3"], Float[Array, "n 3 3"]]:
    """Return the tufts of leaves on all boughs, as many on each as it has surface.

    These are the number of each one's bough, its corners [m] and its shading normals.
    """
    area = boughs.half[:, 0] * boughs.half.sum(axis=1)
    owner = rng.choice(BOUGHS, species.tufts, p=area / area.sum())
    size = np.full(species.tufts, species.size)
    return owner, *tufts(boughs.middle[owner], boughs.half[owner], size, rng)


def _tufts(corners: Float[Array, "n 3 3"], normals: Float[Array, "n 3 3"], leaf: Material) -> Mesh:
    faces = np.arange(3 * len(corners)).reshape(-1, 3)
    made = mesh(corners.reshape(-1, 3), faces, leaf, "vegetation")
    return replace(made, normals=_softened(corners, normals))


def _bare(
    tips: Float[Array, "n 3"], owner: Int[Array, "n"], spine: Float[Array, "2 3"],
    rng: np.random.Generator,
) -> Mesh:  # fmt: skip
    """Return boughs that come out of the `spine` below their `tips` [m] and fork up to them."""
    owner = np.unique(owner, return_inverse=True)[1]
    foot, top = spine
    count = np.bincount(owner)
    middle = np.stack([np.bincount(owner, tips[:, k]) for k in range(3)], axis=1) / count[:, None]
    out = np.linalg.norm(middle[:, :2] - foot[:2], axis=1)
    rise = np.clip((middle[:, 2] - 0.8 * out - foot[2]) / (top[2] - foot[2]), -0.15, 1.0)
    roots = foot + rise[:, None] * (top - foot)
    faces, normals = wood(shoots(roots, tips, owner, rng), rng)
    bare = mesh(faces.reshape(-1, 3), np.arange(3 * len(faces)).reshape(-1, 3), TWIGS, "vegetation")
    return replace(bare, normals=normals)


_GOLDEN = (1 + 5**0.5) / 2
_BALL = unit(np.array([
    np.roll([0.0, a, b * _GOLDEN], turn) for turn in range(3) for a in (-1, 1) for b in (-1, 1)
]))  # fmt: skip
"""Corners of an icosahedron."""


@cache
def _ball_faces() -> Int[Array, "t 3"]:
    """Return the faces of `_BALL`, anticlockwise seen from outside."""
    faces = ConvexHull(_BALL).simplices
    corner = _BALL[faces]
    normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    inward = np.einsum("ti,ti->t", normal, corner.mean(axis=1)) < 0
    return np.where(inward[:, None], faces[:, ::-1], faces)


def _limbs(
    height: float, clear: float, places: Array, bark: Material, rng: np.random.Generator
) -> tuple[Float[Array, "2 3"], list[Mesh]]:
    """Return where boughs come out of the trunk, from foot to top [m], and trunk and limbs."""
    girth = 0.016 * height + 0.03
    sway = rng.normal(size=2) * 0.12
    top = (sway[0], sway[1], clear + 0.55 * (height - clear))
    trunk = tube(
        [(0, 0, -0.05), (0, 0, 0.25), (sway[0] / 2, sway[1] / 2, clear), top],
        [girth * 1.35, girth, girth * 0.8, girth * 0.3], bark, "tree", 7,
    )  # fmt: skip
    limbs = [trunk]
    for target in places[rng.integers(len(places), size=6)]:
        start = np.array([sway[0] / 2, sway[1] / 2, clear * rng.uniform(0.8, 1.15)])
        bend = start + (target - start) * [0.35, 0.35, 0.6]
        end = start + 0.85 * (target - start)
        limbs.append(
            tube(np.array([start, bend, end]), [girth * 0.5, girth * 0.32, 0.02], bark, "tree", 5)
        )
    return np.array([[sway[0] / 2, sway[1] / 2, clear], top]), limbs
