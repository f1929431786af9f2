"""Walls, ledges and roofs: the parts that every building is put together from."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from jaxtyping import Float
from shapely.geometry import Polygon
from shapely.geometry.polygon import orient

from synthgen.geometry import Array
from synthgen.materials import Material
from synthgen.place.facets import Frame, Patch, Rows, boxes, quads
from synthgen.place.planar import downward, polygons_of, surface

FRONT, PARTY, BACK = "front", "party", "back"
_RECTANGLE = np.array([[0, 2], [1, 2], [1, 3], [0, 3]])
"""Corners of (left, right, low, high), anticlockwise from the lower left."""


@dataclass(frozen=True, eq=False)
class Wall:
    """One side of a building.

    Local coordinates: x along the wall (left to right seen from outside), y into the building,
    z up from `base`.

    Attributes:
        start: [m] corner on the left seen from outside.
        along: unit vector to the other corner.
        length: [m].
        base: [m] height of the ground.
        role: front (to a street), party (against another building) or back.
    """

    start: Float[Array, "2"]
    along: Float[Array, "2"]
    length: float
    base: float
    role: str

    @cached_property
    def frame(self) -> Frame:
        """Where the local coordinates lie."""
        x, y = self.along
        axes = np.array([[x, y, 0], [-y, x, 0], [0, 0, 1.0]])
        return Frame(np.array([*self.start, self.base]), axes)


def ring_of(area: Polygon) -> Float[Array, "k 2"]:
    """Return the corners of `area` without its holes, anticlockwise, first not repeated."""
    return shapely.get_coordinates(orient(Polygon(area.exterior)).exterior)[:-1]


def walls_of(ring: Float[Array, "k 2"], roles: Sequence[str], base: float) -> list[Wall]:
    """Return the sides of an anticlockwise `ring`."""
    ends = np.roll(ring, -1, axis=0)
    sizes = np.linalg.norm(ends - ring, axis=1)
    return [
        Wall(a, (b - a) / size, float(size), base, role)
        for a, b, size, role in zip(ring, ends, sizes, roles, strict=True)
        if size > 1e-6
    ]


def face(wall: Wall, low: float, high: float, material: Material, pitch: float = 0.0) -> Patch:
    """Return the plane of `wall` between two heights [m].

    With a window `pitch` [m], u is stretched so that a whole number of windows fits; v starts
    at `low`.
    """
    length = wall.length
    wide = max(round(length / pitch), 1) * pitch if pitch else length
    local = np.array([[0, 0, low], [length, 0, low], [length, 0, high], [0, 0, high]])
    uv = np.array([[0, 0], [wide, 0], [wide, high - low], [0, high - low]])
    return quads(wall.frame.place(local[None]), material, uv[None])


def on_wall(wall: Wall, spans: Rows, material: Material, circuit: int = -1) -> Patch:
    """Return boxes on `wall`; rows: left, right, low, high, out, in [m] (out is positive).

    Boxes that end on the wall's plane have no face there.
    """
    table = np.asarray(spans, float).reshape(-1, 6)
    near, far = table[:, [0, 4, 2]], table[:, [1, 5, 3]]
    shown = slice(1, 6) if not far[:, 1].any() else slice(0, 6)
    near[:, 1] = -near[:, 1]
    return boxes(near, far, material, wall.frame, circuit, shown)


def panes(wall: Wall, spans: Rows, out: float, material: Material, circuit: int = -1) -> Patch:
    """Return flat panels `out` [m] before `wall`; rows: left, right, low, high [m]."""
    uv = np.asarray(spans, float).reshape(-1, 4)[:, _RECTANGLE]
    local = np.insert(uv, 1, -out, axis=2)
    return quads(wall.frame.place(local), material, uv, circuit)


def casings(wall: Wall, spans: Rows, rim: float, out: float, material: Material) -> Patch:
    """Return frames round openings: `rim` [m] wide, `out` [m] before `wall`, open in the middle.

    Rows: left, right, low, high of the openings. What stands behind the frame is seen in its depth.
    """
    opening = np.asarray(spans, float).reshape(-1, 4)[:, _RECTANGLE]
    outer = opening + rim * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])

    def ring(one: Array, first: float, other: Array, second: float) -> Array:
        a, b = np.insert(one, 1, -first, axis=2), np.insert(other, 1, -second, axis=2)
        sides = [np.stack([a[:, i], a[:, j], b[:, j], b[:, i]], axis=1) for i, j in _SIDES]
        return np.concatenate(sides)

    local = np.concatenate(
        [ring(outer, out, opening, out), ring(opening, out, opening, 0.0),
         ring(outer, 0.0, outer, out)]
    )  # fmt: skip
    return quads(wall.frame.place(local), material, local[..., [0, 2]])


_SIDES = ((0, 1), (1, 2), (2, 3), (3, 0))


def bands(
    walls: Sequence[Wall], rows: Sequence[tuple[float, float, float]], material: Material
) -> list[Patch]:
    """Return ledges around the street sides; rows: low, high, out [m]."""
    spans = [[0.0, 0.0, low, high, out, 0.1] for low, high, out in rows]
    if not spans:
        return []
    parts = []
    count = len(walls)
    for index, wall in enumerate(walls):
        if wall.role != FRONT:
            continue
        table = np.array(spans)
        before = walls[index - 1].role == FRONT
        after = walls[(index + 1) % count].role == FRONT
        table[:, 0] = -table[:, 4] * before
        table[:, 1] = wall.length + table[:, 4] * after
        parts.append(on_wall(wall, table, material))
    return parts


def flat_roof(
    area: Polygon, top: float, parapet: float, materials: tuple[Material, Material]
) -> list[Patch]:
    """Return deck, inner parapet faces and coping of a flat roof; walls end at top + parapet.

    Args:
        area: outline of the building.
        top: [m] height of the deck.
        parapet: [m] height above the deck.
        materials: of the parapet and of the deck.
    """
    inner = area.buffer(-0.25, join_style="mitre")
    holes = [orient(part, -1) for part in polygons_of(inner, 1.0)]
    if not holes:
        return [surface([area], top + parapet, materials[0])]
    rim = area.difference(shapely.union_all(holes))
    parts = [surface(polygons_of(rim), top + parapet, materials[0])]
    parts.append(surface(holes, top, materials[1]))
    for hole in holes:
        ring = shapely.get_coordinates(hole.exterior)[:-1]
        inside = walls_of(ring, [BACK] * len(ring), 0.0)
        parts.extend(face(wall, top, top + parapet, materials[0]) for wall in inside)
    return parts


def underside(area: Polygon, base: float, material: Material) -> Patch:
    """Return the bottom that closes a building."""
    return downward(surface([area], base, material))


def slabs(top: Float[Array, "n 4 3"], thickness: float, material: Material) -> Patch:
    """Return closed plates under the anticlockwise `top` faces, `thickness` [m] downwards."""
    top = np.asarray(top, float).reshape(-1, 4, 3)
    low = top - np.array([0, 0, thickness])
    sides = [
        np.stack([low[:, i], low[:, j], top[:, j], top[:, i]], axis=1)
        for i, j in ((0, 1), (1, 2), (2, 3), (3, 0))
    ]
    width = np.linalg.norm(top[:, 1] - top[:, 0], axis=1)
    rise = np.linalg.norm(top[:, 3] - top[:, 0], axis=1)
    zero = np.zeros_like(width)
    uv = np.stack(
        [np.column_stack(c) for c in ((zero, zero), (width, zero), (width, rise), (zero, rise))],
        axis=1,
    )
    faces = np.concatenate([top, low[:, ::-1], *sides])
    return quads(faces, material, np.tile(uv, (6, 1, 1)))


def cylinder(
    center: Float[Array, "3"],
    radius: float,
    height: float,
    material: Material,
    top: float | None = None,
) -> Patch:
    """Return an upright closed drum of eight sides standing on `center` [m].

    It tapers to a radius of `top` [m], if that is given.
    """
    angle = np.linspace(0, 2 * np.pi, 9)
    round_ = np.column_stack([np.cos(angle), np.sin(angle), np.zeros(9)])
    rim, up = round_ * radius + center, np.array([0, 0, height])
    over = round_ * (radius if top is None else top) + center + up
    sides = np.stack([rim[:-1], rim[1:], over[1:], over[:-1]], axis=1)
    middle = np.broadcast_to(np.asarray(center, float), (8, 3))
    lid = np.stack([over[:-1], over[1:], middle + up, middle + up], axis=1)
    floor = np.stack([rim[1:], rim[:-1], middle, middle], axis=1)
    return quads(np.concatenate([sides, lid, floor]), material)
