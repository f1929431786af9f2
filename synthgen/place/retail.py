"""Roadside retail: wide low boxes with shop fronts behind their own parking lots."""

import numpy as np
from shapely.geometry import Polygon

from synthgen.materials import Material, Texture
from synthgen.place import palette
from synthgen.place.facets import TOP, Frame, Patch, boxes
from synthgen.place.ground import Pavement
from synthgen.place.plots import Plot
from synthgen.place.shopfront import SIGN, Shop, shopfront
from synthgen.place.walls import (
    BACK,
    FRONT,
    bands,
    face,
    flat_roof,
    on_wall,
    ring_of,
    underside,
    walls_of,
)  # fmt: skip
from synthgen.place.yards import pavement

STALL = (2.6, 5.0)
"""[m] width and length of a parking space."""


def retail_area(plot: Plot, rng: np.random.Generator) -> Polygon | None:
    """Return where the shop stands: at the back of `plot`, None if it does not fit."""
    for share in (0.45, 0.35, 0.28):
        near = plot.depth * (1 - share) - 1.0
        side = float(rng.uniform(1.5, 4.0))
        wish = plot.run.rectangle(side, plot.width - side, near, plot.depth - 1.0)
        if plot.area.buffer(0.01).covers(wish) and wish.area > 60:
            return wish
    return None


def retail(area: Polygon, base: float, rng: np.random.Generator) -> list[Patch]:
    """Return a closed shop building on the rectangle `area`, its front along the first side."""
    height, parapet = float(rng.uniform(4.6, 6.8)), 0.9
    color = palette.PLASTER[int(rng.integers(len(palette.PLASTER)))]
    wall = palette.wall(color, Texture.CONCRETE)
    accent = palette.painted(palette.BRIGHT[int(rng.integers(len(palette.BRIGHT)))])
    walls = walls_of(ring_of(area), (FRONT, BACK, BACK, BACK), base)
    front = walls[0]
    one = Shop(height - 0.6, wall, accent, int(rng.choice([0, 1, -1], p=[0.4, 0.4, 0.2])), None)
    parts = [underside(area, base - 0.1, wall)]
    parts.extend(face(side, -0.1, height + parapet, wall) for side in walls[1:])
    parts.extend([face(front, -0.1, 0.0, wall), *shopfront(front, 0.0, one, rng)])
    parts.append(face(front, height - 0.6, height + parapet, wall))
    parts.extend(bands(walls, [(height + parapet - 0.2, height + parapet, 0.2)], accent))
    sign = float(rng.uniform(0.25, 0.6)) * front.length / 2
    middle = front.length * float(rng.uniform(0.35, 0.65))
    span = [max(middle - sign, 0.5), min(middle + sign, front.length - 0.5)]
    parts.append(on_wall(front, [[*span, height - 0.5, height + parapet + 0.9, 0.35, 0.3]], accent))
    board = [span[0] + 0.5, span[1] - 0.5, height - 0.1, height + 0.9, 0.42, 0.0]
    parts.append(on_wall(front, [board], palette.painted(palette.WHITE), SIGN))
    parts.extend(flat_roof(area, base + height, parapet, (wall, palette.GRAVEL)))
    return [*parts, *_units(area, base + height, rng)]


def _units(area: Polygon, top: float, rng: np.random.Generator) -> list[Patch]:
    """Air handling units on the roof."""
    inner = area.buffer(-2.5)
    if inner.is_empty:
        return []
    low_x, low_y, high_x, high_y = inner.bounds
    spots = rng.uniform([low_x, low_y], [high_x, high_y], (3, 2))
    kept = [spot for spot in spots if inner.contains(Polygon(spot + _FOOT))][:1]
    return [boxes([[*(s - 1.0), top]], [[*(s + 1.0), top + 1.4]], palette.STEEL) for s in kept]


_FOOT = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1.0]])


def parking_lot(plot: Plot, far: float, asphalt: Material) -> list[Pavement]:
    """Return the asphalt from the street to `far` [m] and the lines of its parking spaces."""
    lot = pavement(plot, (0.6, plot.width - 0.6, 2.0, far), asphalt)
    entry = pavement(plot, (plot.width / 2 - 3.5, plot.width / 2 + 3.5, 0.0, 2.0), asphalt)
    return [*lot, *entry]


def stall_lines(plot: Plot, frame: Frame, far: float) -> list[Patch]:
    """Return the lines between parking spaces along the far side of a lot, as flat paint."""
    count = int((plot.width - 3.0) // STALL[0])
    if count < 2 or far < 2 * STALL[1] + 2:
        return []
    x = 1.5 + np.arange(count + 1) * STALL[0]
    white = palette.paint(palette.WHITE, 0.4)
    rows = []
    for near in (2.6, far - STALL[1] - 1.4):
        low = np.column_stack([x - 0.05, np.full(count + 1, near), np.full(count + 1, -0.02)])
        high = low + np.array([0.1, STALL[1], 0.024])
        rows.append(boxes(low, high, white, frame, faces=TOP))
    return rows
