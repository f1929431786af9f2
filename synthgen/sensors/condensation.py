"""Mist of breath on the inner side of the glass: a veil with patches that are clear."""

import cv2
import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.rng import stream

CLEARED = 0.25
"""Part of the pane's height that the blower keeps clear from below at its edge."""


def mist(
    amount: float, seed: int, name: str, shape: tuple[int, int], time: float
) -> Float[Array, "h w"]:
    """Return the share of light that is scattered at each place of an image of `shape`.

    Densest at the top and the sides; from below air of the blower clears it, more and more
    through the clip; patches of it are uneven.

    Args:
        amount: 0 to 1, where it is densest.
        seed: of the clip.
        name: of the camera.
        shape: rows, columns.
        time: [s] in the clip.
    """
    rng = stream(seed, "mist", name)
    height, width = shape
    coarse = rng.random((6, 14)).astype(np.float32)
    patches = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    row = np.linspace(0, 1, height)[:, None]
    column = np.linspace(-1, 1, width)[None]
    middle, reach = rng.uniform(-0.4, 0.4), rng.uniform(0.5, 0.9)
    line = 1 - CLEARED - reach * np.exp(-(((column - middle) / 0.6) ** 2))
    line = line - 0.01 * max(time, 0.0)
    dense = 1 / (1 + np.exp((row - line + 0.35 * (patches - 0.5)) / 0.07))
    return np.clip(amount * dense * (0.75 + 0.4 * patches), 0, 0.97)
