"""Pitched roofs over rectangles."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.materials import Material
from synthgen.place.facets import Frame, Patch, quads
from synthgen.place.walls import slabs

_THICK = 0.16


@dataclass(frozen=True)
class Rectangle:
    """From (`left`, `near`) to (`right`, `far`) [m] in a frame."""

    left: float
    right: float
    near: float
    far: float

    @property
    def width(self) -> float:
        """[m] along x."""
        return self.right - self.left

    @property
    def depth(self) -> float:
        """[m] along y."""
        return self.far - self.near

    @property
    def corners(self) -> Float[Array, "4 2"]:
        """Anticlockwise, starting near left."""
        a, b, c, d = self.left, self.right, self.near, self.far
        return np.array([[a, c], [b, c], [b, d], [a, d]])


@dataclass(frozen=True)
class Pitch:
    """Shape of a roof: eaves at `eaves` [m], `slope` rise over run, `overhang` [m]."""

    eaves: float
    slope: float
    overhang: float


def turned(frame: Frame, over: Rectangle) -> tuple[Frame, Rectangle]:
    """Return `frame` turned by a quarter and `over` in it: ridges then run along the other axis."""
    x, y, z = frame.axes
    return Frame(frame.origin, np.stack([y, -x, z])), Rectangle(
        over.near, over.far, -over.right, -over.left
    )


def gable(
    frame: Frame, over: Rectangle, pitch: Pitch, materials: tuple[Material, Material]
) -> list[Patch]:
    """Return a gable roof with its ridge along x; `materials` of tiles and of gable walls."""
    middle, rise = (over.near + over.far) / 2, over.depth / 2 * pitch.slope
    low, ridge = pitch.eaves - pitch.overhang * pitch.slope, pitch.eaves + rise
    a, b = over.left - pitch.overhang, over.right + pitch.overhang
    near, far = over.near - pitch.overhang, over.far + pitch.overhang
    slopes = np.array(
        [
            [[a, near, low], [b, near, low], [b, middle, ridge], [a, middle, ridge]],
            [[b, far, low], [a, far, low], [a, middle, ridge], [b, middle, ridge]],
        ]
    ) + np.array([0, 0, _THICK])
    ends = []
    for x, one, other in ((over.right, over.near, over.far), (over.left, over.far, over.near)):
        tip = [x, middle, ridge]
        ends.append([[x, one, pitch.eaves], [x, other, pitch.eaves], tip, tip])
    wall = np.array(ends)
    uv = wall[:, :, 1:]
    return [
        slabs(frame.place(slopes), _THICK, materials[0]),
        quads(frame.place(wall), materials[1], uv),
    ]


def hip(frame: Frame, over: Rectangle, pitch: Pitch, tiles: Material) -> list[Patch]:
    """Return a hipped roof, a closed solid with soffit; its ridge along x (width >= depth)."""
    grown = over.depth / 2 + pitch.overhang
    low = pitch.eaves - pitch.overhang * pitch.slope
    ridge, middle = low + grown * pitch.slope + _THICK, (over.near + over.far) / 2
    a, b = over.left - pitch.overhang, over.right + pitch.overhang
    c, d = over.near - pitch.overhang, over.far + pitch.overhang
    rim = np.array([[a, c, low], [b, c, low], [b, d, low], [a, d, low]])
    top = rim + np.array([0, 0, _THICK])
    r, s = np.array([[a + grown, middle, ridge], [b - grown, middle, ridge]])
    slopes = np.array([[top[0], top[1], s, r], [top[1], top[2], s, s], [top[2], top[3], r, s],
                       [top[3], top[0], r, r]])  # fmt: skip
    board = np.array(
        [[rim[i], rim[j], top[j], top[i]] for i, j in ((0, 1), (1, 2), (2, 3), (3, 0))]
    )
    faces = np.concatenate([slopes, board, rim[None, ::-1]])
    run = np.hypot(grown, grown * pitch.slope)
    flat = np.array([[0, 0], [over.width, 0], [over.width - grown, run], [grown, run]])
    uv = np.concatenate([np.tile(flat, (4, 1, 1)), np.zeros((5, 4, 2))])
    return [quads(frame.place(faces), tiles, uv)]
