"""Overhead signs: panels with destinations on a lattice over the carriageway."""

from itertools import pairwise

import numpy as np

from synthgen.geometry import Array
from synthgen.lettering import strokes
from synthgen.materials import Material, srgb
from synthgen.mesh import Mesh, merge, mesh
from synthgen.street.lamps import GALVANISED
from synthgen.street.parts import block, plate, rectangle, tube
from synthgen.street.signs import BACK, SHEETING
from synthgen.world import Body, Extent

CLEARANCE = 5.6
"""[m] below the panels. Source: FGSV, RAA 2008: 4.7 m and more, 5.5 m usual."""
COLORS = {
    "blue": Material("sign blue", srgb(20, 62, 140), 0.35, reflectance=0.4,
                     retroreflection=0.1 * SHEETING, porosity=0.0),
    "green": Material("sign green", srgb(14, 92, 56), 0.35, reflectance=0.4,
                      retroreflection=0.1 * SHEETING, porosity=0.0),
}  # fmt: skip
"""Panels of European and of American motorways (Vienna Convention; MUTCD, chapter 2E)."""
WHITE = Material("sign white", (0.75, 0.75, 0.75), 0.35, reflectance=0.8,
                 retroreflection=SHEETING, porosity=0.0)  # fmt: skip
NAMES = ("NORDEN", "ALTSTADT", "AIRPORT", "HAVEN", "MILTON", "ELMAR", "OSTRAU", "TOLLAND",
         "PORT", "LENZ", "CENTER", "AVILA", "SUNDAL", "BREMEN")  # fmt: skip
"""Places that may be signed: made up or common."""


def destination(color: str, words: list[str], width: float, arrow: bool) -> Body:
    """Return a panel `width` [m] wide with a line of text per word; the origin is its middle.

    It faces +x. `arrow` adds one that points to the upper right, to leave the motorway.
    """
    letter = 0.42
    height = 0.75 * len(words) + 0.55
    face = COLORS[color]
    parts = plate(rectangle(width, height), 0.06, face, BACK, "traffic_sign")
    parts += _rim(width, height)
    for number, word in enumerate(words):
        row = height / 2 - 0.65 - 0.75 * number
        size = min(letter, (width - 0.8) / (0.95 * max(len(word), 1)))
        parts.append(_flat(strokes(word, size) + np.array([0.0, row])))
    if arrow:
        parts.append(_flat(_arrow() + np.array([width / 2 - 0.55, 0.6 - height / 2])))
    body = merge(parts)
    low, high = body.vertices.min(axis=0), body.vertices.max(axis=0)
    extent = Extent(tuple((low + high) / 2), tuple(high - low))
    return Body("", "traffic_sign", "destination", body, extent)


def _flat(quads: Array) -> Mesh:
    """Return white shapes (n, 4, 2) 4 mm before a panel's face, read from +x."""
    points = np.asarray(quads, float).reshape(-1, 2)
    vertices = np.column_stack([np.full(len(points), 0.034), points])
    base = np.arange(len(points) // 4)[:, None, None] * 4
    faces = (base + np.array([[0, 1, 2], [0, 2, 3]])).reshape(-1, 3)
    return mesh(vertices, faces, WHITE, "traffic_sign")


def _rim(width: float, height: float) -> list[Mesh]:
    """Return the white border of a panel."""
    a, b, t = width / 2 - 0.08, height / 2 - 0.08, 0.05
    bars = [(-a, -b, a, -b + t), (-a, b - t, a, b), (-a, -b, -a + t, b), (a - t, -b, a, b)]
    return [_flat(np.array([[[x, y], [v, y], [v, w], [x, w]]])) for x, y, v, w in bars]


def _arrow() -> Array:
    """Return an arrow to the upper right, 0.7 m long, as quads."""
    shaft = np.array([[-0.3, -0.22], [-0.22, -0.3], [0.2, 0.12], [0.12, 0.2]])
    head = np.array([[0.3, 0.3], [-0.08, 0.3], [0.11, 0.11], [0.3, -0.08]])
    return np.stack([shaft, head])


def frame(width: float, height: float) -> Mesh:
    """Return two legs and a lattice over `width` [m] to the left (+y) of the origin.

    The lattice's lower edge is at `height` [m].
    """
    deep = 0.7
    parts = [block((-0.16, y - 0.16, -0.1), (0.16, y + 0.16, height + deep), GALVANISED, "pole")
             for y in (0.0, width)]  # fmt: skip
    for x in (-0.3, 0.3):
        for z in (height, height + deep):
            parts.append(tube([(x, 0, z), (x, width, z)], 0.05, GALVANISED, "pole", 6))
    count = max(round(width / 1.2), 2)
    ys = np.linspace(0, width, count + 1)
    for number, (a, b) in enumerate(pairwise(ys)):
        low, high = (height, height + deep) if number % 2 else (height + deep, height)
        for x in (-0.3, 0.3):
            parts.append(tube([(x, a, low), (x, b, high)], 0.03, GALVANISED, "pole", 5))
    return merge(parts)
