"""Guard rails, concrete barriers, noise walls and delineators: what runs along a fast road."""

from itertools import pairwise

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.materials import Material, Texture, srgb
from synthgen.mesh import Mesh, merge, mesh
from synthgen.street.lamps import GALVANISED
from synthgen.street.parts import block
from synthgen.world import Body, Extent

CONCRETE = Material("barrier concrete", srgb(168, 164, 156), 0.85, texture=Texture.CONCRETE,
                    reflectance=0.35, porosity=0.6)  # fmt: skip
PLASTIC = Material("post white", srgb(230, 230, 226), 0.5, reflectance=0.7)
BAND = Material("post band", srgb(24, 24, 26), 0.5, reflectance=0.08)
REFLECTOR = Material("reflector", srgb(226, 226, 222), 0.2, reflectance=0.8, retroreflection=300.0)
"""R_A as EN 12899-3:2007, table 6, class R2 asks of a delineator's reflector."""
PANELS = {
    "timber": Material("noise timber", srgb(134, 112, 84), 0.9, texture=Texture.CONCRETE,
                       parameters=(0.9, 0, 0, 0), reflectance=0.45, porosity=0.5),
    "green": Material("noise green", srgb(92, 116, 92), 0.7, reflectance=0.35),
    "concrete": CONCRETE,
}  # fmt: skip
TOP, BEAM = 0.75, 0.31
"""[m] Height of a guard rail's upper edge and of its beam (RAL-RG 620: profile A, 75 cm)."""
STEP_BARRIER = ((-0.31, 0.0), (0.31, 0.0), (0.27, 0.2), (0.15, 0.32), (0.1, 0.9), (-0.1, 0.9),
                (-0.15, 0.32), (-0.27, 0.2))  # fmt: skip
"""[m] Section (across, up) of a two-sided concrete step barrier of 0.9 m (EN 1317-2, H2)."""
_BEAM = ((0.0, 0.0), (0.03, 0.0), (0.083, 0.05), (0.083, 0.105), (0.02, 0.14), (0.02, 0.17),
         (0.083, 0.205), (0.083, 0.26), (0.03, 0.31), (0.0, 0.31))  # fmt: skip
_SUNK = 0.15


def extruded(section: Float[Array, "k 2"], length: float, material: Material, kind: str) -> Mesh:
    """Return a closed prism along x, middle at the origin.

    `section` (y, z) [m] is anticlockwise seen from +x and star-shaped about its mean.
    """
    shape = np.asarray(section, float)
    count = len(shape)
    ends = [np.column_stack([np.full(count, x), shape]) for x in (-length / 2, length / 2)]
    middles = np.array([[x, *shape.mean(axis=0)] for x in (-length / 2, length / 2)])
    here, after = np.arange(count), (np.arange(count) + 1) % count
    sides = np.concatenate(
        [
            np.stack([here, after, after + count], 1),
            np.stack([here, after + count, here + count], 1),
        ]
    )
    caps = np.concatenate(
        [
            np.stack([after, here, np.full(count, 2 * count)], 1),
            np.stack([here + count, after + count, np.full(count, 2 * count + 1)], 1),
        ]
    )
    vertices = np.concatenate([*ends, middles])
    return mesh(vertices, np.concatenate([sides[:, ::-1], caps[:, ::-1]])[:, ::-1], material, kind)


def guard_rail(length: float) -> Body:
    """Return `length` [m] of steel rail along x on posts, its face towards +y."""
    beam = extruded(np.array(_BEAM) + np.array([0, TOP - BEAM]), length, GALVANISED, "barrier")
    count = max(round(length / 4.0), 1)
    middles = (np.arange(count) + 0.5) * length / count - length / 2
    posts = [
        block((x - 0.05, -0.14, -_SUNK), (x + 0.05, -0.04, TOP - 0.02), GALVANISED, "barrier")
        for x in middles
    ]
    spacers = [
        block((x - 0.04, -0.05, TOP - 0.24), (x + 0.04, 0.0, TOP - 0.08), GALVANISED, "barrier")
        for x in middles
    ]
    return _barrier("guard_rail", merge([beam, *posts, *spacers]))


def concrete_barrier(length: float) -> Body:
    """Return `length` [m] of a concrete step barrier along x, alike on both sides."""
    section = np.array(STEP_BARRIER) - [0, _SUNK]
    section[2:, 1] += _SUNK
    count = max(round(length / 6.0), 1)
    piece = length / count
    parts = []
    for number in range(count):
        one = extruded(section, piece - 0.02, CONCRETE, "barrier")
        shift = np.array([(number + 0.5) * piece - length / 2, 0, 0])
        parts.append(mesh(one.vertices + shift, one.triangles, CONCRETE, "barrier"))
    return _barrier("concrete", merge(parts))


def _barrier(subtype: str, shape: Mesh) -> Body:
    low, high = shape.bounds
    low = np.array([low[0], low[1], 0.0])
    extent = Extent(tuple((low + high) / 2), tuple(high - low))
    return Body("", "barrier", subtype, shape, extent)


def delineator() -> Mesh:
    """Return a white post with a black band and reflectors to both sides, 1.05 m high.

    Source: EN 12899-3:2007, type D2.
    """
    shell = [(-0.06, -0.05), (0.06, -0.05), (0.045, 0.05), (-0.045, 0.05)]
    column = _upright(shell, -_SUNK, 1.05, PLASTIC)
    band = _upright([(1.03 * x, 1.03 * y) for x, y in shell], 0.72, 0.95, BAND)
    lights = [
        block((x - 0.004, -0.025, 0.76), (x + 0.004, 0.025, 0.92), REFLECTOR, "pole")
        for x in (-0.066, 0.066)
    ]
    return merge([column, band, *lights])


def _upright(
    section: list[tuple[float, float]], low: float, high: float, material: Material
) -> Mesh:
    """Return an upright prism over `section` (x, y) [m]."""
    lying = extruded(np.array([(y, -x) for x, y in section]), high - low, material, "pole")
    x, y, z = lying.vertices.T
    stood = np.column_stack([-z, y, x + (low + high) / 2])
    return mesh(stood, lying.triangles, material, "pole")


def noise_wall(length: float, height: float, style: str) -> Mesh:
    """Return a noise wall of `length` and `height` [m] along x: panels between steel posts."""
    count = max(round(length / 4.0), 1)
    edges = np.linspace(-length / 2, length / 2, count + 1)
    panels = PANELS[style]
    levels = np.arange(0.0, height - 0.2, 0.5)
    parts = []
    for a, b in pairwise(edges):
        parts.append(block((a, -0.08, -_SUNK), (b, 0.08, 0.45), CONCRETE, "fence"))
        for z in levels[1:]:
            thick = 0.05 if round(z * 2) % 2 else 0.07
            parts.append(block((a, -thick, z - 0.05), (b, thick, z + 0.45), panels, "fence"))
    parts += [
        block((x - 0.09, -0.1, -_SUNK), (x + 0.09, 0.1, height), GALVANISED, "fence") for x in edges
    ]
    return merge(parts)
