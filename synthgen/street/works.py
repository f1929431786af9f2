"""What stands on the road around works: barrier boards."""

from itertools import pairwise

import numpy as np

from synthgen.materials import Material, srgb
from synthgen.mesh import Mesh, merge
from synthgen.street.lamps import PAINTED_DARK
from synthgen.street.parts import block, plate, tube
from synthgen.world import Body, Extent

SHEET_RED = Material("barrier red", srgb(190, 28, 30), 0.4, reflectance=0.45, retroreflection=25.0)
SHEET_WHITE = Material("barrier white", srgb(236, 236, 234), 0.4, reflectance=0.8,
                       retroreflection=140.0)  # fmt: skip
RUBBER = Material("recycled rubber", srgb(40, 40, 42), 0.9, reflectance=0.08)
BOARD = (1.5, 0.25)
"""[m] Width and height of a board. Source: RSA 21, sign 600: 250 mm high, red and white."""


def barrier_board(name: str) -> Body:
    """Return a board on two feet that closes a lane, its stripes facing +x."""
    width, height = BOARD
    edges = np.linspace(-width / 2, width / 2, 7)
    parts = [
        stripe
        for number, (low, high) in enumerate(pairwise(edges))
        for stripe in _leaning(low, high, 0.8, height, number % 2 == 0)
    ]
    for y in (-width / 2 + 0.15, width / 2 - 0.15):
        parts.append(tube([(0, y, 0.05), (0, y, 1.1)], 0.02, PAINTED_DARK, "barrier", 6))
        parts.append(block((-0.4, y - 0.1, 0), (0.4, y + 0.1, 0.1), RUBBER, "barrier"))
    return _body(name, "barrier", "board", parts)


def _leaning(low: float, high: float, bottom: float, height: float, red: bool) -> list[Mesh]:
    """Return one stripe of a board, leaning 45 degrees, cut straight at the board's ends."""
    sheet = SHEET_RED if red else SHEET_WHITE
    half, lean = BOARD[0] / 2, height / 2
    feet = np.clip([low - lean, high - lean], -half, half)
    heads = np.clip([low + lean, high + lean], -half, half)
    outline = np.array([(feet[0], 0), (feet[1], 0), (heads[1], height), (heads[0], height)])
    return plate(outline + np.array([0, bottom]), 0.03, sheet, PAINTED_DARK, "barrier")


def _body(name: str, kind: str, subtype: str, parts: list[Mesh]) -> Body:
    body = merge(parts)
    low, high = body.vertices.min(axis=0), body.vertices.max(axis=0)
    extent = Extent(tuple((low + high) / 2), tuple(high - low))
    return Body(name, kind, subtype, body, extent)
