"""Detached houses with pitched roofs, real windows, doors, porches and garages."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.materials import Material, Texture
from synthgen.place import palette
from synthgen.place.facets import Frame, Patch, boxes
from synthgen.place.roofs import Pitch, Rectangle, gable, hip, turned
from synthgen.place.walls import BACK, Wall, casings, face, on_wall, panes, slabs, walls_of

STOREY = 2.75
PLINTH = 0.35


@dataclass(frozen=True)
class HouseDesign:
    """How one house is made.

    Attributes:
        storeys: floors under the eaves.
        roof: gable, front_gable or hip.
        slope: rise over run of the roof.
        cladding: walls.
        tiles: roof.
        frame: windows and trim.
        door: front door.
        window: [m] width and height of windows.
        porch: whether the door has a porch.
        lit: share of lit windows.
    """

    storeys: int
    roof: str
    slope: float
    cladding: Material
    tiles: Material
    frame: Material
    door: Material
    window: tuple[float, float]
    porch: bool
    lit: float


def house_design(rng: np.random.Generator) -> HouseDesign:
    """Draw a house."""
    if rng.uniform() < 0.3:
        cladding = palette.wall(palette.BRICK[int(rng.integers(len(palette.BRICK)))], Texture.BRICK)
    else:
        color = palette.CLADDING[int(rng.integers(len(palette.CLADDING)))]
        boards = float(rng.uniform(0.11, 0.2)) if rng.uniform() < 0.55 else 0.0
        cladding = palette.wall(color, Texture.PLASTER, boards)
    frame = palette.FRAME_WHITE if rng.uniform() < 0.8 else palette.FRAME_DARK
    return HouseDesign(
        storeys=int(rng.choice([1, 2], p=[0.5, 0.5])),
        roof=str(rng.choice(["gable", "front_gable", "hip"], p=[0.45, 0.2, 0.35])),
        slope=float(rng.uniform(0.45, 0.8)),
        cladding=cladding,
        tiles=palette.roof(palette.TILES[int(rng.integers(len(palette.TILES)))]),
        frame=frame,
        door=palette.painted(palette.BRIGHT[int(rng.integers(len(palette.BRIGHT)))]),
        window=(float(rng.uniform(1.0, 1.5)), float(rng.uniform(1.2, 1.5))),
        porch=bool(rng.uniform() < 0.5),
        lit=float(rng.uniform(0.0, 0.6)),
    )


@dataclass(frozen=True)
class HousePlan:
    """Where a house stands in its plot's frame (x along the street, y inward).

    Attributes:
        main: the house.
        garage: the garage beside it; None for none.
        door: [m] x of the front door.
    """

    main: Rectangle
    garage: Rectangle | None
    door: float


def house(frame: Frame, plan: HousePlan, one: HouseDesign, rng: np.random.Generator) -> list[Patch]:
    """Return a whole house in the plot's `frame`."""
    eaves = PLINTH + one.storeys * STOREY
    parts = _shell(frame, plan.main, eaves, one)
    for index, wall in enumerate(_walls(frame, plan.main)):
        parts.extend(_windows(wall, plan, one, index, rng))
    parts.extend(_entrance(frame, plan, one))
    parts.extend(_chimney(frame, plan.main, eaves, one, rng))
    if plan.garage is not None:
        parts.extend(_garage(frame, plan.garage, one))
    return parts


def _walls(frame: Frame, over: Rectangle) -> list[Wall]:
    corners = frame.place(np.column_stack([over.corners, np.zeros(4)])[None])[0]
    return walls_of(corners[:, :2], [BACK] * 4, float(corners[0, 2]))


def _shell(frame: Frame, over: Rectangle, eaves: float, one: HouseDesign) -> list[Patch]:
    """Walls, plinth, roof and floor."""
    parts = [face(wall, -0.1, eaves, one.cladding) for wall in _walls(frame, over)]
    grown = over.corners + 0.05 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    low, high = [*grown[0], -0.1], [*grown[2], PLINTH]
    parts.append(boxes([low], [high], palette.GRANITE, frame))
    return [*parts, *_roof(frame, over, eaves, one)]


def _roof(frame: Frame, over: Rectangle, eaves: float, one: HouseDesign) -> list[Patch]:
    across = one.roof == "front_gable" or (one.roof == "hip" and over.width < over.depth)
    if across:
        frame, over = turned(frame, over)
    pitch = Pitch(eaves, one.slope, 0.45)
    if one.roof == "hip":
        return hip(frame, over, pitch, one.tiles)
    return gable(frame, over, pitch, (one.tiles, one.cladding))


def _windows(
    wall: Wall, plan: HousePlan, one: HouseDesign, side: int, rng: np.random.Generator
) -> list[Patch]:
    """Windows of one wall; on the front (`side` 0) the door keeps its place."""
    width, height = one.window
    count = max(int(wall.length // (width + 1.9)), 1)
    middle = np.tile((np.arange(count) + 0.5) * wall.length / count, one.storeys)
    sill = np.repeat(PLINTH + np.arange(one.storeys) * STOREY + 0.85, count)
    if side == 0:
        clear = np.abs(middle - (plan.door - plan.main.left)) > width / 2 + 0.9
        free = clear | (sill > STOREY)
        middle, sill = middle[free], sill[free]
    lit = rng.uniform(size=len(middle)) < one.lit
    half = width / 2
    glass = _spans(middle, sill, (half, 0.0, height))
    uprights = _spans(middle, sill, (0.025, 0.0, height))
    across = _spans(middle, sill, (half, 0.5 * height - 0.025, 0.5 * height + 0.025))
    ledge = np.pad(_spans(middle, sill, (half + 0.15, -0.16, -0.08)), ((0, 0), (0, 2)))
    ledge[:, 4] = 0.13
    drawn = glass[rng.uniform(size=len(middle)) < _CURTAINED]
    drawn[:, 2] += (drawn[:, 3] - drawn[:, 2]) * rng.choice([0.0, 0.35, 0.6], len(drawn))
    return [
        casings(wall, glass, 0.1, 0.09, one.frame),
        on_wall(wall, ledge, one.frame),
        panes(wall, glass[lit], 0.008, palette.GLASS, 0),
        panes(wall, glass[~lit], 0.008, palette.GLASS),
        panes(wall, drawn, 0.014, palette.BLIND),
        panes(wall, np.concatenate([uprights, across]), 0.03, one.frame),
    ]


_CURTAINED = 0.45
"""Share of windows with a blind or curtains, some of them half down."""


def _spans(
    middle: Float[Array, "n"], sill: Float[Array, "n"], size: tuple[float, float, float]
) -> Float[Array, "n 4"]:
    """Rows left, right, low, high; size: half width, low and high over the sill [m]."""
    half, low, high = size
    return np.column_stack([middle - half, middle + half, sill + low, sill + high])


def _entrance(frame: Frame, plan: HousePlan, one: HouseDesign) -> list[Patch]:
    """Door, steps and, on some houses, a porch on posts."""
    wall = _walls(frame, plan.main)[0]
    x, y = plan.door - plan.main.left, plan.main.near
    head = PLINTH + 2.1
    parts = [
        on_wall(wall, [[x - 0.62, x + 0.62, PLINTH, head + 0.12, 0.06, 0]], one.frame),
        on_wall(wall, [[x - 0.5, x + 0.5, PLINTH, head, 0.09, 0]], one.door),
        panes(wall, [[x - 0.25, x + 0.25, head - 0.6, head - 0.2]], 0.1, palette.GLASS, 0),
        on_wall(wall, [[x - 0.9, x + 0.9, 0.0, PLINTH, 1.3, 0]], palette.concrete(150)),
        on_wall(wall, [[x - 0.9, x + 0.9, 0.0, PLINTH / 2, 1.65, -1.3]], palette.concrete(150)),
    ]
    if not one.porch:
        parts.append(on_wall(wall, [[x - 0.9, x + 0.9, head + 0.3, head + 0.4, 0.9, 0]], one.frame))
        return parts
    posts = [[x + s - 0.07, x + s + 0.07, PLINTH, head + 0.3, 1.25, -1.11] for s in (-1.3, 1.3)]
    parts.append(on_wall(wall, posts, one.frame))
    parts.append(on_wall(wall, [[x - 1.5, x + 1.5, 0.0, PLINTH - 0.01, 1.3, 0]], palette.WOOD))
    top = [[plan.door + s, y + t, v] for s, t, v in _PORCH]
    roof = frame.place((np.array(top) + np.array([0, 0, head]))[None])
    return [*parts, slabs(roof, 0.12, one.tiles)]


_PORCH = ((-1.7, -1.55, 0.42), (1.7, -1.55, 0.42), (1.7, 0.0, 0.85), (-1.7, 0.0, 0.85))


def _chimney(
    frame: Frame, over: Rectangle, eaves: float, one: HouseDesign, rng: np.random.Generator
) -> list[Patch]:
    x = float(rng.uniform(over.left + 1.5, over.right - 1.5))
    y = (over.near + over.far) / 2 + float(rng.uniform(0.2, 0.9))
    top = eaves + min(over.width, over.depth) / 2 * one.slope + 0.9
    brick = palette.wall(palette.BRICK[0], Texture.BRICK)
    low, high = [x - 0.35, y - 0.35, eaves - 0.2], [x + 0.35, y + 0.35, top]
    cap = ([x - 0.42, y - 0.42, top], [x + 0.42, y + 0.42, top + 0.12])
    return [boxes([low], [high], brick, frame), boxes([cap[0]], [cap[1]], palette.GRANITE, frame)]


def _garage(frame: Frame, over: Rectangle, one: HouseDesign) -> list[Patch]:
    """A garage with a sectional door and its own roof."""
    eaves = 2.6
    parts = [face(wall, -0.1, eaves, one.cladding) for wall in _walls(frame, over)]
    wall = _walls(frame, over)[0]
    left, right = 0.35, over.width - 0.35
    parts.append(on_wall(wall, [[left - 0.1, right + 0.1, 0, 2.3, 0.04, 0]], one.frame))
    lines = np.arange(4) * 0.55
    panels = np.column_stack(
        [
            np.full(4, left),
            np.full(4, right),
            lines + 0.02,
            lines + 0.53,
            np.full(4, 0.07),
            np.zeros(4),
        ]
    )
    parts.append(on_wall(wall, panels, palette.TIMBER))
    turned_frame, turned_over = turned(frame, over)
    pitch = Pitch(eaves, min(one.slope, 0.6), 0.3)
    return [*parts, *gable(turned_frame, turned_over, pitch, (one.tiles, one.cladding))]
