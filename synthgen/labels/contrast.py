"""Whether a thing stands out of the picture: fog and night hide what lines of sight do not."""

import cv2
import numpy as np
from jaxtyping import Bool, Float

from synthgen.geometry import Array
from synthgen.labels.mask import Cutout

RING = 6
"""[px] width of the ring of surroundings that a thing is compared with."""
POOLED = 100
"""[px] more pixels than this do not make a thing easier to find (Ricco's law ends)."""
LIMIT = 5.0
"""Signal-to-noise ratio for certain detection.

Source: A. Rose, "The sensitivity performance of the human eye on an absolute scale", J. Opt. Soc.
Am. 38, 1948: k = 5.
"""


def contrast(
    signal: Float[Array, "h w"], noise: Float[Array, "h w"], visible: Cutout | None
) -> float:
    """Return the signal-to-noise ratio of the visible pixels against their surroundings.

    RMS of (signal - median of a ring around the mask) / noise, times sqrt(min(pixels, 100));
    nan when nothing is visible. Where the mask fills the image its own median stands in.

    Args:
        signal: [electrons] noise-free.
        noise: [electrons] predicted standard deviation.
        visible: the visible mask.
    """
    if visible is None:
        return float("nan")
    place, mask, ring = _surroundings(visible, signal.shape)
    own = signal[place][mask].astype(float)
    around = signal[place][ring]
    level = np.median(around if around.size else own)
    deviation = np.maximum(noise[place][mask], 1e-9)
    ratio = np.sqrt(np.mean(((own - level) / deviation) ** 2))
    return float(ratio * np.sqrt(min(own.size, POOLED)))


def _surroundings(
    visible: Cutout, shape: tuple[int, ...]
) -> tuple[tuple[slice, slice], Bool[Array, "h w"], Bool[Array, "h w"]]:
    """Return the part of the image that matters, the mask in it and the ring around the mask."""
    rows = slice(
        max(visible.row - RING, 0), min(visible.row + visible.mask.shape[0] + RING, shape[0])
    )
    columns = slice(
        max(visible.column - RING, 0), min(visible.column + visible.mask.shape[1] + RING, shape[1])
    )
    mask = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
    top, left = visible.row - rows.start, visible.column - columns.start
    mask[top : top + visible.mask.shape[0], left : left + visible.mask.shape[1]] = visible.mask
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * RING + 1, 2 * RING + 1))
    grown = cv2.dilate(mask, kernel)
    return (rows, columns), mask.astype(bool), (grown & ~mask & 1).astype(bool)
