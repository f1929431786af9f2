"""Halls: warehouses with gates and loading docks, and barns."""

from dataclasses import dataclass

import numpy as np
from shapely.geometry import Polygon

from synthgen.lettering import strokes
from synthgen.materials import Material, srgb
from synthgen.place import palette
from synthgen.place.facets import Frame, Patch, quads
from synthgen.place.roofs import Pitch, Rectangle, gable, turned
from synthgen.place.shopfront import COOL, SIGN
from synthgen.place.walls import BACK, Wall, face, flat_roof, on_wall, panes, walls_of

SHEETS = (
    srgb(176, 180, 180), srgb(198, 198, 190), srgb(120, 132, 144), srgb(92, 104, 118),
    srgb(164, 160, 146), srgb(208, 206, 200), srgb(72, 88, 104),
)  # fmt: skip
"""Colours of profiled sheet."""
BOARDS = (srgb(104, 56, 44), srgb(92, 76, 60), srgb(120, 104, 84), srgb(74, 64, 54))
"""Colours of barns."""
DOCK = 1.15
"""[m] of a loading dock above its yard: the floor of a lorry."""
RUBBER = Material("dock rubber", srgb(30, 30, 32), 0.8, reflectance=0.08)
SIGNAL = palette.painted(srgb(196, 160, 40))
COMPANIES = ("LOGISTIK", "CARGO", "METALL", "TRANS", "STEEL", "FOODS", "PACK", "TECH", "PUMPEN",
             "MOTOR", "GLAS", "PAPER")  # fmt: skip


@dataclass(frozen=True)
class Hall:
    """How a hall is made.

    Attributes:
        height: [m] of the eaves.
        wall: cladding.
        plinth: concrete at its foot.
        accent: gates, trim and sign board.
        slope: rise over run of the roof; 0 for a flat one.
        rib: [m] between the seams of the cladding.
        docks: whether there are loading docks; otherwise gates at ground level.
        name: on the sign board, or empty.
    """

    height: float
    wall: Material
    plinth: Material
    accent: Material
    slope: float
    rib: float
    docks: bool
    name: str


def warehouse(rng: np.random.Generator) -> Hall:
    """Draw a warehouse or works."""
    color = SHEETS[int(rng.integers(len(SHEETS)))]
    accent = palette.BRIGHT[int(rng.integers(len(palette.BRIGHT)))]
    return Hall(
        height=float(rng.uniform(6.5, 12.5)),
        wall=Material("profiled sheet", color, 0.55, 0.1, reflectance=0.4, porosity=0.0),
        plinth=palette.concrete(142, "plinth"),
        accent=palette.painted(accent),
        slope=float(rng.choice([0.0, 0.0, 0.12])),
        rib=1.15,
        docks=bool(rng.uniform() < 0.6),
        name=str(COMPANIES[int(rng.integers(len(COMPANIES)))]),
    )


def barn(rng: np.random.Generator) -> Hall:
    """Draw a barn."""
    color = BOARDS[int(rng.integers(len(BOARDS)))]
    boards = Material("barn boards", color, 0.9, reflectance=0.4, porosity=0.5)
    return Hall(float(rng.uniform(3.8, 5.6)), boards, palette.concrete(130, "plinth"),
                palette.WOOD, float(rng.uniform(0.4, 0.7)), 0.6, False, "")  # fmt: skip


def hall(frame: Frame, over: Rectangle, one: Hall, rng: np.random.Generator) -> list[Patch]:
    """Return a closed hall over a rectangle of `frame`, its gates on the side near the street."""
    corners = frame.place(np.column_stack([over.corners, np.zeros(4)])[None])[0]
    walls = walls_of(corners[:, :2], [BACK] * 4, float(corners[0, 2]))
    parapet = 0.0 if one.slope else 0.9
    parts = []
    for number, wall in enumerate(walls):
        parts.append(face(wall, -0.1, one.height + parapet, one.wall))
        parts.append(on_wall(wall, _ribs(wall, one, parapet), one.wall))
        parts.append(on_wall(wall, [[0, wall.length, -0.1, 0.5, 0.06, 0.0]], one.plinth))
        if number:
            parts.extend(_strip(wall, one, rng))
    parts.extend(_front(walls[0], one, rng))
    return [*parts, *_roof(frame, over, one, parapet)]


def _ribs(wall: Wall, one: Hall, parapet: float) -> np.ndarray:
    """Seams of the sheets, and a coping."""
    at = np.arange(one.rib, wall.length - 0.1, one.rib)
    top = one.height + parapet
    rows = np.column_stack([at - 0.035, at + 0.035, np.tile([0.5, top, 0.04, 0.0], (len(at), 1))])
    return np.vstack([rows, [0.0, wall.length, top - 0.25, top, 0.08, 0.0]])


def _strip(wall: Wall, one: Hall, rng: np.random.Generator) -> list[Patch]:
    """A band of windows under the eaves, some lit."""
    if not one.name or wall.length < 15:
        return []
    count = int(wall.length // 3.4)
    middle = (np.arange(count) + 0.5) * wall.length / count
    rows = np.column_stack([middle - 1.1, middle + 1.1,
                            np.tile([one.height - 2.1, one.height - 1.0], (count, 1))])  # fmt: skip
    lit = rng.uniform(size=count) < 0.3 * (rng.uniform() < 0.7)
    return [panes(wall, rows[lit], 0.06, palette.GLASS, COOL),
            panes(wall, rows[~lit], 0.06, palette.GLASS)]  # fmt: skip


def _front(wall: Wall, one: Hall, rng: np.random.Generator) -> list[Patch]:
    """Gates or docks, a door, an office corner and a sign board."""
    if not one.name:
        return _barn_door(wall, one)
    office = min(float(rng.uniform(7.0, 13.0)), 0.3 * wall.length)
    pitch = 4.6 if one.docks else 7.5
    count = int((wall.length - office - 2.0) // pitch)
    middle = office + 1.0 + (np.arange(count) + 0.5) * (wall.length - office - 2.0) / max(count, 1)
    kept = middle[rng.uniform(size=count) < 0.75]
    gates = _docks(wall, kept, one) if one.docks else _gates(wall, kept, one)
    return [*gates, *_office(wall, office, one, rng), *_board(wall, one, rng)]


def _rows(middle: np.ndarray, half: float, rest: tuple[float, float, float, float]) -> np.ndarray:
    """Rows for `on_wall` about `middle` [m]: half width, then low, high, out, inside."""
    return np.column_stack([middle - half, middle + half, np.tile(rest, (len(middle), 1))])


def _gates(wall: Wall, middle: np.ndarray, one: Hall) -> list[Patch]:
    """Roller gates with slats, in frames."""
    tall = min(4.6, one.height - 1.2)
    slats = [_rows(middle, 2.0, (z, z + 0.4, 0.07, 0.0)) for z in np.arange(0.05, tall - 0.3, 0.48)]
    return [
        on_wall(wall, _rows(middle, 2.2, (0.0, tall + 0.25, 0.05, 0.0)), palette.FRAME_DARK),
        on_wall(wall, np.concatenate(slats), one.accent),
    ]


def _docks(wall: Wall, middle: np.ndarray, one: Hall) -> list[Patch]:
    """Docks: a gate at the height of a lorry's floor, cushions around it, buffers below."""
    low, high = DOCK, DOCK + 3.0
    cushion = [
        _rows(middle - 1.55, 0.3, (low, high, 0.55, 0.0)),
        _rows(middle + 1.55, 0.3, (low, high, 0.55, 0.0)),
        _rows(middle, 1.85, (high, high + 0.6, 0.55, 0.0)),
        _rows(middle - 1.0, 0.15, (low - 0.6, low - 0.1, 0.25, 0.0)),
        _rows(middle + 1.0, 0.15, (low - 0.6, low - 0.1, 0.25, 0.0)),
    ]
    slats = [_rows(middle, 1.25, (z, z + 0.42, 0.05, 0.0)) for z in np.arange(low, high - 0.2, 0.5)]
    return [
        on_wall(wall, np.concatenate(cushion), RUBBER),
        on_wall(wall, np.concatenate(slats), palette.FRAME_WHITE),
        on_wall(wall, _rows(middle, 2.1, (0.0, 0.1, 0.9, 0.0)), SIGNAL),
    ]


def _office(wall: Wall, width: float, one: Hall, rng: np.random.Generator) -> list[Patch]:
    """Windows on two floors and an entrance at the left end of the front."""
    count = max(int(width // 2.2), 1)
    middle = 0.6 + (np.arange(count) + 0.5) * (width - 0.6) / count
    floors = [z for z in (0.9, 4.2) if z + 1.8 < one.height]
    rows = np.concatenate([np.column_stack([middle - 0.8, middle + 0.8,
                                            np.tile([z, z + 1.5], (count, 1))])
                           for z in floors])  # fmt: skip
    lit = rng.uniform(size=len(rows)) < 0.35
    door = float(middle[-1])
    return [
        on_wall(wall, [[0.2, width, 0.5, one.height - 0.3, 0.09, 0.0]], one.plinth),
        panes(wall, rows[lit], 0.11, palette.LIT_GLASS, COOL),
        panes(wall, rows[~lit], 0.11, palette.GLASS),
        on_wall(wall, [[door - 0.7, door + 0.7, 0.0, 2.3, 0.14, 0.0]], palette.FRAME_DARK),
        on_wall(wall, [[door - 1.2, door + 1.2, 2.4, 2.6, 1.3, 0.0]], one.accent),
    ]


def _board(wall: Wall, one: Hall, rng: np.random.Generator) -> list[Patch]:
    """The company's name on a band below the eaves, lit at night."""
    letter = float(rng.uniform(0.9, 1.5))
    text = strokes(one.name, letter)
    flat = text.reshape(-1, 2)
    half = float(np.ptp(flat[:, 0])) / 2 + 0.6
    middle = float(rng.uniform(half + 0.5, max(wall.length - half - 0.5, half + 0.6)))
    high = one.height - letter / 2 - 0.7
    board = [[middle - half, middle + half, high - letter, high + letter, 0.12, 0.0]]
    local = np.insert(text + np.array([middle, high]), 1, -0.13, axis=2)
    white = palette.painted(palette.WHITE)
    return [
        on_wall(wall, board, one.accent),
        quads(wall.frame.place(local), white, local[..., [0, 2]], SIGN),
    ]


def _barn_door(wall: Wall, one: Hall) -> list[Patch]:
    """Two wings with braces."""
    x, high = wall.length / 2, min(3.6, one.height - 0.3)
    rails = [[x - 1.9, x + 1.9, z, z + 0.16, 0.1, 0.0] for z in (0.1, high / 2, high - 0.2)]
    posts = [[x + s - 0.08, x + s + 0.08, 0.1, high, 0.1, 0.0] for s in (-1.9, 0.0, 1.9)]
    return [
        on_wall(wall, [[x - 1.9, x + 1.9, 0.05, high, 0.06, 0.0]], palette.FRAME_DARK),
        on_wall(wall, rails + posts, one.accent),
    ]


def _roof(frame: Frame, over: Rectangle, one: Hall, parapet: float) -> list[Patch]:
    """A flat roof, or a pitched one along the longer side."""
    if not one.slope:
        corners = frame.place(np.column_stack([over.corners, np.zeros(4)])[None])[0]
        area, base = Polygon(corners[:, :2]), float(corners[0, 2])
        return flat_roof(area, base + one.height, parapet, (one.wall, palette.GRAVEL))
    tiles = palette.roof(palette.TILES[1]) if one.name else palette.roof(palette.TILES[0])
    if over.width < over.depth:
        frame, over = turned(frame, over)
    return gable(frame, over, Pitch(one.height, one.slope, 0.4), (tiles, one.wall))
