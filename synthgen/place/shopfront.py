"""Ground floors with shop windows, signs, doors and awnings."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.materials import Material
from synthgen.place import palette
from synthgen.place.facets import Patch, quads
from synthgen.place.walls import Wall, face, on_wall, panes
from synthgen.world import Circuit, Flash

WARM, COOL, SIGN, FLASHING = 0, 1, 2, 3
BLINK = Flash(1.6, ((0.0, 0.9),))
"""Signs that flash: below 1 Hz, as most local codes ask for."""
CIRCUITS = (
    Circuit("window", 40.0, (1.2, 0.97, 0.6), grid=True),
    Circuit("window_cool", 50.0, (1.03, 0.99, 0.96), grid=True),
    Circuit("sign", 110.0, (1.05, 0.99, 0.94), grid=True),
    Circuit("sign_flash", 140.0, (1.6, 0.78, 0.9), BLINK, grid=True),
)
"""What lights up on buildings.

Luminances of windows and signs at night: CIE 150:2017, table 4 allows building facades up to
25 cd/m2 and signs up to 1000 cd/m2 in city centres; lit interiors of shops (300 to 500 lx on
surfaces of reflectance 0.3) show 30 to 50 cd/m2.
"""


@dataclass(frozen=True)
class Shop:
    """One shop front.

    Attributes:
        height: [m] of the ground floor.
        wall: material of piers and plinth.
        sign: material of the fascia.
        circuit: circuit of its windows, -1 when dark.
        awning: material of the awnings; None for none.
    """

    height: float
    wall: Material
    sign: Material
    circuit: int
    awning: Material | None


def circuits(rng: np.random.Generator) -> tuple[Circuit, ...]:
    """Return the circuits of one building: its flashing signs keep a time of their own."""
    blink = replace(BLINK, period=float(rng.uniform(1.1, 2.4)), phase=float(rng.uniform(0, 2.4)))
    return (*CIRCUITS[:FLASHING], replace(CIRCUITS[FLASHING], flash=blink))


def shop(height: float, wall: Material, rng: np.random.Generator) -> Shop:
    """Draw a shop front for a ground floor of `height` [m]."""
    colors = palette.BRIGHT
    sign, cloth = (colors[int(i)] for i in rng.integers(0, len(colors), 2))
    circuit = int(rng.choice([WARM, COOL, -1], p=[0.4, 0.2, 0.4]))
    awning = palette.painted(cloth, 0.9) if rng.uniform() < 0.4 else None
    return Shop(height, wall, palette.painted(sign), circuit, awning)


def shopfront(wall: Wall, low: float, one: Shop, rng: np.random.Generator) -> list[Patch]:
    """Return a front from `low` [m] up: piers, plinth, glass, mullions, fascia, door, awnings."""
    count = max(round(wall.length / float(rng.uniform(3.4, 5.2))), 1)
    edges = np.linspace(0, wall.length, count + 1)
    if wall.length < 2.0:
        return [face(wall, low, one.height, one.wall)]
    top = one.height - 1.15
    inner = np.column_stack([edges[:-1] + 0.25, edges[1:] - 0.25])
    door = int(rng.integers(count))
    parts = [
        face(wall, low, one.height, palette.FRAME_DARK),
        on_wall(wall, np.concatenate([
            _piers(edges, wall.length, low, one.height), _spans(inner, low, 0.45, 0.08),
            [[0, wall.length, top, one.height - 0.2, 0.16, 0.0]],
        ]), one.wall),
        panes(wall, np.column_stack([inner, _fill(count, 0.5, top)]), 0.03, palette.LIT_GLASS,
              one.circuit),
        on_wall(wall, _mullions(inner, top), palette.FRAME_DARK),
        *_fascia(wall, one, rng),
        *_door(wall, inner[door], low, top),
    ]  # fmt: skip
    if one.awning is not None:
        which = rng.uniform(size=count) < 0.75
        parts.append(_awnings(wall, inner[which], top, one.awning))
    return parts


def _fill(count: int, low: float, high: float) -> Float[Array, "n 2"]:
    return np.tile([low, high], (count, 1))


def _spans(inner: Array, low: float, high: float, out: float) -> Float[Array, "n 6"]:
    return np.column_stack([inner, np.tile([low, high, out, 0.0], (len(inner), 1))])


def _piers(edges: Array, length: float, low: float, high: float) -> Float[Array, "n 6"]:
    left, right = np.maximum(edges - 0.25, 0), np.minimum(edges + 0.25, length)
    return _spans(np.column_stack([left, right]), low, high, 0.14)


def _mullions(inner: Array, top: float) -> Float[Array, "n 6"]:
    """Two uprights in each bay and a transom across it."""
    third = (inner[:, 1] - inner[:, 0]) / 3
    posts = [np.column_stack([inner[:, 0] + k * third - 0.03, inner[:, 0] + k * third + 0.03])
             for k in (1, 2)]  # fmt: skip
    upright = _spans(np.concatenate(posts), 0.5, top, 0.07)
    return np.concatenate([upright, _spans(inner, top - 0.75, top - 0.69, 0.07)])


def _fascia(wall: Wall, one: Shop, rng: np.random.Generator) -> list[Patch]:
    """Coloured sign boards over the bays, some of them lit."""
    low, high = one.height - 1.05, one.height - 0.35
    count = max(round(wall.length / 12), 1)
    edges = np.linspace(0.2, wall.length - 0.2, count + 1)
    width = np.diff(edges) * rng.uniform(0.5, 0.95, count)
    middle = (edges[1:] + edges[:-1]) / 2
    table = np.column_stack([middle - width / 2, middle + width / 2])
    lit = SIGN if one.circuit >= 0 and rng.uniform() < 0.35 else -1
    lit = FLASHING if lit == SIGN and rng.uniform() < 0.2 else lit
    return [on_wall(wall, _spans(table, low, high, 0.26), one.sign, lit)]


def _door(wall: Wall, bay: Array, low: float, top: float) -> list[Patch]:
    """A framed door with a glass leaf and a step, in the middle of `bay`."""
    middle = float(bay.mean())
    head = min(low + 2.35, top)
    frame = [[middle - 0.62, middle + 0.62, low, head, 0.1, 0.0]]
    leaf = [[middle - 0.5, middle + 0.5, low + 0.15, head - 0.1]]
    step = [[middle - 0.7, middle + 0.7, low, low + 0.22, 0.24, 0.0]]
    handle = [[middle + 0.32, middle + 0.36, low + 0.9, low + 1.3, 0.16, 0.0]]
    return [
        on_wall(wall, frame, palette.FRAME_DARK),
        panes(wall, leaf, 0.115, palette.GLASS),
        on_wall(wall, step, palette.GRANITE),
        on_wall(wall, handle, palette.STEEL),
    ]


def _awnings(wall: Wall, bays: Array, top: float, material: Material) -> Patch:
    """Sloping cloth over `bays`: closed wedges 1.1 m deep."""
    left, right = bays[:, 0], bays[:, 1]

    def corner(u: Array, out: float, v: float) -> Array:
        return np.column_stack([u, np.full(len(u), -out), np.full(len(u), v)])

    high, low, hem = top + 0.25, top - 0.35, top - 0.6
    a, b = corner(left, 0.16, high), corner(right, 0.16, high)
    c, d = corner(left, 1.1, low), corner(right, 1.1, low)
    e, f = corner(left, 1.1, hem), corner(right, 1.1, hem)
    g, h = corner(left, 0.16, hem), corner(right, 0.16, hem)
    faces = [(c, d, b, a), (e, f, d, c), (g, h, f, e), (g, e, c, a), (f, h, b, d), (h, g, a, b)]
    local = np.concatenate([np.stack(one, axis=1) for one in faces])
    return quads(wall.frame.place(local), material, local[..., [0, 2]])
