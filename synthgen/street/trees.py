"""Trees: a forked trunk and crowns of many small leaf clusters, in species that differ."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array, unit
from synthgen.materials import Material, Texture, srgb
from synthgen.mesh import Mesh, merge, mesh
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
        clusters: leaf clusters per tree.
        size: [m] of a cluster.
    """

    name: str
    height: tuple[float, float]
    clear: float
    crown: float
    taper: float
    leaf: tuple[float, float, float]
    bark: tuple[float, float, float]
    clusters: int
    size: float


SPECIES = (
    Species("lime", (7, 11), 0.3, 0.75, 0.25, srgb(66, 92, 38), srgb(88, 76, 62), 250, 0.8),
    Species("plane", (8, 13), 0.32, 1.0, 0.0, srgb(92, 108, 52), srgb(140, 132, 108), 270, 0.98),
    Species("maple", (5, 8), 0.28, 0.95, 0.05, srgb(84, 96, 34), srgb(82, 72, 60), 220, 0.68),
    Species("cypress", (6, 10), 0.08, 0.24, 0.7, srgb(38, 58, 34), srgb(76, 60, 48), 230, 0.55),
    Species("birch", (7, 11), 0.25, 0.5, 0.3, srgb(112, 124, 58), srgb(196, 192, 182), 220, 0.64),
)  # fmt: skip


def tree(species: Species, rng: np.random.Generator) -> Mesh:
    """Return a tree at the origin, trunk of class tree and crown of class vegetation."""
    height = rng.uniform(*species.height)
    clear = height * species.clear
    middle, half = (height + clear) / 2, (height - clear) / 2
    bark = Material(f"{species.name} bark", species.bark, 0.95, texture=Texture.BARK,
                    reflectance=0.3, porosity=0.6)  # fmt: skip
    places = _places(species, half, rng) + np.array([0, 0, middle])
    limbs = _limbs(height, clear, places, bark, rng)
    return merge([*limbs, _crown(species, places, np.array([0, 0, middle]), rng)])


def _places(species: Species, half: float, rng: np.random.Generator) -> Float[Array, "n 3"]:
    """Return where leaf clusters sit: mostly near the crown's surface, gathered in boughs."""
    boughs = unit(rng.normal(size=(14, 3)))
    near = boughs[rng.integers(14, size=species.clusters)]
    way = unit(near + 0.55 * rng.normal(size=(species.clusters, 3)))
    depth = rng.uniform(0.35, 1.0, species.clusters) ** 0.45
    lobes = 0.82 + 0.18 * np.abs((way * near).sum(axis=1)) ** 6
    point = way * (depth * lobes)[:, None]
    narrow = 1 - species.taper * (point[:, 2] + 1) / 2
    return (
        point * np.stack([species.crown * narrow, species.crown * narrow, 0 * narrow + 1], 1) * half
    )


def _limbs(
    height: float, clear: float, places: Array, bark: Material, rng: np.random.Generator
) -> list[Mesh]:
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
        limbs.append(tube([start, bend, end], [girth * 0.5, girth * 0.32, 0.02], bark, "tree", 5))
    return limbs


def _crown(species: Species, places: Array, middle: Array, rng: np.random.Generator) -> Mesh:
    """Return the leaf clusters: bent five-triangle flakes, shaded as part of the whole crown."""
    count = len(places)
    outward = unit(places - middle)
    facing = unit(outward + 0.75 * rng.normal(size=(count, 3)))
    side = unit(np.cross(facing, rng.normal(size=(count, 3))))
    up = np.cross(facing, side)
    size = species.size * rng.uniform(0.6, 1.25, count)[:, None]
    corners = [
        places + size * (np.cos(a) * side + np.sin(a) * up) * r - 0.25 * size * facing
        for a, r in zip(
            np.arange(5) * np.pi / 2.5, rng.uniform(0.65, 1.1, (5, count, 1)), strict=True
        )
    ]
    vertices = np.stack([places, *corners], 1).reshape(-1, 3)
    base = np.arange(count)[:, None] * 6
    fan = np.array([[0, i + 1, (i + 1) % 5 + 1] for i in range(5)])
    triangles = (base[:, :, None] + fan).reshape(-1, 3)
    shade = 0.85 + 0.3 * rng.random(3)
    color = tuple(float(c) for c in np.clip(np.array(species.leaf) * shade, 0, 1))
    leaf = Material(f"{species.name} leaves", color, 0.75, texture=Texture.FOLIAGE,
                    reflectance=0.5, porosity=0.2)  # fmt: skip
    crown = mesh(vertices, triangles, leaf, "vegetation")
    soft = unit(0.55 * crown.normals + 0.45 * np.repeat(outward, 5, axis=0)[:, None])
    return Mesh(crown.vertices, crown.triangles, crown.material, crown.materials, soft, crown.uv,
                crown.circuit, crown.part, crown.classes)  # fmt: skip
