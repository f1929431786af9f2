"""What the detector shall answer for a picture: heat maps, sizes, and where it isn't asked."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from pictures import CLASSES, HEIGHT, WIDTH, Picture

STRIDE = 4
ROWS, COLUMNS = HEIGHT // STRIDE, WIDTH // STRIDE


class Lesson(NamedTuple):
    """Arrays of n pictures.

    Attributes:
        image: n, height, width, 3; bytes.
        heat: n, rows, columns, classes; 1 at the middles of boxes, a bell around them.
        asked: n, rows, columns, classes; 0 inside ignored boxes.
        shape: n, rows, columns, 4; at middles: column and row of the middle within its cell, 0 to
            1, and the logarithms of width and height [px].
        middle: n, rows, columns; 1 at middles.
    """

    image: np.ndarray
    heat: np.ndarray
    asked: np.ndarray
    shape: np.ndarray
    middle: np.ndarray


def lesson(pictures: Sequence[Picture]) -> Lesson:
    """Return what `pictures` teach."""
    return Lesson(*(np.stack(part) for part in zip(*map(_one, pictures), strict=True)))


def _one(picture: Picture) -> Lesson:
    heat = np.zeros((ROWS, COLUMNS, len(CLASSES)), np.float32)
    asked = np.ones_like(heat)
    shape = np.zeros((ROWS, COLUMNS, 4), np.float32)
    middle = np.zeros((ROWS, COLUMNS), np.float32)
    for box, kind, ignored in zip(picture.boxes, picture.classes, picture.ignored, strict=True):
        if ignored:
            left, top, right, bottom = (box / STRIDE).round().astype(int)
            asked[top : bottom + 1, left : right + 1, kind] = 0
    for box, kind, ignored in zip(picture.boxes, picture.classes, picture.ignored, strict=True):
        if not ignored:
            _teach(box, kind, heat, shape, middle)
    asked[heat == 1] = 1
    return Lesson(picture.image, heat, asked, shape, middle)


def _teach(box: np.ndarray, kind: int, heat: np.ndarray, shape: np.ndarray,
           middle: np.ndarray) -> None:  # fmt: skip
    """Draw one box.

    Source: X. Zhou, D. Wang and P. Krähenbühl, "Objects as points", 2019, eq. 1; the bell's spread
    here is an eighth of the box's width and of its height, at least half a cell.
    """
    size = np.maximum(box[2:] - box[:2], 1)
    center = (box[:2] + box[2:]) / 2 / STRIDE
    column, row = np.minimum(center.astype(int), (COLUMNS - 1, ROWS - 1))
    wide, high = np.maximum(size / STRIDE / 8, 0.5)
    rows, columns = np.mgrid[:ROWS, :COLUMNS]
    bell = np.exp(-((columns - column) ** 2) / (2 * wide**2) - (rows - row) ** 2 / (2 * high**2))
    heat[:, :, kind] = np.maximum(heat[:, :, kind], bell)
    shape[row, column] = (*(center - (column, row)), *np.log(size))
    middle[row, column] = 1
