"""The map of a log: a picture of lanes and sidewalks round the way of the ego car."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, UInt8

from synthgen.geometry import Array

SCALE = 10
"""[px/m] Source: Motional, nuScenes development kit, utils/map_mask.py: 0.1 m a pixel, the lower
left corner at the origin of the global frame."""
MARGIN = 100.0
"""[m] round the way. The development kit draws 40 m about the car and needs the corners too."""
_BITS = 4
_SHIFT = 1 << _BITS


@dataclass(frozen=True)
class Window:
    """The part of the world that a log is drawn in.

    Attributes:
        origin: [m] world frame, of its lower left corner: the origin of the global frame.
        width: [px].
        height: [px].
    """

    origin: tuple[float, float]
    width: int
    height: int


def window(places: Float[Array, "n 2"]) -> Window:
    """Return the window round `places` [m], on whole metres."""
    low = np.floor(places.min(axis=0) - MARGIN)
    high = np.ceil(places.max(axis=0) + MARGIN)
    width, height = (int(size) * SCALE for size in high - low)
    return Window((float(low[0]), float(low[1])), width, height)


def mask(ground: Sequence[Float[Array, "k 2"]], seen: Window) -> UInt8[Array, "h w"]:
    """Return the picture of the outlines `ground` [m, world frame]: 255 inside, else 0."""
    picture = np.zeros((seen.height, seen.width), np.uint8)
    for outline in ground:
        pixel = (np.asarray(outline) - seen.origin) * SCALE
        pixel[:, 1] = seen.height - pixel[:, 1]
        if _touches(pixel, seen):
            fixed = np.rint(pixel * _SHIFT).astype(np.int32)
            cv2.fillPoly(picture, [fixed], 255, shift=_BITS)
    return picture


def _touches(pixel: Float[Array, "k 2"], seen: Window) -> bool:
    low, high = pixel.min(axis=0), pixel.max(axis=0)
    return bool((high >= 0).all() and low[0] <= seen.width and low[1] <= seen.height)
