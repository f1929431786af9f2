"""Doors that stand open: a panel cut out of the finished body, swung, and the room behind it.

Everything is done on the left; a door on the right is that of the mirrored car.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float
from shapely.geometry import Point, Polygon
from shapely.geometry.polygon import orient

from synthgen.assets import finishes as coat
from synthgen.assets.cabins import inset, interior, sheet, skin
from synthgen.assets.carving import carved, disc, painted, side_view
from synthgen.assets.doorway import Doorway, Room
from synthgen.assets.shells import Finish, Shell, Side, block, joined, mirrored, smooth_normals
from synthgen.geometry import Array
from synthgen.world import Door

SIDES = ("left", "right")
_SEEN = ("interior behind glass", "person behind glass")
"""Pictures of seats and people on the panes: on the glass of an open door there are none."""
_AXIS = (0.025, 0.03)
"""[m] how far the axis of the hinges lies behind the door's front edge and its skin."""
_LIP = 0.004
"""[m] how far the edges of door and body start below the skin."""


@dataclass(frozen=True, eq=False)
class Leaf:
    """A door where it stands.

    Attributes:
        shell: the panel with its glass, trim and mirror.
        door: which it is.
    """

    shell: Shell
    door: Door


@dataclass(frozen=True, eq=False)
class Opened:
    """A vehicle with an open door.

    Attributes:
        body: what stays: the body with a doorway and the inside behind it.
        leaf: the door.
    """

    body: list[Shell]
    leaf: Leaf


def doors_of(shells: Sequence[Shell]) -> dict[str, Doorway]:
    """Return the doors that a finished vehicle has, by name."""
    found = [doorway for shell in shells for doorway in shell.doorways]
    return {f"{one.name}_{side}": one for one in found for side in SIDES}


def opened(shells: Sequence[Shell], name: str, angle: float) -> Opened:
    """Return the vehicle of `shells` with door `name` open by `angle` [rad].

    Raises ValueError when the vehicle has no such door.
    """
    known = doors_of(shells)
    if name not in known:
        raise ValueError(f"door must be one of {', '.join(known) or 'none'}, got {name}")
    if name.endswith("left"):
        return _opened(list(shells), known[name], name, angle)
    made = _opened([mirrored(shell) for shell in shells], known[name], name, angle)
    door = made.leaf.door
    door = replace(door, hinge=_across(door.hinge), edge=_across(door.edge))
    return Opened([mirrored(shell) for shell in made.body], Leaf(mirrored(made.leaf.shell), door))


def _across(point: tuple[float, float, float]) -> tuple[float, float, float]:
    return point[0], -point[1], point[2]


def _opened(shells: list[Shell], doorway: Doorway, name: str, angle: float) -> Opened:
    whole = next(shell for shell in shells if shell.doorways)
    room = doorway.room
    stays, goes = [], []
    for shell in shells:
        rest, own = _parted(shell, doorway)
        stays.append(_cleared(rest, room) if shell is whole else rest)
        goes.append(_thin(own, whole, room))
    finish = _paint(goes[shells.index(whole)])
    ring = _ring(doorway)
    rim = _rim(whole, room, ring, finish)
    jamb = replace(rim, triangles=rim.triangles[:, ::-1].copy(), normals=-rim.normals)
    lining, furniture = interior(whole, room)
    if name.endswith("right"):  # the driver sits on the left of the car that is mirrored back
        furniture = [mirrored(one) for one in furniture]
    body = [*stays, jamb, _pierced(lining, doorway), *furniture]
    leaf = joined([*goes, rim, *_inner_side(whole, doorway, ring)])
    swung = _swung(leaf, whole, doorway, angle)
    return Opened(body, replace(swung, door=replace(swung.door, name=name)))


def _parted(shell: Shell, doorway: Doorway) -> tuple[Shell, Shell]:
    """Return `shell` cut along the door's outline: what stays, and what the door takes along."""
    count = len(shell.triangles)
    if any(coat.is_mirror(finish.material) for finish in shell.finishes):
        own = doorway.name == "front" and bool(shell.points[:, 1].mean() > 0)
        return _kept(shell, np.full(count, not own)), _kept(shell, np.full(count, own))
    near = _outside(shell, doorway.room)
    if shell.wheels or not near.any():
        return shell, _kept(shell, np.zeros(count, bool))
    leaf, rest = _cut(_kept(shell, near), doorway)
    seen = np.array([f.material.name.startswith(_SEEN) for f in leaf.finishes], bool)
    return joined([_kept(shell, ~near), rest]), _kept(leaf, ~seen[leaf.finish])


def _cut(shell: Shell, doorway: Doorway) -> tuple[Shell, Shell]:
    """Return what of `shell` lies within the outline of a door, and the rest."""
    inner, rest = list[Shell](), shell
    for outline in (doorway.lower, doorway.upper):
        rest, mask = carved(rest, side_view(outline))
        inner.append(_kept(rest, mask))
        rest = _kept(rest, ~mask)
    door = joined(inner)
    for arch in doorway.room.arches:
        door, mask = carved(door, disc(*arch))
        rest, door = joined([rest, _kept(door, mask)]), _kept(door, ~mask)
    return door, rest


def _outside(shell: Shell, room: Room) -> Bool[Array, "t"]:
    """Which triangles lie near the left skin, which leans in above the window sill."""
    middle = shell.points[shell.triangles].mean(axis=1)
    share = np.interp(middle[:, 2], [room.belt + 0.1, room.belt + 0.3], [0.75, 0.5])
    return (middle[:, 1] > share * room.half) & (shell.side != Side.BOTTOM)


def _kept(shell: Shell, mask: Bool[Array, "t"]) -> Shell:
    whole = bool(mask.all())
    return replace(
        shell,
        triangles=shell.triangles[mask],
        side=shell.side[mask],
        finish=shell.finish[mask],
        wheels=shell.wheels if whole else (),
    )


def _cleared(shell: Shell, room: Room) -> Shell:
    """Return the body without the lid of the hull and the foot of the glasshouse in the cabin."""
    corner = shell.points[shell.triangles]
    x, y, z = corner[..., 0], np.abs(corner[..., 1]), corner[..., 2]
    flat = (z.min(axis=1) > room.belt - 0.2) & (z.max(axis=1) < room.belt + 0.16)
    lid = (shell.side == Side.TOP) & (y.max(axis=1) < 0.86 * room.half)
    lid = flat & (lid | (shell.side == Side.BOTTOM))
    lid &= (x.min(axis=1) > room.back[1][0]) & (x.max(axis=1) < room.front[2][0])
    return _kept(shell, ~lid)


def _thin(leaf: Shell, whole: Shell, room: Room) -> Shell:
    """Return `leaf` without what reaches in beyond its inner side: the shoulder under the window,
    which in a shut car goes on as the lid of the hull.
    """
    if not len(leaf.triangles):
        return leaf
    spots = leaf.points[:, [0, 2]]
    least = skin(whole, room, spots) - inset(room, spots[:, 1])
    points = leaf.points.copy()
    points[:, 1] = np.maximum(points[:, 1], least)
    return replace(leaf, points=points)


def _pierced(lining: Shell, doorway: Doorway) -> Shell:
    """Return the lining with the doorway cut out of its wall on the left."""
    wall = lining.side == Side.LEFT
    return joined([_kept(lining, ~wall), _cut(_kept(lining, wall), doorway)[1]])


def _paint(panel: Shell) -> Finish:
    """The finish that covers most of the door."""
    corner = panel.points[panel.triangles]
    area = np.linalg.norm(
        np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1
    )
    sums = np.bincount(panel.finish, area, len(panel.finishes))
    glassy = np.array([f.material.transmission > 0 for f in panel.finishes])
    return panel.finishes[int(np.argmax(np.where(glassy, -1.0, sums)))]


def _ring(doorway: Doorway) -> Float[Array, "n 2"]:
    """Points (x, z) [m] around the door, anticlockwise in x and z, the first not repeated."""
    whole = Polygon(doorway.lower).buffer(1e-4, join_style="mitre").union(
        Polygon(doorway.upper).buffer(1e-4, join_style="mitre")
    )  # fmt: skip
    for x, z, radius in doorway.room.arches:
        whole = whole.difference(Point(x, z).buffer(radius))
    return np.array(orient(whole).exterior.segmentize(0.08).coords[:-1])


def _rim(body: Shell, room: Room, ring: Float[Array, "n 2"], finish: Finish) -> Shell:
    """The edge of the door all round, from the skin to its inner side, facing away from it."""
    outer = skin(body, room, ring)
    inner = outer - inset(room, ring[:, 1])
    points, following = [], np.roll(np.arange(len(ring)), -1)
    for index, after in enumerate(following):
        for number, depth in ((index, outer), (after, outer), (after, inner), (index, inner)):
            lip = _LIP if depth is outer else 0.0
            points.append((ring[number, 0], depth[number] - lip, ring[number, 1]))
    quads = np.arange(len(points)).reshape(-1, 4)
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    zeros, where = np.zeros(len(triangles), np.int64), np.array(points)
    normals = smooth_normals(where, triangles)
    return Shell(where, normals, triangles, zeros + Side.BOTTOM, zeros, (finish,))


def _inner_side(body: Shell, doorway: Doorway, ring: Float[Array, "n 2"]) -> list[Shell]:
    """Trim, glass, armrest, pocket and pull handle of a door as seen from within."""
    room, back, hinge = doorway.room, doorway.end, doorway.hinge
    low = min(z for _, z in doorway.lower)
    high = max(z for _, z in doorway.upper)
    xs = np.linspace(back, hinge, 9)
    levels = [low, low + 0.2, room.belt - 0.2, room.belt - 0.06, room.belt + 0.1, high]
    whole = sheet(body, room, xs, np.array(levels), ring)
    trim = painted(_cut(whole, doorway)[0], side_view(doorway.pane), coat.glass())
    rest, pocket = room.belt - 0.24, low + 0.16
    middle = (back + hinge) / 2
    spots = np.array([[middle, rest], [middle, pocket]])
    depth = skin(body, room, spots) - inset(room, spots[:, 1])
    long = 0.62 * (hinge - back)
    return [
        trim,
        block((middle, depth[0] - 0.03, rest), (long, 0.07, 0.06), coat.fabric()),
        block((middle + 0.1 * long, depth[1] - 0.02, pocket), (0.8 * long, 0.05, 0.12),
              coat.plastic()),
        block((hinge - 0.25, depth[0] - 0.01, room.belt - 0.1), (0.13, 0.025, 0.03), coat.chrome()),
    ]  # fmt: skip


def _swung(leaf: Shell, body: Shell, doorway: Doorway, angle: float) -> Leaf:
    """Return the door turned about its hinges by `angle` [rad], and where that is."""
    low = min(z for _, z in doorway.lower)
    belly = doorway.room.belt - 0.1
    spots = np.array([[doorway.hinge, belly], [doorway.end, belly]])
    front, rear = skin(body, doorway.room, spots)
    axis = np.array([doorway.hinge - _AXIS[0], front - _AXIS[1], 0.0])
    turn = np.array([[np.cos(angle), np.sin(angle), 0], [-np.sin(angle), np.cos(angle), 0],
                     [0, 0, 1.0]])  # fmt: skip
    swung = replace(
        leaf, points=(leaf.points - axis) @ turn.T + axis, normals=leaf.normals @ turn.T
    )
    ends = np.array([[doorway.hinge, front, low], [doorway.end, rear, low]])
    hinge, edge = ((ends - axis) @ turn.T + axis).tolist()
    return Leaf(swung, Door("", angle, tuple(hinge), tuple(edge)))
