"""Town buildings of several floors: shops below, windows, ledges, balconies, flat roofs."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Polygon

from synthgen.materials import Material, Texture
from synthgen.place import palette
from synthgen.place.facets import Patch, boxes
from synthgen.place.planar import largest
from synthgen.place.shopfront import shop, shopfront
from synthgen.place.walls import (
    BACK,
    PARTY,
    Wall,
    bands,
    casings,
    cylinder,
    face,
    flat_roof,
    on_wall,
    panes,
    ring_of,
    underside,
    walls_of,
)  # fmt: skip


@dataclass(frozen=True)
class Design:
    """How one town building is made.

    Attributes:
        floors: above the ground floor.
        ground: [m] height of the ground floor.
        floor: [m] height of the other floors.
        pitch: [m] between windows.
        shops: whether the ground floor is shops.
        style: plain, banded, pilaster, balcony or curtain.
        facade: wall with windows.
        wall: wall without.
        trim: ledges and piers.
    """

    floors: int
    ground: float
    floor: float
    pitch: float
    shops: bool
    style: str
    facade: Material
    wall: Material
    trim: Material

    @property
    def top(self) -> float:
        """[m] height of the roof deck above the ground."""
        return self.ground + self.floors * self.floor


_STYLES = ("plain", "banded", "pilaster", "balcony", "curtain")


def design(floors: int, shops: bool, rng: np.random.Generator) -> Design:
    """Draw a design with `floors` floors above the ground floor."""
    style = _STYLES[int(rng.choice(5, p=[0.2, 0.25, 0.2, 0.2, 0.15]))]
    families = (palette.BRICK, palette.STONE, palette.PLASTER)
    family: tuple[palette.Color, ...] = families[int(rng.choice(3, p=[0.4, 0.3, 0.3]))]
    if style == "curtain":
        family = palette.CURTAIN
    color = family[int(rng.integers(len(family)))]
    pitch = float(rng.uniform(1.3, 1.8) if style == "curtain" else rng.uniform(2.3, 3.6))
    floor = float(rng.uniform(3.1, 3.8))
    share = float(rng.uniform(0.82, 0.92) if style == "curtain" else rng.uniform(0.4, 0.62))
    lit = float(rng.uniform(0.08, 0.45))
    brick = family is palette.BRICK
    texture = Texture.BRICK if brick else Texture.PLASTER
    pale = palette.STONE[int(rng.integers(len(palette.STONE)))]
    trim = palette.wall(pale if brick or rng.uniform() < 0.5 else color, Texture.CONCRETE)
    return Design(
        floors, float(rng.uniform(4.2, 5.0)), floor, pitch, shops, style,
        palette.facade(color, (pitch, floor, share, lit), brick), palette.wall(color, texture),
        trim,
    )  # fmt: skip


def building(
    area: Polygon, roles: tuple[str, ...], base: float, plan: Design, rng: np.random.Generator
) -> list[Patch]:
    """Return a closed building on `area`, walls in the `roles` of its ring, ground at `base`."""
    walls = walls_of(ring_of(area), roles, base)
    parapet = float(rng.uniform(0.5, 1.1))
    top = plan.top
    parts = [underside(area, base - 0.1, plan.wall)]
    parts.extend(face(wall, -0.1, 0.0, plan.wall) for wall in walls)
    for wall in walls:
        parts.extend(_side(wall, plan, parapet, rng))
    parts.extend(_ledges(walls, plan, parapet))
    parts.extend(flat_roof(area, base + top, parapet, (plan.trim, palette.GRAVEL)))
    parts.extend(_roofscape(area, base + top, plan, rng))
    return parts


def _side(wall: Wall, plan: Design, parapet: float, rng: np.random.Generator) -> list[Patch]:
    """One wall from the ground to the parapet."""
    if wall.role == PARTY or wall.length < 1.5:
        return [face(wall, 0.0, plan.top + parapet, plan.wall)]
    upper = [
        face(wall, plan.ground, plan.top, plan.facade, plan.pitch),
        face(wall, plan.top, plan.top + parapet, plan.wall),
    ]
    if wall.role == BACK:
        return [face(wall, 0.0, plan.ground, plan.wall), *upper]
    upper.extend(_relief(wall, plan, rng))
    if plan.shops:
        return [*shopfront(wall, 0.0, shop(plan.ground, plan.trim, rng), rng), *upper]
    return [*_lobby(wall, plan), *upper]


def _lobby(wall: Wall, plan: Design) -> list[Patch]:
    """A ground floor of dwellings or offices: tall windows, an entrance, steps, a canopy."""
    count = max(int(wall.length // 2.6), 1)
    middle = (np.arange(count) + 0.5) * wall.length / count
    door = middle[count // 2]
    others = middle[middle != door]
    high = plan.ground - 0.9
    sill = np.column_stack([others - 0.75, others + 0.75])
    rest = np.tile([0.85, high], (len(others), 1))
    openings = np.column_stack([sill, rest])
    bars = np.column_stack([others - 0.03, others + 0.03, rest])
    return [
        face(wall, 0.0, plan.ground, plan.wall),
        casings(wall, openings, 0.12, 0.12, plan.trim),
        panes(wall, openings, 0.008, palette.GLASS),
        panes(wall, bars, 0.03, palette.FRAME_DARK),
        on_wall(wall, [[door - 1.2, door + 1.2, 0, high + 0.3, 0.2, 0]], plan.trim),
        panes(wall, [[door - 0.9, door + 0.9, 0.2, high - 0.3]], 0.21, palette.LIT_GLASS, 0),
        on_wall(wall, [[door - 0.03, door + 0.03, 0.2, high - 0.3, 0.25, 0]], palette.FRAME_DARK),
        on_wall(wall, [[door - 1.6, door + 1.6, high - 0.2, high, 1.3, 0]], palette.FRAME_DARK),
        on_wall(wall, [[door - 1.1, door + 1.1, 0, 0.17, 0.28, 0]], palette.GRANITE),
    ]


def _relief(wall: Wall, plan: Design, rng: np.random.Generator) -> list[Patch]:
    """What stands out of the upper floors."""
    count = max(round(wall.length / plan.pitch), 1)
    pitch = wall.length / count
    if plan.style == "pilaster" and wall.length > 4:
        every = np.arange(0, count + 1, 2) * pitch
        left, right = np.maximum(every - 0.3, 0), np.minimum(every + 0.3, wall.length)
        rest = np.tile([plan.ground, plan.top - 0.1, 0.18, 0.0], (len(every), 1))
        return [on_wall(wall, np.column_stack([left, right, rest]), plan.trim)]
    if plan.style == "balcony" and count >= 3:
        chosen = np.arange(count)[int(rng.integers(2)) :: int(rng.integers(2, 5))]
        return _balconies(wall, (chosen + 0.5) * pitch, min(pitch * 0.9, 2.6), plan)
    if plan.style == "curtain":
        every = np.arange(0, count + 1, 3) * pitch
        left, right = np.maximum(every - 0.05, 0), np.minimum(every + 0.05, wall.length)
        rest = np.tile([plan.ground, plan.top, 0.14, 0.0], (len(every), 1))
        return [on_wall(wall, np.column_stack([left, right, rest]), palette.STEEL)]
    return _sills(wall, count, pitch, plan)


def _sills(wall: Wall, count: int, pitch: float, plan: Design) -> list[Patch]:
    """Sills and lintels of the two lowest upper floors, which are seen from close by."""
    share = plan.facade.parameters[2]
    middle = (np.arange(count) + 0.5) * pitch
    half = share * pitch / 2 + 0.1
    rows = []
    for floor in range(min(plan.floors, 2)):
        for part, thick in ((0.2, 0.12),):
            v = plan.ground + (floor + part) * plan.floor
            rows.append(np.column_stack(
                [middle - half, middle + half, np.tile([v - thick, v, 0.09, 0.0], (count, 1))]
            ))  # fmt: skip
    return [on_wall(wall, np.concatenate(rows), plan.trim)] if rows else []


def _balconies(wall: Wall, middle: np.ndarray, width: float, plan: Design) -> list[Patch]:
    """Slabs with railings at `middle` [m] on every upper floor."""
    heights = plan.ground + np.arange(plan.floors) * plan.floor
    u, v = (grid.ravel() for grid in np.meshgrid(middle, heights))
    left, right = u - width / 2, u + width / 2

    def rows(a: np.ndarray, b: np.ndarray, low: float, high: float, out: float, inside: float):  # type: ignore[no-untyped-def]
        rest = np.tile([out, inside], (len(a), 1))
        return np.column_stack([a, b, v + low, v + high, rest])

    rails = [rows(left, right, 0.1, 0.92, 1.15, -1.1)]
    sides = [rows(a, a + 0.04, 0.0, 0.92, 1.15, 0.0) for a in (left, right - 0.04)]
    return [
        on_wall(wall, rows(left, right, -0.12, 0.03, 1.15, 0.0), plan.trim),
        on_wall(wall, np.concatenate([*rails, *sides]), palette.FRAME_DARK),
    ]


def _ledges(walls: list[Wall], plan: Design, parapet: float) -> list[Patch]:
    """String courses and the cornice on the street sides."""
    top = plan.top + parapet
    rows = [(plan.ground - 0.2, plan.ground + 0.12, 0.22)]
    if plan.style == "curtain":
        return bands(walls, rows, plan.trim)
    rows += [(top - 0.55, top - 0.25, 0.28), (top - 0.25, top, 0.45)]
    if plan.style == "banded":
        rows += [
            (plan.ground + k * plan.floor - 0.1, plan.ground + k * plan.floor + 0.1, 0.12)
            for k in range(1, plan.floors + 1)
        ]
    return bands(walls, rows, plan.trim)


def _roofscape(area: Polygon, top: float, plan: Design, rng: np.random.Generator) -> list[Patch]:
    """A stair head, a ventilation unit and a water tank."""
    inner = largest(area.buffer(-3.2))
    if inner is None or inner.area < 9:
        return []
    middle = np.array(inner.representative_point().coords[0])
    size = rng.uniform([1.2, 1.2, 2.2], [2.2, 2.0, 3.2])
    low, high = [*(middle - size[:2]), top], [*(middle + size[:2]), top + size[2]]
    parts = [boxes([low], [high], plan.wall)]
    low_x, low_y, high_x, high_y = inner.bounds
    spots = rng.uniform([low_x, low_y], [high_x, high_y], (5, 2))
    half = rng.uniform([0.5, 0.5, 0.8], [1.3, 1.0, 1.7])
    apart = (np.abs(spots - middle) > size[:2] + half[:2]).any(axis=1)
    for spot in spots[apart & shapely.contains_xy(inner, spots)][:1]:
        low, high = [*(spot - half[:2]), top], [*(spot + half[:2]), top + half[2]]
        parts.append(boxes([low], [high], palette.STEEL))
    if plan.floors > 5 and rng.uniform() < 0.4 and inner.area > 50:
        parts.append(cylinder(np.array([*middle, top + size[2]]), 1.2, 2.6, palette.WOOD))
    return parts
