"""How well two engines agree on what a camera sees: masks by overlap, depth by share."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from synthgen.geometry import Array


class Overlap(NamedTuple):
    """One body as two engines see it.

    Attributes:
        body: its number, -1 for the sky.
        pixels: of the larger of its two masks.
        iou: pixels in both masks over pixels in any.
    """

    body: int
    pixels: int
    iou: float


def overlaps(one: Int[Array, "h w"], other: Int[Array, "h w"], least: int) -> list[Overlap]:
    """Return the overlap of every body with more than `least` pixels in either of two images.

    The images hold the number of the body at each pixel; bodies come in the order of numbers.
    """
    low = min(one.min(), other.min())
    top = int(max(one.max(), other.max()) - low) + 1
    here, there = (np.bincount((image - low).ravel(), minlength=top) for image in (one, other))
    both = np.bincount((one - low)[one == other].ravel(), minlength=top)
    most = np.maximum(here, there)
    return [
        Overlap(int(n + low), int(most[n]), float(both[n] / (here[n] + there[n] - both[n])))
        for n in np.flatnonzero(most > least)
    ]


def depth_share(
    one: Float[Array, "h w"], other: Float[Array, "h w"], tolerance: float = 0.01
) -> float:
    """Return the share of pixels whose depths [m] differ by at most `tolerance` of the smaller.

    Depth 0 is no surface: it agrees with 0 alone.
    """
    gap = np.abs(one.astype(float) - other)
    return float((gap <= tolerance * np.minimum(one, other)).mean())
