"""The inside of a car behind an open door: lining, seats, dashboard, steering wheel."""

from dataclasses import replace

import numpy as np
import shapely
from jaxtyping import Float
from shapely.geometry import Polygon

from synthgen.assets import finishes as coat
from synthgen.assets.doorway import Course, Room
from synthgen.assets.draping import surfaces_at
from synthgen.assets.shells import (
    Finish,
    Shell,
    Side,
    block,
    lattice,
    placed,
    rounded_box,
    smooth_normals,
)
from synthgen.geometry import Array

DEPTH = 0.085, 0.04
"""[m] thickness of a door below the window sill and beside the window."""


def inset(room: Room, z: Float[Array, "n"]) -> Float[Array, "n"]:
    """Return how far [m] the lining lies behind the skin at heights `z` [m]: a door's thickness."""
    return np.interp(z, [room.belt - 0.06, room.belt + 0.1], DEPTH)


def skin(shell: Shell, room: Room, spots: Float[Array, "n 2"]) -> Float[Array, "n"]:
    """Return y [m] of the left skin at `spots` (x, z) [m]; of the nearest edge in wheel arches."""
    places = np.array(spots, float)
    for x, z, radius in room.arches:
        away = places - (x, z)
        far = np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-6)
        places = np.where(far < radius, (x, z) + away / far * radius, places)
    return surfaces_at(shell, places, Side.LEFT)[0]


def interior(shell: Shell, room: Room) -> tuple[Shell, list[Shell]]:
    """Return the lining of the room inside `shell`, seen from within, and what stands in it."""
    return _lining(shell, room), [*_dashboard(room), *_seats(room), *_steering(room)]


def _lining(shell: Shell, room: Room) -> Shell:
    """A closed box turned outside in whose walls follow the skin of `shell`."""
    steps = np.linspace(0, 1, 7)
    box = lattice(steps, [-1.0, 0.0, 1.0], np.linspace(0, 1, 7), coat.lining())
    share, side, level = box.points.T
    z = room.floor + level * (_at(room.roof, 0.0) - room.floor)
    for _ in range(3):  # the roof's height depends on the place, and the other way round
        x = _at(room.back, z, 1) + share * (_at(room.front, z, 1) - _at(room.back, z, 1))
        z = room.floor + level * (_at(room.roof, x) - room.floor)
    y = skin(shell, room, np.column_stack([x, z])) - inset(room, z)
    box = placed(box, np.column_stack([x, side * y, z]))
    roof = coat.headlining()
    box = replace(box, finishes=(*box.finishes, roof))
    box = replace(box, finish=np.where(box.side == Side.TOP, 1, 0))
    return replace(box, triangles=box.triangles[:, ::-1].copy(), normals=-box.normals)


def _at(course: Course, value: Array | float, of: int = 0) -> Array:
    """Return the other coordinate of `course` where coordinate `of` is `value`."""
    points = np.array(course)
    order = np.argsort(points[:, of], kind="stable")
    return np.interp(value, points[order, of], points[order, 1 - of])


def sheet(shell: Shell, room: Room, xs: Array, zs: Array, outline: Float[Array, "n 2"]) -> Shell:
    """Return the inner side of a door on the left: a grid behind the skin that faces inwards.

    Beyond the door's `outline` (x, z) [m] it is as deep as at the nearest place on it: beyond the
    windscreen's pillar and above the roof there is no skin.
    """
    x, z = (grid.ravel() for grid in np.meshgrid(xs, zs, indexing="ij"))
    lines = shapely.shortest_line(shapely.points(x, z), Polygon(outline))
    held = shapely.get_coordinates(lines).reshape(-1, 2, 2)[:, 1]
    y = skin(shell, room, held) - inset(room, z)
    ids = np.arange(len(x)).reshape(len(xs), len(zs))
    a, b, c, d = ids[:-1, :-1], ids[1:, :-1], ids[1:, 1:], ids[:-1, 1:]
    corners = np.stack([np.stack([a, b, c], -1), np.stack([a, c, d], -1)], -2)
    triangles, points = corners.reshape(-1, 3), np.column_stack([x, y, z])
    zeros = np.zeros(len(triangles), np.int64)
    normals = smooth_normals(points, triangles)
    return Shell(points, normals, triangles, zeros + Side.LEFT, zeros, (coat.lining(),))


def _dashboard(room: Room) -> list[Shell]:
    """From the windscreen to the front edge of the door, lower in the middle console."""
    back, front = room.wheel + 0.12, room.front[1][0] + 0.3
    wide, high = 0.8 * room.half, room.belt + 0.02
    dark = coat.lining()
    board = rounded_box((back, -wide, high - 0.26), (max(front, back + 0.3), wide, high),
                        (0.08, 0.05, 0.09), (1, 2, 1), dark, arcs=1)  # fmt: skip
    console = rounded_box((room.rows[0] + 0.05, -0.12, room.floor),
                          (back + 0.1, 0.12, room.floor + 0.3), (0.06, 0.04, 0.06), (1, 2, 1),
                          dark, arcs=1)  # fmt: skip
    return [board, console]


def _seats(room: Room) -> list[Shell]:
    """Two seats in front, a bench behind them: cushions, leaning backrests, head restraints."""
    wide, found = min(0.5, 2 * room.seat - 0.14), []
    for y in (room.seat, -room.seat):
        found += _seat(room, (room.rows[0], y), wide, (0.0,))
    for x in room.rows[1:]:
        found += _seat(room, (x, 0.0), 1.44 * room.half, (0.4 * room.half, -0.4 * room.half))
    return found


def _seat(
    room: Room, place: tuple[float, float], wide: float, heads: tuple[float, ...]
) -> list[Shell]:
    """Return a seat `wide` [m] with head restraints at `heads` [m] from its middle."""
    (x, y), fabric, half = place, coat.fabric(), wide / 2
    top = room.floor + 0.22
    base = rounded_box((x - 0.08, y - half, room.floor + 0.02), (x + 0.5, y + half, top + 0.06),
                       (0.09, 0.07, 0.08), (1, 2, 1), fabric, arcs=1)  # fmt: skip
    head = min(room.head + 0.12, _roof(room, x - 0.2) - 0.05)
    leaning = [rounded_box((x - 0.07, y - half, top - 0.04), (x + 0.09, y + half, head - 0.24),
                           (0.07, 0.1, 0.12), (1, 2, 1), fabric, arcs=1)]  # fmt: skip
    for aside in heads:
        low = (x - 0.05, y + aside - 0.13, head - 0.21)
        high = (x + 0.06, y + aside + 0.13, head)
        leaning.append(rounded_box(low, high, (0.05, 0.07, 0.07), (1, 2, 1), fabric, arcs=1))
    return [base, *(_leaning(one, top) for one in leaning)]


def _roof(room: Room, x: float) -> float:
    return float(_at(room.roof, x))


def _leaning(shell: Shell, foot: float) -> Shell:
    """Return a backrest that leans back by 20 degrees above `foot` [m]."""
    points = shell.points.copy()
    points[:, 0] -= 0.36 * (points[:, 2] - foot)
    return placed(shell, points)


def _steering(room: Room) -> list[Shell]:
    """A rim on the left, its hub and the column into the dashboard."""
    x, y, z = room.wheel, room.seat, room.belt - 0.03
    black = coat.plastic()
    rim = _torus((x, y, z), 0.18, 0.017, black)
    hub = block((x + 0.03, y, z - 0.02), (0.05, 0.16, 0.12), black)
    spoke = block((x + 0.01, y, z), (0.02, 0.34, 0.03), black)
    column = block((x + 0.14, y, z - 0.06), (0.2, 0.08, 0.08), black)
    return [rim, hub, spoke, column]


def _torus(center: tuple[float, float, float], radius: float, tube: float, finish: Finish) -> Shell:
    """A ring of 14 by 4 cells that faces the driver, its top leaning forward by 24 degrees."""
    around, across = 14, 4
    turn, roll = np.meshgrid(np.arange(around) * 2 * np.pi / around,
                             np.arange(across) * 2 * np.pi / across, indexing="ij")  # fmt: skip
    reach = radius + tube * np.cos(roll)
    flat = np.stack([tube * np.sin(roll), reach * np.cos(turn), reach * np.sin(turn)], -1)
    lean = np.radians(24)
    x = flat[..., 0] * np.cos(lean) + flat[..., 2] * np.sin(lean)
    z = flat[..., 2] * np.cos(lean) - flat[..., 0] * np.sin(lean)
    points = (np.stack([x, flat[..., 1], z], -1) + center).reshape(-1, 3)
    ids = np.arange(around * across).reshape(around, across)
    right, up = np.roll(ids, -1, 0), np.roll(ids, -1, 1)
    both = np.roll(right, -1, 1)
    quads = np.stack([ids, right, both, up], -1).reshape(-1, 4)
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    zeros = np.zeros(len(triangles), np.int64)
    normals = smooth_normals(points, triangles)
    return Shell(points, normals, triangles, zeros, zeros, (finish,))
