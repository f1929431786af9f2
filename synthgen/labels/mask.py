"""Masks kept as a cut-out and its place in the image."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int
from scipy.ndimage import find_objects

from synthgen.geometry import Array

Box = tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Cutout:
    """A mask that is false outside its cut-out.

    Attributes:
        column: [px] left edge in the image.
        row: [px] top edge in the image.
        mask: the cut-out.
    """

    column: int
    row: int
    mask: Bool[Array, "h w"]

    @property
    def pixels(self) -> tuple[Int[Array, "n"], Int[Array, "n"]]:
        """Rows and columns [px] of the mask in the image."""
        rows, columns = np.nonzero(self.mask)
        return rows + self.row, columns + self.column


def visible_masks(body: Int[Array, "h w"], first: int) -> Mapping[int, Cutout]:
    """Return the visible mask of every body numbered `first` or higher, by body number."""
    slots = np.where(body >= first, body - (first - 1), 0).astype(np.int32)
    found = {}
    for slot, place in enumerate(find_objects(slots), start=1):
        if place is not None:
            mask = slots[place] == slot
            found[slot + first - 1] = Cutout(place[1].start, place[0].start, mask)
    return found


def box_of(cutout: Cutout | None) -> Box | None:
    """Return (left, top, right, bottom) [px] around the mask, both ends included."""
    if cutout is None or not cutout.mask.any():
        return None
    rows, columns = cutout.mask.any(axis=1).nonzero()[0], cutout.mask.any(axis=0).nonzero()[0]
    return (
        int(columns[0]) + cutout.column,
        int(rows[0]) + cutout.row,
        int(columns[-1]) + cutout.column,
        int(rows[-1]) + cutout.row,
    )


def touches_border(box: Box, width: int, height: int) -> bool:
    """Return whether `box` reaches the outermost pixels of the image."""
    left, top, right, bottom = box
    return left == 0 or top == 0 or right == width - 1 or bottom == height - 1


def touches(box: Box, void: Bool[Array, "h w"]) -> bool:
    """Return whether a pixel of `void` lies in `box` or next to it."""
    left, top, right, bottom = box
    return bool(void[max(top - 1, 0) : bottom + 2, max(left - 1, 0) : right + 2].any())
