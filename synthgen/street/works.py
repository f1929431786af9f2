"""What stands on the road around works and breakdowns: barrier boards, warning triangles."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from synthgen.materials import Material, srgb
from synthgen.mesh import Mesh, merge
from synthgen.street.lamps import PAINTED_DARK
from synthgen.street.parts import block, plate, polygon, tube
from synthgen.world import Body, Extent

SHEET_RED = Material("barrier red", srgb(190, 28, 30), 0.4, reflectance=0.45, retroreflection=25.0)
SHEET_WHITE = Material("barrier white", srgb(236, 236, 234), 0.4, reflectance=0.8,
                       retroreflection=140.0)  # fmt: skip
FLUORESCENT = Material("triangle orange", srgb(246, 96, 30), 0.5, reflectance=0.6)
RUBBER = Material("recycled rubber", srgb(40, 40, 42), 0.9, reflectance=0.08)
BOARD = (1.5, 0.25)
"""[m] Width and height of a board. Source: RSA 21, sign 600: 250 mm high, red and white."""
SIDE = 0.45
"""[m] Outer side of a warning triangle. Source: UNECE R27: 500 +- 50 mm."""


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


def warning_triangle(name: str) -> Body:
    """Return a folding warning triangle that stands on the road, facing +x."""
    radius = SIDE / np.sqrt(3)
    rim = np.array([(*corner, 0.0) for corner in polygon(radius, 3, np.pi / 2)])
    inner = 0.72 * rim
    lift = np.array([0.0, 0.0, radius / 2 + 0.04])
    parts = []
    for a, b in ((0, 1), (1, 2), (2, 0)):
        bar = np.array([rim[a], rim[b], inner[b], inner[a]])[:, :2]
        face = plate(bar if _left(bar) else bar[::-1], 0.012, SHEET_RED, FLUORESCENT,
                     "traffic_sign")  # fmt: skip
        parts += [_lifted(piece, lift) for piece in face]
    parts += [
        tube([(0, 0, 0.05), (x, y, 0.01)], 0.008, PAINTED_DARK, "traffic_sign", 5)
        for x, y in ((0.16, 0.2), (0.16, -0.2), (-0.16, 0.2), (-0.16, -0.2))
    ]
    return _body(name, "traffic_sign", "warning_triangle", parts)


def _left(outline: np.ndarray) -> bool:
    """Return whether an outline runs anticlockwise."""
    x, y = outline.T
    return bool((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() > 0)


def _lifted(piece: Mesh, offset: np.ndarray) -> Mesh:
    return replace(piece, vertices=piece.vertices + offset)


def _body(name: str, kind: str, subtype: str, parts: list[Mesh]) -> Body:
    body = merge(parts)
    low, high = body.vertices.min(axis=0), body.vertices.max(axis=0)
    extent = Extent(tuple((low + high) / 2), tuple(high - low))
    return Body(name, kind, subtype, body, extent)
